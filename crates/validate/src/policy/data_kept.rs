//! Data that goes with its resource.

use stratiform_catalog::behaviour;
use stratiform_finding::{Code, Level};
use stratiform_template::{Path, Value};

use super::Policy;
use crate::schema::{Entries, Look, Looked};

pub(super) static POLICY: Policy = Policy {
    code: Code::DataKept,
    level: Some(Level::Warning),
    rule: "What holds data is kept, or a snapshot of it, when its resource goes",
    reason: "a stack that is deleted, a logical ID that changes or an update that replaces takes the data with it",
    remedy: "Write `DeletionPolicy` and `UpdateReplacePolicy`, both `Retain`, or `Snapshot` where the type has it.",
    sources: &[
        "CloudFormation template reference, `DeletionPolicy` and `UpdateReplacePolicy`",
        "cfn-lint I3011",
    ],
    checks: &[
        ("AWS::Backup::BackupVault", check),
        ("AWS::Cognito::UserPool", check),
        ("AWS::DocDB::DBCluster", check),
        ("AWS::DynamoDB::GlobalTable", check),
        ("AWS::DynamoDB::Table", check),
        ("AWS::EC2::Volume", check),
        ("AWS::EFS::FileSystem", check),
        ("AWS::FSx::FileSystem", check),
        ("AWS::Neptune::DBCluster", check),
        ("AWS::OpenSearchService::Domain", check),
        ("AWS::RDS::DBCluster", check),
        ("AWS::RDS::DBInstance", check),
        ("AWS::Redshift::Cluster", check),
        ("AWS::S3::Bucket", check),
    ],
};

fn check<'t>(look: &mut Look<'_, 't>, properties: &'t Entries, path: &Path<'_>) -> Looked<'t> {
    let elsewhere = behaviour::data_elsewhere(look.subject.resource_type.name());
    let is_elsewhere = match elsewhere {
        Some(elsewhere) => look.is_given(properties, &[elsewhere.as_str()])?,
        None => Some(false),
    };
    match is_elsewhere {
        // The data is the cluster's.
        Some(true) => look.pass(),
        Some(false) => kept(look, path)?,
        None => look.doubt(),
    }
    Ok(())
}

fn kept<'t>(look: &mut Look<'_, 't>, path: &Path<'_>) -> Looked<'t> {
    let place = path.up.unwrap_or(path);
    let resource = look.subject.resource;
    let name = look.subject.resource_type.name();
    let by_itself = behaviour::snapshot_by_default(name);
    let goes = [
        (DELETION, said(look, &resource.deletion_policy, by_itself)?),
        (
            REPLACEMENT,
            said(look, &resource.update_replace_policy, false)?,
        ),
    ];
    let value = match behaviour::takes_snapshot(name) {
        true => "Snapshot",
        false => "Retain",
    };
    let names: Vec<&str> = goes
        .iter()
        .filter(|(_, said)| *said == Said::Delete)
        .map(|(name, _)| *name)
        .collect();
    if goes.iter().any(|(_, said)| *said == Said::Unknown) {
        look.doubt();
    }
    let (what, help) = match names.as_slice() {
        [] => return Ok(()),
        [DELETION] => (
            "what is stored here goes with the stack",
            format!("write `{DELETION}: {value}`"),
        ),
        [_] => (
            "what is stored here goes when an update makes another in its place",
            format!("write `{REPLACEMENT}: {value}`"),
        ),
        _ => (
            "what is stored here goes with the stack, and when an update makes another in its place",
            format!("write `{DELETION}: {value}` and `{REPLACEMENT}: {value}`"),
        ),
    };
    let written = [
        (DELETION, resource.deletion_policy.is_some()),
        (REPLACEMENT, resource.update_replace_policy.is_some()),
    ];
    // Where it is written, it is told there.
    let written = written
        .iter()
        .find(|(name, is)| *is && names.contains(name));
    match written {
        Some((name, _)) => look.broken(&POLICY, &place.key(name), what, help),
        None => look.broken(&POLICY, place, what, help),
    }
    Ok(())
}

const DELETION: &str = "DeletionPolicy";
const REPLACEMENT: &str = "UpdateReplacePolicy";

/// What becomes of the data.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Said {
    Kept,
    Delete,
    Unknown,
}

fn said<'t>(
    look: &Look<'_, 't>,
    written: &Option<Value>,
    is_kept_by_itself: bool,
) -> Looked<'t, Said> {
    let Some(value) = written else {
        return Ok(match is_kept_by_itself {
            true => Said::Kept,
            false => Said::Delete,
        });
    };
    Ok(match look.word(value)?.as_deref() {
        Some("Delete") => Said::Delete,
        Some(_) => Said::Kept,
        None if look.settled(value)?.is_none() => Said::Delete,
        None => Said::Unknown,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_about_what_holds_data() {
        for name in POLICY.types() {
            assert!(behaviour::holds_data(name), "{name}");
        }
    }
}
