//! Does a secret become another one, and who keeps the old one?
//!
//! A dynamic reference (`{{resolve:secretsmanager:…}}`) is read again only where its own text changes.

use std::collections::{BTreeSet, HashMap, HashSet};

use stratiform_catalog::behaviour::{ChosenBy, credential, renewals, stands_for};
use stratiform_changes::{ChangedResource, Edit, Replacement};
use stratiform_finding::words::few_ids;
use stratiform_resolve::Scope;
use stratiform_template::Value;

use super::nouns::named;
use super::property::{changes, of};
use super::{Certainty, Consequence, Kind, Severity};
use crate::fate::Fate;
use crate::references::{for_each_dynamic, for_each_text, named as named_by};

/// How a dynamic reference to a secret begins.
const DYNAMIC: &str = "{{resolve:secretsmanager:";

pub(super) fn find(all: &[ChangedResource], after: &Scope<'_>, found: &mut Vec<Consequence>) {
    let mut readers = None;
    for change in all {
        if renewals(&change.resource_type).next().is_some() {
            let readers = readers.get_or_insert_with(|| Readers::of(all, after));
            found.extend(renewed(change, readers));
        }
        found.extend(handed_out(change));
    }
}

/// A secret that gets another value, and stays the same secret.
fn renewed(change: &ChangedResource, readers: &Readers<'_>) -> Option<Consequence> {
    if change.action != Edit::Modify || change.replacement() == Replacement::Will {
        return None;
    }
    let mut renewals = renewals(&change.resource_type)
        .filter_map(|renewal| Some((renewal, changes(change, renewal.path).next()?)));
    let (renewal, detail) = renewals.next()?;
    let readers = readers.of_secret(change);
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
fn keepers(readers: &BTreeSet<Reading<'_>>) -> String {
    let ids: BTreeSet<&str> = readers.iter().map(|(reader, _)| *reader).collect();
    let verb = if ids.len() == 1 { "keeps" } else { "keep" };
    match ids.is_empty() {
        true => String::new(),
        false => format!(": {} {verb} the old one", few_ids(ids)),
    }
}

/// A resource and the property with which it reads a secret.
type Reading<'t> = (&'t str, &'t str);

/// The resources that read secrets through dynamic references which are not read again.
struct Readers<'t> {
    /// By what is named in a function around the dynamic reference.
    by_id: HashMap<&'t str, Vec<Reading<'t>>>,
    /// By the name in the dynamic reference itself.
    by_name: HashMap<&'t str, Vec<Reading<'t>>>,
    /// What stands for a resource, by that.
    stand_ins: HashMap<&'t str, Vec<&'t str>>,
}

impl<'t> Readers<'t> {
    fn of(all: &'t [ChangedResource], after: &Scope<'t>) -> Self {
        let changed: HashMap<&str, &ChangedResource> = all
            .iter()
            .map(|change| (change.logical_id.as_str(), change))
            .collect();
        let mut readers = Readers {
            by_id: HashMap::new(),
            by_name: HashMap::new(),
            stand_ins: HashMap::new(),
        };
        for (id, resource) in after.resources() {
            let named = stands_for(&resource.resource_type)
                .and_then(|path| resource.properties.get(path.as_str()));
            if let Some(named) = named {
                for_each_named(named, &mut |name| {
                    readers.stand_ins.entry(name).or_default().push(id);
                });
            }
            let change = changed.get(id);
            if change.is_some_and(|change| is_made(change)) {
                continue;
            }
            let again: HashSet<&str> = change
                .into_iter()
                .flat_map(|change| change.expected())
                .filter_map(|detail| detail.name.as_deref())
                .collect();
            for (property, value) in &resource.properties {
                if !again.contains(property.as_str()) {
                    readers.add(value, (id, property));
                }
            }
        }
        readers
    }

    /// Adds the dynamic references of a property.
    fn add(&mut self, value: &'t Value, reading: Reading<'t>) {
        value.walk(&mut |value| match value {
            Value::String(text) => for_each_dynamic(text, DYNAMIC, &mut |name| {
                self.by_name.entry(name).or_default().push(reading);
            }),
            Value::Function(..) if has_dynamic(value) => for_each_named(value, &mut |name| {
                self.by_id.entry(name).or_default().push(reading);
            }),
            _ => {}
        });
    }

    /// Those who read a secret, by its logical ID, by that of what stands for it, or by its name.
    fn of_secret(&self, secret: &ChangedResource) -> BTreeSet<Reading<'t>> {
        let id = secret.logical_id.as_str();
        let stand_ins = self.stand_ins.get(id).into_iter().flatten();
        let by_id = stand_ins
            .copied()
            .chain([id])
            .filter_map(|id| self.by_id.get(id));
        let context = secret.after.as_ref();
        let name = context.and_then(|context| context.properties.get("Name")?.known());
        let by_name = name.and_then(|name| self.by_name.get(name.as_ref()));
        by_id.chain(by_name).flatten().copied().collect()
    }
}

/// Whether it is made with the values of then.
fn is_made(change: &ChangedResource) -> bool {
    change.action == Edit::Add || change.replacement() == Replacement::Will
}

fn for_each_named<'t>(value: &'t Value, visit: &mut impl FnMut(&'t str)) {
    value.for_each_reference(&mut |reference| {
        if let Some(name) = named_by(&reference) {
            visit(name);
        }
    });
}

fn has_dynamic(value: &Value) -> bool {
    let mut found = false;
    for_each_text(value, &mut |text| found |= text.contains(DYNAMIC));
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
