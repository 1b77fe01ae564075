//! What can fail.

use std::fmt;

use serde::Serialize;
use stratiform_engine::{ApiFault, Deployed, DeploymentFault, Fault, FaultedAction, Target};
use stratiform_service::change::{Action, PolicyAction, Replacement};
use stratiform_service::{ChangeSet, Word};

/// CloudFormation tries a deletion three times by itself.
const FOR_GOOD: u32 = 1_000;

/// One thing that fails.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(
    rename_all = "camelCase",
    rename_all_fields = "camelCase",
    tag = "kind"
)]
pub enum Failure {
    /// A resource cannot be created, updated or deleted.
    Resource {
        /// The stack's key.
        stack: String,
        /// The resource.
        logical_id: String,
        /// Its type.
        resource_type: String,
        /// When.
        phase: Phase,
    },
    /// What runs in an ECS service never gets well.
    Service {
        /// The stack's key.
        stack: String,
        /// The service.
        logical_id: String,
    },
    /// An alarm goes off.
    Alarm {
        /// Its name.
        alarm: String,
        /// The stack that is being deployed then; none where all of them are.
        #[serde(skip_serializing_if = "Option::is_none")]
        stack: Option<String>,
    },
    /// A call to AWS fails.
    Call {
        /// The operation: `DescribeStacks`.
        operation: String,
        /// How.
        how: ApiFault,
        /// How often.
        times: Times,
    },
    /// The process is killed, and started again.
    Killed {
        /// The operation that it called last.
        after: String,
        /// The stack's key, where it was about one.
        #[serde(skip_serializing_if = "Option::is_none")]
        stack: Option<String>,
    },
}

/// When does a resource fail?
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Phase {
    /// While it is created.
    Create,
    /// While it is updated.
    Update,
    /// While it is deleted.
    Delete,
    /// While what it replaces is deleted.
    Cleanup,
}

/// How often does a call fail?
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Times {
    /// Once.
    Once,
    /// For longer than anybody tries.
    ForGood,
}

impl Failure {
    /// What the engine has to do. A process that is killed is nothing to it.
    pub fn fault(&self, name_of: impl Fn(&str) -> Option<String>) -> Option<Fault> {
        match self {
            Failure::Resource {
                stack,
                logical_id,
                phase,
                ..
            } => {
                let (action, times) = match phase {
                    Phase::Create => (FaultedAction::Create, 1),
                    Phase::Update => (FaultedAction::Update, 1),
                    Phase::Delete | Phase::Cleanup => (FaultedAction::Delete, FOR_GOOD),
                };
                Some(Fault::Resource {
                    action,
                    target: Target::Resource {
                        stack: name_of(stack)?,
                        logical_id: logical_id.clone(),
                    },
                    after: None,
                    times: Some(times),
                })
            }
            Failure::Service { stack, logical_id } => Some(Fault::Deployment {
                service: Deployed::Resource {
                    stack: name_of(stack)?,
                    logical_id: logical_id.clone(),
                },
                how: DeploymentFault::Fail { after: None },
                times: Some(1),
            }),
            Failure::Alarm { alarm, .. } => Some(Fault::Alarm {
                name: alarm.clone(),
                at: 1,
            }),
            Failure::Call {
                operation,
                how,
                times,
            } => Some(Fault::Api {
                operation: operation.clone(),
                how: *how,
                times: Some(match times {
                    Times::Once => 1,
                    Times::ForGood => FOR_GOOD,
                }),
            }),
            Failure::Killed { .. } => None,
        }
    }

    /// The stack that it is about, where it is about one.
    pub fn stack(&self) -> Option<&str> {
        match self {
            Failure::Resource { stack, .. } | Failure::Service { stack, .. } => Some(stack),
            Failure::Alarm { stack, .. } | Failure::Killed { stack, .. } => stack.as_deref(),
            Failure::Call { .. } => None,
        }
    }

    /// What it is one of: the words that failures of a kind share.
    pub fn family(&self) -> String {
        match self {
            Failure::Resource { phase, .. } => match phase {
                Phase::Create => "a resource cannot be created".to_owned(),
                Phase::Update => "a resource cannot be updated".to_owned(),
                Phase::Delete => "a resource cannot be deleted".to_owned(),
                Phase::Cleanup => "what was replaced cannot be deleted".to_owned(),
            },
            Failure::Service { .. } => "what runs in a service never gets well".to_owned(),
            Failure::Alarm { stack: None, .. } => {
                "an alarm goes off when all is deployed".to_owned()
            }
            Failure::Alarm { .. } => "an alarm goes off meanwhile".to_owned(),
            Failure::Call { how, times, .. } => {
                let how = match how {
                    ApiFault::Throttle => "is throttled",
                    ApiFault::Denied => "is not allowed",
                    ApiFault::InternalFailure => "is answered with an internal failure",
                    ApiFault::Timeout => "is not answered",
                    ApiFault::Cut => "is answered by half",
                    ApiFault::Lost => "is carried out and not answered",
                };
                let times = match times {
                    Times::Once => "once",
                    Times::ForGood => "for good",
                };
                format!("a call {how} {times}")
            }
            Failure::Killed { .. } => "the process is killed, and started again".to_owned(),
        }
    }

    /// Which of its family.
    pub fn which(&self) -> String {
        match self {
            Failure::Resource { logical_id, .. } | Failure::Service { logical_id, .. } => {
                logical_id.clone()
            }
            Failure::Alarm { alarm, .. } => alarm.clone(),
            Failure::Call { operation, .. } => operation.clone(),
            Failure::Killed { after, .. } => format!("after {after}"),
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place = self.stack().map(|stack| format!("{stack}/"));
        match self {
            Failure::Killed { stack: Some(_), .. } => {
                let stack = self.stack().unwrap_or_default();
                write!(f, "{}: {} of {stack}", self.family(), self.which())
            }
            _ => write!(
                f,
                "{}: {}{}",
                self.family(),
                place.unwrap_or_default(),
                self.which()
            ),
        }
    }
}

/// What can fail of what a change set does.
pub fn of_changes(stack: &str, change_set: &ChangeSet) -> Vec<Failure> {
    let mut all = Vec::new();
    for change in &change_set.changes {
        let change = &change.resource_change;
        let resource_type = change.resource_type.clone();
        let logical_id = change.logical_resource_id.to_string();
        // A loop of a template that is not expanded has no resource of that name.
        let phases: &[Phase] = match &change.action {
            Word::Known(Action::Add) => &[Phase::Create],
            Word::Known(Action::Remove) if keeps(change.policy_action.as_ref()) => &[],
            Word::Known(Action::Remove) => &[Phase::Delete],
            Word::Known(Action::Modify) => match &change.replacement {
                Some(Word::Known(Replacement::Will)) if keeps(change.policy_action.as_ref()) => {
                    &[Phase::Create]
                }
                Some(Word::Known(Replacement::Will)) => &[Phase::Create, Phase::Cleanup],
                Some(Word::Known(Replacement::May)) => {
                    &[Phase::Create, Phase::Update, Phase::Cleanup]
                }
                _ => &[Phase::Update],
            },
            _ => &[Phase::Create, Phase::Update, Phase::Delete],
        };
        let is_deployed = phases
            .iter()
            .any(|phase| matches!(phase, Phase::Create | Phase::Update));
        if resource_type == "AWS::ECS::Service" && is_deployed {
            all.push(Failure::Service {
                stack: stack.to_owned(),
                logical_id: logical_id.clone(),
            });
        }
        all.extend(phases.iter().map(|phase| Failure::Resource {
            stack: stack.to_owned(),
            logical_id: logical_id.clone(),
            resource_type: resource_type.clone(),
            phase: *phase,
        }));
    }
    all
}

/// Whether what goes stays where it is, outside of the stack.
fn keeps(policy: Option<&Word<PolicyAction>>) -> bool {
    matches!(
        policy,
        Some(Word::Known(
            PolicyAction::Retain | PolicyAction::ReplaceAndRetain
        ))
    )
}

/// How a call can fail.
pub fn of_call(operation: &str) -> impl Iterator<Item = Failure> {
    let once = [
        ApiFault::Throttle,
        ApiFault::InternalFailure,
        ApiFault::Timeout,
        ApiFault::Cut,
        ApiFault::Lost,
    ];
    let for_good = [ApiFault::Throttle, ApiFault::InternalFailure];
    let once = once.into_iter().map(|how| (how, Times::Once));
    let all = once.chain(for_good.into_iter().map(|how| (how, Times::ForGood)));
    all.map(move |(how, times)| Failure::Call {
        operation: operation.to_owned(),
        how,
        times,
    })
}
