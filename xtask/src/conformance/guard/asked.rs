//! What both programs say of templates: which rule is broken by which resource.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::command::shown;
use crate::guard;

/// In the place of a path: Guard says that a rule failed, and has recorded no clause that did.
pub(super) const NOTHING: &str = "nothing";

/// What is said of a template.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Verdicts {
    /// A rule and the resource that breaks it, and where in it; the resource is empty where nothing says which.
    pub(super) broken: BTreeMap<(String, String), Vec<String>>,
    /// Where a rule could not be judged.
    pub(super) not_judged: Vec<String>,
}

impl Verdicts {
    fn add(&mut self, rule: &str, path: String) {
        let mut steps = path.split('/').filter(|step| !step.is_empty());
        let resource = match (steps.next(), steps.next()) {
            (Some("Resources"), Some(resource)) => resource.to_owned(),
            _ => String::new(),
        };
        let paths = self.broken.entry((rule.to_owned(), resource)).or_default();
        if !paths.contains(&path) {
            paths.push(path);
        }
    }
}

/// Guard's own command line.
///
/// # Errors
/// It cannot be had, or answers in another form.
pub(super) fn guard(folder: &Path) -> Result<BTreeMap<String, Verdicts>, String> {
    let mut command = Command::new(guard::program()?);
    command
        .arg("validate")
        .arg("--rules")
        .arg(guard::rules()?)
        .arg("--data")
        .arg(folder);
    command.args([
        "--structured",
        "--output-format",
        "json",
        "--show-summary",
        "none",
    ]);
    let reports = said(&mut command)?;
    let mut verdicts: BTreeMap<String, Verdicts> = BTreeMap::new();
    for report in reports.as_array().into_iter().flatten() {
        let name = report["name"].as_str().unwrap_or_default();
        let name = Path::new(name)
            .file_stem()
            .unwrap_or_default()
            .to_string_lossy();
        let of = verdicts.entry(name.into_owned()).or_default();
        for rule in report["not_compliant"].as_array().into_iter().flatten() {
            let rule = &rule["Rule"];
            let name = rule["name"].as_str().unwrap_or_default();
            let mut paths = Vec::new();
            collect(&rule["checks"], &mut paths);
            if !has_clause(&rule["checks"]) {
                paths.push(NOTHING.to_owned());
            } else if paths.is_empty() {
                paths.push(String::new());
            }
            paths.into_iter().for_each(|path| of.add(name, path));
        }
    }
    Ok(verdicts)
}

/// Whether a clause is among what is recorded, and not only the rules around it.
fn has_clause(value: &Value) -> bool {
    match value {
        Value::Array(items) => items.iter().any(has_clause),
        Value::Object(entries) => entries
            .iter()
            .any(|(key, value)| matches!(key.as_str(), "Clause" | "Block") || has_clause(value)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
    }
}

/// The paths of what was judged: what is compared with, and what the rule itself says, is none.
fn collect(value: &Value, paths: &mut Vec<String>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| collect(item, paths)),
        Value::Object(entries) => {
            for (key, value) in entries {
                let path = value.get("path").and_then(Value::as_str);
                match (key.as_str(), path) {
                    ("from" | "traversed_to" | "value", Some(path))
                        if value.get("value").is_some() =>
                    {
                        paths.push(path.to_owned());
                    }
                    ("to", _) => {}
                    _ => collect(value, paths),
                }
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// Our own.
///
/// # Errors
/// It cannot be built, or answers in another form.
pub(super) fn ours(folder: &Path) -> Result<BTreeMap<String, Verdicts>, String> {
    let program = guard::ours()?;
    let mut command = Command::new(program);
    command
        .arg("validate")
        .arg(folder)
        .arg("--rules")
        .arg(guard::rules()?)
        .args(["--format", "json"]);
    let told = said(&mut command)?;
    let mut verdicts: BTreeMap<String, Verdicts> = BTreeMap::new();
    let name = |one: &Value| {
        let file = one["file"].as_str().unwrap_or_default();
        Path::new(file)
            .file_stem()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned()
    };
    let path = |one: &Value| {
        let steps = one["path"].as_array().into_iter().flatten();
        steps
            .filter_map(Value::as_str)
            .map(|step| format!("/{step}"))
            .collect::<String>()
    };
    for finding in told["findings"].as_array().into_iter().flatten() {
        let message = finding["message"].as_str().unwrap_or_default();
        let rule = message.split('`').nth(1).unwrap_or_default();
        match finding["code"].as_str() {
            Some("guard-rule") => verdicts
                .entry(name(finding))
                .or_default()
                .add(rule, path(finding)),
            Some("guard-file" | "guard-failed") => return Err(format!("{finding:#}")),
            _ => {}
        }
    }
    for skipped in told["not_checked"].as_array().into_iter().flatten() {
        if skipped["reason"] == "rule" {
            verdicts
                .entry(name(skipped))
                .or_default()
                .not_judged
                .push(path(skipped));
        }
    }
    Ok(verdicts)
}

/// What a program prints; how it ends says only that something was found.
fn said(command: &mut Command) -> Result<Value, String> {
    let output = command
        .output()
        .map_err(|error| format!("cannot run `{}`: {error}", shown(command)))?;
    serde_json::from_slice(&output.stdout).map_err(|error| {
        let stderr = String::from_utf8_lossy(&output.stderr);
        format!(
            "`{}` answers in another form: {error}\n{stderr}",
            shown(command)
        )
    })
}
