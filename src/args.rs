//! The command line: what can be asked for.

mod backup;
mod bootstrap;
mod changed;
mod checklist;
mod deploy;
mod destroy;
mod drift;
mod explain;
mod guard;
mod history;
mod init;
mod lsp;
mod rebuild;
mod rehearse;
mod rollback;
mod runbook;
mod secrets;
mod span;
mod status;
mod validate;
mod watch;
mod workflows;

use std::path::PathBuf;

use clap::error::ErrorKind;
use clap::{CommandFactory, FromArgMatches, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;

pub(crate) use backup::Backup;
#[cfg(feature = "aws")]
pub(crate) use backup::{BackupCheck, BackupFormat, BackupTest};
pub(crate) use bootstrap::Bootstrap;
pub(crate) use changed::{Changed, ChangedFormat};
pub(crate) use checklist::Checklist;
#[cfg(feature = "aws")]
pub(crate) use checklist::ChecklistFormat;
pub(crate) use deploy::Deploy;
#[cfg(feature = "aws")]
pub(crate) use deploy::{
    Allow, DeployFormat, Elsewhere, Going, ParameterValue, ServiceImage, crossed,
};
pub(crate) use destroy::Destroy;
pub(crate) use drift::Drift;
pub(crate) use explain::Explain;
pub(crate) use guard::Guard;
#[cfg(feature = "aws")]
pub(crate) use guard::GuardFormat;
pub(crate) use history::History;
#[cfg(feature = "aws")]
pub(crate) use history::HistoryFormat;
pub(crate) use init::{At, Init, Taken};
pub(crate) use lsp::Lsp;
pub(crate) use rebuild::Rebuild;
pub(crate) use rehearse::Rehearse;
#[cfg(all(feature = "aws", feature = "engine"))]
pub(crate) use rehearse::RehearseFormat;
pub(crate) use rollback::Rollback;
pub(crate) use runbook::Runbook;
pub(crate) use secrets::Secrets;
pub(crate) use status::Status;
#[cfg(feature = "aws")]
pub(crate) use status::StatusFormat;
pub(crate) use validate::{Deny, Validate, ValidateFormat};
pub(crate) use watch::Watch;
#[cfg(feature = "aws")]
pub(crate) use watch::WatchFormat;
pub(crate) use workflows::Workflows;

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
    /// Explain the code of an error, such as `duplicate-key`, and do nothing else
    #[arg(long, value_name = "CODE")]
    pub explain: Option<String>,
    #[command(subcommand)]
    pub command: Option<Command>,
}

impl Args {
    /// Reads the command line. Ends the process where there is nothing to do, as `clap` does where it is wrong.
    pub(crate) fn read() -> (Global, Request) {
        let mut command = Args::command();
        let request = command
            .try_get_matches_from_mut(std::env::args_os())
            .and_then(|matches| Args::from_arg_matches(&matches))
            .and_then(|args| args.request(&mut command));
        request.unwrap_or_else(|error| error.exit())
    }

    /// What is asked for: one command, or what a code means.
    fn request(self, command: &mut clap::Command) -> Result<(Global, Request), clap::Error> {
        let mut wrong = |kind, what| Err(command.error(kind, what));
        let request = match (self.command, self.explain) {
            (
                Some(Command::Validate(Validate {
                    explain: Some(code),
                    ..
                })),
                None,
            ) => Request::Explain(code),
            (Some(command), None) => Request::Command(command),
            (None, Some(code)) => Request::Explain(code),
            (None, None) => {
                return wrong(ErrorKind::MissingSubcommand, "a command is needed");
            }
            (Some(_), Some(_)) => {
                return wrong(
                    ErrorKind::ArgumentConflict,
                    "--explain stands without a command",
                );
            }
        };
        Ok((self.global, request))
    }
}

/// What is asked for.
#[derive(Debug)]
pub(crate) enum Request {
    /// To do something.
    Command(Command),
    /// What a code means.
    Explain(String),
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
    #[arg(short, long, global = true, overrides_with = "verbose")]
    pub verbose: bool,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Begin a repository of stacks: a small typed stack, three environments, editor settings and a test
    Init(Init),
    /// Synthesize CloudFormation templates into `snapshots/`
    Synth(Synth),
    /// Find what is wrong with templates, before AWS does: those of the project, or any others
    Validate(Validate),
    /// Speak with an editor: findings as one types, hover, completion, definitions
    Lsp(Lsp),
    /// Find secrets in what git would commit
    Secrets(Secrets),
    /// Show what a change will do: replacement, data loss, interruption, access, other stacks
    Diff(Diff),
    /// Show which stacks, services and environments a change touches, and why
    Changed(Changed),
    /// Explain a value of a template: where it comes from, who refers to it, what changing it does
    Explain(Explain),
    /// Deploy an environment's stacks with change sets
    Deploy(Box<Deploy>),
    /// Take an environment down: delete all its stacks, in order
    Destroy(Destroy),
    /// Check whether it is a good moment to deploy an environment
    Guard(Guard),
    /// Rehearse a deployment on the embedded CloudFormation, with everything that can fail in it
    Rehearse(Rehearse),
    /// Bring an environment back: out of stacks that are stuck, or to an earlier release
    Rollback(Box<Rollback>),
    /// Rebuild an environment in another region, from git and backups alone
    Rebuild(Box<Rebuild>),
    /// Show how environments stand: what is deployed, from which release, in which health
    Status(Status),
    /// Show what was deployed, by whom, how that went, and why what failed did
    History(History),
    /// Watch an environment, and end at the first thing that gets worse
    Watch(Watch),
    /// Look at the backups of an environment's databases, and try them
    #[command(subcommand)]
    Backup(Backup),
    /// Compute what is open of a release: every box is found out, and none is ticked by hand
    Checklist(Checklist),
    /// Write what to do when something is wrong, from the real environment
    Runbook(Runbook),
    /// Show what was changed by hand, set it back, or say what to write so that the code says it
    Drift(Box<Drift>),
    /// Make what an account needs before an environment can be deployed from GitHub
    Bootstrap(Bootstrap),
    /// Look at environments
    #[command(subcommand)]
    Env(Env),
    /// Write the repository's workflows for GitHub Actions
    Workflows(Workflows),
    /// An embedded CloudFormation
    #[cfg(feature = "engine")]
    #[command(subcommand)]
    Engine(Engine),
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

/// An embedded CloudFormation.
#[cfg(feature = "engine")]
#[derive(Debug, Subcommand)]
pub(crate) enum Engine {
    /// Answer AWS's clients on a port of this machine, until Ctrl-C
    Serve(Serve),
}

/// Answer AWS's clients on a port of this machine, until Ctrl-C.
///
/// CloudFormation and what a deployer asks the services around it, for all regions and accounts, on one port. An access
/// key that is an account's twelve digits stands for that account, any other for 111122223333.
#[cfg(feature = "engine")]
#[derive(Debug, clap::Args)]
pub(crate) struct Serve {
    /// The port; 0 picks one
    #[arg(long, value_name = "PORT", default_value_t = 4566)]
    pub port: u16,
    /// The address to listen on. Whoever reaches it may do everything: no signature's value is checked
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1")]
    pub host: std::net::IpAddr,
    /// Keep the state in this file [default: in memory]
    #[arg(long, value_name = "FILE")]
    pub state: Option<PathBuf>,
    /// How many simulated seconds a second has, or `max`: what is due happens before the next call
    #[arg(long, value_name = "N|max", default_value_t = stratiform_endpoint::Speed::Max)]
    pub speed: stratiform_endpoint::Speed,
    /// Have something fail (repeatable): `create:STACK/LOGICAL_ID[:after=SECONDS][:times=N]`, also `update:`, `delete:`,
    /// and a resource type; `api:OPERATION=throttle|500|timeout|cut|lost[:times=N]`; `alarm:NAME:at=SECONDS`;
    /// `deployment:STACK/LOGICAL_ID=fail|stall[:after=SECONDS][:times=N]` of an ECS service;
    /// `task:CLUSTER/FAMILY=fail|stall|pull[:exit=N][:after=SECONDS][:times=N]` of a task that is run by itself
    #[arg(long, value_name = "FAULT")]
    pub fault: Vec<stratiform_endpoint::Fault>,
    /// What ids are made from: the same calls have the same ones
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub seed: u64,
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
    /// Do not validate the templates
    #[arg(long)]
    pub no_validate: bool,
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

/// Show what a change will do.
///
/// Compares what the working tree synthesizes with the snapshots of a revision, with what is deployed, or with
/// another environment; or any two templates with each other.
#[derive(Debug, clap::Args)]
pub(crate) struct Diff {
    /// Two templates, or two folders of templates: OLD NEW. Or one file: a sealed release (`deploy --prepare FILE`)
    #[arg(value_names = ["OLD", "NEW"], num_args = 1.., conflicts_with_all = ["env", "base", "deployed", "against"])]
    pub files: Vec<PathBuf>,
    /// Only this environment (repeatable) [default: all]
    #[arg(long, value_name = "ENV")]
    pub env: Vec<String>,
    /// Only this stack (repeatable), by its short or full name [default: all]
    #[arg(long, value_name = "STACK")]
    pub stack: Vec<String>,
    /// Compare with the snapshots of this revision [default: the merge base with the main branch]
    #[arg(long, value_name = "REV", conflicts_with_all = ["deployed", "against"])]
    pub base: Option<String>,
    /// Compare with what CloudFormation has
    #[arg(long, conflicts_with = "against")]
    pub deployed: bool,
    /// Ask the embedded CloudFormation, with its state in `.stratiform/engine.json`
    #[arg(long, requires = "deployed")]
    pub local: bool,
    /// Show where an environment differs from this one beyond what their files declare; fail if it does
    #[arg(long, value_name = "ENV", requires = "env")]
    pub against: Option<String>,
    /// Values of the parameters of the new templates: a JSON map of names to values
    #[arg(long, value_name = "FILE", requires = "files")]
    pub parameters: Option<PathBuf>,
    /// Values of the parameters of the old templates [default: those of --parameters]
    #[arg(long, value_name = "FILE", requires = "files")]
    pub old_parameters: Option<PathBuf>,
    /// The region that the templates are for
    #[arg(long, value_name = "REGION", requires = "files")]
    pub region: Option<String>,
    /// What to print
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub format: ReviewFormat,
    /// Add the differences between the templates as text
    #[arg(long)]
    pub full: bool,
    /// Exit with 3 if anything changes
    #[arg(long)]
    pub exit_code: bool,
    /// Exit with 3 if there is, or may be, a consequence of this class (repeatable)
    #[arg(long, value_name = "CLASS")]
    pub fail_on: Vec<FailOn>,
}

/// What `diff` prints.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ReviewFormat {
    /// For the terminal
    Text,
    /// For a comment on a pull request
    Markdown,
    /// One page with everything, and a graph
    Html,
    /// For programs; docs/diff.md documents it
    Json,
}

/// A class of consequences.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum FailOn {
    /// A resource is replaced, other than by a new revision as task definitions are
    Replacement,
    /// Data is deleted or left behind
    DataLoss,
    /// Something does not answer for a while
    Interruption,
    /// Somebody can newly do something, or something can newly be reached
    Widening,
    /// Anything that is worth a second look: severity `attention` and above
    Any,
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
