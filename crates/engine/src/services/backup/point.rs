//! Recovery points.

use serde_json::{Value, json};
use stratiform_service::Timestamp;

use super::{not_found, pages, vault, vault_arn};
use crate::call::{Call, Result};
use crate::input::Refused;
use crate::state::{Realm, State};

/// Where recovery points are kept, under their ARN.
pub(super) const KEPT: &str = "recovery-points";

fn text<'v>(value: &'v Value, name: &str) -> Option<&'v str> {
    value.get(name)?.as_str()
}

fn all(realm: &Realm) -> impl Iterator<Item = (&String, &Value)> {
    realm.estate.kept.get(KEPT).into_iter().flatten()
}

/// How many a vault has.
pub(super) fn count(realm: &Realm, vault: &str) -> usize {
    all(realm)
        .filter(|(_, point)| text(point, "Vault") == Some(vault))
        .count()
}

fn is_done(point: &Value, now: Timestamp) -> bool {
    let done: Option<Timestamp> = text(point, "Completed").and_then(|at| at.parse().ok());
    done.is_none_or(|done| done <= now)
}

fn shown(realm: &Realm, arn: &str, point: &Value, now: Timestamp) -> Value {
    let vault = text(point, "Vault").unwrap_or_default();
    let is_done = is_done(point, now);
    json!({
        "RecoveryPointArn": arn,
        "BackupVaultName": vault,
        "BackupVaultArn": vault_arn(realm, vault),
        "SourceBackupVaultArn": point.get("SourceVault"),
        "ResourceArn": point.get("Resource"),
        "ResourceType": point.get("Kind"),
        "IamRoleArn": point.get("Role"),
        "Status": if is_done { "COMPLETED" } else { "CREATING" },
        "CreationDate": point.get("Created"),
        "CompletionDate": is_done.then(|| point.get("Completed")),
        "Lifecycle": point.get("Lifecycle"),
        "BackupSizeInBytes": 0,
        "IsEncrypted": true,
        "IsParent": false,
    })
}

pub(super) fn of_vault(state: &State, call: &Call<'_>) -> Result {
    let arguments = call.arguments;
    let name = arguments.needed("BackupVaultName")?;
    let realm = state.realm_of(call)?;
    vault(realm, name)?;
    let resource = arguments.text("ByResourceArn");
    let kind = arguments.text("ByResourceType");
    let found = all(realm).filter(|(_, point)| {
        text(point, "Vault") == Some(name)
            && (resource.is_none() || text(point, "Resource") == resource)
            && (kind.is_none() || text(point, "Kind") == kind)
    });
    let now = state.now();
    pages(
        call,
        "RecoveryPoints",
        found.map(|(arn, point)| shown(realm, arn, point, now)),
    )
}

pub(super) fn of_resource(state: &State, call: &Call<'_>) -> Result {
    let resource = call.arguments.needed("ResourceArn")?;
    let realm = state.realm_of(call)?;
    let found = all(realm).filter(|(_, point)| text(point, "Resource") == Some(resource));
    let now = state.now();
    pages(
        call,
        "RecoveryPoints",
        found.map(|(arn, point)| shown(realm, arn, point, now)),
    )
}

/// The recovery point that a call names, in the vault that it names.
pub(super) fn needed<'r>(
    realm: &'r Realm,
    call: &Call<'_>,
    vault: Option<&str>,
) -> std::result::Result<&'r Value, Refused> {
    let arn = call.arguments.needed("RecoveryPointArn")?;
    let point = realm.estate.kept(KEPT, arn);
    let point = point.filter(|point| vault.is_none() || text(point, "Vault") == vault);
    point.ok_or_else(|| not_found(format!("Cannot find recovery point: {arn}")))
}

pub(super) fn describe(state: &State, call: &Call<'_>) -> Result {
    let realm = state.realm_of(call)?;
    let vault = call.arguments.needed("BackupVaultName")?;
    let point = needed(realm, call, Some(vault))?;
    let arn = call.arguments.needed("RecoveryPointArn")?;
    let mut shown = shown(realm, arn, point, state.now());
    if let Some(shown) = shown.as_object_mut() {
        shown.insert("StorageClass".to_owned(), "WARM".into());
    }
    Ok(shown)
}

pub(super) fn delete(state: &mut State, call: &Call<'_>) -> Result {
    let vault = call.arguments.needed("BackupVaultName")?;
    needed(state.realm_of(call)?, call, Some(vault))?;
    let arn = call.arguments.needed("RecoveryPointArn")?;
    let estate = &mut state.realm_mut(call)?.estate;
    if let Some(points) = estate.kept.get_mut(KEPT) {
        points.remove(arn);
    }
    let snapshot = arn.split_once(":snapshot:").map(|(_, name)| name);
    if let (Some(name), Some(snapshots)) = (snapshot, estate.kept.get_mut("snapshots")) {
        snapshots.remove(name);
    }
    Ok(json!({}))
}

/// What has a recovery point.
pub(super) fn protected(state: &State, call: &Call<'_>) -> Result {
    let realm = state.realm_of(call)?;
    let now = state.now();
    let mut last: std::collections::BTreeMap<&str, (&String, &Value)> =
        std::collections::BTreeMap::new();
    for (arn, point) in all(realm).filter(|(_, point)| is_done(point, now)) {
        let Some(resource) = text(point, "Resource") else {
            continue;
        };
        let known = last.entry(resource).or_insert((arn, point));
        if text(known.1, "Created") < text(point, "Created") {
            *known = (arn, point);
        }
    }
    let shown = last.into_iter().map(|(resource, (arn, point))| {
        json!({
            "ResourceArn": resource,
            "ResourceType": point.get("Kind"),
            "LastBackupTime": point.get("Created"),
            "LastBackupVaultArn": vault_arn(realm, text(point, "Vault").unwrap_or_default()),
            "LastRecoveryPointArn": arn,
        })
    });
    pages(call, "Results", shown)
}
