//! ECS: clusters, services and their deployments, task definitions, tasks.
//!
//! What lives here: which operations there are, and how things are found. A deployment is settled when it begins
//! (`ecs/begin.rs`); how far it is follows from the time (`ecs/rollout.rs`).

pub(crate) mod begin;
mod definition;
mod deployment;
mod fail;
mod history;
mod one_off;
mod rollout;
mod service;
mod task;
mod update;

use serde_json::{Value, json};

use super::model;
use super::page::page;
use crate::call::{Call, Result, unsupported};
use crate::estate::Living;
use crate::input::Refused;
use crate::state::{Realm, State};
use service::Service;

pub(super) use definition::{images, keep_definition};
pub(super) use one_off::all as one_off;
pub(super) use task::{Health, targets};

pub(crate) const SERVICE: &str = "AWS::ECS::Service";
const CLUSTER: &str = "AWS::ECS::Cluster";

pub(super) fn answer(state: &mut State, call: &mut Call<'_>) -> Result {
    match call.request.operation.as_str() {
        "DescribeServices" => describe_services(state, call),
        "ListServices" => list_services(state, call),
        "UpdateService" => update::update(state, call),
        "DescribeClusters" => describe_clusters(state, call),
        "ListClusters" => {
            let realm = state.realm_of(call)?;
            let clusters = realm.estate.all(CLUSTER);
            let arns = clusters.map(|(name, living)| cluster_arn(realm, name, living).into());
            let (arns, next) = page(arns, call.arguments.text("nextToken"), 100);
            Ok(json!({ "clusterArns": arns, "nextToken": next }))
        }
        "DescribeTaskDefinition" => definition::describe(state, call),
        "RegisterTaskDefinition" => definition::register(state, call),
        "ListTaskDefinitions" => definition::list(state, call),
        "ListServiceDeployments" => deployment::list(state, call),
        "DescribeServiceDeployments" => deployment::describe(state, call),
        "DescribeServiceRevisions" => deployment::revisions(state, call),
        "StopServiceDeployment" => deployment::stop(state, call),
        "RunTask" => one_off::run(state, call),
        "StopTask" => one_off::stop(state, call),
        "ListTasks" => task::list(state, call),
        "DescribeTasks" => task::describe(state, call),
        operation => {
            let message = format!("ECS's {operation} is not in the embedded engine");
            Err(unsupported(call, "UnknownOperationException", message))
        }
    }
}

/// The name of a service, in its ARN.
pub(crate) fn service_name(arn: &str) -> &str {
    arn.rsplit('/').next().unwrap_or(arn)
}

/// The name of a service's cluster, in the service's ARN.
fn cluster_name(arn: &str) -> &str {
    arn.rsplit('/').nth(1).unwrap_or("default")
}

/// The name of the cluster that a call means.
fn cluster(realm: &Realm, call: &Call<'_>) -> std::result::Result<String, Refused> {
    let asked = call.arguments.text("cluster").unwrap_or("default");
    let name = service_name(asked);
    // The default cluster is made by whoever uses it.
    let is_there = name == "default" || realm.estate.living(CLUSTER, name).is_some();
    match is_there {
        true => Ok(name.to_owned()),
        false => Err(Refused::new(
            "ClusterNotFoundException",
            "Cluster not found.",
        )),
    }
}

/// A service of a cluster, by name or ARN.
fn resolve<'r>(realm: &'r Realm, cluster: &str, asked: &str) -> Option<(&'r str, &'r Living)> {
    let name = service_name(asked);
    let mut services = realm.estate.all(SERVICE);
    services.find(|(arn, _)| cluster_name(arn) == cluster && service_name(arn) == name)
}

/// The service that an ARN of another kind belongs to.
fn service_of<'r>(realm: &'r Realm, arn: &str, kind: &str) -> Option<(&'r str, &'r Living)> {
    let (service, _) = arn.rsplit_once('/')?;
    let service = service.replacen(kind, ":service/", 1);
    realm.estate.all(SERVICE).find(|(arn, _)| *arn == service)
}

fn service_missing() -> Refused {
    Refused::new("ServiceNotFoundException", "Service not found.")
}

fn includes(call: &Call<'_>, what: &str) -> bool {
    let included = call.arguments.texts("include").unwrap_or_default();
    included.iter().any(|included| included == what)
}

fn describe_services(state: &State, call: &Call<'_>) -> Result {
    let realm = state.realm_of(call)?;
    let cluster = cluster(realm, call)?;
    let asked = call.arguments.texts("services").unwrap_or_default();
    if asked.is_empty() {
        return Err(Refused::new(
            "InvalidParameterException",
            "Services cannot be empty.",
        ));
    }
    let (mut services, mut failures) = (Vec::new(), Vec::new());
    for asked in asked {
        match resolve(realm, &cluster, &asked) {
            Some((arn, living)) => {
                let service = Service::new(realm, arn, living, state.now());
                let mut shown = service.shown();
                if let Some(shown) = shown.as_object_mut().filter(|_| includes(call, "TAGS")) {
                    shown.insert("tags".to_owned(), service.tags());
                }
                services.push(shown);
            }
            None => {
                let name = service_name(&asked);
                let arn = realm.arn("ecs", &format!("service/{cluster}/{name}"));
                failures.push(json!({ "arn": arn, "reason": "MISSING" }));
            }
        }
    }
    Ok(json!({ "services": services, "failures": failures }))
}

fn list_services(state: &State, call: &Call<'_>) -> Result {
    let realm = state.realm_of(call)?;
    let cluster = cluster(realm, call)?;
    let arns = realm.estate.all(SERVICE).map(|(arn, _)| arn);
    let arns = arns
        .filter(|arn| cluster_name(arn) == cluster)
        .map(Value::from);
    let most = call.arguments.number("maxResults")?.unwrap_or(10);
    let most = usize::try_from(most).unwrap_or(10);
    let (arns, next) = page(arns, call.arguments.text("nextToken"), most);
    Ok(json!({ "serviceArns": arns, "nextToken": next }))
}

fn cluster_arn(realm: &Realm, name: &str, living: &Living) -> String {
    let arn = living.attribute("Arn").map(str::to_owned);
    arn.unwrap_or_else(|| realm.arn("ecs", &format!("cluster/{name}")))
}

fn describe_clusters(state: &State, call: &Call<'_>) -> Result {
    let realm = state.realm_of(call)?;
    let asked = call
        .arguments
        .texts("clusters")
        .filter(|asked| !asked.is_empty());
    let asked = asked.unwrap_or_else(|| vec!["default".to_owned()]);
    let (mut clusters, mut failures) = (Vec::new(), Vec::new());
    for asked in asked {
        let name = service_name(&asked);
        let Some(living) = realm.estate.living(CLUSTER, name) else {
            let arn = realm.arn("ecs", &format!("cluster/{name}"));
            failures.push(json!({ "arn": arn, "reason": "MISSING" }));
            continue;
        };
        let services = realm.estate.all(SERVICE);
        let services = services.filter(|(arn, _)| cluster_name(arn) == name);
        let (mut active, mut running, mut pending) = (0, 0, 0);
        for (arn, living) in services {
            let service = Service::new(realm, arn, living, state.now());
            let shown = service.shown();
            let count = |name: &str| shown.get(name).and_then(Value::as_u64).unwrap_or(0);
            active += 1;
            running += count("runningCount");
            pending += count("pendingCount");
        }
        let shown = model::small(CLUSTER, &living.properties);
        let of_cluster = |name: &str| shown.get(name).cloned();
        clusters.push(json!({
            "clusterArn": cluster_arn(realm, name, living),
            "clusterName": name,
            "status": "ACTIVE",
            "registeredContainerInstancesCount": 0,
            "runningTasksCount": running,
            "pendingTasksCount": pending,
            "activeServicesCount": active,
            "statistics": [],
            "tags": [],
            "settings": of_cluster("clusterSettings").unwrap_or_else(|| json!([])),
            "capacityProviders": of_cluster("capacityProviders").unwrap_or_else(|| json!([])),
            "defaultCapacityProviderStrategy":
                of_cluster("defaultCapacityProviderStrategy").unwrap_or_else(|| json!([])),
            "configuration": of_cluster("configuration"),
            "serviceConnectDefaults": of_cluster("serviceConnectDefaults"),
        }));
    }
    Ok(json!({ "clusters": clusters, "failures": failures }))
}
