//! The answer in one sentence.

use crate::change::{Action, Replacement, ResourceChange};
use crate::consequence::replacement::is_revision;
use crate::consequence::{Consequence, Kind, Severity};
use crate::stack::{StackChange, StackDiff};

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
    match worst(&changed) {
        Some(consequence) => {
            let more = changed
                .iter()
                .flat_map(|stack| &stack.consequences)
                .filter(|other| other.severity >= Severity::Attention)
                .count()
                - 1;
            let more = match more {
                0 => String::new(),
                1 => ", and 1 more thing to look at".to_owned(),
                many => format!(", and {many} more things to look at"),
            };
            format!("{count}: {}{more}", consequence.what)
        }
        None => format!("{count}, {}", replaced(&changed)),
    }
}

/// The worst consequence that a reviewer has to look at.
fn worst<'s>(stacks: &[&'s StackDiff]) -> Option<&'s Consequence> {
    let all = stacks.iter().flat_map(|stack| &stack.consequences);
    all.filter(|consequence| consequence.severity >= Severity::Attention)
        .min_by_key(|consequence| {
            (
                std::cmp::Reverse(consequence.severity),
                order(consequence.kind),
            )
        })
}

fn order(kind: Kind) -> usize {
    Kind::ALL
        .iter()
        .position(|known| *known == kind)
        .unwrap_or(Kind::ALL.len())
}

fn replaced(stacks: &[&StackDiff]) -> &'static str {
    let changes = || stacks.iter().flat_map(|stack| &stack.resources);
    let worst = |of: fn(&str) -> bool| {
        let of_type = changes().filter(|change| of(&change.resource_type));
        of_type
            .map(ResourceChange::replacement)
            .max()
            .unwrap_or(Replacement::WillNot)
    };
    let removed = changes().any(|change| change.action == Action::Remove);
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
