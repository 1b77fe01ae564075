//! The command line, with the stacks of this repository.

fn main() -> std::process::ExitCode {
    stratiform::run(stacks::app)
}
