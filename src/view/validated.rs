//! What `validate` found, for people and for programs.

mod compliance;
pub(crate) mod github;
pub(crate) mod json;
pub(crate) mod sarif;
pub(crate) mod text;

pub(crate) use compliance::compliance;
pub(crate) use github::github;
pub(crate) use json::json;
pub(crate) use sarif::sarif;
pub(crate) use text::text;

use stratiform_finding::{Finding, Level, Place};

/// A level in one word.
fn level(level: Level) -> &'static str {
    match level {
        Level::Error => "error",
        Level::Warning => "warning",
        Level::Note => "note",
    }
}

/// Where a finding is: a file, a line and a column, as far as it has a place.
fn position(finding: &Finding) -> Option<(&str, usize, usize)> {
    finding.places.first().map(|place| place.at.position())
}

/// The same of a place.
fn at(place: Option<&Place>) -> Option<(&str, usize, usize)> {
    place.map(|place| place.at.position())
}

/// All that is said of a finding, in one line: what, when and why.
pub(crate) fn message(finding: &Finding) -> String {
    let mut message = finding.what.clone();
    if !finding.when.is_empty() {
        message += &format!(", when {}", finding.when);
    }
    if !finding.why.is_empty() {
        message += &format!(": {}", finding.why);
    }
    message
}
