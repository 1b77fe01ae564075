//! What ECS is asked for and answers.

use indexmap::IndexMap;
use stratiform_service::Timestamp;

/// An ECS service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Service {
    /// Its ARN.
    pub arn: String,
    /// Its name.
    pub name: String,
    /// `ACTIVE`, `DRAINING`, `INACTIVE`.
    pub status: String,
    /// How many tasks there should be.
    pub desired: u32,
    /// How many run.
    pub running: u32,
    /// The task definition that it is to run: an ARN.
    pub task_definition: String,
    /// Its deployments, the newest first.
    pub deployments: Vec<Deployment>,
    /// The ARNs of its target groups.
    pub target_groups: Vec<String>,
}

/// A deployment of an ECS service, as `DescribeServices` answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deployment {
    /// Its ID: `ecs-svc/…`.
    pub id: String,
    /// `PRIMARY`, `ACTIVE`, `INACTIVE`.
    pub status: String,
    /// `IN_PROGRESS`, `COMPLETED`, `FAILED`; none where ECS does not say.
    pub rollout: Option<String>,
    /// Why.
    pub reason: Option<String>,
    /// The task definition's ARN.
    pub task_definition: String,
    /// How many of its tasks run.
    pub running: u32,
    /// How many tasks failed to start.
    pub failed: u32,
}

/// A deployment of an ECS service, as `DescribeServiceDeployments` answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServiceDeployment {
    /// Its ARN.
    pub arn: String,
    /// `PENDING`, `IN_PROGRESS`, `SUCCESSFUL`, `ROLLBACK_SUCCESSFUL` …
    pub status: String,
    /// Why.
    pub reason: Option<String>,
    /// When it began.
    pub created: Option<Timestamp>,
}

/// A task that is to be run by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewTask {
    /// The cluster's name or ARN.
    pub cluster: String,
    /// The service that says where and how.
    pub service: String,
    /// The ARN of the task definition.
    pub task_definition: String,
    /// The container that gets the command.
    pub container: String,
    /// Program and arguments.
    pub command: Vec<String>,
    /// Variables that the container gets besides its own.
    pub variables: IndexMap<String, String>,
    /// Who starts it.
    pub started_by: String,
    /// The same token runs one task.
    pub token: String,
}

/// A task of ECS.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Task {
    /// Its ARN.
    pub arn: String,
    /// The ARN of its task definition.
    pub task_definition: String,
    /// Who started it.
    pub started_by: Option<String>,
    /// `PROVISIONING`, `PENDING`, `RUNNING` … `STOPPED`.
    pub status: String,
    /// Since when its containers run.
    pub started: Option<Timestamp>,
    /// When it stopped.
    pub stopped: Option<Timestamp>,
    /// Why.
    pub reason: Option<String>,
    /// Its containers.
    pub containers: Vec<Container>,
}

/// A container of a task.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Container {
    /// Its name.
    pub name: String,
    /// `PENDING`, `RUNNING`, `STOPPED`.
    pub status: String,
    /// What it exited with.
    pub exit: Option<i32>,
    /// Why it is not there, where it never was.
    pub reason: Option<String>,
}
