//! What `status` can be asked for.

use clap::ValueEnum;

/// Show how an environment stands: what is deployed, from which release, in which health.
///
/// Asks CloudFormation and what runs; changes nothing.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Status {
    /// The environment
    #[arg(long, value_name = "ENV")]
    pub env: String,
    /// End with 3 where something is not well, or could not be asked
    #[arg(long)]
    pub exit_code: bool,
    /// What to print
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub format: StatusFormat,
    /// Ask the embedded CloudFormation, with its state in `.stratiform/engine.json`
    #[arg(long)]
    pub local: bool,
}

/// What `status` prints.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum StatusFormat {
    /// For people
    Text,
    /// For programs; docs/status.md documents it
    Json,
}
