//! The player: a program of its own, built and run here.
//!
//! It has the AWS SDK in it, most of what there is to build in this workspace, and this program is built before
//! anything else can be done: so the player is an example of this package, whose dependencies only tests have. Those
//! who never compare build none of it, and `cargo xtask ci` has it from its tests.

use std::io::Write;
use std::process::{Command, Stdio};

use super::plan::Plan;
use super::transcript::Transcript;
use crate::command::{cargo, root, run as run_command};

/// Carries out plans, each in an endpoint of its own.
///
/// # Errors
/// The player cannot be built or run, or says something else than it should.
pub(super) fn play(plans: &[Plan]) -> Result<Vec<Transcript>, String> {
    // The whole workspace, as for the tests: fewer packages would have other features, and be compiled again.
    run_command(&mut cargo([
        "build",
        "--quiet",
        "--workspace",
        "--example",
        "player",
    ]))?;
    let input = serde_json::to_string(plans).map_err(|error| error.to_string())?;
    let target = std::env::var_os("CARGO_TARGET_DIR");
    let target = target.map_or_else(|| root().join("target"), |folder| root().join(folder));
    let name = format!("player{}", std::env::consts::EXE_SUFFIX);
    let mut command = Command::new(target.join("debug/examples").join(name));
    let failed = |error: std::io::Error| format!("cannot run the player: {error}");
    let mut player = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(failed)?;
    if let Some(mut stdin) = player.stdin.take() {
        // It reads everything before it says anything.
        stdin.write_all(input.as_bytes()).map_err(failed)?;
    }
    let output = player.wait_with_output().map_err(failed)?;
    if !output.status.success() {
        return Err(format!("the player ended with {}", output.status));
    }
    serde_json::from_slice(&output.stdout)
        .map_err(|error| format!("the player said something else: {error}"))
}
