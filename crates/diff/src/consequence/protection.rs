//! Is something less protected than before?

use stratiform_catalog::behaviour::{self, While};
use stratiform_changes::{Attribute, ChangedResource, Edit, snapshot_by_default};
use stratiform_resolve::{Resolved, Style};

use super::nouns::named;
use super::property::at;
use super::{Certainty, Consequence, Kind, Severity};
use crate::fate::Fate;

pub(super) fn find(change: &ChangedResource, found: &mut Vec<Consequence>) {
    match change.action {
        Edit::Add => {}
        Edit::Remove => removed(change, found),
        Edit::Modify => {
            properties(change, found);
            policies(change, found);
        }
    }
}

fn removed(change: &ChangedResource, found: &mut Vec<Consequence>) {
    if let Some(does) = behaviour::guards(&change.resource_type) {
        let name = named(&change.resource_type, &change.logical_id);
        found.push(Consequence::of(
            change,
            Kind::ProtectionLost,
            Severity::Warning,
            Certainty::Will,
            format!("removes {name}, which {does}"),
            "the resource leaves the template",
        ));
    }
}

fn properties(change: &ChangedResource, found: &mut Vec<Consequence>) {
    let (Some(before), Some(after)) = (&change.before, &change.after) else {
        return;
    };
    let of_type = &change.resource_type;
    for protection in behaviour::protections(of_type) {
        let Some(old) = at(&before.properties, protection.path) else {
            continue;
        };
        let new = at(&after.properties, protection.path);
        let Some(certainty) = is_lost(protection.protects, old, new) else {
            continue;
        };
        let name = named(of_type, &change.logical_id);
        let verb = match certainty {
            Certainty::Will => "takes",
            Certainty::May | Certainty::Unknown => "may take",
        };
        found.push(Consequence::of(
            change,
            Kind::ProtectionLost,
            Severity::Warning,
            certainty,
            format!("{verb} away from {name}: {}", protection.what),
            format!(
                "`{}` was `{}` and becomes `{}`",
                protection.path.as_str().replace('/', "."),
                old.shown(Style::Expression),
                new.map_or_else(|| "not set".to_owned(), |new| new.shown(Style::Expression))
            ),
        ));
    }
}

fn is_lost(protects: While, old: &Resolved<'_>, new: Option<&Resolved<'_>>) -> Option<Certainty> {
    if is_nothing(Some(old)) {
        return None;
    }
    match protects {
        While::Is(value) => {
            if old.known()? != value {
                return None;
            }
            match new.map(Resolved::known) {
                Some(Some(new)) if new == value => None,
                Some(None) => Some(Certainty::May),
                Some(Some(_)) | None => Some(Certainty::Will),
            }
        }
        While::Set => is_nothing(new).then_some(Certainty::Will),
    }
}

/// Whether nothing is left of a value: an empty text or list is how some properties are switched off.
fn is_nothing(value: Option<&Resolved<'_>>) -> bool {
    match value {
        None => true,
        Some(Resolved::Null) => true,
        Some(Resolved::List(items)) => items.is_empty(),
        Some(value) => value.known().is_some_and(|text| text.is_empty()),
    }
}

/// Policies that kept data and do not any more.
fn policies(change: &ChangedResource, found: &mut Vec<Consequence>) {
    // Of copies, nothing is kept whatever they say.
    if Fate::of(change) == Fate::CopyDeleted {
        return;
    }
    for (attribute, name) in [
        (Attribute::DeletionPolicy, "DeletionPolicy"),
        (Attribute::UpdateReplacePolicy, "UpdateReplacePolicy"),
    ] {
        let Some(detail) = change
            .values
            .iter()
            .find(|detail| detail.attribute == attribute)
        else {
            continue;
        };
        let text = |value: &Option<Resolved<'static>>| {
            value
                .as_ref()
                .and_then(|value| value.known().map(|text| text.into_owned()))
        };
        let (old, new) = (text(&detail.before), text(&detail.after));
        // Without a word, some databases are kept as a snapshot all the same.
        let by_default = attribute == Attribute::DeletionPolicy
            && change
                .after
                .as_ref()
                .is_some_and(|after| snapshot_by_default(&change.resource_type, &after.properties));
        let new = new.or_else(|| by_default.then(|| "Snapshot".to_owned()));
        let keeps = |policy: &Option<String>| {
            matches!(
                policy.as_deref(),
                Some("Retain" | "RetainExceptOnCreate" | "Snapshot")
            )
        };
        if keeps(&old) && !keeps(&new) {
            let resource = named(&change.resource_type, &change.logical_id);
            found.push(Consequence::of(
                change,
                Kind::ProtectionLost,
                Severity::Warning,
                Certainty::Will,
                format!("no longer keeps {resource} when it goes"),
                format!(
                    "`{name}` was `{}` and becomes `{}`",
                    old.unwrap_or_default(),
                    new.unwrap_or_else(|| "not set".to_owned())
                ),
            ));
        }
    }
}
