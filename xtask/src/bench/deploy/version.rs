//! What is deployed: an environment as it is, and after an edit, as a project of ours and as the CDK's assembly.

use std::fs;
use std::path::{Path, PathBuf};

use super::super::error::BenchError;
use super::super::peer::{self, Cdk, Validation};
use super::super::process::Step;
use super::super::workbench::{Workbench, remove};
use crate::deployment::{ACCOUNT, Environment};

/// The largest environment in which nothing else is waited for than CloudFormation: prod has a bake time, and a snapshot
/// before.
pub(super) const ENVIRONMENT: &str = "staging";

/// One thing in each stack but the registry: a service's variable, an alarm's threshold, a queue's time, and how long
/// logs are kept. The database's own properties stay: whether a change of them replaces it has to be approved by name.
const EDITS: [(&str, &str, &str); 4] = [
    (
        "defaults.yaml",
        "visibility_timeout_seconds: 180",
        "visibility_timeout_seconds: 240",
    ),
    (
        "defaults.yaml",
        "cpu: { above_percent: 80",
        "cpu: { above_percent: 85",
    ),
    ("defaults.yaml", "LOG_LEVEL: info", "LOG_LEVEL: warn"),
    ("staging.yaml", "retention_days: 30", "retention_days: 60"),
];

/// An environment at a moment.
pub(super) struct Version {
    /// The folder with `environments/` and `snapshots/`.
    pub project: PathBuf,
    /// The same stacks, with the same templates, as the CDK's app writes them.
    pub cdk_assembly: PathBuf,
    pub environment: Environment,
}

/// The environment as it is, and as it is after the edits.
pub(super) struct Versions {
    pub first: Version,
    pub edited: Version,
}

impl Versions {
    pub(super) fn make(bench: &Workbench, ours: &Path, cdk: &Cdk) -> Result<Versions, BenchError> {
        Ok(Versions {
            first: Version::make(bench, "first", ours, cdk, &[])?,
            edited: Version::make(bench, "edited", ours, cdk, &EDITS)?,
        })
    }

    /// How many stacks the edits change.
    pub(super) fn edited_stacks(&self) -> Result<usize, BenchError> {
        let read = |path: &PathBuf| fs::read(path).map_err(BenchError::file("read", path));
        let (first, edited) = (&self.first.environment, &self.edited.environment);
        let mut changed = 0;
        for (before, after) in first.stacks.iter().zip(&edited.stacks) {
            if read(&before.template)? != read(&after.template)? {
                changed += 1;
            }
        }
        Ok(changed)
    }
}

impl Version {
    fn make(
        bench: &Workbench,
        name: &str,
        ours: &Path,
        cdk: &Cdk,
        edits: &[(&str, &'static str, &str)],
    ) -> Result<Version, BenchError> {
        let project = bench.path("deploy").join(name);
        remove(&project)?;
        let environments = project.join("environments");
        peer::copy_folder(&bench.root.join("environments"), &environments)?;
        for &(file, text, other) in edits {
            edit(&environments.join(file), text, other)?;
        }
        Step::new(ours, &project)
            .args(["synth", "--env", ENVIRONMENT])
            .run(&bench.log())?;
        let environment = Environment::read_in(&project, ENVIRONMENT);
        let cdk_assembly = bench.path("out/deploy-cdk").join(name);
        remove(&cdk_assembly)?;
        cdk.app("included.js", &cdk_assembly, Validation::Off)
            .env("PROJECT", &project)
            .env("ENVIRONMENT", ENVIRONMENT)
            .env("ACCOUNT", ACCOUNT)
            .run(&bench.log())?;
        Ok(Version {
            environment: environment.map_err(BenchError::Answer)?,
            project,
            cdk_assembly,
        })
    }
}

fn edit(file: &Path, text: &'static str, other: &str) -> Result<(), BenchError> {
    let content = fs::read_to_string(file).map_err(BenchError::file("read", file))?;
    if !content.contains(text) {
        return Err(BenchError::NoSuchText {
            file: file.to_owned(),
            text,
        });
    }
    fs::write(file, content.replace(text, other)).map_err(BenchError::file("write", file))
}
