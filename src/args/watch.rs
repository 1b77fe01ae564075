//! What `watch` can be asked for.

use clap::ValueEnum;

use super::span::Span;

/// Watch an environment, and end at the first thing that gets worse.
///
/// Looks at stacks, services and their targets, alarms, databases and drift as last checked. Ends with 0 where nothing got
/// worse, and with 3 at the first thing that did: what, since when, and the command that goes back.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Watch {
    /// The environment
    #[arg(long, value_name = "ENV")]
    pub env: String,
    /// For how long
    #[arg(long = "for", value_name = "TIME", default_value = "24h")]
    pub duration: Span,
    /// How long to wait between two looks
    #[arg(long, value_name = "TIME", default_value = "1m")]
    pub every: Span,
    /// Only if the last deployment began less than this ago, and no longer: what is not well and was well before that
    /// deployment counts as worse
    #[arg(long, value_name = "TIME")]
    pub after_deployment: Option<Span>,
    /// Where an alarm goes on, bring the environment back, once, as `rollback --yes` does
    #[arg(long)]
    pub rollback_on_alarm: bool,
    /// What to print at the end
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub format: WatchFormat,
    /// Watch what the embedded CloudFormation has, in `.stratiform/engine.json`: nobody waits there
    #[arg(long)]
    pub local: bool,
}

/// What `watch` prints.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum WatchFormat {
    /// For people
    Text,
    /// For programs; docs/status.md documents it
    Json,
}
