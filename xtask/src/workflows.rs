//! The workflows: what zizmor, the real one, pinned, finds in them, and whether their scripts do what they should.

use std::ffi::OsString;
use std::path::Path;
use std::process::Command;

use crate::command::{output, root, run as run_command};
use crate::oracles;
use crate::outcome::Outcome;

/// The tests of what workflows run: the script that comments on pull requests, and the one that makes releases.
const TESTS: [&str; 2] = ["comment_test.py", "release_test.py"];

/// Asks zizmor about every workflow, and runs the tests of their scripts; what is wrong is printed.
pub(crate) fn run() -> Result<Outcome, String> {
    let zizmor = oracles::program("zizmor")?;
    let mut audit = Command::new(&zizmor);
    audit
        .args(["--offline", "--quiet", "--no-progress"])
        // The strictest.
        .args(["--strict-collection", "--persona=auditor"])
        .arg(".github/workflows");
    run_command(audit.current_dir(root()))?;
    let python = oracles::program("python")?;
    for test in TESTS {
        let script = format!(".github/scripts/{test}");
        let mut test = Command::new(&python);
        test.args([&script, "--quiet"]).current_dir(root());
        // Beside this python is the git-cliff that goes with it.
        test.env("PATH", first_in_path(&python)?);
        run_command(&mut test)?;
    }
    Ok(Outcome::Passed(Some(format!(
        "{}, no finding; {}",
        version(&zizmor)?,
        TESTS.join(", ")
    ))))
}

/// `PATH` with the folder of a program in front.
fn first_in_path(program: &Path) -> Result<OsString, String> {
    let folder = program.parent().map(Path::to_owned);
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = folder.into_iter().chain(std::env::split_paths(&path));
    std::env::join_paths(folders).map_err(|error| error.to_string())
}

/// `zizmor 1.32.0`.
fn version(zizmor: &Path) -> Result<String, String> {
    let said = output(Command::new(zizmor).arg("--version"))?;
    Ok(String::from_utf8_lossy(&said.stdout).trim().to_owned())
}
