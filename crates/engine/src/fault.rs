//! What somebody has fail.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Something that is made to fail.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", tag = "fault")]
pub enum Fault {
    /// A resource fails: `create:STACK/LOGICAL_ID[:after=SECONDS][:times=N]`, or a resource type for the target.
    Resource {
        /// What fails.
        action: FaultedAction,
        /// Of what.
        target: Target,
        /// After how many seconds; none for at its usual time.
        after: Option<u32>,
        /// How many times; none for always.
        times: Option<u32>,
    },
    /// A call fails: `api:OPERATION=throttle|500|timeout|cut|lost[:times=N]`.
    Api {
        /// The operation: `DescribeStacks`.
        operation: String,
        /// How.
        how: ApiFault,
        /// How many times; none for always.
        times: Option<u32>,
    },
    /// A deployment of an ECS service does not succeed: `deployment:STACK/LOGICAL_ID=fail[:after=SECONDS][:times=N]`, or
    /// the service's name for the target; or `=stall`.
    Deployment {
        /// Of which service.
        service: Deployed,
        /// How.
        how: DeploymentFault,
        /// How many times; none for always.
        times: Option<u32>,
    },
    /// A task that is run by itself does not succeed: `task:CLUSTER/FAMILY=fail[:exit=N][:after=SECONDS][:times=N]`, or the
    /// name of the cluster's stack for the cluster; or `=stall`, or `=pull`.
    Task {
        /// The cluster, or its stack.
        place: String,
        /// The family of the task definition.
        family: String,
        /// How.
        how: TaskFault,
        /// How many times; none for always.
        times: Option<u32>,
    },
    /// An alarm goes off: `alarm:NAME:at=SECONDS`, counted from when the fault is added.
    Alarm {
        /// The alarm.
        name: String,
        /// After how many seconds.
        at: u32,
    },
}

/// Which action on a resource fails?
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum FaultedAction {
    /// Its creation.
    Create,
    /// Its update.
    Update,
    /// Its deletion.
    Delete,
}

/// Which resources fail?
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", tag = "target")]
pub enum Target {
    /// One of a stack.
    Resource {
        /// The stack's name.
        stack: String,
        /// The logical ID.
        logical_id: String,
    },
    /// All of a type.
    Type {
        /// The type.
        resource_type: String,
    },
}

/// Which services are deployed in vain?
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", tag = "service")]
pub enum Deployed {
    /// One of a stack.
    Resource {
        /// The stack's name.
        stack: String,
        /// The logical ID.
        logical_id: String,
    },
    /// Those with a name.
    Named {
        /// The service's name.
        name: String,
    },
}

/// What becomes of a deployment?
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", tag = "deployment")]
pub enum DeploymentFault {
    /// It fails, where anybody watches: by its circuit breaker, or in a stage of its life. Otherwise it never ends.
    Fail {
        /// After how many seconds; none for at its usual time.
        after: Option<u32>,
    },
    /// It never ends.
    Stall,
}

impl DeploymentFault {
    /// After how many seconds it fails, where that is said.
    pub(crate) fn after(self) -> Option<u32> {
        match self {
            DeploymentFault::Fail { after } => after,
            DeploymentFault::Stall => None,
        }
    }
}

/// What becomes of a task that is run by itself?
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", tag = "task")]
pub enum TaskFault {
    /// Its containers exit with this.
    Fail {
        /// The exit code.
        exit: i32,
        /// After how many seconds of running; none for at the usual time.
        after: Option<u32>,
    },
    /// It never ends.
    Stall,
    /// Its image cannot be pulled.
    Pull,
}

/// How does a call fail?
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum ApiFault {
    /// It is refused as one too many; nothing happens.
    Throttle,
    /// Whoever calls may not; nothing happens.
    Denied,
    /// It is answered with an internal failure; nothing happens.
    InternalFailure,
    /// It is never answered; nothing happens.
    Timeout,
    /// It happens, and the connection is cut in the middle of the answer.
    Cut,
    /// It happens, and the answer comes after the client gave up.
    Lost,
}

/// The faults that are still to come.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Faults(Vec<Fault>);

impl Faults {
    pub(crate) fn add(&mut self, fault: Fault) {
        self.0.push(fault);
    }

    pub(crate) fn has(&self, fault: &Fault) -> bool {
        self.0.contains(fault)
    }

    /// Whether an action on a resource is to fail; and if so, after how many seconds, where that is said.
    pub(crate) fn hit(
        &mut self,
        hit: FaultedAction,
        of_stack: &str,
        id: &str,
        of_type: &str,
    ) -> Option<Option<u32>> {
        self.0.iter_mut().find_map(|fault| match fault {
            Fault::Resource {
                action,
                target,
                after,
                times,
            } if *action == hit && target.fits(of_stack, id, of_type) => {
                used(times).then_some(*after)
            }
            Fault::Resource { .. }
            | Fault::Api { .. }
            | Fault::Deployment { .. }
            | Fault::Task { .. }
            | Fault::Alarm { .. } => None,
        })
    }

    /// Whether a deployment of a service is not to succeed, and how.
    pub(crate) fn hit_deployment(
        &mut self,
        of_stack: &str,
        id: &str,
        called: &str,
    ) -> Option<DeploymentFault> {
        self.0.iter_mut().find_map(|fault| match fault {
            Fault::Deployment {
                service,
                how,
                times,
            } if service.fits(of_stack, id, called) => used(times).then_some(*how),
            Fault::Resource { .. }
            | Fault::Api { .. }
            | Fault::Deployment { .. }
            | Fault::Task { .. }
            | Fault::Alarm { .. } => None,
        })
    }

    /// Whether a task that is run by itself is not to succeed, and how. It is in one of these places.
    pub(crate) fn hit_task(&mut self, places: &[&str], called: &str) -> Option<TaskFault> {
        self.0.iter_mut().find_map(|fault| match fault {
            Fault::Task {
                place,
                family,
                how,
                times,
            } if places.contains(&place.as_str()) && family == called => {
                used(times).then_some(*how)
            }
            Fault::Resource { .. }
            | Fault::Api { .. }
            | Fault::Deployment { .. }
            | Fault::Task { .. }
            | Fault::Alarm { .. } => None,
        })
    }

    /// Whether a call of an operation is counted.
    pub(crate) fn counts(&self, called: &str) -> bool {
        self.0.iter().any(|fault| match fault {
            Fault::Api {
                operation, times, ..
            } => operation == called && times.is_some_and(|times| times > 0),
            Fault::Resource { .. }
            | Fault::Deployment { .. }
            | Fault::Task { .. }
            | Fault::Alarm { .. } => false,
        })
    }

    /// The alarms that are to go off, or did.
    pub(crate) fn alarms(&self) -> impl Iterator<Item = &str> {
        self.0.iter().filter_map(|fault| match fault {
            Fault::Alarm { name, .. } => Some(name.as_str()),
            _ => None,
        })
    }

    /// Whether an alarm is to go off.
    pub(crate) fn has_alarm(&self, alarm: &str) -> bool {
        self.alarms().any(|name| name == alarm)
    }

    /// Whether a call is to fail, and how.
    pub(crate) fn hit_call(&mut self, called: &str) -> Option<ApiFault> {
        self.0.iter_mut().find_map(|fault| match fault {
            Fault::Api {
                operation,
                how,
                times,
            } if operation == called => used(times).then_some(*how),
            Fault::Resource { .. }
            | Fault::Api { .. }
            | Fault::Deployment { .. }
            | Fault::Task { .. }
            | Fault::Alarm { .. } => None,
        })
    }
}

/// Whether it may happen once more; then it has.
fn used(times: &mut Option<u32>) -> bool {
    match times {
        None => true,
        Some(0) => false,
        Some(times) => {
            *times -= 1;
            true
        }
    }
}

impl Target {
    fn fits(&self, of_stack: &str, id: &str, of_type: &str) -> bool {
        match self {
            Target::Resource { stack, logical_id } => stack == of_stack && logical_id == id,
            Target::Type { resource_type } => resource_type == of_type,
        }
    }
}

impl Deployed {
    fn fits(&self, of_stack: &str, id: &str, called: &str) -> bool {
        match self {
            Deployed::Resource { stack, logical_id } => stack == of_stack && logical_id == id,
            Deployed::Named { name } => name == called,
        }
    }
}

/// A text that is no fault.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{text}` is no fault: {why}; write `create:STACK/LOGICAL_ID[:after=SECONDS][:times=N]` (or `update:`, `delete:`, \
     and a resource type for the target), `api:OPERATION=throttle|500|timeout|cut|lost[:times=N]`, \
     `deployment:STACK/LOGICAL_ID=fail|stall[:after=SECONDS][:times=N]` (or the service's name for the target), \
     `task:CLUSTER/FAMILY=fail|stall|pull[:exit=N][:after=SECONDS][:times=N]` (or the cluster's stack), or \
     `alarm:NAME:at=SECONDS`"
)]
pub struct NoFault {
    text: String,
    why: String,
}

impl FromStr for Fault {
    type Err = NoFault;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        read(text).map_err(|why| NoFault {
            text: text.to_owned(),
            why,
        })
    }
}

fn read(text: &str) -> Result<Fault, String> {
    let (kind, rest) = text
        .split_once(':')
        .ok_or_else(|| "it has no `:`".to_owned())?;
    match kind {
        "create" => resource(FaultedAction::Create, rest),
        "update" => resource(FaultedAction::Update, rest),
        "delete" => resource(FaultedAction::Delete, rest),
        "api" => api(rest),
        "deployment" => deployment(rest),
        "task" => task(rest),
        "alarm" => alarm(rest),
        _ => Err(format!("`{kind}` cannot fail")),
    }
}

fn resource(action: FaultedAction, text: &str) -> Result<Fault, String> {
    let (target, options) = match text.split_once('/') {
        Some((stack, rest)) => {
            let (logical_id, options) = rest.split_once(':').unwrap_or((rest, ""));
            let target = Target::Resource {
                stack: filled(stack, "the stack")?,
                logical_id: filled(logical_id, "the logical ID")?,
            };
            (target, options)
        }
        None => {
            let end = text.match_indices(':').find(|(at, _)| {
                let after = text.get(at + 1..).unwrap_or_default();
                let before = text.get(..*at).unwrap_or_default();
                !after.starts_with(':') && !before.ends_with(':')
            });
            let (name, options) = match end {
                Some((at, _)) => (
                    text.get(..at).unwrap_or_default(),
                    text.get(at + 1..).unwrap_or_default(),
                ),
                None => (text, ""),
            };
            if !name.contains("::") {
                return Err(format!(
                    "`{name}` is neither `STACK/LOGICAL_ID` nor a resource type"
                ));
            }
            let target = Target::Type {
                resource_type: name.to_owned(),
            };
            (target, options)
        }
    };
    let (mut after, mut times) = (None, None);
    for (key, value) in pairs(options)? {
        match key {
            "after" => after = Some(number(value)?),
            "times" => times = Some(number(value)?),
            _ => return Err(format!("`{key}` says nothing of a resource")),
        }
    }
    Ok(Fault::Resource {
        action,
        target,
        after,
        times,
    })
}

fn api(text: &str) -> Result<Fault, String> {
    let (call, options) = text.split_once(':').unwrap_or((text, ""));
    let (operation, how) = call
        .split_once('=')
        .ok_or_else(|| "it does not say how the call fails".to_owned())?;
    let how = match how {
        "throttle" => ApiFault::Throttle,
        "denied" => ApiFault::Denied,
        "500" => ApiFault::InternalFailure,
        "timeout" => ApiFault::Timeout,
        "cut" => ApiFault::Cut,
        "lost" => ApiFault::Lost,
        _ => return Err(format!("a call cannot fail by `{how}`")),
    };
    let mut times = None;
    for (key, value) in pairs(options)? {
        match key {
            "times" => times = Some(number(value)?),
            _ => return Err(format!("`{key}` says nothing of a call")),
        }
    }
    Ok(Fault::Api {
        operation: filled(operation, "the operation")?,
        how,
        times,
    })
}

fn deployment(text: &str) -> Result<Fault, String> {
    let (target, rest) = text
        .split_once('=')
        .ok_or_else(|| "it does not say what becomes of the deployment".to_owned())?;
    let (how, options) = rest.split_once(':').unwrap_or((rest, ""));
    let service = match target.split_once('/') {
        Some((stack, logical_id)) => Deployed::Resource {
            stack: filled(stack, "the stack")?,
            logical_id: filled(logical_id, "the logical ID")?,
        },
        None => Deployed::Named {
            name: filled(target, "the service")?,
        },
    };
    let (mut after, mut times) = (None, None);
    for (key, value) in pairs(options)? {
        match key {
            "after" if how == "fail" => after = Some(number(value)?),
            "times" => times = Some(number(value)?),
            _ => return Err(format!("`{key}` says nothing of a deployment")),
        }
    }
    let how = match how {
        "fail" => DeploymentFault::Fail { after },
        "stall" => DeploymentFault::Stall,
        _ => return Err(format!("a deployment cannot `{how}`")),
    };
    Ok(Fault::Deployment {
        service,
        how,
        times,
    })
}

fn task(text: &str) -> Result<Fault, String> {
    let (target, rest) = text
        .split_once('=')
        .ok_or_else(|| "it does not say what becomes of the task".to_owned())?;
    let (how, options) = rest.split_once(':').unwrap_or((rest, ""));
    let (place, family) = target
        .split_once('/')
        .ok_or_else(|| format!("`{target}` is not `CLUSTER/FAMILY`"))?;
    let (mut after, mut exit, mut times) = (None, 1, None);
    for (key, value) in pairs(options)? {
        match key {
            "after" if how == "fail" => after = Some(number(value)?),
            "exit" if how == "fail" => {
                exit = i32::try_from(number(value)?)
                    .map_err(|_| format!("`{value}` is no exit code"))?;
            }
            "times" => times = Some(number(value)?),
            _ => return Err(format!("`{key}` says nothing of a task")),
        }
    }
    let how = match how {
        "fail" => TaskFault::Fail { exit, after },
        "stall" => TaskFault::Stall,
        "pull" => TaskFault::Pull,
        _ => return Err(format!("a task cannot `{how}`")),
    };
    Ok(Fault::Task {
        place: filled(place, "the cluster")?,
        family: filled(family, "the family")?,
        how,
        times,
    })
}

fn alarm(text: &str) -> Result<Fault, String> {
    let (name, options) = text
        .rsplit_once(":at=")
        .ok_or_else(|| "it does not say when the alarm goes off".to_owned())?;
    Ok(Fault::Alarm {
        name: filled(name, "the alarm")?,
        at: number(options)?,
    })
}

fn pairs(options: &str) -> Result<Vec<(&str, &str)>, String> {
    let options = options.split(':').filter(|option| !option.is_empty());
    let pair = |option: &'_ str| -> Result<(usize, usize), String> {
        let at = option
            .find('=')
            .ok_or_else(|| format!("`{option}` has no value"))?;
        Ok((at, at + 1))
    };
    options
        .map(|option| {
            let (end, start) = pair(option)?;
            Ok((
                option.get(..end).unwrap_or_default(),
                option.get(start..).unwrap_or_default(),
            ))
        })
        .collect()
}

fn number(text: &str) -> Result<u32, String> {
    text.parse()
        .map_err(|_| format!("`{text}` is no whole number from 0 on"))
}

fn filled(text: &str, what: &str) -> Result<String, String> {
    match text {
        "" => Err(format!("{what} is missing")),
        text => Ok(text.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resource(text: &str) -> (Target, Option<u32>, Option<u32>) {
        match text.parse() {
            Ok(Fault::Resource {
                target,
                after,
                times,
                ..
            }) => (target, after, times),
            other => panic!("{text}: {other:?}"),
        }
    }

    #[test]
    fn faults_of_resources() {
        let one = Target::Resource {
            stack: "shop-dev-data".to_owned(),
            logical_id: "Database".to_owned(),
        };
        assert_eq!(
            resource("create:shop-dev-data/Database:after=30:times=2"),
            (one.clone(), Some(30), Some(2))
        );
        assert_eq!(resource("delete:shop-dev-data/Database"), (one, None, None));
        let all = Target::Type {
            resource_type: "AWS::EC2::Subnet".to_owned(),
        };
        assert_eq!(
            resource("update:AWS::EC2::Subnet:times=1"),
            (all.clone(), None, Some(1))
        );
        assert_eq!(resource("update:AWS::EC2::Subnet"), (all, None, None));
    }

    #[test]
    fn faults_of_calls_and_alarms() {
        assert_eq!(
            "api:DescribeStacks=throttle:times=3".parse(),
            Ok(Fault::Api {
                operation: "DescribeStacks".to_owned(),
                how: ApiFault::Throttle,
                times: Some(3),
            })
        );
        assert_eq!(
            "alarm:errors:high:at=60".parse(),
            Ok(Fault::Alarm {
                name: "errors:high".to_owned(),
                at: 60,
            })
        );
    }

    #[test]
    fn faults_of_deployments() {
        assert_eq!(
            "deployment:shop-dev-services/Api=fail:after=30:times=1".parse(),
            Ok(Fault::Deployment {
                service: Deployed::Resource {
                    stack: "shop-dev-services".to_owned(),
                    logical_id: "Api".to_owned(),
                },
                how: DeploymentFault::Fail { after: Some(30) },
                times: Some(1),
            })
        );
        assert_eq!(
            "deployment:api=stall".parse(),
            Ok(Fault::Deployment {
                service: Deployed::Named {
                    name: "api".to_owned(),
                },
                how: DeploymentFault::Stall,
                times: None,
            })
        );
    }

    #[test]
    fn faults_of_tasks() {
        let fault = |how, times| {
            Ok(Fault::Task {
                place: "shop".to_owned(),
                family: "api-migrate".to_owned(),
                how,
                times,
            })
        };
        let (exit, after) = (3, Some(5));
        assert_eq!(
            "task:shop/api-migrate=fail:exit=3:after=5:times=1".parse(),
            fault(TaskFault::Fail { exit, after }, Some(1))
        );
        assert_eq!(
            "task:shop/api-migrate=pull".parse(),
            fault(TaskFault::Pull, None)
        );
    }

    #[test]
    fn only_calls_that_fail_a_number_of_times_are_counted() {
        let mut faults = Faults::default();
        for text in ["api:DescribeStacks=500:times=1", "api:GetTemplate=500"] {
            faults.add(text.parse().unwrap());
        }
        assert!(faults.counts("DescribeStacks"));
        assert!(!faults.counts("GetTemplate"));
        assert_eq!(
            faults.hit_call("DescribeStacks"),
            Some(ApiFault::InternalFailure)
        );
        assert!(!faults.counts("DescribeStacks"));
    }

    #[test]
    fn what_is_no_fault_says_why() {
        for text in [
            "",
            "create",
            "create:shop/",
            "create:/Database",
            "create:Database",
            "create:shop/Database:after=soon",
            "create:shop/Database:never=1",
            "create:shop/Database:after",
            "explode:shop/Database",
            "api:DescribeStacks",
            "api:DescribeStacks=maybe",
            "api:=500",
            "deployment:api",
            "deployment:=fail",
            "deployment:api=maybe",
            "deployment:api=stall:after=1",
            "task:shop=fail",
            "task:shop/api=stall:exit=1",
            "task:shop/api=fail:exit=-1",
            "alarm:errors",
            "alarm:errors:at=-1",
        ] {
            let error = text.parse::<Fault>().unwrap_err().to_string();
            assert!(
                error.starts_with(&format!("`{text}` is no fault: ")),
                "{error}"
            );
        }
    }
}
