//! What runs in an environment: services, databases and their backups, alarms.

use stratiform_service::Timestamp;

use super::Found;
use crate::call::{Alarm, Target};
use crate::guard::{Asked, DatabaseFound, ServiceFound};
use crate::verification::{Health, database_health};

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
    /// More of a service.
    pub service: Option<ServiceDetail>,
    /// The last backup of a database; none where there is none.
    pub backup: Option<Asked<Option<Backup>>>,
    /// Since when an alarm is on, where that is known.
    pub since: Option<Timestamp>,
}

/// What is something that runs?
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
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

/// What is known of a service besides its health.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServiceDetail {
    /// How many tasks there should be.
    pub desired: u32,
    /// How many run.
    pub running: u32,
    /// How its newest deployment stands: `IN_PROGRESS`, `COMPLETED`, `FAILED`; none where ECS does not say.
    pub deployment: Option<String>,
    /// Its targets; none where it has no target group.
    pub targets: Option<Asked<TargetCount>>,
    /// The images of its task definition.
    pub images: Asked<Vec<RunningImage>>,
}

/// How many targets there are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TargetCount {
    /// Those that are healthy.
    pub healthy: usize,
    /// All that are to take requests.
    pub all: usize,
}

/// An image that a container runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunningImage {
    /// The container.
    pub container: String,
    /// Its whole name, as the task definition has it.
    pub name: String,
    /// Its digest; none where nobody says.
    pub digest: Option<String>,
    /// Its tags in ECR; nothing of an image that is elsewhere.
    pub tags: Asked<Vec<String>>,
}

/// A backup that a database can be restored from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Backup {
    /// The moment that it restores.
    pub at: Timestamp,
    /// What it is.
    pub saved: Saved,
}

/// What is a backup?
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Saved {
    /// What RDS writes down all the time: any moment until then can be restored.
    Continuously,
    /// A snapshot.
    Snapshot(String),
}

/// Services, databases, then alarms, and what could not be looked at.
pub(super) fn all(found: &Found) -> Vec<Part> {
    let services = found.running.services.iter();
    let services = services.map(|service| self::service(service, found));
    let databases = found.running.databases.iter().map(database);
    let unread = found.stacks.iter().filter_map(|stack| {
        let unasked = stack.resources.as_ref().err()?;
        Some(Part {
            name: Some(stack.key.clone()),
            ..Part::new(PartKind::Resources, Err(unasked.clone()))
        })
    });
    services
        .chain(databases)
        .chain(alarms(&found.running.alarms))
        .chain(unread)
        .collect()
}

impl Part {
    fn new(kind: PartKind, health: Asked<Health>) -> Part {
        Part {
            kind,
            name: None,
            extent: String::new(),
            health,
            service: None,
            backup: None,
            since: None,
        }
    }
}

fn service(found: &ServiceFound, all: &Found) -> Part {
    let there = found.service.as_ref().ok().and_then(Option::as_ref);
    let extent =
        there.map(|service| format!("{} of {} tasks run", service.running, service.desired));
    let mut healths = found.healths();
    // What is known to be ill is told before what is not known.
    let known = healths.clone().find(|health| {
        health
            .as_ref()
            .is_ok_and(|health| *health != Health::Healthy)
    });
    let worst = known.or_else(|| healths.find(Result::is_err));
    let images = all.images.get(&found.name).cloned();
    Part {
        name: Some(found.name.clone()),
        extent: extent.unwrap_or_default(),
        service: there.map(|service| {
            let mut deployments = service.deployments.iter();
            let newest = deployments.find(|deployment| deployment.status == "PRIMARY");
            ServiceDetail {
                desired: service.desired,
                running: service.running,
                deployment: newest.and_then(|newest| newest.rollout.clone()),
                targets: targets(found),
                images: images.unwrap_or_else(|| Ok(Vec::new())),
            }
        }),
        ..Part::new(PartKind::Service, worst.unwrap_or(Ok(Health::Healthy)))
    }
}

/// The targets of all its groups together.
fn targets(found: &ServiceFound) -> Option<Asked<TargetCount>> {
    let is_meant = |target: &&Target| !matches!(target.state.as_str(), "draining" | "unused");
    let groups: Vec<Asked<TargetCount>> = found
        .targets
        .values()
        .map(|targets| {
            let targets = targets.as_ref().map_err(Clone::clone)?;
            let meant = targets.iter().filter(is_meant);
            Ok(TargetCount {
                healthy: meant
                    .clone()
                    .filter(|target| target.state == "healthy")
                    .count(),
                all: meant.count(),
            })
        })
        .collect();
    let groups: Asked<Vec<TargetCount>> = match groups.is_empty() {
        true => return None,
        false => groups.into_iter().collect(),
    };
    Some(groups.map(|groups| TargetCount {
        healthy: groups.iter().map(|group| group.healthy).sum(),
        all: groups.iter().map(|group| group.all).sum(),
    }))
}

fn database(found: &DatabaseFound) -> Part {
    let there = found.database.as_ref().ok().and_then(Option::as_ref);
    let health = found.database.clone();
    Part {
        name: Some(found.identifier.clone()),
        extent: there.map(|it| it.status.clone()).unwrap_or_default(),
        backup: Some(backup(found)),
        ..Part::new(
            PartKind::Database,
            health.map(|database| database_health(database.as_ref())),
        )
    }
}

/// The newest backup that a database can be restored from.
fn backup(found: &DatabaseFound) -> Asked<Option<Backup>> {
    let database = found.database.as_ref().map_err(Clone::clone)?;
    let snapshots = found.snapshots.as_ref().map_err(Clone::clone)?;
    let taken = snapshots
        .iter()
        .filter(|snapshot| snapshot.status == "available");
    let taken = taken.filter_map(|snapshot| {
        Some(Backup {
            at: snapshot.created?,
            saved: Saved::Snapshot(snapshot.identifier.clone()),
        })
    });
    let until = database.as_ref().and_then(|it| it.restorable_until);
    let continuous = until.map(|at| Backup {
        at,
        saved: Saved::Continuously,
    });
    Ok(taken.chain(continuous).max_by_key(|backup| backup.at))
}

fn alarms(found: &Asked<Vec<Alarm>>) -> Vec<Part> {
    let alarms = match found {
        Ok(alarms) => alarms,
        Err(unasked) => return vec![Part::new(PartKind::Alarms, Err(unasked.clone()))],
    };
    let (on, off): (Vec<&Alarm>, Vec<&Alarm>) =
        alarms.iter().partition(|alarm| alarm.state == "ALARM");
    let on = on.into_iter().map(|alarm| {
        let why = alarm.reason.clone();
        let why = why.unwrap_or_else(|| "it is on".to_owned());
        Part {
            name: Some(alarm.name.clone()),
            since: alarm.since,
            ..Part::new(PartKind::Alarm, Ok(Health::Not(why)))
        }
    });
    let off = (!off.is_empty()).then(|| Part {
        extent: format!("{} not on", off.len()),
        ..Part::new(PartKind::Alarms, Ok(Health::Healthy))
    });
    on.chain(off).collect()
}
