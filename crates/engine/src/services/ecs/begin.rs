//! When a service is deployed: a stack makes or changes it, or somebody calls `UpdateService`.
//!
//! What is decided here stays so: whether it succeeds, and when.

use serde_json::{Map, Value};
use stratiform_service::Timestamp;

use super::history::{keep, rollouts};
use super::rollout::{Cause, Outcome, Progress, Rollout, Side, Strategy};
use super::{SERVICE, service_name};
use crate::estate::Estate;
use crate::fault::{DeploymentFault, Faults};
use crate::ids::Ids;
use crate::operation::{Around, Hit};
use crate::provider::{self, Action};
use crate::stack::{Mode, Stack};

const MINUTE: u64 = 60_000;

/// Milliseconds for which a handler waits for a service to become stable; longer where it bakes.
///
/// Source: cloudformation.md 12.1.
const PATIENCE: u64 = 3 * 60 * MINUTE;
const PATIENCE_TO_BAKE: u64 = 36 * 60 * MINUTE;

/// Milliseconds after which a handler notices that a deployment failed.
const NOTICED: u64 = 2_000;

/// Milliseconds that it takes to go back to tasks that still run.
const BACK: u64 = 10_000;

/// Properties that change without a deployment.
///
/// Source: ECS API, `UpdateService`, "Service parameters that don't cause a new deployment".
const QUIET: [&str; 14] = [
    "AvailabilityZoneRebalancing",
    "Cluster",
    "DeploymentConfiguration",
    "DeploymentController",
    "DesiredCount",
    "EnableECSManagedTags",
    "EnableExecuteCommand",
    "HealthCheckGracePeriodSeconds",
    "PlacementConstraints",
    "PlacementStrategies",
    "PropagateTags",
    "SchedulingStrategy",
    "ServiceName",
    "Tags",
];

/// Why is a service deployed?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Occasion {
    Creation,
    Update,
    /// It becomes what it was: what is made to fail does not fail again.
    Restoration,
    /// Whether or not anything has changed.
    Force,
}

/// What a deployment touches.
pub(crate) struct Site<'a> {
    pub(crate) now: Timestamp,
    pub(crate) ids: &'a mut Ids,
    pub(crate) faults: &'a mut Faults,
    pub(crate) estate: &'a mut Estate,
}

/// A service that may be deployed.
pub(crate) struct Candidate<'a> {
    pub(crate) arn: &'a str,
    /// The name of its stack; empty where it has none.
    pub(crate) stack: &'a str,
    pub(crate) logical_id: &'a str,
    pub(crate) properties: &'a Map<String, Value>,
    pub(crate) action: Action,
}

/// Deploys a service if anything asks for that. Returns the deployment.
pub(crate) fn begin(
    site: &mut Site<'_>,
    candidate: &Candidate<'_>,
    occasion: Occasion,
) -> Option<Rollout> {
    let properties = candidate.properties;
    let now = site.now;
    let mut all = match occasion {
        Occasion::Creation => Vec::new(),
        Occasion::Update | Occasion::Restoration | Occasion::Force => {
            rollouts(site.estate, candidate.arn)
        }
    };
    let desired = desired(properties, all.last());
    let configuration = configuration(properties);
    let last = all.last_mut();
    if let Some(last) = last.filter(|last| last.configuration == configuration)
        && occasion != Occasion::Force
    {
        last.desired = desired;
        keep(site.estate, candidate.arn, &all);
        return None;
    }
    // What has not begun never will, and what is not done is given up.
    all.retain(|rollout| rollout.started <= now);
    for rollout in &mut all {
        if rollout.progress(now) == Progress::Running {
            rollout.superseded = Some(now);
        }
    }
    let source = all
        .iter()
        .rev()
        .find(|known| known.progress(now) == Progress::Completed);
    let source = source.cloned();
    let rollout = planned(
        site,
        candidate,
        occasion,
        desired,
        configuration,
        source.as_ref(),
    );
    all.push(rollout.clone());
    if let (Some(source), true) = (source, rollout.rolls_back)
        && matches!(rollout.outcome, Outcome::Failure(_))
    {
        all.push(undo(&rollout, &source, site.ids));
    }
    keep(site.estate, candidate.arn, &all);
    Some(rollout)
}

fn planned(
    site: &mut Site<'_>,
    candidate: &Candidate<'_>,
    occasion: Occasion,
    desired: u32,
    configuration: String,
    source: Option<&Rollout>,
) -> Rollout {
    let properties = candidate.properties;
    let course = provider::course(SERVICE, candidate.action, properties).millis;
    let strategy = strategy(properties);
    let whole = (course + wait(properties)).saturating_sub(5_000).max(1_000);
    let breaker = part(
        properties,
        &["DeploymentConfiguration", "DeploymentCircuitBreaker"],
    );
    let fault = match occasion {
        Occasion::Restoration => None,
        Occasion::Creation | Occasion::Update | Occasion::Force => {
            let name = service_name(candidate.arn);
            site.faults
                .hit_deployment(candidate.stack, candidate.logical_id, name)
        }
    };
    let after = |fault: DeploymentFault, usual: u64| match fault.after() {
        Some(seconds) => u64::from(seconds) * 1000,
        None => usual,
    };
    let base = course.saturating_sub(5_000).max(1_000);
    let (outcome, millis) = match (fault, strategy) {
        (None, _) => (Outcome::Success, whole),
        (Some(fault @ DeploymentFault::Fail { .. }), Strategy::Rolling)
            if is(breaker, "Enable") =>
        {
            (
                Outcome::Failure(Cause::CircuitBreaker),
                after(fault, base * 2 / 3),
            )
        }
        (Some(fault @ DeploymentFault::Fail { .. }), Strategy::Shifting { .. }) => (
            Outcome::Failure(Cause::Stage),
            after(fault, base * 55 / 100),
        ),
        // Nobody stops what nobody watches.
        (Some(DeploymentFault::Fail { .. } | DeploymentFault::Stall), _) => (Outcome::Stall, whole),
    };
    let rolls_back = match strategy {
        Strategy::Rolling => is(breaker, "Rollback"),
        Strategy::Shifting { .. } => true,
    };
    let side = match (source, strategy) {
        (None, _) => Side::Blue,
        (Some(source), Strategy::Rolling) => source.side,
        (Some(source), Strategy::Shifting { .. }) => source.side.other(),
    };
    let kind = |kind: &str| candidate.arn.replacen(":service/", &format!(":{kind}/"), 1);
    let deployment = site.ids.alphanumeric(21);
    Rollout {
        id: format!("ecs-svc/{}", site.ids.digits(19)),
        deployment: format!("{}/{deployment}", kind("service-deployment")),
        revision: format!("{}/{}", kind("service-revision"), site.ids.digits(19)),
        task_definition: text(properties, "TaskDefinition")
            .unwrap_or_default()
            .to_owned(),
        desired,
        started: site.now,
        millis,
        outcome,
        strategy,
        side,
        alarms: alarms(properties),
        rolls_back: rolls_back && source.is_some(),
        superseded: None,
        undoes: None,
        configuration,
    }
}

/// What takes a deployment back once it has failed.
pub(crate) fn undo(failed: &Rollout, source: &Rollout, ids: &mut Ids) -> Rollout {
    Rollout {
        id: format!("ecs-svc/{}", ids.digits(19)),
        started: failed.end(),
        millis: BACK,
        outcome: Outcome::Success,
        strategy: Strategy::Rolling,
        desired: failed.desired,
        deployment: failed.deployment.clone(),
        superseded: None,
        undoes: Some(failed.id.clone()),
        ..source.clone()
    }
}

/// Milliseconds that a deployment waits, on purpose, before it is done.
///
/// Source: cloudformation.md 12.2 and 12.4.
pub(crate) fn wait(properties: &Map<String, Value>) -> u64 {
    match strategy(properties) {
        Strategy::Rolling => {
            let bake = text_of(
                part(properties, &["DeploymentConfiguration"]),
                "BakeTimeInMinutes",
            );
            bake.and_then(|minutes| minutes.parse().ok())
                .unwrap_or(0_u64)
                .min(1440)
                * MINUTE
        }
        Strategy::Shifting { shift, bake } => shift + bake,
    }
}

fn strategy(properties: &Map<String, Value>) -> Strategy {
    let configuration = part(properties, &["DeploymentConfiguration"]);
    let number = |of: Option<&Value>, name: &str, default: f64| {
        let number = text_of(of, name).and_then(|text| text.parse().ok());
        number
            .filter(|number: &f64| number.is_finite())
            .unwrap_or(default)
    };
    let minutes = |of: Option<&Value>, name: &str, default: u64| {
        let minutes = text_of(of, name).and_then(|text| text.parse().ok());
        minutes.unwrap_or(default).min(1440) * MINUTE
    };
    let bake = minutes(configuration, "BakeTimeInMinutes", 15);
    match text_of(configuration, "Strategy") {
        Some("BLUE_GREEN") => Strategy::Shifting { shift: 0, bake },
        Some("CANARY") => {
            let canary = configuration.and_then(|of| of.get("CanaryConfiguration"));
            let shift = minutes(canary, "CanaryBakeTimeInMinutes", 10);
            Strategy::Shifting { shift, bake }
        }
        Some("LINEAR") => {
            let linear = configuration.and_then(|of| of.get("LinearConfiguration"));
            let step = number(linear, "StepPercent", 10.0).clamp(3.0, 100.0);
            let mut steps = 0;
            let mut reached = step;
            while reached < 100.0 {
                steps += 1;
                reached += step;
            }
            let shift = steps * minutes(linear, "StepBakeTimeInMinutes", 6);
            Strategy::Shifting { shift, bake }
        }
        _ => Strategy::Rolling,
    }
}

fn alarms(properties: &Map<String, Value>) -> Vec<String> {
    let alarms = part(properties, &["DeploymentConfiguration", "Alarms"]);
    if !is(alarms, "Enable") {
        return Vec::new();
    }
    let names = alarms.and_then(|alarms| alarms.get("AlarmNames")?.as_array());
    let names = names.into_iter().flatten().filter_map(Value::as_str);
    names.map(str::to_owned).collect()
}

fn desired(properties: &Map<String, Value>, last: Option<&Rollout>) -> u32 {
    let given = text(properties, "DesiredCount").and_then(|count| count.parse().ok());
    given.or(last.map(|last| last.desired)).unwrap_or(1)
}

/// What makes a deployment another one.
fn configuration(properties: &Map<String, Value>) -> String {
    let loud = properties
        .iter()
        .filter(|(name, _)| !QUIET.contains(&name.as_str()));
    let loud: Map<String, Value> = loud
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect();
    crate::services::derived::derived(&Value::Object(loud).to_string()).hex(16)
}

fn part<'p>(properties: &'p Map<String, Value>, path: &[&str]) -> Option<&'p Value> {
    let (first, rest) = path.split_first()?;
    rest.iter()
        .try_fold(properties.get(*first)?, |value, step| value.get(step))
}

fn text<'p>(properties: &'p Map<String, Value>, name: &str) -> Option<&'p str> {
    properties.get(name)?.as_str()
}

fn text_of<'p>(value: Option<&'p Value>, name: &str) -> Option<&'p str> {
    value?.get(name)?.as_str()
}

fn is(value: Option<&Value>, name: &str) -> bool {
    text_of(value, name) == Some("true")
}

/// Why a handler gives up.
///
/// Source: cloudformation.md 6.7 for the circuit breaker and for what is not stable. Nobody recorded the others; they are
/// in the same words. See `docs/engine.md`.
fn given_up(outcome: Outcome, ids: &mut Ids) -> Option<String> {
    let (what, code) = match outcome {
        Outcome::Success => return None,
        Outcome::Stall => ("Exceeded attempts to wait", "NotStabilized"),
        Outcome::Failure(cause) => (cause.told(), "GeneralServiceException"),
    };
    Some(provider::handler_reason(what, code, ids))
}

impl Cause {
    /// In a handler's words.
    pub(crate) fn told(self) -> &'static str {
        match self {
            Cause::CircuitBreaker => {
                "Error occurred during operation 'ECS Deployment Circuit Breaker was triggered'."
            }
            Cause::Alarm => "Error occurred during operation 'ECS Deployment Alarm was triggered'.",
            Cause::Stage => {
                "Error occurred during operation 'ECS Deployment Lifecycle Stage failed'."
            }
            Cause::Stopped => "Error occurred during operation 'ECS Deployment was stopped'.",
        }
    }
}

impl Stack {
    /// A stack makes or changes a resource: where it is a service, it is deployed. Returns what makes that fail.
    pub(crate) fn deploys(
        &self,
        occasion: Occasion,
        logical_id: &str,
        resource_type: &str,
        made: (&str, &Map<String, Value>),
        around: &mut Around<'_>,
    ) -> Option<Hit> {
        let (physical_id, properties) = made;
        if resource_type != SERVICE {
            return None;
        }
        let candidate = Candidate {
            arn: physical_id,
            stack: self.name.as_str(),
            logical_id,
            properties,
            action: match occasion {
                Occasion::Creation => Action::Create,
                Occasion::Update | Occasion::Restoration | Occasion::Force => Action::Update,
            },
        };
        let mut site = Site {
            now: around.now,
            ids: around.ids,
            faults: around.faults,
            estate: around.estate,
        };
        let rollout = begin(&mut site, &candidate, occasion)?;
        let mode = self.operation.as_ref().map(|operation| operation.mode);
        let reason = given_up(rollout.outcome, around.ids)?;
        // In express mode nobody waits to see it.
        (mode != Some(Mode::Express)).then(|| Hit {
            reason,
            after: Some(match (rollout.outcome, wait(properties)) {
                (Outcome::Stall, 0) => PATIENCE,
                (Outcome::Stall, _) => PATIENCE_TO_BAKE,
                (Outcome::Success | Outcome::Failure(_), _) => rollout.millis + NOTICED,
            }),
        })
    }
}
