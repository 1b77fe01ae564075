//! What was deployed, and how that went: from CloudFormation's events and the stacks' tags.
//!
//! What lives here: from what was found to deployments and rates. What does not: finding it (`src/`), and saying it.
//!
//! An operation of a stack names its run, its commit and who approved it by the token that is on its events. Who deployed
//! and why is in the tags of stacks, which the next deployment overwrites: then nobody knows it any more, and that is said.

mod operation;

use std::collections::BTreeMap;

use serde::Serialize;
use stratiform_service::{StackEvent, StackId, Timestamp};

use crate::call::Stack;
use crate::guard::{Asked, Unasked};
use crate::plan::{PREFIX, Record};
use crate::told::Cause;

use operation::{Mark, Operation, Way, operations};

/// The longest pause between two stacks of one deployment, in milliseconds: what happens in between, such as a snapshot of
/// a database, takes no longer.
const PAUSE: i64 = 6 * 3_600_000;

/// How long CloudFormation remembers a stack that was deleted, in milliseconds: 90 days.
///
/// Source: CloudFormation API reference, `ListStacks`.
pub const REMEMBERED: i64 = 90 * 86_400_000;

/// What was found.
#[derive(Clone, Debug)]
pub struct Past {
    /// The stacks of the environment, in order, then those of the same names that were deleted.
    pub stacks: Vec<PastStack>,
    /// Why it is not known which were deleted; none where it is.
    pub deleted: Option<Unasked>,
    /// Tags of git: the whole name of the commit, and the tag.
    pub tags: Vec<(String, String)>,
    /// From when on was asked.
    pub since: Timestamp,
    /// The moment.
    pub now: Timestamp,
}

/// A stack's past.
#[derive(Clone, Debug)]
pub struct PastStack {
    /// The name without app and environment: `network`.
    pub key: String,
    /// Its ARN; none where it is not there.
    pub id: Option<StackId>,
    /// As it is now; none where it is not there.
    pub stack: Asked<Option<Box<Stack>>>,
    /// Its events, oldest first.
    pub events: Asked<Vec<StackEvent>>,
}

/// What was deployed.
#[derive(Clone, Debug, PartialEq)]
pub struct History {
    /// The newest first.
    pub deployments: Vec<Deployment>,
    /// How that went.
    pub rates: Rates,
    /// What is not known.
    pub gaps: Vec<Gap>,
}

/// What was done to stacks in one run, or by somebody else to one stack.
#[derive(Clone, Debug, PartialEq)]
pub struct Deployment {
    /// What it was.
    pub kind: Kind,
    /// The run; none of what was no run of ours.
    pub run: Option<String>,
    /// What tags say of it; what they do not say is not known any more.
    pub record: Record,
    /// The commit as the token has it: its first 12 digits.
    pub commit: Option<String>,
    /// Who approved it, as the tokens have it: more than one where somebody else let it go on.
    pub approvers: Vec<String>,
    /// The tag that git has at that commit, where the stacks do not say.
    pub tag: Option<String>,
    /// When the first stack began.
    pub began: Timestamp,
    /// When the last one ended; none where one goes on.
    pub ended: Option<Timestamp>,
    /// How it ended.
    pub outcome: Outcome,
    /// The stacks, in the order in which they began.
    pub stacks: Vec<Step>,
}

/// What was done?
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// A deployment.
    Deploy,
    /// A deployment of what had been deployed before, with something else in between.
    Rollback,
    /// The way back of a run in which something failed.
    WayBack,
    /// A stack was brought where it can be deployed again.
    Mend,
    /// The environment was taken down.
    Destroy,
    /// No run of ours: the console, another tool, a person.
    Foreign,
}

/// How did it end?
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// As it was asked for.
    Succeeded,
    /// It goes on.
    InProgress,
    /// Something failed, and what failed is as it was before.
    RolledBack,
    /// Something was left halfway, or stuck.
    NeedsPerson,
}

/// What was done to a stack.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// The stack.
    pub key: String,
    /// What CloudFormation began with: `UPDATE_IN_PROGRESS`.
    pub operation: String,
    /// When.
    pub began: Timestamp,
    /// When it ended; none where it goes on.
    pub ended: Option<Timestamp>,
    /// How.
    pub outcome: Outcome,
    /// What failed first; none where nothing did.
    pub cause: Option<Cause>,
}

/// How deployments went: those that are over, rollbacks among them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rates {
    /// All of them.
    pub deployments: usize,
    /// Those that succeeded.
    pub succeeded: usize,
    /// Those that went back, by themselves or by a later deployment of what was before.
    pub rolled_back: usize,
    /// Those that left a stack that needs a person.
    pub needed_person: usize,
    /// The median time of those that succeeded, in milliseconds.
    pub median: Option<i64>,
}

/// What is not known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Gap {
    /// The events of a stack could not be asked.
    Events {
        /// The stack.
        key: String,
        /// Why.
        unasked: Unasked,
    },
    /// CloudFormation has no events of a stack's beginning any more.
    Forgotten {
        /// The stack.
        key: String,
        /// When it was made.
        created: Timestamp,
        /// The first event that is there; none where there is none.
        oldest: Option<Timestamp>,
    },
    /// Which stacks were deleted could not be asked.
    Deleted(Unasked),
    /// More was asked for than CloudFormation remembers of stacks that were deleted: from here on it does.
    TooOld(Timestamp),
    /// Deployments of which no stack has the record any more: so many.
    Overwritten(usize),
}

/// An operation of a stack, and what its token says.
struct Found {
    key: String,
    mark: Option<Mark>,
    operation: Operation,
}

impl History {
    /// From what was found.
    pub fn of(past: &Past) -> History {
        let mut found: Vec<Found> = past.stacks.iter().flat_map(of_stack).collect();
        // What began before is not all there.
        found.retain(|found| found.operation.began >= past.since);
        found.sort_by_key(|found| found.operation.began);
        let mut deployments = together(found);
        record(&mut deployments, past);
        for deployment in &mut deployments {
            deployment.find_tag(&past.tags);
        }
        went_back(&mut deployments);
        rollbacks(&mut deployments);
        let rates = Rates::of(&deployments);
        let gaps = gaps(past, &deployments);
        deployments.reverse();
        History {
            deployments,
            rates,
            gaps,
        }
    }
}

fn of_stack(stack: &PastStack) -> Vec<Found> {
    let events = stack.events.as_deref().unwrap_or_default();
    let found = operations(events).into_iter().map(|operation| Found {
        key: stack.key.clone(),
        mark: operation.token.as_deref().and_then(Mark::of),
        operation,
    });
    found.collect()
}

/// The operations of a run are one deployment. A run that is started again has the same name: it is another one where a
/// stack of it had failed, where another run came in between, or after a long pause.
fn together(found: Vec<Found>) -> Vec<Deployment> {
    let mut deployments: Vec<Deployment> = Vec::new();
    let mut newest: BTreeMap<(String, Kind), usize> = BTreeMap::new();
    for Found {
        key,
        mark,
        operation,
    } in found
    {
        let kind = kind(mark.as_ref(), &operation);
        let run = mark.as_ref().map(|mark| mark.run.clone());
        let place = run.clone().map(|run| (run, kind));
        let known = place.as_ref().and_then(|place| newest.get(place)).copied();
        let step = operation.step(key);
        let (commit, approver) = mark.map_or((None, None), |it| (it.commit, it.approved_by));
        match known {
            Some(index) if goes_on(&deployments[index..], &step) => {
                deployments[index].add(step, approver);
            }
            _ => {
                newest.extend(place.map(|place| (place, deployments.len())));
                deployments.push(Deployment {
                    kind,
                    run,
                    record: Record::default(),
                    commit,
                    approvers: approver.into_iter().collect(),
                    tag: None,
                    began: step.began,
                    ended: step.ended,
                    outcome: step.outcome,
                    stacks: vec![step],
                });
            }
        }
    }
    deployments
}

/// Whether a step belongs to the first of these deployments, of the same run; the others began after it.
fn goes_on(deployments: &[Deployment], step: &Step) -> bool {
    let Some((known, later)) = deployments.split_first() else {
        return false;
    };
    let is_tried_again = known.stacks.iter().any(|other| {
        other.key == step.key && matches!(other.outcome, Outcome::RolledBack | Outcome::NeedsPerson)
    });
    let is_over = later.iter().any(|other| match other.kind {
        Kind::Deploy | Kind::Rollback => other.run != known.run,
        Kind::WayBack | Kind::Destroy => known.kind == Kind::Deploy,
        Kind::Mend | Kind::Foreign => false,
    });
    let ends = known.stacks.iter();
    let last = ends.map(|other| other.ended.unwrap_or(other.began)).max();
    let last = last.unwrap_or(known.began);
    let pause = step.began.millis().saturating_sub(last.millis());
    !is_tried_again && !is_over && pause <= PAUSE
}

fn kind(mark: Option<&Mark>, operation: &Operation) -> Kind {
    let Some(mark) = mark else {
        return Kind::Foreign;
    };
    match mark.way {
        Way::Destroy => Kind::Destroy,
        Way::Mend => Kind::Mend,
        // The token of a rollback that was asked for begins in the same way.
        Way::Back if operation.is_forward() => Kind::WayBack,
        Way::Back => Kind::Mend,
        Way::Deploy => Kind::Deploy,
    }
}

impl Deployment {
    fn add(&mut self, step: Step, approver: Option<String>) {
        let is_new = |name: &String| !self.approvers.contains(name);
        let approver = approver.filter(is_new);
        self.approvers.extend(approver);
        self.ended = match (self.ended, step.ended) {
            (Some(one), Some(other)) => Some(one.max(other)),
            _ => None,
        };
        self.outcome = self.outcome.max(step.outcome);
        self.stacks.push(step);
    }

    /// What the tags of a stack name that it deployed: its run, and that run's way back as a run of its own.
    fn run_of_tags(&self) -> Option<String> {
        let run = self.run.as_ref()?;
        match self.kind {
            Kind::WayBack => Some(format!("{run}-back")),
            Kind::Deploy | Kind::Rollback => Some(run.clone()),
            Kind::Mend | Kind::Destroy | Kind::Foreign => None,
        }
    }

    /// The tag that git has at its commit.
    fn find_tag(&mut self, tags: &[(String, String)]) {
        self.tag = self.commit().and_then(|commit| {
            let (_, tag) = tags.iter().find(|(known, _)| known.starts_with(commit))?;
            Some(tag.clone())
        });
    }

    /// The release: what the stacks say, else what git says of the commit.
    pub fn release(&self) -> Option<&str> {
        self.record.release.as_deref().or(self.tag.as_deref())
    }

    /// The commit, as much of it as is known.
    pub fn commit(&self) -> Option<&str> {
        self.record.commit.as_deref().or(self.commit.as_deref())
    }

    /// Who approved it: what the tokens say, else the stacks; none where neither does.
    pub fn approved_by(&self) -> Option<String> {
        match self.approvers.as_slice() {
            [] => self.record.approved_by.clone(),
            approvers => Some(approvers.join(", ")),
        }
    }

    /// Whether it is over, and one that is counted.
    fn counts(&self) -> bool {
        matches!(self.kind, Kind::Deploy | Kind::Rollback) && self.outcome != Outcome::InProgress
    }

    /// How long it took, in milliseconds; none where it goes on.
    pub fn millis(&self) -> Option<i64> {
        Some(self.ended?.millis().saturating_sub(self.began.millis()))
    }

    /// What failed first, and in which stack.
    pub fn cause(&self) -> Option<(&str, &Cause)> {
        let mut stacks = self.stacks.iter();
        stacks.find_map(|step| Some((step.key.as_str(), step.cause.as_ref()?)))
    }
}

/// Gives each deployment its record, where a stack still has it: the tags of a stack are those of the last deployment that
/// succeeded there.
fn record(deployments: &mut [Deployment], past: &Past) {
    for stack in &past.stacks {
        let Ok(Some(there)) = &stack.stack else {
            continue;
        };
        let run = there.tags.get(&format!("{PREFIX}run")).cloned();
        let is_of = |deployment: &&mut Deployment| {
            let mut steps = deployment.stacks.iter();
            run.is_some()
                && deployment.run_of_tags() == run
                && steps.any(|step| step.key == stack.key && step.outcome == Outcome::Succeeded)
        };
        if let Some(deployment) = deployments.iter_mut().rev().find(is_of) {
            deployment.record = Record::of(&there.tags);
        }
    }
    // What a run mended, it mended to deploy.
    for index in 0..deployments.len() {
        let (before, after) = deployments.split_at_mut(index + 1);
        let Some(mended) = before.last_mut().filter(|it| it.kind == Kind::Mend) else {
            continue;
        };
        if let Some(deployment) = after.iter().find(|it| it.run == mended.run) {
            mended.record = deployment.record.clone();
            mended.commit = deployment.commit.clone();
        }
    }
}

/// A deployment after which its run went back did not succeed, whatever its stacks say.
fn went_back(deployments: &mut [Deployment]) {
    for index in 0..deployments.len() {
        let way_back = &deployments[index];
        if way_back.kind != Kind::WayBack {
            continue;
        }
        let run = way_back.run.clone();
        let before = deployments[..index].iter_mut().rev();
        let mut before = before.filter(|known| known.kind == Kind::Deploy && known.run == run);
        if let Some(deployment) = before.next() {
            deployment.outcome = deployment.outcome.max(Outcome::RolledBack);
        }
    }
}

/// A deployment of what had been deployed, with something else in between, is a rollback.
fn rollbacks(deployments: &mut [Deployment]) {
    let mut past: Vec<String> = Vec::new();
    for deployment in deployments {
        if deployment.kind != Kind::Deploy || deployment.outcome != Outcome::Succeeded {
            continue;
        }
        // The same commit may be known with more and with fewer digits.
        let commit = deployment.commit().map(|commit| {
            let digits = commit.get(..12).unwrap_or(commit);
            digits.to_owned()
        });
        let Some(origin) = commit.or_else(|| deployment.release().map(str::to_owned)) else {
            continue;
        };
        if past.last() == Some(&origin) {
            continue;
        }
        if past.contains(&origin) {
            deployment.kind = Kind::Rollback;
        }
        past.push(origin);
    }
}

impl Rates {
    fn of(deployments: &[Deployment]) -> Rates {
        let over = deployments.iter().filter(|deployment| deployment.counts());
        let ended = |outcome| {
            let over = over.clone();
            over.filter(|deployment| deployment.outcome == outcome)
                .count()
        };
        let rollbacks = over.clone();
        let rollbacks = rollbacks.filter(|deployment| deployment.kind == Kind::Rollback);
        let succeeded = over.clone();
        let succeeded = succeeded.filter(|deployment| deployment.outcome == Outcome::Succeeded);
        let mut times: Vec<i64> = succeeded.filter_map(Deployment::millis).collect();
        times.sort_unstable();
        Rates {
            deployments: over.clone().count(),
            succeeded: ended(Outcome::Succeeded),
            // What a rollback brought back had succeeded first.
            rolled_back: ended(Outcome::RolledBack) + rollbacks.count(),
            needed_person: ended(Outcome::NeedsPerson),
            median: median(&times),
        }
    }
}

/// The middle one; of two in the middle, their mean.
fn median(sorted: &[i64]) -> Option<i64> {
    let upper = *sorted.get(sorted.len() / 2)?;
    match sorted.len() % 2 {
        0 => Some(i64::midpoint(*sorted.get(sorted.len() / 2 - 1)?, upper)),
        _ => Some(upper),
    }
}

fn gaps(past: &Past, deployments: &[Deployment]) -> Vec<Gap> {
    let mut gaps = Vec::new();
    for stack in &past.stacks {
        let key = stack.key.clone();
        if let Err(unasked) = stack.stack.as_ref().and(stack.events.as_ref()) {
            let unasked = unasked.clone();
            gaps.push(Gap::Events { key, unasked });
            continue;
        }
        let (Ok(Some(there)), Ok(events)) = (&stack.stack, &stack.events) else {
            continue;
        };
        let oldest = events.first().map(|event| event.timestamp);
        let created = there.created;
        // Within what was asked for, its beginning should be there. A change set makes a stack before it is executed.
        let is_whole = created < past.since || oldest.is_some_and(|oldest| oldest <= created);
        let first = events.first();
        let begins = first.is_some_and(|event| {
            matches!(
                event.resource_status.as_str(),
                "REVIEW_IN_PROGRESS" | "CREATE_IN_PROGRESS"
            )
        });
        if !is_whole && !begins {
            gaps.push(Gap::Forgotten {
                key,
                created,
                oldest,
            });
        }
    }
    gaps.extend(past.deleted.clone().map(Gap::Deleted));
    let remembered = past.now.millis().saturating_sub(REMEMBERED);
    if past.since.millis() < remembered {
        gaps.extend(Timestamp::from_millis(remembered).map(Gap::TooOld));
    }
    let overwritten = deployments.iter().filter(|deployment| {
        matches!(deployment.kind, Kind::Deploy | Kind::Rollback)
            && deployment.record == Record::default()
    });
    match overwritten.count() {
        0 => {}
        count => gaps.push(Gap::Overwritten(count)),
    }
    gaps
}

#[cfg(test)]
mod tests;
