//! What the workflows build: the package of the repository that holds the stacks, as cargo knows it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde::{Deserialize, Serialize};
use stratiform_finding::{Code, Finding};

use crate::report::Failure;

/// What is built, and how. Paths are seen from the repository's folder.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(super) struct Package {
    /// The package's name.
    pub name: String,
    /// The binary's name.
    pub bin: String,
    /// The command that builds it.
    pub build: String,
    /// The toolchain: `1.95.0`; none where a file of the repository's says which (`rust-toolchain.toml`).
    pub toolchain: Option<String>,
    /// The folder with the project, where it is not the repository's.
    pub folder: Option<String>,
    /// Where cargo builds.
    pub target: String,
    /// The lock file.
    pub lock: String,
    /// The manifest that says which version it is.
    pub versioned: String,
    /// Whether there is a `deny.toml`, which says what dependencies may be.
    pub deny: bool,
}

/// What `cargo metadata` says.
#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Described>,
    workspace_root: String,
    /// What cargo takes where no package is named.
    workspace_default_members: Vec<String>,
}

#[derive(Deserialize)]
struct Described {
    id: String,
    name: String,
    manifest_path: PathBuf,
    /// Where it is from; none for a folder.
    source: Option<String>,
    repository: Option<String>,
    version: String,
    dependencies: Vec<Dependency>,
    default_run: Option<String>,
    rust_version: Option<String>,
    targets: Vec<Target>,
    features: BTreeMap<String, Vec<String>>,
}

#[derive(Deserialize)]
struct Dependency {
    /// The folder that it is in, where it is one.
    path: Option<PathBuf>,
}

#[derive(Deserialize)]
struct Target {
    name: String,
    kind: Vec<String>,
}

impl Package {
    /// The package whose folder a project is in; where that has no binary, the one that `cargo run` takes there.
    ///
    /// # Errors
    /// Cargo does not answer, there is no package, it is not clear which of its binaries it is, or it needs what is not in
    /// the repository.
    pub(super) fn find(project: &Path, repository: &Path) -> Result<Package, Failure> {
        let project = project
            .canonicalize()
            .map_err(|error| Failure::io("find", project, &error))?;
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let output = Command::new(cargo)
            .args(["metadata", "--locked", "--format-version", "1"])
            // The machines that build.
            .args(["--filter-platform", "x86_64-unknown-linux-gnu"])
            .current_dir(&project)
            .output();
        let said = match &output {
            Ok(output) if output.status.success() => &output.stdout,
            Ok(output) => return Err(refused(String::from_utf8_lossy(&output.stderr).trim())),
            Err(error) => return Err(refused(&error.to_string())),
        };
        let metadata: Metadata =
            serde_json::from_slice(said).map_err(|error| refused(&error.to_string()))?;
        let outside = metadata.outside(repository);
        if !outside.is_empty() {
            return Err(Failure::below(repository, outside));
        }
        metadata.package(&project, repository)
    }
}

impl Metadata {
    fn package(&self, project: &Path, repository: &Path) -> Result<Package, Failure> {
        let is_in = |package: &&Described| {
            let folder = package.manifest_path.parent();
            package.source.is_none() && folder.is_some_and(|folder| project.starts_with(folder))
        };
        // The nearest one: the longest path.
        let package = self.packages.iter().filter(is_in);
        let package = package
            .max_by_key(|package| package.manifest_path.as_os_str().len())
            .ok_or_else(|| refused("no package of the workspace has the environments' folder"))?;
        let package = self.that_runs(package);
        let below = |folder: &Path| {
            let folder = folder.strip_prefix(repository).unwrap_or(folder);
            folder.to_string_lossy().replace('\\', "/")
        };
        let workspace = Path::new(&self.workspace_root);
        Ok(Package {
            name: package.name.clone(),
            bin: package.bin()?.to_owned(),
            build: package.build(),
            toolchain: (!pins_toolchain(project, repository)).then(|| package.toolchain()),
            folder: Some(below(project)).filter(|folder| !folder.is_empty()),
            target: below(&workspace.join("target")),
            lock: below(&workspace.join("Cargo.lock")),
            versioned: below(&package.versioned(workspace)?),
            deny: workspace.join("deny.toml").is_file(),
        })
    }

    /// A package, or the one of the workspace's default members that has a binary where it has none.
    fn that_runs<'a>(&'a self, package: &'a Described) -> &'a Described {
        let is_default = |member: &&Described| self.workspace_default_members.contains(&member.id);
        let mut members = self.packages.iter().filter(is_default);
        match package.bins().next() {
            Some(_) => package,
            None => members
                .find(|member| member.bins().next().is_some())
                .unwrap_or(package),
        }
    }

    /// What is taken from folders that are not in the repository.
    fn outside(&self, repository: &Path) -> Vec<Finding> {
        let is_inside = |path: &Path| path.starts_with(repository);
        let (inside, outside): (Vec<&Described>, Vec<&Described>) = self
            .packages
            .iter()
            .filter(|package| package.source.is_none())
            .partition(|package| is_inside(&package.manifest_path));
        let findings = outside.iter().filter_map(|package| {
            let folder = package.manifest_path.parent()?;
            let named = |dependency: &Dependency| dependency.path.as_deref() == Some(folder);
            let takes = |other: &&&Described| other.dependencies.iter().any(named);
            let by = inside.iter().find(takes);
            // What those outside take from each other goes with them.
            if by.is_none() && outside.iter().any(|other| takes(&other)) {
                return None;
            }
            let by = by.map_or("a `[patch]`".to_owned(), |by| {
                let file = by.manifest_path.strip_prefix(repository);
                format!("`{}`", file.unwrap_or(&by.manifest_path).display())
            });
            Some(package.is_outside(&by, folder))
        });
        findings.collect()
    }
}

impl Described {
    fn is_outside(&self, by: &str, folder: &Path) -> Finding {
        let Described { name, version, .. } = self;
        let url = self.repository.as_deref().unwrap_or("https://…");
        Finding::new(
            Code::DependencyOutside,
            format!("{by} takes `{name}` from a folder that is not in the repository"),
            format!("take it from git, at a tag or a `rev`:\n{name} = {{ git = \"{url}\", tag = \"v{version}\" }}"),
        )
        .because(format!(
            "the workflows build what is in the repository, and `{}` is not",
            folder.display()
        ))
    }

    fn bins(&self) -> impl Iterator<Item = &str> {
        let is_bin = |target: &&Target| target.kind.iter().any(|kind| kind == "bin");
        let bins = self.targets.iter().filter(is_bin);
        bins.map(|target| target.name.as_str())
    }

    /// The binary: the one that `cargo run` takes, the only one, or the one with the package's name.
    fn bin(&self) -> Result<&str, Failure> {
        let bins: Vec<&str> = self.bins().collect();
        let named = self.default_run.as_deref();
        let own = bins.iter().copied().find(|bin| *bin == self.name);
        let only = bins.first().copied().filter(|_| bins.len() == 1);
        match named.or(only).or(own) {
            Some(bin) => Ok(bin),
            None => Err(refused(&format!(
                "it is not clear which binary of the package `{}` it is: set its `default-run`",
                self.name
            ))),
        }
    }

    /// With the feature `aws` where there is one that is not there by default.
    fn build(&self) -> String {
        let default = self.features.get("default");
        let has_it = default.is_some_and(|default| default.iter().any(|name| name == "aws"));
        let features = if self.features.contains_key("aws") && !has_it {
            " --features aws"
        } else {
            ""
        };
        format!("cargo build --locked --package {}{features}", self.name)
    }

    /// The manifest that has its version: its own, or the workspace's.
    fn versioned(&self, workspace: &Path) -> Result<PathBuf, Failure> {
        let manifest = &self.manifest_path;
        let text = std::fs::read_to_string(manifest)
            .map_err(|error| Failure::io("read", manifest, &error))?;
        let parsed: toml::Table =
            toml::from_str(&text).map_err(|error| refused(&error.to_string()))?;
        let version = parsed
            .get("package")
            .and_then(|package| package.get("version"));
        Ok(match version {
            Some(toml::Value::Table(_)) => workspace.join("Cargo.toml"),
            _ => manifest.clone(),
        })
    }

    /// Exactly one toolchain: the oldest that both the package and this library build with.
    fn toolchain(&self) -> String {
        let library = env!("CARGO_PKG_RUST_VERSION");
        let own = self.rust_version.as_deref().unwrap_or(library);
        let newest = [own, library]
            .into_iter()
            .max_by_key(|version| numbers(version));
        let [major, minor, patch] = numbers(newest.unwrap_or(library));
        format!("{major}.{minor}.{patch}")
    }
}

/// The numbers of a version: `1.95` is `1.95.0`.
fn numbers(version: &str) -> [u32; 3] {
    let mut numbers = version.split('.').map(|number| number.parse().unwrap_or(0));
    [(); 3].map(|()| numbers.next().unwrap_or(0))
}

/// Whether a file of the repository's says which toolchain it is, which rustup goes by.
///
/// Source: The rustup book, "Overrides".
fn pins_toolchain(project: &Path, repository: &Path) -> bool {
    let folders = project
        .ancestors()
        .take_while(|folder| folder.starts_with(repository));
    let mut files = folders
        .flat_map(|folder| ["rust-toolchain.toml", "rust-toolchain"].map(|name| folder.join(name)));
    files.any(|file| file.is_file())
}

fn refused(why: &str) -> Failure {
    let finding = Finding::new(
        Code::NoPackage,
        "it is not known what the workflows are to build",
        "run it in a repository whose binary calls `stratiform::run`, with cargo at hand",
    );
    Failure::of([finding.because(why.to_owned())])
}
