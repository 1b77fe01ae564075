//! `cargo xtask conformance diff`: our answers beside those that the real service gave.
//!
//! What lives here: the order of things. The modules below read recordings ([`case`]), compare them field by field
//! ([`compare`]), say which differences have a reason that is known ([`explanation`]) and show the result
//! ([`report`]). What does not: the recordings. They stay outside of the repository; where they are not, nothing is
//! compared, and that is said.

mod case;
mod compare;
mod explanation;
mod field;
mod pattern;
mod report;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use report::{Detail, Report};

use crate::command::root;

const USAGE: &str = "usage: cargo xtask conformance diff [--data DIR] [--verbose]

Compares the changes that `stratiform-diff` finds with recorded change sets, by the rules of their README.

  --data DIR  the recordings; ../shared/data/recorded-change-sets beside the workspace when left out
  --verbose   show explained differences one by one, too";

/// Runs the task. Exits with 0 as recorded (or nothing to compare with), 1 different without a reason, 2 wrong usage.
pub(crate) fn run(arguments: &[String]) -> ExitCode {
    let Some((folder, detail)) = parse(arguments) else {
        eprintln!("{USAGE}");
        return ExitCode::from(2);
    };
    match compare_all(&folder) {
        Ok(None) => {
            println!("{}", skipped(&folder));
            ExitCode::SUCCESS
        }
        Ok(Some(report)) => {
            println!("{}", report.to_text(detail));
            if report.conforms() {
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

fn parse(arguments: &[String]) -> Option<(PathBuf, Detail)> {
    let (mut folder, mut detail) = (default_folder(), Detail::Unexplained);
    let mut arguments = arguments.strip_prefix(&["diff".to_owned()])?.iter();
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--data" => folder = arguments.next()?.into(),
            "--verbose" => detail = Detail::All,
            _ => return None,
        }
    }
    Some((folder, detail))
}

fn default_folder() -> PathBuf {
    root().join("../shared/data/recorded-change-sets")
}

fn skipped(folder: &Path) -> String {
    format!("skipped: no recordings at {}", folder.display())
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
    use super::{Detail, compare_all, default_folder, skipped};

    #[test]
    fn answers_are_as_recorded() {
        let folder = default_folder();
        match compare_all(&folder).unwrap() {
            Some(report) => assert!(report.conforms(), "{}", report.to_text(Detail::Unexplained)),
            None => eprintln!("{}", skipped(&folder)),
        }
    }
}
