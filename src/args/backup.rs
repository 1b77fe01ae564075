//! What `backup` can be asked for.

use clap::{Subcommand, ValueEnum};

/// Look at the backups of an environment's databases, and try them.
#[derive(Debug, Subcommand)]
pub(crate) enum Backup {
    /// Check whether backups and their copies keep what the environment promises
    Check(BackupCheck),
    /// Restore the newest backup into an isolated place, and remove it again
    Test(BackupTest),
}

/// Check whether backups and their copies keep what the environment promises.
///
/// Asks RDS and AWS Backup in the environment's region and in the one for disasters; changes nothing. Ends with 3 where a
/// promise is not kept, or could not be asked about.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct BackupCheck {
    /// The environment
    #[arg(long, value_name = "ENV")]
    pub env: String,
    /// What to print
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub format: BackupFormat,
    /// Ask the embedded CloudFormation, with its state in `.stratiform/engine.json`
    #[arg(long)]
    pub local: bool,
}

/// Restore the newest backup into an isolated place, and remove it again.
///
/// Makes a stack of its own with a database from the newest snapshot, in the subnets of the real one, which nobody can
/// connect to and which can connect to nobody; waits until it is available, says how long that took, and deletes the stack.
/// What an interrupted test left is removed first. Nothing else is ever deleted.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct BackupTest {
    /// The environment
    #[arg(long, value_name = "ENV")]
    pub env: String,
    /// The database, where there are several: `STACK/ID`
    #[arg(long, value_name = "STACK/ID")]
    pub database: Option<String>,
    /// What to print
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub format: BackupFormat,
    /// Use the embedded CloudFormation, with its state in `.stratiform/engine.json`
    #[arg(long)]
    pub local: bool,
}

/// What `backup` prints.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum BackupFormat {
    /// For people
    Text,
    /// For programs; docs/backups.md documents it
    Json,
}
