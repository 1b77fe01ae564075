//! How an environment is deployed, and what has to be true afterwards.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::besides::{Command, Notify, Task};
use crate::values::names::EnvironmentName;

/// How an environment is deployed, and what has to be true afterwards.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Deployment {
    /// What happens to the stacks that a release has deployed already when another one fails.
    pub on_failure: OnFailure,

    /// How many stacks are deployed at the same time: 1 to 20.
    #[schemars(range(min = 1, max = 20))]
    pub concurrency: u32,

    /// Whether CloudFormation only waits until resources are configured, and not until they are in use (express
    /// mode). What runs is verified all the same.
    pub express: bool,

    /// Whether only a release, which is a git tag, may be deployed.
    pub release_only: bool,

    /// The environment in which a release must have been deployed, and be healthy, before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub promotes_from: Option<EnvironmentName>,

    /// Whether snapshots of the databases are taken before anything is changed.
    pub backup_before_deploy: bool,

    /// Minutes that everything must stay well after a deployment: 0 to 1,440.
    #[schemars(range(min = 0, max = 1440))]
    pub bake_minutes: u32,

    /// The name of the alarm that makes CloudFormation roll a stack back.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 255))]
    pub rollback_alarm: Option<String>,

    /// Minutes that CloudFormation watches the alarm after a stack is deployed: 0 to 180.
    #[schemars(range(min = 0, max = 180))]
    pub monitoring_minutes: u32,

    /// The ARN of the role that CloudFormation takes on. Without one it acts with the caller's permissions.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 20, max = 2048))]
    pub role_arn: Option<String>,

    /// ARNs of topics that CloudFormation tells every event: at most 5.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 5))]
    pub notification_arns: Vec<String>,

    /// The bucket for templates of more than 51,200 bytes, which CloudFormation only reads from S3.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 3, max = 63))]
    pub artifact_bucket: Option<String>,

    /// The compliance score below which nothing is deployed: 0 to 100.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0, max = 100))]
    pub compliance_at_least: Option<u32>,

    /// Whether each deployment is rehearsed first, with everything that can fail in it.
    #[serde(skip_serializing_if = "Rehearsal::is_optional")]
    pub rehearsal: Rehearsal,

    /// What has to be true after a deployment; otherwise it goes back.
    pub verify: Verify,

    /// Commands in services' own images that run before the services change, or afterwards: a migration, a smoke test.
    /// Those of a service run in this order.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 20))]
    pub tasks: Vec<Task>,

    /// Commands of the pipeline that have to succeed afterwards, in this order: integration tests, a load test. Where one
    /// fails, what was deployed goes back.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 20))]
    pub commands: Vec<Command>,

    /// Who is told that a deployment starts, waits for somebody, and how it ends.
    #[serde(skip_serializing_if = "Notify::is_nobody")]
    pub notify: Notify,
}

/// What happens to the stacks that a release has deployed already when another one fails.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum OnFailure {
    /// They stay.
    #[default]
    Keep,
    /// They go back: a release is all of its stacks or none.
    RollbackAll,
}

/// Is a deployment rehearsed before it is begun?
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Rehearsal {
    /// Where somebody asks for it.
    #[default]
    Optional,
    /// Always: `guard` does, and refuses where one failure would lose data or leave a stack that nothing gets out.
    Required,
}

impl Rehearsal {
    fn is_optional(&self) -> bool {
        *self == Rehearsal::Optional
    }
}

/// What has to be true after a deployment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Verify {
    /// ECS services run all their tasks, of the task definition that was deployed.
    pub services: bool,
    /// The targets of the services' load balancers are healthy.
    pub targets: bool,
    /// No alarm of the stacks is in ALARM.
    pub alarms: bool,
    /// Databases are available.
    pub database: bool,
    /// Web addresses that answer.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub http: Vec<HttpCheck>,
    /// Minutes until all that is true: 0 to 1,440.
    #[schemars(range(min = 0, max = 1440))]
    pub within_minutes: u32,
}

/// A web address that answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct HttpCheck {
    /// The address: `https://shop.example.com/healthz`.
    #[schemars(length(min = 8, max = 2048))]
    pub url: String,
    /// The status that is expected: 100 to 599. 200 when left out.
    #[serde(default = "ok")]
    #[schemars(range(min = 100, max = 599))]
    pub status: u16,
    /// A text that has to be in the answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contains: Option<String>,
}

fn ok() -> u16 {
    200
}

impl Default for Deployment {
    fn default() -> Self {
        Deployment {
            on_failure: OnFailure::Keep,
            concurrency: 5,
            express: false,
            release_only: false,
            promotes_from: None,
            backup_before_deploy: false,
            bake_minutes: 0,
            rollback_alarm: None,
            monitoring_minutes: 0,
            role_arn: None,
            notification_arns: Vec::new(),
            artifact_bucket: None,
            compliance_at_least: None,
            rehearsal: Rehearsal::Optional,
            verify: Verify::default(),
            tasks: Vec::new(),
            commands: Vec::new(),
            notify: Notify::default(),
        }
    }
}

impl Default for Verify {
    fn default() -> Self {
        Verify {
            services: true,
            targets: true,
            alarms: true,
            database: true,
            http: Vec::new(),
            within_minutes: 15,
        }
    }
}
