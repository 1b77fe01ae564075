//! What the workflows build: the package of the repository that holds the stacks, as cargo knows it.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use serde::{Deserialize, Serialize};
use stratiform_finding::{Code, Finding};

use crate::report::Failure;

/// What is built, and how. Paths are seen from the repository's folder.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(super) struct Package {
    /// The binary's name.
    pub bin: String,
    /// The command that builds it.
    pub build: String,
    /// The toolchain: `1.95.0`, or `stable`.
    pub toolchain: String,
    /// The folder with the project, where it is not the repository's.
    pub folder: Option<String>,
    /// Where cargo builds.
    pub target: String,
    /// The lock file.
    pub lock: String,
}

/// What `cargo metadata` says.
#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Described>,
    workspace_root: String,
}

#[derive(Deserialize)]
struct Described {
    name: String,
    manifest_path: String,
    default_run: Option<String>,
    rust_version: Option<String>,
    targets: Vec<Target>,
    features: BTreeMap<String, Vec<String>>,
}

#[derive(Deserialize)]
struct Target {
    name: String,
    kind: Vec<String>,
}

impl Package {
    /// The package whose folder a project is in.
    ///
    /// # Errors
    /// Cargo does not answer, there is no package, or it is not clear which of its binaries it is.
    pub(super) fn find(project: &Path, repository: &Path) -> Result<Package, Failure> {
        let project = project
            .canonicalize()
            .map_err(|error| Failure::io("find", project, &error))?;
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let output = Command::new(cargo)
            .args(["metadata", "--no-deps", "--format-version", "1"])
            .current_dir(&project)
            .output();
        let said = match &output {
            Ok(output) if output.status.success() => &output.stdout,
            Ok(output) => return Err(refused(String::from_utf8_lossy(&output.stderr).trim())),
            Err(error) => return Err(refused(&error.to_string())),
        };
        let metadata: Metadata =
            serde_json::from_slice(said).map_err(|error| refused(&error.to_string()))?;
        metadata.package(&project, repository)
    }
}

impl Metadata {
    fn package(&self, project: &Path, repository: &Path) -> Result<Package, Failure> {
        let is_in = |package: &&Described| {
            let folder = Path::new(&package.manifest_path).parent();
            folder.is_some_and(|folder| project.starts_with(folder))
        };
        // The nearest one: the longest path.
        let package = self.packages.iter().filter(is_in);
        let package = package
            .max_by_key(|package| package.manifest_path.len())
            .ok_or_else(|| refused("no package of the workspace has the environments' folder"))?;
        let below = |folder: &Path| {
            let folder = folder.strip_prefix(repository).unwrap_or(folder);
            folder.to_string_lossy().replace('\\', "/")
        };
        let workspace = Path::new(&self.workspace_root);
        Ok(Package {
            bin: package.bin()?.to_owned(),
            build: package.build(),
            toolchain: package.toolchain(),
            folder: Some(below(project)).filter(|folder| !folder.is_empty()),
            target: below(&workspace.join("target")),
            lock: below(&workspace.join("Cargo.lock")),
        })
    }
}

impl Described {
    /// The binary: the one that `cargo run` takes, the only one, or the one with the package's name.
    fn bin(&self) -> Result<&str, Failure> {
        let is_bin = |target: &&Target| target.kind.iter().any(|kind| kind == "bin");
        let bins: Vec<&str> = self
            .targets
            .iter()
            .filter(is_bin)
            .map(|target| target.name.as_str())
            .collect();
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

    /// Exactly one toolchain, where the package says which.
    fn toolchain(&self) -> String {
        match self.rust_version.as_deref() {
            Some(version) if version.split('.').count() == 2 => format!("{version}.0"),
            Some(version) => version.to_owned(),
            None => "stable".to_owned(),
        }
    }
}

fn refused(why: &str) -> Failure {
    let finding = Finding::new(
        Code::NoPackage,
        "it is not known what the workflows are to build",
        "run it in a repository whose binary calls `stratiform::run`, with cargo at hand",
    );
    Failure::of([finding.because(why.to_owned())])
}
