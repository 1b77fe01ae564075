//! RDS: instances, clusters and their snapshots.
//!
//! A snapshot has one shape, whoever takes it: a stack that deletes what it snapshots, a call, or AWS Backup. It is ready at
//! once where it says no other time.

mod automated;
mod cluster;
mod instance;
mod modify;
mod snapshot;

use serde_json::{Map, Value, json};

use super::model;
use super::page::page;
use crate::call::{Call, Result, unsupported};
use crate::input::Refused;
use crate::state::State;

pub(super) use snapshot::{take, taken_before};

const INSTANCE: &str = "AWS::RDS::DBInstance";
const CLUSTER: &str = "AWS::RDS::DBCluster";

pub(super) fn answer(state: &mut State, call: &mut Call<'_>) -> Result {
    match call.request.operation.as_str() {
        "DescribeDBInstances" => instance::describe(state, call),
        "DescribeDBInstanceAutomatedBackups" => automated::describe(state, call),
        "ModifyDBInstance" => modify::modify(state, call),
        "ModifyDBCluster" => cluster::modify(state, call),
        "DescribeDBClusters" => cluster::describe(state, call),
        "CreateDBSnapshot" => snapshot::create(state, call),
        "CreateDBClusterSnapshot" => snapshot::create_of_cluster(state, call),
        "DescribeDBSnapshots" => snapshot::describe(state, call),
        "DescribeDBClusterSnapshots" => snapshot::describe_of_clusters(state, call),
        "CopyDBSnapshot" => snapshot::copy(state, call, &snapshot::OF_INSTANCES),
        "CopyDBClusterSnapshot" => snapshot::copy(state, call, &snapshot::OF_CLUSTERS),
        "DeleteDBSnapshot" => snapshot::delete(state, call),
        operation => {
            let message = format!("RDS's {operation} is not in the embedded engine");
            Err(unsupported(call, "InvalidAction", message))
        }
    }
}

fn instance_missing(name: &str) -> Refused {
    Refused {
        code: "DBInstanceNotFound".to_owned(),
        message: format!("DBInstance {name} not found."),
        http_status: 404,
    }
}

/// A page under the name of its list.
fn pages(call: &Call<'_>, name: &str, all: impl Iterator<Item = Value>) -> Result {
    let most = call.arguments.number("MaxRecords")?.unwrap_or(100);
    let most = usize::try_from(most).unwrap_or(100);
    let (part, marker) = page(all, call.arguments.text("Marker"), most);
    Ok(json!({ name: part, "Marker": marker }))
}

/// The values that a filter with one of the names asks for; none where there is no such filter.
fn filtered(call: &Call<'_>, names: &[&str]) -> Option<Vec<String>> {
    let filters = call.arguments.structures("Filters").unwrap_or_default();
    let filter = filters.into_iter().find(|filter| {
        filter
            .text("Name")
            .is_some_and(|name| names.contains(&name))
    });
    filter.and_then(|filter| filter.texts("Values"))
}

/// The name in an ARN; a name as it is. Names are in small letters.
fn plain_name(asked: &str) -> String {
    let name = match asked.starts_with("arn:") {
        true => asked.splitn(7, ':').nth(6).unwrap_or(asked),
        false => asked,
    };
    name.to_lowercase()
}

/// Properties of an instance, typed: storage is a number in answers, and a text in templates.
fn typed(properties: &Map<String, Value>) -> Map<String, Value> {
    let mut typed = model::typed(INSTANCE, properties);
    let storage = typed.get("AllocatedStorage").and_then(Value::as_str);
    if let Some(number) = storage.and_then(|storage| storage.parse::<u64>().ok()) {
        typed.insert("AllocatedStorage".to_owned(), number.into());
    }
    typed
}
