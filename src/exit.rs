//! Exit codes, all of them, for every command.

use std::process::ExitCode;

/// How a command ended. `docs/exit-codes.md` says the same to users.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    /// Done.
    Done,
    /// Something failed: bad input, a file that cannot be written.
    Failed,
    /// The command line is wrong. `clap` uses the same number.
    Usage,
    /// The answer is no: stale snapshots, findings, differences that were asked for, a deployment that nobody approved.
    No,
    /// A deployment failed, and all that failed is as it was.
    #[cfg(feature = "aws")]
    RolledBack,
    /// A stack needs a person.
    #[cfg(feature = "aws")]
    NeedsPerson,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        ExitCode::from(match exit {
            Exit::Done => 0,
            Exit::Failed => 1,
            Exit::Usage => 2,
            Exit::No => 3,
            #[cfg(feature = "aws")]
            Exit::RolledBack => 4,
            #[cfg(feature = "aws")]
            Exit::NeedsPerson => 5,
        })
    }
}
