//! Is it the same resource, only under another logical ID or in another stack?

use super::nouns::{holds_data, named};
use super::replacement::{is_same_resource, own_name};
use super::{Certainty, Consequence, Kind, Severity};
use crate::change::{Action, ResourceChange};

/// A resource of a stack.
pub(crate) type Located<'c> = (&'c str, &'c ResourceChange);

/// Finds what leaves one place and comes to another. Each consequence is of the stack that it comes to.
pub(crate) fn find<'c>(changes: &[Located<'c>]) -> Vec<(&'c str, Consequence)> {
    let mut gone: Vec<&Located<'c>> = changes
        .iter()
        .filter(|(_, change)| change.action == Action::Remove)
        .collect();
    let mut found = Vec::new();
    for (stack, new) in changes
        .iter()
        .filter(|(_, change)| change.action == Action::Add)
    {
        let same = gone.iter().position(|(from, old)| {
            let elsewhere = from != stack || old.logical_id != new.logical_id;
            elsewhere && is_same_resource(old, new)
        });
        if let Some(position) = same {
            let (from, old) = *gone.swap_remove(position);
            found.extend(
                moved(from, old, stack, new)
                    .into_iter()
                    .map(|found| (*stack, found)),
            );
        }
    }
    found
}

fn moved(from: &str, old: &ResourceChange, to: &str, new: &ResourceChange) -> Vec<Consequence> {
    let place = if from == to {
        format!("to `{}`", new.logical_id)
    } else {
        format!("from stack `{from}` to stack `{to}`")
    };
    let name = named(&old.resource_type, &old.logical_id);
    let severity = if holds_data(&old.resource_type) {
        Severity::Warning
    } else {
        Severity::Attention
    };
    let mut found = vec![Consequence {
        help: Some(
            "move it instead: a stack refactor (`aws cloudformation create-stack-refactor`) keeps the resource"
                .to_owned(),
        ),
        ..Consequence::of(
            new,
            Kind::Move,
            severity,
            Certainty::Will,
            format!("deletes {name} and makes the same again: it looks like a move {place}"),
            "the type and all properties are the same",
        )
    }];
    if let Some((property, taken)) = own_name(new) {
        found.push(Consequence {
            help: Some(
                "move it with a stack refactor, or give the new one another name".to_owned(),
            ),
            ..Consequence::of(
                new,
                Kind::Refused,
                Severity::Danger,
                Certainty::Will,
                format!(
                    "cannot make {}: the name `{taken}` is still taken",
                    named(&new.resource_type, &new.logical_id)
                ),
                format!("`{property}` is the same, and new resources are made before old ones go"),
            )
        });
    }
    found
}
