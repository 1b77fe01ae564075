//! What is known of the backups of an environment, as plain values. What could not be asked says why.

use indexmap::IndexMap;
use stratiform_service::{Region, Timestamp};

use crate::guard::Asked;

/// All that is known.
#[derive(Clone, Debug)]
pub struct Facts {
    /// The moment.
    pub now: Timestamp,
    /// The environment: `prod`.
    pub environment: String,
    /// What the environment's file promises.
    pub promises: Promises,
    /// Its databases.
    pub databases: Vec<Protected>,
    /// The vaults that its backup plans use.
    pub vaults: Vec<VaultFound>,
    /// Whether its stacks have a backup plan.
    pub has_plans: bool,
}

/// What an environment's file promises.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Promises {
    /// How many minutes of data may be lost.
    pub rpo_minutes: Option<u32>,
    /// The region for disasters, which has copies.
    pub region: Option<Region>,
}

/// A database of the environment's stacks.
#[derive(Clone, Debug)]
pub struct Protected {
    /// The stack and the logical ID: `database/Instance`.
    pub subject: String,
    /// Its identifier; none where it is not deployed.
    pub identifier: Option<String>,
    /// The database; none where it is not there.
    pub database: Asked<Option<DatabaseAt>>,
    /// Its backups in the environment's region.
    pub here: Asked<Vec<Backup>>,
    /// Its backups in the region for disasters; nothing where there is no such region.
    pub there: Asked<Vec<Backup>>,
    /// Until when it can be restored there, where RDS replicates what it saves by itself.
    pub replicated: Asked<Option<Timestamp>>,
    /// The backup plans that select it.
    pub plans: Asked<Vec<BackupPlan>>,
    /// What became of its backups by AWS Backup, in the last 30 days.
    pub backups: Asked<Vec<Job>>,
    /// What became of their copies.
    pub copies: Asked<Vec<Job>>,
}

/// A database instance or cluster.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DatabaseAt {
    /// Its ARN.
    pub arn: String,
    /// `available` …
    pub status: String,
    /// Its class; none of a cluster.
    pub class: Option<String>,
    /// Until when RDS can restore it.
    pub restorable_until: Option<Timestamp>,
    /// Its subnet group.
    pub subnet_group: Option<String>,
    /// The VPC of that.
    pub vpc: Option<String>,
    /// Its tags.
    pub tags: IndexMap<String, String>,
}

/// A backup: a snapshot, or a recovery point of AWS Backup.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Backup {
    /// The snapshot's name, or the recovery point's ARN.
    pub id: String,
    /// Whether something can be restored from it.
    pub is_usable: bool,
    /// How it is, in AWS's words.
    pub status: String,
    /// When it was taken; of a copy, when what it is of was taken, where that is known.
    pub taken: Option<Timestamp>,
}

/// A job of AWS Backup.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Job {
    /// Its ID.
    pub id: String,
    /// `COMPLETED`, `FAILED` …
    pub state: String,
    /// Why.
    pub message: Option<String>,
    /// When it began.
    pub created: Option<Timestamp>,
}

/// A backup plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BackupPlan {
    /// Its name.
    pub name: String,
    /// Its rules.
    pub rules: Vec<Rule>,
}

/// A rule of a backup plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    /// Its name.
    pub name: String,
    /// The vault that it saves to.
    pub vault: String,
    /// The ARNs of the vaults that it copies to.
    pub copies: Vec<String>,
}

/// A vault that a plan uses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VaultFound {
    /// Its name.
    pub name: String,
    /// Where it is.
    pub region: String,
    /// Whether it is in the region for disasters.
    pub is_copy: bool,
    /// Whether it is there.
    pub is_there: Asked<bool>,
}
