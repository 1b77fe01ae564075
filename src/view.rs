//! What people and programs see.

pub(crate) mod summary;

use std::io::Write;

/// Writes to standard output. A reader who has seen enough (`| head`) is no error.
pub(crate) fn stdout(text: &str) {
    let _ = std::io::stdout().write_all(text.as_bytes());
}

/// Writes to standard error, which nobody may be reading.
pub(crate) fn stderr(text: &str) {
    let _ = std::io::stderr().write_all(text.as_bytes());
}
