//! Snapshots of the databases, before anything is changed.

use std::collections::BTreeMap;

use stratiform_service::{StackId, Timestamp};

use super::{Effect, Pending, Run, TRIES, later};
use crate::call::{Call, Failure, Reply};
use crate::plan::Until;
use crate::stack::Step;
use crate::told::Told;

/// How long a snapshot may take, in milliseconds: six hours.
const PATIENCE: i64 = 6 * 3_600_000;

/// What is saved, and how far that is.
#[derive(Clone, Debug)]
pub(super) struct Backup {
    parts: BTreeMap<Part, Progress>,
    began: Timestamp,
}

/// What is asked about.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Part {
    /// Which databases a stack has.
    Stack(StackId),
    /// A database, by its identifier.
    Database(String),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Progress {
    /// Its call comes now or later; so many failed.
    Asked(Pending, u32),
    /// Its snapshot is being taken, and is looked at now or later; so many looks failed.
    Taken(Pending, u32),
    Done,
}

impl Run {
    /// Whether everything that has to be saved is: until then nothing is executed.
    pub(super) fn is_backed_up(&self) -> bool {
        let Some(backup) = &self.backup else {
            return !self.plan.conduct.backup || self.plan.conduct.until == Until::Prepared;
        };
        let mut parts = backup.parts.values();
        parts.all(|progress| *progress == Progress::Done)
    }

    /// Begins where it is time, and goes on with what is due.
    pub(super) fn back_up(&mut self) {
        let wanted = self.plan.conduct.backup && self.plan.conduct.until == Until::Deployed;
        let approved = |run: &Run| run.stacks.iter().any(|stack| stack.step == Step::Approved);
        if !wanted || self.stopped || (self.backup.is_none() && !approved(self)) {
            return;
        }
        let now = self.now;
        let stacks = self.stacks.iter().filter_map(|stack| stack.found.clone());
        let backup = self.backup.get_or_insert_with(|| Backup {
            parts: stacks
                .map(|stack| (Part::Stack(stack), Progress::Asked(Pending::Due, 0)))
                .collect(),
            began: now,
        });
        let mut calls = Vec::new();
        for (part, progress) in &mut backup.parts {
            let (Progress::Asked(pending, _) | Progress::Taken(pending, _)) = progress else {
                continue;
            };
            if *pending == Pending::Due || matches!(*pending, Pending::At(at) if at <= now) {
                *pending = Pending::Called;
                let call = match (part, &progress) {
                    (Part::Stack(stack), _) => Call::ListStackResources {
                        stack: stack.clone(),
                    },
                    (Part::Database(instance), Progress::Taken(..)) => Call::DescribeDbSnapshots {
                        instance: instance.clone(),
                    },
                    (Part::Database(instance), _) => Call::CreateDbSnapshot {
                        instance: instance.clone(),
                        snapshot: snapshot(&self.plan.conduct.run, instance),
                    },
                };
                calls.push((part.clone(), Box::new(call)));
            }
        }
        for (part, call) in calls {
            let ticket = self.next_ticket;
            self.next_ticket += 1;
            self.saved.insert(ticket, part);
            self.outbox.push(Effect::Call { ticket, call });
        }
    }

    pub(super) fn backed_up(&mut self, part: Part, reply: Result<Reply, Failure>) {
        let (now, pace) = (self.now, self.plan.conduct.pace);
        let run = self.plan.conduct.run.clone();
        let Some(backup) = &mut self.backup else {
            return;
        };
        let waited = now.millis() - backup.began.millis();
        let again = Pending::At(later(now, pace.pause(waited)));
        let Some(progress) = backup.parts.get_mut(&part) else {
            return;
        };
        let failed = match *progress {
            Progress::Asked(_, failed) | Progress::Taken(_, failed) => failed,
            Progress::Done => return,
        };
        let mut told = None;
        let mut found = Vec::new();
        match (&part, reply) {
            (Part::Stack(_), Ok(Reply::Resources(resources))) => {
                *progress = Progress::Done;
                let databases = resources
                    .iter()
                    .filter(|resource| resource.resource_type == "AWS::RDS::DBInstance");
                found.extend(databases.filter_map(|database| database.physical_id.clone()));
            }
            (Part::Database(_), Ok(Reply::Snapshot(_))) => *progress = Progress::Taken(again, 0),
            (Part::Database(instance), Ok(Reply::Snapshots(snapshots))) => {
                let name = snapshot(&run, instance);
                let taken = snapshots.iter().find(|taken| taken.identifier == name);
                match taken.map(|taken| taken.status.as_str()) {
                    Some("available") => {
                        *progress = Progress::Done;
                        told = Some(Told::BackedUp {
                            database: instance.clone(),
                            snapshot: name,
                        });
                    }
                    Some("creating") if waited < PATIENCE => *progress = Progress::Taken(again, 0),
                    status => {
                        let status = status.unwrap_or("not there").to_owned();
                        return self.not_backed_up(instance.clone(), status);
                    }
                }
            }
            (part, reply) => {
                let why = match reply {
                    Err(failure) if failure.kind.is_passing() && failed < TRIES => None,
                    Err(failure) => Some(format!("{}: {}", failure.what, failure.why)),
                    Ok(_) if failed < TRIES => None,
                    Ok(_) => Some("the answer does not fit the question".to_owned()),
                };
                if let Some(why) = why {
                    let subject = match part {
                        Part::Stack(stack) => stack.to_string(),
                        Part::Database(instance) => instance.clone(),
                    };
                    return self.not_backed_up(subject, why);
                }
                *progress = match *progress {
                    Progress::Taken(..) => Progress::Taken(again, failed + 1),
                    _ => Progress::Asked(again, failed + 1),
                };
            }
        }
        for database in found {
            let part = Part::Database(database.to_string());
            let due = Progress::Asked(Pending::Due, 0);
            backup.parts.insert(part, due);
        }
        self.outbox
            .extend(told.map(|told| Effect::Tell(Box::new(told))));
    }

    /// Nothing is executed without its backup.
    fn not_backed_up(&mut self, subject: String, why: String) {
        let told = Told::NotBackedUp { subject, why };
        self.outbox.push(Effect::Tell(Box::new(told)));
        self.is_unsaved = true;
        self.stopped = true;
    }

    /// When a part of the backup is looked at again.
    pub(super) fn next_backup(&self) -> Option<Timestamp> {
        let parts = self.backup.iter().flat_map(|backup| backup.parts.values());
        let times = parts.filter_map(|progress| match progress {
            Progress::Asked(Pending::At(at), _) | Progress::Taken(Pending::At(at), _) => Some(*at),
            _ => None,
        });
        times.min().filter(|_| !self.stopped)
    }
}

/// The name of a snapshot: the same run takes one.
///
/// Source: RDS API reference, "CreateDBSnapshot": letters, digits and single hyphens.
fn snapshot(run: &str, instance: &str) -> String {
    let name: String = format!("stratiform-{run}-{instance}")
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c } else { '-' })
        .take(255)
        .collect();
    let words: Vec<&str> = name.split('-').filter(|word| !word.is_empty()).collect();
    words.join("-")
}
