//! What `destroy` can be asked for.

use std::num::NonZeroUsize;

use super::deploy::{Allow, DeployFormat};

/// Take an environment down: delete all its stacks, in order.
///
/// All of it is looked at first. Where anything is protected, nothing is deleted; nothing that holds data goes without
/// being named; what stays is said before and after.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Destroy {
    /// The environment
    #[arg(long, value_name = "ENV")]
    pub env: String,
    /// A resource with data that may go (repeatable): `delete:STACK/ID`
    #[arg(long, value_name = "delete:STACK/ID")]
    pub allow: Vec<Allow>,
    /// Do not ask
    #[arg(long)]
    pub yes: bool,
    /// How many stacks at the same time [default: `settings.deployment.concurrency`]
    #[arg(long, value_name = "N")]
    pub concurrency: Option<NonZeroUsize>,
    /// What to print: text for people, or an object a line, which docs/destroying.md documents
    #[arg(
        long,
        value_name = "FORMAT",
        default_value = "text",
        hide_possible_values = true
    )]
    pub format: DeployFormat,
    /// Use the embedded CloudFormation, with its state in `.stratiform/engine.json`
    #[arg(long)]
    pub local: bool,
}
