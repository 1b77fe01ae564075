//! Does something not answer for a while? What AWS documents per type and property, and what nobody documents.

use stratiform_catalog::behaviour::{
    self, Class, DocumentedUpdate, PolicyEffect, Transition, documented, is_revision,
    update_policies,
};
use stratiform_changes::{
    Attribute, ChangedAttribute, ChangedResource, Edit, RecreationFact, Replacement,
};

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
            .filter(|detail| detail.attribute == Attribute::Properties && detail.path.len() > 1)
            // That is told elsewhere, and nothing comes of it.
            .filter(|detail| !matches!(detail.recreation.fact, RecreationFact::Refused(_)));
        let mut said: Vec<&str> = Vec::new();
        for detail in properties {
            let property = detail.path[1..].join(".");
            if let Some((policy, told)) = rolls(change, &detail.path[1..]) {
                if !said.contains(&policy) {
                    found.push(told);
                    said.push(policy);
                }
                continue;
            }
            let below = &detail.path[1..];
            let goes = detail.change_type == Edit::Remove;
            let transition = behaviour::transition(&change.resource_type, below, goes);
            let entry = match transition.filter(|_| detail.change_type != Edit::Add) {
                Some(Transition::InPlace(entry)) => Some(entry),
                Some(Transition::New(_)) | None => documented(&change.resource_type, below),
            };
            match entry {
                // A new revision is beside the old one until a service uses it.
                None if is_revision(&change.resource_type) => {}
                None => unknown.push(format!(
                    "`{}` ({}): `{property}`",
                    change.logical_id, change.resource_type
                )),
                Some(entry) if said.contains(&entry.what) => {}
                Some(entry)
                    if entry.class == Class::Exchanges && detail.change_type != Edit::Modify => {}
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
            withheld: Vec::new(),
        });
    }
}

/// What an update policy replaces bit by bit, and the policy.
fn rolls(change: &ChangedResource, path: &[String]) -> Option<(&'static str, Consequence)> {
    let written = change.after.as_ref()?.update_policy.as_ref()?;
    update_policies(&change.resource_type, path).find_map(|policy| {
        let PolicyEffect::Rolls(what) = policy.effect else {
            return None;
        };
        let name = policy.path.as_str();
        written.get(name)?;
        let told = Consequence::of(
            change,
            Kind::Interruption,
            Severity::Note,
            Certainty::Will,
            format!(
                "replaces {what} of {} in batches",
                named(&change.resource_type, &change.logical_id)
            ),
            format!(
                "`{}` changes, and its `UpdatePolicy` has `{name}`",
                path.join(".")
            ),
        );
        Some((name, told))
    })
}

fn consequence(
    change: &ChangedResource,
    detail: &ChangedAttribute,
    property: &str,
    entry: DocumentedUpdate,
) -> Option<Consequence> {
    let name = named(&change.resource_type, &change.logical_id);
    let (severity, certainty, what) = match entry.class {
        Class::None | Class::Later => return None,
        Class::Some if !detail.may_be_same() => (
            Severity::Warning,
            Certainty::Will,
            format!("interrupts {name}"),
        ),
        Class::Some | Class::Sometimes | Class::Exchanges | Class::Replaces => (
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
