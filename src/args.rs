//! The command line: what can be asked for.

use std::path::PathBuf;

use clap::{Parser, Subcommand, ValueEnum};
use clap_complete::Shell;

/// Typed Rust in, reviewed CloudFormation out.
#[derive(Debug, Parser)]
#[command(
    name = "stratiform",
    version,
    max_term_width = 100,
    arg_required_else_help = true
)]
pub(crate) struct Args {
    #[command(flatten)]
    pub global: Global,
    #[command(subcommand)]
    pub command: Command,
}

/// What every command understands.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Global {
    /// When to colour the output
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    pub color: clap::ColorChoice,
    /// The folder with the environments' files [default: the nearest `environments` upwards]
    #[arg(long, global = true, value_name = "DIR")]
    pub environments: Option<PathBuf>,
    /// Say more
    #[arg(short, long, global = true)]
    pub verbose: bool,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Synthesize CloudFormation templates into `snapshots/`
    Synth(Synth),
    /// Look at environments
    #[command(subcommand)]
    Env(Env),
    /// Print the JSON Schema of the environments' files
    Schema,
    /// Print a completion script for a shell
    Completions {
        /// The shell
        shell: Shell,
    },
}

/// Look at environments.
#[derive(Debug, Subcommand)]
pub(crate) enum Env {
    /// Print every effective value of an environment and where it comes from
    Show {
        /// The environment
        environment: String,
        /// Print text for people, or JSON for programs
        #[arg(long, value_name = "FORMAT", default_value = "text")]
        format: ShowFormat,
    },
}

/// Synthesize CloudFormation templates.
#[derive(Debug, clap::Args)]
pub(crate) struct Synth {
    /// Only this environment (repeatable) [default: all]
    #[arg(long, value_name = "ENV")]
    pub env: Vec<String>,
    /// Only this stack (repeatable), by its short name [default: all]
    #[arg(long, value_name = "STACK")]
    pub stack: Vec<String>,
    /// Write nothing; fail with exit code 3 and a diff where the snapshots are stale
    #[arg(long, conflicts_with = "stdout")]
    pub check: bool,
    /// Print the templates instead of writing them
    #[arg(long)]
    pub stdout: bool,
    /// The format of the templates
    #[arg(long, value_name = "FORMAT", default_value = "yaml")]
    pub format: TemplateFormat,
    /// The folder to write into [default: `snapshots` beside the environments]
    #[arg(long, value_name = "DIR", conflicts_with = "stdout")]
    pub out: Option<PathBuf>,
}

/// The format of a template.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum TemplateFormat {
    /// For people
    Yaml,
    /// Compact, as CloudFormation gets it
    Json,
}

impl TemplateFormat {
    /// The ending of a file in this format.
    pub(crate) fn extension(self) -> &'static str {
        match self {
            TemplateFormat::Yaml => "yaml",
            TemplateFormat::Json => "json",
        }
    }
}

/// The format of `env show`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ShowFormat {
    /// For people
    Text,
    /// For programs
    Json,
}
