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

use clap::Parser;
use stratiform_environment::Environment;
use stratiform_stack::App;

use crate::args::{Args, Command, Env};
use crate::exit::Exit;
use crate::report::{Colour, Failure};

/// What a team brings: a function that adds the stacks of one environment to an app.
pub type Define<E> = fn(&E, &App);

/// Runs the command line for an app.
pub fn run<E: Environment>(define: Define<E>) -> ExitCode {
    let args = Args::parse();
    let colour = Colour::on(args.global.color, &std::io::stderr());
    let exit = execute(define, args).unwrap_or_else(|failure| {
        view::stderr(&report::draw(&failure.reports, colour));
        failure.exit
    });
    exit.into()
}

fn execute<E: Environment>(define: Define<E>, args: Args) -> Result<Exit, Failure> {
    match args.command {
        Command::Synth(synth) => commands::synth::run(define, &args.global, &synth),
        Command::Diff(diff) => commands::diff::run(define, &args.global, &diff),
        Command::Env(Env::Show {
            environment,
            format,
        }) => commands::env_show::run::<E>(&args.global, &environment, format),
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
