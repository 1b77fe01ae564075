//! `cargo xtask conformance diff|service|engine|validate|policies|guard`: our answers beside those that others gave.
//!
//! What lives here: the order of things. The modules below read recordings ([`case`]), compare them field by field
//! ([`compare`], by the rules of [`mod@value`] and [`pattern`]), say which differences have a reason that is known
//! ([`explanation`]) and show the result ([`report`]); [`engine`] is what needs an endpoint. What does not: the
//! recordings. They stay outside of the repository; where they are not, nothing is compared, and that is said.

mod case;
mod compare;
mod difference;
mod engine;
mod explanation;
mod field;
mod guard;
mod page;
mod pattern;
pub(crate) mod policies;
mod report;
mod service;
pub(crate) mod validate;
mod value;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use report::{Detail, Report};

use crate::command::root;
use crate::outcome::Outcome;

const USAGE: &str = "usage: cargo xtask conformance diff [--data DIR] [--verbose]
       cargo xtask conformance service [--data DIR]
       cargo xtask conformance engine [--data DIR] [--only TEXT] [--verbose] [--write]
       cargo xtask conformance policies [--write]
       cargo xtask conformance validate [--data DIR] [--every N] [--write]
       cargo xtask conformance guard [--write]

diff compares the changes that `stratiform-diff` finds with recorded change sets, by the rules of their README.
service reads recorded change sets, events and refusals into `stratiform-service`'s types, and renders them again.
engine has the AWS SDK do what was recorded against our endpoint, and compares everything that it is answered.
policies asks checkov and our policies about the same templates: what it finds and we do not needs a reason.
validate asks cfn-lint, AWS's own validator and us about the same templates, and compares finding by finding.
guard holds templates against AWS's own rules in the language of Guard, and compares with Guard itself.

  --data DIR   the recordings; ../shared/data/recorded-change-sets beside the workspace when left out.
               For validate: a folder of templates, instead of the corpus
  --every N    one template of N, from the first on
  --only TEXT  only cases whose ID or file has this text
  --verbose    show explained differences one by one, too
  --write      put the table into docs/conformance.md";

/// Runs the task. Exits with 0 as recorded (or nothing to compare with), 1 different without a reason, 2 wrong usage.
pub(crate) fn run(arguments: &[String]) -> ExitCode {
    let Some(request) = parse(arguments) else {
        eprintln!("{USAGE}");
        return ExitCode::from(2);
    };
    match compare(&request) {
        Ok(None) => {
            println!("{}", skipped(&request.folder));
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

/// What is shown, and whether everything is as recorded.
fn compare(request: &Request) -> Result<Option<(String, bool)>, String> {
    let folder = &request.folder;
    match request.subject {
        Subject::Diff => {
            let report = compare_all(folder)?;
            Ok(report.map(|report| (report.to_text(request.detail), report.conforms())))
        }
        Subject::Service => {
            let report = service::compare_all(folder)?;
            Ok(report.map(|report| (report.to_text(), report.conforms())))
        }
        Subject::Engine => {
            let Some(compared) = engine::compare_all(folder, &request.only)? else {
                return Ok(None);
            };
            if request.page == Page::Written {
                compared.write()?;
            }
            Ok(Some((
                compared.to_text(request.detail),
                compared.conforms(),
            )))
        }
        Subject::Policies => policies::compare_all(request.page).map(Some),
        Subject::Validate => {
            let folder = (*folder != default_folder()).then(|| folder.clone());
            let compared = validate::compare_all(folder.as_deref(), request.page, request.every)?;
            Ok(Some(compared))
        }
        Subject::Guard => guard::compare_all(request.page).map(Some),
    }
}

/// The step of `cargo xtask ci`: all comparisons; skipped, and not green, where there are no recordings.
pub(crate) fn step() -> Result<Outcome, String> {
    step_of(&default_folder())
}

fn step_of(folder: &Path) -> Result<Outcome, String> {
    let (Some(changes), Some(service), Some(engine)) = (
        compare_all(folder)?,
        service::compare_all(folder)?,
        engine::compare_all(folder, "")?,
    ) else {
        return Ok(Outcome::Skipped(no_recordings(folder)));
    };
    let diff = changes.to_text(Detail::Unexplained);
    if !changes.conforms() {
        return Err(diff);
    }
    if !service.conforms() {
        return Err(service.to_text());
    }
    if !engine.conforms() {
        return Err(engine.to_text(Detail::Unexplained));
    }
    let diff = diff.lines().next().unwrap_or_default();
    Ok(Outcome::Passed(Some(format!(
        "diff: {diff}\n           engine: {}",
        engine.headline()
    ))))
}

/// What is compared?
#[derive(Clone, Copy, PartialEq, Eq)]
enum Subject {
    /// What `stratiform-diff` finds.
    Diff,
    /// What `stratiform-service` reads and writes.
    Service,
    /// What our endpoint answers.
    Engine,
    /// What our policies say.
    Policies,
    /// What we find in templates.
    Validate,
    /// What rules of the user's say of them.
    Guard,
}

/// Does the table go into the documentation?
#[derive(Clone, Copy, PartialEq, Eq)]
enum Page {
    Left,
    Written,
}

struct Request {
    subject: Subject,
    folder: PathBuf,
    only: String,
    detail: Detail,
    page: Page,
    /// One template of so many.
    every: usize,
}

fn parse(arguments: &[String]) -> Option<Request> {
    let (subject, arguments) = arguments.split_first()?;
    let subject = match subject.as_str() {
        "diff" => Subject::Diff,
        "service" => Subject::Service,
        "engine" => Subject::Engine,
        "policies" => Subject::Policies,
        "validate" => Subject::Validate,
        "guard" => Subject::Guard,
        _ => return None,
    };
    let mut request = Request {
        subject,
        folder: default_folder(),
        only: String::new(),
        detail: Detail::Unexplained,
        page: Page::Left,
        every: 1,
    };
    let mut arguments = arguments.iter();
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--data" => request.folder = arguments.next()?.into(),
            "--only" if subject == Subject::Engine => request.only.clone_from(arguments.next()?),
            "--verbose" if subject != Subject::Service => request.detail = Detail::All,
            "--every" if subject == Subject::Validate => {
                request.every = arguments.next()?.parse().ok().filter(|every| *every > 0)?;
            }
            "--write"
                if matches!(
                    subject,
                    Subject::Engine | Subject::Policies | Subject::Validate | Subject::Guard
                ) =>
            {
                request.page = Page::Written
            }
            _ => return None,
        }
    }
    Some(request)
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
