//! How an environment stands: its stacks, where they come from, and what runs in them.
//!
//! What lives here: from what was found to what it means. What does not: finding it (`src/`), and saying it.

use stratiform_service::status::{Ending, Phase};
use stratiform_service::{StackStatus, Timestamp, Word};

use crate::call::{Alarm, Stack};
use crate::guard::{Asked, Running, ServiceFound, StackFound, Unasked};
use crate::plan::Record;
use crate::stack::changed;
use crate::verification::{Health, database_health};

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
    /// What is left of it can only be deleted.
    Broken(Word<StackStatus>),
    /// Its status is not known here.
    Unknown(Word<StackStatus>),
    /// It could not be asked.
    Unasked(Unasked),
}

/// Something that runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// What it is.
    pub kind: PartKind,
    /// Its name; none of all alarms together.
    pub name: Option<String>,
    /// How much of it: `2 of 2 tasks run`. Empty where that is not known.
    pub extent: String,
    /// How it is; or why that could not be asked.
    pub health: Asked<Health>,
}

/// What is something that runs?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PartKind {
    /// An ECS service.
    Service,
    /// A database.
    Database,
    /// Alarms that are not on, together.
    Alarms,
    /// An alarm that is on.
    Alarm,
    /// What a stack has, which could not be asked.
    Resources,
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
    pub fn of(stacks: &[StackFound], running: &Running) -> Status {
        let services = running.services.iter().map(service);
        let databases = running.databases.iter().map(|found| Part {
            kind: PartKind::Database,
            name: Some(found.identifier.clone()),
            extent: match &found.database {
                Ok(Some(database)) => database.status.clone(),
                Ok(None) | Err(_) => String::new(),
            },
            health: found
                .database
                .clone()
                .map(|database| database_health(database.as_ref())),
        });
        let unread = stacks.iter().filter_map(|found| {
            let unasked = found.resources.as_ref().err()?;
            Some(Part {
                kind: PartKind::Resources,
                name: Some(found.key.clone()),
                extent: String::new(),
                health: Err(unasked.clone()),
            })
        });
        Status {
            stacks: stacks.iter().map(StackStanding::of).collect(),
            parts: services
                .chain(databases)
                .chain(alarms(&running.alarms))
                .chain(unread)
                .collect(),
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
    fn of(found: &StackFound) -> StackStanding {
        let tag = |key: &str| found.record(key).map(str::to_owned);
        StackStanding {
            key: found.key.clone(),
            state: match &found.stack {
                Err(unasked) => State::Unasked(unasked.clone()),
                Ok(None) => State::NotDeployed,
                Ok(Some(stack)) => state(stack, found.token.as_deref()),
            },
            record: Record {
                release: tag("release"),
                commit: tag("commit"),
                deployed_by: tag("deployed-by"),
                reason: tag("reason"),
                rebuilt_from: tag("rebuilt-from"),
            },
            run: tag("run"),
            changed: found.there().map(changed),
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
        Phase::Settled(Ending::Broken) => State::Broken(status),
        Phase::Settled(Ending::Unknown) => State::Unknown(status),
    }
}

/// The run that a token names.
fn run_of(token: &str) -> Option<&str> {
    let (run, _) = token.strip_prefix("stratiform-")?.split_once('-')?;
    Some(run)
}

fn service(found: &ServiceFound) -> Part {
    let extent = match &found.service {
        Ok(Some(service)) => format!("{} of {} tasks run", service.running, service.desired),
        Ok(None) | Err(_) => String::new(),
    };
    let mut all = found.healths();
    // What is known to be ill is told before what is not known.
    let known = all.clone().find(|health| {
        health
            .as_ref()
            .is_ok_and(|health| *health != Health::Healthy)
    });
    let worst = known.or_else(|| all.find(Result::is_err));
    Part {
        kind: PartKind::Service,
        name: Some(found.name.clone()),
        extent,
        health: worst.unwrap_or(Ok(Health::Healthy)),
    }
}

fn alarms(found: &Asked<Vec<Alarm>>) -> Vec<Part> {
    let alarms = match found {
        Ok(alarms) => alarms,
        Err(unasked) => {
            return vec![Part {
                kind: PartKind::Alarms,
                name: None,
                extent: String::new(),
                health: Err(unasked.clone()),
            }];
        }
    };
    let (on, off): (Vec<&Alarm>, Vec<&Alarm>) =
        alarms.iter().partition(|alarm| alarm.state == "ALARM");
    let on = on.into_iter().map(|alarm| {
        let why = alarm.reason.clone();
        Part {
            kind: PartKind::Alarm,
            name: Some(alarm.name.clone()),
            extent: String::new(),
            health: Ok(Health::Not(why.unwrap_or_else(|| "it is on".to_owned()))),
        }
    });
    let off = (!off.is_empty()).then(|| Part {
        kind: PartKind::Alarms,
        name: None,
        extent: format!("{} not on", off.len()),
        health: Ok(Health::Healthy),
    });
    on.chain(off).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::call::Service;
    use crate::plan::PREFIX;

    fn found(key: &str, status: &str, release: Option<&str>, minute: u32) -> StackFound {
        let id = format!("arn:aws:cloudformation:eu-west-1:111122223333:stack/shop-dev-{key}/0");
        let tag = release.map(|release| (format!("{PREFIX}release"), release.to_owned()));
        let stack = Stack {
            id: id.parse().unwrap(),
            name: format!("shop-dev-{key}"),
            status: Word::new(status),
            reason: None,
            created: format!("2026-11-29T03:{minute:02}:00.000Z")
                .parse()
                .unwrap(),
            updated: None,
            parameters: Default::default(),
            resolved: Default::default(),
            tags: tag.into_iter().collect(),
            outputs: Default::default(),
            notification_arns: Vec::new(),
            termination_protection: false,
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
        let status = Status::of(&stacks, &nothing());
        assert!(status.is_well());
        let older = vec![(origin("v1"), vec!["network".to_owned()])];
        assert_eq!(status.version(), Version::Several(origin("v2"), older));
        let status = Status::of(&stacks[1..], &nothing());
        assert_eq!(status.version(), Version::One(origin("v2")));
        assert_eq!(Status::of(&[], &nothing()).version(), Version::None);
    }

    #[test]
    fn only_what_is_deployed_is_well() {
        let mut going_on = found("queues", "UPDATE_IN_PROGRESS", None, 1);
        going_on.token = Some("stratiform-0123456789-1a2b-cdef".to_owned());
        let status = Status::of(std::slice::from_ref(&going_on), &nothing());
        assert_eq!(
            status.stacks[0].state,
            State::InProgress {
                status: Word::new("UPDATE_IN_PROGRESS"),
                run: Some("0123456789".to_owned()),
            }
        );
        for (stack, well) in [
            ("CREATE_COMPLETE", true),
            ("UPDATE_ROLLBACK_COMPLETE", false),
            ("ROLLBACK_COMPLETE", false),
            ("UPDATE_ROLLBACK_FAILED", false),
            ("DELETE_FAILED", false),
            ("REVIEW_IN_PROGRESS", false),
            ("SOMETHING_NEW", false),
        ] {
            let status = Status::of(&[found("queues", stack, None, 1)], &nothing());
            assert_eq!(status.is_well(), well, "{stack}");
        }
    }

    #[test]
    fn what_could_not_be_asked_is_not_well() {
        let mut unread = found("queues", "CREATE_COMPLETE", None, 1);
        unread.resources = Err(Unasked::because("denied", "allow it"));
        assert!(!Status::of(&[unread], &nothing()).is_well());
        let running = Running {
            alarms: Err(Unasked::because("denied", "allow it")),
            ..nothing()
        };
        assert!(!Status::of(&[], &running).is_well());
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
        let found = ServiceFound {
            name: "api".to_owned(),
            service: Ok(Some(service)),
            targets: [("group".to_owned(), Err(denied.clone()))].into(),
        };
        let part = super::service(&found);
        assert_eq!(part.extent, "1 of 2 tasks run");
        assert!(matches!(part.health, Ok(Health::Not(_))), "{part:?}");
        let mut well = found;
        if let Ok(Some(service)) = &mut well.service {
            service.running = 2;
        }
        assert_eq!(super::service(&well).health, Err(denied));
    }
}
