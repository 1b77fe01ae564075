//! What is known before a deployment, as plain values.

use std::collections::{BTreeMap, BTreeSet};

use stratiform_service::{AccountId, LogicalId, Region, Timestamp};

use crate::call::{
    Alarm, Database, Failure, FailureKind, Image, Resource, Service, Snapshot, Stack, Target,
};
use crate::plan::{Allowance, Mending};
use crate::predicted::Impact;
use crate::verification::HttpCheck;

/// What was found out, or why not.
pub type Asked<T> = Result<T, NotAsked>;

/// Why something is not known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotAsked {
    /// Why: a sentence without its end.
    pub reason: String,
    /// What to do; empty where there is nothing to do.
    pub remedy: String,
}

impl NotAsked {
    /// For a reason about which nothing can be done.
    pub fn because(reason: impl Into<String>) -> NotAsked {
        NotAsked {
            reason: reason.into(),
            remedy: String::new(),
        }
    }
}

impl From<Failure> for NotAsked {
    fn from(failure: Failure) -> NotAsked {
        NotAsked {
            reason: format!("{}: {}", failure.what, failure.why),
            remedy: failure.help,
        }
    }
}

/// All that is known.
#[derive(Clone, Debug)]
pub struct Facts {
    /// The moment.
    pub now: Timestamp,
    /// What the environment's file and the command line say.
    pub rules: Rules,
    /// What git says.
    pub git: Asked<Git>,
    /// The snapshots that are not what is synthesized.
    pub stale_snapshots: Asked<Vec<String>>,
    /// Whose credentials these are.
    pub identity: Asked<Identity>,
    /// The environment's stacks, in the order of their dependencies.
    pub stacks: Vec<StackNow>,
    /// The environment before this one; none where there is none.
    pub promotion: Option<Asked<Promotion>>,
    /// The image of each service.
    pub images: Vec<ImageNow>,
    /// What runs.
    pub running: Running,
    /// What the deployment would change.
    pub changes: Asked<Changes>,
}

/// What the environment's file and the command line say.
#[derive(Clone, Debug)]
pub struct Rules {
    /// The environment's name.
    pub environment: String,
    /// Its account, where it names one.
    pub account: Option<AccountId>,
    /// Its region.
    pub region: Region,
    /// Whose services are asked.
    pub cloud: Cloud,
    /// Whether only a release may be deployed. Then what otherwise is only said blocks.
    pub release_only: bool,
    /// The release that was named.
    pub release: Option<String>,
    /// Whether snapshots are taken before anything is changed.
    pub backup_before_deploy: bool,
    /// The compliance score that is asked for.
    pub compliance_at_least: Option<u32>,
    /// The alarm that makes CloudFormation roll a stack back.
    pub rollback_alarm: Option<String>,
    /// Whether there is a bucket for large templates.
    pub has_bucket: bool,
    /// The run that asks, where it has a name already.
    pub run: Option<String>,
    /// What may be done about stacks that cannot be updated as they are.
    pub mending: Mending,
    /// Resources that may go.
    pub allowed: Vec<Allowance>,
}

/// Whose services are asked?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cloud {
    /// AWS's, or whatever answers instead.
    Aws,
    /// The embedded engine's: for trying things out.
    Embedded,
}

/// What git says of what is checked out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Git {
    /// The commit.
    pub commit: String,
    /// The tags that are at it, the highest version first.
    pub tags: Vec<String>,
    /// All tags.
    pub all_tags: BTreeSet<String>,
    /// Files that are not committed, or not as they are committed.
    pub changed: Vec<String>,
    /// Whether somebody else has the commit.
    pub pushed: Asked<Pushed>,
}

/// Has somebody else the commit?
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Pushed {
    /// It is on this branch or tag of a remote.
    On(String),
    /// It is on none.
    Nowhere,
    /// There is no remote.
    NoRemote,
}

/// Whose credentials are used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// The account.
    pub account: AccountId,
    /// The user or the assumed role.
    pub arn: String,
}

/// One of the environment's stacks.
#[derive(Clone, Debug)]
pub struct StackNow {
    /// Its name without app and environment.
    pub key: String,
    /// How it stands; none where there is none.
    pub deployed: Asked<Option<Stack>>,
    /// What it has.
    pub resources: Asked<Vec<Resource>>,
    /// Whether its template can be read, and so deployed again; none where there is no stack.
    pub previous: Option<Asked<()>>,
    /// The template that it is to have.
    pub template: Template,
}

/// The size of a template.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Template {
    /// Its bytes, as it is sent.
    pub bytes: usize,
    /// Its resources.
    pub resources: usize,
    /// Its parameters.
    pub parameters: usize,
    /// Its outputs.
    pub outputs: usize,
}

/// How the environment before this one stands.
#[derive(Clone, Debug)]
pub struct Promotion {
    /// Its name.
    pub environment: String,
    /// Its stacks, as they are synthesized now.
    pub stacks: Vec<PromotedStack>,
    /// What runs there.
    pub running: Running,
}

/// A stack of the environment before.
#[derive(Clone, Debug)]
pub struct PromotedStack {
    /// Its name without app and environment.
    pub key: String,
    /// How it stands; none where there is none.
    pub deployed: Asked<Option<Stack>>,
    /// Whether its template is the one that is synthesized now: a stack that a release does not change keeps the tag of
    /// the release before.
    pub is_same: Asked<bool>,
}

/// The image of a service.
#[derive(Clone, Debug)]
pub struct ImageNow {
    /// The service.
    pub service: String,
    /// The image's whole name; none where nobody gave one yet.
    pub name: Option<String>,
    /// What the registry has; none where it has none.
    pub found: Asked<Option<Image>>,
    /// The name of the image that the service runs in the environment before.
    pub promoted: Option<String>,
}

/// What runs.
#[derive(Clone, Debug)]
pub struct Running {
    /// ECS services.
    pub services: Vec<ServiceNow>,
    /// Target groups of their load balancers.
    pub targets: Vec<TargetsNow>,
    /// The alarms of the stacks, and the one that rolls back.
    pub alarms: Asked<Vec<Alarm>>,
    /// Databases.
    pub databases: Vec<DatabaseNow>,
    /// Web addresses.
    pub http: Vec<HttpNow>,
    /// Task definitions that the stacks have.
    pub task_definitions: BTreeSet<String>,
}

impl Default for Running {
    /// Nothing.
    fn default() -> Self {
        Running {
            services: Vec::new(),
            targets: Vec::new(),
            alarms: Ok(Vec::new()),
            databases: Vec::new(),
            http: Vec::new(),
            task_definitions: BTreeSet::new(),
        }
    }
}

/// An ECS service.
#[derive(Clone, Debug)]
pub struct ServiceNow {
    /// Its name.
    pub name: String,
    /// Its ARN.
    pub arn: String,
    /// How it is; none where there is none.
    pub found: Asked<Option<Service>>,
}

/// The targets of a group.
#[derive(Clone, Debug)]
pub struct TargetsNow {
    /// The group's ARN.
    pub group: String,
    /// Whether it may have none: of blue and green, one is empty.
    pub may_be_empty: bool,
    /// The targets.
    pub found: Asked<Vec<Target>>,
}

/// A database.
#[derive(Clone, Debug)]
pub struct DatabaseNow {
    /// Its identifier.
    pub identifier: String,
    /// How it is; none where there is none.
    pub found: Asked<Option<Database>>,
    /// Its snapshots, newest first.
    pub snapshots: Asked<Vec<Snapshot>>,
}

/// A web address.
#[derive(Clone, Debug)]
pub struct HttpNow {
    /// What is expected.
    pub check: HttpCheck,
    /// Status and body.
    pub found: Asked<(u16, String)>,
}

/// What the deployment would change, by our own diff.
#[derive(Clone, Debug, Default)]
pub struct Changes {
    /// Resources that change.
    pub resources: Vec<Change>,
    /// What would fail, or be interrupted, in sentences; by stack.
    pub warnings: Vec<(String, String)>,
    /// What does not come back by deploying the templates of before, in sentences; by stack.
    pub irreversible: Vec<(String, String)>,
}

/// A resource that changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The stack's name without app and environment.
    pub stack: String,
    /// The resource.
    pub logical_id: LogicalId,
    /// Its type.
    pub resource_type: String,
    /// What happens to it.
    pub impact: Impact,
    /// Whether the physical resource stays, outside of the stack.
    pub stays: bool,
}

impl Rules {
    /// What becomes of something that only an environment of releases cannot bear.
    pub(super) fn strict(&self) -> super::Verdict {
        match (self.release_only, self.cloud) {
            (true, Cloud::Aws) => super::Verdict::Block,
            (false, _) | (_, Cloud::Embedded) => super::Verdict::Warn,
        }
    }
}

impl Facts {
    /// What is to be deployed, in a word: the release, or the commit.
    pub(super) fn version(&self) -> Option<&str> {
        let git = self.git.as_ref().ok();
        let tag = git.and_then(|git| git.tags.first());
        let release = self.rules.release.as_ref().or(tag);
        release
            .or(git.map(|git| &git.commit))
            .map(String::as_str)
    }

    /// The stacks that are there.
    pub(super) fn deployed(&self) -> impl Iterator<Item = (&StackNow, &Stack)> {
        let stacks = self.stacks.iter();
        stacks.filter_map(|now| Some((now, now.deployed.as_ref().ok()?.as_ref()?)))
    }

    /// What is known of no resource at all.
    pub(super) fn resources_not_asked(&self) -> impl Iterator<Item = &NotAsked> {
        let stacks = self.stacks.iter();
        stacks.filter_map(|now| now.resources.as_ref().err())
    }
}
