//! How an environment stands: its stacks, where they come from, and what runs in them.
//!
//! What lives here: from what was found to what it means. What does not: finding it (`src/`), and saying it.

mod part;

use std::collections::BTreeMap;

use stratiform_service::status::{Ending, Phase};
use stratiform_service::{StackStatus, Timestamp, Word};

use crate::call::{ChangeSetSummary, Drift, Stack};
use crate::guard::{Asked, Running, StackFound, Unasked};
use crate::plan::Record;
use crate::stack::changed;
use crate::verification::Health;

pub use part::{Backup, Part, PartKind, RunningImage, Saved, ServiceDetail, TargetCount};

/// What was found of an environment.
#[derive(Clone, Debug)]
pub struct Found {
    /// Its stacks, in order.
    pub stacks: Vec<StackFound>,
    /// What runs in them.
    pub running: Running,
    /// The change sets of each stack, in the same order.
    pub change_sets: Vec<Asked<Vec<ChangeSetSummary>>>,
    /// The images that services run, by the service's name.
    pub images: BTreeMap<String, Asked<Vec<RunningImage>>>,
}

/// How an environment stands.
#[derive(Clone, Debug)]
pub struct Status {
    /// Its stacks, in order.
    pub stacks: Vec<StackStanding>,
    /// What runs in them: services, databases, then alarms.
    pub parts: Vec<Part>,
}

/// How a stack stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StackStanding {
    /// The name without app and environment: `network`.
    pub key: String,
    /// Its state.
    pub state: State,
    /// Where it comes from, by its tags.
    pub record: Record,
    /// The run that deployed it, by its tags.
    pub run: Option<String>,
    /// When its last operation began; none where it is not there.
    pub changed: Option<Timestamp>,
    /// Change sets that wait for somebody to execute them.
    pub pending: Asked<Vec<ChangeSetSummary>>,
    /// Whether it was as its template says when somebody looked last; none where nobody has.
    pub drift: Option<Drift>,
}

/// What does it come to?
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// All is well.
    Well,
    /// Something is not, or could not be asked, or is going on.
    NotWell,
    /// A stack needs a person.
    NeedsPerson,
}

/// How does a stack stand?
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    /// It is not there, or only its first change set is.
    NotDeployed,
    /// What was deployed is there.
    Deployed,
    /// Its last deployment failed, and it is as it was before.
    RolledBack,
    /// Its creation failed, and nothing of it is left but itself.
    NeverCreated,
    /// An operation is going on.
    InProgress {
        /// Its status.
        status: Word<StackStatus>,
        /// Whose run it is, where it is one of ours.
        run: Option<String>,
    },
    /// An operation failed, and left it halfway.
    Halfway(Word<StackStatus>),
    /// The rollback of an update failed.
    RollbackStuck,
    /// It failed to be created, and something of it could not be deleted.
    CreationStuck,
    /// What is left of it can only be deleted.
    Broken(Word<StackStatus>),
    /// Its status is not known here.
    Unknown(Word<StackStatus>),
    /// It could not be asked.
    Unasked(Unasked),
}

/// From which release is an environment?
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Version {
    /// Nothing is deployed.
    None,
    /// All stacks are from this one.
    One(Origin),
    /// The last deployment was from the first; the keys of stacks that are from others, and were not changed since.
    Several(Origin, Vec<(Origin, Vec<String>)>),
}

/// Where a stack comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    /// The git tag.
    pub release: Option<String>,
    /// The commit.
    pub commit: Option<String>,
}

impl Status {
    /// From what was found.
    pub fn of(found: &Found) -> Status {
        let none = Ok(Vec::new());
        let change_sets = found.change_sets.iter().chain(std::iter::repeat(&none));
        let stacks = found.stacks.iter().zip(change_sets);
        Status {
            stacks: stacks
                .map(|(stack, change_sets)| StackStanding::of(stack, change_sets))
                .collect(),
            parts: part::all(found),
        }
    }

    /// What it comes to.
    pub fn verdict(&self) -> Verdict {
        let needs_person = |stack: &StackStanding| stack.state.needs_person();
        match self.stacks.iter().any(needs_person) {
            true => Verdict::NeedsPerson,
            false if self.is_well() => Verdict::Well,
            false => Verdict::NotWell,
        }
    }

    /// Whether all stacks are deployed, nothing is going on in them, and all that runs is well. What could not be asked is
    /// not well.
    pub fn is_well(&self) -> bool {
        let is_deployed = |stack: &StackStanding| stack.state == State::Deployed;
        let is_healthy = |part: &Part| part.health == Ok(Health::Healthy);
        self.stacks.iter().all(is_deployed) && self.parts.iter().all(is_healthy)
    }

    /// From which release it is. A stack that a deployment leaves as it is keeps the record of the one before.
    pub fn version(&self) -> Version {
        let deployed = self.stacks.iter().filter(|stack| stack.runs());
        let Some(newest) = deployed.clone().max_by_key(|stack| stack.changed) else {
            return Version::None;
        };
        let newest = newest.origin();
        let mut others: Vec<(Origin, Vec<String>)> = Vec::new();
        for stack in deployed {
            let origin = stack.origin();
            if origin == newest {
                continue;
            }
            match others.iter_mut().find(|(known, _)| *known == origin) {
                Some((_, keys)) => keys.push(stack.key.clone()),
                None => others.push((origin, vec![stack.key.clone()])),
            }
        }
        if others.is_empty() {
            Version::One(newest)
        } else {
            Version::Several(newest, others)
        }
    }
}

impl StackStanding {
    fn of(found: &StackFound, change_sets: &Asked<Vec<ChangeSetSummary>>) -> StackStanding {
        StackStanding {
            key: found.key.clone(),
            state: match &found.stack {
                Err(unasked) => State::Unasked(unasked.clone()),
                Ok(None) => State::NotDeployed,
                Ok(Some(stack)) => state(stack, found.token.as_deref()),
            },
            record: found
                .there()
                .map(|stack| Record::of(&stack.tags))
                .unwrap_or_default(),
            run: found.record("run").map(str::to_owned),
            changed: found.there().map(changed),
            pending: change_sets.clone().map(|mut all| {
                all.retain(is_pending);
                all
            }),
            drift: found.there().and_then(|stack| stack.drift.clone()),
        }
    }

    /// Whether something of it may run.
    fn runs(&self) -> bool {
        match self.state {
            State::NotDeployed | State::NeverCreated | State::Unasked(_) => false,
            State::Deployed
            | State::RolledBack
            | State::InProgress { .. }
            | State::Halfway(_)
            | State::RollbackStuck
            | State::CreationStuck
            | State::Broken(_)
            | State::Unknown(_) => true,
        }
    }

    fn origin(&self) -> Origin {
        Origin {
            release: self.record.release.clone(),
            commit: self.record.commit.clone(),
        }
    }
}

impl State {
    /// Whether nothing goes on before a person has done something.
    pub fn needs_person(&self) -> bool {
        match self {
            State::Halfway(_)
            | State::RollbackStuck
            | State::CreationStuck
            | State::Broken(_)
            | State::Unknown(_) => true,
            State::NotDeployed
            | State::Deployed
            | State::RolledBack
            | State::NeverCreated
            | State::InProgress { .. }
            | State::Unasked(_) => false,
        }
    }
}

/// Whether a change set can be executed, or will be able to be.
fn is_pending(change_set: &ChangeSetSummary) -> bool {
    let is_coming = matches!(
        change_set.status.as_str(),
        "CREATE_PENDING" | "CREATE_IN_PROGRESS"
    );
    is_coming || change_set.execution == "AVAILABLE"
}

fn state(stack: &Stack, token: Option<&str>) -> State {
    let status = stack.status.clone();
    match status.phase() {
        Phase::Moving(_) => State::InProgress {
            status,
            run: token.and_then(run_of).map(str::to_owned),
        },
        Phase::Settled(Ending::Gone | Ending::Reviewed) => State::NotDeployed,
        Phase::Settled(Ending::Applied) => State::Deployed,
        Phase::Settled(Ending::RolledBack) => State::RolledBack,
        Phase::Settled(Ending::NeverCreated) => State::NeverCreated,
        Phase::Settled(Ending::Halfway) => State::Halfway(status),
        Phase::Settled(Ending::RollbackStuck) => State::RollbackStuck,
        Phase::Settled(Ending::CreationStuck) => State::CreationStuck,
        Phase::Settled(Ending::Broken) => State::Broken(status),
        Phase::Settled(Ending::Unknown) => State::Unknown(status),
    }
}

/// The run that a token names.
fn run_of(token: &str) -> Option<&str> {
    let (run, _) = token.strip_prefix("stratiform-")?.split_once('-')?;
    Some(run)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::call::{Database, Service, Snapshot, Target};
    use crate::guard::{DatabaseFound, ServiceFound};
    use crate::plan::PREFIX;

    fn found(key: &str, status: &str, release: Option<&str>, minute: u32) -> StackFound {
        let id = format!("arn:aws:cloudformation:eu-west-1:111122223333:stack/shop-dev-{key}/0");
        let tag = release.map(|release| (format!("{PREFIX}release"), release.to_owned()));
        let stack = Stack {
            created: format!("2026-11-29T03:{minute:02}:00.000Z")
                .parse()
                .unwrap(),
            tags: tag.into_iter().collect(),
            ..Stack::bare(id.parse().unwrap(), Word::new(status))
        };
        StackFound {
            key: key.to_owned(),
            planned: String::new(),
            stack: Ok(Some(Box::new(stack))),
            template: None,
            resources: Ok(Vec::new()),
            token: None,
        }
    }

    fn nothing() -> Running {
        Running {
            services: Vec::new(),
            alarms: Ok(Vec::new()),
            databases: Vec::new(),
        }
    }

    fn of(stacks: &[StackFound], running: &Running) -> Status {
        Status::of(&Found {
            stacks: stacks.to_vec(),
            running: running.clone(),
            change_sets: Vec::new(),
            images: BTreeMap::new(),
        })
    }

    fn origin(release: &str) -> Origin {
        Origin {
            release: Some(release.to_owned()),
            commit: None,
        }
    }

    #[test]
    fn what_was_not_changed_is_from_an_earlier_release() {
        let stacks = [
            found("network", "CREATE_COMPLETE", Some("v1"), 1),
            found("queues", "UPDATE_COMPLETE", Some("v2"), 9),
            found("services", "UPDATE_COMPLETE", Some("v2"), 8),
        ];
        let status = of(&stacks, &nothing());
        assert!(status.is_well());
        let older = vec![(origin("v1"), vec!["network".to_owned()])];
        assert_eq!(status.version(), Version::Several(origin("v2"), older));
        let status = of(&stacks[1..], &nothing());
        assert_eq!(status.version(), Version::One(origin("v2")));
        assert_eq!(of(&[], &nothing()).version(), Version::None);
    }

    #[test]
    fn only_what_is_deployed_is_well() {
        let mut going_on = found("queues", "UPDATE_IN_PROGRESS", None, 1);
        going_on.token = Some("stratiform-0123456789-1a2b-cdef".to_owned());
        let status = of(std::slice::from_ref(&going_on), &nothing());
        assert_eq!(
            status.stacks[0].state,
            State::InProgress {
                status: Word::new("UPDATE_IN_PROGRESS"),
                run: Some("0123456789".to_owned()),
            }
        );
        for (stack, verdict) in [
            ("CREATE_COMPLETE", Verdict::Well),
            ("UPDATE_ROLLBACK_COMPLETE", Verdict::NotWell),
            ("UPDATE_IN_PROGRESS", Verdict::NotWell),
            ("ROLLBACK_COMPLETE", Verdict::NotWell),
            ("REVIEW_IN_PROGRESS", Verdict::NotWell),
            ("UPDATE_FAILED", Verdict::NeedsPerson),
            ("UPDATE_ROLLBACK_FAILED", Verdict::NeedsPerson),
            ("DELETE_FAILED", Verdict::NeedsPerson),
            ("SOMETHING_NEW", Verdict::NeedsPerson),
        ] {
            let all = [
                found("queues", "CREATE_COMPLETE", None, 1),
                found("api", stack, None, 1),
            ];
            assert_eq!(of(&all, &nothing()).verdict(), verdict, "{stack}");
        }
    }

    #[test]
    fn what_could_not_be_asked_is_not_well() {
        let mut unread = found("queues", "CREATE_COMPLETE", None, 1);
        unread.resources = Err(Unasked::because("denied", "allow it"));
        assert!(!of(&[unread], &nothing()).is_well());
        let running = Running {
            alarms: Err(Unasked::because("denied", "allow it")),
            ..nothing()
        };
        assert!(!of(&[], &running).is_well());
    }

    #[test]
    fn how_a_service_is_comes_before_what_is_not_known() {
        let service = Service {
            arn: String::new(),
            name: "api".to_owned(),
            status: "ACTIVE".to_owned(),
            desired: 2,
            running: 1,
            task_definition: String::new(),
            deployments: Vec::new(),
            target_groups: Vec::new(),
        };
        let denied = Unasked::because("denied", "");
        let group = |state: &str| {
            Ok(vec![Target {
                id: "10.0.0.1".to_owned(),
                state: state.to_owned(),
                reason: None,
            }])
        };
        let found = |running: u32, targets| Running {
            services: vec![ServiceFound {
                name: "api".to_owned(),
                service: Ok(Some(Service {
                    running,
                    ..service.clone()
                })),
                targets: [("group".to_owned(), targets)].into(),
            }],
            ..nothing()
        };
        let part = |running, targets| of(&[], &found(running, targets)).parts.remove(0);
        let ill = part(1, Err(denied.clone()));
        assert_eq!(ill.extent, "1 of 2 tasks run");
        assert!(matches!(ill.health, Ok(Health::Not(_))), "{ill:?}");
        assert_eq!(part(2, Err(denied.clone())).health, Err(denied.clone()));
        let targets = |targets| part(2, targets).service.unwrap().targets;
        assert_eq!(targets(Err(denied.clone())), Some(Err(denied)));
        let count = |healthy, all| Some(Ok(TargetCount { healthy, all }));
        assert_eq!(targets(group("unhealthy")), count(0, 1));
        assert_eq!(targets(group("healthy")), count(1, 1));
        assert_eq!(targets(group("draining")), count(0, 0));
    }

    #[test]
    fn only_change_sets_that_can_be_executed_wait() {
        let change_set = |name: &str, status: &str, execution: &str| ChangeSetSummary {
            name: name.to_owned(),
            description: None,
            status: status.to_owned(),
            execution: execution.to_owned(),
            created: None,
        };
        let status = Status::of(&Found {
            stacks: vec![found("queues", "CREATE_COMPLETE", None, 1)],
            running: nothing(),
            change_sets: vec![Ok(vec![
                change_set("ready", "CREATE_COMPLETE", "AVAILABLE"),
                change_set("coming", "CREATE_IN_PROGRESS", "UNAVAILABLE"),
                change_set("spent", "CREATE_COMPLETE", "EXECUTE_COMPLETE"),
                change_set("old", "CREATE_COMPLETE", "OBSOLETE"),
                change_set("failed", "FAILED", "UNAVAILABLE"),
            ])],
            images: BTreeMap::new(),
        });
        let pending = status.stacks[0].pending.as_ref().unwrap();
        let names: Vec<&str> = pending.iter().map(|change_set| &*change_set.name).collect();
        assert_eq!(names, ["ready", "coming"]);
        assert_eq!(status.verdict(), Verdict::Well);
    }

    #[test]
    fn the_last_backup_is_the_newest_that_is_there() {
        let minute = |minute: u32| -> Timestamp {
            format!("2026-11-29T03:{minute:02}:00.000Z")
                .parse()
                .unwrap()
        };
        let snapshot = |name: &str, status: &str, at: u32| Snapshot {
            identifier: name.to_owned(),
            status: status.to_owned(),
            percent: 100,
            created: Some(minute(at)),
            key: None,
        };
        let last = |until: Option<u32>, snapshots: Asked<Vec<Snapshot>>| {
            let database = DatabaseFound {
                identifier: "db".to_owned(),
                database: Ok(Some(Database {
                    identifier: "db".to_owned(),
                    status: "available".to_owned(),
                    restorable_until: until.map(minute),
                    backup_days: 7,
                    deletion_protection: true,
                })),
                snapshots,
            };
            let running = Running {
                databases: vec![database],
                ..nothing()
            };
            let backup = of(&[], &running).parts.remove(0).backup.unwrap();
            backup.map(|backup| backup.map(|backup| (backup.saved, backup.at)))
        };
        let taken = vec![
            snapshot("half", "creating", 9),
            snapshot("daily", "available", 3),
        ];
        let daily = Saved::Snapshot("daily".to_owned());
        assert_eq!(
            last(Some(2), Ok(taken.clone())),
            Ok(Some((daily, minute(3))))
        );
        assert_eq!(
            last(Some(5), Ok(taken)),
            Ok(Some((Saved::Continuously, minute(5))))
        );
        assert_eq!(last(None, Ok(Vec::new())), Ok(None));
        let denied = Unasked::because("denied", "");
        assert_eq!(last(Some(5), Err(denied.clone())), Err(denied));
    }
}
