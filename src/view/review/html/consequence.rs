//! Consequences, worst first.

use std::cmp::Reverse;

use serde::Serialize;
use stratiform_diff::{Certainty, Consequence, Severity};

use super::mark::Mark;
use super::stack::Stack;

/// How many are shown of an environment, and how many lines of each.
const LIMIT: usize = 100;
const LINES: usize = 20;

/// The consequences of an environment's changes.
#[derive(Serialize)]
pub(super) struct Consequences<'r> {
    /// Those to look at.
    first: Vec<Item<'r>>,
    /// Those worth knowing.
    minor: Vec<Item<'r>>,
    left_out: usize,
}

#[derive(Serialize)]
struct Item<'r> {
    severity: Mark,
    kind: &'static str,
    certainty: &'static str,
    what: &'r str,
    why: &'r str,
    details: &'r [String],
    more: usize,
    help: Option<&'r str>,
    stack: &'r str,
    href: String,
    logical_id: Option<&'r str>,
    resource_type: Option<&'r str>,
}

impl<'r> Consequences<'r> {
    pub(super) fn new(stacks: &[Stack<'r>]) -> Self {
        let mut all: Vec<(&'r Consequence, &Stack<'r>)> = Vec::new();
        for stack in stacks {
            all.extend(stack.diff.consequences.iter().map(|one| (one, stack)));
        }
        all.sort_by_key(|(one, _)| (Reverse(one.severity), one.kind));
        let left_out = all.len().saturating_sub(LIMIT);
        all.truncate(LIMIT);
        let (first, minor) = all
            .into_iter()
            .partition::<Vec<_>, _>(|(one, _)| one.severity >= Severity::Attention);
        let items = |all: Vec<(&'r Consequence, &Stack<'r>)>| {
            all.into_iter()
                .map(|(one, stack)| Item::new(one, stack))
                .collect()
        };
        Consequences {
            first: items(first),
            minor: items(minor),
            left_out,
        }
    }
}

impl<'r> Item<'r> {
    fn new(consequence: &'r Consequence, stack: &Stack<'r>) -> Self {
        let logical_id = consequence.logical_id.as_deref();
        let resource = logical_id.and_then(|id| stack.resource(id));
        let shown = consequence.details.len().min(LINES);
        Item {
            severity: consequence.severity.into(),
            kind: consequence.kind.title(),
            certainty: match consequence.certainty {
                Certainty::Unknown => "not known",
                Certainty::May => "may happen",
                Certainty::Will => "will happen",
            },
            what: &consequence.what,
            why: &consequence.why,
            details: &consequence.details[..shown],
            more: consequence.details.len() - shown,
            help: consequence.help.as_deref(),
            stack: &stack.diff.name,
            href: resource.unwrap_or(&stack.id).to_owned(),
            logical_id,
            resource_type: consequence.resource_type.as_deref(),
        }
    }
}
