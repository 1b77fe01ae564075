//! How wide the terminal is.

use std::io::IsTerminal;

/// What a pipe or a file has, and a terminal that does not say.
const DEFAULT: usize = 80;

/// Lines that are shorter or longer than that are hard to read.
const READABLE: std::ops::RangeInclusive<usize> = 40..=160;

/// The columns of standard output.
pub(crate) fn of_stdout() -> usize {
    let stdout = std::io::stdout();
    if !stdout.is_terminal() {
        return DEFAULT;
    }
    let told = std::env::var("COLUMNS").ok();
    let told = told.and_then(|columns| columns.parse().ok());
    readable(told.or_else(columns))
}

fn readable(columns: Option<usize>) -> usize {
    match columns {
        None | Some(0) => DEFAULT,
        Some(columns) => columns.clamp(*READABLE.start(), *READABLE.end()),
    }
}

#[cfg(unix)]
fn columns() -> Option<usize> {
    let size = rustix::termios::tcgetwinsize(std::io::stdout()).ok()?;
    Some(usize::from(size.ws_col))
}

#[cfg(not(unix))]
fn columns() -> Option<usize> {
    None
}

#[cfg(test)]
mod tests {
    use super::readable;

    #[test]
    fn lines_are_neither_too_short_nor_too_long() {
        let widths = [None, Some(0), Some(20), Some(60), Some(100), Some(400)];
        assert_eq!(widths.map(readable), [80, 80, 40, 60, 100, 160]);
    }
}
