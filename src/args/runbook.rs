//! What `runbook` can be asked for.

use std::path::PathBuf;

/// Write what to do when something is wrong, from the real environment: names, commands, order, expected times, contacts.
///
/// Asks nobody: all of it follows from the repository. Every command in it is tried in this tool's own tests.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Runbook {
    /// The environment
    #[arg(long, value_name = "ENV")]
    pub env: String,
    /// Write `runbook-ENV.md` into this folder instead of printing it
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
}
