//! The answer in one sentence.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use stratiform_catalog::behaviour::{holds_history, is_revision};
use stratiform_changes::{ChangedResource, Edit, Replacement};

use crate::consequence::{Consequence, Kind, Severity};
use crate::sentence::beginning;
use crate::stack::{StackChange, StackDiff};

/// The longest verdict, in characters, whatever a template says.
const LONGEST: usize = 200;

/// What is said at most; the rest is counted.
const SAID: usize = 3;

/// The sentence a reviewer reads first: `2 stacks change, nothing is replaced`, or the worst of what happens.
pub fn verdict<'s>(stacks: impl IntoIterator<Item = &'s StackDiff>) -> String {
    let changed: Vec<&StackDiff> = stacks
        .into_iter()
        .filter(|stack| stack.change != StackChange::Unchanged)
        .collect();
    let count = match changed.as_slice() {
        [] => return "nothing changes".to_owned(),
        [stack] => match stack.change {
            StackChange::Created => "1 stack is new".to_owned(),
            StackChange::Removed => "1 stack is no longer part of this".to_owned(),
            StackChange::Updated | StackChange::Unchanged => "1 stack changes".to_owned(),
        },
        stacks => format!("{} stacks change", stacks.len()),
    };
    let to_look_at = to_look_at(&changed);
    let Some((worst, others)) = to_look_at.split_first() else {
        return format!("{count}, {}", replaced(&changed));
    };
    // That a deployment would fail is no answer to what it would do to data.
    let fails = matches!(worst.of.kind, Kind::OtherStacks | Kind::Refused);
    let (data, others): (Vec<&Found<'_>>, Vec<&Found<'_>>) = others
        .iter()
        .partition(|other| fails && other.of.severity >= Severity::Warning && is_data(other.of));
    let first: Vec<&Found<'_>> = data.first().copied().into_iter().chain([worst]).collect();
    let rest = data.iter().skip(1).copied().chain(others);
    let rest = rest.filter(|other| other.of.severity >= Severity::Warning);
    let mut room = LONGEST - MORE - count.chars().count();
    let each = room / first.len();
    let mut said: Vec<String> = Vec::new();
    for found in &first {
        let place = match changed.len() {
            1 => String::new(),
            _ => format!(" (`{}`)", found.stack),
        };
        let left = each.saturating_sub(place.chars().count() + 2);
        said.push(beginning(
            &format!("{}{place}", beginning(&found.of.what, left)),
            each,
        ));
    }
    room -= said
        .iter()
        .map(|it| it.chars().count() + 2)
        .sum::<usize>()
        .min(room);
    for found in rest.take(SAID - first.len()) {
        let length = found.of.what.chars().count() + 2;
        if length <= room {
            said.push(found.of.what.clone());
            room -= length;
        }
    }
    let more = match to_look_at.len() - said.len() {
        0 => String::new(),
        1 => ", and 1 more thing to look at".to_owned(),
        many => format!(", and {many} more things to look at"),
    };
    format!("{count}: {}{more}", said.join("; "))
}

/// A consequence and the name of the stack that it is of.
#[derive(Clone, Copy)]
struct Found<'s> {
    stack: &'s str,
    of: &'s Consequence,
}

/// Room for what stands around: `: …, and 1234567 more things to look at`.
const MORE: usize = 40;

/// What is worth a second look, what matters most first; what is the same in several stacks, once.
fn to_look_at<'s>(stacks: &[&'s StackDiff]) -> Vec<Found<'s>> {
    let mut found: Vec<(Option<bool>, Found<'_>)> = Vec::new();
    for stack in stacks {
        let consequences = stack.consequences.iter();
        let to_look_at = consequences.filter(|of| of.severity >= Severity::Attention);
        found.extend(to_look_at.map(|of| {
            let stack_name = stack.name.as_str();
            (
                stack.is_protected,
                Found {
                    stack: stack_name,
                    of,
                },
            )
        }));
    }
    // Of what is as bad, that in a stack which nobody may delete; then by what it is.
    found.sort_by_key(|(is_protected, found)| {
        (
            Reverse(found.of.severity),
            protection(*is_protected),
            weight(found.of),
        )
    });
    let mut seen = BTreeSet::new();
    found.retain(|(_, found)| seen.insert(&found.of.what));
    found.into_iter().map(|(_, found)| found).collect()
}

/// Protected stacks first, and last those of which it is known that anybody may delete them.
fn protection(is_protected: Option<bool>) -> usize {
    match is_protected {
        Some(true) => 0,
        None => 1,
        Some(false) => 2,
    }
}

fn is_data(consequence: &Consequence) -> bool {
    let of_history = consequence
        .resource_type
        .as_deref()
        .is_some_and(holds_history);
    consequence.kind == Kind::DataLoss && !of_history
}

/// What comes before what that is as bad: data, what fails and what opens before a log.
fn weight(consequence: &Consequence) -> (usize, Kind) {
    let class = match consequence.kind {
        Kind::DataLoss if is_data(consequence) => 0,
        Kind::Refused => 1,
        Kind::NetworkWidened | Kind::AccessWidened => 2,
        _ => 3,
    };
    (class, consequence.kind)
}

fn replaced(stacks: &[&StackDiff]) -> &'static str {
    let changes = || stacks.iter().flat_map(|stack| &stack.resources);
    let worst = |of: fn(&str) -> bool| {
        let of_type = changes().filter(|change| of(&change.resource_type));
        of_type
            .map(ChangedResource::replacement)
            .max()
            .unwrap_or(Replacement::WillNot)
    };
    let removed = changes().any(|change| change.action == Edit::Remove);
    match (
        worst(|name| !is_revision(name)),
        worst(is_revision),
        removed,
    ) {
        (Replacement::Will, _, _) => "something is replaced",
        (Replacement::May, _, _) => "something may be replaced",
        (Replacement::WillNot, _, true) => "nothing is replaced, something is removed",
        (Replacement::WillNot, Replacement::WillNot, false) => "nothing is replaced",
        (Replacement::WillNot, _, false) => "nothing but revisions is replaced",
    }
}
