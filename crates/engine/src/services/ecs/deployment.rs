//! `ListServiceDeployments`, `DescribeServiceDeployments`, `DescribeServiceRevisions` and `StopServiceDeployment`.

use serde_json::{Value, json};

use super::begin::undo;
use super::history::{keep, rollouts};
use super::rollout::{Cause, Outcome, Progress, Rollout};
use super::service::{Service, failure};
use super::{cluster, resolve, service_of};
use crate::call::{Call, Result};
use crate::input::Refused;
use crate::services::model;
use crate::services::page::page;
use crate::state::State;

pub(super) fn list(state: &State, call: &Call<'_>) -> Result {
    let arguments = call.arguments;
    let realm = state.realm_of(call)?;
    let cluster = cluster(realm, call)?;
    let (arn, living) = resolve(realm, &cluster, arguments.needed("service")?)
        .ok_or_else(super::service_missing)?;
    let service = Service::new(realm, arn, living, state.now());
    let wanted = arguments.texts("status").unwrap_or_default();
    let found = own(&service).into_iter().rev().filter_map(|rollout| {
        let status = status(&service, rollout);
        let fits = wanted.is_empty() || wanted.iter().any(|wanted| wanted == status);
        fits.then(|| brief(&service, rollout))
    });
    let most = arguments.number("maxResults")?.unwrap_or(20);
    let most = usize::try_from(most).unwrap_or(20);
    let (deployments, next) = page(found, arguments.text("nextToken"), most);
    Ok(json!({ "serviceDeployments": deployments, "nextToken": next }))
}

pub(super) fn describe(state: &State, call: &Call<'_>) -> Result {
    let realm = state.realm_of(call)?;
    let (mut found, mut failures) = (Vec::new(), Vec::new());
    for arn in call
        .arguments
        .texts("serviceDeploymentArns")
        .unwrap_or_default()
    {
        let service = service_of(realm, &arn, ":service-deployment/");
        let service =
            service.map(|(service, living)| Service::new(realm, service, living, state.now()));
        let shown = service.and_then(|service| {
            let own = own(&service)
                .into_iter()
                .find(|rollout| rollout.deployment == arn)?;
            Some(whole(&service, own))
        });
        match shown {
            Some(shown) => found.push(shown),
            None => failures.push(json!({ "arn": arn, "reason": "MISSING" })),
        }
    }
    Ok(json!({ "serviceDeployments": found, "failures": failures }))
}

pub(super) fn revisions(state: &State, call: &Call<'_>) -> Result {
    let realm = state.realm_of(call)?;
    let (mut found, mut failures) = (Vec::new(), Vec::new());
    for arn in call
        .arguments
        .texts("serviceRevisionArns")
        .unwrap_or_default()
    {
        let service = service_of(realm, &arn, ":service-revision/");
        let service =
            service.map(|(service, living)| Service::new(realm, service, living, state.now()));
        let shown = service.and_then(|service| {
            let mut all = service.rollouts.all.iter();
            let rollout = all.find(|rollout| rollout.revision == arn)?;
            let of_service = model::small(super::SERVICE, &service.living.properties);
            let of_service = |name: &str| of_service.get(name).cloned();
            Some(json!({
                "serviceRevisionArn": arn,
                "serviceArn": service.arn,
                "clusterArn": service.cluster_arn(),
                "taskDefinition": rollout.task_definition,
                "launchType": of_service("launchType"),
                "platformVersion": of_service("platformVersion"),
                "loadBalancers": of_service("loadBalancers"),
                "networkConfiguration": of_service("networkConfiguration"),
                "serviceConnectConfiguration": of_service("serviceConnectConfiguration"),
                "guardDutyEnabled": false,
                "createdAt": rollout.started,
            }))
        });
        match shown {
            Some(shown) => found.push(shown),
            None => failures.push(json!({ "arn": arn, "reason": "MISSING" })),
        }
    }
    Ok(json!({ "serviceRevisions": found, "failures": failures }))
}

/// Stops a deployment; what ran before comes back.
pub(super) fn stop(state: &mut State, call: &mut Call<'_>) -> Result {
    let wanted = call.arguments.needed("serviceDeploymentArn")?;
    let now = state.now();
    let realm = state.realm_of(call)?;
    let missing = || {
        Refused::new(
            "ServiceDeploymentNotFoundException",
            "Service deployment not found.",
        )
    };
    let (service, _) = service_of(realm, wanted, ":service-deployment/").ok_or_else(missing)?;
    let service = service.to_owned();
    let mut all = rollouts(&realm.estate, &service);
    all.retain(|rollout| rollout.started <= now);
    let own = all
        .iter_mut()
        .find(|rollout| rollout.deployment == wanted && rollout.undoes.is_none());
    let own = own.ok_or_else(missing)?;
    if own.progress(now) != Progress::Running {
        return Err(Refused::new(
            "ConflictException",
            "The service deployment is not in a state in which it can be stopped.",
        ));
    }
    own.fail(Cause::Stopped, now);
    let failed = own.clone();
    let mut before = all.iter().rev();
    let source = before.find(|known| known.progress(failed.started) == Progress::Completed);
    if let Some(source) = source.cloned() {
        all.push(undo(&failed, &source, &mut state.ids));
    }
    let estate = &mut state.realm_mut(call)?.estate;
    keep(estate, &service, &all);
    state.refuse_service(call.realm, &service, Cause::Stopped, call.effects);
    Ok(json!({ "serviceDeploymentArn": wanted }))
}

/// The deployments that somebody asked for.
fn own<'s>(service: &'s Service<'_>) -> Vec<&'s Rollout> {
    let all = service.rollouts.all.iter();
    all.filter(|rollout| rollout.undoes.is_none()).collect()
}

fn status(service: &Service<'_>, rollout: &Rollout) -> &'static str {
    match rollout.progress(service.now) {
        Progress::Running => "IN_PROGRESS",
        Progress::Completed => "SUCCESSFUL",
        Progress::Superseded => "STOPPED",
        Progress::Failed(_) => match service.rollouts.undoing(&rollout.id) {
            None => "STOPPED",
            Some(undoing) if service.is_moving(undoing) => "ROLLBACK_IN_PROGRESS",
            Some(_) => "ROLLBACK_SUCCESSFUL",
        },
    }
}

fn reason(service: &Service<'_>, rollout: &Rollout) -> Option<String> {
    match rollout.progress(service.now) {
        Progress::Running | Progress::Completed => None,
        Progress::Superseded => Some("A new service deployment replaced it.".to_owned()),
        Progress::Failed(cause) => Some(failure(rollout, cause)),
    }
}

fn brief(service: &Service<'_>, rollout: &Rollout) -> Value {
    let is_over = !service.is_moving(rollout);
    let end = rollout.superseded.unwrap_or_else(|| rollout.end());
    json!({
        "serviceDeploymentArn": rollout.deployment,
        "serviceArn": service.arn,
        "clusterArn": service.cluster_arn(),
        "startedAt": rollout.started,
        "createdAt": rollout.started,
        "finishedAt": is_over.then_some(end),
        "targetServiceRevisionArn": rollout.revision,
        "status": status(service, rollout),
        "statusReason": reason(service, rollout),
    })
}

fn whole(service: &Service<'_>, rollout: &Rollout) -> Value {
    let now = service.now;
    let source = service.rollouts.source(&rollout.id);
    let undoing = service.rollouts.undoing(&rollout.id);
    let progress = rollout.progress(now);
    let is_over = progress != Progress::Running;
    let configuration = model::small(super::SERVICE, &service.living.properties);
    let configuration = configuration.get("deploymentConfiguration");
    let is_on = |name: &str| {
        let of = configuration.and_then(|configuration| configuration.get(name)?.get("enable"));
        of.and_then(Value::as_bool).unwrap_or(false)
    };
    let watched = |cause: Cause, name: &str| match progress {
        _ if !is_on(name) => "DISABLED",
        Progress::Failed(found) if found == cause => "TRIGGERED",
        Progress::Running => "MONITORING",
        Progress::Completed | Progress::Failed(_) | Progress::Superseded => "MONITORING_COMPLETE",
    };
    let weight = rollout.weight(now);
    let sources = source.map(|source| {
        let left = rollout.remaining(now, source.desired);
        json!({
            "arn": source.revision,
            "requestedTaskCount": left,
            "runningTaskCount": left,
            "pendingTaskCount": 0,
            "requestedProductionTrafficWeight": 100 - weight,
        })
    });
    let running = rollout.running(now);
    let stopped = matches!(progress, Progress::Failed(_) | Progress::Superseded);
    let mut shown = json!({
        "sourceServiceRevisions": sources.into_iter().collect::<Vec<_>>(),
        "targetServiceRevision": {
            "arn": rollout.revision,
            "requestedTaskCount": rollout.desired,
            "runningTaskCount": running,
            "pendingTaskCount": match is_over {
                true => 0,
                false => rollout.desired.saturating_sub(running),
            },
            "requestedProductionTrafficWeight": weight,
        },
        "stoppedAt": stopped.then(|| rollout.end().min(now)),
        "updatedAt": rollout.end().min(now),
        "lifecycleStage": rollout.stage(now).filter(|_| !is_over),
        "deploymentConfiguration": configuration,
        "rollback": undoing.map(|undoing| json!({
            "reason": reason(service, rollout),
            "startedAt": undoing.started,
            "serviceRevisionArn": undoing.revision,
        })),
        "deploymentCircuitBreaker": {
            "status": watched(Cause::CircuitBreaker, "deploymentCircuitBreaker"),
            "failureCount": rollout.failed_tasks(now),
            "threshold": rollout.threshold(),
        },
        "alarms": is_on("alarms").then(|| json!({
            "status": watched(Cause::Alarm, "alarms"),
            "alarmNames": rollout.alarms,
            "triggeredAlarmNames": rollout.alarms.iter()
                .filter(|name| service.realm.estate.alarms.contains_key(*name))
                .collect::<Vec<_>>(),
        })),
    });
    if let (Some(shown), Value::Object(brief)) = (shown.as_object_mut(), brief(service, rollout)) {
        shown.extend(brief);
        shown.remove("targetServiceRevisionArn");
    }
    shown
}

impl Rollout {
    /// It fails now.
    pub(crate) fn fail(&mut self, cause: Cause, now: stratiform_service::Timestamp) {
        let elapsed = now.millis().saturating_sub(self.started.millis());
        self.millis = u64::try_from(elapsed).unwrap_or(0);
        self.outcome = Outcome::Failure(cause);
    }
}
