//! Findings for the terminal.

use std::path::Path;

use stratiform_finding::Level;

use super::{at, level, message, position};
use crate::report::{Colour, drawn};
use crate::validation::{Acceptance, Compliance, Verdict};
use crate::view::width;

/// Findings of a level and worse, in the order of files and places.
pub(crate) fn text(verdict: &Verdict, least: Level, root: &Path, colour: Colour) -> String {
    let findings = verdict.open().filter(|finding| finding.level >= least);
    drawn(findings, root, colour, width::where_stdout_is_seen())
}

/// What the environments' files say may be so, each thing with the reason.
pub(crate) fn accepted(verdict: &Verdict) -> String {
    let lines = verdict
        .found
        .iter()
        .filter_map(|found| match &found.accepted {
            Some(accepted @ Acceptance::Risk(_)) => {
                let (code, message) = (found.finding.code, message(&found.finding));
                Some(format!(
                    "accepted[{code}]: {message}\n  {}\n",
                    accepted.reason()
                ))
            }
            Some(Acceptance::Allowed | Acceptance::Untyped | Acceptance::Marked) | None => None,
        });
    ended(lines.collect())
}

/// What was there before, a line each: whoever asks for it has seen it before, too.
pub(crate) fn known(verdict: &Verdict) -> String {
    let lines = verdict.known().map(|finding| {
        let place = match position(finding) {
            Some((file, line, column)) => format!("{file}:{line}:{column}: "),
            None => String::new(),
        };
        let (level, code, message) = (level(finding.level), finding.code, message(finding));
        format!("{place}known {level}[{code}]: {message}\n")
    });
    ended(lines.collect())
}

/// Lines with an empty one after them, where there are any.
fn ended(lines: String) -> String {
    match lines.is_empty() {
        true => lines,
        false => lines + "\n",
    }
}

/// What nobody could look at, a line each.
pub(crate) fn not_checked(verdict: &Verdict) -> String {
    let lines = verdict.not_checked.iter().map(|unchecked| {
        let place = match at(unchecked.place.as_ref()) {
            Some((file, line, column)) => format!("{file}:{line}:{column}: "),
            None => String::new(),
        };
        let (noun, path) = (unchecked.reason.noun(), unchecked.path.join("/"));
        format!("{place}not checked: {noun}, {path}\n")
    });
    let unanswered = Compliance::unanswered(&verdict.asked);
    let unanswered = unanswered.map(|what| format!("not known here: {what}\n"));
    ended(lines.chain(unanswered).collect())
}
