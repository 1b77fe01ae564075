//! What `drift` can be asked for.

use std::num::NonZeroUsize;

use super::deploy::Allow;
#[cfg(feature = "aws")]
use super::deploy::{Deploy, DeployFormat};
use super::status::StatusFormat;

/// Show what was changed by hand: how resources are, beside how their stacks made them.
///
/// CloudFormation looks, which takes minutes, and changes nothing. What it does not look at is counted. Each difference is
/// judged as a change.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Drift {
    /// The environment
    #[arg(long, value_name = "ENV")]
    pub env: String,
    /// Set back what was changed by hand, with drift-aware change sets: guarded, shown and approved as any deployment
    #[arg(long, conflicts_with_all = ["adopt", "exit_code"])]
    pub revert: bool,
    /// Print what to change in the environment's files and in Rust so that the code says what is there; write nothing
    #[arg(long)]
    pub adopt: bool,
    /// End with 3 where something drifted, or was not looked at although it could be
    #[arg(long)]
    pub exit_code: bool,
    /// With --revert: a resource with data that may go (repeatable), `replace:STACK/ID` or `delete:STACK/ID`
    #[arg(long, value_name = "WHAT:STACK/ID", requires = "revert")]
    pub allow: Vec<Allow>,
    /// With --revert: do not ask
    #[arg(long, requires = "revert")]
    pub yes: bool,
    /// With --revert: how many stacks at the same time [default: `settings.deployment.concurrency`]
    #[arg(long, value_name = "N", requires = "revert")]
    pub concurrency: Option<NonZeroUsize>,
    /// With --revert: why it cannot wait, where only a check that may be skipped says no. The reason is recorded
    #[arg(long, value_name = "REASON", requires = "revert")]
    pub emergency: Option<String>,
    /// What to print; docs/on-call.md documents the JSON
    #[arg(
        long,
        value_name = "FORMAT",
        default_value = "text",
        conflicts_with = "adopt"
    )]
    pub format: StatusFormat,
    /// Ask the embedded CloudFormation, with its state in `.stratiform/engine.json`
    #[arg(long)]
    pub local: bool,
}

#[cfg(feature = "aws")]
impl Drift {
    /// The same as a deployment of what is deployed.
    pub(crate) fn deployment(&self) -> Deploy {
        Deploy {
            env: self.env.clone(),
            stack: Vec::new(),
            release: None,
            image: Vec::new(),
            parameter: Vec::new(),
            allow: self.allow.clone(),
            yes: self.yes,
            prepare: None,
            execute: None,
            approved_by: None,
            concurrency: self.concurrency,
            emergency: self.emergency.clone(),
            continue_rollback: false,
            hotswap: false,
            elsewhere: Default::default(),
            format: match self.format {
                StatusFormat::Text => DeployFormat::Text,
                StatusFormat::Json => DeployFormat::Json,
            },
            local: self.local,
        }
    }
}
