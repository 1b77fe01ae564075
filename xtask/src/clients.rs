//! AWS's own clients against our endpoint: the AWS CLI, boto3's waiters, the CDK CLI. The real ones, pinned.
//!
//! What lives here: what they are run with. The modules below say what they do and what is expected. All of their
//! pauses are long (5 and 30 seconds), so everything is over before the first of them: the engine runs at full speed.

mod aws_cli;
mod cdk;
mod server;

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use crate::command::{output, root, shown};
use crate::deployment::ACCOUNT;
use crate::outcome::Outcome;
use crate::venv::Venv;

use server::Server;

/// The AWS CLI, boto3 and what they need. Not with the oracles, which want an older botocore.
const VENV: Venv = Venv {
    name: "clients",
    file: "clients.txt",
    requirements: include_str!("../clients.txt"),
};

/// The AWS CLI and boto3.
pub(crate) fn run() -> Result<Outcome, String> {
    let aws = VENV.program("aws")?;
    let python = VENV.python()?;
    let seen = aws_cli::run(&aws, &Server::start()?)?;
    let server = Server::start()?;
    let region = "us-east-1";
    let mut waiters = client(&python, &server, region);
    waiters.args(["-c", include_str!("clients/waiters.py")]);
    let waited = Run::of(&mut waiters, "boto3: xtask/src/clients/waiters.py")?.succeeds()?;
    Ok(Outcome::Passed(Some(format!("{seen}; {}", waited.trim()))))
}

/// The CDK CLI; skipped where there is no npm.
pub(crate) fn cdk() -> Result<Outcome, String> {
    cdk::run(&Server::start()?)
}

/// A Python that has boto3, with the AWS CLI beside it.
///
/// # Errors
/// It cannot be installed.
pub(crate) fn python() -> Result<PathBuf, String> {
    VENV.python()
}

/// The AWS CLI, for those who measure it.
///
/// # Errors
/// It cannot be installed.
pub(crate) fn aws() -> Result<PathBuf, String> {
    VENV.program("aws")
}

/// Whether a variable of the environment is of AWS's clients, or leads them elsewhere.
pub(crate) fn is_configuration(name: &OsStr) -> bool {
    let text = name.to_string_lossy().to_uppercase();
    text.starts_with("AWS_") || text.starts_with("CDK_") || text.ends_with("_PROXY")
}

/// The variables that lead AWS's clients to our endpoint, and to nothing of this machine.
pub(crate) fn configuration<'a>(url: &'a str, region: &'a str) -> [(&'static str, &'a str); 9] {
    let nowhere = if cfg!(windows) { "NUL" } else { "/dev/null" };
    [
        ("AWS_ACCESS_KEY_ID", ACCOUNT),
        ("AWS_SECRET_ACCESS_KEY", "secret"),
        ("AWS_REGION", region),
        ("AWS_DEFAULT_REGION", region),
        ("AWS_ENDPOINT_URL", url),
        ("AWS_CONFIG_FILE", nowhere),
        ("AWS_SHARED_CREDENTIALS_FILE", nowhere),
        ("AWS_EC2_METADATA_DISABLED", "true"),
        ("AWS_PAGER", ""),
    ]
}

/// A client that knows our endpoint, and nothing of this machine's configuration.
fn client(program: &Path, server: &Server, region: &str) -> Command {
    let mut command = Command::new(program);
    for (name, _) in std::env::vars_os() {
        if is_configuration(&name) {
            command.env_remove(&name);
        }
    }
    command
        .current_dir(root())
        .envs(configuration(server.url(), region))
        .env("AWS_MAX_ATTEMPTS", "1");
    command
}

/// What came of a client's run.
struct Run {
    /// What was run, as one would type it.
    what: String,
    output: Output,
}

impl Run {
    fn of(command: &mut Command, what: impl Into<String>) -> Result<Run, String> {
        Ok(Run {
            what: what.into(),
            output: output(command)?,
        })
    }

    fn shown(command: &mut Command) -> Result<Run, String> {
        let what = shown(command);
        Run::of(command, what)
    }

    /// What it says where it succeeds.
    fn succeeds(&self) -> Result<String, String> {
        match self.output.status.success() {
            true => Ok(String::from_utf8_lossy(&self.output.stdout).into_owned()),
            false => Err(self.unlike("success")),
        }
    }

    /// Expects success, and a text in what it says.
    fn says(&self, text: &str) -> Result<(), String> {
        self.succeeds()?;
        match self.text().contains(text) {
            true => Ok(()),
            false => Err(self.unlike(&format!("to read `{text}`"))),
        }
    }

    /// Expects it to fail, and a text in what it says.
    fn fails(&self, text: &str) -> Result<(), String> {
        match !self.output.status.success() && self.text().contains(text) {
            true => Ok(()),
            false => Err(self.unlike(&format!("a failure with `{text}`"))),
        }
    }

    /// Expects an answer, without space around it.
    fn is(&self, text: &str) -> Result<(), String> {
        match self.succeeds()?.trim() == text {
            true => Ok(()),
            false => Err(self.unlike(&format!("exactly `{text}`"))),
        }
    }

    fn text(&self) -> String {
        let parts = [&self.output.stdout, &self.output.stderr];
        parts.map(|part| String::from_utf8_lossy(part)).concat()
    }

    fn unlike(&self, expected: &str) -> String {
        let text = self.text();
        let lines: Vec<&str> = text.trim().lines().collect();
        let tail = &lines[lines.len().saturating_sub(20)..];
        format!(
            "`{}`: expected {expected}, but it ended with {} and said:\n{}",
            self.what,
            self.output.status,
            tail.join("\n")
        )
    }
}
