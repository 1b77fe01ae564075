//! The files of a project: where its environments and snapshots are.

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};

use stratiform_environment::{EnvironmentName, Loaded, Source, Text, check_all};
use stratiform_finding::words::meant;
use stratiform_finding::{Code, Finding};

use crate::definition::Definition;
use crate::exit::Exit;
use crate::report::Failure;
use crate::repository::input::Input;
use crate::repository::promotion;

/// A folder with `environments/`, and what lies beside it.
#[derive(Clone, Debug)]
pub(crate) struct Project {
    /// The folder that holds `environments/`.
    pub root: PathBuf,
    environments: PathBuf,
}

/// Environments, checked against all others that can be.
#[derive(Debug)]
pub(crate) struct Checked {
    /// Those that were asked for, by name.
    pub environments: Vec<Loaded>,
    /// Others that have problems of their own, so that nothing was checked against them.
    pub unchecked: Vec<String>,
}

/// An environment's name and its layers.
type Layers = (EnvironmentName, Vec<Source>);

/// The file with what environments share.
pub(crate) const DEFAULTS: &str = "defaults";

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
                        Code::NoEnvironments,
                        format!("no folder `environments` in `{}` or above it", here.display()),
                        "run from the project's folder, or name the folder with --environments DIR",
                    )
                })?
                }
            };
        if !environments.is_dir() {
            return Err(Failure::new(
                Exit::Failed,
                Code::NoEnvironments,
                format!("`{}` is no folder", environments.display()),
                "name the folder that has `defaults.yaml` and one file per environment",
            ));
        }
        let environments = match environments.file_name() {
            Some(_) => environments,
            // `.` and `..` say where the folder is, not what it is in.
            None => environments
                .canonicalize()
                .map_err(|error| Failure::io("find", &environments, &error))?,
        };
        let root = match environments.parent() {
            Some(parent) if parent.as_os_str().is_empty() => PathBuf::from("."),
            Some(parent) => parent.to_owned(),
            None => environments.clone(),
        };
        Ok(Project { root, environments })
    }

    /// Where snapshots go unless told otherwise.
    pub(crate) fn snapshots(&self) -> PathBuf {
        self.root.join("snapshots")
    }

    /// The project's folder as seen from one above it, with `/`; empty where it is that folder itself.
    pub(crate) fn below(&self, top: &Path) -> Option<String> {
        let (root, top) = (self.root.canonicalize().ok()?, top.canonicalize().ok()?);
        let below = root.strip_prefix(top).ok()?;
        Some(below.to_string_lossy().replace('\\', "/"))
    }

    /// Reads and checks one environment by itself.
    ///
    /// # Errors
    /// A file that cannot be read, a name that no file has, and every mistake in the files.
    pub(crate) fn load_one(&self, define: &dyn Definition, name: &str) -> Result<Loaded, Failure> {
        self.known(&[name.to_owned()], &self.names()?)?;
        let (name, layers) = self.layers(name)?;
        let loaded = define.environment_type().load(&name, &layers);
        loaded.map_err(Failure::some_of)
    }

    /// Reads and checks environments: those that are named, or all of them, by name. What is wrong inside others
    /// does not matter; what does not fit together between any does.
    ///
    /// # Errors
    /// A file that cannot be read, a name that no file has, and every mistake in the files.
    pub(crate) fn load(
        &self,
        define: &dyn Definition,
        wanted: &[String],
    ) -> Result<Checked, Failure> {
        let loader = define.environment_type().loader();
        let names = self.names()?;
        self.known(wanted, &names)?;
        let wanted: HashSet<&String> = wanted.iter().collect();
        let (chosen, others): (Vec<_>, Vec<_>) = names
            .iter()
            .partition(|name| wanted.is_empty() || wanted.contains(name));
        let layers: Result<Vec<Layers>, Failure> =
            chosen.iter().map(|name| self.layers(name)).collect();
        let mut layers = layers?;
        let mut environments: Vec<Loaded> = loader.load_all(&layers).map_err(Failure::some_of)?;
        let mut unchecked = Vec::new();
        for name in &others {
            let other = self.layers(name).ok();
            match other.and_then(|other| Some((loader.load(&other.0, &other.1).ok()?, other))) {
                Some((loaded, other)) => {
                    environments.push(loaded);
                    layers.push(other);
                }
                None => unchecked.push((*name).clone()),
            }
        }
        let mut problems = Vec::new();
        if !others.is_empty() {
            environments.sort_by(|one, other| one.name.as_str().cmp(other.name.as_str()));
            problems = check_all(&environments);
        }
        if problems.is_empty() {
            problems = promotion::problems(&environments, &names);
        }
        if !problems.is_empty() {
            return Err(Failure::some_of(problems));
        }
        let chosen: HashSet<&str> = chosen.iter().map(|name| name.as_str()).collect();
        environments.retain(|loaded| chosen.contains(loaded.name.as_str()));
        Ok(Checked {
            environments,
            unchecked,
        })
    }

    /// Reads the values of one environment under the name of another.
    ///
    /// # Errors
    /// Those of [`Project::load_one`].
    pub(crate) fn load_as(
        &self,
        define: &dyn Definition,
        name: &str,
        values: &str,
    ) -> Result<Loaded, Failure> {
        let (name, _) = self.layers(name)?;
        let (_, layers) = self.layers(values)?;
        let loaded = define.environment_type().load(&name, &layers);
        loaded.map_err(Failure::some_of)
    }

    fn layers(&self, name: &str) -> Result<Layers, Failure> {
        let checked = EnvironmentName::new(name).map_err(|refusal| {
            Failure::new(
                Exit::Failed,
                Code::EnvironmentName,
                format!("`{name}` cannot be an environment's name: {}", refusal.why),
                refusal.help,
            )
        })?;
        let mut layers = Vec::new();
        let defaults = self.environments.join(format!("{DEFAULTS}.yaml"));
        // What is there and cannot be read is no reason to go on without it.
        if defaults.symlink_metadata().is_ok() {
            layers.push(self.source(DEFAULTS)?);
        }
        layers.push(self.source(name)?);
        Ok((checked, layers))
    }

    /// The files of an environment's layers, from the project's folder: what is shared, and its own.
    pub(crate) fn files_of(&self, name: &str) -> [String; 2] {
        [DEFAULTS, name].map(|layer| self.shown(&self.environments.join(format!("{layer}.yaml"))))
    }

    /// The names of all environments, sorted.
    ///
    /// # Errors
    /// The folder cannot be read, or has none.
    pub(crate) fn names(&self) -> Result<Vec<String>, Failure> {
        let read = |error: std::io::Error| Failure::io("read", &self.environments, &error);
        let mut names = Vec::new();
        let mut misnamed = Vec::new();
        for entry in fs::read_dir(&self.environments).map_err(read)? {
            let path = entry.map_err(read)?.path();
            let stem = path.file_stem().and_then(|stem| stem.to_str());
            let extension = path.extension().and_then(|extension| extension.to_str());
            match (stem, extension) {
                (Some(stem), Some("yaml")) if stem != DEFAULTS => names.push(stem.to_owned()),
                (Some(_), Some("yml")) => misnamed.push(self.shown(&path)),
                _ => {}
            }
        }
        if !misnamed.is_empty() {
            misnamed.sort();
            return Err(Failure::of(misnamed.into_iter().map(|file| {
                Finding::new(
                    Code::EnvironmentFile,
                    format!("`{file}` would not be read"),
                    format!(
                        "rename it to `{}`",
                        Path::new(&file).with_extension("yaml").display()
                    ),
                )
            })));
        }
        names.sort();
        if names.is_empty() {
            return Err(Failure::new(
                Exit::Failed,
                Code::NoEnvironments,
                format!("no environment in `{}`", self.environments.display()),
                "add a file such as `dev.yaml` there",
            ));
        }
        Ok(names)
    }

    /// The folder with the files of environments.
    pub(crate) fn environments(&self) -> &Path {
        &self.environments
    }

    /// A file of that folder.
    ///
    /// # Errors
    /// It cannot be read.
    pub(crate) fn source(&self, name: &str) -> Result<Source, Failure> {
        let file = self.environments.join(format!("{name}.yaml"));
        let text = Input::Environment.text(&file)?;
        Ok(Source::new(self.shown(&file), text))
    }

    /// A file's name as people see it, and tests compare it: with `/` everywhere.
    pub(crate) fn shown(&self, file: &Path) -> String {
        let shown = file.strip_prefix(&self.root).unwrap_or(file);
        shown.to_string_lossy().replace('\\', "/")
    }

    /// Refuses names that no environment has.
    fn known(&self, wanted: &[String], names: &[String]) -> Result<(), Failure> {
        // Sorted, see `names`.
        let unknown = wanted
            .iter()
            .find(|name| names.binary_search(name).is_err());
        unknown.map_or(Ok(()), |name| Err(self.unknown(name, names)))
    }

    fn unknown(&self, name: &str, names: &[String]) -> Failure {
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let help = meant(name, names.iter().copied())
            .unwrap_or_else(|| format!("the environments are: {}", names.join(", ")));
        Failure::new(
            Exit::Usage,
            Code::UnknownEnvironment,
            format!("no environment is called `{name}`"),
            help,
        )
    }
}
