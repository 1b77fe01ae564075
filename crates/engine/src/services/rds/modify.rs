//! `ModifyDBInstance`: somebody changes an instance outside of its stack.

use serde_json::{Map, Value, json};

use super::instance::{MODIFIED, shown, status};
use super::{INSTANCE, instance_missing, plain_name};
use crate::call::{Call, Result};
use crate::input::Refused;
use crate::operation::after;
use crate::provider::{self, Action};
use crate::services::model;
use crate::state::State;

/// What waits for the maintenance window, unless it is to be applied at once.
///
/// Source: RDS user guide, "Available settings". What is not here is applied at once.
const WAITING: [&str; 9] = [
    "AllocatedStorage",
    "BackupRetentionPeriod",
    "CACertificateIdentifier",
    "DBInstanceClass",
    "EngineVersion",
    "Iops",
    "MultiAZ",
    "StorageThroughput",
    "StorageType",
];

pub(super) fn modify(state: &mut State, call: &Call<'_>) -> Result {
    let arguments = call.arguments;
    let name = plain_name(arguments.needed("DBInstanceIdentifier")?);
    let now = state.now();
    let realm = state.realm_of(call)?;
    let living = realm.estate.living(INSTANCE, &name);
    let living = living.ok_or_else(|| instance_missing(&name))?;
    if status(realm, &name, living, now) != "available" {
        return Err(Refused::new(
            "InvalidDBInstanceState",
            format!("Database instance {name} is not in available state."),
        ));
    }
    let Value::Object(mut members) = arguments.all() else {
        return Err(instance_missing(&name));
    };
    let at_once = arguments.is("ApplyImmediately")?;
    for hidden in [
        "DBInstanceIdentifier",
        "ApplyImmediately",
        "AllowMajorVersionUpgrade",
    ] {
        members.remove(hidden);
    }
    if let Some(groups) = members.remove("VpcSecurityGroupIds") {
        members.insert("VPCSecurityGroups".to_owned(), groups);
    }
    let changes = model::properties(INSTANCE, &members);
    let differs = |name: &str, value: &Value| living.properties.get(name) != Some(value);
    let changes: Map<String, Value> = changes
        .into_iter()
        .filter(|(name, value)| differs(name, value))
        .collect();
    let is_waiting = |name: &str| !at_once && WAITING.contains(&name);
    let (waiting, applied): (Map<String, Value>, Map<String, Value>) =
        changes.into_iter().partition(|(name, _)| is_waiting(name));
    let course = provider::course(INSTANCE, Action::Update, &living.properties).millis;
    let until = match applied.is_empty() {
        true => now,
        false => after(now, course),
    };
    state.change_outside(call, INSTANCE, &name, applied)?;
    state.expect(call.realm, until);
    let realm = state.realm_mut(call)?;
    let pending = Value::Object(super::typed(&waiting));
    let modified = json!({ "Until": until, "Pending": pending });
    realm.estate.keep(MODIFIED, &name, modified);
    let living = realm.estate.living(INSTANCE, &name);
    let living = living.ok_or_else(|| instance_missing(&name))?;
    Ok(json!({ "DBInstance": shown(realm, &name, living, now) }))
}
