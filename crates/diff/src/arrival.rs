//! Changes that do not arrive: AWS makes them, and nobody gets to see them until something is deployed or published anew.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use stratiform_catalog::behaviour::{
    Class, GoesLive, deploys_itself, documented, goes_live, update_policies,
};
use stratiform_changes::{Attribute, ChangedResource, Edit, Replacement};
use stratiform_finding::words::few_ids;
use stratiform_resolve::Scope;
use stratiform_template::{Resource, Value};

use crate::note::Note;
use crate::references::{References, named};

/// Notes about what changes and does not arrive.
pub(crate) fn notes(
    changes: &[ChangedResource],
    before: &Scope<'_>,
    after: &Scope<'_>,
) -> Vec<Note> {
    let mut notes = not_deployed(changes, before, after);
    notes.extend(changes.iter().filter_map(later));
    notes
}

/// What changes of one thing, by what would bring it to those who use it.
type Waiting<'c> = BTreeMap<(&'static str, String), BTreeSet<&'c str>>;

fn not_deployed(all: &[ChangedResource], before: &Scope<'_>, after: &Scope<'_>) -> Vec<Note> {
    let changes: HashMap<&str, &ChangedResource> = all
        .iter()
        .map(|change| (change.logical_id.as_str(), change))
        .collect();
    let mut waiting = Waiting::new();
    for change in all {
        let id = change.logical_id.as_str();
        let Some(goes_live) = goes_live(&change.resource_type).filter(|how| counts(change, *how))
        else {
            continue;
        };
        let resource = after.resource(id).or(before.resource(id));
        if let Some(of) = resource.and_then(|resource| belongs_to(id, resource, goes_live)) {
            let changed = waiting.entry((goes_live.with, of)).or_default();
            changed.insert(id);
        }
    }
    if waiting.is_empty() {
        return Vec::new();
    }
    let references = References::of(after);
    let is_new = |id: &&str| changes.get(id).is_some_and(|change| is_made(change));
    let mut notes = Vec::new();
    for ((with, of), changed) in waiting {
        let users = references.to(&of);
        let deploying = users.iter().filter(|(_, user)| user.resource_type == with);
        let deploying: Vec<&str> = deploying.map(|(id, _)| *id).collect();
        let by_itself = users.iter().any(|(_, user)| is_on(user));
        if !deploying.is_empty() && !by_itself && !deploying.iter().any(is_new) {
            let later = deploying.iter().flat_map(|id| references.to(id));
            let later: BTreeSet<&str> = later.map(|(id, _)| *id).collect();
            notes.push(note(&changed, &deploying, &later));
        }
    }
    notes
}

fn is_made(change: &ChangedResource) -> bool {
    change.action == Edit::Add || change.replacement() != Replacement::WillNot
}

fn note(changed: &BTreeSet<&str>, deploying: &[&str], users: &BTreeSet<&str>) -> Note {
    let (changed_ids, deploying_ids) = (
        few_ids(changed.iter().copied()),
        few_ids(deploying.iter().copied()),
    );
    let changes = if changed.len() == 1 {
        "changes"
    } else {
        "change"
    };
    let (stays, with) = match deploying.len() {
        1 => ("stays as it is", "it"),
        _ => ("stay as they are", "them"),
    };
    let users = match users.len() {
        0 => String::new(),
        _ => format!(", and {} with {with}", few_ids(users.iter().copied())),
    };
    Note {
        what: format!(
            "{changed_ids} {changes}, but {deploying_ids} {stays}{users}: the change arrives only with a new one"
        ),
        help: Some("give it another logical ID with each change: then it is made anew".to_owned()),
    }
}

/// Whether a change is one of those that have to be deployed.
fn counts(change: &ChangedResource, goes_live: GoesLive) -> bool {
    match change.action {
        Edit::Add | Edit::Remove => true,
        Edit::Modify => change.expected().any(|detail| {
            let name = detail.name.as_deref();
            detail.attribute == Attribute::Properties
                && name.is_some_and(|name| !goes_live.at_once().any(|other| other == name))
        }),
    }
}

/// The resource that is deployed or published: the resource itself, or the one that it is part of.
fn belongs_to(id: &str, resource: &Resource, goes_live: GoesLive) -> Option<String> {
    let Some(path) = goes_live.part_of else {
        return Some(id.to_owned());
    };
    let mut found = None;
    resource
        .properties
        .get(path.as_str())?
        .for_each_reference(&mut |reference| {
            if let Some(name) = named(&reference) {
                found.get_or_insert_with(|| name.to_owned());
            }
        });
    found
}

/// Whether a resource deploys all changes by itself.
fn is_on(resource: &Resource) -> bool {
    let written = deploys_itself(&resource.resource_type)
        .and_then(|path| resource.properties.get(path.as_str()));
    match written {
        None => false,
        Some(Value::Bool(on)) => *on,
        Some(Value::String(text)) => text.eq_ignore_ascii_case("true"),
        // It may be.
        Some(_) => true,
    }
}

/// What changes only for what is made later.
fn later(change: &ChangedResource) -> Option<Note> {
    if change.action != Edit::Modify || change.replacement() != Replacement::WillNot {
        return None;
    }
    let policy = change.after.as_ref()?.update_policy.as_ref();
    let mut later = change.properties().filter_map(|detail| {
        let below = detail.path.get(1..)?;
        let rolls = update_policies(&change.resource_type, below)
            .any(|rolling| policy.is_some_and(|policy| policy.get(rolling.path.first()).is_some()));
        let entry = documented(&change.resource_type, below)?;
        (entry.class == Class::Later && !rolls).then(|| (below.join("."), entry.what))
    });
    let (property, what) = later.next()?;
    Some(Note {
        what: format!(
            "`{property}` of `{}` changes for what is made later: {what}",
            change.logical_id
        ),
        help: Some("an `UpdatePolicy` replaces them with the change".to_owned()),
    })
}
