//! Programs of others that answer as AWS does, pinned: what the tests that talk to them need.

use std::path::PathBuf;
use std::process::Command;

use crate::oracles;
use crate::venv::Venv;

/// ministack and what it needs. Not with the oracles, which want an older botocore.
const MINISTACK: Venv = Venv {
    name: "ministack",
    file: "ministack.txt",
    requirements: include_str!("../ministack.txt"),
};

/// A run of tests that finds moto, and those that need it.
///
/// # Errors
/// moto cannot be installed.
pub(crate) fn with_moto(tests: &mut Command) -> Result<(), String> {
    let server = oracles::program("moto_server")?;
    let these = "binary(emulators) - test(ministack::) | package(shop) & binary(/diff|deploy/)";
    only(tests, these, "STRATIFORM_MOTO_SERVER", server);
    Ok(())
}

/// A run of tests that finds ministack, and those that need it.
///
/// # Errors
/// ministack cannot be installed.
pub(crate) fn with_ministack(tests: &mut Command) -> Result<(), String> {
    let server = MINISTACK.program("ministack")?;
    let these = "binary(emulators) & test(ministack::)";
    only(tests, these, "STRATIFORM_MINISTACK", server);
    Ok(())
}

fn only(tests: &mut Command, these: &str, variable: &str, server: PathBuf) {
    tests
        .args(["--run-ignored", "only", "--filterset", these])
        .env(variable, server);
}
