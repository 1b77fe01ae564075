//! Databases that are gone with a data centre.

use stratiform_finding::Code;
use stratiform_template::Path;

use super::Policy;
use crate::schema::{Entries, Look, Looked};

pub(super) static POLICY: Policy = Policy {
    code: Code::SeveralZones,
    // It doubles what a database costs.
    level: None,
    rule: "A database runs in several zones",
    reason: "where a zone fails, it is gone until a backup is restored",
    remedy: "Turn on what the type calls several zones.",
    sources: &[
        "RDS.5",
        "CKV_AWS_157",
        "AwsSolutions-AEC4",
        "AwsSolutions-RDS3",
    ],
    checks: &[
        ("AWS::ElastiCache::ReplicationGroup", |look, group, path| {
            look.has_to_be_true(&POLICY, group, &["MultiAZEnabled"], path, WHAT)
        }),
        ("AWS::RDS::DBInstance", instance),
    ],
};

const WHAT: &str = "it runs in one zone";

fn instance<'t>(look: &mut Look<'_, 't>, instance: &'t Entries, path: &Path<'_>) -> Looked<'t> {
    match look.is_any_given(
        instance,
        &["DBClusterIdentifier", "SourceDBInstanceIdentifier"],
    )? {
        // A cluster has its copies, and this is one.
        Some(true) => look.pass(),
        Some(false) => look.has_to_be_true(&POLICY, instance, &["MultiAZ"], path, WHAT)?,
        None => look.doubt(),
    }
    Ok(())
}
