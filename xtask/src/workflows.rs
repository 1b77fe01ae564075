//! The workflows: what zizmor, the real one, pinned, finds in them, and whether the script that comments on pull
//! requests does what it should.

use std::path::Path;
use std::process::Command;

use crate::command::{output, root, run as run_command};
use crate::oracles;
use crate::outcome::Outcome;

/// Asks zizmor about every workflow, and runs the test of the script; what is wrong is printed.
pub(crate) fn run() -> Result<Outcome, String> {
    let zizmor = oracles::program("zizmor")?;
    let mut audit = Command::new(&zizmor);
    audit
        .args(["--offline", "--quiet", "--no-progress"])
        // The strictest.
        .args(["--strict-collection", "--persona=auditor"])
        .arg(".github/workflows");
    run_command(audit.current_dir(root()))?;
    let mut test = Command::new(oracles::program("python")?);
    test.args([".github/scripts/comment_test.py", "--quiet"]);
    run_command(test.current_dir(root()))?;
    Ok(Outcome::Passed(Some(format!(
        "{}, no finding; the script that comments",
        version(&zizmor)?
    ))))
}

/// `zizmor 1.32.0`.
fn version(zizmor: &Path) -> Result<String, String> {
    let said = output(Command::new(zizmor).arg("--version"))?;
    Ok(String::from_utf8_lossy(&said.stdout).trim().to_owned())
}
