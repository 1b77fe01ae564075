//! cfn-lint: no error and no warning, for the environment's own region.

use std::path::Path;

use serde_json::Value;

use super::{Snapshots, json};

/// Asks about every template; every finding is printed.
pub(super) fn run(python: &Path, environments: &[Snapshots]) -> Result<String, String> {
    let mut findings = 0;
    let mut templates = 0;
    for Snapshots {
        region,
        templates: files,
        ..
    } in environments
    {
        let files: Vec<String> = files
            .iter()
            .map(|file| file.to_string_lossy().into_owned())
            .collect();
        let mut arguments = vec!["--format", "json", "--regions", region.as_str(), "--"];
        arguments.extend(files.iter().map(String::as_str));
        let answer = json(python, "cfn-lint", &arguments)?;
        for finding in answer.as_array().map(Vec::as_slice).unwrap_or_default() {
            findings += 1;
            let text = |key: &str| finding[key].as_str().unwrap_or_default();
            let line = &finding["Location"]["Start"]["LineNumber"];
            let rule = finding["Rule"]["Id"].as_str().unwrap_or_default();
            eprintln!(
                "cfn-lint {rule} {}:{line}: {}",
                text("Filename"),
                text("Message")
            );
        }
        templates += files.len();
    }
    let version = version(python)?;
    if findings == 0 {
        Ok(format!(
            "cfn-lint {version}: {templates} templates, no finding"
        ))
    } else {
        Err(format!("cfn-lint {version} has {findings} findings"))
    }
}

fn version(python: &Path) -> Result<String, String> {
    let script = "import json, importlib.metadata; print(json.dumps(importlib.metadata.version('cfn-lint')))";
    let name = python
        .file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned();
    match json(python, &name, &["-c", script])? {
        Value::String(version) => Ok(version),
        other => Err(format!("cfn-lint has no version: {other}")),
    }
}
