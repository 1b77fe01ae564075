//! Quoted text that goes on at a smaller indentation than its block, or behind a tab.
//!
//! YAML's grammar wants continuation lines further to the right; libyaml and SnakeYAML, which CloudFormation's users
//! have, take them anywhere, and templates of that form are deployed. Our parser does not. Blanks at the start of such
//! a line are no part of the text, so more of them are put there, and places are moved back to where they were.
//!
//! What lives here: finding those lines, and the way back. Whether the text is YAML then is for the parser to say.
//! Everything is looked at once, and what a quote holds once more.

use granit_parser::{ErrorKind, Scanner, StrInput};
use stratiform_finding::Span;

use super::MAX_BYTES;
use super::options::options;
use super::place::{Cursor, line_end, next_line};

/// A text whose quoted texts are indented as the parser wants it.
#[derive(Debug, Default)]
pub(super) struct Indented {
    /// The text.
    pub(super) text: String,
    blanks: Vec<Blanks>,
    quotes: Vec<Quote>,
}

/// What was put at the start of a line. Positions are those of the new text.
#[derive(Clone, Copy, Debug)]
struct Blanks {
    /// Where the line starts.
    start: usize,
    /// Where it ends.
    line_end: usize,
    /// How many were put there.
    count: usize,
    /// How many there are up to here, these included.
    sum: usize,
}

/// A quoted text that was indented.
#[derive(Clone, Copy, Debug)]
struct Quote {
    /// The quote that opens it, in the old text.
    opening: Span,
    /// From behind the quote that closes it to the end of that line, in the new text.
    rest: (usize, usize),
}

impl Indented {
    /// The text with blanks where they are missing; nothing where that is not what is wrong with it.
    pub(super) fn of(text: &str) -> Option<Indented> {
        let mut indented = Indented::default();
        let mut place = Cursor::default();
        let mut copied = 0;
        while let Some(continuation) = stop(&text[place.at..], is_outside) {
            let quote = opening(text, place.at, place.at + continuation)?;
            place.go_to(text, quote);
            let opening = place.span(1);
            let end = closing(text, quote).unwrap_or(text.len());
            for line in lines(text, quote, end) {
                if !wants_blanks(&text[line..end]) {
                    continue;
                }
                indented.text += &text[copied..line];
                copied = line;
                indented.put_blanks(place.column, line_end(text, line) - line)?;
            }
            indented.text += &text[copied..end];
            copied = end;
            let rest = line_end(text, end) - end;
            indented.quotes.push(Quote {
                opening,
                rest: (indented.text.len(), indented.text.len() + rest),
            });
            place.go_to(text, end);
        }
        if indented.blanks.is_empty() {
            return None;
        }
        indented.text += &text[copied..];
        Some(indented)
    }

    fn put_blanks(&mut self, count: usize, line: usize) -> Option<()> {
        // A text cannot be made to weigh many times what it does.
        if self.text.len() + count > 2 * MAX_BYTES {
            return None;
        }
        let start = self.text.len();
        let before = self.blanks.last().map_or(0, |blanks| blanks.sum);
        self.text.extend(std::iter::repeat_n(' ', count));
        self.blanks.push(Blanks {
            start,
            line_end: start + count + line,
            count,
            sum: before + count,
        });
        Some(())
    }

    /// A place of the new text in the old one.
    pub(super) fn original(&self, span: Span) -> Span {
        let before = |at: usize| {
            let count = self.blanks.partition_point(|blanks| blanks.start <= at);
            count
                .checked_sub(1)
                .and_then(|last| self.blanks.get(last).copied())
        };
        let offset = |at: usize| match before(at) {
            // Among the blanks themselves is the start of the line.
            Some(last) => {
                let inside = (last.start + last.count).saturating_sub(at);
                at + inside - last.sum
            }
            None => at,
        };
        let shift = before(span.start)
            .filter(|last| span.start <= last.line_end)
            .map_or(0, |last| last.count);
        Span {
            start: offset(span.start),
            end: offset(span.end),
            line: span.line,
            column: span.column.saturating_sub(shift).max(1),
        }
    }

    /// The quote that opens the text behind whose end a place of the new text is: it is the one that was meant to be
    /// closed earlier.
    pub(super) fn opening_before(&self, at: usize) -> Option<Span> {
        let quote = self
            .quotes
            .iter()
            .find(|quote| quote.rest.0 <= at && at <= quote.rest.1)?;
        Some(quote.opening)
    }
}

/// The quote that opens a text on another line than the one behind whose end a place is: what follows there was not
/// meant to be quoted.
pub(super) fn opening_on_another_line(text: &str, place: Span) -> Option<Span> {
    let before = text.get(..place.start)?.trim_end_matches([' ', '\t']);
    let inside = before.strip_suffix(['"', '\''])?;
    let quote = stop(inside, |kind| {
        matches!(kind, ErrorKind::UnclosedQuotedScalar)
    })?;
    let mut cursor = Cursor::default();
    cursor.go_to(text, quote);
    let opening = cursor.span(1);
    (opening.line != place.line).then_some(opening)
}

fn is_outside(kind: &ErrorKind) -> bool {
    matches!(
        kind,
        ErrorKind::InvalidQuotedScalarIndent | ErrorKind::TabInIndentation
    )
}

/// Where the scanner stops, if it stops for such a reason.
fn stop(text: &str, reason: impl Fn(&ErrorKind) -> bool) -> Option<usize> {
    let mut scanner = Scanner::with_options(StrInput::new(text), options());
    let error = scanner.find_map(Result::err)?;
    if reason(error.kind()) {
        error.marker().byte_offset()
    } else {
        None
    }
}

/// The quote that opens the text one of whose lines starts before `continuation`: without that line, the scanner
/// misses its end, and says where it starts.
fn opening(text: &str, from: usize, continuation: usize) -> Option<usize> {
    let before = &text[from..continuation];
    let blank = before.trim_end_matches([' ', '\t', '\n', '\r']);
    let line_break = before[blank.len()..].find(['\n', '\r'])?;
    let whole_lines = &before[..blank.len() + line_break];
    let quote = stop(whole_lines, |kind| {
        matches!(kind, ErrorKind::UnclosedQuotedScalar)
    })?;
    Some(from + quote)
}

/// Behind the quote that closes the text whose opening quote is at a position.
fn closing(text: &str, quote: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    let kind = *bytes.get(quote)?;
    let mut at = quote + 1;
    loop {
        let byte = *bytes.get(at)?;
        if kind == b'"' && byte == b'\\' {
            at += 2;
        } else if byte != kind {
            at += 1;
        } else if kind == b'\'' && bytes.get(at + 1) == Some(&kind) {
            at += 2;
        } else {
            return Some(at + 1);
        }
    }
}

/// The starts of lines in a part of the text, but for the line that the part starts in.
fn lines(text: &str, start: usize, end: usize) -> impl Iterator<Item = usize> {
    let part = &text[start..end];
    std::iter::successors(next_line(part, 0), move |at| next_line(part, *at))
        .map(move |at| start + at)
}

/// Whether blanks may be put before a line: there is something in it, and it does not start or end a document.
fn wants_blanks(line: &str) -> bool {
    let marker = ["---", "..."].iter().any(|marker| {
        let rest = line.strip_prefix(marker);
        rest.is_some_and(|rest| {
            rest.chars()
                .next()
                .is_none_or(|next| matches!(next, ' ' | '\t' | '\n' | '\r'))
        })
    });
    let first = line.trim_start_matches([' ', '\t']).chars().next();
    !marker && !matches!(first, None | Some('\n' | '\r'))
}
