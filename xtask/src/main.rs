//! Automation for this repository, run as `cargo xtask <task>`.

mod catalog;

use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.split_first() {
        Some((task, rest)) if task == "catalog" => catalog::run(rest),
        _ => {
            eprintln!("usage: cargo xtask catalog [--check] [--wheel-dir DIR]");
            ExitCode::from(2)
        }
    }
}
