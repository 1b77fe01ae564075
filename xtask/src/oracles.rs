//! Other programs' opinion of the snapshots: cfn-lint and checkov, the real ones, pinned.

mod cfn_lint;
pub(crate) mod checkov;
mod sarif;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::command::{output, root};
use crate::outcome::Outcome;
use crate::venv::Venv;

/// The oracles, moto, and all their dependencies.
const VENV: Venv = Venv {
    name: "oracles",
    file: "oracles.txt",
    requirements: include_str!("../oracles.txt"),
};

/// Where stacks are: the reference app's, and those of other people's repositories.
const PROJECTS: [&str; 3] = ["", GUESTBOOK, "examples/website"];

/// It shows an output of what it imports, on purpose, and cfn-lint warns of that (W6001).
const GUESTBOOK: &str = "examples/guestbook";

/// AWS's own validator, as its users of Python install it.
const VALIDATORS: Venv = Venv {
    name: "validators",
    file: "validators.txt",
    requirements: include_str!("../validators.txt"),
};

/// One environment's snapshots.
pub(crate) struct Snapshots {
    environment: String,
    pub(crate) region: String,
    folder: PathBuf,
    /// Stack → template's file.
    pub(crate) templates: Vec<PathBuf>,
}

/// Asks both oracles about every template.
pub(crate) fn run() -> Result<Outcome, String> {
    let python = VENV.python()?;
    let mut told = Vec::new();
    let mut failures = Vec::new();
    let mut templates = 0;
    for project in PROJECTS {
        let folder = root().join(project);
        let environments = snapshots(&folder.join("snapshots"))?;
        let here = environments.iter();
        let here: usize = here.map(|environment| environment.templates.len()).sum();
        if here == 0 {
            return Err(format!("there are no snapshots in `{}`", folder.display()));
        }
        templates += here;
        let linted = (project != GUESTBOOK).then(|| cfn_lint::run(&python, &environments));
        let checked = checkov::run(&python, &folder, &environments);
        for seen in linted.into_iter().chain([checked]) {
            match seen {
                Ok(seen) => told.push(seen),
                Err(failure) => failures.push(failure),
            }
        }
    }
    match sarif::run(&python) {
        Ok(seen) => told.push(seen),
        Err(failure) => failures.push(failure),
    }
    if failures.is_empty() {
        Ok(Outcome::Passed(Some(format!(
            "{templates} templates; {}",
            told.join("; ")
        ))))
    } else {
        Err(failures.join("; "))
    }
}

/// The environments that have snapshots, from their `assembly.json`.
pub(crate) fn snapshots(folder: &Path) -> Result<Vec<Snapshots>, String> {
    let mut environments = Vec::new();
    let entries = fs::read_dir(folder)
        .map_err(|error| format!("cannot read `{}`: {error}", folder.display()))?;
    for entry in entries.filter_map(Result::ok) {
        let folder = entry.path();
        let file = folder.join("assembly.json");
        if !file.is_file() {
            continue;
        }
        let text = fs::read_to_string(&file)
            .map_err(|error| format!("cannot read `{}`: {error}", file.display()))?;
        let assembly: Value = serde_json::from_str(&text)
            .map_err(|error| format!("`{}` is no JSON: {error}", file.display()))?;
        let stacks = assembly["stacks"]
            .as_array()
            .map(Vec::as_slice)
            .unwrap_or_default();
        environments.push(Snapshots {
            environment: assembly["environment"]
                .as_str()
                .unwrap_or_default()
                .to_owned(),
            region: assembly["region"].as_str().unwrap_or_default().to_owned(),
            templates: stacks
                .iter()
                .filter_map(|stack| Some(folder.join(stack["template"].as_str()?)))
                .collect(),
            folder,
        });
    }
    environments.sort_by(|one, other| one.environment.cmp(&other.environment));
    Ok(environments)
}

/// The interpreter of the virtual environment.
pub(crate) fn python() -> Result<PathBuf, String> {
    VENV.python()
}

/// The interpreter that AWS's own validator is installed for.
pub(crate) fn validators() -> Result<PathBuf, String> {
    VALIDATORS.python()
}

/// A program of the virtual environment.
pub(crate) fn program(name: &str) -> Result<PathBuf, String> {
    VENV.program(name)
}

/// What a program of the virtual environment prints as JSON.
fn json(python: &Path, program: &str, arguments: &[&str]) -> Result<Value, String> {
    let mut command = Command::new(python.with_file_name(program));
    command.args(arguments).current_dir(root());
    let output = output(&mut command)?;
    let text = String::from_utf8_lossy(&output.stdout);
    serde_json::from_str(&text).map_err(|_| {
        format!(
            "{program} printed no JSON: {}{}",
            text.trim(),
            String::from_utf8_lossy(&output.stderr).trim()
        )
    })
}
