//! What stores data, and does not encrypt it.

use stratiform_finding::{Code, Level};
use stratiform_template::Path;

use super::{Part, Policy};
use crate::schema::{Entries, Look, Looked};

pub(super) static POLICY: Policy = Policy {
    code: Code::StorageEncrypted,
    level: Some(Level::Error),
    rule: "What stores data encrypts it",
    reason: "whoever gets a disk, a snapshot or a backup reads what is on it",
    remedy: "Turn encryption on. What is there already has to be replaced for it: copy a snapshot with encryption, and restore it.",
    sources: &[
        "RDS.3",
        "EFS.1",
        "EC2.3",
        "CKV_AWS_3",
        "CKV_AWS_16",
        "CKV_AWS_42",
        "CKV_AWS_96",
        "AwsSolutions-RDS2",
        "AwsSolutions-EFS1",
    ],
    checks: &[
        ("AWS::EC2::Volume", |look, properties, path| {
            encrypted(look, properties, "Encrypted", path)
        }),
        ("AWS::EFS::FileSystem", |look, properties, path| {
            encrypted(look, properties, "Encrypted", path)
        }),
        ("AWS::RDS::DBCluster", database),
        ("AWS::RDS::DBInstance", database),
    ],
};

/// What gives a database the encryption of something else.
const INHERITED: [&str; 8] = [
    "DBClusterIdentifier",
    "DBSnapshotIdentifier",
    "DBClusterSnapshotIdentifier",
    "SnapshotIdentifier",
    "SourceDBClusterIdentifier",
    "SourceDBInstanceIdentifier",
    "SourceDbiResourceId",
    "SourceDBInstanceAutomatedBackupsArn",
];

fn database<'t>(look: &mut Look<'_, 't>, database: &'t Entries, path: &Path<'_>) -> Looked<'t> {
    for name in INHERITED {
        // Of the cluster it is asked itself; of a snapshot nobody knows.
        match look.part(database, &[name])? {
            Part::Absent => {}
            Part::Given(_) if name == "DBClusterIdentifier" => {
                look.pass();
                return Ok(());
            }
            Part::Given(_) | Part::Unknown => {
                if look.flag(database, &["StorageEncrypted"], false)? != Some(true) {
                    look.doubt();
                }
                return Ok(());
            }
        }
    }
    encrypted(look, database, "StorageEncrypted", path)
}

fn encrypted<'t>(
    look: &mut Look<'_, 't>,
    properties: &Entries,
    name: &str,
    path: &Path<'_>,
) -> Looked<'t> {
    let what = "what is stored here is not encrypted";
    look.has_to_be_true(&POLICY, properties, &[name], path, what)
}
