//! `cargo xtask conformance diff|service`: our answers beside those that the real service gave.
//!
//! What lives here: the order of things. The modules below read recordings ([`case`]), compare them field by field
//! ([`compare`]), say which differences have a reason that is known ([`explanation`]) and show the result
//! ([`report`]). What does not: the recordings. They stay outside of the repository; where they are not, nothing is
//! compared, and that is said.

mod case;
mod compare;
mod difference;
mod explanation;
mod field;
mod pattern;
mod report;
mod service;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use report::{Detail, Report};

use crate::command::root;
use crate::outcome::Outcome;

const USAGE: &str = "usage: cargo xtask conformance diff [--data DIR] [--verbose]
       cargo xtask conformance service [--data DIR]

diff compares the changes that `stratiform-diff` finds with recorded change sets, by the rules of their README.
service reads recorded change sets, events and refusals into `stratiform-service`'s types, and renders them again.

  --data DIR  the recordings; ../shared/data/recorded-change-sets beside the workspace when left out
  --verbose   show explained differences one by one, too";

/// Runs the task. Exits with 0 as recorded (or nothing to compare with), 1 different without a reason, 2 wrong usage.
pub(crate) fn run(arguments: &[String]) -> ExitCode {
    let Some(Request {
        subject,
        folder,
        detail,
    }) = parse(arguments)
    else {
        eprintln!("{USAGE}");
        return ExitCode::from(2);
    };
    let outcome = match subject {
        Subject::Diff => compare_all(&folder)
            .map(|report| report.map(|report| (report.to_text(detail), report.conforms()))),
        Subject::Service => service::compare_all(&folder)
            .map(|report| report.map(|report| (report.to_text(), report.conforms()))),
    };
    match outcome {
        Ok(None) => {
            println!("{}", skipped(&folder));
            ExitCode::SUCCESS
        }
        Ok(Some((text, conforms))) => {
            println!("{text}");
            if conforms {
                ExitCode::SUCCESS
            } else {
                ExitCode::FAILURE
            }
        }
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

/// The step of `cargo xtask ci`: both comparisons; skipped, and not green, where there are no recordings.
pub(crate) fn step() -> Result<Outcome, String> {
    step_of(&default_folder())
}

fn step_of(folder: &Path) -> Result<Outcome, String> {
    let (Some(changes), Some(service)) = (compare_all(folder)?, service::compare_all(folder)?)
    else {
        return Ok(Outcome::Skipped(no_recordings(folder)));
    };
    if !changes.conforms() {
        return Err(changes.to_text(Detail::Unexplained));
    }
    if !service.conforms() {
        return Err(service.to_text());
    }
    let seen = changes.to_text(Detail::Unexplained);
    Ok(Outcome::Passed(seen.lines().next().map(str::to_owned)))
}

/// What is compared?
#[derive(Clone, Copy, PartialEq, Eq)]
enum Subject {
    /// What `stratiform-diff` finds.
    Diff,
    /// What `stratiform-service` reads and writes.
    Service,
}

struct Request {
    subject: Subject,
    folder: PathBuf,
    detail: Detail,
}

fn parse(arguments: &[String]) -> Option<Request> {
    let (subject, arguments) = arguments.split_first()?;
    let subject = match subject.as_str() {
        "diff" => Subject::Diff,
        "service" => Subject::Service,
        _ => return None,
    };
    let (mut folder, mut detail) = (default_folder(), Detail::Unexplained);
    let mut arguments = arguments.iter();
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--data" => folder = arguments.next()?.into(),
            "--verbose" if subject == Subject::Diff => detail = Detail::All,
            _ => return None,
        }
    }
    Some(Request {
        subject,
        folder,
        detail,
    })
}

fn default_folder() -> PathBuf {
    root().join("../shared/data/recorded-change-sets")
}

fn skipped(folder: &Path) -> String {
    format!("skipped: {}", no_recordings(folder))
}

fn no_recordings(folder: &Path) -> String {
    format!("no recordings at {}", folder.display())
}

/// Compares all recordings of a folder; `None` where there is no such folder.
fn compare_all(folder: &Path) -> Result<Option<Report>, String> {
    if !folder.is_dir() {
        return Ok(None);
    }
    let mut report = Report::default();
    for case in case::read_all(folder)? {
        report.add(&case, compare::compare(&case));
    }
    Ok(Some(report))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{Outcome, step_of};

    #[test]
    fn without_recordings_the_step_is_skipped() {
        let outcome = step_of(Path::new("nowhere"));
        let Ok(Outcome::Skipped(reason)) = outcome else {
            panic!("counted as run");
        };
        assert_eq!(reason, "no recordings at nowhere");
    }
}
