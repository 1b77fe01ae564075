//! The way back: what is taken along from the region that is left.

use std::time::{Duration, Instant};

use stratiform_assembly::Assembly;
use stratiform_aws::{Aws, Error, now};
use stratiform_deploy::Pace;
use stratiform_deploy::call::{DatabaseKind, Snapshot};
use stratiform_deploy::guard::{StackFound, Unasked};
use stratiform_deploy::rebuild::{Phase, Point, Room, fresh, room};
use stratiform_finding::{Code, Finding};
use stratiform_service::{Region, Timestamp};

use crate::args::Rebuild;
use crate::commands::guard::looking::stacks;
use crate::exit::Exit;
use crate::report::Failure;
use crate::restores::Restored;

/// The key of RDS's own that snapshots are encrypted with where none is named.
const KEY: &str = "alias/aws/rds";

/// How long a snapshot may be taken, or copied. AWS names no time: it is that of the data.
const PATIENCE: Duration = Duration::from_secs(24 * 60 * 60);

/// How long one that was asked for may not be seen.
const UNSEEN: Duration = Duration::from_secs(10 * 60);

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
    /// What that is.
    pub kind: DatabaseKind,
    /// The database.
    pub database: String,
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
        let kind = DatabaseKind::of(&restored.resource.resource_type);
        let database = match (kind, stack.map(|found| &found.resources)) {
            (None, _) => Err(Unasked::because(
                "only snapshots of databases of RDS are taken here",
                "",
            )),
            (_, Some(Err(unasked))) => Err(unasked.clone()),
            (Some(kind), Some(Ok(_)) | None) => Ok(stack
                .and_then(|found| physical_id(found, |known, _| known == id))
                .map(|database| (kind, database))),
        };
        let (kind, database) = match database {
            Ok(Some(database)) => database,
            none => {
                let none = none.map(|_| None);
                return (fresh(&resource, id, &none, &self.region), None);
            }
        };
        let found = match kind {
            DatabaseKind::Instance => self.aws.database(&database).await,
            DatabaseKind::Cluster => self.aws.database_cluster(&database).await,
        };
        let status = found.map(|found| found.map(|found| found.status));
        let status = status.map_err(Unasked::from);
        let point = fresh(&resource, &database, &status, &self.region);
        let copied = Copied {
            snapshot: name(&database, now()),
            resource,
            kind,
            database,
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
        let name = self.snapshot.as_str();
        let refused = |error: Error| Failure::of([error.into()]);
        let asked = from.create_snapshot(self.kind, &self.database, name);
        asked.await.map_err(refused)?;
        let taken = self.available(from, pace).await?;
        let arn = from.snapshot_arn(self.kind, name).await;
        let arn = arn.map_err(refused)?;
        // A copy of what is not encrypted would be, with a key; of a cluster it would be refused.
        let key = taken.key.as_ref().map(|_| key);
        let copy = to.copy_snapshot(self.kind, (&arn, name), key);
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
            let all = aws.snapshots_of(self.kind, &self.database).await;
            let all = all.map_err(|error| Failure::of([error.into()]))?;
            let found = all.into_iter().find(|one| one.identifier == self.snapshot);
            let waited = begun.elapsed();
            match there(found, waited) {
                Ok(Some(found)) => return Ok(found),
                Ok(None) => {}
                Err(why) => return Err(self.failed(format!("in {} {why}", aws.region()))),
            }
            let waited = i64::try_from(waited.as_millis()).unwrap_or(i64::MAX);
            let pause = pace.pause(waited).max(1).unsigned_abs();
            tokio::time::sleep(Duration::from_millis(pause)).await;
        }
    }

    fn failed(&self, why: String) -> Failure {
        let what = format!(
            "the snapshot {} of {} could not be brought over",
            self.snapshot, self.database
        );
        let help = "start it again: it takes another one";
        let mut failure = Failure::of([Finding::new(Code::AwsRefused, what, help).because(why)]);
        failure.exit = Exit::Failed;
        failure
    }
}

/// A snapshot once it can be used; none where it is to be waited for.
fn there(found: Option<Snapshot>, waited: Duration) -> Result<Option<Snapshot>, String> {
    match found {
        Some(found) if found.status == "available" => Ok(Some(found)),
        Some(found) if !["creating", "copying", "pending"].contains(&&*found.status) => {
            Err(format!("it is {}", found.status))
        }
        Some(found) if waited >= PATIENCE => {
            Err(format!("it is still {} after 24 hours", found.status))
        }
        // What was just made may not be seen yet.
        None if waited >= UNSEEN => Err("it was not to be seen for 10 minutes".to_owned()),
        Some(_) | None => Ok(None),
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_waited_for_without_end() {
        let is = |status: &str| {
            let found = Snapshot {
                identifier: "shop-back-1".to_owned(),
                status: status.to_owned(),
                percent: 0,
                created: None,
                key: None,
            };
            Some(found)
        };
        let after = |found, minutes: u64| {
            let waited = Duration::from_secs(minutes * 60);
            there(found, waited).map(|found| found.is_some())
        };
        assert_eq!(after(is("available"), 5000), Ok(true));
        assert_eq!(after(is("copying"), 1439), Ok(false));
        assert_eq!(
            after(is("copying"), 1440),
            Err("it is still copying after 24 hours".to_owned())
        );
        assert_eq!(after(is("failed"), 0), Err("it is failed".to_owned()));
        assert_eq!(after(None, 9), Ok(false));
        assert_eq!(
            after(None, 10),
            Err("it was not to be seen for 10 minutes".to_owned())
        );
    }
}
