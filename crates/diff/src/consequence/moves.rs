//! Is it the same resource, only under another logical ID or in another stack?

use std::collections::{HashMap, HashSet};

use indexmap::IndexMap;
use stratiform_catalog::behaviour::holds_data;
use stratiform_changes::{ChangedResource, Edit};
use stratiform_resolve::{Segment, Style};

use super::nouns::named;
use super::replacement::{OwnName, own_name};
use super::{Certainty, Consequence, Kind, Severity};
use crate::fate::Fate;

/// A resource of a stack.
pub(crate) type Located<'c> = (&'c str, &'c ChangedResource);

/// Finds what leaves one stack and comes to another. Each consequence is of the stack that it comes to. What comes again
/// in its own stack is none of it.
pub(crate) fn across<'c>(changes: &[Located<'c>]) -> Vec<(&'c str, Consequence)> {
    let mut stacks: IndexMap<&str, Vec<&ChangedResource>> = IndexMap::new();
    for (stack, change) in changes {
        stacks.entry(stack).or_default().push(change);
    }
    let mut gone: HashMap<String, Vec<Located<'c>>> = HashMap::new();
    let mut come: Vec<(Located<'c>, String)> = Vec::new();
    for (stack, changes) in stacks {
        let within = within(changes.iter().copied());
        let stays: HashSet<&str> = within
            .iter()
            .flat_map(|pair| [pair.old, pair.new])
            .collect();
        let leaves = |change: &&ChangedResource| !stays.contains(change.logical_id.as_str());
        for change in changes.into_iter().filter(leaves) {
            if change.action == Edit::Modify {
                continue;
            }
            match (change.action, looks(change)) {
                (Edit::Remove, Some(looks)) => gone.entry(looks).or_default().push((stack, change)),
                (_, Some(looks)) => come.push(((stack, change), looks)),
                (_, None) => {}
            }
        }
    }
    let mut found = Vec::new();
    for ((stack, new), looks) in come {
        if let Some((from, old)) = gone
            .get_mut(&looks)
            .and_then(|gone| nearest(gone, &new.logical_id, |(_, old)| &old.logical_id))
        {
            let place = format!("from stack `{from}` to stack `{stack}`");
            found.push((stack, moved(old, new, &place)));
        }
    }
    found
}

/// How many that look the same are asked for the nearest name.
const ASKED: usize = 32;

/// Takes the one whose name has most in common with another name, at its beginning and at its end.
fn nearest<T>(alike: &mut Vec<T>, logical_id: &str, id: impl Fn(&T) -> &str) -> Option<T> {
    let common = |item: &T| {
        let (one, two) = (id(item).chars(), logical_id.chars());
        let same = |(one, two): &(char, char)| one == two;
        let behind = one.clone().rev().zip(two.clone().rev()).take_while(same);
        one.zip(two).take_while(same).count() + behind.count()
    };
    let asked = alike.iter().enumerate().rev().take(ASKED);
    let (index, _) = asked.max_by_key(|(_, item)| common(item))?;
    Some(alike.swap_remove(index))
}

/// A resource that goes and one that comes instead, in one stack.
pub(super) struct Pair<'c> {
    pub old: &'c str,
    pub new: &'c str,
    pub consequence: Consequence,
}

/// Finds what goes and comes again under another logical ID.
pub(super) fn within<'c>(
    changes: impl Iterator<Item = &'c ChangedResource> + Clone,
) -> Vec<Pair<'c>> {
    let mut gone: HashMap<String, Vec<&'c ChangedResource>> = HashMap::new();
    for change in changes
        .clone()
        .filter(|change| change.action == Edit::Remove)
    {
        if let Some(looks) = looks(change) {
            gone.entry(looks).or_default().push(change);
        }
    }
    let new = changes.filter(|change| change.action == Edit::Add);
    let pairs = new.filter_map(|new| {
        let old = nearest(gone.get_mut(&looks(new)?)?, &new.logical_id, |old| {
            &old.logical_id
        })?;
        Some(Pair {
            old: &old.logical_id,
            new: &new.logical_id,
            consequence: moved(old, new, &format!("to `{}`", new.logical_id)),
        })
    });
    pairs.collect()
}

/// What two resources have in common that are the same but for their place: the type and all properties but tags.
fn looks(change: &ChangedResource) -> Option<String> {
    let context = change.after.as_ref().or(change.before.as_ref())?;
    let properties = context
        .properties
        .entries()
        .filter(|(key, _)| *key != "Tags");
    let mut secret = false;
    context.properties.for_each_text(&mut |text| {
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

fn moved(old: &ChangedResource, new: &ChangedResource, place: &str) -> Consequence {
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
    Consequence {
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
    }
}

/// Finds new resources whose names are still taken by old ones of another stack: of which there can be only one with
/// that name.
pub(crate) fn names_across<'c>(changes: &[Located<'c>]) -> Vec<(&'c str, Consequence)> {
    let found = names_taken(changes).into_iter();
    let across = found.filter(|((from, _), (stack, _), _)| from != stack);
    across
        .map(|(_, (stack, _), taken)| (stack, taken))
        .collect()
}

/// Finds those of one stack.
pub(super) fn names_within(changes: &[ChangedResource]) -> Vec<Pair<'_>> {
    let located: Vec<Located<'_>> = changes.iter().map(|change| ("", change)).collect();
    let found = names_taken(&located).into_iter();
    let pairs = found.map(|((_, old), (_, new), consequence)| Pair {
        old: &old.logical_id,
        new: &new.logical_id,
        consequence,
    });
    pairs.collect()
}

fn names_taken<'c>(changes: &[Located<'c>]) -> Vec<(Located<'c>, Located<'c>, Consequence)> {
    let mut taken: HashMap<(&str, String), Located<'c>> = HashMap::new();
    for (stack, change) in changes {
        if change.action == Edit::Remove
            && let Some(own) = own_name(change)
        {
            taken.insert((change.resource_type.as_str(), own.key), (stack, change));
        }
    }
    let mut found = Vec::new();
    let added = changes
        .iter()
        .filter(|(_, change)| change.action == Edit::Add);
    for (stack, new) in added {
        let Some(OwnName {
            property,
            name,
            key,
        }) = own_name(new)
        else {
            continue;
        };
        let Some((from, old)) = taken.get(&(new.resource_type.as_str(), key)) else {
            continue;
        };
        let stays = Fate::of(old).stays();
        // Another stack may let go of it first.
        let (severity, certainty) = match from == stack || stays {
            true => (Severity::Danger, Certainty::Will),
            false => (Severity::Warning, Certainty::May),
        };
        let order = match stays {
            true => "which is not deleted",
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
        found.push(((*from, *old), (*stack, *new), refused));
    }
    found
}
