//! What `checklist` can be asked for.

use clap::ValueEnum;

/// Compute what is open of a release: every box is found out, and none is ticked by hand.
///
/// Asks git, GitHub where it answers, and each environment; changes nothing. Ends with 3 where a box is open. What is not known
/// is not ticked.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Checklist {
    /// The release: a git tag, which need not be there yet
    #[arg(long, value_name = "TAG")]
    pub release: String,
    /// Only this environment (repeatable) [default: all]
    #[arg(long, value_name = "ENV")]
    pub env: Vec<String>,
    /// What to print
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub format: ChecklistFormat,
    /// Ask the embedded CloudFormation, with its state in `.stratiform/engine.json`
    #[arg(long)]
    pub local: bool,
}

/// What `checklist` prints.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ChecklistFormat {
    /// For people
    Text,
    /// For programs; docs/checklist.md documents it
    Json,
}
