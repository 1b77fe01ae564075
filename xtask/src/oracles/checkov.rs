//! checkov: no failed check but those that the environment accepts, each with its reason.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde_json::Value;

use super::{Snapshots, json};
use crate::command::{cargo, output};

/// Check → where it is accepted.
type Accepted = BTreeMap<String, Vec<Risk>>;

/// One entry of `settings.accepted_risks`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Risk {
    /// `database/Instance`, `database/*` or `*`.
    resource: String,
    reason: String,
    /// The last day it is accepted, `2027-01-31`.
    until: Option<String>,
}

/// What to do about a check that is not accepted.
const HELP: &str = "\
help: change the resource, or accept the check in the environment's file, with a reason that reviewers can judge:
      settings:
        accepted_risks:
          CKV_AWS_18:
            - resource: services/Uploads   # or services/*, or *
              reason: …";

/// What checkov is asked about the templates of a folder; it answers in JSON.
pub(crate) fn asking(folder: &str) -> [&str; 8] {
    [
        "--framework",
        "cloudformation",
        "--skip-download",
        "--compact",
        "--output",
        "json",
        "--directory",
        folder,
    ]
}

/// Asks about every environment of a project; failures, accepted risks and entries that nothing needs are printed.
pub(super) fn run(
    python: &Path,
    project: &Path,
    environments: &[Snapshots],
) -> Result<String, String> {
    let today = today(python)?;
    let mut wrong = 0;
    let mut version = String::new();
    let mut found: BTreeMap<&str, (u64, Vec<Failed>)> = BTreeMap::new();
    for snapshots in environments {
        let folder = snapshots.folder.to_string_lossy();
        let answer = json(python, "checkov", &asking(&folder))?;
        version = answer["summary"]["checkov_version"]
            .as_str()
            .unwrap_or_default()
            .to_owned();
        let unread = answer["summary"]["parsing_errors"].as_u64().unwrap_or(1);
        if unread > 0 {
            wrong += 1;
            eprintln!(
                "checkov cannot read {unread} templates of {}",
                snapshots.environment
            );
        }
        // What bootstraps an environment (`prod.bootstrap`) is accepted or not in its file, too.
        let of_file = snapshots.environment.split('.').next();
        let (passed, failed) = found.entry(of_file.unwrap_or_default()).or_default();
        *passed += answer["summary"]["passed"].as_u64().unwrap_or_default();
        failed.extend(failures(&answer));
    }
    let mut told = Vec::new();
    for (environment, (passed, failed)) in found {
        let verdict = judge(&failed, &accepted(project, environment)?, &today);
        for line in &verdict.refused {
            eprintln!("checkov {environment}: NOT ACCEPTED {line}");
        }
        for line in &verdict.accepted {
            eprintln!("checkov {environment}: accepted {line}");
        }
        wrong += verdict.refused.len();
        let accepted = verdict.accepted.len();
        told.push(format!(
            "{environment} {passed} passed, {accepted} accepted"
        ));
    }
    let told = format!("checkov {version}: {}", told.join(", "));
    if wrong == 0 {
        return Ok(told);
    }
    eprintln!("{HELP}");
    Err(format!("{told}, {wrong} not accepted"))
}

/// A failed check.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Failed {
    check: String,
    title: String,
    stack: String,
    logical_id: String,
}

fn failures(answer: &Value) -> Vec<Failed> {
    let failed = answer["results"]["failed_checks"]
        .as_array()
        .map(Vec::as_slice)
        .unwrap_or_default();
    failed
        .iter()
        .map(|failed| {
            let text = |key: &str| failed[key].as_str().unwrap_or_default();
            let file = text("file_path").trim_start_matches('/');
            Failed {
                check: text("check_id").to_owned(),
                title: text("check_name").to_owned(),
                stack: file
                    .rsplit_once('.')
                    .map_or(file, |(stack, _)| stack)
                    .to_owned(),
                logical_id: text("resource")
                    .rsplit('.')
                    .next()
                    .unwrap_or_default()
                    .to_owned(),
            }
        })
        .collect()
}

#[derive(Debug, Default, PartialEq, Eq)]
struct Verdict {
    accepted: Vec<String>,
    /// Failures that nobody accepted, acceptances that are over, and entries that cover nothing.
    refused: Vec<String>,
}

fn judge(failures: &[Failed], accepted: &Accepted, today: &str) -> Verdict {
    let mut verdict = Verdict::default();
    let mut used: BTreeSet<(&str, usize)> = BTreeSet::new();
    for Failed {
        check,
        title,
        stack,
        logical_id,
    } in failures
    {
        let risks = accepted.get(check).map(Vec::as_slice).unwrap_or_default();
        let covering = risks
            .iter()
            .position(|risk| covers(&risk.resource, stack, logical_id));
        let place = format!("{check} {stack}/{logical_id} ({title})");
        match covering.map(|index| (index, &risks[index])) {
            None => verdict.refused.push(place),
            Some((index, risk)) => {
                used.insert((check, index));
                match &risk.until {
                    Some(until) if until.as_str() < today => {
                        verdict
                            .refused
                            .push(format!("{place}: was accepted until {until}"));
                    }
                    _ => verdict.accepted.push(format!("{place}: {}", risk.reason)),
                }
            }
        }
    }
    for (check, risks) in accepted {
        for (index, risk) in risks.iter().enumerate() {
            if !used.contains(&(check.as_str(), index)) {
                verdict.refused.push(format!(
                    "{check} is accepted for {} but does not fail there: remove it from the environment's file",
                    risk.resource
                ));
            }
        }
    }
    verdict
}

fn covers(resource: &str, stack: &str, logical_id: &str) -> bool {
    match resource.split_once('/') {
        Some((of_stack, of_id)) => of_stack == stack && (of_id == "*" || of_id == logical_id),
        None => resource == "*",
    }
}

/// `settings.accepted_risks` of an environment, as the program itself shows them.
fn accepted(project: &Path, environment: &str) -> Result<Accepted, String> {
    let mut show = cargo([
        "run",
        "--quiet",
        "--",
        "env",
        "show",
        environment,
        "--format",
        "json",
    ]);
    let shown = output(show.current_dir(project))?;
    if !shown.status.success() {
        return Err(String::from_utf8_lossy(&shown.stderr).into_owned());
    }
    let values: Value =
        serde_json::from_slice(&shown.stdout).map_err(|error| format!("env show: {error}"))?;
    Ok(risks(
        values.as_array().map(Vec::as_slice).unwrap_or_default(),
    ))
}

fn risks(values: &[Value]) -> Accepted {
    let mut accepted = Accepted::new();
    for value in values {
        let path = value["path"].as_str().unwrap_or_default();
        // settings.accepted_risks.CKV_AWS_157[0].reason
        let Some(entry) = path.strip_prefix("settings.accepted_risks.") else {
            continue;
        };
        let Some((check, rest)) = entry.split_once('[') else {
            continue;
        };
        // Codes of `validate` are accepted there, too.
        if !check.starts_with("CKV") {
            continue;
        }
        let Some((index, field)) = rest.split_once("].") else {
            continue;
        };
        let Ok(index) = index.parse::<usize>() else {
            continue;
        };
        let risks = accepted.entry(check.to_owned()).or_default();
        if risks.len() <= index {
            risks.resize(index + 1, Risk::default());
        }
        let text = value["value"].as_str().unwrap_or_default().to_owned();
        match field {
            "resource" => risks[index].resource = text,
            "reason" => risks[index].reason = text,
            "until" => risks[index].until = Some(text),
            _ => {}
        }
    }
    accepted
}

fn today(python: &Path) -> Result<String, String> {
    let name = python
        .file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned();
    let script = "import datetime, json; print(json.dumps(datetime.date.today().isoformat()))";
    let today = json(python, &name, &["-c", script])?;
    Ok(today.as_str().unwrap_or_default().to_owned())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn failed(check: &str, stack: &str, logical_id: &str) -> Failed {
        Failed {
            check: check.to_owned(),
            title: "title".to_owned(),
            stack: stack.to_owned(),
            logical_id: logical_id.to_owned(),
        }
    }

    fn risk(resource: &str, until: Option<&str>) -> Risk {
        Risk {
            resource: resource.to_owned(),
            reason: "why".to_owned(),
            until: until.map(str::to_owned),
        }
    }

    #[test]
    fn only_what_is_accepted_there_and_still_is_accepted() {
        let accepted = Accepted::from([
            (
                "A".to_owned(),
                vec![
                    risk("database/Instance", None),
                    risk("services/*", Some("2026-01-31")),
                ],
            ),
            ("B".to_owned(), vec![risk("*", Some("2026-12-31"))]),
            ("C".to_owned(), vec![risk("queues/Queue", None)]),
        ]);
        let failures = [
            failed("A", "database", "Instance"),
            failed("A", "database", "Other"),
            failed("A", "services", "Api"),
            failed("B", "network", "Vpc"),
        ];
        let verdict = judge(&failures, &accepted, "2026-06-01");
        assert_eq!(
            verdict.accepted,
            [
                "A database/Instance (title): why",
                "B network/Vpc (title): why"
            ]
        );
        assert_eq!(
            verdict.refused,
            [
                "A database/Other (title)",
                "A services/Api (title): was accepted until 2026-01-31",
                "C is accepted for queues/Queue but does not fail there: remove it from the environment's file",
            ]
        );
    }

    #[test]
    fn risks_are_read_from_env_show() {
        let entry = |field: &str, value: &str| json!({"path": format!("settings.accepted_risks.CKV_A[0].{field}"), "value": value});
        let values = [
            entry("resource", "database/*"),
            entry("reason", "why"),
            json!({"path": "settings.app", "value": "x"}),
        ];
        assert_eq!(
            risks(&values),
            Accepted::from([("CKV_A".to_owned(), vec![risk("database/*", None)])])
        );
    }
}
