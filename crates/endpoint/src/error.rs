//! Why an endpoint does not start.

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;

/// Why an endpoint does not start. [`Error::help`] says what to do.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The address is taken, or not ours.
    #[error("cannot listen on {address}: {source}")]
    Address {
        /// Which.
        address: SocketAddr,
        /// Why.
        source: io::Error,
    },
    /// Another process has the state.
    #[error("`{}` is in use by another engine{}", file.display(), process(*process_id))]
    Locked {
        /// The state's file.
        file: PathBuf,
        /// The process, where it says so.
        process_id: Option<u32>,
    },
    /// A file of something else.
    #[error("{}:1: this is no state of an engine: {why}", file.display())]
    Foreign {
        /// The file.
        file: PathBuf,
        /// Why not.
        why: String,
    },
    /// A state of a later version.
    #[error("{}:1: the state is of version {version}, and this program knows version {known}", file.display())]
    Newer {
        /// The file.
        file: PathBuf,
        /// Its version.
        version: u64,
        /// Ours.
        known: u64,
    },
    /// A line that cannot be read.
    #[error("{}:{line}: the state is damaged: {why}", file.display())]
    Damaged {
        /// The file.
        file: PathBuf,
        /// The line.
        line: usize,
        /// Why.
        why: String,
    },
    /// A file that cannot be used.
    #[error("cannot {doing} `{}`: {source}", file.display())]
    File {
        /// What was tried.
        doing: &'static str,
        /// With what.
        file: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The process has no threads or handles left.
    #[error("cannot start serving: {0}")]
    Runtime(io::Error),
}

fn process(id: Option<u32>) -> String {
    id.map(|id| format!(", process {id}")).unwrap_or_default()
}

impl Error {
    /// What to do.
    pub fn help(&self) -> &'static str {
        match self {
            Error::Address { .. } => "choose another port with `--port`; 0 picks a free one",
            Error::Locked { .. } => "end that process, or use another file with `--state`",
            Error::Foreign { .. } => "name another file with `--state`; this one was left as it is",
            Error::Newer { .. } => {
                "use the newer program, or another file with `--state`; this one was left as it is"
            }
            Error::Damaged { .. } => {
                "remove that line and those after it to go on from before, or use another file with `--state`; this one was \
                 left as it is"
            }
            Error::File { .. } => "check that the path exists and that you may use it",
            Error::Runtime(_) => "check the limits of this process",
        }
    }
}
