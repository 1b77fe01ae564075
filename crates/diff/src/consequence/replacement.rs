//! What is replaced, why, and what else changes through it.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use stratiform_catalog::behaviour::{self, holds_data, is_revision};
use stratiform_catalog::{PropertyPath, ReplacementStrategy, ResourceType, catalog};
use stratiform_changes::{
    ChangeSource, ChangedAttribute, ChangedResource, Edit, Policy, RecreationFact, Replacement,
};
use stratiform_resolve::Compare;

use super::nouns::named;
use super::unique::claim::identity;
use super::{Certainty, Consequence, Kind, Severity};

/// How many resources of a chain are listed.
const LISTED: usize = 20;

pub(super) fn find(changes: &[ChangedResource], found: &mut Vec<Consequence>) {
    let users = users(changes);
    for change in changes {
        let certainty = match (change.action, change.replacement()) {
            (Edit::Modify, Replacement::Will) => Certainty::Will,
            (Edit::Modify, Replacement::May) => Certainty::May,
            (Edit::Modify, Replacement::WillNot) | (Edit::Add | Edit::Remove, _) => continue,
        };
        let name = named(&change.resource_type, &change.logical_id);
        let (severity, what) = match certainty {
            _ if is_revision(&change.resource_type) => {
                (Severity::Note, format!("makes a new revision of {name}"))
            }
            Certainty::Will => (severity(change), format!("replaces {name}")),
            Certainty::May | Certainty::Unknown => {
                (severity(change), format!("may replace {name}"))
            }
        };
        found.push(Consequence {
            details: chain(change, &users),
            help: instead(change),
            ..Consequence::of(
                change,
                Kind::Replacement,
                severity,
                certainty,
                what,
                why(change),
            )
        });
        if let Some(known) = catalog().resource_type(&change.resource_type) {
            match known.replacement_strategy() {
                ReplacementStrategy::CreateThenDelete => {
                    collision(change, known, &name, certainty, found);
                }
                ReplacementStrategy::DeleteThenCreate => {
                    found.push(gap(change, &name, certainty));
                }
            }
        }
    }
}

fn severity(change: &ChangedResource) -> Severity {
    if holds_data(&change.resource_type) && change.policy != Policy::Retain {
        Severity::Warning
    } else {
        Severity::Attention
    }
}

/// The facts that make it so, each property once.
fn why(change: &ChangedResource) -> String {
    let worst = change.replacement();
    let details = change
        .expected()
        .filter(|detail| detail.replacement() == worst);
    let mut reasons: BTreeSet<String> = BTreeSet::new();
    for detail in details {
        let property = detail.path[1..].join(".");
        let through = match (detail.source, &detail.causing_entity) {
            (ChangeSource::ResourceReference | ChangeSource::ResourceAttribute, Some(entity)) => {
                format!(" through `{entity}`")
            }
            _ => String::new(),
        };
        reasons.insert(match detail.recreation.fact {
            RecreationFact::CustomResource | RecreationFact::UnknownType => {
                detail.recreation.fact.to_string()
            }
            // It is the same for all of them.
            fact @ RecreationFact::Transformed(_) => fact.to_string(),
            // The property that changes is the one that the fact is about.
            RecreationFact::CreateOnly(path) if through.is_empty() && path.as_str() == property => {
                detail.recreation.fact.to_string()
            }
            fact => format!("`{property}` changes{through}, and {fact}"),
        });
    }
    reasons.into_iter().collect::<Vec<_>>().join("; ")
}

/// How the update would be one in place.
fn instead(change: &ChangedResource) -> Option<String> {
    let mut missing = change.expected().filter_map(|detail| {
        let RecreationFact::ByUpdatePolicy(decision) = detail.recreation.fact else {
            return None;
        };
        decision.missing()
    });
    let policy = missing.next()?;
    Some(format!(
        "set `{policy}: true` in its `UpdatePolicy`: AWS then updates it in place"
    ))
}

/// Who refers to what, among the resources that change.
pub(super) fn users(
    changes: &[ChangedResource],
) -> BTreeMap<&str, Vec<(&ChangedResource, &ChangedAttribute)>> {
    let mut users: BTreeMap<&str, Vec<_>> = BTreeMap::new();
    for change in changes {
        for detail in change.expected() {
            if let Some(resource) = detail.through() {
                users.entry(resource).or_default().push((change, detail));
            }
        }
    }
    users
}

/// What else changes because the resource becomes another one, and what because of that. A link of a chain has none of
/// its own: the chain is told where it starts.
fn chain(
    change: &ChangedResource,
    users: &BTreeMap<&str, Vec<(&ChangedResource, &ChangedAttribute)>>,
) -> Vec<String> {
    if !is_start(change) {
        return Vec::new();
    }
    let mut lines = Vec::new();
    let mut more = 0;
    let mut seen = BTreeSet::from([change.logical_id.as_str()]);
    let mut waiting = VecDeque::from([change.logical_id.as_str()]);
    while let Some(cause) = waiting.pop_front() {
        for (user, detail) in users.get(cause).into_iter().flatten() {
            if !seen.insert(&user.logical_id) {
                continue;
            }
            if user.replacement() != Replacement::WillNot {
                waiting.push_back(&user.logical_id);
            }
            if lines.len() == LISTED {
                more += 1;
                continue;
            }
            let outcome = match user.replacement() {
                Replacement::WillNot => "changes",
                Replacement::May => "may be replaced",
                Replacement::Will => "is replaced",
            };
            lines.push(format!(
                "`{}` {outcome}: `{}` refers to `{cause}`",
                user.logical_id,
                detail.path[1..].join(".")
            ));
        }
    }
    if more > 0 {
        lines.push(format!("… and {more} more"));
    }
    lines
}

/// Whether a resource is replaced for a reason of its own, and not through another one.
pub fn is_start(change: &ChangedResource) -> bool {
    let worst = change.replacement();
    let through = change
        .expected()
        .filter(|detail| detail.through().is_some());
    let paths: Vec<_> = through.map(|detail| &detail.path).collect();
    let mut details = change.expected();
    details.any(|detail| detail.replacement() == worst && !paths.contains(&&detail.path))
}

/// A resource with a name of its own cannot be replaced while the old one still has it.
///
/// Source: CloudFormation user guide, "Update behaviors of stack resources"; the service's own words:
/// `CloudFormation cannot update a stack when a custom-named resource requires replacing.`
fn collision(
    change: &ChangedResource,
    known: ResourceType,
    name: &str,
    certainty: Certainty,
    found: &mut Vec<Consequence>,
) {
    let (Some(before), Some(after)) = (&change.before, &change.after) else {
        return;
    };
    let Some(property) = behaviour::unique_name(known).map(PropertyPath::as_str) else {
        return;
    };
    let (Some(old), Some(new)) = (
        before.properties.get(property),
        after.properties.get(property),
    ) else {
        return;
    };
    let at_name =
        |detail: &&ChangedAttribute| detail.path.get(1).is_some_and(|name| name == property);
    if !old.same(new, Compare::Values) || change.expected().any(|detail| at_name(&detail)) {
        return;
    }
    // A name that is unique within something else is free where that is another one.
    let replacing = change
        .expected()
        .filter(|detail| detail.replacement() > Replacement::WillNot);
    let mut elsewhere = replacing.filter_map(|detail| detail.path.get(1));
    if elsewhere.any(|cause| behaviour::scopes_names(known, cause)) {
        return;
    }
    let taken = new.shown(stratiform_resolve::Style::Expression);
    let cannot = match certainty {
        Certainty::Will => format!("cannot replace {name}"),
        Certainty::May | Certainty::Unknown => format!("may have to replace {name}, and cannot"),
    };
    found.push(Consequence {
        withheld: vec![Kind::Replacement],
        help: Some(format!("change `{property}` too, or leave it out and let AWS choose")),
        ..Consequence::of(
            change,
            Kind::Refused,
            match certainty {
                Certainty::Will => Severity::Danger,
                Certainty::May | Certainty::Unknown => Severity::Warning,
            },
            certainty,
            format!("{cannot}: its name `{taken}` stays taken by the old one"),
            format!("`{property}` is set and does not change; the new resource is made before the old one goes"),
        )
    });
}

/// A resource that goes before its replacement exists is missing for a while.
fn gap(change: &ChangedResource, name: &str, certainty: Certainty) -> Consequence {
    Consequence::of(
        change,
        Kind::Interruption,
        Severity::Warning,
        certainty,
        format!("leaves nothing in the place of {name} until the new one exists"),
        "the type's schema says `replacementStrategy: delete_then_create`",
    )
}

/// A name that is set, of which there can be only one.
pub(super) struct OwnName {
    pub property: &'static str,
    /// The name, for people.
    pub name: String,
    /// The name with all within which it is unique.
    pub key: String,
}

/// The name of a resource, for those of which there can be only one with that name.
pub(super) fn own_name(change: &ChangedResource) -> Option<OwnName> {
    let known = catalog().resource_type(&change.resource_type)?;
    let property = behaviour::unique_name(known)?.as_str();
    let context = change.after.as_ref().or(change.before.as_ref())?;
    let name = context.properties.get(property)?;
    let scopes = context
        .properties
        .entries()
        .filter(|(scope, _)| *scope != property && behaviour::scopes_names(known, scope));
    let mut scopes: Vec<String> = scopes
        .map(|(scope, value)| Some(format!("{scope} {}", identity(value)?)))
        .collect::<Option<_>>()?;
    scopes.sort();
    Some(OwnName {
        property,
        name: name.shown(stratiform_resolve::Style::Expression),
        key: format!("{} {}", identity(name)?, scopes.join(" ")),
    })
}
