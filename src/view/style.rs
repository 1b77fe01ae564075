//! The colours of all views, by number, and how a line gets one.

pub(super) const RED: &str = "31";
pub(super) const GREEN: &str = "32";
pub(super) const YELLOW: &str = "33";
pub(super) const CYAN: &str = "36";

pub(super) fn paint(text: &str, code: &str) -> String {
    let (line, end) = match text.strip_suffix('\n') {
        Some(line) => (line, "\n"),
        None => (text, ""),
    };
    format!("\u{1b}[{code}m{line}\u{1b}[0m{end}")
}
