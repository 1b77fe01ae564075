//! Is data lost? What goes, and what its policies leave behind.

use stratiform_catalog::behaviour;
use stratiform_changes::{ChangedResource, Edit, PolicyOrigin, Replacement};

use super::nouns::named;
use super::{Certainty, Consequence, Kind, Severity};
use crate::fate::Fate;

pub(super) fn find(change: &ChangedResource, found: &mut Vec<Consequence>) {
    if !behaviour::holds_data(&change.resource_type) || is_elsewhere(change) {
        return;
    }
    let name = named(&change.resource_type, &change.logical_id);
    match (change.action, change.replacement()) {
        (Edit::Add, _) | (Edit::Modify, Replacement::WillNot) => {}
        (Edit::Remove, _) => found.push(removed(change, &name)),
        (Edit::Modify, Replacement::May) => found.push(replaced(change, &name, Certainty::May)),
        (Edit::Modify, Replacement::Will) => found.push(replaced(change, &name, Certainty::Will)),
    }
}

/// Whether the data is that of another resource, as it is for an instance of a database cluster.
fn is_elsewhere(change: &ChangedResource) -> bool {
    let named = || {
        let path = behaviour::data_elsewhere(&change.resource_type)?;
        change.before.as_ref()?.properties.get(path.as_str())
    };
    named().is_some()
}

/// How data is kept when such a resource goes.
fn keeping(change: &ChangedResource, attribute: &str, when: &str) -> String {
    if behaviour::takes_snapshot(&change.resource_type) {
        format!("keep the data: `{attribute}: Snapshot` or `Retain`{when}")
    } else {
        format!("keep the data: `{attribute}: Retain`{when}")
    }
}

fn removed(change: &ChangedResource, name: &str) -> Consequence {
    let why = reason(change, "DeletionPolicy");
    let of = |severity, certainty, what: String, why: String| {
        Consequence::of(change, Kind::DataLoss, severity, certainty, what, why)
    };
    match Fate::of(change) {
        Fate::CopyDeleted => of(
            Severity::Attention,
            Certainty::Will,
            format!("deletes {name}, a read replica: its data is its source's, and stays there"),
            "of a read replica no snapshot is taken, whatever its deletion policy says".to_owned(),
        ),
        Fate::Retained => of(
            Severity::Attention,
            Certainty::Will,
            format!(
                "leaves {name} outside of the stack: its data stays, and nothing manages it any more"
            ),
            why,
        ),
        Fate::Protected => of(
            Severity::Attention,
            Certainty::Will,
            format!("leaves {name} outside of the stack: AWS refuses to delete it"),
            "deletion protection is on; CloudFormation tries, fails, and goes on".to_owned(),
        ),
        Fate::Snapshot => of(
            Severity::Warning,
            Certainty::Will,
            format!("deletes {name}: its data is kept as a snapshot"),
            why,
        ),
        Fate::DeletedIfEmpty => of(
            Severity::Danger,
            Certainty::May,
            format!("deletes {name} if it is empty"),
            format!(
                "{why}; AWS refuses where something is in it, and it stays outside of the stack"
            ),
        ),
        Fate::Deleted => Consequence {
            help: Some(keeping(
                change,
                "DeletionPolicy",
                ", deployed before this change",
            )),
            ..of(
                Severity::Danger,
                Certainty::Will,
                format!("deletes {name}, and its data with it"),
                why,
            )
        },
    }
}

fn replaced(change: &ChangedResource, name: &str, certainty: Certainty) -> Consequence {
    let why = reason(change, "UpdateReplacePolicy");
    let verb = match certainty {
        Certainty::Will => "replaces",
        Certainty::May | Certainty::Unknown => "may replace",
    };
    let restored = change.after.as_ref().and_then(|after| {
        behaviour::restores_from().find(|path| after.properties.get(path.as_str()).is_some())
    });
    let starts = match restored {
        Some(path) => format!("the new one starts from what `{path}` names"),
        None => "the new one starts empty".to_owned(),
    };
    let stays = "the old one stays with its data, outside of the stack";
    // An empty log is a nuisance; an empty database is not what its users expect.
    let missed = match behaviour::holds_history(&change.resource_type) {
        true => Severity::Attention,
        false => Severity::Warning,
    };
    let fate = Fate::of(change);
    let why = match fate {
        Fate::Protected => format!(
            "{why}, but deletion protection is on: CloudFormation tries, fails, and goes on"
        ),
        _ => why,
    };
    let (severity, kept, help) = match fate {
        Fate::CopyDeleted => (
            Severity::Attention,
            "it is a read replica, and its data stays with its source",
            None,
        ),
        Fate::Retained | Fate::Protected => (missed, stays, None),
        Fate::Snapshot => (Severity::Warning, "its data is kept as a snapshot", None),
        Fate::DeletedIfEmpty => (
            Severity::Warning,
            "the old one is deleted if it is empty, and otherwise stays outside of the stack",
            None,
        ),
        Fate::Deleted => (
            Severity::Danger,
            "its data is deleted with it",
            Some(keeping(change, "UpdateReplacePolicy", "")),
        ),
    };
    // What may not happen at all is one step less bad.
    let severity = match (certainty, severity) {
        (Certainty::Will, severity) => severity,
        (Certainty::May | Certainty::Unknown, Severity::Danger) => Severity::Warning,
        (Certainty::May | Certainty::Unknown, _) => Severity::Attention,
    };
    Consequence {
        details: vec![starts],
        help,
        ..Consequence::of(
            change,
            Kind::DataLoss,
            severity,
            certainty,
            format!("{verb} {name}: {kept}"),
            why,
        )
    }
}

/// Who says what happens to the physical resource.
fn reason(change: &ChangedResource, attribute: &str) -> String {
    match change.policy_origin {
        PolicyOrigin::Template => format!("`{attribute}` is `{}`", change.policy.as_str()),
        PolicyOrigin::Default => {
            format!(
                "there is no `{attribute}`, and the default is `{}`",
                change.policy.as_str()
            )
        }
        PolicyOrigin::Unknown => {
            format!("the value of `{attribute}` is not known here: the worst is assumed")
        }
    }
}
