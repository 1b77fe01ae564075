//! What was deployed, for people, for a report and for programs.

mod json;
mod markdown;

use std::time::Duration;

use stratiform_deploy::Record;
use stratiform_deploy::history::{Deployment, Gap, History, Kind, Outcome, Rates};
use stratiform_finding::words::{counted, visible};
use stratiform_service::Timestamp;

use super::deployment::words::{duration, one_line};
use super::status::{minute, origin};
use super::style::{CYAN, GREEN, RED, YELLOW, paint};
use crate::report::Colour;

pub(crate) use json::json;
pub(crate) use markdown::markdown;

/// What is shown.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Shown<'a> {
    /// The environment.
    pub environment: &'a str,
    /// Its region.
    pub region: &'a str,
    /// The account that was asked.
    pub account: &'a str,
    /// From when on.
    pub since: Timestamp,
    /// What was found.
    pub history: &'a History,
}

fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::Deploy => "deploy",
        Kind::Rollback => "rollback",
        Kind::WayBack => "way back",
        Kind::Mend => "mended",
        Kind::Destroy => "destroy",
        Kind::Foreign => "not ours",
    }
}

fn outcome(outcome: Outcome) -> (&'static str, &'static str) {
    match outcome {
        Outcome::Succeeded => ("succeeded", GREEN),
        Outcome::InProgress => ("in progress", CYAN),
        Outcome::RolledBack => ("went back", YELLOW),
        Outcome::NeedsPerson => ("needs a person", RED),
    }
}

/// The release and the commit, as far as they are known.
fn release(deployment: &Deployment) -> String {
    match deployment.kind {
        Kind::Foreign => "by somebody else".to_owned(),
        Kind::Deploy | Kind::Rollback | Kind::WayBack | Kind::Mend | Kind::Destroy => {
            origin(&stratiform_deploy::status::Origin {
                release: deployment.release().map(str::to_owned),
                commit: deployment.commit().map(str::to_owned),
            })
        }
    }
}

/// How long it took.
fn took(deployment: &Deployment) -> String {
    millis(deployment.millis())
}

fn millis(millis: Option<i64>) -> String {
    let millis = millis.and_then(|millis| u64::try_from(millis).ok());
    millis.map_or_else(|| "–".to_owned(), |it| duration(Duration::from_millis(it)))
}

fn stacks(deployment: &Deployment) -> String {
    let mut keys: Vec<&str> = Vec::new();
    for step in &deployment.stacks {
        if !keys.contains(&step.key.as_str()) {
            keys.push(&step.key);
        }
    }
    keys.join(", ")
}

/// What failed first, and why.
fn cause(deployment: &Deployment) -> Option<String> {
    let (key, cause) = deployment.cause()?;
    let (subject, status) = (cause.subject(key), &cause.status);
    Some(match cause.reason.is_empty() {
        true => format!("{subject} is {status}"),
        false => format!("{subject} is {status}: {}", one_line(&cause.reason)),
    })
}

/// Who deployed.
fn by(deployment: &Deployment) -> Option<String> {
    let by = deployment.record.deployed_by.as_deref()?;
    Some(format!("by {}", visible(by)))
}

/// Who approved; none where nobody was to: a way back goes by itself.
fn approval(deployment: &Deployment) -> Option<String> {
    let is_asked = matches!(deployment.kind, Kind::Deploy | Kind::Rollback);
    is_asked.then(|| match deployment.approved_by() {
        Some(name) => format!("approved by {}", visible(&name)),
        None => "who approved is not recorded".to_owned(),
    })
}

/// The reason that was given, and which checks it went before.
fn why(record: &Record) -> Option<String> {
    let reason = one_line(record.reason.as_deref()?);
    let skipped = match skipped(record) {
        Some(names) if names.is_empty() => "none".to_owned(),
        Some(names) => names.join(", "),
        None => "not recorded".to_owned(),
    };
    Some(format!(
        "because: {reason}; checks skipped: {}",
        visible(&skipped)
    ))
}

/// The checks that were skipped; none where that is not recorded.
fn skipped(record: &Record) -> Option<Vec<&str>> {
    let skipped = record.skipped.as_deref()?;
    Some(match skipped {
        "none" => Vec::new(),
        names => names.split_whitespace().collect(),
    })
}

/// Rates as a sentence.
fn rates(rates: &Rates) -> String {
    if rates.deployments == 0 {
        return "no deployment is over".to_owned();
    }
    let percent = |part: usize| {
        format!(
            "{} %",
            (part * 200 + rates.deployments) / (rates.deployments * 2)
        )
    };
    let person = match rates.needed_person {
        0 => String::new(),
        some => format!(", {} needed a person", percent(some)),
    };
    format!(
        "{}: {} succeeded, {} went back{person}; median time of those that succeeded: {}",
        counted(rates.deployments, "deployment"),
        percent(rates.succeeded),
        percent(rates.rolled_back),
        millis(rates.median)
    )
}

/// What is not known, in sentences.
fn gaps(history: &History) -> Vec<String> {
    let mut gaps: Vec<String> = history.gaps.iter().map(gap).collect();
    let is_unknown = |it: &Deployment| approval(it).is_some() && it.approved_by().is_none();
    if history.deployments.iter().any(is_unknown) {
        gaps.push(
            "who approved what was sealed without --approved-by, or deployed by an earlier version: the page of the workflow's \
             run has it, where there was one"
                .to_owned(),
        );
    }
    gaps
}

fn gap(gap: &Gap) -> String {
    match gap {
        Gap::Events { key, unasked } => {
            format!("`{key}` could not be asked: {}", one_line(&unasked.why))
        }
        Gap::Forgotten {
            key,
            created,
            oldest,
        } => {
            let oldest = oldest.map_or_else(
                || "CloudFormation has no events of it any more".to_owned(),
                |oldest| format!("CloudFormation's events begin {} UTC", minute(oldest)),
            );
            format!("`{key}` was made {} UTC, and {oldest}", minute(*created))
        }
        Gap::Deleted(unasked) => format!(
            "which stacks were deleted could not be asked: {}",
            one_line(&unasked.why)
        ),
        Gap::TooOld(remembered) => format!(
            "CloudFormation remembers stacks that were deleted for 90 days: what was deleted before {} UTC is not here",
            minute(*remembered)
        ),
        Gap::Overwritten(count) => format!(
            "who deployed and why, of {}: the tags of the stacks are those of later ones",
            counted(*count, "deployment")
        ),
    }
}

/// Where, and from when on.
fn heading(shown: &Shown<'_>) -> String {
    format!(
        "{} in {}, account {}, since {} UTC",
        shown.environment,
        shown.region,
        shown.account,
        minute(shown.since)
    )
}

/// A deployment after the other, the newest first; then how they went, and what is not known.
pub(crate) fn text(shown: &Shown<'_>, colour: Colour) -> String {
    let deployments = &shown.history.deployments;
    let lines: String = deployments.iter().map(|it| one(it, colour)).collect();
    let lines = match lines.is_empty() {
        true => "  nothing was deployed\n".to_owned(),
        false => lines,
    };
    let gaps = gaps(shown.history).into_iter();
    let gaps: String = gaps.map(|gap| format!("not known: {gap}\n")).collect();
    format!(
        "{}\n\n{lines}\n{}\n{gaps}",
        heading(shown),
        rates(&shown.history.rates)
    )
}

fn one(deployment: &Deployment, colour: Colour) -> String {
    const INDENT: &str = "                        ";
    let (word, code) = outcome(deployment.outcome);
    let word = format!("{word:14}");
    let word = match colour {
        Colour::Always => paint(&word, code),
        Colour::Never => word,
    };
    let by = [by(deployment), approval(deployment)];
    let by: Vec<String> = by.into_iter().flatten().collect();
    let by = match by.is_empty() {
        true => String::new(),
        false => format!("  {}", by.join(", ")),
    };
    let first = format!(
        "  {} UTC  {:8}  {word}  {}  {}{by}\n",
        minute(deployment.began),
        kind(deployment.kind),
        release(deployment),
        took(deployment),
    );
    let more = [
        Some(stacks(deployment)),
        why(&deployment.record),
        cause(deployment).map(|cause| format!("failed first: {cause}")),
    ];
    let more = more.into_iter().flatten();
    let more: String = more.map(|line| format!("{INDENT}{line}\n")).collect();
    first + &more
}

#[cfg(test)]
mod tests;
