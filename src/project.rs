//! The files of a project: where its environments and snapshots are.

use std::fs;
use std::path::{Path, PathBuf};

use stratiform_environment::{
    Environment, EnvironmentName, Loaded, Source, Text, load_all, nearest,
};

use crate::exit::Exit;
use crate::report::{Failure, of_environment};

/// A folder with `environments/`, and what lies beside it.
#[derive(Clone, Debug)]
pub(crate) struct Project {
    /// The folder that holds `environments/`.
    pub root: PathBuf,
    environments: PathBuf,
}

/// The file with what environments share.
const DEFAULTS: &str = "defaults";

impl Project {
    /// The project of a folder of environments, or the nearest one from the current folder upwards.
    ///
    /// # Errors
    /// There is none.
    pub(crate) fn find(environments: Option<&Path>) -> Result<Project, Failure> {
        let environments =
            match environments {
                Some(given) => given.to_owned(),
                None => {
                    let here = std::env::current_dir()
                        .map_err(|error| Failure::io("find", Path::new("."), &error))?;
                    let found = here
                        .ancestors()
                        .map(|folder| folder.join("environments"))
                        .find(|folder| folder.is_dir());
                    found.ok_or_else(|| {
                    Failure::new(
                        Exit::Failed,
                        "no-environments",
                        format!("no folder `environments` in `{}` or above it", here.display()),
                        "run from the project's folder, or name the folder with --environments DIR",
                    )
                })?
                }
            };
        if !environments.is_dir() {
            return Err(Failure::new(
                Exit::Failed,
                "no-environments",
                format!("`{}` is no folder", environments.display()),
                "name the folder that has `defaults.yaml` and one file per environment",
            ));
        }
        let root = environments
            .parent()
            .map_or_else(PathBuf::new, Path::to_owned);
        Ok(Project { root, environments })
    }

    /// Where snapshots go unless told otherwise.
    pub(crate) fn snapshots(&self) -> PathBuf {
        self.root.join("snapshots")
    }

    /// Reads and checks environments: those that are named, or all of them, by name.
    ///
    /// # Errors
    /// A file that cannot be read, a name that no file has, and every mistake in the files.
    pub(crate) fn load<E: Environment>(
        &self,
        wanted: &[String],
    ) -> Result<Vec<Loaded<E>>, Failure> {
        let names = self.names()?;
        for name in wanted {
            if !names.contains(name) {
                return Err(self.unknown(name, &names));
            }
        }
        let mut defaults = Vec::new();
        let defaults_file = self.environments.join(format!("{DEFAULTS}.yaml"));
        if defaults_file.is_file() {
            defaults.push(self.source(DEFAULTS)?);
        }
        let mut environments = Vec::new();
        for name in names
            .iter()
            .filter(|name| wanted.is_empty() || wanted.contains(name))
        {
            let checked = EnvironmentName::new(name).map_err(|refusal| {
                Failure::new(
                    Exit::Failed,
                    "environment-name",
                    format!("`{name}` cannot be an environment's name: {}", refusal.why),
                    refusal.help,
                )
            })?;
            let mut layers = defaults.clone();
            layers.push(self.source(name)?);
            environments.push((checked, layers));
        }
        load_all(&environments).map_err(|problems| {
            let sources: Vec<Source> = environments
                .into_iter()
                .flat_map(|(_, layers)| layers)
                .collect();
            let reports = problems
                .into_iter()
                .map(|problem| of_environment(problem, &sources));
            Failure {
                exit: Exit::Failed,
                reports: reports.collect(),
            }
        })
    }

    fn names(&self) -> Result<Vec<String>, Failure> {
        let read = |error: std::io::Error| Failure::io("read", &self.environments, &error);
        let mut names = Vec::new();
        for entry in fs::read_dir(&self.environments).map_err(read)? {
            let path = entry.map_err(read)?.path();
            let stem = path.file_stem().and_then(|stem| stem.to_str());
            let yaml = path
                .extension()
                .is_some_and(|extension| extension == "yaml");
            if let (Some(stem), true) = (stem, yaml)
                && stem != DEFAULTS
            {
                names.push(stem.to_owned());
            }
        }
        names.sort();
        if names.is_empty() {
            return Err(Failure::new(
                Exit::Failed,
                "no-environments",
                format!("no environment in `{}`", self.environments.display()),
                "add a file such as `dev.yaml` there",
            ));
        }
        Ok(names)
    }

    fn source(&self, name: &str) -> Result<Source, Failure> {
        let file = self.environments.join(format!("{name}.yaml"));
        let text = fs::read_to_string(&file).map_err(|error| Failure::io("read", &file, &error))?;
        let shown = file.strip_prefix(&self.root).unwrap_or(&file);
        // Names are shown, and compared in tests, with `/` everywhere.
        Ok(Source {
            name: shown.to_string_lossy().replace('\\', "/"),
            text,
        })
    }

    fn unknown(&self, name: &str, names: &[String]) -> Failure {
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let help = match nearest(name, names.iter().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("the environments are: {}", names.join(", ")),
        };
        Failure::new(
            Exit::Usage,
            "unknown-environment",
            format!("no environment is called `{name}`"),
            help,
        )
    }
}
