//! Does a secret become another one, and who keeps the old one?
//!
//! A dynamic reference (`{{resolve:secretsmanager:…}}`) is read again only where its own text changes.

use std::collections::BTreeSet;

use stratiform_catalog::behaviour::{ChosenBy, credential, renewals, stands_for};
use stratiform_changes::{ChangedResource, Context, Edit, Replacement};
use stratiform_resolve::{Resolved, Scope};
use stratiform_template::{Reference, Value};

use super::nouns::named;
use super::property::{changes, of};
use super::{Certainty, Consequence, Kind, Severity};
use crate::fate::Fate;

/// How a dynamic reference to a secret begins.
const DYNAMIC: &str = "{{resolve:secretsmanager:";

/// How many of those who keep the old value are named in the sentence.
const NAMED: usize = 3;

pub(super) fn find(all: &[ChangedResource], after: &Scope<'_>, found: &mut Vec<Consequence>) {
    for change in all {
        found.extend(renewed(change, all, after));
        found.extend(handed_out(change));
    }
}

/// A secret that gets another value, and stays the same secret.
fn renewed(
    change: &ChangedResource,
    all: &[ChangedResource],
    after: &Scope<'_>,
) -> Option<Consequence> {
    if change.action != Edit::Modify || change.replacement() == Replacement::Will {
        return None;
    }
    let mut renewals = renewals(&change.resource_type)
        .filter_map(|renewal| Some((renewal, changes(change, renewal.path).next()?)));
    let (renewal, detail) = renewals.next()?;
    let readers = readers(change, all, after);
    if readers.is_empty() && renewal.chosen_by == ChosenBy::Template {
        return None;
    }
    // Nothing is generated any more: the value may stay.
    let certainty = match of(&change.after, renewal.path) {
        Some(_) => Certainty::Will,
        None => Certainty::May,
    };
    let severity = match (certainty, readers.is_empty()) {
        (Certainty::Will, false) => Severity::Danger,
        (Certainty::Will, true) => Severity::Warning,
        (Certainty::May | Certainty::Unknown, _) => Severity::Attention,
    };
    let verb = match certainty {
        Certainty::Will => "gives",
        Certainty::May | Certainty::Unknown => "may give",
    };
    let name = named(&change.resource_type, &change.logical_id);
    Some(Consequence {
        details: readers
            .iter()
            .map(|(reader, property)| format!("`{reader}` reads it in `{property}`"))
            .collect(),
        help: Some(
            "leave it as it is; for another value, give the secret another logical ID: what refers to it is then updated, too"
                .to_owned(),
        ),
        ..Consequence::of(
            change,
            Kind::Interruption,
            severity,
            certainty,
            format!("{verb} {name} another value at once{}", keepers(&readers)),
            format!(
                "`{}` changes, and a dynamic reference is read again only where its text changes",
                detail.path[1..].join(".")
            ),
        )
    })
}

/// Who keeps the old value, in words.
fn keepers(readers: &BTreeSet<(String, String)>) -> String {
    let ids: BTreeSet<&str> = readers.iter().map(|(reader, _)| reader.as_str()).collect();
    let told: Vec<String> = ids.iter().take(NAMED).map(|id| format!("`{id}`")).collect();
    let verb = if ids.len() == 1 { "keeps" } else { "keep" };
    match ids.len().saturating_sub(NAMED) {
        _ if ids.is_empty() => String::new(),
        0 => format!(": {} {verb} the old one", told.join(" and ")),
        more => format!(": {} and {more} more {verb} the old one", told.join(", ")),
    }
}

/// The resources that read a secret through a dynamic reference which is not read again, each with the property.
fn readers(
    secret: &ChangedResource,
    all: &[ChangedResource],
    after: &Scope<'_>,
) -> BTreeSet<(String, String)> {
    let own = [secret.logical_id.as_str()];
    let stand_ins = after.resources().filter_map(|(id, resource)| {
        let named = resource
            .properties
            .get(stands_for(&resource.resource_type)?.as_str())?;
        refers_to(named, &own).then_some(id)
    });
    let ids: Vec<&str> = own.into_iter().chain(stand_ins).collect();
    let name = own_name(&secret.after);
    let mut readers = BTreeSet::new();
    for (id, resource) in after.resources() {
        let changed = all.iter().find(|change| change.logical_id == id);
        let anew = |change: &ChangedResource| {
            change.action == Edit::Add || change.replacement() == Replacement::Will
        };
        if changed.is_some_and(anew) {
            continue;
        }
        for (property, value) in &resource.properties {
            let read_again = changed.is_some_and(|change| {
                let mut names = change
                    .expected()
                    .filter_map(|detail| detail.name.as_deref());
                names.any(|name| name == property)
            });
            if !read_again && reads(value, &ids, name.as_deref()) {
                readers.insert((id.to_owned(), property.clone()));
            }
        }
    }
    readers
}

fn own_name(context: &Option<Context>) -> Option<String> {
    let name = context.as_ref()?.properties.get("Name")?;
    Resolved::known(name).map(|name| name.into_owned())
}

/// Whether a value has a dynamic reference to a secret, by its logical ID or by its name.
fn reads(value: &Value, ids: &[&str], name: Option<&str>) -> bool {
    let mut found = false;
    value.walk(&mut |value| {
        found |= match value {
            Value::String(text) => name.is_some_and(|name| is_named(text, name)),
            Value::Function(..) => refers_to(value, ids) && has_dynamic(value),
            _ => false,
        };
    });
    found
}

fn is_named(text: &str, name: &str) -> bool {
    let mut rest = text;
    while let Some((_, after)) = rest.split_once(DYNAMIC) {
        let own = after.strip_prefix(name);
        if own.is_some_and(|end| end.starts_with([':', '}'])) {
            return true;
        }
        rest = after;
    }
    false
}

fn refers_to(value: &Value, ids: &[&str]) -> bool {
    let mut found = false;
    value.for_each_reference(&mut |reference| {
        if let Reference::Name(name)
        | Reference::Attribute {
            logical_id: name, ..
        } = reference
        {
            found |= ids.contains(&name);
        }
    });
    found
}

fn has_dynamic(value: &Value) -> bool {
    let mut found = false;
    value.walk(&mut |value| {
        found |= matches!(value, Value::String(text) if text.contains(DYNAMIC));
    });
    found
}

/// A key or a client that others were given, and that becomes another one.
fn handed_out(change: &ChangedResource) -> Option<Consequence> {
    let what = credential(&change.resource_type)?;
    let (severity, certainty, verb) = match (change.action, change.replacement()) {
        (Edit::Remove, _) if Fate::of(change).stays() => return None,
        (Edit::Remove, _) => (Severity::Warning, Certainty::Will, "removes"),
        (Edit::Modify, Replacement::Will) => (Severity::Warning, Certainty::Will, "renews"),
        (Edit::Modify, Replacement::May) => (Severity::Attention, Certainty::May, "may renew"),
        (Edit::Modify, Replacement::WillNot) | (Edit::Add, _) => return None,
    };
    let name = named(&change.resource_type, &change.logical_id);
    Some(Consequence::of(
        change,
        Kind::Interruption,
        severity,
        certainty,
        format!("{verb} {name}: {what}"),
        match change.action {
            Edit::Remove => "the resource leaves the template",
            Edit::Add | Edit::Modify => "another one takes its place",
        },
    ))
}
