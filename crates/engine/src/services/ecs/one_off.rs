//! Tasks that somebody runs by themselves: `RunTask` and `StopTask`.
//!
//! Nothing runs. What becomes of a task is settled when it begins, as with deployments: how far it is follows from the
//! time. What it prints is in `services/logs`.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use stratiform_service::Timestamp;

use super::definition::{self, parts};
use super::{CLUSTER, cluster, cluster_arn, service_name};
use crate::agenda::Due;
use crate::call::{Call, Result};
use crate::estate::Estate;
use crate::fault::TaskFault;
use crate::input::Refused;
use crate::operation::after;
use crate::services::model;
use crate::state::{Realm, State};

/// Where they are kept.
const KEPT: &str = "one-off-tasks";

/// Milliseconds from the call to each status.
const PENDING: u64 = 2_000;
const RUNNING: u64 = 8_000;
const ENDED: u64 = 20_000;

/// Milliseconds for which a task that has stopped is still shown.
///
/// Source: ECS API, `ListTasks`: at least one hour.
const SHOWN: i64 = 3_600_000;

/// What a container exits with that was told to stop.
const TERMINATED: i32 = 143;

/// A task, as it was asked for and as it goes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct OneOff {
    pub(crate) arn: String,
    /// The ARN of the task definition.
    definition: String,
    cluster: String,
    started_by: Option<String>,
    group: String,
    token: Option<String>,
    overrides: Value,
    containers: Vec<Container>,
    begun: Timestamp,
    fault: Option<TaskFault>,
    /// When somebody stopped it, and why.
    stopped: Option<(Timestamp, String)>,
}

/// A container of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Container {
    name: String,
    image: String,
    /// The log group and the beginning of the stream.
    log: Option<(String, String)>,
    command: Vec<String>,
}

/// How far is it?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Status {
    Provisioning,
    Pending,
    Running,
    Stopped,
}

impl OneOff {
    pub(crate) fn definition(&self) -> &str {
        &self.definition
    }

    pub(crate) fn started_by(&self) -> Option<&str> {
        self.started_by.as_deref()
    }

    fn starts(&self) -> Timestamp {
        after(self.begun, RUNNING)
    }

    /// When it stops; none where it never does by itself.
    fn ends(&self) -> Option<Timestamp> {
        let by_itself = match self.fault {
            None => Some(after(self.begun, ENDED)),
            Some(TaskFault::Fail {
                after: Some(seconds),
                ..
            }) => Some(after(self.starts(), u64::from(seconds) * 1000)),
            Some(TaskFault::Fail { after: None, .. }) => Some(after(self.begun, ENDED)),
            Some(TaskFault::Pull) => Some(self.starts()),
            Some(TaskFault::Stall) => None,
        };
        let stopped = self.stopped.as_ref().map(|(at, _)| *at);
        by_itself.into_iter().chain(stopped).min()
    }

    fn status(&self, now: Timestamp) -> Status {
        if self.ends().is_some_and(|end| end <= now) {
            Status::Stopped
        } else if now >= self.starts() && self.fault != Some(TaskFault::Pull) {
            Status::Running
        } else if now >= after(self.begun, PENDING) {
            Status::Pending
        } else {
            Status::Provisioning
        }
    }

    pub(crate) fn is_stopped(&self, now: Timestamp) -> bool {
        self.status(now) == Status::Stopped
    }

    /// Whether ECS still shows it.
    pub(crate) fn is_shown(&self, now: Timestamp) -> bool {
        let ended = self.ends().filter(|end| *end <= now);
        ended.is_none_or(|end| now.millis() - end.millis() < SHOWN)
    }

    /// What stopped it: a code and a sentence, and what its containers exit with, where they ran.
    ///
    /// Source: ECS developer guide, "Amazon ECS stopped tasks error messages".
    fn end(&self) -> (&'static str, String, Option<i32>) {
        let ran = |code: i32| Some(code);
        if let Some((at, reason)) = &self.stopped
            && self.ends() == Some(*at)
        {
            let code = (*at >= self.starts()).then_some(TERMINATED);
            return ("UserInitiated", reason.clone(), code);
        }
        let exited = "Essential container in task exited".to_owned();
        match self.fault {
            Some(TaskFault::Pull) => {
                let image = self
                    .containers
                    .first()
                    .map_or("", |container| &container.image);
                let reason = format!(
                    "CannotPullContainerError: The task cannot pull the image. {image}: not found"
                );
                ("TaskFailedToStart", reason, None)
            }
            Some(TaskFault::Fail { exit, .. }) => ("EssentialContainerExited", exited, ran(exit)),
            Some(TaskFault::Stall) | None => ("EssentialContainerExited", exited, ran(0)),
        }
    }

    /// As `DescribeTasks` shows it.
    pub(crate) fn shown(&self, now: Timestamp) -> Value {
        let status = self.status(now);
        let (code, reason, exit) = self.end();
        let is_over = status == Status::Stopped;
        let word = match status {
            Status::Provisioning => "PROVISIONING",
            Status::Pending => "PENDING",
            Status::Running => "RUNNING",
            Status::Stopped => "STOPPED",
        };
        let started = match status {
            Status::Running => Some(self.starts()),
            Status::Stopped if exit.is_some() => Some(self.starts()),
            _ => None,
        };
        let containers = self.containers.iter().map(|container| {
            json!({
                "name": container.name,
                "image": container.image,
                "taskArn": self.arn,
                "lastStatus": if word == "PROVISIONING" { "PENDING" } else { word },
                "exitCode": exit.filter(|_| is_over),
                "reason": (is_over && exit.is_none()).then_some(&reason),
            })
        });
        json!({
            "taskArn": self.arn,
            "taskDefinitionArn": self.definition,
            "clusterArn": self.cluster,
            "group": self.group,
            "startedBy": self.started_by,
            "overrides": self.overrides,
            "lastStatus": word,
            "desiredStatus": if is_over || self.stopped.is_some() { "STOPPED" } else { "RUNNING" },
            "createdAt": self.begun,
            "startedAt": started,
            "stoppedAt": self.ends().filter(|_| is_over),
            "stopCode": is_over.then_some(code),
            "stoppedReason": is_over.then_some(&reason),
            "containers": containers.collect::<Vec<_>>(),
        })
    }

    /// What it has printed to a stream of a log group: moments and lines; none where that is not a stream of it.
    pub(crate) fn printed(
        &self,
        group: &str,
        stream: &str,
        now: Timestamp,
    ) -> Option<Vec<(Timestamp, String)>> {
        let id = service_name(&self.arn);
        let container = self.containers.iter().find(|container| {
            let log = container.log.as_ref();
            log.is_some_and(|(known, prefix)| {
                known == group && *stream == format!("{prefix}/{}/{id}", container.name)
            })
        })?;
        let (_, _, exit) = self.end();
        let command = container.command.join(" ");
        let mut lines = vec![(self.starts(), format!("the engine runs nothing: {command}"))];
        if let (Some(end), Some(exit)) = (self.ends(), exit) {
            lines.push((end, format!("exit code {exit}")));
        }
        lines.retain(|(at, _)| *at <= now);
        let has_begun = self.status(now) != Status::Provisioning && !lines.is_empty();
        has_begun.then_some(lines)
    }
}

/// The tasks of a realm that were run by themselves.
pub(crate) fn all(estate: &Estate) -> impl Iterator<Item = OneOff> {
    let kept = estate.kept.get(KEPT).into_iter().flatten();
    kept.filter_map(|(_, kept)| serde_json::from_value(kept.clone()).ok())
}

fn keep(estate: &mut Estate, task: &OneOff) {
    // Texts, numbers and maps with text keys: nothing that JSON cannot hold.
    estate.keep(
        KEPT,
        &task.arn,
        serde_json::to_value(task).unwrap_or_default(),
    );
}

fn invalid(message: impl Into<String>) -> Refused {
    Refused::new("InvalidParameterException", message)
}

fn inactive(realm: &Realm, asked: &str) -> Refused {
    let message = match definition::is_kept(realm, asked) {
        true => "TaskDefinition is inactive",
        false => "TaskDefinition not found.",
    };
    Refused::new("ClientException", message)
}

pub(super) fn run(state: &mut State, call: &mut Call<'_>) -> Result {
    let arguments = call.arguments;
    let realm = state.realm_of(call)?;
    let cluster = cluster(realm, call)?;
    let asked = arguments.needed("taskDefinition")?;
    let definition = definition::find(realm, asked).ok_or_else(|| inactive(realm, asked))?;
    let living = realm.estate.living(definition::DEFINITION, &definition);
    let living = living.ok_or_else(|| inactive(realm, asked))?;
    let properties = model::small(definition::DEFINITION, &living.properties);
    let is_awsvpc = properties.get("networkMode") == Some(&json!("awsvpc"));
    if is_awsvpc && arguments.structure("networkConfiguration").is_none() {
        return Err(invalid(
            "Network Configuration must be provided when networkMode 'awsvpc' is specified.",
        ));
    }
    if arguments.get("launchType").is_some() && arguments.get("capacityProviderStrategy").is_some()
    {
        return Err(invalid(
            "Cannot specify both a launchType and a capacityProviderStrategy.",
        ));
    }
    let overrides = arguments.get("overrides").cloned();
    let overrides = overrides.unwrap_or_else(|| json!({}));
    let containers = containers(&properties, &overrides)?;
    let token = arguments.text("clientToken").map(str::to_owned);
    let there = cluster_living(realm, &cluster);
    let cluster_arn = match there {
        Some(living) => cluster_arn(realm, &cluster, living),
        None => realm.arn("ecs", &format!("cluster/{cluster}")),
    };
    let known = all(&realm.estate)
        .find(|task| token.is_some() && task.token == token && task.cluster == cluster_arn);
    let now = state.now();
    if let Some(known) = known {
        if known.definition != definition {
            return Err(Refused::new(
                "ConflictException",
                "The request is not the one that this client token was used for.",
            ));
        }
        return Ok(json!({ "tasks": [known.shown(now)], "failures": [] }));
    }
    let stack = there.and_then(|living| living.stack.as_ref());
    let stack = stack.map_or("", |stack| stack.stack_name()).to_owned();
    let family = parts(&definition).0.to_owned();
    let fault = state.faults.hit_task(&[&cluster, &stack], &family);
    let id = state.ids.hex(32);
    let realm = state.realm_of(call)?;
    let task = OneOff {
        arn: realm.arn("ecs", &format!("task/{cluster}/{id}")),
        definition,
        cluster: cluster_arn,
        started_by: arguments.text("startedBy").map(str::to_owned),
        group: arguments
            .text("group")
            .map_or_else(|| format!("family:{family}"), str::to_owned),
        token,
        overrides,
        containers,
        begun: now,
        fault,
        stopped: None,
    };
    keep(&mut state.realm_mut(call)?.estate, &task);
    if let Some(end) = task.ends() {
        // Nothing is to be done then, but somebody waits for it.
        let due = Due::Estate {
            realm: call.realm,
            what: String::new(),
        };
        state.agenda.put(end, due);
    }
    Ok(json!({ "tasks": [task.shown(now)], "failures": [] }))
}

fn cluster_living<'r>(realm: &'r Realm, name: &str) -> Option<&'r crate::estate::Living> {
    realm.estate.living(CLUSTER, name)
}

/// The containers of a definition, with what is overridden.
fn containers(
    definition: &Map<String, Value>,
    overrides: &Value,
) -> std::result::Result<Vec<Container>, Refused> {
    let text = |value: Option<&Value>| value.and_then(Value::as_str).map(str::to_owned);
    let texts = |value: Option<&Value>| -> Option<Vec<String>> {
        let items = value?.as_array()?.iter();
        Some(items.filter_map(|item| text(Some(item))).collect())
    };
    let declared = definition
        .get("containerDefinitions")
        .and_then(Value::as_array);
    let declared = declared.into_iter().flatten();
    let mut containers: Vec<Container> = declared
        .map(|container| {
            let options = container
                .get("logConfiguration")
                .and_then(|log| log.get("options"));
            let option = |name: &str| text(options.and_then(|options| options.get(name)));
            Container {
                name: text(container.get("name")).unwrap_or_default(),
                image: text(container.get("image")).unwrap_or_default(),
                log: option("awslogs-group").zip(option("awslogs-stream-prefix")),
                command: texts(container.get("command")).unwrap_or_default(),
            }
        })
        .collect();
    let asked = overrides
        .get("containerOverrides")
        .and_then(Value::as_array);
    for asked in asked.into_iter().flatten() {
        let name = text(asked.get("name")).unwrap_or_default();
        let container = containers
            .iter_mut()
            .find(|container| container.name == name);
        let container = container.ok_or_else(|| {
            invalid(format!(
                "Override for container named {name} is not a container in the TaskDefinition."
            ))
        })?;
        if let Some(command) = texts(asked.get("command")) {
            container.command = command;
        }
    }
    Ok(containers)
}

pub(super) fn stop(state: &mut State, call: &mut Call<'_>) -> Result {
    let arguments = call.arguments;
    let asked = arguments.needed("task")?;
    let reason = arguments.text("reason").unwrap_or("Task stopped by user");
    let now = state.now();
    let realm = state.realm_of(call)?;
    cluster(realm, call)?;
    let id = service_name(asked);
    let task = all(&realm.estate).find(|task| service_name(&task.arn) == id);
    let mut task = task.ok_or_else(|| invalid("The referenced task was not found."))?;
    if !task.is_stopped(now) && task.stopped.is_none() {
        task.stopped = Some((now, reason.to_owned()));
        keep(&mut state.realm_mut(call)?.estate, &task);
    }
    Ok(json!({ "task": task.shown(now) }))
}
