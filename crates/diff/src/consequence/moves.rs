//! Is it the same resource, only under another logical ID or in another stack?

use std::collections::HashMap;

use stratiform_catalog::behaviour::holds_data;
use stratiform_changes::{ChangedResource, Context, Edit};
use stratiform_resolve::{Segment, Style};

use super::nouns::named;
use super::replacement::own_name;
use super::{Certainty, Consequence, Kind, Severity};
use crate::fate::Fate;

/// A resource of a stack.
pub(crate) type Located<'c> = (&'c str, &'c ChangedResource);

/// Finds what leaves one place and comes to another. Each consequence is of the stack that it comes to.
pub(crate) fn find<'c>(changes: &[Located<'c>]) -> Vec<(&'c str, Consequence)> {
    let mut gone: HashMap<String, Vec<Located<'c>>> = HashMap::new();
    for (stack, change) in changes {
        if let (Edit::Remove, Some(looks)) = (change.action, looks(change, change.before.as_ref()))
        {
            gone.entry(looks).or_default().push((stack, change));
        }
    }
    let mut found = Vec::new();
    for (stack, new) in changes {
        if new.action != Edit::Add {
            continue;
        }
        let same = looks(new, new.after.as_ref()).and_then(|looks| gone.get_mut(&looks)?.pop());
        if let Some((from, old)) = same {
            found.extend(
                moved(from, old, stack, new)
                    .into_iter()
                    .map(|found| (*stack, found)),
            );
        }
    }
    found
}

/// What two resources have in common that are the same but for their place: the type and all properties but tags.
fn looks(change: &ChangedResource, context: Option<&Context>) -> Option<String> {
    let properties = context?
        .properties
        .entries()
        .filter(|(key, _)| *key != "Tags");
    let mut secret = false;
    context?.properties.for_each_text(&mut |text| {
        secret |= text
            .segments
            .iter()
            .any(|segment| matches!(segment, Segment::Secret(_)));
    });
    // Two secrets look the same, and that is all that may be known of them.
    if secret {
        return None;
    }
    let mut properties: Vec<String> = properties
        .map(|(key, value)| format!("{key}={}", value.shown(Style::Expression)))
        .collect();
    properties.sort();
    (!properties.is_empty()).then(|| format!("{} {}", change.resource_type, properties.join(" ")))
}

fn moved(from: &str, old: &ChangedResource, to: &str, new: &ChangedResource) -> Vec<Consequence> {
    let place = if from == to {
        format!("to `{}`", new.logical_id)
    } else {
        format!("from stack `{from}` to stack `{to}`")
    };
    let name = named(&old.resource_type, &old.logical_id);
    let goes = match Fate::of(old) {
        Fate::Retained | Fate::Protected => format!("leaves {name} behind"),
        Fate::Snapshot => format!("deletes {name} after a snapshot"),
        Fate::DeletedIfEmpty => format!("deletes {name} if it is empty"),
        Fate::Deleted | Fate::CopyDeleted => format!("deletes {name}"),
    };
    let severity = if holds_data(&old.resource_type) {
        Severity::Warning
    } else {
        Severity::Attention
    };
    vec![Consequence {
        help: Some(
            "move it instead: a stack refactor (`aws cloudformation create-stack-refactor`) keeps the resource"
                .to_owned(),
        ),
        ..Consequence::of(
            new,
            Kind::Move,
            severity,
            Certainty::Will,
            format!("{goes} and makes the same again: it looks like a move {place}"),
            "the type and all properties are the same",
        )
    }]
}

/// Finds new resources whose names are still taken by old ones: of which there can be only one with that name.
pub(crate) fn names_taken<'c>(changes: &[Located<'c>]) -> Vec<(&'c str, Consequence)> {
    let mut taken: HashMap<(&str, String), Located<'c>> = HashMap::new();
    for (stack, change) in changes {
        if let (Edit::Remove, Some((_, name))) = (change.action, own_name(change)) {
            taken.insert((change.resource_type.as_str(), name), (stack, change));
        }
    }
    let mut found = Vec::new();
    for (stack, new) in changes
        .iter()
        .filter(|(_, change)| change.action == Edit::Add)
    {
        let Some((property, name)) = own_name(new) else {
            continue;
        };
        let Some((from, old)) = taken.get(&(new.resource_type.as_str(), name.clone())) else {
            continue;
        };
        let stays = Fate::of(old).stays();
        // Another stack may let go of it first.
        let (severity, certainty) = match from == stack || stays {
            true => (Severity::Danger, Certainty::Will),
            false => (Severity::Warning, Certainty::May),
        };
        let order = match stays {
            true => "which stays outside of the stack",
            false => "and new resources are made before old ones go",
        };
        let refused = Consequence {
            help: Some(
                "move it with a stack refactor, or give the new one another name".to_owned(),
            ),
            ..Consequence::of(
                new,
                Kind::Refused,
                severity,
                certainty,
                format!(
                    "cannot make {}: the name `{name}` is still taken",
                    named(&new.resource_type, &new.logical_id)
                ),
                format!(
                    "`{property}` is that of {}, {order}",
                    named(&old.resource_type, &old.logical_id)
                ),
            )
        };
        found.push((*stack, refused));
    }
    found
}
