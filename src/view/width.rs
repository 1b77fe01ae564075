//! How wide the terminal is.

use std::io::IsTerminal;

/// What a pipe or a file has, and a terminal that does not say.
const DEFAULT: usize = 80;

/// Lines that are shorter or longer than that are hard to read.
const READABLE: std::ops::RangeInclusive<usize> = 40..=160;

/// The columns of standard output.
pub(crate) fn of_stdout() -> usize {
    let stdout = std::io::stdout();
    match stdout.is_terminal() {
        true => readable(told().or_else(|| columns(stdout))),
        false => DEFAULT,
    }
}

/// The columns of standard output; none where nobody sees them.
pub(crate) fn where_stdout_is_seen() -> Option<usize> {
    std::io::stdout().is_terminal().then(of_stdout)
}

/// The columns of standard error; none where nobody sees them.
pub(crate) fn of_stderr() -> Option<usize> {
    let stderr = std::io::stderr();
    let is_seen = stderr.is_terminal();
    is_seen.then(|| readable(told().or_else(|| columns(stderr))))
}

fn told() -> Option<usize> {
    std::env::var("COLUMNS").ok()?.parse().ok()
}

fn readable(columns: Option<usize>) -> usize {
    match columns {
        None | Some(0) => DEFAULT,
        Some(columns) => columns.clamp(*READABLE.start(), *READABLE.end()),
    }
}

#[cfg(unix)]
fn columns(stream: impl std::os::fd::AsFd) -> Option<usize> {
    let size = rustix::termios::tcgetwinsize(stream).ok()?;
    Some(usize::from(size.ws_col))
}

#[cfg(not(unix))]
fn columns<S>(_stream: S) -> Option<usize> {
    None
}

/// A text in lines of a width, of which a part of the first is taken; a word that is longer has a line of its own.
pub(crate) fn wrapped(text: &str, width: usize, taken: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let (mut line, mut used) = (String::new(), taken);
    for word in text.split(' ') {
        let length = word.chars().count();
        if used > 0 && used + 1 + length > width {
            lines.push(std::mem::take(&mut line));
            used = 0;
        }
        if !line.is_empty() {
            line.push(' ');
            used += 1;
        }
        line += word;
        used += length;
    }
    lines.push(line);
    lines
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
