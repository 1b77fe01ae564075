//! AWS Backup: vaults, plans, recovery points and the jobs that make, copy and restore them.
//!
//! A recovery point of a database is a snapshot, which a new instance can start from. How far a job is follows from the
//! time.

mod job;
mod point;

use serde_json::{Value, json};

use super::model;
use super::page::page;
use crate::call::{Call, Result, unsupported};
use crate::estate::Living;
use crate::input::Refused;
use crate::state::{Realm, State};

const VAULT: &str = "AWS::Backup::BackupVault";
const PLAN: &str = "AWS::Backup::BackupPlan";
const SELECTION: &str = "AWS::Backup::BackupSelection";

pub(super) fn answer(state: &mut State, call: &mut Call<'_>) -> Result {
    match call.request.operation.as_str() {
        "DescribeBackupVault" => {
            let realm = state.realm_of(call)?;
            let name = call.arguments.needed("BackupVaultName")?;
            let living = vault(realm, name)?;
            Ok(shown_vault(realm, name, living))
        }
        "ListBackupVaults" => {
            let realm = state.realm_of(call)?;
            let vaults = realm.estate.all(VAULT);
            let vaults = vaults.map(|(name, living)| shown_vault(realm, name, living));
            pages(call, "BackupVaultList", vaults)
        }
        "ListBackupPlans" => {
            let plans = state.realm_of(call)?.estate.all(PLAN);
            let plans = plans.map(|(id, living)| shown_plan(id, living));
            pages(call, "BackupPlansList", plans)
        }
        "GetBackupPlan" => plan(state, call),
        "ListBackupSelections" => {
            let plan = call.arguments.needed("BackupPlanId")?;
            let selections = state.realm_of(call)?.estate.all(SELECTION);
            let selections =
                selections.filter(|(_, living)| living.text("BackupPlanId") == Some(plan));
            let selections = selections.map(|(_, living)| {
                let of = |name: &str| living.properties.get("BackupSelection")?.get(name).cloned();
                json!({
                    "SelectionId": living.attribute("SelectionId"),
                    "SelectionName": of("SelectionName"),
                    "IamRoleArn": of("IamRoleArn"),
                    "BackupPlanId": plan,
                    "CreationDate": living.since,
                })
            });
            pages(call, "BackupSelectionsList", selections)
        }
        "GetBackupSelection" => selection(state, call),
        "ListRecoveryPointsByBackupVault" => point::of_vault(state, call),
        "ListRecoveryPointsByResource" => point::of_resource(state, call),
        "DescribeRecoveryPoint" => point::describe(state, call),
        "DeleteRecoveryPoint" => point::delete(state, call),
        "ListProtectedResources" => point::protected(state, call),
        "StartBackupJob" => job::back_up(state, call),
        "StartCopyJob" => job::copy(state, call),
        "StartRestoreJob" => job::restore(state, call),
        "DescribeBackupJob" => job::describe(state, call, job::Kind::Backup),
        "DescribeCopyJob" => job::describe(state, call, job::Kind::Copy),
        "DescribeRestoreJob" => job::describe(state, call, job::Kind::Restore),
        "ListBackupJobs" => job::list(state, call, job::Kind::Backup),
        "ListCopyJobs" => job::list(state, call, job::Kind::Copy),
        "ListRestoreJobs" => job::list(state, call, job::Kind::Restore),
        operation => {
            let message = format!("AWS Backup's {operation} is not in the embedded engine");
            Err(unsupported(call, "InvalidRequestException", message))
        }
    }
}

fn not_found(message: String) -> Refused {
    Refused::new("ResourceNotFoundException", message)
}

fn vault<'r>(realm: &'r Realm, name: &str) -> std::result::Result<&'r Living, Refused> {
    let living = realm.estate.living(VAULT, name);
    living.ok_or_else(|| not_found(format!("Backup Vault {name} does not exist.")))
}

fn vault_arn(realm: &Realm, name: &str) -> String {
    realm.arn("backup", &format!("backup-vault:{name}"))
}

fn pages(call: &Call<'_>, name: &str, all: impl Iterator<Item = Value>) -> Result {
    let most = call.arguments.number("MaxResults")?.unwrap_or(1000);
    let most = usize::try_from(most).unwrap_or(1000);
    let (part, next) = page(all, call.arguments.text("NextToken"), most);
    Ok(json!({ name: part, "NextToken": next }))
}

fn shown_vault(realm: &Realm, name: &str, living: &Living) -> Value {
    json!({
        "BackupVaultName": name,
        "BackupVaultArn": vault_arn(realm, name),
        "VaultType": "BACKUP_VAULT",
        "VaultState": "AVAILABLE",
        "EncryptionKeyArn": living.text("EncryptionKeyArn"),
        "CreationDate": living.since,
        "NumberOfRecoveryPoints": point::count(realm, name),
        "Locked": living.properties.contains_key("LockConfiguration"),
    })
}

fn shown_plan(id: &str, living: &Living) -> Value {
    let of = |name: &str| living.properties.get("BackupPlan")?.get(name).cloned();
    json!({
        "BackupPlanArn": living.attribute("BackupPlanArn"),
        "BackupPlanId": id,
        "BackupPlanName": of("BackupPlanName"),
        "VersionId": living.attribute("VersionId"),
        "CreationDate": living.since,
    })
}

fn plan(state: &State, call: &Call<'_>) -> Result {
    let id = call.arguments.needed("BackupPlanId")?;
    let living = state.realm_of(call)?.estate.living(PLAN, id);
    let living = living.ok_or_else(|| {
        not_found(format!(
            "Failed reading Backup plan with provided version: {id}"
        ))
    })?;
    let typed = model::typed(PLAN, &living.properties);
    let mut plan = typed
        .get("BackupPlan")
        .cloned()
        .unwrap_or_else(|| json!({}));
    // In templates rules have another name, and so has the vault that they aim at.
    if let Some(plan) = plan.as_object_mut()
        && let Some(Value::Array(mut rules)) = plan.remove("BackupPlanRule")
    {
        for rule in rules.iter_mut().filter_map(Value::as_object_mut) {
            if let Some(vault) = rule.remove("TargetBackupVault") {
                rule.insert("TargetBackupVaultName".to_owned(), vault);
            }
        }
        plan.insert("Rules".to_owned(), Value::Array(rules));
    }
    let mut shown = shown_plan(id, living);
    if let Some(shown) = shown.as_object_mut() {
        shown.remove("BackupPlanName");
        shown.insert("BackupPlan".to_owned(), plan);
    }
    Ok(shown)
}

fn selection(state: &State, call: &Call<'_>) -> Result {
    let plan = call.arguments.needed("BackupPlanId")?;
    let id = call.arguments.needed("SelectionId")?;
    let mut all = state.realm_of(call)?.estate.all(SELECTION);
    let found = all.find(|(_, living)| {
        living.text("BackupPlanId") == Some(plan) && living.attribute("SelectionId") == Some(id)
    });
    let (_, living) =
        found.ok_or_else(|| not_found(format!("Cannot find Backup selection {id}")))?;
    Ok(json!({
        "BackupSelection": living.properties.get("BackupSelection"),
        "SelectionId": id,
        "BackupPlanId": plan,
        "CreationDate": living.since,
    }))
}
