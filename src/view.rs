//! What people and programs see.

pub(crate) mod review;
pub(crate) mod summary;

use std::io::{ErrorKind, Write};

use stratiform_finding::Code;

use crate::exit::Exit;
use crate::report::Failure;

/// Writes to standard output. A reader who has seen enough (`| head`) is no error.
///
/// # Errors
/// Anything else that keeps the text from arriving: a full disk.
pub(crate) fn stdout(text: &str) -> Result<(), Failure> {
    let mut stdout = std::io::stdout().lock();
    let written = stdout
        .write_all(text.as_bytes())
        .and_then(|()| stdout.flush());
    match written {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(Failure::new(
            Exit::Failed,
            Code::File,
            format!("cannot write to standard output: {error}"),
            "check where the output goes",
        )),
        Ok(()) | Err(_) => Ok(()),
    }
}

/// Writes to standard error, which nobody may be reading.
pub(crate) fn stderr(text: &str) {
    let _ = std::io::stderr().write_all(text.as_bytes());
}
