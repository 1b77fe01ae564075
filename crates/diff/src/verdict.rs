//! The answer in one sentence.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use stratiform_catalog::behaviour::{holds_history, is_revision};
use stratiform_changes::{ChangedResource, Edit, Replacement};
use stratiform_finding::words::beginning;

use crate::consequence::{Consequence, Kind, Severity};
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
    let first = data.first().copied().into_iter().chain([worst]);
    let first: Vec<Found<'_>> = first.copied().collect();
    let rest = data.iter().skip(1).copied().chain(others);
    let rest = rest.filter(|other| other.of.severity >= Severity::Warning);
    let is_one = changed.len() == 1;
    let mut room = LONGEST - MORE - count.chars().count();
    let mut said = pinned(&first, is_one, room);
    let used: usize = said.iter().map(|it| it.chars().count() + 2).sum();
    room = room.saturating_sub(used);
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

/// What is said whatever its length, each cut to its share of the room.
fn pinned(found: &[Found<'_>], is_one: bool, room: usize) -> Vec<String> {
    let places: Vec<String> = found
        .iter()
        .map(|found| match is_one {
            true => String::new(),
            false => format!(" (`{}`)", beginning(found.stack, room / 4)),
        })
        .collect();
    let half = room / found.len().max(1);
    let whole = |index: usize| {
        let place: &String = &places[index];
        found[index].of.what.chars().count() + place.chars().count() + 2
    };
    let said = found.iter().zip(&places).enumerate();
    said.map(|(index, (found, place))| {
        // What the other one does not need is free.
        let others = (0..places.len()).filter(|other| *other != index);
        let others: usize = others.map(|other| whole(other).min(half)).sum();
        let own = (room - others).saturating_sub(place.chars().count() + 2);
        format!("{}{place}", beginning(&found.of.what, own))
    })
    .collect()
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
        let consequences = || stack.consequences.iter();
        let data = consequences().filter(|of| of.kind == Kind::DataLoss);
        let data: BTreeSet<_> = data.map(|of| &of.logical_id).collect();
        // What becomes of the data says that the resource is replaced.
        let to_look_at = consequences().filter(|of| {
            let is_said = of.kind == Kind::Replacement && data.contains(&of.logical_id);
            of.severity >= Severity::Attention && !is_said
        });
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
            found.of.weight(),
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
