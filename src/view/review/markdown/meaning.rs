//! What changes mean: the consequences, and the caveats.

use std::cmp::Reverse;

use indexmap::IndexMap;
use serde::Serialize;
use stratiform_changes::Replacement;
use stratiform_diff::{Consequence, Kind, Severity};
use stratiform_finding::words::few;

use super::escape::{html, sentence};
use super::room::Part;
use crate::view::reviewed::Review;

/// The lines below a consequence that are said.
const LINES: usize = 10;

/// A consequence or a caveat, and the stacks that it is about.
#[derive(Debug, Serialize)]
pub(super) struct Meaning {
    sign: &'static str,
    word: &'static str,
    stacks: String,
    what: String,
    lines: Vec<String>,
}

/// All consequences, worst first. What is the same in several stacks is said once.
pub(super) fn meanings(review: &Review) -> Vec<Part<Meaning>> {
    let mut said: IndexMap<_, (&Consequence, Vec<String>)> = IndexMap::new();
    let mut notes: IndexMap<_, Vec<String>> = IndexMap::new();
    for stack in review.stacks() {
        for consequence in &stack.consequences {
            let Consequence {
                kind,
                severity,
                what,
                why,
                details,
                help,
                ..
            } = consequence;
            let key = (*kind, severity.as_str(), what, why, details, help);
            let (_, stacks) = said.entry(key).or_insert_with(|| (consequence, Vec::new()));
            stacks.push(html(&stack.name));
        }
        for note in &stack.notes {
            notes
                .entry((&note.what, &note.help))
                .or_default()
                .push(html(&stack.name));
        }
    }
    let mut said: Vec<_> = said.into_values().collect();
    let order = |kind: Kind| Kind::ALL.iter().position(|known| *known == kind);
    said.sort_by_key(|(it, _)| (Reverse(it.severity), order(it.kind)));
    let meanings = said.into_iter().map(|(it, stacks)| {
        let why = (!it.why.is_empty()).then(|| format!("why: {}", sentence(&it.why)));
        let more = it.details.len().saturating_sub(LINES);
        let more = (more > 0).then(|| format!("… and {more} more"));
        let details = it.details.iter().take(LINES).map(|line| sentence(line));
        let meaning = Meaning {
            sign: warning(it.severity),
            word: it.severity.as_str(),
            stacks: few(&stacks),
            what: sentence(&it.what),
            lines: why
                .into_iter()
                .chain(details)
                .chain(more)
                .chain(help(&it.help))
                .collect(),
        };
        Part::new(0, (it.severity, Replacement::WillNot), meaning)
    });
    let caveats = notes.into_iter().map(|((what, advice), stacks)| {
        let meaning = Meaning {
            sign: "",
            word: "caveat",
            stacks: few(&stacks),
            what: sentence(what),
            lines: help(advice).into_iter().collect(),
        };
        Part::new(0, (Severity::Attention, Replacement::WillNot), meaning)
    });
    meanings.chain(caveats).collect()
}

/// What stands before what somebody will notice.
pub(super) fn warning(severity: Severity) -> &'static str {
    if severity >= Severity::Warning {
        "⚠ "
    } else {
        ""
    }
}

fn help(help: &Option<String>) -> Option<String> {
    help.as_ref()
        .map(|help| format!("help: {}", sentence(help)))
}
