//! A project that is deployed, and what that printed.

use std::fs;
use std::process::Command;

use crate::support::Project;

/// What a run printed and how it ended.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Ran {
    /// It ended so, and said all of this on standard error.
    #[track_caller]
    pub(crate) fn expect(&self, code: i32, words: &[&str]) -> &Ran {
        assert_eq!(self.code, code, "{}", self.stderr);
        for word in words {
            assert!(
                self.stderr.contains(word),
                "no `{word}` in:\n{}",
                self.stderr
            );
        }
        self
    }

    /// It said none of this.
    #[track_caller]
    pub(crate) fn lacks(&self, words: &[&str]) -> &Ran {
        for word in words {
            assert!(!self.stderr.contains(word), "`{word}` in:\n{}", self.stderr);
        }
        self
    }
}

/// Runs a command to its end; nobody is at a terminal.
pub(crate) fn ran(mut command: Command) -> Ran {
    let output = command.stdin(std::process::Stdio::null()).output().unwrap();
    Ran {
        code: output.status.code().unwrap(),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

/// The shop with its snapshots. Its services are in a cluster that nobody makes: they are not looked at.
pub(crate) fn shop() -> Project {
    let project = Project::of_shop();
    edit(
        &project,
        "environments/defaults.yaml",
        "  tags: { team: shop }\n",
        "  tags: { team: shop }\n  deployment: { verify: { services: false } }\n",
    );
    project
}

pub(crate) fn synth(project: &Project) {
    let synth = project.command(["synth"]).output().unwrap();
    assert!(synth.status.success());
}

/// `deploy --env dev` and these words, in the project's folder.
pub(crate) fn deploy(project: &Project, words: &str) -> Command {
    command(project, "deploy", words)
}

/// A command with `--env dev` and these words, in the project's folder. Git is there, and whoever runs the tests has no
/// part.
pub(crate) fn command(project: &Project, verb: &str, words: &str) -> Command {
    let mut command = project.command([verb, "--env", "dev"]);
    command
        .args(words.split(' ').filter(|word| !word.is_empty()))
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .env("HOME", "/nowhere")
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_NOSYSTEM", "1");
    command
}

/// `deploy --env dev --local` and these words.
pub(crate) fn local(project: &Project, words: &str) -> Ran {
    ran(deploy(project, &format!("--local {words}")))
}

/// Puts other words into a file of the project, and writes the snapshots.
pub(crate) fn edit(project: &Project, file: &str, from: &str, to: &str) {
    let path = project.path(file);
    let text = fs::read_to_string(&path).unwrap();
    assert!(text.contains(from), "`{file}` has no `{from}`");
    fs::write(&path, text.replacen(from, to, 1)).unwrap();
    synth(project);
}
