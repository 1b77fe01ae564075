//! Whether the backups of an environment's databases keep what its file promises.
//!
//! What lives here: facts → assurances, and what a selection of AWS Backup covers. What does not: finding the facts out
//! (`src/commands/backup`), and showing them (`src/view`).

mod facts;
mod selection;

use stratiform_service::Timestamp;

use crate::age::age;
use crate::assurance::{Assurance, State};
use crate::guard::{Asked, Unasked};

pub use facts::{
    Backup, BackupPlan, DatabaseAt, Facts, Job, Promises, Protected, Rule, VaultFound,
};
pub use selection::{Condition, Operator, Selection};

/// States of jobs that saved nothing, or not all.
///
/// Source: AWS Backup developer guide, "ListBackupJobs" and "ListCopyJobs".
const FAILED: [&str; 4] = ["ABORTED", "EXPIRED", "FAILED", "PARTIAL"];

/// What is said of each database, then of each vault.
pub fn assurances(facts: &Facts) -> Vec<Assurance> {
    let databases = facts.databases.iter();
    let databases = databases.flat_map(|database| of_database(facts, database));
    databases
        .chain(facts.vaults.iter().map(|vault| of_vault(facts, vault)))
        .collect()
}

fn of_database(facts: &Facts, database: &Protected) -> Vec<Assurance> {
    let subject = database.subject.as_str();
    if database.identifier.is_none() && database.database.is_ok() {
        let help = format!("deploy it: `deploy --env {}`", facts.environment);
        let what = "it is not deployed: there is nothing to restore";
        return vec![Assurance::no(subject, RESTORABLE, what, help)];
    }
    let mut found = vec![restorable(facts, database)];
    let is_replicated = database.replicated != Ok(None);
    if facts.has_plans || (facts.promises.region.is_some() && !is_replicated) {
        found.push(plan(subject, &database.plans));
        found.push(jobs(subject, "backup-jobs", "backup", &database.backups));
    }
    if facts.promises.region.is_some() {
        found.push(copy(facts, database));
        if facts.has_plans {
            found.push(jobs(subject, "copy-jobs", "copy", &database.copies));
        }
    }
    found
}

const RESTORABLE: &str = "restorable";
const COPY: &str = "copy";

/// To which moment it can be restored, in its own region.
fn restorable(facts: &Facts, database: &Protected) -> Assurance {
    let subject = database.subject.as_str();
    let identifier = database.identifier.as_deref().unwrap_or_default();
    let until = match &database.database {
        Err(unasked) => return Assurance::not_known(subject, RESTORABLE, unasked),
        Ok(None) => {
            let what = format!("RDS has no database `{identifier}`");
            let help = "restore it from a backup, or deploy its stack again";
            return Assurance::no(subject, RESTORABLE, what, help);
        }
        Ok(Some(found)) => found.restorable_until,
    };
    let by_itself = until.map(|until| (until, "by RDS itself".to_owned()));
    let newest = database.here.as_ref().ok().and_then(|all| newest(all));
    let found = match by_itself.into_iter().chain(newest).max() {
        Some(best) => {
            let help = "look why nothing newer is there: RDS's events of the database, and AWS Backup's jobs";
            aged(facts, (subject, RESTORABLE), best, help)
        }
        None => {
            let help = "have RDS save it (`BackupRetentionPeriod`), or take a snapshot now: \
                        `aws rds create-db-snapshot`";
            let what = "there is no backup of it that could be restored";
            Assurance::no(subject, RESTORABLE, what, help)
        }
    };
    as_far_as_known(found, database.here.as_ref().err())
}

/// To which moment it can be restored in the region for disasters.
fn copy(facts: &Facts, database: &Protected) -> Assurance {
    let subject = database.subject.as_str();
    let region = facts.promises.region.as_ref();
    let region = region.map_or_else(String::new, ToString::to_string);
    let replicated = database.replicated.as_ref().ok().copied().flatten();
    let replicated = replicated.map(|until| (until, "replicated by RDS itself".to_owned()));
    let newest = database.there.as_ref().ok().and_then(|all| newest(all));
    let found = match replicated.into_iter().chain(newest).max() {
        Some(best) => {
            let promised = age(facts.promises.rpo_minutes.unwrap_or_default().into());
            let help = format!(
                "save and copy it at least every {promised} (the plan's schedule), have RDS replicate what it saves, or \
                 promise less: `settings.recovery.rpo_minutes`"
            );
            aged(facts, (subject, COPY), best, &help)
        }
        None => {
            let what = "there is no copy of it that could be restored";
            let help = "have its backup plan copy to that region (`CopyActions`), and look at AWS Backup's copy jobs; \
                        until then copy a snapshot by hand: `aws rds copy-db-snapshot`";
            Assurance::no(subject, COPY, what, help)
        }
    };
    let unasked = database.there.as_ref().err();
    let mut found = as_far_as_known(found, unasked.or(database.replicated.as_ref().err()));
    found.what = format!("in {region}: {}", found.what);
    found
}

/// What was found, unless it may be better than that: something could not be asked.
fn as_far_as_known(found: Assurance, unasked: Option<&Unasked>) -> Assurance {
    match (found.state, unasked) {
        (State::Yes, _) | (_, None) => found,
        (_, Some(unasked)) => Assurance::not_known(&found.subject, found.name, unasked),
    }
}

/// The newest backup that something can be restored from.
fn newest(backups: &[Backup]) -> Option<(Timestamp, String)> {
    let usable = backups.iter().filter(|backup| backup.is_usable);
    let taken = usable.filter_map(|backup| Some((backup.taken?, format!("from `{}`", backup.id))));
    taken.max()
}

/// What an age is to the promise.
fn aged(
    facts: &Facts,
    (subject, name): (&str, &'static str),
    (moment, how): (Timestamp, String),
    help: &str,
) -> Assurance {
    let old = (facts.now.millis() - moment.millis()).max(0) / 60_000;
    let text = moment.to_string();
    let moment = text.get(..16).unwrap_or(&text).replace('T', " ");
    let what = format!("as of {moment} UTC, {} old, {how}", age(old));
    match facts.promises.rpo_minutes {
        None => {
            let help = "say how many minutes of data may be lost: `settings.recovery.rpo_minutes`";
            Assurance::not_promised(subject, name, what, help)
        }
        Some(rpo) if old > i64::from(rpo) => {
            let what = format!("{what}; {} are promised", age(rpo.into()));
            Assurance::no(subject, name, what, help)
        }
        Some(rpo) => {
            let what = format!("{what}; {} are promised", age(rpo.into()));
            Assurance::yes(subject, name, what)
        }
    }
}

/// Whether a backup plan selects it.
fn plan(subject: &str, plans: &Asked<Vec<BackupPlan>>) -> Assurance {
    match plans {
        Err(unasked) => Assurance::not_known(subject, "plan", unasked),
        Ok(plans) if plans.is_empty() => {
            let what = "no backup plan of the environment selects it";
            let help = "add it to a selection of a plan (`AWS::Backup::BackupSelection`)";
            Assurance::no(subject, "plan", what, help)
        }
        Ok(plans) => {
            let plans = plans.iter().map(|plan| {
                let rules: Vec<&str> = plan.rules.iter().map(|rule| rule.name.as_str()).collect();
                format!("`{}` ({})", plan.name, rules.join(", "))
            });
            let plans: Vec<String> = plans.collect();
            Assurance::yes(subject, "plan", format!("selected by {}", plans.join(", ")))
        }
    }
}

/// Whether no job failed since the last good one.
fn jobs(subject: &str, name: &'static str, noun: &str, jobs: &Asked<Vec<Job>>) -> Assurance {
    let jobs = match jobs {
        Ok(jobs) => jobs,
        Err(unasked) => return Assurance::not_known(subject, name, unasked),
    };
    let done = jobs.iter().filter(|job| job.state == "COMPLETED");
    let good = done.clone().filter_map(|job| job.created).max();
    let failed = jobs.iter().filter(|job| {
        FAILED.contains(&job.state.as_str()) && (good.is_none() || job.created > good)
    });
    let count = failed.clone().count();
    if let Some(last) = failed.max_by_key(|job| job.created) {
        let message = last
            .message
            .as_deref()
            .unwrap_or("AWS Backup does not say why");
        let since = if good.is_some() {
            "since the last good one"
        } else {
            "and none was good"
        };
        let end = if count == 1 { "" } else { "s" };
        let what = format!(
            "{count} {noun} job{end} failed {since}; the last, `{}`: {}: {message}",
            last.id, last.state
        );
        let help = "correct what it says, and start one by hand: AWS Backup, Jobs";
        return Assurance::no(subject, name, what, help);
    }
    let what = match done.count() {
        0 => format!("no {noun} job has run in the last 30 days, and none failed"),
        count => format!("{count} done in the last 30 days, none failed since the last"),
    };
    Assurance::yes(subject, name, what)
}

fn of_vault(facts: &Facts, vault: &VaultFound) -> Assurance {
    let subject = format!("{} in {}", vault.name, vault.region);
    match &vault.is_there {
        Err(unasked) => Assurance::not_known(&subject, "vault", unasked),
        Ok(true) => Assurance::yes(&subject, "vault", "it is there"),
        Ok(false) => {
            let help = match vault.is_copy {
                true => format!("make it: `bootstrap --env {}`", facts.environment),
                false => format!("deploy it: `deploy --env {}`", facts.environment),
            };
            let what = "it is not there: what is to be saved in it fails";
            Assurance::no(&subject, "vault", what, help)
        }
    }
}

#[cfg(test)]
#[path = "backups/tests.rs"]
mod tests;
