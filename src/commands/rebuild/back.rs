//! The way back: what is taken along from the region that is left.

use std::time::{Duration, Instant};

use stratiform_assembly::Assembly;
use stratiform_aws::{Aws, Error, now};
use stratiform_deploy::call::Snapshot;
use stratiform_deploy::guard::{StackFound, Unasked};
use stratiform_deploy::rebuild::{Phase, Point, Room, fresh, room};
use stratiform_deploy::{Call, Pace, Reply};
use stratiform_finding::{Code, Finding};
use stratiform_service::{Region, Timestamp};

use crate::args::Rebuild;
use crate::commands::guard::looking::{ask, snapshots, stacks};
use crate::exit::Exit;
use crate::report::Failure;
use crate::restores::Restored;

/// The key of RDS's own that snapshots are encrypted with where none is named.
const KEY: &str = "alias/aws/rds";

/// The region that is left, and what of the environment is there.
pub(super) struct Left {
    pub aws: Aws,
    pub region: Region,
    found: Vec<StackFound>,
}

/// A snapshot that is taken and copied.
#[derive(Clone, Debug)]
pub(super) struct Copied {
    /// What it is of: `database/Instance`.
    pub resource: String,
    /// The database.
    pub instance: String,
    /// What it is called, in both regions.
    pub snapshot: String,
}

impl Left {
    /// Looks at it.
    pub(super) async fn look(aws: Aws, assembly: &Assembly, region: &Region) -> Left {
        let there = Assembly {
            region: region.clone(),
            ..assembly.clone()
        };
        let found = stacks(&aws, &there).await;
        Left {
            aws,
            region: region.clone(),
            found,
        }
    }

    /// Whether there is room at home.
    pub(super) fn room(&self, at_home: &[StackFound], home: &Region) -> Room {
        room(&self.found, at_home, (&self.region, home))
    }

    /// A snapshot that a database is to begin with, where one can be taken.
    pub(super) async fn fresh(
        &self,
        resource: String,
        restored: &Restored<'_>,
    ) -> (Point, Option<Copied>) {
        let key = resource.split('/').next().unwrap_or_default();
        let id = restored.logical_id;
        let stack = self.found.iter().find(|found| found.key == key);
        let instance = match stack.map(|found| &found.resources) {
            _ if restored.resource.resource_type != "AWS::RDS::DBInstance" => Err(
                Unasked::because("only snapshots of instances of RDS are taken here", ""),
            ),
            Some(Err(unasked)) => Err(unasked.clone()),
            Some(Ok(_)) | None => {
                Ok(stack.and_then(|found| physical_id(found, |known, _| known == id)))
            }
        };
        let instance = match instance {
            Ok(Some(instance)) => instance,
            none => {
                let none = none.map(|_| None);
                return (fresh(&resource, id, &none, &self.region), None);
            }
        };
        let call = Call::DescribeDbInstance {
            identifier: instance.clone(),
        };
        let database = ask(&self.aws, call, |reply| match reply {
            Reply::Database(database) => Some(database),
            _ => None,
        });
        let point = fresh(&resource, &instance, &database.await, &self.region);
        let copied = Copied {
            snapshot: name(&instance, now()),
            resource,
            instance,
        };
        (point, Some(copied))
    }
}

/// The key that snapshots are copied with.
pub(super) fn key(args: &Rebuild) -> &str {
    args.key.as_deref().unwrap_or(KEY)
}

/// What a snapshot is called: every start takes one of its own.
///
/// Source: RDS API reference, "CreateDBSnapshot": letters, digits and single hyphens.
fn name(instance: &str, at: Timestamp) -> String {
    let digits = at.to_string();
    let digits = digits.chars().filter(char::is_ascii_digit);
    format!("{instance}-back-{}", digits.collect::<String>())
}

impl Copied {
    /// Takes it in one region, and copies it into another one; both are waited for. From when to when it was taken is answered.
    ///
    /// # Errors
    /// AWS refuses, or it fails.
    pub(super) async fn bring(
        &self,
        (from, to): (&Aws, &Aws),
        key: &str,
        pace: Pace,
    ) -> Result<Option<Phase>, Failure> {
        let call = Call::CreateDbSnapshot {
            instance: self.instance.clone(),
            snapshot: self.snapshot.clone(),
        };
        let asked = ask(from, call, |reply| match reply {
            Reply::Snapshot(snapshot) => Some(snapshot),
            _ => None,
        });
        asked.await.map_err(|unasked| self.failed(unasked.why))?;
        let taken = self.available(from, pace).await?;
        let refused = |error: Error| Failure::of([error.into()]);
        let arn = from
            .db_snapshot_arn(&self.snapshot)
            .await
            .map_err(refused)?;
        // A copy of what is not encrypted would be, with a key.
        let key = taken.key.as_ref().map(|_| key);
        let copy = to.copy_db_snapshot(&arn, &self.snapshot, key);
        copy.await.map_err(refused)?;
        let there = self.available(to, pace).await?;
        let moments = taken.created.zip(there.created);
        Ok(moments.map(|(begun, ended)| Phase {
            what: format!("{}'s snapshot", self.resource),
            begun,
            ended,
        }))
    }

    async fn available(&self, aws: &Aws, pace: Pace) -> Result<Snapshot, Failure> {
        let begun = Instant::now();
        loop {
            let all = snapshots(aws, &self.instance).await;
            let all = all.map_err(|unasked| self.failed(unasked.why))?;
            let found = all.into_iter().find(|one| one.identifier == self.snapshot);
            match found {
                Some(found) if found.status == "available" => return Ok(found),
                // What was just made may not be seen yet.
                Some(found) if !["creating", "copying", "pending"].contains(&&*found.status) => {
                    let why = format!("it is {} in {}", found.status, aws.region());
                    return Err(self.failed(why));
                }
                Some(_) | None => {}
            }
            let waited = i64::try_from(begun.elapsed().as_millis()).unwrap_or(i64::MAX);
            let pause = pace.pause(waited).max(1).unsigned_abs();
            tokio::time::sleep(Duration::from_millis(pause)).await;
        }
    }

    fn failed(&self, why: String) -> Failure {
        let what = format!(
            "the snapshot {} of {} could not be brought over",
            self.snapshot, self.instance
        );
        let help = "start it again: it takes another one";
        let mut failure = Failure::of([Finding::new(Code::AwsRefused, what, help).because(why)]);
        failure.exit = Exit::Failed;
        failure
    }
}

/// The physical ID of the resource of a stack that is meant.
pub(super) fn physical_id(
    found: &StackFound,
    is_it: impl Fn(&str, &str) -> bool,
) -> Option<String> {
    let mut resources = found.resources.as_ref().ok()?.iter();
    let found = resources.find(|one| is_it(one.logical_id.as_str(), &one.resource_type))?;
    found.physical_id.as_ref().map(ToString::to_string)
}
