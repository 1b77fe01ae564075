//! Places in a text: lines, columns, and what stands before what.

use stratiform_finding::Span;

/// A position that only goes forward, with its line and column from 1.
pub(super) struct Cursor {
    pub(super) at: usize,
    pub(super) line: usize,
    pub(super) column: usize,
}

impl Default for Cursor {
    fn default() -> Self {
        Cursor {
            at: 0,
            line: 1,
            column: 1,
        }
    }
}

impl Cursor {
    /// Goes to a later position.
    pub(super) fn go_to(&mut self, text: &str, at: usize) {
        let passed = &text[self.at..at];
        let mut start = 0;
        while let Some(next) = next_line(passed, start) {
            start = next;
            self.line += 1;
            self.column = 1;
        }
        self.column += passed[start..].chars().count();
        self.at = at;
    }

    /// Some bytes from here, all in this line.
    pub(super) fn span(&self, length: usize) -> Span {
        Span {
            start: self.at,
            end: self.at + length,
            line: self.line,
            column: self.column,
        }
    }
}

/// Where the next line starts, if there is one.
pub(super) fn next_line(text: &str, from: usize) -> Option<usize> {
    let at = from + text[from..].find(['\n', '\r'])?;
    let is_pair = text[at..].starts_with("\r\n");
    Some(at + if is_pair { 2 } else { 1 })
}

/// Where the line that a position is in ends.
pub(super) fn line_end(text: &str, at: usize) -> usize {
    text[at..]
        .find(['\n', '\r'])
        .map_or(text.len(), |length| at + length)
}

/// Where the line that a position is in starts.
fn line_start(text: &str, at: usize) -> usize {
    text[..at].rfind(['\n', '\r']).map_or(0, |end| end + 1)
}

/// The blanks that the line of a position starts with.
fn indentation(text: &str, at: usize) -> &str {
    let line = &text[line_start(text, at)..];
    &line[..line.len() - line.trim_start_matches([' ', '\t']).len()]
}

/// The tab that a parser stopped for: it may have stopped a line or more earlier, at what the tab follows.
pub(super) fn tab(text: &str, place: Span) -> Span {
    tab_before(text, place)
        .or_else(|| tab_below(text, place))
        .unwrap_or(place)
}

/// A tab in the indentation of what stands at a place, with nothing else before it in its line.
pub(super) fn tab_before(text: &str, place: Span) -> Option<Span> {
    let start = line_start(text, place.start);
    let blanks = indentation(text, place.start);
    let tab = blanks.find('\t')?;
    let is_first = place.start <= start + blanks.len();
    is_first.then_some(Span {
        start: start + tab,
        end: start + tab + 1,
        line: place.line,
        column: tab + 1,
    })
}

/// The first tab in the indentation of a line below a place.
fn tab_below(text: &str, place: Span) -> Option<Span> {
    let mut line = place.line;
    let mut start = place.start;
    loop {
        start = next_line(text, start)?;
        line += 1;
        let blanks = indentation(text, start);
        if let Some(tab) = blanks.find('\t') {
            return Some(Span {
                start: start + tab,
                end: start + tab + 1,
                line,
                column: tab + 1,
            });
        }
    }
}

/// Whether a place is in a later line than a bracket, and that line starts no further to the right than the bracket's:
/// then it was not meant to be inside.
pub(super) fn is_beside_or_left(text: &str, place: Span, bracket: Span) -> bool {
    place.line > bracket.line
        && indentation(text, place.start).len() <= indentation(text, bracket.start).len()
}
