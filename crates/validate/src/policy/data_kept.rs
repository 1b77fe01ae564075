//! Data that goes with its resource.

use stratiform_finding::{Code, Level};
use stratiform_template::{Path, Value};

use super::{Check, Policy};
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
        ("AWS::Backup::BackupVault", RETAINED),
        ("AWS::Cognito::UserPool", RETAINED),
        ("AWS::DocDB::DBCluster", SNAPSHOT),
        ("AWS::DynamoDB::GlobalTable", RETAINED),
        ("AWS::DynamoDB::Table", RETAINED),
        ("AWS::EC2::Volume", SNAPSHOT),
        ("AWS::EFS::FileSystem", RETAINED),
        ("AWS::FSx::FileSystem", RETAINED),
        ("AWS::Neptune::DBCluster", SNAPSHOT),
        ("AWS::OpenSearchService::Domain", RETAINED),
        ("AWS::RDS::DBCluster", SNAPSHOT_BY_ITSELF),
        ("AWS::RDS::DBInstance", instance),
        ("AWS::Redshift::Cluster", SNAPSHOT),
        ("AWS::S3::Bucket", RETAINED),
    ],
};

/// What becomes of a resource of a type.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// It can be kept.
    Retained,
    /// It can be kept, or a snapshot of it.
    Snapshot,
    /// The same, and CloudFormation takes one where nobody says anything.
    SnapshotByItself,
}

const RETAINED: Check = |look, _, path| kept(look, Kind::Retained, path);
const SNAPSHOT: Check = |look, _, path| kept(look, Kind::Snapshot, path);
const SNAPSHOT_BY_ITSELF: Check = |look, _, path| kept(look, Kind::SnapshotByItself, path);

fn instance<'t>(look: &mut Look<'_, 't>, instance: &'t Entries, path: &Path<'_>) -> Looked<'t> {
    match look.is_given(instance, &["DBClusterIdentifier"])? {
        // The data is the cluster's.
        Some(true) => look.pass(),
        Some(false) => kept(look, Kind::SnapshotByItself, path)?,
        None => look.doubt(),
    }
    Ok(())
}

fn kept<'t>(look: &mut Look<'_, 't>, kind: Kind, path: &Path<'_>) -> Looked<'t> {
    let place = path.up.unwrap_or(path);
    let resource = look.subject.resource;
    let policies = [
        (
            "DeletionPolicy",
            &resource.deletion_policy,
            kind == Kind::SnapshotByItself,
            "goes with the stack",
        ),
        (
            "UpdateReplacePolicy",
            &resource.update_replace_policy,
            false,
            "goes when an update makes another in its place",
        ),
    ];
    for (name, written, is_kept_by_itself, goes) in policies {
        let said = match written {
            Some(value) => said(look, value)?,
            None if is_kept_by_itself => continue,
            None => Said::Delete,
        };
        let place = match written {
            Some(_) => &place.key(name),
            None => place,
        };
        match said {
            Said::Kept => {}
            Said::Unknown => look.doubt(),
            Said::Delete => {
                let help = match kind {
                    Kind::Retained => format!("write `{name}: Retain`"),
                    _ => format!("write `{name}: Snapshot`, or `Retain`"),
                };
                look.broken(&POLICY, place, format!("what is stored here {goes}"), help);
            }
        }
    }
    Ok(())
}

enum Said {
    Kept,
    Delete,
    Unknown,
}

fn said<'t>(look: &Look<'_, 't>, value: &Value) -> Looked<'t, Said> {
    Ok(match look.word(value)?.as_deref() {
        Some("Delete") => Said::Delete,
        Some(_) => Said::Kept,
        None if look.settled(value)?.is_none() => Said::Delete,
        None => Said::Unknown,
    })
}
