//! Does something not answer for a while? What AWS documents per type and property, and what nobody documents.

use stratiform_catalog::behaviour::{self, Class, DocumentedUpdate, Transition, documented};
use stratiform_changes::{Attribute, ChangedAttribute, ChangedResource, Edit, Replacement};

use super::nouns::named;
use super::{Certainty, Consequence, Kind, Severity};

/// Finds documented interruptions; what nobody documents is said once for all resources.
pub(super) fn find(changes: &[ChangedResource], found: &mut Vec<Consequence>) {
    let mut unknown = Vec::new();
    for change in changes {
        // A replacement is another story, told elsewhere.
        if change.action != Edit::Modify || change.replacement() == Replacement::Will {
            continue;
        }
        let properties = change
            .properties()
            .filter(|detail| detail.attribute == Attribute::Properties && detail.path.len() > 1);
        let mut said: Vec<&str> = Vec::new();
        for detail in properties {
            let property = detail.path[1..].join(".");
            let below = &detail.path[1..];
            let goes = detail.change_type == Edit::Remove;
            let transition = behaviour::transition(&change.resource_type, below, goes);
            let entry = match transition.filter(|_| detail.change_type != Edit::Add) {
                Some(Transition::InPlace(entry)) => Some(entry),
                Some(Transition::New(_)) | None => documented(&change.resource_type, below),
            };
            match entry {
                None => unknown.push(format!(
                    "`{}` ({}): `{property}`",
                    change.logical_id, change.resource_type
                )),
                Some(entry) if said.contains(&entry.what) => {}
                Some(entry) => {
                    found.extend(consequence(change, detail, &property, entry));
                    said.push(entry.what);
                }
            }
        }
    }
    if !unknown.is_empty() {
        let count = unknown.len();
        unknown.dedup();
        found.push(Consequence {
            kind: Kind::Interruption,
            severity: Severity::Note,
            certainty: Certainty::Unknown,
            logical_id: None,
            resource_type: None,
            what: format!(
                "changes {count} {} of which it is unknown whether that interrupts",
                if count == 1 { "property" } else { "properties" }
            ),
            why: "neither the schemas nor the pages that were read say so".to_owned(),
            details: unknown,
            help: None,
        });
    }
}

fn consequence(
    change: &ChangedResource,
    detail: &ChangedAttribute,
    property: &str,
    entry: DocumentedUpdate,
) -> Option<Consequence> {
    let name = named(&change.resource_type, &change.logical_id);
    let (severity, certainty, what) = match entry.class {
        Class::None => return None,
        Class::Some if !detail.may_be_same() => (
            Severity::Warning,
            Certainty::Will,
            format!("interrupts {name}"),
        ),
        Class::Some | Class::Sometimes | Class::Replaces => (
            Severity::Attention,
            Certainty::May,
            format!("may interrupt {name}"),
        ),
        Class::Deploys => (
            Severity::Note,
            Certainty::Will,
            format!("starts a deployment of {name}"),
        ),
    };
    Some(Consequence::of(
        change,
        Kind::Interruption,
        severity,
        certainty,
        format!("{what}: {}", entry.what),
        format!("`{property}` changes; documented in `{}`", entry.source),
    ))
}
