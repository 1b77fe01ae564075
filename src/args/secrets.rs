//! `secrets`: what can be asked for.

use std::path::PathBuf;

use super::{Deny, ValidateFormat};

/// Find secrets in what git would commit: keys, tokens and passwords that are written out.
///
/// Every file that git would take is looked at, whatever it is for; what is found is never shown. A line that says
/// `stratiform: no secret`, or the one below it, has none.
#[derive(Debug, clap::Args)]
pub(crate) struct Secrets {
    /// Files, or folders of them [default: all that git would commit]
    #[arg(value_name = "PATH", conflicts_with_all = ["staged", "base"])]
    pub paths: Vec<PathBuf>,
    /// Only what is staged, and not in the last commit: for a hook before a commit
    #[arg(long, conflicts_with = "base")]
    pub staged: bool,
    /// Only what is not in this revision
    #[arg(long, value_name = "REV")]
    pub base: Option<String>,
    /// What to print
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub format: ValidateFormat,
    /// Take warnings for errors
    #[arg(long, value_name = "LEVEL")]
    pub deny: Option<Deny>,
}
