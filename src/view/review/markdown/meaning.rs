//! What changes mean: the consequences, and the caveats.

use std::cmp::Reverse;

use indexmap::IndexMap;
use serde::Serialize;
use stratiform_changes::Replacement;
use stratiform_diff::{Note, Severity};
use stratiform_finding::words::few;

use super::escape::{html, sentence};
use super::room::Part;
use crate::view::review::alike::without_environment;
use crate::view::review::digest::{self, Detail, Entry, Told};
use crate::view::reviewed::Review;

/// The lines below a consequence that are said.
const LINES: usize = 4;

/// A consequence or a caveat, and the stacks that it is about.
#[derive(Debug, Serialize)]
pub(super) struct Meaning {
    sign: &'static str,
    word: &'static str,
    stacks: String,
    what: String,
    lines: Vec<String>,
}

/// All consequences, worst first. What is the same in several stacks, but for the
/// environment's name, is said once.
pub(super) fn meanings(review: &Review) -> Vec<Part<Meaning>> {
    let mut said: IndexMap<_, (Entry, Vec<String>)> = IndexMap::new();
    let mut notes: IndexMap<_, (&Note, Vec<String>)> = IndexMap::new();
    let detail = Detail::of(review.stacks());
    for environment in review.by_weight() {
        let name = environment.name.as_deref();
        let plain = |text: &str| without_environment(text, name);
        for stack in environment.stacks.iter().map(|stack| &stack.diff) {
            for entry in digest::brief(stack, detail) {
                let lines: Vec<String> = entry.lines.iter().map(|line| plain(line)).collect();
                let help = entry.help.as_deref().map(plain);
                let key = (
                    entry.severity,
                    plain(&entry.what),
                    plain(&entry.why),
                    lines,
                    help,
                );
                let (_, stacks) = said.entry(key).or_insert_with(|| (entry, Vec::new()));
                stacks.push(html(&stack.name));
            }
            for note in &stack.notes {
                let (_, stacks) = notes
                    .entry((plain(&note.what), &note.help))
                    .or_insert_with(|| (note, Vec::new()));
                stacks.push(html(&stack.name));
            }
        }
    }
    let mut said: Vec<_> = said.into_values().collect();
    said.sort_by_key(|(it, _)| Reverse(it.severity));
    let (said, stacks): (Vec<Entry>, Vec<Vec<String>>) = said.into_iter().unzip();
    let said = Told::default().without(said);
    let meanings = said.into_iter().zip(stacks).map(|(it, stacks)| {
        let why = (!it.why.is_empty()).then(|| format!("why: {}", sentence(&it.why)));
        let details = it.lines.iter().take(LINES).map(|line| sentence(line));
        let meaning = Meaning {
            sign: warning(it.severity),
            word: it.severity.as_str(),
            stacks: few(&stacks),
            what: sentence(&it.what),
            lines: why
                .into_iter()
                .chain(details)
                .chain(it.rest(LINES))
                .chain(help(&it.help))
                .collect(),
        };
        Part::new(0, (it.severity, Replacement::WillNot), meaning)
    });
    let caveats = notes.into_values().map(|(note, stacks)| {
        let meaning = Meaning {
            sign: "",
            word: "caveat",
            stacks: few(&stacks),
            what: sentence(&note.what),
            lines: help(&note.help).into_iter().collect(),
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
