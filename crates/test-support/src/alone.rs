//! Programs that know nothing of where a test runs.

use std::process::Command;

/// Where an instrumented program writes what was covered: `cargo llvm-cov` says it. Without it the file is written into the
/// folder that the program runs in, is counted nowhere, and is in the way of what the test is about.
///
/// Source: Clang's documentation, "Source-based Code Coverage", `LLVM_PROFILE_FILE`.
const COVERAGE: &str = "LLVM_PROFILE_FILE";

/// Takes the environment away from a program, but for where it says what was covered.
pub fn alone(command: &mut Command) -> &mut Command {
    command.env_clear();
    if let Some(file) = std::env::var_os(COVERAGE) {
        command.env(COVERAGE, file);
    }
    command
}
