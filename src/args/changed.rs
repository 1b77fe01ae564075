//! What `changed` can be asked for.

use clap::ValueEnum;

/// Show which stacks, services and environments a change touches, and why.
///
/// Stacks by what the working tree synthesizes beside the snapshots of a revision, as `diff` compares them; services by
/// the content of what their images are made from (`settings.images`).
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Changed {
    /// Compare with this revision [default: the merge base with the main branch]
    #[arg(long, value_name = "REV")]
    pub base: Option<String>,
    /// Only this environment (repeatable) [default: all]
    #[arg(long, value_name = "ENV")]
    pub env: Vec<String>,
    /// What to print
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub format: ChangedFormat,
}

/// What `changed` prints.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ChangedFormat {
    /// For people
    Text,
    /// For programs; docs/changed.md documents it
    Json,
    /// Lines for `$GITHUB_OUTPUT` of a workflow; docs/changed.md documents them
    Github,
}
