//! Is data lost? What goes, and what its policies leave behind.

use stratiform_catalog::behaviour::{self, WhenEmpty, While};
use stratiform_changes::{ChangedResource, Context, Edit, Policy, PolicyOrigin, Replacement};
use stratiform_resolve::Resolved;

use super::nouns::named;
use super::{Certainty, Consequence, Kind, Severity};

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
    let before = change.before.as_ref();
    match change.policy {
        _ if before.is_some_and(|before| is_replica(change, before)) => of(
            Severity::Attention,
            Certainty::Will,
            format!("deletes {name}, a read replica: its data is its source's, and stays there"),
            "of a read replica no snapshot is taken, whatever its deletion policy says".to_owned(),
        ),
        Policy::Retain => of(
            Severity::Attention,
            Certainty::Will,
            format!(
                "leaves {name} outside of the stack: its data stays, and nothing manages it any more"
            ),
            why,
        ),
        _ if before.is_some_and(|before| is_protected(change, before)) => of(
            Severity::Attention,
            Certainty::Will,
            format!("leaves {name} outside of the stack: AWS refuses to delete it"),
            "deletion protection is on; CloudFormation tries, fails, and goes on".to_owned(),
        ),
        Policy::Snapshot => of(
            Severity::Warning,
            Certainty::Will,
            format!("deletes {name}: its data is kept as a snapshot"),
            why,
        ),
        Policy::Delete if before.is_some_and(|before| needs_to_be_empty(change, before)) => of(
            Severity::Danger,
            Certainty::May,
            format!("deletes {name} if it is empty"),
            format!(
                "{why}; AWS refuses where something is in it, and it stays outside of the stack"
            ),
        ),
        Policy::Delete => Consequence {
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
    let before = change.before.as_ref();
    let stays = "the old one stays with its data, outside of the stack";
    // An empty log is a nuisance; an empty database is not what its users expect.
    let missed = match behaviour::holds_history(&change.resource_type) {
        true => Severity::Attention,
        false => Severity::Warning,
    };
    let protected = change.policy != Policy::Retain
        && before.is_some_and(|before| is_protected(change, before));
    let why = match protected {
        true => format!(
            "{why}, but deletion protection is on: CloudFormation tries, fails, and goes on"
        ),
        false => why,
    };
    let (severity, kept, help) = match change.policy {
        _ if before.is_some_and(|before| is_replica(change, before)) => (
            Severity::Attention,
            "it is a read replica, and its data stays with its source",
            None,
        ),
        Policy::Retain => (missed, stays, None),
        _ if protected => (missed, stays, None),
        Policy::Snapshot => (Severity::Warning, "its data is kept as a snapshot", None),
        Policy::Delete if before.is_some_and(|before| needs_to_be_empty(change, before)) => (
            Severity::Warning,
            "the old one is deleted if it is empty, and otherwise stays outside of the stack",
            None,
        ),
        Policy::Delete => (
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

/// Whether it copies another database: deletion policies do not count then, and no snapshot is taken.
fn is_replica(change: &ChangedResource, before: &Context) -> bool {
    behaviour::copies(&change.resource_type)
        .any(|path| before.properties.get(path.as_str()).is_some())
}

fn is_protected(change: &ChangedResource, context: &Context) -> bool {
    let mut refusals = behaviour::refusals(&change.resource_type);
    refusals.any(|refusal| {
        let said = context.properties.get(refusal.path.as_str());
        match (said.and_then(Resolved::known), refusal.protects) {
            (Some(said), While::Is(value)) => said == value,
            _ => false,
        }
    })
}

fn needs_to_be_empty(change: &ChangedResource, before: &Context) -> bool {
    match behaviour::deleted_when_empty(&change.resource_type) {
        None => false,
        Some(WhenEmpty::Always) => true,
        Some(WhenEmpty::Unless(path)) => {
            let said = before.properties.get(path.as_str());
            said.and_then(Resolved::known).as_deref() != Some("true")
        }
    }
}
