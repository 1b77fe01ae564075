//! What is asked of AWS, and what it answers: all that the decisions know of the world.
//!
//! What lives here: a call and its reply as values. What does not: making calls (`aws`), and when to make one.

mod ecs;
mod kind;
mod rds;
mod stack;

use std::path::PathBuf;

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};
use stratiform_service::change_set::{ChangeSetType, DeploymentConfigMode, RollbackConfiguration};
use stratiform_service::drift::{Detection, ResourceDrift};
use stratiform_service::{
    AccountId, ChangeSet, ChangeSetId, LogicalId, PhysicalId, Refusal, ResourceStatus, StackEvent,
    StackId, Timestamp, Word,
};

pub use ecs::{Container, Deployment, NewTask, Service, ServiceDeployment, Task};
pub use kind::Kind;
pub use rds::{Database, DatabaseKind, Snapshot};
pub use stack::{Drift, Stack};

pub(crate) use stack::HIDDEN;

/// Something that is asked of AWS, or of what runs there. Whoever makes it tries again by himself where another try may
/// succeed and does no harm.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Call {
    /// Whose credentials these are.
    Identity,
    /// A stack, by name or by ARN: [`Reply::Stack`].
    DescribeStack {
        /// Its name or ARN.
        stack: String,
    },
    /// A stack's template, as it was sent: [`Reply::Template`].
    GetTemplate {
        /// The stack.
        stack: StackId,
    },
    /// A stack's policy: [`Reply::Policy`].
    GetStackPolicy {
        /// The stack.
        stack: StackId,
    },
    /// What a stack has: [`Reply::Resources`].
    ListStackResources {
        /// The stack.
        stack: StackId,
    },
    /// Begins to look for what somebody else changed in a stack: [`Reply::DetectionBegun`].
    DetectStackDrift {
        /// The stack.
        stack: StackId,
    },
    /// How such a look is getting on: [`Reply::Detection`].
    DriftDetectionStatus {
        /// The look's ID.
        detection: String,
    },
    /// What was found when it was last looked, of all resources that were ever looked at: [`Reply::Drifts`].
    ResourceDrifts {
        /// The stack.
        stack: StackId,
    },
    /// Makes a change set: [`Reply::ChangeSetMade`]. One of that name that is there already is answered.
    CreateChangeSet(Box<NewChangeSet>),
    /// A change set with all its changes and their values: [`Reply::ChangeSet`].
    DescribeChangeSet {
        /// The change set.
        change_set: ChangeSetId,
    },
    /// What the validation before a deployment found: [`Reply::Validation`].
    ValidationEvents {
        /// The change set.
        change_set: ChangeSetId,
    },
    /// Executes a change set: [`Reply::Done`].
    ExecuteChangeSet {
        /// The change set.
        change_set: ChangeSetId,
        /// Stands on all events of the operation.
        token: String,
    },
    /// Deletes a change set; one that is not there is deleted: [`Reply::Done`].
    DeleteChangeSet {
        /// The change set.
        change_set: ChangeSetId,
    },
    /// Deletes a stack: [`Reply::Done`].
    DeleteStack {
        /// The stack.
        stack: StackId,
        /// Stands on all events of the operation.
        token: String,
    },
    /// Goes on with a rollback that is stuck: [`Reply::Done`].
    ContinueUpdateRollback {
        /// The stack.
        stack: StackId,
        /// Resources that are left as they are; `Child.LogicalId` in a nested stack.
        skip: Vec<String>,
        /// Stands on all events of the operation.
        token: String,
    },
    /// Rolls a stack back that was left halfway: [`Reply::Done`].
    RollbackStack {
        /// The stack.
        stack: StackId,
        /// Stands on all events of the operation.
        token: String,
    },
    /// Stops an update, which rolls back: [`Reply::Done`].
    CancelUpdateStack {
        /// The stack.
        stack: StackId,
        /// Stands on all events of the operation.
        token: String,
    },
    /// Sets a stack's policy: [`Reply::Done`].
    SetStackPolicy {
        /// The stack.
        stack: StackId,
        /// The document, JSON.
        policy: String,
    },
    /// Sets whether a stack may be deleted: [`Reply::Done`].
    UpdateTerminationProtection {
        /// The stack.
        stack: StackId,
        /// Whether CloudFormation refuses to delete it.
        protected: bool,
    },
    /// A stack's events after a known one, oldest first: [`Reply::Events`]. Without a known one, those of the last
    /// operation.
    StackEvents {
        /// The stack.
        stack: StackId,
        /// The ID of the last event that is known.
        after: Option<String>,
    },
    /// All events of a stack from a moment on, oldest first: [`Reply::Events`].
    EventsSince {
        /// The stack; also one that is deleted.
        stack: StackId,
        /// The moment.
        since: Timestamp,
    },
    /// The stacks that were deleted, as long as CloudFormation knows of them: [`Reply::DeletedStacks`].
    ListDeletedStacks,
    /// The change sets of a stack: [`Reply::ChangeSets`].
    ListChangeSets {
        /// The stack.
        stack: StackId,
    },
    /// Who imports an export: [`Reply::Importers`].
    ListImports {
        /// The export's name.
        export: String,
    },
    /// Puts a template where CloudFormation reads it: [`Reply::Uploaded`].
    PutTemplate {
        /// The bucket.
        bucket: String,
        /// The object's key.
        key: String,
        /// The template's text.
        body: String,
    },
    /// ECS services of a cluster: [`Reply::Services`].
    DescribeServices {
        /// The cluster's name or ARN.
        cluster: String,
        /// The services' names or ARNs, at most 10.
        services: Vec<String>,
    },
    /// The newest deployment of an ECS service: [`Reply::ServiceDeployment`].
    LatestServiceDeployment {
        /// The cluster's name or ARN.
        cluster: String,
        /// The service's name or ARN.
        service: String,
    },
    /// The image of each container of a task definition: [`Reply::TaskDefinition`].
    DescribeTaskDefinition {
        /// The task definition's ARN, or family and revision.
        task_definition: String,
    },
    /// Registers a copy of a task definition with other images: [`Reply::TaskDefinition`].
    CopyTaskDefinition {
        /// The task definition's ARN, or family and revision. It may be inactive.
        task_definition: String,
        /// The copy's family; none for the same.
        family: Option<String>,
        /// The images that are other, by the container's name.
        images: IndexMap<String, String>,
    },
    /// Lets an ECS service run another task definition: [`Reply::Done`].
    UpdateService {
        /// The cluster's name or ARN.
        cluster: String,
        /// The service's name or ARN.
        service: String,
        /// The task definition's ARN.
        task_definition: String,
    },
    /// Tasks of a family that run, or have stopped not long ago: [`Reply::Tasks`].
    FindTasks {
        /// The cluster's name or ARN.
        cluster: String,
        /// The family of their task definitions.
        family: String,
    },
    /// Runs a task by itself, where and as a service runs its own: [`Reply::Task`].
    RunTask(Box<NewTask>),
    /// A task: [`Reply::Task`].
    DescribeTask {
        /// The cluster's name or ARN.
        cluster: String,
        /// The task's ARN.
        task: String,
    },
    /// Stops a task: [`Reply::Done`].
    StopTask {
        /// The cluster's name or ARN.
        cluster: String,
        /// The task's ARN.
        task: String,
        /// Why.
        reason: String,
    },
    /// The last lines that a container of a task printed: [`Reply::Printed`].
    TaskLogs {
        /// The ARN of the task's definition, which says where they are.
        task_definition: String,
        /// The container.
        container: String,
        /// The task's ARN.
        task: String,
    },
    /// Tells a topic something: [`Reply::Done`].
    Publish {
        /// The topic's ARN.
        topic: String,
        /// What it is about, at most 100 characters.
        subject: String,
        /// What is told.
        message: String,
        /// Values by which subscribers filter.
        attributes: IndexMap<String, String>,
    },
    /// Tells the webhook something, whose address is not told here: [`Reply::Done`].
    Webhook {
        /// The body, JSON.
        body: String,
    },
    /// Runs a command here: [`Reply::Command`].
    RunCommand(Box<NewCommand>),
    /// The health of a target group's targets: [`Reply::Targets`].
    DescribeTargetHealth {
        /// The target group's ARN.
        target_group: String,
    },
    /// Lets a load balancer be deleted; one that is not there can be: [`Reply::Done`].
    UnprotectLoadBalancer {
        /// Its ARN.
        load_balancer: String,
    },
    /// Lets a database be deleted; one that is not there can be: [`Reply::Done`].
    UnprotectDatabase {
        /// What it is.
        kind: DatabaseKind,
        /// Its identifier.
        identifier: String,
    },
    /// Alarms by name: [`Reply::Alarms`]. One that is not there is left out.
    DescribeAlarms {
        /// The names, at most 100.
        names: Vec<String>,
    },
    /// A database: [`Reply::Database`].
    DescribeDbInstance {
        /// Its identifier.
        identifier: String,
    },
    /// Takes a snapshot of a database: [`Reply::Snapshot`]. One of that name that is there already is answered.
    CreateDbSnapshot {
        /// The database's identifier.
        instance: String,
        /// The snapshot's identifier.
        snapshot: String,
    },
    /// Snapshots of a database, newest first: [`Reply::Snapshots`].
    DescribeDbSnapshots {
        /// The database's identifier.
        instance: String,
    },
    /// The value of a quota in the account and region: [`Reply::Quota`].
    Quota {
        /// The service's code: `vpc`.
        service: String,
        /// The quota's: `L-F678F1CE`.
        code: String,
    },
    /// How many resources of a type there are: [`Reply::Count`].
    CountResources {
        /// The type: `AWS::EC2::VPC`.
        resource_type: String,
    },
    /// Whether a resource is there, in a stack or outside: [`Reply::Found`].
    FindResource {
        /// The type: `AWS::IAM::OIDCProvider`.
        resource_type: String,
        /// Its primary identifier.
        identifier: String,
    },
    /// An image by its tag or digest: [`Reply::Image`].
    DescribeImage {
        /// The repository's name.
        repository: String,
        /// A tag, or a digest (`sha256:…`).
        reference: String,
    },
    /// Asks a web server: [`Reply::Http`].
    Http {
        /// The address.
        url: String,
    },
}

/// A change set that is to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewChangeSet {
    /// The stack's name.
    pub stack: String,
    /// Its name: one of this run.
    pub name: String,
    /// What it says of itself.
    pub description: String,
    /// Whether it makes the stack or changes it.
    pub change_set_type: ChangeSetType,
    /// The template.
    pub template: TemplateSource,
    /// Values of parameters.
    pub parameters: IndexMap<String, ParameterValue>,
    /// All tags of the stack.
    pub tags: IndexMap<String, String>,
    /// What the stack may do: `CAPABILITY_IAM`.
    pub capabilities: Vec<String>,
    /// The role that CloudFormation takes on.
    pub role: Option<String>,
    /// Topics that are told; none leaves them as they are.
    pub notification_arns: Vec<String>,
    /// Alarms that make the deployment fail.
    pub rollback: Option<RollbackConfiguration>,
    /// Whether resources are waited for.
    pub mode: DeploymentConfigMode,
    /// Whether what is there already under the name that the template gives becomes part of the stack.
    pub import_existing: bool,
    /// What becomes of what somebody else changed.
    pub drift: OnDrift,
}

/// What becomes of what somebody else changed in a stack?
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OnDrift {
    /// Nobody looks.
    #[default]
    Ignore,
    /// It goes back to what the template says: a drift-aware change set.
    Revert,
}

/// A command that is to be run here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewCommand {
    /// Program and arguments.
    pub argv: Vec<String>,
    /// Where.
    pub folder: PathBuf,
    /// Variables that it gets besides those of this process.
    pub variables: IndexMap<String, String>,
    /// How long it may take, in milliseconds.
    pub patience: u64,
}

/// Where CloudFormation finds a template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TemplateSource {
    /// In the call: up to 51,200 bytes.
    Body(String),
    /// In S3: up to 1 MiB.
    Url(String),
}

/// What a parameter is given.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum ParameterValue {
    /// This value.
    Value(String),
    /// What it has.
    Previous,
}

/// An answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reply {
    /// It was done, or had been done.
    Done,
    /// Whose credentials these are.
    Identity {
        /// The account.
        account: AccountId,
        /// The user or the assumed role.
        arn: String,
    },
    /// A stack; none where there is none. By ARN a deleted one is there.
    Stack(Option<Box<Stack>>),
    /// A template's text.
    Template(String),
    /// A stack policy; none where every update is allowed.
    Policy(Option<String>),
    /// What a stack has.
    Resources(Vec<Resource>),
    /// A look for drift has begun.
    DetectionBegun {
        /// Its ID.
        detection: String,
    },
    /// How a look for drift is getting on.
    Detection(Detection),
    /// What was found of each resource.
    Drifts(Vec<ResourceDrift>),
    /// A change set is being made.
    ChangeSetMade {
        /// The change set.
        change_set: ChangeSetId,
        /// Its stack.
        stack: StackId,
    },
    /// A change set, whole.
    ChangeSet(Box<ChangeSet>),
    /// What validation found.
    Validation(Vec<ValidationFailure>),
    /// Events, oldest first.
    Events(Vec<StackEvent>),
    /// Stacks that are not there any more, the newest first.
    DeletedStacks(Vec<StackId>),
    /// Change sets, without what they do.
    ChangeSets(Vec<ChangeSetSummary>),
    /// Names of stacks.
    Importers(Vec<String>),
    /// The address under which CloudFormation reads what was put.
    Uploaded {
        /// The address.
        url: String,
    },
    /// ECS services; those that are not there are left out.
    Services(Vec<Service>),
    /// The newest deployment of a service; none where there was none.
    ServiceDeployment(Option<ServiceDeployment>),
    /// The image of each container, by the container's name.
    TaskDefinition {
        /// The task definition's ARN.
        arn: String,
        /// Whether services can run it: one that was deregistered can only be looked at.
        is_active: bool,
        /// The images.
        images: IndexMap<String, String>,
    },
    /// Tasks.
    Tasks(Vec<Task>),
    /// A task; none where ECS does not know it.
    Task(Option<Box<Task>>),
    /// Lines, the oldest first; none where nobody keeps them, or nothing was printed.
    Printed(Option<Vec<String>>),
    /// How a command ended.
    Command {
        /// What it exited with; none where it was ended: it took too long, or by a signal.
        exit: Option<i32>,
        /// Whether it took too long.
        is_late: bool,
        /// The last of what it printed, to both of its outputs.
        printed: Vec<String>,
    },
    /// Targets.
    Targets(Vec<Target>),
    /// Alarms.
    Alarms(Vec<Alarm>),
    /// A database; none where there is none.
    Database(Option<Database>),
    /// A snapshot.
    Snapshot(Snapshot),
    /// Snapshots, newest first.
    Snapshots(Vec<Snapshot>),
    /// An image; none where there is none.
    Image(Option<Image>),
    /// The value of a quota.
    Quota(usize),
    /// A number of things.
    Count(usize),
    /// Whether it is there.
    Found(bool),
    /// What a web server says.
    Http {
        /// The status: 200.
        status: u16,
        /// The beginning of the body, at most 64 KiB.
        body: String,
    },
}

/// A change set, without what it does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChangeSetSummary {
    /// Its name.
    pub name: String,
    /// What it says of itself.
    pub description: Option<String>,
    /// `CREATE_IN_PROGRESS`, `CREATE_COMPLETE`, `FAILED` …
    pub status: String,
    /// `AVAILABLE`, `UNAVAILABLE`, `OBSOLETE`, `EXECUTE_IN_PROGRESS` …
    pub execution: String,
    /// When it was made.
    pub created: Option<Timestamp>,
}

/// A resource of a stack.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resource {
    /// Its logical ID.
    pub logical_id: LogicalId,
    /// Its physical ID, where it has one.
    pub physical_id: Option<PhysicalId>,
    /// Its type.
    pub resource_type: String,
    /// Its status.
    pub status: Word<ResourceStatus>,
    /// Why; none where CloudFormation does not say.
    pub reason: Option<String>,
    /// Since when.
    pub changed: Option<Timestamp>,
}

/// What the validation before a deployment found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ValidationFailure {
    /// The resource.
    pub logical_id: String,
    /// Where: `/Resources/Queue/Properties/DelaySeconds`.
    pub path: String,
    /// `PROPERTY_VALIDATION`.
    pub name: String,
    /// Why.
    pub reason: String,
}

/// A target of a target group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// Its ID.
    pub id: String,
    /// `healthy`, `initial`, `unhealthy`, `draining`, `unused`, `unavailable`.
    pub state: String,
    /// Why.
    pub reason: Option<String>,
}

/// An alarm.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alarm {
    /// Its name.
    pub name: String,
    /// Its ARN.
    pub arn: String,
    /// `OK`, `ALARM`, `INSUFFICIENT_DATA`.
    pub state: String,
    /// Why.
    pub reason: Option<String>,
    /// Since when.
    pub since: Option<Timestamp>,
}

/// An image in ECR.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Image {
    /// `sha256:…`.
    pub digest: String,
    /// Its tags.
    pub tags: Vec<String>,
    /// When it was pushed.
    pub pushed: Option<Timestamp>,
}

/// A call that failed, after all tries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// What kind of failure.
    pub kind: FailureKind,
    /// What failed: a sentence without its end.
    pub what: String,
    /// Why, with AWS's own words.
    pub why: String,
    /// What to do.
    pub help: String,
    /// CloudFormation's refusal, where it is one.
    pub refusal: Option<Refusal>,
}

/// Why did a call fail?
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FailureKind {
    /// AWS refused it. Nothing was done.
    Refused,
    /// The credentials are not accepted. Nothing was done.
    Credentials,
    /// The credentials may not do it. Nothing was done.
    Denied,
    /// Too many calls, until the end. Nothing was done.
    Throttled,
    /// No answer, or none that can be used: it may have been done.
    Unknown,
}

impl FailureKind {
    /// Whether another try, later, may succeed.
    pub fn is_passing(self) -> bool {
        match self {
            FailureKind::Throttled | FailureKind::Unknown => true,
            FailureKind::Refused | FailureKind::Credentials | FailureKind::Denied => false,
        }
    }
}

impl Failure {
    /// Whether the stack that was asked about is not there.
    pub fn is_stack_missing(&self) -> bool {
        self.refusal.as_ref().is_some_and(Refusal::is_stack_missing)
    }
}
