//! What `guard` can be asked for.

use clap::ValueEnum;

#[cfg(feature = "aws")]
use super::deploy::Deploy;

/// Check whether it is a good moment to deploy an environment.
///
/// Asks git, AWS and the environment before this one; changes nothing. Ends with 3 where something blocks.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Guard {
    /// The environment
    #[arg(long, value_name = "ENV")]
    pub env: String,
    /// The release that would be deployed: a git tag of the commit that is checked out [default: its tag, if it has one]
    #[arg(long, value_name = "TAG")]
    pub release: Option<String>,
    /// Why it cannot wait: skips what blocks and may be skipped
    #[arg(long, value_name = "REASON", value_parser = clap::builder::NonEmptyStringValueParser::new())]
    pub emergency: Option<String>,
    /// What to print
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub format: GuardFormat,
    /// Ask the embedded CloudFormation, with its state in `.stratiform/engine.json`
    #[arg(long)]
    pub local: bool,
}

#[cfg(feature = "aws")]
impl Guard {
    /// The deployment that is asked about.
    pub(crate) fn deployment(&self) -> Deploy {
        let (env, release) = (self.env.clone(), self.release.clone());
        Deploy::of(env, release, self.local)
    }
}

/// What `guard` prints.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum GuardFormat {
    /// For people
    Text,
    /// For programs; docs/guarding.md documents it
    Json,
}
