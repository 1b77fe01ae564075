//! Tasks: as many as deployments say, with IDs and addresses that follow from their revision.

use serde_json::{Value, json};

use super::definition::parts;
use super::one_off::OneOff;
use super::rollout::{Outcome, Rollout, Side};
use super::service::Service;
use super::{SERVICE, cluster, resolve};
use crate::call::{Call, Result};
use crate::services::derived::derived;
use crate::services::page::page;
use crate::state::{Realm, State};
use stratiform_service::Timestamp;

/// A task of a service.
struct Task {
    arn: String,
    address: String,
    definition: String,
    group: String,
    cluster: String,
    started: Timestamp,
    by: String,
}

/// Where a load balancer sends requests.
pub(crate) struct Target {
    pub(crate) address: String,
    pub(crate) port: u64,
    pub(crate) health: Health,
}

/// How is a target?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Health {
    Initial,
    Healthy,
    Draining,
}

/// `10.0.` and two numbers that follow from a revision.
fn address(revision: &str, index: u32) -> String {
    let digits = derived(&format!("{revision} {index}")).digits(6);
    let (one, two) = digits.split_at_checked(3).unwrap_or(("0", "0"));
    let number = |digits: &str| digits.parse::<u32>().unwrap_or(0) % 250;
    format!("10.0.{}.{}", number(one), number(two) + 4)
}

impl Service<'_> {
    fn tasks(&self) -> Vec<Task> {
        let running = self.rollouts.running(self.now);
        let tasks = running.into_iter().flat_map(|(rollout, count)| {
            (0..count).map(|index| {
                let id = derived(&format!("{} {index}", rollout.revision)).hex(32);
                let cluster = super::cluster_name(self.arn);
                Task {
                    arn: self.realm.arn("ecs", &format!("task/{cluster}/{id}")),
                    address: address(&rollout.revision, index),
                    definition: rollout.task_definition.clone(),
                    group: format!("service:{}", super::service_name(self.arn)),
                    cluster: self.cluster_arn(),
                    started: rollout.started,
                    by: rollout.id.clone(),
                }
            })
        });
        tasks.collect()
    }
}

/// The tasks of a cluster; those of a service where a call names one.
fn tasks(state: &State, call: &Call<'_>) -> std::result::Result<Vec<Task>, crate::input::Refused> {
    let realm = state.realm_of(call)?;
    let cluster = cluster(realm, call)?;
    let wanted = match call.arguments.text("serviceName") {
        Some(name) => {
            let (arn, _) = resolve(realm, &cluster, name).ok_or_else(super::service_missing)?;
            Some(arn)
        }
        None => None,
    };
    let services = realm.estate.all(SERVICE).filter(|(arn, _)| {
        super::cluster_name(arn) == cluster && wanted.is_none_or(|wanted| wanted == *arn)
    });
    let tasks =
        services.flat_map(|(arn, living)| Service::new(realm, arn, living, state.now()).tasks());
    Ok(tasks.collect())
}

/// The tasks of a cluster that somebody ran by themselves, as far as ECS still shows them.
fn one_off(
    state: &State,
    call: &Call<'_>,
) -> std::result::Result<Vec<OneOff>, crate::input::Refused> {
    let realm = state.realm_of(call)?;
    let cluster = cluster(realm, call)?;
    let tasks = super::one_off(&realm.estate);
    let tasks = tasks
        .filter(|task| super::cluster_name(&task.arn) == cluster && task.is_shown(state.now()));
    Ok(tasks.collect())
}

pub(super) fn list(state: &State, call: &Call<'_>) -> Result {
    let arguments = call.arguments;
    let (family, by) = (arguments.text("family"), arguments.text("startedBy"));
    let others = ["family", "serviceName", "desiredStatus"];
    if by.is_some() && others.iter().any(|other| arguments.text(other).is_some()) {
        return Err(crate::input::Refused::new(
            "InvalidParameterException",
            "startedBy must be the only filter.",
        ));
    }
    let is_stopped = arguments.text("desiredStatus") == Some("STOPPED");
    let is_wanted = |definition: &str, started_by: Option<&str>| {
        family.is_none_or(|family| parts(definition).0 == family)
            && by.is_none_or(|by| started_by == Some(by))
    };
    let services = tasks(state, call)?.into_iter();
    let services = services
        .filter(|task| !is_stopped && is_wanted(&task.definition, Some(&task.by)))
        .map(|task| task.arn);
    let one_off = match arguments.text("serviceName") {
        Some(_) => Vec::new(),
        None => one_off(state, call)?,
    };
    let one_off = one_off.into_iter().filter(|task| {
        task.is_stopped(state.now()) == is_stopped
            && is_wanted(task.definition(), task.started_by())
    });
    let arns = services.chain(one_off.map(|task| task.arn));
    let arns = arns.map(Value::String);
    let (arns, next) = page(arns, call.arguments.text("nextToken"), 100);
    Ok(json!({ "taskArns": arns, "nextToken": next }))
}

pub(super) fn describe(state: &State, call: &Call<'_>) -> Result {
    let there = tasks(state, call)?;
    let one_off = one_off(state, call)?;
    let (mut found, mut failures) = (Vec::new(), Vec::new());
    for asked in call.arguments.texts("tasks").unwrap_or_default() {
        let id = super::service_name(&asked);
        let mut others = one_off.iter();
        if let Some(task) = others.find(|task| super::service_name(&task.arn) == id) {
            found.push(task.shown(state.now()));
            continue;
        }
        match there
            .iter()
            .find(|task| super::service_name(&task.arn) == id)
        {
            Some(task) => found.push(json!({
                "taskArn": task.arn,
                "clusterArn": task.cluster,
                "taskDefinitionArn": task.definition,
                "group": task.group,
                "startedBy": task.by,
                "lastStatus": "RUNNING",
                "desiredStatus": "RUNNING",
                "healthStatus": "HEALTHY",
                "connectivity": "CONNECTED",
                "createdAt": task.started,
                "startedAt": task.started,
                "attachments": [{
                    "id": derived(&task.arn).uuid(),
                    "type": "ElasticNetworkInterface",
                    "status": "ATTACHED",
                    "details": [{ "name": "privateIPv4Address", "value": task.address }],
                }],
                "containers": [],
            })),
            None => failures.push(json!({ "arn": asked, "reason": "MISSING" })),
        }
    }
    Ok(json!({ "tasks": found, "failures": failures }))
}

/// The targets of a target group: the tasks of the services that use it.
pub(crate) fn targets(realm: &Realm, group: &str, now: Timestamp) -> Vec<Target> {
    let mut found = Vec::new();
    for (arn, living) in realm.estate.all(SERVICE) {
        let balancers = living
            .properties
            .get("LoadBalancers")
            .and_then(Value::as_array);
        for balancer in balancers.into_iter().flatten() {
            let text = |value: Option<&Value>| value.and_then(Value::as_str).map(str::to_owned);
            let blue = text(balancer.get("TargetGroupArn"));
            let advanced = balancer.get("AdvancedConfiguration");
            let green = text(advanced.and_then(|advanced| advanced.get("AlternateTargetGroupArn")));
            let port = text(balancer.get("ContainerPort")).and_then(|port| port.parse().ok());
            let service = Service::new(realm, arn, living, now);
            let is_here = |rollout: &Rollout| {
                let side = match (rollout.side, &green) {
                    (Side::Green, Some(_)) => &green,
                    (Side::Blue | Side::Green, _) => &blue,
                };
                side.as_deref() == Some(group)
            };
            let running = service.rollouts.running(now);
            for (place, (rollout, count)) in running.into_iter().enumerate() {
                if is_here(rollout) {
                    found.extend((0..rollout.desired).filter_map(|index| {
                        let health = health(rollout, place, index, count, now)?;
                        Some(Target {
                            address: address(&rollout.revision, index),
                            port: port.unwrap_or(80),
                            health,
                        })
                    }));
                }
            }
        }
    }
    found
}

/// How the task at an index is, where it is a target.
fn health(
    rollout: &Rollout,
    place: usize,
    index: u32,
    running: u32,
    now: Timestamp,
) -> Option<Health> {
    let is_old = place > 0;
    match (index < running, is_old) {
        (true, _) => Some(Health::Healthy),
        // What is left of the one before drains.
        (false, true) => Some(Health::Draining),
        (false, false) => {
            let starts = rollout.progress(now) == super::rollout::Progress::Running
                && rollout.outcome != Outcome::Stall;
            starts.then_some(Health::Initial)
        }
    }
}
