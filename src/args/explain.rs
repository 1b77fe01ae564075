//! What `explain` can be asked for.

use super::ShowFormat;

/// Explain a value of a template: where it comes from, who refers to it, and what changing it would do.
///
/// Says the line of Rust and the lines of YAML that make it, found out by synthesizing with other values. Needs no network
/// and changes nothing.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Explain {
    /// `STACK`, `STACK/LOGICAL_ID`, `STACK/LOGICAL_ID.Property`, and so on downwards: `.Tags[team].Value`, `.Tags.0`. Or the
    /// code of a finding
    #[arg(value_name = "WHAT")]
    pub what: String,
    /// Only in this environment (repeatable) [default: all that have it]
    #[arg(long, value_name = "ENV")]
    pub env: Vec<String>,
    /// What to print; docs/explaining.md documents the JSON
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub format: ShowFormat,
}
