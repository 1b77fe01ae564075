//! Automation for this repository, run as `cargo xtask <task>`.

mod bench;
mod catalog;
mod ci;
mod clients;
mod codegen;
mod command;
mod conformance;
mod deployment;
mod emulators;
mod guard;
mod http;
mod oracles;
mod outcome;
mod packages;
mod screenshot;
mod venv;
mod workflows;

use std::process::ExitCode;

const USAGE: &str = "usage:
  cargo xtask ci [STEP]…                          everything that must hold before a change lands, or some of it
  cargo xtask catalog [--check] [--package-dir DIR] import the facts of resource types
  cargo xtask conformance diff                    compare our change sets with recorded ones
  cargo xtask conformance service                 read recorded change sets and events, and write them again
  cargo xtask conformance engine                  have the AWS SDK do what was recorded against our endpoint
  cargo xtask conformance validate                compare our findings with cfn-lint's and those of AWS's validator
  cargo xtask conformance guard                   compare our verdicts of AWS's rules with those of Guard itself
  cargo xtask bench TASK                          measure us and our peers, side by side
  cargo xtask codegen [--all | --kinds]           generate and compile the most used resource types, or all;
                                                  or write the kinds of text that all crates share";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.split_first() {
        Some((task, rest)) if task == "bench" => bench::run(rest),
        Some((task, rest)) if task == "catalog" => catalog::run(rest),
        Some((task, rest)) if task == "ci" => ci::run(rest),
        Some((task, rest)) if task == "conformance" => conformance::run(rest),
        Some((task, rest)) if task == "codegen" => codegen::main(rest),
        _ => {
            eprintln!("{USAGE}");
            ExitCode::from(2)
        }
    }
}
