//! Whether an environment gets worse while somebody watches: looks at how it stands, one after the other.
//!
//! What lives here: what is worse than at the start. What does not: looking, waiting, and going back (`src/`).

mod drifts;
mod errors;

use std::collections::BTreeMap;

use stratiform_service::Timestamp;

use crate::guard::Asked;
use crate::status::{Part, PartKind, StackStanding, State, Status};
use crate::verification::Health;

pub use drifts::Drifts;
pub use errors::{ErrorRates, Requests};

/// How many looks in a row something must be not well: ECS replaces a task, and one answer may be lost.
const LOOKS: u32 = 2;

/// How many looks in a row something could not be asked before that is worse than at the start.
const SILENT_LOOKS: u32 = 5;

/// A watch that goes on.
#[derive(Clone, Debug)]
pub struct Watch {
    /// The best that was seen of each subject: what was ill and got well may get worse again.
    best: BTreeMap<Subject, Level>,
    /// Of what is worse now: since which look, and for how many.
    doubts: BTreeMap<Subject, (Timestamp, u32)>,
    /// What could not be asked at any look, and why.
    unseen: BTreeMap<Subject, String>,
}

/// What is watched.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Subject {
    /// A stack's state.
    Stack(String),
    /// Whether a stack is as its template says, as it was last looked at.
    Drift(String),
    /// What runs: its kind, and its name.
    Part(PartKind, String),
    /// The rate of errors behind a target group.
    Errors(String),
}

/// How bad is it?
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Level {
    Well,
    /// Not known: not better than anything, and worse than well.
    Unasked,
    Ill,
    Broken,
}

/// Something is worse than at the start.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Worse {
    /// What.
    pub subject: Subject,
    /// In which way.
    pub why: String,
    /// Since when, as far as that is known: since AWS says so, or since the look at which it was seen first.
    pub since: Timestamp,
}

/// How a subject is at a look.
struct Seen {
    subject: Subject,
    level: Level,
    why: String,
    /// Since when, where AWS says so.
    since: Option<Timestamp>,
    /// For how many looks in a row before it counts.
    looks: u32,
}

impl Watch {
    /// Begins with how it stands now.
    pub fn begin(status: &Status) -> Watch {
        let levels = seen(status).into_iter();
        Watch {
            best: levels.map(|seen| (seen.subject, seen.level)).collect(),
            doubts: BTreeMap::new(),
            unseen: unseen(status),
        }
    }

    /// Begins with the end of a deployment that was verified: all was well then, but for what AWS says is ill since
    /// before. A stack that is not there may come with a release that is not deployed yet.
    pub fn after(status: &Status, deployed: Timestamp) -> Watch {
        let missing = status.stacks.iter();
        let missing = missing.filter(|stack| stack.state == State::NotDeployed);
        let missing: Vec<Subject> = missing
            .map(|stack| Subject::Stack(stack.key.clone()))
            .collect();
        let levels = seen(status).into_iter();
        let best = levels.map(|seen| match seen.since {
            Some(since) if since < deployed => (seen.subject, seen.level),
            _ if missing.contains(&seen.subject) => (seen.subject, seen.level),
            _ => (seen.subject, Level::Well),
        });
        Watch {
            best: best.collect(),
            doubts: BTreeMap::new(),
            unseen: unseen(status),
        }
    }

    /// Looks; gives the first thing that is worse.
    pub fn look(&mut self, status: &Status, now: Timestamp) -> Option<Worse> {
        let mut worst: Option<(Level, Worse)> = None;
        self.forget_alarms(status);
        let still = unseen(status);
        self.unseen.retain(|subject, _| still.contains_key(subject));
        for seen in seen(status) {
            let Some((level, worse)) = self.compare(seen, now) else {
                continue;
            };
            if worst.as_ref().is_none_or(|(known, _)| *known < level) {
                worst = Some((level, worse));
            }
        }
        worst.map(|(_, worse)| worse)
    }

    /// An alarm that is not on is not told by its name. One that could not be asked is as it was.
    fn forget_alarms(&mut self, status: &Status) {
        let is_asked = |part: &Part| part.kind != PartKind::Alarms || part.health.is_ok();
        if !status.parts.iter().all(is_asked) {
            return;
        }
        let is_on = |name: &str| {
            let mut parts = status.parts.iter();
            parts.any(|part| part.kind == PartKind::Alarm && part.name.as_deref() == Some(name))
        };
        self.best.retain(|subject, _| match subject {
            Subject::Part(PartKind::Alarm, name) => is_on(name),
            Subject::Part(..) | Subject::Stack(_) | Subject::Drift(_) | Subject::Errors(_) => true,
        });
    }

    fn compare(&mut self, seen: Seen, now: Timestamp) -> Option<(Level, Worse)> {
        // What was not there at the start was not ill.
        let best = self.best.entry(seen.subject.clone()).or_insert(Level::Well);
        if seen.level <= *best {
            // That nobody was asked makes nothing better.
            if seen.level != Level::Unasked {
                *best = seen.level;
            }
            self.doubts.remove(&seen.subject);
            return None;
        }
        let (since, looks) = self.doubts.entry(seen.subject.clone()).or_insert((now, 0));
        *looks += 1;
        let worse = Worse {
            subject: seen.subject,
            why: seen.why,
            since: seen.since.unwrap_or(*since),
        };
        (*looks >= seen.looks).then_some((seen.level, worse))
    }

    /// What is worse now, and may be an accident.
    pub fn doubts(&self) -> impl Iterator<Item = &Subject> {
        self.doubts.keys()
    }

    /// What could not be asked at any look, and why: nobody knows whether it got worse.
    pub fn unseen(&self) -> impl Iterator<Item = (&Subject, &str)> {
        let unseen = self.unseen.iter();
        unseen.map(|(subject, why)| (subject, why.as_str()))
    }
}

impl Worse {
    /// Whether it is an alarm that is on.
    pub fn is_alarm(&self) -> bool {
        matches!(self.subject, Subject::Part(PartKind::Alarm, _))
    }
}

/// What could not be asked, and why.
fn unseen(status: &Status) -> BTreeMap<Subject, String> {
    let unasked = seen(status)
        .into_iter()
        .filter(|seen| seen.level == Level::Unasked);
    unasked.map(|seen| (seen.subject, seen.why)).collect()
}

fn seen(status: &Status) -> Vec<Seen> {
    let is_going_on = status
        .stacks
        .iter()
        .any(|stack| matches!(stack.state, State::InProgress { .. }));
    let stacks = status.stacks.iter().map(of_stack);
    let drifts = status.stacks.iter().filter_map(drift);
    let parts = status.parts.iter().map(|part| of_part(part, is_going_on));
    stacks.chain(drifts).chain(parts).collect()
}

fn of_stack(stack: &StackStanding) -> Seen {
    let (level, why) = match &stack.state {
        // A deployment that came meanwhile is no harm, nor is one that went back.
        State::Deployed | State::RolledBack | State::InProgress { .. } => {
            (Level::Well, String::new())
        }
        State::NotDeployed => (Level::Ill, "it is not there".to_owned()),
        State::NeverCreated => (Level::Ill, "its creation failed".to_owned()),
        State::Halfway(status) | State::Broken(status) | State::Unknown(status) => {
            (Level::Broken, format!("it is {status}"))
        }
        State::RollbackStuck => (Level::Broken, "it is UPDATE_ROLLBACK_FAILED".to_owned()),
        State::CreationStuck => (Level::Broken, "it is ROLLBACK_FAILED".to_owned()),
        State::Unasked(unasked) => (Level::Unasked, unasked.why.clone()),
    };
    Seen {
        subject: Subject::Stack(stack.key.clone()),
        looks: match level {
            Level::Unasked => SILENT_LOOKS,
            Level::Well | Level::Ill | Level::Broken => 1,
        },
        level,
        why,
        since: None,
    }
}

/// None where nobody looked since the stack was changed: that says nothing of whether what had drifted still does.
fn drift(stack: &StackStanding) -> Option<Seen> {
    let drift = stack.drift.as_ref()?;
    let level = match drift.status.as_str() {
        "DRIFTED" => Level::Ill,
        "IN_SYNC" => Level::Well,
        _ => return None,
    };
    Some(Seen {
        subject: Subject::Drift(stack.key.clone()),
        level,
        why: "it is not as its template says any more".to_owned(),
        since: drift.checked.filter(|_| level == Level::Ill),
        looks: 1,
    })
}

fn of_part(part: &Part, is_going_on: bool) -> Seen {
    let (level, why) = level(&part.health);
    // While stacks are changed, tasks come and go.
    let (level, why) = match (part.kind, level) {
        (PartKind::Service, Level::Ill) if is_going_on => (Level::Well, String::new()),
        _ => (level, why),
    };
    Seen {
        subject: Subject::Part(part.kind, part.name.clone().unwrap_or_default()),
        looks: match (part.kind, level) {
            (_, Level::Unasked) => SILENT_LOOKS,
            (PartKind::Alarm, _) | (_, Level::Broken | Level::Well) => 1,
            (_, Level::Ill) => LOOKS,
        },
        level,
        why,
        since: part.since,
    }
}

fn level(health: &Asked<Health>) -> (Level, String) {
    match health {
        Ok(Health::Healthy) => (Level::Well, String::new()),
        Ok(Health::Not(why)) => (Level::Ill, why.clone()),
        Ok(Health::Broken(why)) => (Level::Broken, why.clone()),
        Err(unasked) => (Level::Unasked, unasked.why.clone()),
    }
}

/// When the last deployment of stacks began; none where nothing is deployed.
pub fn last_deployed<'s>(stacks: impl IntoIterator<Item = &'s StackStanding>) -> Option<Timestamp> {
    stacks.into_iter().filter_map(|stack| stack.changed).max()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::call::Drift;
    use crate::guard::Unasked;
    use crate::plan::Record;

    fn minute(minute: u32) -> Timestamp {
        format!("2026-11-29T03:{minute:02}:00.000Z")
            .parse()
            .unwrap()
    }

    fn part(kind: PartKind, name: &str, health: Asked<Health>) -> Part {
        Part {
            kind,
            name: Some(name.to_owned()),
            extent: String::new(),
            health,
            service: None,
            backup: None,
            since: None,
        }
    }

    fn ill() -> Asked<Health> {
        Ok(Health::Not("1 of 2 tasks run".to_owned()))
    }

    fn status(state: State, parts: Vec<Part>) -> Status {
        Status {
            stacks: vec![StackStanding {
                key: "services".to_owned(),
                state,
                record: Record::default(),
                run: None,
                changed: Some(minute(0)),
                pending: Ok(Vec::new()),
                drift: None,
            }],
            parts,
        }
    }

    fn service(health: Asked<Health>) -> Status {
        status(
            State::Deployed,
            vec![part(PartKind::Service, "api", health)],
        )
    }

    fn alarm(on: bool) -> Status {
        let parts = on.then(|| part(PartKind::Alarm, "errors", ill()));
        status(State::Deployed, parts.into_iter().collect())
    }

    fn going_on() -> State {
        State::InProgress {
            status: stratiform_service::Word::new("UPDATE_IN_PROGRESS"),
            run: None,
        }
    }

    /// The look, counted from one, at which something is worse.
    fn worse_at(start: &Status, looks: &[Status]) -> Option<(usize, Worse)> {
        let mut watch = Watch::begin(start);
        let mut looks = (1..).zip(looks);
        looks.find_map(|(number, status)| {
            let at = minute(u32::try_from(number).unwrap());
            Some((number, watch.look(status, at)?))
        })
    }

    #[test]
    fn a_service_that_is_ill_at_two_looks() {
        let well = || service(Ok(Health::Healthy));
        let (at, worse) = worse_at(&well(), &[service(ill()), service(ill())]).unwrap();
        assert_eq!((at, worse.since), (2, minute(1)));
        assert_eq!(worse.why, "1 of 2 tasks run");
        assert!(!worse.is_alarm());
        let flapping = [service(ill()), well(), service(ill()), well()];
        assert_eq!(worse_at(&well(), &flapping), None);
        assert_eq!(
            worse_at(&service(ill()), &[service(ill()), service(ill())]),
            None
        );
        let healed = [well(), service(ill()), service(ill())];
        assert_eq!(worse_at(&service(ill()), &healed).unwrap().0, 3);
        let broken = service(Ok(Health::Broken("the deployment failed".to_owned())));
        assert_eq!(worse_at(&service(ill()), &[broken]).unwrap().0, 1);
    }

    #[test]
    fn tasks_come_and_go_while_a_deployment_runs() {
        let busy = |health| status(going_on(), vec![part(PartKind::Service, "api", health)]);
        let looks = [busy(ill()), busy(ill()), busy(ill())];
        assert_eq!(worse_at(&service(Ok(Health::Healthy)), &looks), None);
        let broken = busy(Ok(Health::Broken("the deployment failed".to_owned())));
        assert_eq!(
            worse_at(&service(Ok(Health::Healthy)), &[broken])
                .unwrap()
                .0,
            1
        );
    }

    #[test]
    fn an_alarm_that_goes_on() {
        let (at, worse) = worse_at(&alarm(false), &[alarm(false), alarm(true)]).unwrap();
        assert_eq!((at, worse.is_alarm()), (2, true));
        assert_eq!(worse_at(&alarm(true), &[alarm(true), alarm(true)]), None);
        let again = [alarm(true), alarm(false), alarm(true)];
        assert_eq!(worse_at(&alarm(true), &again).unwrap().0, 3);
        let mut unasked = alarm(false);
        let denied = Err(Unasked::because("denied", ""));
        unasked.parts = vec![part(PartKind::Alarms, "", denied)];
        assert_eq!(worse_at(&alarm(true), &[unasked, alarm(true)]), None);
    }

    #[test]
    fn a_stack_that_is_stuck_and_one_that_drifted() {
        let well = || status(State::Deployed, Vec::new());
        let stuck = status(State::RollbackStuck, Vec::new());
        assert_eq!(worse_at(&well(), &[stuck]).unwrap().0, 1);
        assert_eq!(
            worse_at(&well(), &[status(State::RolledBack, Vec::new())]),
            None
        );
        assert_eq!(worse_at(&well(), &[status(going_on(), Vec::new())]), None);
        let mut drifted = well();
        drifted.stacks[0].drift = Some(Drift {
            status: "DRIFTED".to_owned(),
            checked: Some(minute(2)),
        });
        let (_, worse) = worse_at(&well(), std::slice::from_ref(&drifted)).unwrap();
        assert_eq!(
            (worse.subject, worse.since),
            (Subject::Drift("services".to_owned()), minute(2))
        );
        // A change to the stack forgets what the last look found, and sets nothing back.
        let looks = [drifted.clone(), well(), drifted.clone()];
        assert_eq!(worse_at(&drifted, &looks), None);
    }

    #[test]
    fn what_cannot_be_asked_for_long_is_worse() {
        let denied = || service(Err(Unasked::because("denied", "")));
        let well = || service(Ok(Health::Healthy));
        let four = || vec![denied(), denied(), denied(), denied()];
        let mut interrupted = four();
        interrupted.push(well());
        interrupted.extend(four());
        assert_eq!(worse_at(&well(), &interrupted), None);
        let mut five = four();
        five.push(denied());
        assert_eq!(worse_at(&well(), &five).unwrap().0, 5);
        assert_eq!(worse_at(&denied(), &five), None);
        // That it could not be asked at first makes no illness the start.
        assert_eq!(
            worse_at(&denied(), &[service(ill()), service(ill())])
                .unwrap()
                .0,
            2
        );
    }

    #[test]
    fn after_a_deployment_only_what_was_ill_before_is_left_out() {
        let mut on = alarm(true);
        on.parts[0].since = Some(minute(5));
        let mut watch = Watch::after(&on, minute(9));
        assert_eq!(watch.look(&on, minute(10)), None);
        let mut watch = Watch::after(&on, minute(1));
        assert_eq!(watch.look(&on, minute(10)).unwrap().since, minute(5));
        let missing = status(State::NotDeployed, Vec::new());
        assert_eq!(
            Watch::after(&missing, minute(1)).look(&missing, minute(2)),
            None
        );
        let stuck = status(State::RollbackStuck, Vec::new());
        assert!(
            Watch::after(&stuck, minute(1))
                .look(&stuck, minute(2))
                .is_some()
        );
    }
}
