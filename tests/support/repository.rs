//! A project that is a git repository, with its snapshots committed.

use std::cell::Cell;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;
use stratiform_test_support::alone;

use crate::support::{Project, run};

/// A project, and the repository that it is in.
pub(crate) struct Repository {
    pub(crate) project: Project,
    commits: Cell<u32>,
}

impl Repository {
    /// The guestbook: `main` has the snapshots, and `change` is checked out.
    pub(crate) fn of_guestbook() -> Self {
        Repository::of(Project::of_guestbook())
    }

    /// The app of the tests' own, in the same way.
    pub(crate) fn of_shop() -> Self {
        Repository::of(Project::of_shop())
    }

    fn of(project: Project) -> Self {
        let repository = Repository::without_git(project);
        repository.git("init --quiet --initial-branch main");
        repository.synth();
        repository.commit();
        repository.git("checkout --quiet -b change");
        repository
    }

    /// A project without a repository.
    pub(crate) fn without_git(project: Project) -> Self {
        Repository {
            project,
            commits: Cell::new(1),
        }
    }

    /// What git prints; nothing of this machine's configuration plays a part.
    pub(crate) fn git(&self, arguments: &str) -> String {
        let output = hermetic(&mut Command::new("git"))
            .args(arguments.split(' '))
            .current_dir(self.project.path(""))
            .output()
            .unwrap();
        let error = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "git {arguments}: {error}");
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    }

    /// Commits everything; the commit's short name.
    pub(crate) fn commit(&self) -> String {
        self.git("add --all");
        // Commits of the same content, time and words would be one and the same.
        let number = self.commits.get();
        self.commits.set(number + 1);
        self.git(&format!("commit --quiet --allow-empty --message {number}"));
        self.git("rev-parse --short=7 HEAD")
    }

    pub(crate) fn synth(&self) {
        let output = run(self.project.command(["synth"]));
        assert!(output.starts_with("exit code 0\n"), "{output}");
    }

    /// Puts other words into a file.
    pub(crate) fn edit(&self, file: &str, from: &str, to: &str) {
        let text = self.project.read(file);
        assert!(text.contains(from), "`{file}` has no `{from}`");
        self.project.write(file, &text.replacen(from, to, 1));
    }

    /// `diff` and the words after it.
    pub(crate) fn command(&self, arguments: &str) -> Command {
        let mut command = self.project.command(["diff"]);
        hermetic(&mut command).args(arguments.split(' ').filter(|word| !word.is_empty()));
        command
    }

    /// What `diff` printed and how it ended, without what differs each time.
    pub(crate) fn diff(&self, arguments: &str) -> String {
        run(self.command(arguments))
    }

    pub(crate) fn output(&self, arguments: &str) -> Output {
        self.command(arguments).output().unwrap()
    }

    pub(crate) fn exit_code(&self, arguments: &str) -> i32 {
        self.output(arguments).status.code().unwrap()
    }

    pub(crate) fn json(&self, arguments: &str) -> Value {
        let output = self.output(&format!("{arguments} --format json"));
        let error = String::from_utf8_lossy(&output.stderr).into_owned();
        serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{arguments}: {error}"))
    }

    /// Checks that something is refused: with this exit code and these words, and nothing on standard output.
    pub(crate) fn refuses(&self, arguments: &str, code: i32, words: &[&str]) {
        refused(self.command(arguments), code, words);
    }
}

/// Checks that a command is refused: with this exit code and these words, and nothing on standard output.
pub(crate) fn refused(mut command: Command, code: i32, words: &[&str]) {
    let output = command.output().unwrap();
    let error = String::from_utf8(output.stderr).unwrap();
    let printed = String::from_utf8(output.stdout).unwrap();
    assert_eq!(printed, "", "{command:?}");
    assert_eq!(output.status.code(), Some(code), "{command:?}: {error}");
    for word in words {
        assert!(error.contains(word), "{command:?}: no `{word}` in: {error}");
    }
}

/// An environment with git, and nothing that git could be configured by.
pub(crate) fn hermetic(command: &mut Command) -> &mut Command {
    alone(command)
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .env("HOME", "/nowhere")
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("GIT_AUTHOR_NAME", "test")
        .env("GIT_AUTHOR_EMAIL", "test@example.com")
        .env("GIT_AUTHOR_DATE", "2026-01-01T00:00:00Z")
        .env("GIT_COMMITTER_NAME", "test")
        .env("GIT_COMMITTER_EMAIL", "test@example.com")
        .env("GIT_COMMITTER_DATE", "2026-01-01T00:00:00Z")
}

/// Copies a folder with all that is in it.
pub(crate) fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let file = entry.unwrap().path();
        let target = to.join(file.file_name().unwrap());
        if file.is_dir() {
            copy(&file, &target);
        } else {
            fs::copy(&file, &target).unwrap();
        }
    }
}
