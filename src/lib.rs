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
mod assembly;
mod commands;
mod exit;
mod git;
mod input;
mod ordered;
mod project;
mod report;
mod review;
mod snapshots;
mod source;
mod synthesis;
mod view;

use std::process::ExitCode;

use stratiform_environment::Environment;
use stratiform_stack::App;

use crate::args::{Args, Command, Env, Global, Request};
use crate::exit::Exit;
use crate::report::{Colour, Failure};

/// What a team brings: a function that adds the stacks of one environment to an app.
pub type Define<E> = fn(&E, &App);

/// Runs the command line for an app.
pub fn run<E: Environment>(define: Define<E>) -> ExitCode {
    let (global, request) = Args::read();
    let colour = Colour::on(global.color, &std::io::stderr());
    let exit = match request {
        Request::Command(command) => execute(define, &global, command),
        Request::Explain(code) => explain(&code),
    };
    let exit = exit.unwrap_or_else(|failure| {
        view::stderr(&failure.draw(colour));
        failure.exit
    });
    exit.into()
}

fn explain(code: &str) -> Result<Exit, Failure> {
    view::stdout(&commands::explain::explained(code)?)?;
    Ok(Exit::Done)
}

fn execute<E: Environment>(
    define: Define<E>,
    global: &Global,
    command: Command,
) -> Result<Exit, Failure> {
    match command {
        Command::Synth(synth) => commands::synth::run(define, global, &synth),
        Command::Diff(diff) => commands::diff::run(define, global, &diff),
        Command::Env(Env::Show {
            environment,
            format,
        }) => commands::env_show::run::<E>(global, &environment, format),
        Command::Schema => {
            view::stdout(&stratiform_environment::schema::<E>())?;
            Ok(Exit::Done)
        }
        Command::Completions { shell } => {
            view::stdout(&commands::completions(shell))?;
            Ok(Exit::Done)
        }
    }
}
