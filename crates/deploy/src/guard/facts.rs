//! What is known before a deployment, as plain values. What could not be asked says why.

use std::collections::BTreeSet;

use indexmap::IndexMap;
use stratiform_service::{AccountId, Region, Timestamp};

use super::{Lacking, Rehearsed, Room};
use crate::call::{
    Alarm, Database, Failure, FailureKind, Image, Resource, Service, Snapshot, Stack, Target,
};
use crate::plan::{Allowance, Mending, PREFIX};
use crate::verification::{Health, service_health, target_health};

/// What was asked; or why it could not be.
pub type Asked<T> = Result<T, Unasked>;

/// Why something could not be asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unasked {
    /// Why.
    pub why: String,
    /// What to do; empty where nothing can be done.
    pub help: String,
    /// How the call failed; none where none was made.
    pub kind: Option<FailureKind>,
}

impl Unasked {
    /// Nobody was asked.
    pub fn because(why: impl Into<String>, help: impl Into<String>) -> Unasked {
        Unasked {
            why: why.into(),
            help: help.into(),
            kind: None,
        }
    }

    /// Whether AWS was asked and said no, and will say no the next time.
    pub fn is_refused(&self) -> bool {
        match self.kind {
            Some(FailureKind::Refused | FailureKind::Denied) => true,
            Some(FailureKind::Credentials | FailureKind::Throttled | FailureKind::Unknown)
            | None => false,
        }
    }
}

impl From<Failure> for Unasked {
    fn from(failure: Failure) -> Unasked {
        Unasked {
            why: format!("{}: {}", failure.what, failure.why),
            help: failure.help,
            kind: Some(failure.kind),
        }
    }
}

/// All that is known before a deployment.
#[derive(Clone, Debug)]
pub struct Facts {
    /// The moment.
    pub now: Timestamp,
    /// What is to be deployed where.
    pub wanted: Wanted,
    /// What is checked out.
    pub git: Asked<Git>,
    /// Snapshots that are not what is synthesized.
    pub stale: Asked<Vec<String>>,
    /// What validation and policies find in what is to be deployed.
    pub findings: Asked<Vec<Flaw>>,
    /// How much of what the environment's policies ask for is so.
    pub compliance: Asked<Compliance>,
    /// Whose credentials these are.
    pub caller: Asked<Caller>,
    /// What the roles of the environment's bootstrap may not do, and have to.
    pub permissions: Asked<Vec<Lacking>>,
    /// The environment's stacks, as they are synthesized and as they are there.
    pub stacks: Vec<StackFound>,
    /// What runs in them.
    pub running: Running,
    /// What the change interrupts, or may interrupt.
    pub risks: Asked<Vec<Risk>>,
    /// The tasks that run with it, or may.
    pub tasks: Asked<Vec<TaskFound>>,
    /// What its rehearsal came to; none where the environment asks for none.
    pub rehearsal: Option<Asked<Rehearsed>>,
    /// How much room the account has for what is added.
    pub room: Vec<Room>,
    /// How it stands in the environment before this one; none where there is no such environment.
    pub promotion: Option<Asked<Promotion>>,
    /// The images that services run, or are to run.
    pub images: Vec<ImageFound>,
    /// The alarm that rolls stacks back; none where there is none.
    pub rollback_alarm: Option<String>,
}

/// Something that is found in what is to be deployed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flaw {
    /// What, in a sentence.
    pub what: String,
    /// How much it matters.
    pub severity: Severity,
}

/// Must what is found not be deployed?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Severity {
    /// It has to be known.
    Warning,
    /// The environment does not take it.
    Error,
}

/// How much of what the policies of an environment ask for is so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Compliance {
    /// 0 to 100, rounded down; none where no policy asks about anything.
    pub score: Option<u32>,
    /// The score with what it would be if nothing were accepted, in words.
    pub number: String,
    /// What costs most, each with so many points.
    pub costs: Vec<String>,
}

/// What is to be deployed where.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// The environment.
    pub environment: String,
    /// The environment that it is a rehearsal of.
    pub rehearsal_of: Option<String>,
    /// Its region.
    pub region: Region,
    /// Its account; none where its file does not say.
    pub account: Option<AccountId>,
    /// The release that somebody named.
    pub release: Option<String>,
    /// What it takes.
    pub deploys: Deploys,
    /// Whether its databases must have a backup, whatever else they say.
    pub backup: bool,
    /// The compliance score that it asks for.
    pub compliance_at_least: Option<u32>,
    /// What may be done about stacks that cannot be updated as they are.
    pub mending: Mending,
    /// The run that asks; none where nothing is deployed yet.
    pub run: Option<String>,
    /// Whose CloudFormation it is.
    pub whose: Whose,
    /// Where it leads.
    pub heading: Heading,
    /// Resources that somebody named: what happens to them may happen.
    pub allowed: Vec<Allowance>,
    /// Tasks that somebody named: what is deployed may go back over them.
    pub crossed: Vec<String>,
}

/// A task of the environment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TaskFound {
    /// Its name.
    pub name: String,
    /// Its service.
    pub service: String,
    /// Whether it runs with this deployment.
    pub runs: bool,
    /// Whether what it does can be undone.
    pub reversible: bool,
}

/// Something that a change interrupts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Risk {
    /// The stack, by its name without app and environment.
    pub stack: String,
    /// The resource.
    pub logical_id: String,
    /// What happens: `interrupts the database …`.
    pub what: String,
}

/// Where does a deployment lead?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Heading {
    /// To something new.
    Forward,
    /// To a release that was there before.
    Back,
}

/// What does an environment take?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deploys {
    /// Releases, which are git tags.
    ReleasesOnly,
    /// Any commit.
    AnyCommit,
}

/// Whose CloudFormation is it?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whose {
    /// AWS's, or what stands in for it.
    Aws,
    /// The embedded engine: what is tried there is nobody's loss.
    Engine,
}

/// What is checked out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Git {
    /// The commit.
    pub commit: String,
    /// Files that are not as they are in it.
    pub changed: Vec<String>,
    /// Whether the commit is at the remote.
    pub pushed: Asked<bool>,
    /// Tags at the commit, the highest version first.
    pub tags: Vec<String>,
    /// The commit of the release that somebody named; none where it is no tag.
    pub release: Option<String>,
    /// All tags that git knows here.
    pub known: Vec<String>,
}

/// Whose credentials they are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    /// The account.
    pub account: AccountId,
    /// The user or the assumed role.
    pub arn: String,
}

/// A stack of an environment.
#[derive(Clone, Debug)]
pub struct StackFound {
    /// The name without app and environment: `network`.
    pub key: String,
    /// The template as it is synthesized now.
    pub planned: String,
    /// The stack; none where there is none.
    pub stack: Asked<Option<Box<Stack>>>,
    /// The template as it is deployed; none where nothing is, or nobody asked.
    pub template: Option<Asked<String>>,
    /// What the stack has; nothing where there is no stack.
    pub resources: Asked<Vec<Resource>>,
    /// The token of the operation that is going on, where one is and it is known.
    pub token: Option<String>,
}

impl StackFound {
    /// One of the tags that say where a deployment comes from: `release`.
    pub fn record(&self, key: &str) -> Option<&str> {
        let value = self.there()?.tags.get(&format!("{PREFIX}{key}"))?;
        Some(value.as_str())
    }

    /// The stack, where one is there.
    pub fn there(&self) -> Option<&Stack> {
        self.stack.as_ref().ok()?.as_deref()
    }

    /// What could not be asked of it.
    pub(super) fn unasked(&self) -> Option<&Unasked> {
        self.stack.as_ref().err().or(self.resources.as_ref().err())
    }
}

/// What runs in an environment.
#[derive(Clone, Debug)]
pub struct Running {
    /// ECS services.
    pub services: Vec<ServiceFound>,
    /// Alarms.
    pub alarms: Asked<Vec<Alarm>>,
    /// Databases.
    pub databases: Vec<DatabaseFound>,
}

/// An ECS service of a stack.
#[derive(Clone, Debug)]
pub struct ServiceFound {
    /// Its name.
    pub name: String,
    /// The service; none where it is not there.
    pub service: Asked<Option<Service>>,
    /// The targets of each of its target groups, by ARN.
    pub targets: IndexMap<String, Asked<Vec<Target>>>,
}

impl ServiceFound {
    /// How it is, and then how the targets of each of its groups are. Of one that is to run nothing they do not matter.
    pub(crate) fn healths(&self) -> impl Iterator<Item = Asked<Health>> + Clone {
        let desired = match &self.service {
            Ok(Some(service)) => service.desired,
            Ok(None) | Err(_) => 0,
        };
        let own = self.service.as_ref().map(|service| match service {
            Some(service) => service_health(service, &BTreeSet::new()),
            None => Health::Broken("it is not there".to_owned()),
        });
        // Of several groups, blue and green, one is empty.
        let may_be_empty = self.targets.len() > 1;
        let targets = self.targets.values().filter(move |_| desired > 0);
        let targets = targets.map(move |targets| match targets {
            Ok(targets) => Ok(target_health(targets, may_be_empty)),
            Err(unasked) => Err(unasked.clone()),
        });
        std::iter::once(own.map_err(Unasked::clone)).chain(targets)
    }
}

/// A database of a stack.
#[derive(Clone, Debug)]
pub struct DatabaseFound {
    /// Its identifier.
    pub identifier: String,
    /// The database; none where it is not there.
    pub database: Asked<Option<Database>>,
    /// Its snapshots.
    pub snapshots: Asked<Vec<Snapshot>>,
}

/// How it stands in the environment before this one.
#[derive(Clone, Debug)]
pub struct Promotion {
    /// That environment.
    pub environment: String,
    /// Its stacks, as they are synthesized now and as they are there.
    pub stacks: Vec<StackFound>,
    /// What runs in them.
    pub running: Running,
}

/// An image that a service runs, or is to run.
#[derive(Clone, Debug)]
pub struct ImageFound {
    /// Its whole name.
    pub name: String,
    /// The image; none where it is not there.
    pub image: Asked<Option<Image>>,
}
