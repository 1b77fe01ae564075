//! Why a benchmark cannot go on. Each message ends with what to do.

use std::io;
use std::path::PathBuf;

#[derive(Debug, thiserror::Error)]
pub(super) enum BenchError {
    #[error(
        "another benchmark is running, and two would measure each other.\nWait until it is done."
    )]
    Busy,
    #[error("`{program}` is not installed, and {why}.\nInstall {what} and run this again.")]
    Missing {
        program: String,
        why: &'static str,
        what: &'static str,
    },
    #[error("cannot start `{program}`: {source}")]
    Start { program: String, source: io::Error },
    #[error(
        "`{command}` ended with {status}. Its last lines:\n\n{tail}\n\nAll of its output is in `{log}`."
    )]
    Failed {
        command: String,
        status: String,
        tail: String,
        log: PathBuf,
    },
    #[error("cannot {action} `{path}`: {source}")]
    File {
        action: &'static str,
        path: PathBuf,
        source: io::Error,
    },
    #[error(
        "{0} gave no answer.\nRun it by hand to see why: the templates are in `target/bench/diff`."
    )]
    NoAnswer(&'static str),
    #[error("a server did not do what was asked of it: {0}")]
    Answer(String),
    #[error("`{path}` is no CloudFormation template that can be counted: {why}")]
    Template { path: PathBuf, why: String },
    #[error(
        "`{0}` has no place for the tables of `{1}`.\n\
         Put the lines `<!-- bench {1} -->` and `<!-- end {1} -->` where they belong."
    )]
    NoPlace(PathBuf, &'static str),
    #[error(
        "`{file}` has no `{text}`, which the benchmark edits.\n\
         Name another place in xtask/src/bench/edit.rs or deploy/version.rs."
    )]
    NoSuchText { file: PathBuf, text: &'static str },
    #[error(
        "this is no git repository, or git is not installed; benchmarks work on a copy that git makes.\nInstall git, and run this in a clone."
    )]
    NotInGit,
    #[error("time and memory of processes are measured on Unix only; run this on Linux or macOS.")]
    #[cfg(not(unix))]
    NoUnix,
}

impl BenchError {
    /// What to make of an I/O error at a path.
    pub(super) fn file(
        action: &'static str,
        path: impl Into<PathBuf>,
    ) -> impl FnOnce(io::Error) -> BenchError {
        let path = path.into();
        move |source| BenchError::File {
            action,
            path,
            source,
        }
    }
}
