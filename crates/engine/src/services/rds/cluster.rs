//! `DescribeDBClusters`, and `ModifyDBCluster`: somebody changes a cluster outside of its stack.

use serde_json::{Map, Value, json};
use stratiform_service::{ResourceStatus, Timestamp};

use super::instance::{restorable, secret, texts};
use super::{CLUSTER, INSTANCE, filtered, pages, plain_name};
use crate::call::{Call, Result};
use crate::estate::Living;
use crate::input::Refused;
use crate::services::model;
use crate::state::{Realm, State};

/// The properties that answers have under the same name.
const SAME: [&str; 16] = [
    "AllocatedStorage",
    "AvailabilityZones",
    "BackupRetentionPeriod",
    "CopyTagsToSnapshot",
    "DatabaseName",
    "DeletionProtection",
    "Engine",
    "EngineMode",
    "EngineVersion",
    "KmsKeyId",
    "MasterUsername",
    "Port",
    "PreferredBackupWindow",
    "PreferredMaintenanceWindow",
    "StorageEncrypted",
    "StorageType",
];

pub(super) fn describe(state: &State, call: &Call<'_>) -> Result {
    let now = state.now();
    let realm = state.realm_of(call)?;
    let asked = call.arguments.text("DBClusterIdentifier").map(plain_name);
    let filter = filtered(call, &["db-cluster-id"]);
    if let Some(asked) = &asked
        && realm.estate.living(CLUSTER, asked).is_none()
    {
        return Err(missing(asked));
    }
    let all = realm.estate.all(CLUSTER).filter(|(name, _)| {
        let is_asked = asked.as_ref().is_none_or(|asked| asked == name);
        let fits = filter
            .as_ref()
            .is_none_or(|names| names.iter().any(|known| plain_name(known) == *name));
        is_asked && fits
    });
    pages(
        call,
        "DBClusters",
        all.map(|(name, living)| shown(realm, name, living, now)),
    )
}

pub(super) fn missing(name: &str) -> Refused {
    Refused {
        code: "DBClusterNotFoundFault".to_owned(),
        message: format!("DBCluster {name} not found."),
        http_status: 404,
    }
}

/// All of it is applied at once: what waits for the maintenance window is not told apart here.
pub(super) fn modify(state: &mut State, call: &Call<'_>) -> Result {
    let name = plain_name(call.arguments.needed("DBClusterIdentifier")?);
    let now = state.now();
    let realm = state.realm_of(call)?;
    let living = realm.estate.living(CLUSTER, &name);
    let living = living.ok_or_else(|| missing(&name))?;
    if status(realm, &name, living) != "available" {
        return Err(Refused::new(
            "InvalidDBClusterStateFault",
            format!("The DB cluster {name} is not in available state."),
        ));
    }
    let Value::Object(mut members) = call.arguments.all() else {
        return Err(missing(&name));
    };
    members.remove("DBClusterIdentifier");
    let changes = model::properties(CLUSTER, &members);
    state.change_outside(call, CLUSTER, &name, changes)?;
    let realm = state.realm_of(call)?;
    let living = realm.estate.living(CLUSTER, &name);
    let living = living.ok_or_else(|| missing(&name))?;
    Ok(json!({ "DBCluster": shown(realm, &name, living, now) }))
}

/// How a cluster is: what its stack does with it.
pub(super) fn status(realm: &Realm, name: &str, living: &Living) -> &'static str {
    match realm.status_of(name, living) {
        Some(ResourceStatus::CreateInProgress) => "creating",
        Some(ResourceStatus::UpdateInProgress) => "modifying",
        Some(ResourceStatus::DeleteInProgress) => "deleting",
        _ => "available",
    }
}

fn shown(realm: &Realm, name: &str, living: &Living, now: Timestamp) -> Value {
    let typed = model::typed(CLUSTER, &living.properties);
    let same = SAME
        .iter()
        .filter_map(|property| Some(((*property).to_owned(), typed.get(*property)?.clone())));
    let mut shown: Map<String, Value> = same.collect();
    let status = status(realm, name, living);
    let members = realm.estate.all(INSTANCE);
    let members = members.filter(|(_, member)| member.text("DBClusterIdentifier") == Some(name));
    let members = members.enumerate().map(|(index, (member, _))| {
        json!({
            "DBInstanceIdentifier": member,
            "IsClusterWriter": index == 0,
            "DBClusterParameterGroupStatus": "in-sync",
            "PromotionTier": 1,
        })
    });
    if let Value::Object(own) = json!({
        "DBClusterIdentifier": name,
        "DBClusterArn": living.attribute("DBClusterArn"),
        "DbClusterResourceId": living.attribute("DBClusterResourceId"),
        "Status": status,
        "Endpoint": living.attribute("Endpoint.Address"),
        "ReaderEndpoint": living.attribute("ReadEndpoint.Address"),
        "ClusterCreateTime": living.since,
        "LatestRestorableTime": (status != "creating").then(|| restorable(living, now)).flatten(),
        "MultiAZ": false,
        "DBSubnetGroup": living.text("DBSubnetGroupName"),
        "DBClusterParameterGroup": living.text("DBClusterParameterGroupName"),
        "DBClusterMembers": members.collect::<Vec<_>>(),
        "VpcSecurityGroups": texts(living, "VpcSecurityGroupIds")
            .map(|group| json!({ "VpcSecurityGroupId": group, "Status": "active" }))
            .collect::<Vec<_>>(),
        "MasterUserSecret": secret(living, status == "creating"),
        "TagList": living.all_tags(),
    }) {
        shown.extend(own);
    }
    Value::Object(shown)
}
