//! `DescribeDBInstanceAutomatedBackups`: what RDS saves by itself, here and of instances of other regions that replicate it
//! here.

use serde_json::{Value, json};
use stratiform_service::Timestamp;

use super::instance::restorable;
use super::{INSTANCE, filtered, pages, plain_name};
use crate::call::{Call, Result};
use crate::estate::Living;
use crate::services::derived::derived;
use crate::state::{Realm, State};

/// The ARN of the replica in a region.
pub(super) fn arn(realm: &Realm, living: &Living, region: &str) -> String {
    let id = derived(living.attribute("DbiResourceId").unwrap_or_default());
    let (partition, account, id) = (realm.region.partition(), &realm.account, { id }.lower(26));
    format!("arn:{partition}:rds:{region}:{account}:auto-backup:ab-{id}")
}

pub(super) fn describe(state: &State, call: &Call<'_>) -> Result {
    let here = state.realm_of(call)?;
    let asked = call.arguments.text("DBInstanceIdentifier").map(plain_name);
    let filter = filtered(call, &["db-instance-id"]);
    let now = state.now();
    let realms = state.realms.iter();
    let realms = realms.filter(|realm| realm.account == here.account);
    let all = realms.flat_map(|realm| {
        let all = realm.estate.all(INSTANCE);
        all.filter(move |(_, living)| is_saved(realm, living, here))
            .map(move |(name, living)| (realm, name, living))
    });
    let all = all.filter(|(_, name, _)| {
        let fits = filter
            .as_ref()
            .is_none_or(|names| names.iter().any(|known| plain_name(known) == *name));
        asked.as_ref().is_none_or(|asked| asked == name) && fits
    });
    let shown = all.map(|(realm, name, living)| shown(realm, name, living, now, here));
    pages(call, "DBInstanceAutomatedBackups", shown)
}

/// Whether backups of an instance of a realm are kept here.
fn is_saved(realm: &Realm, living: &Living, here: &Realm) -> bool {
    let keeps = living.text("BackupRetentionPeriod") != Some("0");
    let to = living.text("AutomaticBackupReplicationRegion");
    keeps && (realm.region == here.region || to == Some(here.region.as_str()))
}

fn shown(realm: &Realm, name: &str, living: &Living, now: Timestamp, here: &Realm) -> Value {
    let latest = restorable(living, now);
    let days = living.text("BackupRetentionPeriod");
    json!({
        "DBInstanceIdentifier": name,
        "DBInstanceArn": living.attribute("DBInstanceArn"),
        "DbiResourceId": living.attribute("DbiResourceId"),
        "DBInstanceAutomatedBackupsArn": arn(realm, living, here.region.as_str()),
        "Region": realm.region,
        "Status": if latest.is_some() { "active" } else { "creating" },
        "RestoreWindow": latest.map(|latest| json!({
            "EarliestTime": living.since,
            "LatestTime": latest,
        })),
        "BackupRetentionPeriod": days.and_then(|days| days.parse::<u64>().ok()).unwrap_or(1),
        "Engine": living.text("Engine"),
        "EngineVersion": living.text("EngineVersion"),
        "Encrypted": living.is("StorageEncrypted"),
        "KmsKeyId": living.text("KmsKeyId"),
    })
}
