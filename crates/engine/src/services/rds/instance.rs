//! `DescribeDBInstances`.

use serde_json::{Map, Value, json};
use stratiform_service::{ResourceStatus, Timestamp};

use super::{INSTANCE, automated, filtered, instance_missing, pages, plain_name, snapshot};
use crate::call::{Call, Result};
use crate::estate::Living;
use crate::operation::after;
use crate::provider::{self, Action};
use crate::state::{Realm, State};

/// What `ModifyDBInstance` is doing, by instance.
pub(super) const MODIFIED: &str = "modified-instances";

/// Milliseconds by which what can be restored is behind.
const BEHIND: i64 = 300_000;

/// Properties that have another name in answers.
///
/// Source: the service model of `rds` in botocore 1.43.11.
const RENAMED: [(&str, &str); 5] = [
    (
        "EnableCloudwatchLogsExports",
        "EnabledCloudwatchLogsExports",
    ),
    (
        "EnableIAMDatabaseAuthentication",
        "IAMDatabaseAuthenticationEnabled",
    ),
    ("EnablePerformanceInsights", "PerformanceInsightsEnabled"),
    (
        "SourceDBInstanceIdentifier",
        "ReadReplicaSourceDBInstanceIdentifier",
    ),
    ("AssociatedRoles", "AssociatedRoles"),
];

/// Properties that answers do not have, or have elsewhere.
const HIDDEN: [&str; 23] = [
    "AllowMajorVersionUpgrade",
    "ApplyImmediately",
    "AutomaticBackupReplicationKmsKeyId",
    "AutomaticBackupReplicationRegion",
    "AutomaticBackupReplicationRetentionPeriod",
    "CertificateRotationRestart",
    "DBParameterGroupName",
    "DBSecurityGroups",
    "DBSnapshotIdentifier",
    "DBSubnetGroupName",
    "DeleteAutomatedBackups",
    "ManageMasterUserPassword",
    "MasterUserPassword",
    "MasterUserSecret",
    "OptionGroupName",
    "Port",
    "RestoreTime",
    "SourceDBInstanceAutomatedBackupsArn",
    "SourceDbiResourceId",
    "SourceRegion",
    "Tags",
    "UseDefaultProcessorFeatures",
    "VPCSecurityGroups",
];

pub(super) fn describe(state: &State, call: &Call<'_>) -> Result {
    let realm = state.realm_of(call)?;
    let asked = call.arguments.text("DBInstanceIdentifier").map(plain_name);
    let filter = filtered(call, &["db-instance-id"]);
    if let Some(asked) = &asked
        && realm.estate.living(INSTANCE, asked).is_none()
    {
        return Err(instance_missing(asked));
    }
    let all = realm.estate.all(INSTANCE).filter(|(name, _)| {
        let is_asked = asked.as_ref().is_none_or(|asked| asked == name);
        let fits = filter
            .as_ref()
            .is_none_or(|names| names.iter().any(|known| plain_name(known) == *name));
        is_asked && fits
    });
    let now = state.now();
    pages(
        call,
        "DBInstances",
        all.map(|(name, living)| shown(realm, name, living, now)),
    )
}

/// How an instance is: what its stack does with it, what a call does, or what is saved of it.
///
/// Source: RDS user guide, "Viewing Amazon RDS DB instance status". That the last fifth of a creation is its first backup is
/// ours.
pub(super) fn status(realm: &Realm, name: &str, living: &Living, now: Timestamp) -> &'static str {
    match realm.status_of(name, living) {
        Some(ResourceStatus::CreateInProgress) => {
            let course = provider::course(INSTANCE, Action::Create, &living.properties);
            let is_saved = now >= after(living.since, course.millis * 4 / 5);
            return if is_saved { "backing-up" } else { "creating" };
        }
        Some(ResourceStatus::UpdateInProgress) => return "modifying",
        Some(ResourceStatus::DeleteInProgress) => return "deleting",
        _ => {}
    }
    let modified = realm.estate.kept(MODIFIED, name);
    let until = modified.and_then(|modified| modified.get("Until")?.as_str()?.parse().ok());
    if until.is_some_and(|until: Timestamp| now < until) {
        return "modifying";
    }
    match snapshot::is_saving(&realm.estate, name, now) {
        true => "backing-up",
        false => "available",
    }
}

/// An instance as answers have it; never its password.
pub(super) fn shown(realm: &Realm, name: &str, living: &Living, now: Timestamp) -> Value {
    let status = status(realm, name, living, now);
    let mut shown = Map::new();
    for (property, value) in super::typed(&living.properties) {
        if HIDDEN.contains(&property.as_str()) {
            continue;
        }
        let renamed = RENAMED.iter().find(|(known, _)| *known == property);
        let name = renamed.map_or(property.as_str(), |(_, renamed)| *renamed);
        shown.insert(name.to_owned(), value);
    }
    for (name, value) in [
        ("AutoMinorVersionUpgrade", json!(true)),
        ("BackupRetentionPeriod", json!(1)),
        ("CopyTagsToSnapshot", json!(false)),
        ("DeletionProtection", json!(false)),
        ("IAMDatabaseAuthenticationEnabled", json!(false)),
        ("LicenseModel", json!("postgresql-license")),
        ("MonitoringInterval", json!(0)),
        ("MultiAZ", json!(false)),
        ("NetworkType", json!("IPV4")),
        ("PerformanceInsightsEnabled", json!(false)),
        ("PubliclyAccessible", json!(false)),
        ("ReadReplicaDBInstanceIdentifiers", json!([])),
        ("StorageEncrypted", json!(false)),
        ("StorageType", json!("gp2")),
        ("AvailabilityZone", json!(format!("{}a", realm.region))),
    ] {
        shown.entry(name).or_insert(value);
    }
    let is_new = status == "creating";
    let saves = shown.get("BackupRetentionPeriod").and_then(Value::as_i64) != Some(0);
    let restorable = restorable(living, now).filter(|_| saves && !is_new);
    let port = living
        .attribute("Endpoint.Port")
        .and_then(|port| port.parse::<u64>().ok());
    let own = json!({
        "DBInstanceIdentifier": name,
        "DBInstanceArn": living.attribute("DBInstanceArn"),
        "DBInstanceStatus": status,
        "DbiResourceId": living.attribute("DbiResourceId"),
        "DbInstancePort": 0,
        "InstanceCreateTime": (!is_new).then_some(living.since),
        "Endpoint": (!is_new).then(|| json!({
            "Address": living.attribute("Endpoint.Address"),
            "Port": port,
            "HostedZoneId": living.attribute("Endpoint.HostedZoneId"),
        })),
        "LatestRestorableTime": restorable,
        "SecondaryAvailabilityZone": living.is("MultiAZ").then(|| format!("{}b", realm.region)),
        "PendingModifiedValues": realm.estate.kept(MODIFIED, name)
            .and_then(|modified| modified.get("Pending")).cloned().unwrap_or_else(|| json!({})),
        "MasterUserSecret": secret(living, is_new),
        "CertificateDetails": {
            "CAIdentifier": living.attribute("CertificateDetails.CAIdentifier"),
            "ValidTill": living.attribute("CertificateDetails.ValidTill"),
        },
        "VpcSecurityGroups": texts(living, "VPCSecurityGroups")
            .map(|group| json!({ "VpcSecurityGroupId": group, "Status": "active" }))
            .collect::<Vec<_>>(),
        "DBSecurityGroups": [],
        "DBParameterGroups": [{
            "DBParameterGroupName": living.text("DBParameterGroupName").map_or_else(
                || format!("default.{}", living.text("Engine").unwrap_or_default()), str::to_owned),
            "ParameterApplyStatus": "in-sync",
        }],
        "DBSubnetGroup": living.text("DBSubnetGroupName").map(|group| subnets(realm, group)),
        "OptionGroupMemberships": living.text("OptionGroupName").map(|group| json!([
            { "OptionGroupName": group, "Status": "in-sync" }
        ])),
        "DBInstanceAutomatedBackupsReplications": replications(realm, living),
        "TagList": living.all_tags(),
    });
    if let Value::Object(own) = own {
        shown.extend(own);
    }
    Value::Object(shown)
}

/// Until when something can be restored; none so soon after it was made.
pub(super) fn restorable(living: &Living, now: Timestamp) -> Option<Timestamp> {
    let restorable = Timestamp::from_millis(now.millis() - BEHIND);
    restorable.filter(|at| *at >= living.since)
}

/// The secret of the master user, where RDS manages it.
pub(super) fn secret(living: &Living, is_new: bool) -> Option<Value> {
    let arn = living.attribute("MasterUserSecret.SecretArn")?;
    let key = living.properties.get("MasterUserSecret");
    Some(json!({
        "SecretArn": arn,
        "SecretStatus": if is_new { "creating" } else { "active" },
        "KmsKeyId": key.and_then(|key| key.get("KmsKeyId")),
    }))
}

pub(super) fn texts<'l>(
    living: &'l Living,
    name: &str,
) -> impl Iterator<Item = &'l str> + Clone + use<'l> {
    let list = living.properties.get(name).and_then(Value::as_array);
    list.into_iter().flatten().filter_map(Value::as_str)
}

fn subnets(realm: &Realm, group: &str) -> Value {
    let living = realm.estate.living("AWS::RDS::DBSubnetGroup", group);
    let subnets = living
        .into_iter()
        .flat_map(|living| texts(living, "SubnetIds"));
    let vpc = subnets.clone().next().and_then(|subnet| {
        let subnet = realm.estate.living("AWS::EC2::Subnet", subnet)?;
        subnet.text("VpcId")
    });
    let subnets = subnets
        .zip(["a", "b", "c", "d", "e", "f"])
        .map(|(subnet, zone)| {
            json!({
                "SubnetIdentifier": subnet,
                "SubnetAvailabilityZone": { "Name": format!("{}{zone}", realm.region) },
                "SubnetStatus": "Active",
            })
        });
    json!({
        "DBSubnetGroupName": group,
        "DBSubnetGroupDescription": living.and_then(|living| living.text("DBSubnetGroupDescription")),
        "DBSubnetGroupArn": realm.arn("rds", &format!("subgrp:{group}")),
        "SubnetGroupStatus": "Complete",
        "VpcId": vpc,
        "Subnets": subnets.collect::<Vec<_>>(),
    })
}

/// Where automated backups are replicated to.
fn replications(realm: &Realm, living: &Living) -> Vec<Value> {
    let to = living
        .text("AutomaticBackupReplicationRegion")
        .filter(|to| !to.is_empty());
    let replication =
        to.map(|to| json!({ "DBInstanceAutomatedBackupsArn": automated::arn(realm, living, to) }));
    replication.into_iter().collect()
}
