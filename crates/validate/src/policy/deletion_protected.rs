//! Databases that one wrong call deletes.

use stratiform_finding::{Code, Level};
use stratiform_template::{Path, Step};

use super::{Check, Policy};
use crate::schema::{Entries, Look, Looked};

pub(super) static POLICY: Policy = Policy {
    code: Code::DeletionProtected,
    level: Some(Level::Warning),
    rule: "A database refuses to be deleted",
    reason: "one wrong click, call or change of the template deletes it",
    remedy: "Turn deletion protection on. Whoever means it turns it off first.",
    sources: &[
        "Cognito.6",
        "DocumentDB.5",
        "DynamoDB.6",
        "Neptune.4",
        "RDS.7",
        "RDS.8",
        "AwsSolutions-RDS10",
    ],
    checks: &[
        ("AWS::Cognito::UserPool", |look, pool, path| {
            look.has_to_read(&POLICY, pool, (&[NAME], &["ACTIVE"]), path, WHAT)
        }),
        ("AWS::DocDB::DBCluster", PROTECTED),
        ("AWS::DynamoDB::GlobalTable", replicas),
        ("AWS::DynamoDB::Table", |look, table, path| {
            look.has_to_be_true(&POLICY, table, &[OF_TABLES], path, WHAT)
        }),
        ("AWS::Neptune::DBCluster", PROTECTED),
        ("AWS::RDS::DBCluster", PROTECTED),
        ("AWS::RDS::DBInstance", instance),
    ],
};

const NAME: &str = "DeletionProtection";
const OF_TABLES: &str = "DeletionProtectionEnabled";
const WHAT: &str = "one call deletes it";

const PROTECTED: Check =
    |look, database, path| look.has_to_be_true(&POLICY, database, &[NAME], path, WHAT);

fn instance<'t>(look: &mut Look<'_, 't>, instance: &'t Entries, path: &Path<'_>) -> Looked<'t> {
    match look.is_given(instance, &["DBClusterIdentifier"])? {
        // The cluster is asked.
        Some(true) => look.pass(),
        Some(false) => PROTECTED(look, instance, path)?,
        None => look.doubt(),
    }
    Ok(())
}

fn replicas<'t>(look: &mut Look<'_, 't>, table: &'t Entries, path: &Path<'_>) -> Looked<'t> {
    let path = path.key("Replicas");
    for (position, replica) in look.maps_of(table, &["Replicas"])? {
        let path = path.below(Step::Index(position));
        look.has_to_be_true(&POLICY, replica, &[OF_TABLES], &path, WHAT)?;
    }
    Ok(())
}
