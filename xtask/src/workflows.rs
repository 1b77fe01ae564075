//! The workflows: what zizmor, the real one, pinned, finds in them, and whether their scripts do what they should.

use std::ffi::OsString;
use std::path::Path;
use std::process::Command;

use crate::command::{cargo, output, root, run as run_command};
use crate::outcome::Outcome;
use crate::{clients, oracles};

/// The tests of what workflows run: the scripts that comment on pull requests, make releases, and read what scanners may
/// pass over.
const TESTS: [&str; 3] = ["comment_test.py", "release_test.py", "allowed_test.py"];

/// The test that runs all workflows, with the AWS CLI, against the program as it was built for the tests.
const RUN: &str = "workflows_test.py";

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
    run_command(Command::new(oracles::program("actionlint")?).current_dir(root()))?;
    run_command(&mut cargo(["run", "--quiet", "--", "workflows", "--check"]))?;
    let python = oracles::program("python")?;
    for test in TESTS {
        let script = format!(".github/scripts/{test}");
        let mut test = Command::new(&python);
        test.args([&script, "--quiet"]).current_dir(root());
        // Beside this python is the git-cliff that goes with it.
        test.env("PATH", first_in_path(&python)?);
        run_command(&mut test)?;
    }
    let mut run = Command::new(clients::python()?);
    run.arg(format!(".github/scripts/{RUN}"));
    run_command(run.current_dir(root()))?;
    Ok(Outcome::Passed(Some(format!(
        "{} and actionlint, no finding; as written by `workflows`; {}, {RUN}",
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
