//! What stores data, and does not encrypt it.

use stratiform_finding::{Code, Level};
use stratiform_template::{Path, Step, Value};

use super::{Check, Part, Policy, cache};
use crate::schema::{Entries, Look, Looked};

pub(super) static POLICY: Policy = Policy {
    code: Code::StorageEncrypted,
    level: Some(Level::Error),
    rule: "What stores data encrypts it",
    reason: "whoever gets a disk, a snapshot or a backup reads what is on it",
    remedy: "Turn encryption on. What is there already has to be replaced for it: copy a snapshot with encryption, and restore it.",
    sources: &[
        "DocumentDB.1",
        "EC2.3",
        "EFS.1",
        "ElastiCache.4",
        "Neptune.1",
        "Opensearch.1",
        "RDS.3",
        "RDS.27",
        "Redshift.10",
        "CKV_AWS_3",
        "CKV_AWS_5",
        "CKV_AWS_8",
        "CKV_AWS_16",
        "CKV_AWS_29",
        "CKV_AWS_42",
        "CKV_AWS_44",
        "CKV_AWS_47",
        "CKV_AWS_64",
        "CKV_AWS_74",
        "CKV_AWS_78",
        "CKV_AWS_96",
        "CKV_AWS_155",
        "CKV_AWS_156",
        "AwsSolutions-AEC3",
        "AwsSolutions-DDB4",
        "AwsSolutions-DOC1",
        "AwsSolutions-EC26",
        "AwsSolutions-EFS1",
        "AwsSolutions-N4",
        "AwsSolutions-OS8",
        "AwsSolutions-RDS2",
        "AwsSolutions-RS6",
    ],
    checks: &[
        (
            "AWS::AutoScaling::LaunchConfiguration",
            |look, launch, path| volumes(look, launch, path),
        ),
        ("AWS::CodeBuild::Project", |look, project, path| {
            let way = ["Artifacts", "EncryptionDisabled"];
            look.must_not_be_true(&POLICY, project, &way, path, WHAT)
        }),
        ("AWS::DAX::Cluster", |look, cluster, path| {
            let way = ["SSESpecification", "SSEEnabled"];
            look.has_to_be_true(&POLICY, cluster, &way, path, WHAT)
        }),
        ("AWS::DocDB::DBCluster", database),
        ("AWS::EC2::Instance", |look, instance, path| {
            volumes(look, instance, path)
        }),
        ("AWS::EC2::LaunchTemplate", template),
        ("AWS::EC2::Volume", |look, volume, path| {
            look.has_to_be_true(&POLICY, volume, &["Encrypted"], path, WHAT)
        }),
        ("AWS::EFS::FileSystem", |look, files, path| {
            look.has_to_be_true(&POLICY, files, &["Encrypted"], path, WHAT)
        }),
        ("AWS::ElastiCache::ReplicationGroup", |look, group, path| {
            cache::has_to_be_true(
                look,
                &POLICY,
                group,
                "AtRestEncryptionEnabled",
                (path, WHAT),
            )
        }),
        ("AWS::Elasticsearch::Domain", DOMAIN),
        ("AWS::Neptune::DBCluster", database),
        ("AWS::OpenSearchService::Domain", DOMAIN),
        ("AWS::RDS::DBCluster", database),
        ("AWS::RDS::DBInstance", database),
        ("AWS::Redshift::Cluster", |look, cluster, path| {
            // Left out it is, since January 2025.
            look.must_not_be_false(&POLICY, cluster, &["Encrypted"], path, WHAT)
        }),
        ("AWS::WorkSpaces::Workspace", |look, workspace, path| {
            let root = ["RootVolumeEncryptionEnabled"];
            look.has_to_be_true(&POLICY, workspace, &root, path, WHAT)?;
            let user = ["UserVolumeEncryptionEnabled"];
            look.has_to_be_true(&POLICY, workspace, &user, path, WHAT)
        }),
    ],
};

const WHAT: &str = "what is stored here is not encrypted";

const DOMAIN: Check = |look, domain, path| {
    let way = ["EncryptionAtRestOptions", "Enabled"];
    look.has_to_be_true(&POLICY, domain, &way, path, WHAT)
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
    look.has_to_be_true(&POLICY, database, &["StorageEncrypted"], path, WHAT)
}

/// The volumes of a machine.
fn volumes<'t>(look: &mut Look<'_, 't>, machine: &Entries, path: &Path<'_>) -> Looked<'t> {
    const LIST: &str = "BlockDeviceMappings";
    let path = path.key(LIST);
    for (position, mapping) in look.maps_of(machine, &[LIST])? {
        match look.is_given(mapping, &["Ebs"])? {
            Some(true) => {
                let path = path.below(Step::Index(position));
                volume(look, mapping, &path)?;
            }
            // One of the machine's own disks: they encrypt themselves.
            Some(false) => {}
            None => look.doubt(),
        }
    }
    Ok(())
}

fn volume<'t>(look: &mut Look<'_, 't>, mapping: &Entries, path: &Path<'_>) -> Looked<'t> {
    match look.is_given(mapping, &["Ebs", "SnapshotId"])? {
        Some(false) => look.has_to_be_true(&POLICY, mapping, &["Ebs", "Encrypted"], path, WHAT),
        // Of a snapshot it is what that is.
        Some(true) | None => {
            if look.flag(mapping, &["Ebs", "Encrypted"], false)? != Some(true) {
                look.doubt();
            }
            Ok(())
        }
    }
}

fn template<'t>(look: &mut Look<'_, 't>, template: &'t Entries, path: &Path<'_>) -> Looked<'t> {
    const DATA: &str = "LaunchTemplateData";
    match look.given(template, DATA)?.map(Value::as_map) {
        Some(Some(data)) => volumes(look, data, &path.key(DATA))?,
        Some(None) => look.doubt(),
        None => {}
    }
    Ok(())
}
