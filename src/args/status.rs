//! What `status` can be asked for.

use clap::ValueEnum;

use super::span::Span;

/// Show how environments stand: what is deployed, from which release, in which health.
///
/// Asks CloudFormation and what runs; changes nothing, also while a deployment runs. Ends with 0 where all is well, with 3
/// where something is not, and with 5 where a stack needs a person.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Status {
    /// The environment (repeatable) [default: all]
    #[arg(long, value_name = "ENV")]
    pub env: Vec<String>,
    /// Ask again and again, and draw it anew, until Ctrl-C
    #[arg(long)]
    pub watch: bool,
    /// How long to wait in between: `5s`, `1m`
    #[arg(long, value_name = "TIME", default_value = "5s", requires = "watch")]
    pub every: Span,
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
