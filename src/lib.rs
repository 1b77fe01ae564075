//! The command line of stratiform, as a library that is given an app.
//!
//! ```ignore
//! fn main() -> std::process::ExitCode {
//!     stratiform::run(stacks::app)
//! }
//! ```
//!
//! What lives here: arguments, reading and writing files, what people see, and exit codes. Decisions are made
//! in the crates below.

mod args;
mod assemblies;
#[cfg(feature = "aws")]
mod cloud;
mod commands;
mod cores;
mod definition;
mod exit;
#[cfg(feature = "aws")]
mod images;
mod own_rules;
#[cfg(feature = "aws")]
mod programs;
mod provenance;
mod regions;
mod report;
mod repository;
mod restores;
#[cfg(feature = "aws")]
mod runtime;
mod secrets;
mod services;
mod snapshots;
mod sources;
mod tasks;
mod topics;
mod validation;
mod view;

use std::fmt;
use std::process::ExitCode;

pub use stratiform_assembly::Assembly;
use stratiform_environment::Environment;
use stratiform_stack::App;

use crate::args::{Args, Command, Env, Global, Request};
use crate::assemblies::synthesis::assemble;
use crate::definition::Definition;
use crate::report::{Colour, Failure};
use crate::repository::project::Project;
use crate::view::{Answer, Terminal, View};

/// What a team brings: a function that adds the stacks of one environment to an app.
pub type Define<E> = fn(&E, &App);

/// Runs the command line for an app.
pub fn run<E: Environment>(define: Define<E>) -> ExitCode {
    run_any(&define)
}

fn run_any(define: &dyn Definition) -> ExitCode {
    let (global, request) = Args::read();
    let mut view = Terminal::new(&global);
    let answer = match request {
        Request::Command(command) => execute(define, &global, command, &mut view),
        Request::Explain(code) => commands::explain::code::explained(&code).map(Answer::of),
    };
    let told = answer.and_then(|answer| view.finish(&answer).map(|()| answer.exit));
    let exit = told.unwrap_or_else(|failure| {
        let colour = Colour::on(global.color, &std::io::stderr());
        view::stderr(&failure.draw(colour));
        failure.exit
    });
    exit.into()
}

/// The stacks of an environment, as `synth` writes them: for the tests of an app. The project is the one of the current
/// folder, which for a test is its package's.
///
/// ```no_run
/// # use stratiform_environment::{Environment, Settings};
/// # #[derive(Clone, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
/// # struct Values { settings: Settings }
/// # impl Environment for Values {
/// #     fn settings(&self) -> &Settings { &self.settings }
/// # }
/// # fn app(_: &Values, _: &stratiform_stack::App) {}
/// let assembly = stratiform::synthesize(app, "prod").unwrap();
/// let inbox = assembly.stack("shop-prod-inbox").unwrap();
/// assert_eq!(inbox.termination_protection, Some(true));
/// ```
///
/// # Errors
/// All that `synth` would say of the environment's files and of its stacks.
pub fn synthesize<E: Environment>(
    define: Define<E>,
    environment: &str,
) -> Result<Assembly, NotSynthesized> {
    synthesize_any(&define, environment)
}

fn synthesize_any(define: &dyn Definition, environment: &str) -> Result<Assembly, NotSynthesized> {
    let assembled = || {
        let project = Project::find(None)?;
        let wanted = [environment.to_owned()];
        let checked = project.load(define, &wanted)?;
        let mut loaded = checked.environments.iter();
        let loaded = loaded.next().ok_or_else(|| Failure::of([]))?;
        let assembly = assemble(define, loaded);
        assembly.map_err(|findings| Failure::below(&project.root, findings))
    };
    assembled().map_err(|failure| NotSynthesized(failure.draw(Colour::Never)))
}

/// What is wrong with an environment or its stacks: as text, as `synth` says it.
pub struct NotSynthesized(String);

impl fmt::Display for NotSynthesized {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// The same: a test that unwraps shows it to people.
impl fmt::Debug for NotSynthesized {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "\n{self}")
    }
}

impl std::error::Error for NotSynthesized {}

fn execute(
    define: &dyn Definition,
    global: &Global,
    command: Command,
    view: &mut dyn View,
) -> Result<Answer, Failure> {
    match command {
        Command::Init(init) => commands::init::run(&init),
        Command::Synth(synth) => commands::synth::run(define, global, &synth),
        Command::Bootstrap(bootstrap) => commands::bootstrap::run(define, global, &bootstrap, view),
        Command::Validate(validate) => commands::validate::run(define, global, &validate),
        Command::Lsp(lsp) => commands::lsp::run(define, global, &lsp),
        Command::Secrets(secrets) => commands::secrets::run(global, &secrets),
        Command::Diff(diff) => commands::diff::run(define, global, &diff, view),
        Command::Changed(changed) => commands::changed::run(define, global, &changed),
        Command::Explain(explain) => commands::explain::run(define, global, &explain),
        #[cfg(feature = "aws")]
        Command::Deploy(deploy) => commands::deploy::run(define, global, &deploy, view),
        #[cfg(feature = "aws")]
        Command::Destroy(destroy) => commands::destroy::run(define, global, &destroy, view),
        #[cfg(feature = "aws")]
        Command::Guard(guard) => commands::guard::run(define, global, &guard, view),
        #[cfg(all(feature = "aws", feature = "engine"))]
        Command::Rehearse(rehearse) => commands::rehearse::run(define, global, &rehearse, view),
        #[cfg(not(all(feature = "aws", feature = "engine")))]
        Command::Rehearse(_) => Err(commands::without_aws::not_rehearsed()),
        #[cfg(feature = "aws")]
        Command::Rebuild(rebuild) => commands::rebuild::run(define, global, &rebuild, view),
        #[cfg(feature = "aws")]
        Command::Rollback(rollback) => commands::rollback::run(define, global, &rollback, view),
        #[cfg(feature = "aws")]
        Command::Status(status) => commands::status::run(define, global, &status, view),
        #[cfg(feature = "aws")]
        Command::History(history) => commands::history::run(define, global, &history, view),
        #[cfg(feature = "aws")]
        Command::Watch(watch) => commands::watch::run(define, global, &watch, view),
        #[cfg(feature = "aws")]
        Command::Backup(backup) => commands::backup::run(define, global, &backup, view),
        #[cfg(not(feature = "aws"))]
        Command::Backup(_) => Err(commands::without_aws::refused("backup")),
        #[cfg(feature = "aws")]
        Command::Checklist(checklist) => commands::checklist::run(define, global, &checklist, view),
        #[cfg(not(feature = "aws"))]
        Command::Checklist(_) => Err(commands::without_aws::refused("checklist")),
        #[cfg(feature = "aws")]
        Command::Runbook(runbook) => commands::runbook::run(define, global, &runbook),
        #[cfg(not(feature = "aws"))]
        Command::Runbook(_) => Err(commands::without_aws::refused("runbook")),
        #[cfg(feature = "aws")]
        Command::Drift(drift) => commands::drift::run(define, global, &drift, view),
        #[cfg(not(feature = "aws"))]
        Command::Drift(_) => Err(commands::without_aws::refused("drift")),
        #[cfg(not(feature = "aws"))]
        Command::Deploy(_) => Err(commands::without_aws::refused("deploy")),
        #[cfg(not(feature = "aws"))]
        Command::Destroy(_) => Err(commands::without_aws::refused("destroy")),
        #[cfg(not(feature = "aws"))]
        Command::Guard(_) => Err(commands::without_aws::refused("guard")),
        #[cfg(not(feature = "aws"))]
        Command::Rebuild(_) => Err(commands::without_aws::refused("rebuild")),
        #[cfg(not(feature = "aws"))]
        Command::Rollback(_) => Err(commands::without_aws::refused("rollback")),
        #[cfg(not(feature = "aws"))]
        Command::Status(_) => Err(commands::without_aws::refused("status")),
        #[cfg(not(feature = "aws"))]
        Command::History(_) => Err(commands::without_aws::refused("history")),
        #[cfg(not(feature = "aws"))]
        Command::Watch(_) => Err(commands::without_aws::refused("watch")),
        Command::Env(Env::Show {
            environment,
            format,
        }) => commands::env_show::run(define, global, &environment, format),
        Command::Workflows(workflows) => commands::workflows::run(define, global, &workflows),
        #[cfg(feature = "engine")]
        Command::Engine(args::Engine::Serve(serve)) => commands::engine_serve::run(&serve, view),
        Command::Schema => Ok(Answer::of(define.environment_type().schema())),
        Command::Completions { shell } => Ok(Answer::of(commands::completions(shell))),
    }
}
