//! The answer in one sentence.

use std::cmp::Reverse;

use stratiform_catalog::behaviour::is_revision;
use stratiform_changes::{ChangedResource, Edit, Replacement};

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
    let to_look_at: Vec<&Consequence> = changed
        .iter()
        .flat_map(|stack| &stack.consequences)
        .filter(|consequence| consequence.severity >= Severity::Attention)
        .collect();
    let Some(worst) = to_look_at
        .iter()
        .min_by_key(|consequence| rank(consequence))
    else {
        return format!("{count}, {}", replaced(&changed));
    };
    // That a deployment would fail is no answer to what it would do to data.
    let fails = matches!(worst.kind, Kind::OtherStacks | Kind::Refused);
    let data = to_look_at.iter().filter(|other| {
        fails && other.kind == Kind::DataLoss && other.severity >= Severity::Warning
    });
    let mut said = vec![*worst];
    said.extend(data.min_by_key(|other| rank(other)));
    let more = match to_look_at.len() - said.len() {
        0 => String::new(),
        1 => ", and 1 more thing to look at".to_owned(),
        many => format!(", and {many} more things to look at"),
    };
    let said: Vec<&str> = said
        .iter()
        .rev()
        .map(|consequence| consequence.what.as_str())
        .collect();
    format!("{count}: {}{more}", said.join("; "))
}

/// The worst first; of equals, in the order of the kinds.
fn rank(consequence: &Consequence) -> (Reverse<Severity>, Kind) {
    (Reverse(consequence.severity), consequence.kind)
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
