//! Findings for programs. `docs/validating.md` documents the form.

use std::collections::HashMap;

use serde::Serialize;
use stratiform_finding::Level;

use super::compliance::{Score, scores};
use super::{at, level, position};
use crate::validation::{Acceptance, Found, Unchecked, Verdict};

/// The version of the form. It changes when a field goes or changes its meaning, not when one is added.
const VERSION: u32 = 1;

#[derive(Serialize)]
struct Document<'v> {
    version: u32,
    findings: Vec<Item<'v>>,
    not_checked: Vec<NotChecked<'v>>,
    counts: Counts,
    compliance: Vec<Score>,
}

/// A place; `null` three times where there is none.
#[derive(Serialize)]
struct At<'v> {
    file: Option<&'v str>,
    line: Option<usize>,
    column: Option<usize>,
}

impl<'v> At<'v> {
    fn new(position: Option<(&'v str, usize, usize)>) -> At<'v> {
        At {
            file: position.map(|(file, _, _)| file),
            line: position.map(|(_, line, _)| line),
            column: position.map(|(_, _, column)| column),
        }
    }
}

#[derive(Serialize)]
struct Item<'v> {
    code: &'static str,
    level: &'static str,
    #[serde(flatten)]
    at: At<'v>,
    path: &'v [String],
    message: &'v str,
    why: &'v str,
    when: &'v str,
    help: &'v str,
    accepted: bool,
    acceptance: Option<String>,
    known: bool,
}

#[derive(Serialize)]
struct NotChecked<'v> {
    reason: &'static str,
    #[serde(flatten)]
    at: At<'v>,
    path: &'v [String],
}

#[derive(Serialize)]
struct Counts {
    templates: usize,
    checked: usize,
    errors: usize,
    warnings: usize,
    notes: usize,
    accepted: usize,
    known: usize,
    not_checked: usize,
    passed_over: usize,
}

/// All of it.
pub(crate) fn json(verdict: &Verdict, minimum: &HashMap<String, u32>) -> String {
    let document = Document {
        version: VERSION,
        findings: verdict.found.iter().map(item).collect(),
        not_checked: verdict.not_checked.iter().map(not_checked).collect(),
        counts: Counts {
            templates: verdict.templates,
            checked: verdict.resources,
            errors: verdict.count(Level::Error),
            warnings: verdict.count(Level::Warning),
            notes: verdict.count(Level::Note),
            accepted: verdict.accepted(),
            known: verdict.known().count(),
            not_checked: verdict.not_checked.len(),
            passed_over: verdict.passed_over,
        },
        compliance: scores(verdict, minimum),
    };
    // Nothing in it can be refused: texts and numbers.
    serde_json::to_string_pretty(&document).unwrap_or_default() + "\n"
}

fn item(found: &Found) -> Item<'_> {
    let finding = &found.finding;
    Item {
        code: finding.code.as_str(),
        level: level(finding.level),
        at: At::new(position(finding)),
        path: &finding.path,
        message: &finding.what,
        why: &finding.why,
        when: &finding.when,
        help: &finding.help,
        accepted: found.accepted.is_some(),
        acceptance: found.accepted.as_ref().map(Acceptance::reason),
        known: found.is_known,
    }
}

fn not_checked(unchecked: &Unchecked) -> NotChecked<'_> {
    NotChecked {
        reason: unchecked.reason.noun(),
        at: At::new(at(unchecked.place.as_ref())),
        path: &unchecked.path,
    }
}
