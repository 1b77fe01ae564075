//! `validate`: what can be asked for.

use std::path::PathBuf;

use clap::ValueEnum;
use stratiform_finding::Level;

/// Find what is wrong with templates, before AWS does.
///
/// Without files, the project's own stacks are synthesized and validated. With files, any CloudFormation templates are,
/// in JSON or YAML.
#[derive(Debug, clap::Args)]
pub(crate) struct Validate {
    /// Templates, or folders that have some; `-` is standard input [default: the project's stacks]
    #[arg(value_name = "FILE", conflicts_with = "env")]
    pub files: Vec<PathBuf>,
    /// Only this environment (repeatable) [default: all]
    #[arg(long, value_name = "ENV")]
    pub env: Vec<String>,
    /// A region that the templates are deployed to (repeatable) [default: the environment's; of files, any]
    #[arg(long, value_name = "REGION")]
    pub region: Vec<String>,
    /// Ask the policies of files, too, each at its own level; the project's stacks are always held against them
    #[arg(long)]
    pub policies: bool,
    /// Rules in the language of AWS CloudFormation Guard, or folders that have some (repeatable) [default: of the
    /// project's stacks, those in `policies/`]
    #[cfg(feature = "guard-rules")]
    #[arg(long, value_name = "FILE")]
    pub rules: Vec<PathBuf>,
    /// What to print
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub format: ValidateFormat,
    /// Take warnings for errors, or notes too
    #[arg(long, value_name = "LEVEL")]
    pub deny: Option<Deny>,
    /// Accept what has this code (repeatable): it is counted, and no error
    #[arg(long, value_name = "CODE")]
    pub allow: Vec<String>,
    /// Fail only for what is new since this revision; what was there is counted
    #[arg(long, value_name = "REV")]
    pub new_since: Option<String>,
    /// List what was there, too
    #[arg(long, requires = "new_since")]
    pub known: bool,
    /// Show notes, too
    #[arg(long)]
    pub notes: bool,
    /// Correct what has one right answer in the files that are named; the edits are shown first
    #[arg(long, requires = "files")]
    pub fix: bool,
    /// Correct without asking
    #[arg(long, requires = "fix")]
    pub yes: bool,
    /// Explain the code of a finding, as `stratiform --explain` does, and do nothing else
    #[arg(long, value_name = "CODE", conflicts_with = "files")]
    pub explain: Option<String>,
}

impl Validate {
    /// The rules that are named.
    pub(crate) fn rules(&self) -> &[PathBuf] {
        #[cfg(feature = "guard-rules")]
        return &self.rules;
        #[cfg(not(feature = "guard-rules"))]
        return &[];
    }
}

/// What `validate` prints.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ValidateFormat {
    /// For the terminal
    Text,
    /// For programs; docs/validating.md documents it
    Json,
    /// For code scanning: SARIF 2.1.0
    Sarif,
    /// Annotations of a GitHub workflow
    Github,
}

/// From which level on a finding is an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Deny {
    /// Warnings are errors
    Warning,
    /// So are notes
    Note,
}

impl Deny {
    /// The least level that is an error.
    pub(crate) fn least(self) -> Level {
        match self {
            Deny::Warning => Level::Warning,
            Deny::Note => Level::Note,
        }
    }
}
