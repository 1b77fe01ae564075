//! `DescribeServices`: services, their deployments and their events.

use serde_json::{Map, Value, json};
use stratiform_service::{ResourceStatus, Timestamp};

use super::history::Rollouts;
use super::rollout::{Cause, Outcome, Progress, Rollout};
use super::{CLUSTER, SERVICE, service_name};
use crate::estate::Living;
use crate::operation::after;
use crate::services::derived::derived;
use crate::services::model;
use crate::state::Realm;

/// How many events are shown.
const EVENTS: usize = 100;

/// A service and its deployments, at a moment.
pub(crate) struct Service<'r> {
    pub(crate) realm: &'r Realm,
    pub(crate) arn: &'r str,
    pub(crate) living: &'r Living,
    pub(crate) rollouts: Rollouts,
    pub(crate) now: Timestamp,
}

impl<'r> Service<'r> {
    pub(crate) fn new(realm: &'r Realm, arn: &'r str, living: &'r Living, now: Timestamp) -> Self {
        Service {
            realm,
            arn,
            living,
            rollouts: Rollouts::of(&realm.estate, arn, now),
            now,
        }
    }

    /// As `DescribeServices` shows it.
    pub(crate) fn shown(&self) -> Value {
        let mut shown = model::small(SERVICE, &self.living.properties);
        for moved in [
            "role",
            "serviceConnectConfiguration",
            "volumeConfigurations",
            "forceNewDeployment",
        ] {
            shown.remove(moved);
        }
        for (written, called) in [("placementStrategies", "placementStrategy")] {
            if let Some(value) = shown.remove(written) {
                shown.insert(called.to_owned(), value);
            }
        }
        shown.remove("cluster");
        shown.remove("tags");
        let running = self.rollouts.running(self.now);
        let count: u32 = running.iter().map(|(_, count)| count).sum();
        let current = self.rollouts.current();
        let desired = current.map_or(0, |current| current.desired);
        let pending = current.map_or(0, |current| pending(current, self.now));
        let moving = current.filter(|current| self.is_moving(current));
        let own = json!({
            "serviceArn": self.arn,
            "serviceName": service_name(self.arn),
            "clusterArn": self.cluster_arn(),
            "status": self.status(),
            "desiredCount": desired,
            "runningCount": count,
            "pendingCount": pending,
            "taskDefinition": current.map(|current| &current.task_definition),
            "roleArn": self.living.text("Role"),
            "createdAt": self.living.since,
            "createdBy": format!("arn:{}:iam::{}:root", self.realm.region.partition(), self.realm.account),
            "currentServiceDeployment": moving.map(|moving| &moving.deployment),
            "currentServiceRevisions": self.revisions(),
            "deployments": self.deployments(),
            "events": self.events(),
        });
        let mut whole = json!({
            "deploymentConfiguration": { "maximumPercent": 200, "minimumHealthyPercent": 100, "strategy": "ROLLING" },
            "deploymentController": { "type": "ECS" },
            "schedulingStrategy": "REPLICA",
            "loadBalancers": [],
            "serviceRegistries": [],
            "placementConstraints": [],
            "placementStrategy": [],
            "enableECSManagedTags": false,
            "enableExecuteCommand": false,
            "propagateTags": "NONE",
            "availabilityZoneRebalancing": "ENABLED",
            "healthCheckGracePeriodSeconds": 0,
        });
        if let (Some(whole), Value::Object(own)) = (whole.as_object_mut(), own) {
            whole.extend(shown);
            whole.extend(own);
        }
        whole
    }

    /// Whether a deployment is going on, or being taken back.
    pub(crate) fn is_moving(&self, rollout: &Rollout) -> bool {
        rollout.progress(self.now) == Progress::Running
    }

    fn status(&self) -> &'static str {
        match self.realm.status_of(self.arn, self.living) {
            Some(ResourceStatus::DeleteInProgress) => "DRAINING",
            _ => "ACTIVE",
        }
    }

    pub(crate) fn cluster_arn(&self) -> String {
        let name = super::cluster_name(self.arn);
        let living = self.realm.estate.living(CLUSTER, name);
        let arn = living
            .and_then(|living| living.attribute("Arn"))
            .map(str::to_owned);
        arn.unwrap_or_else(|| self.realm.arn("ecs", &format!("cluster/{name}")))
    }

    fn revisions(&self) -> Vec<Value> {
        let running = self.rollouts.running(self.now);
        let shown = running.iter().map(|(rollout, running)| {
            json!({
                "arn": rollout.revision,
                "requestedTaskCount": rollout.desired,
                "runningTaskCount": running,
                "pendingTaskCount": pending(rollout, self.now),
            })
        });
        shown.collect()
    }

    fn deployments(&self) -> Vec<Value> {
        let Some(current) = self.rollouts.current() else {
            return Vec::new();
        };
        let mut all = vec![self.deployment(current, "PRIMARY", current.running(self.now))];
        let undone = current
            .undoes
            .as_deref()
            .filter(|_| self.is_moving(current));
        let undone = undone.and_then(|id| self.rollouts.all.iter().find(|known| known.id == id));
        if let Some(undone) = undone {
            all.push(self.deployment(undone, "ACTIVE", 0));
        }
        let others = self.rollouts.running(self.now);
        let others = others.iter().skip(1);
        all.extend(others.map(|(rollout, running)| self.deployment(rollout, "ACTIVE", *running)));
        all
    }

    fn deployment(&self, rollout: &Rollout, status: &str, running: u32) -> Value {
        let shown = model::small(SERVICE, &self.living.properties);
        let of_service = |name: &str| shown.get(name).cloned();
        let (state, reason) = match rollout.progress(self.now) {
            Progress::Running => (
                "IN_PROGRESS",
                format!("ECS deployment {} in progress.", rollout.id),
            ),
            Progress::Completed => (
                "COMPLETED",
                format!("ECS deployment {} completed.", rollout.id),
            ),
            Progress::Failed(cause) => ("FAILED", failure(rollout, cause)),
            Progress::Superseded => (
                "FAILED",
                format!("ECS deployment {} was replaced.", rollout.id),
            ),
        };
        let undone = rollout.undoes.as_deref();
        let reason = match undone.and_then(|_| self.rollouts.source(&rollout.id)) {
            Some(source) => format!(
                "ECS deployment circuit breaker: rolling back to deploymentId {}.",
                source.id
            ),
            None => reason,
        };
        json!({
            "id": rollout.id,
            "status": status,
            "taskDefinition": rollout.task_definition,
            "desiredCount": match rollout.progress(self.now) {
                Progress::Failed(_) | Progress::Superseded => 0,
                Progress::Running | Progress::Completed => rollout.desired,
            },
            "pendingCount": pending(rollout, self.now),
            "runningCount": running,
            "failedTasks": rollout.failed_tasks(self.now),
            "createdAt": rollout.started,
            "updatedAt": rollout.end().min(self.now),
            "capacityProviderStrategy": of_service("capacityProviderStrategy"),
            "launchType": of_service("launchType"),
            "platformVersion": of_service("platformVersion"),
            "networkConfiguration": of_service("networkConfiguration"),
            "serviceConnectConfiguration": of_service("serviceConnectConfiguration"),
            "volumeConfigurations": of_service("volumeConfigurations"),
            "rolloutState": state,
            "rolloutStateReason": reason,
        })
    }

    /// What happened, newest first.
    fn events(&self) -> Vec<Value> {
        let name = service_name(self.arn);
        let mut told: Vec<(Timestamp, String)> = Vec::new();
        for rollout in &self.rollouts.all {
            let deployment = format!("(service {name}) (deployment {})", rollout.id);
            let part =
                |thousandths: u64| after(rollout.started, rollout.millis * thousandths / 1000);
            if rollout.undoes.is_none() {
                told.push((
                    part(200),
                    format!("(service {name}) has started {} tasks.", rollout.desired),
                ));
            }
            match rollout.outcome {
                Outcome::Success => {
                    if !self.groups().is_empty() && rollout.undoes.is_none() {
                        told.push((
                            part(500),
                            format!("(service {name}) registered {} targets in (target-group {})", rollout.desired, self.groups().join(", ")),
                        ));
                    }
                    told.push((rollout.end(), format!("{deployment} deployment completed.")));
                    told.push((
                        rollout.end(),
                        format!("(service {name}) has reached a steady state."),
                    ));
                }
                Outcome::Failure(cause) => {
                    let reason = cause.seen();
                    told.push((rollout.end(), format!("{deployment} deployment failed: {reason}.")));
                    if let Some(source) = self.rollouts.source(&rollout.id).filter(|_| rollout.rolls_back) {
                        told.push((
                            rollout.end(),
                            format!("(service {name}) rolling back to deployment {}.", source.id),
                        ));
                    }
                }
                Outcome::Stall => told.push((
                    part(300),
                    format!("(service {name}) is unable to consistently start tasks successfully. For more information, see the Troubleshooting section of the Amazon ECS Developer Guide."),
                )),
            }
        }
        told.retain(|(at, _)| *at <= self.now);
        told.sort_by_key(|(at, _)| *at);
        let events = told.into_iter().rev().take(EVENTS).map(|(at, message)| {
            let id = derived(&format!("{} {at} {message}", self.arn)).uuid();
            json!({ "id": id, "createdAt": at, "message": message })
        });
        events.collect()
    }

    /// The target groups of the side that is in use.
    pub(crate) fn groups(&self) -> Vec<&'r str> {
        let balancers = self
            .living
            .properties
            .get("LoadBalancers")
            .and_then(Value::as_array);
        let balancers = balancers.into_iter().flatten();
        balancers
            .filter_map(|balancer| balancer.get("TargetGroupArn")?.as_str())
            .collect()
    }

    /// The tags, as ECS calls their members.
    pub(crate) fn tags(&self) -> Value {
        let tags = self.living.all_tags().into_iter().map(|tag| {
            let member = |name: &str| tag.get(name).cloned();
            let tag: Map<String, Value> = [("key", member("Key")), ("value", member("Value"))]
                .into_iter()
                .filter_map(|(name, value)| Some((name.to_owned(), value?)))
                .collect();
            Value::Object(tag)
        });
        Value::Array(tags.collect())
    }
}

/// How many tasks are to start.
fn pending(rollout: &Rollout, now: Timestamp) -> u32 {
    match rollout.progress(now) {
        Progress::Running => rollout.desired.saturating_sub(rollout.running(now)),
        Progress::Completed | Progress::Failed(_) | Progress::Superseded => 0,
    }
}

/// Why a deployment failed, as ECS says it.
pub(crate) fn failure(rollout: &Rollout, cause: Cause) -> String {
    match cause {
        Cause::CircuitBreaker => {
            "ECS deployment circuit breaker: tasks failed to start.".to_owned()
        }
        Cause::Alarm | Cause::Stage | Cause::Stopped => {
            format!("ECS deployment {} failed: {}.", rollout.id, cause.seen())
        }
    }
}

impl Cause {
    /// In ECS's words.
    ///
    /// Source: ECS developer guide, "Amazon ECS service event messages". A stage's are ours.
    pub(crate) fn seen(self) -> &'static str {
        match self {
            Cause::CircuitBreaker => "tasks failed to start",
            Cause::Alarm => "alarm detected",
            Cause::Stage => "lifecycle stage failed",
            Cause::Stopped => "stopped by the user",
        }
    }
}
