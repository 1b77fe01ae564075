//! How what runs is: services, alarms, databases and their backups.

use stratiform_service::Timestamp;

use super::tally::Tally;
use super::{Asked, Check, DatabaseFound, Facts, Id, Running, ServiceFound, StackFound, Verdict};
use crate::verification::{Health, database_health};

const HOUR: i64 = 3_600_000;

/// How old the last backup may be, in hours: one a day, and two hours for it to be late.
const RECENT: i64 = 26;

/// Says how something is, where it is not well or not known.
fn tell(tally: &mut Tally, verdict: Verdict, subject: &str, health: Asked<Health>, remedy: &str) {
    match health {
        Ok(Health::Healthy) => {}
        Ok(Health::Not(why) | Health::Broken(why)) => {
            tally.add(verdict, format!("{subject}: {why}"), remedy);
        }
        Err(unasked) => tally.unasked(&unasked),
    }
}

/// Which stacks could not be read: what they have is not looked at.
fn unread(tally: &mut Tally, stacks: &[StackFound]) {
    let unread = stacks.iter().filter_map(StackFound::unasked);
    unread.for_each(|unasked| tally.unasked(unasked));
}

fn service(tally: &mut Tally, verdict: Verdict, found: &ServiceFound, remedy: &str) {
    let subject = format!("the service `{}`", found.name);
    for health in found.healths() {
        tell(tally, verdict, &subject, health, remedy);
    }
}

/// Whether all that runs somewhere is well, where what is not has this verdict.
pub(super) fn all(tally: &mut Tally, verdict: Verdict, stacks: &[StackFound], running: &Running) {
    unread(tally, stacks);
    for found in &running.services {
        service(tally, verdict, found, "");
    }
    match &running.alarms {
        Err(unasked) => tally.unasked(unasked),
        Ok(alarms) => {
            for alarm in alarms.iter().filter(|alarm| alarm.state == "ALARM") {
                tally.add(verdict, format!("the alarm `{}` is on", alarm.name), "");
            }
        }
    }
    for found in &running.databases {
        database_of(tally, verdict, found, "");
    }
}

pub(super) fn services(facts: &Facts) -> Check {
    let mut tally = Tally::default();
    let remedy = "look at it first: after the deployment nobody can tell whose fault it is";
    for found in &facts.running.services {
        service(&mut tally, Verdict::Warn, found, remedy);
    }
    unread(&mut tally, &facts.stacks);
    let well = match facts.running.services.len() {
        0 => "no service runs yet".to_owned(),
        1 => "the only one runs all its tasks".to_owned(),
        all => format!("all {all} run all their tasks"),
    };
    tally.check(Id::Services, well)
}

pub(super) fn alarms(facts: &Facts) -> Check {
    let mut tally = Tally::default();
    let mut well = "there is none yet".to_owned();
    match &facts.running.alarms {
        Err(unasked) => tally.unasked(unasked),
        Ok(alarms) => {
            if !alarms.is_empty() {
                well = format!("none of {} is on", alarms.len());
            }
            for alarm in alarms.iter().filter(|alarm| alarm.state == "ALARM") {
                let why = alarm.reason.as_deref().map(|why| format!(": {why}"));
                let why = why.unwrap_or_default();
                if Some(&alarm.name) == facts.rollback_alarm.as_ref() {
                    tally.block(
                        format!(
                            "the alarm `{}` is on, and makes CloudFormation roll back what is deployed now{why}",
                            alarm.name
                        ),
                        "wait until it is off, or take `rollback_alarm` out of the environment's file for the repair",
                    );
                } else {
                    tally.warn(
                        format!("the alarm `{}` is on{why}", alarm.name),
                        "look at it first: a deployment is verified by it",
                    );
                }
            }
        }
    }
    unread(&mut tally, &facts.stacks);
    tally.check(Id::Alarms, well)
}

fn database_of(tally: &mut Tally, verdict: Verdict, found: &DatabaseFound, remedy: &str) {
    let subject = format!("`{}`", found.identifier);
    let database = found.database.clone();
    let health = database.map(|database| database_health(database.as_ref()));
    tell(tally, verdict, &subject, health, remedy);
}

/// Whether a database holds what may not be lost; none where that is not known.
fn is_precious(facts: &Facts, found: &DatabaseFound) -> Option<bool> {
    match &found.database {
        _ if facts.wanted.backup => Some(true),
        Ok(database) => Some(database.as_ref().is_some_and(|it| it.deletion_protection)),
        Err(_) => None,
    }
}

pub(super) fn database(facts: &Facts) -> Check {
    let mut tally = Tally::default();
    for found in &facts.running.databases {
        let is_broken = match &found.database {
            Ok(database) => matches!(database_health(database.as_ref()), Health::Broken(_)),
            Err(_) => false,
        };
        let verdict = if is_broken || is_precious(facts, found) == Some(true) {
            Verdict::Block
        } else {
            Verdict::Warn
        };
        let remedy = "wait until it is available, or bring it there";
        database_of(&mut tally, verdict, found, remedy);
    }
    unread(&mut tally, &facts.stacks);
    let well = match facts.running.databases.len() {
        0 => "there is none yet".to_owned(),
        1 => "the only one is available".to_owned(),
        all => format!("all {all} are available"),
    };
    tally.check(Id::Database, well)
}

/// Whether each database that holds what may not be lost can be restored to what it was a day ago, or later.
pub(super) fn backup(facts: &Facts) -> Check {
    let mut tally = Tally::default();
    let mut saved = 0;
    for found in &facts.running.databases {
        match is_precious(facts, found) {
            Some(false) => continue,
            Some(true) => {}
            None => {
                if let Err(unasked) = &found.database {
                    tally.unasked(unasked);
                }
                continue;
            }
        }
        let restorable = match &found.database {
            Ok(database) => database.as_ref().and_then(|it| it.restorable_until),
            Err(_) => None,
        };
        let snapshots = found.snapshots.as_deref().unwrap_or_default();
        let taken = snapshots.iter();
        let taken = taken.filter(|snapshot| snapshot.status == "available");
        let last = taken.filter_map(|snapshot| snapshot.created).max();
        let age = |moment: Timestamp| (facts.now.millis() - moment.millis()) / HOUR;
        let last = restorable.max(last).map(age);
        let id = &found.identifier;
        match (last, &found.database, &found.snapshots) {
            (Some(age), ..) if age < RECENT => saved += 1,
            // A newer one may be where nobody could look.
            (_, Err(unasked), _) | (_, _, Err(unasked)) => tally.unasked(unasked),
            (Some(age), ..) => tally.block(
                format!("the last backup of `{id}` is {age} hours old"),
                format!("take a snapshot of `{id}`, and look why its daily backup is late"),
            ),
            (None, ..) => tally.block(
                format!("there is no backup of `{id}`"),
                format!("take a snapshot of `{id}`, and switch its daily backup on"),
            ),
        }
    }
    unread(&mut tally, &facts.stacks);
    let well = match saved {
        0 => "no database asks for one".to_owned(),
        1 => format!("the database can be restored to what it was within {RECENT} hours"),
        all => {
            format!("all {all} databases can be restored to what they were within {RECENT} hours")
        }
    };
    tally.check(Id::Backup, well)
}

#[cfg(test)]
mod tests {
    use super::super::Verdict::{Block, Pass, Skipped, Warn};
    use super::super::fixture;
    use super::*;

    fn each(facts: &Facts) -> [Verdict; 4] {
        [
            services(facts),
            alarms(facts),
            database(facts),
            backup(facts),
        ]
        .map(|check| check.verdict)
    }

    fn db(facts: &mut Facts) -> &mut DatabaseFound {
        &mut facts.running.databases[0]
    }

    #[test]
    fn nothing_runs_yet_or_nothing_is_known() {
        let mut facts = fixture::facts();
        assert_eq!(each(&facts), [Pass; 4]);
        facts.running = Running {
            services: Vec::new(),
            alarms: Ok(Vec::new()),
            databases: Vec::new(),
        };
        assert_eq!(each(&facts), [Pass; 4]);
        assert_eq!(services(&facts).reason, "no service runs yet");
        facts.stacks[0].resources = Err(fixture::unasked());
        assert_eq!(each(&facts), [Skipped; 4]);
    }

    #[test]
    fn services_that_are_not_well() {
        let mut facts = fixture::facts();
        facts.running.services[0].service = Ok(Some(fixture::service(1)));
        let check = services(&facts);
        assert_eq!(check.verdict, Warn);
        assert_eq!(
            check.reason,
            "the service `api`: 1 of 2 tasks run, 1 deployments"
        );
        facts.running.services[0].service = Ok(None);
        assert_eq!(services(&facts).verdict, Warn);
        facts.running.services[0].service = Err(fixture::unasked());
        assert_eq!(services(&facts).verdict, Skipped);
    }

    #[test]
    fn targets_that_are_not_well() {
        let mut facts = fixture::facts();
        let targets = |facts: &mut Facts, group: &str, targets| {
            let all = &mut facts.running.services[0].targets;
            all.insert(group.to_owned(), targets);
        };
        targets(&mut facts, "blue", Ok(vec![fixture::target("unhealthy")]));
        assert_eq!(services(&facts).verdict, Warn);
        targets(&mut facts, "blue", Ok(Vec::new()));
        assert_eq!(services(&facts).verdict, Warn);
        targets(&mut facts, "green", Ok(vec![fixture::target("healthy")]));
        assert_eq!(services(&facts).verdict, Pass);
        targets(&mut facts, "green", Err(fixture::unasked()));
        assert_eq!(services(&facts).verdict, Skipped);
        let mut none = fixture::service(0);
        none.desired = 0;
        facts.running.services[0].service = Ok(Some(none));
        assert_eq!(services(&facts).verdict, Pass);
    }

    #[test]
    fn alarms_that_are_on() {
        let mut facts = fixture::facts();
        facts.running.alarms = Ok(vec![fixture::alarm("errors", "ALARM")]);
        let check = alarms(&facts);
        assert_eq!(check.verdict, Warn);
        assert_eq!(check.reason, "the alarm `errors` is on: threshold crossed");
        facts.running.alarms = Ok(vec![fixture::alarm("rollback", "ALARM")]);
        assert_eq!(alarms(&facts).verdict, Block);
        facts.running.alarms = Err(fixture::unasked());
        assert_eq!(alarms(&facts).verdict, Skipped);
    }

    #[test]
    fn databases_that_do_not_answer() {
        let mut facts = fixture::facts();
        let status = |facts: &mut Facts, status: &str| {
            let database = db(facts).database.as_mut().unwrap().as_mut().unwrap();
            database.status = status.to_owned();
        };
        status(&mut facts, "modifying");
        assert_eq!(database(&facts).verdict, Block);
        facts.wanted.backup = false;
        let own = db(&mut facts).database.as_mut().unwrap();
        own.as_mut().unwrap().deletion_protection = false;
        assert_eq!(database(&facts).verdict, Warn);
        status(&mut facts, "failed");
        assert_eq!(database(&facts).verdict, Block);
        db(&mut facts).database = Ok(None);
        assert_eq!(database(&facts).verdict, Block);
        db(&mut facts).database = Err(fixture::unasked());
        assert_eq!(database(&facts).verdict, Skipped);
        assert_eq!(backup(&facts).verdict, Skipped);
    }

    #[test]
    fn backups_that_are_old() {
        let mut facts = fixture::facts();
        let restorable = |facts: &mut Facts, hours: Option<i64>| {
            let database = db(facts).database.as_mut().unwrap().as_mut().unwrap();
            database.restorable_until = hours.map(fixture::ago);
        };
        restorable(&mut facts, Some(40));
        assert_eq!(backup(&facts).verdict, Pass, "the snapshot is of today");
        db(&mut facts).snapshots = Ok(vec![fixture::snapshot(26), fixture::snapshot(30)]);
        let check = backup(&facts);
        assert_eq!(check.verdict, Block);
        assert_eq!(check.reason, "the last backup of `shop-db` is 26 hours old");
        db(&mut facts).snapshots = Err(fixture::unasked());
        assert_eq!(backup(&facts).verdict, Skipped);
        restorable(&mut facts, Some(1));
        assert_eq!(backup(&facts).verdict, Pass);
        restorable(&mut facts, None);
        let mut failed = fixture::snapshot(1);
        failed.status = "failed".to_owned();
        db(&mut facts).snapshots = Ok(vec![failed]);
        assert_eq!(backup(&facts).reason, "there is no backup of `shop-db`");
    }

    #[test]
    fn who_asks_for_no_backup_needs_none() {
        let mut facts = fixture::facts();
        facts.wanted.backup = false;
        db(&mut facts).snapshots = Ok(Vec::new());
        let own = db(&mut facts).database.as_mut().unwrap().as_mut().unwrap();
        own.restorable_until = None;
        assert_eq!(backup(&facts).verdict, Block, "it is protected");
        let own = db(&mut facts).database.as_mut().unwrap().as_mut().unwrap();
        own.deletion_protection = false;
        let check = backup(&facts);
        assert_eq!(
            (check.verdict, &*check.reason),
            (Pass, "no database asks for one")
        );
    }
}
