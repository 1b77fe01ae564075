//! What checkov says: its checks, and which of them fail where.

use std::collections::BTreeMap;
use std::fs;
use std::process::Command;

use serde_json::Value;

use super::corpus::Case;
use crate::command::{output, root};
use crate::conformance::validate::number_of;
use crate::oracles;

/// Where checkov reads the templates from.
const FOLDER: &str = "target/conformance/policies";

/// A check that fails.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Failure {
    pub(super) check: String,
    /// The name of the template.
    pub(super) template: String,
    pub(super) resource_type: String,
    pub(super) logical_id: String,
}

/// The release that is asked.
///
/// # Errors
/// It cannot be installed.
pub(super) fn version() -> Result<String, String> {
    let printed = run(&["--version"])?;
    Ok(format!("checkov {}", printed.trim()))
}

/// All checks of CloudFormation, with their titles.
///
/// # Errors
/// checkov cannot be run.
pub(super) fn checks() -> Result<BTreeMap<String, String>, String> {
    let printed = run(&["--list", "--framework", "cloudformation"])?;
    let mut checks = BTreeMap::new();
    for line in printed.lines() {
        let cells: Vec<&str> = line.split('|').map(str::trim).collect();
        // | | Id | Type | Entity | Policy | IaC | Resource Link |
        if let [_, _, id, _, _, title, ..] = cells.as_slice()
            && id.starts_with("CKV")
        {
            checks.insert((*id).to_owned(), (*title).to_owned());
        }
    }
    if checks.is_empty() {
        return Err(format!("checkov lists no checks:\n{printed}"));
    }
    Ok(checks)
}

fn run(arguments: &[&str]) -> Result<String, String> {
    let mut command = Command::new(oracles::program("checkov")?);
    let output = output(command.args(arguments).current_dir(root()))?;
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// What fails in the templates. An answer is kept below `target/`, and good until a template or checkov changes.
///
/// # Errors
/// They cannot be written, or checkov cannot read one.
pub(super) fn ask(cases: &[Case]) -> Result<Vec<Failure>, String> {
    let texts = cases
        .iter()
        .map(|case| format!("{} {}", case.name, case.text));
    let key = number_of(&format!(
        "{}\n{}",
        version()?,
        texts.collect::<Vec<_>>().join("\n")
    ));
    let kept = root().join(format!("{FOLDER}-{key:016x}.json"));
    let answer = match fs::read_to_string(&kept) {
        Ok(answer) => answer,
        Err(_) => {
            let answer = asked(cases)?;
            fs::write(&kept, &answer)
                .map_err(|error| format!("cannot write `{}`: {error}", kept.display()))?;
            answer
        }
    };
    let answer: Value = serde_json::from_str(&answer)
        .map_err(|_| format!("checkov printed no JSON: {}", answer.trim()))?;
    let unread = answer["summary"]["parsing_errors"].as_u64().unwrap_or(1);
    if unread > 0 {
        return Err(format!(
            "checkov cannot read {unread} of the templates in `{FOLDER}`"
        ));
    }
    let names: BTreeMap<String, &str> = cases
        .iter()
        .map(|case| (file(case), case.name.as_str()))
        .collect();
    let failures = answer["results"]["failed_checks"].as_array();
    let mut failures: Vec<Failure> = failures
        .into_iter()
        .flatten()
        .filter_map(|failure| {
            let text = |key: &str| failure[key].as_str();
            let (resource_type, logical_id) = text("resource")?.rsplit_once('.')?;
            let file = text("file_path")?.trim_start_matches('/');
            Some(Failure {
                check: text("check_id")?.to_owned(),
                template: (*names.get(file)?).to_owned(),
                resource_type: resource_type.to_owned(),
                logical_id: logical_id.to_owned(),
            })
        })
        .collect();
    failures.dedup();
    Ok(failures)
}

/// What checkov prints of the templates, as JSON.
fn asked(cases: &[Case]) -> Result<String, String> {
    let folder = root().join(FOLDER);
    let failed = |error: std::io::Error| format!("cannot write to `{FOLDER}`: {error}");
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).map_err(failed)?;
    for case in cases {
        fs::write(folder.join(file(case)), &case.text).map_err(failed)?;
    }
    let printed = run(&oracles::checkov::asking(FOLDER))?;
    // Before it stands where its own checks broke down.
    let start = match printed.starts_with('{') {
        true => 0,
        false => printed.find("\n{").unwrap_or_default(),
    };
    Ok(printed[start..].to_owned())
}

/// The name of a template's file.
fn file(case: &Case) -> String {
    format!("{}.json", case.name.replace('/', "--"))
}
