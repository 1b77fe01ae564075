//! One file per command.

#[cfg(feature = "aws")]
pub(crate) mod backup;
pub(crate) mod bootstrap;
pub(crate) mod changed;
#[cfg(feature = "aws")]
pub(crate) mod checklist;
#[cfg(feature = "aws")]
pub(crate) mod deploy;
#[cfg(feature = "aws")]
pub(crate) mod destroy;
pub(crate) mod diff;
#[cfg(feature = "aws")]
pub(crate) mod drift;
#[cfg(feature = "engine")]
pub(crate) mod engine_serve;
pub(crate) mod env_show;
pub(crate) mod explain;
#[cfg(feature = "aws")]
pub(crate) mod guard;
#[cfg(feature = "aws")]
pub(crate) mod history;
pub(crate) mod init;
pub(crate) mod lsp;
#[cfg(feature = "aws")]
pub(crate) mod rebuild;
#[cfg(all(feature = "aws", feature = "engine"))]
pub(crate) mod rehearse;
#[cfg(feature = "aws")]
pub(crate) mod rollback;
#[cfg(feature = "aws")]
pub(crate) mod runbook;
pub(crate) mod secrets;
#[cfg(feature = "aws")]
pub(crate) mod status;
#[cfg(feature = "aws")]
pub(crate) mod swap;
pub(crate) mod synth;
pub(crate) mod validate;
#[cfg(feature = "aws")]
pub(crate) mod watch;
#[cfg(not(all(feature = "aws", feature = "engine")))]
pub(crate) mod without_aws;
pub(crate) mod workflows;

use clap::CommandFactory;
use clap_complete::Shell;

use crate::args::Args;

/// A completion script.
pub(crate) fn completions(shell: Shell) -> String {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Args::command(), "stratiform", &mut script);
    String::from_utf8_lossy(&script).into_owned()
}
