//! A text that somebody edits: lines, and positions as editors count them.

use std::ops::Range;

/// What columns count.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Encoding {
    /// Bytes of UTF-8.
    Utf8,
    /// Units of UTF-16, which every editor knows.
    #[default]
    Utf16,
}

/// A place in a text, as an editor says it: both numbers begin at 0.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// The line.
    pub line: usize,
    /// The column, in units of an [`Encoding`].
    pub column: usize,
}

/// A text with its lines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text {
    text: String,
    /// Where each line starts, in bytes; the first one at 0.
    starts: Vec<usize>,
}

impl Text {
    /// A text as it was opened.
    pub fn new(text: String) -> Text {
        let starts = starts(&text);
        Text { text, starts }
    }

    /// All of it.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The byte at a position. What is behind the end of a line is its end, what is behind the last line the end of the
    /// text, and what is inside a character is where that begins.
    pub fn offset(&self, position: Position, encoding: Encoding) -> usize {
        let Some(line) = self.line(position.line) else {
            return self.text.len();
        };
        let content = self.text.get(line.clone()).unwrap_or_default();
        let mut units = 0;
        for (at, character) in content.char_indices() {
            let width = width(character, encoding);
            if units + width > position.column {
                return line.start + at;
            }
            units += width;
        }
        line.end
    }

    /// The position of a byte; of one inside a character, where that begins.
    pub fn position(&self, offset: usize, encoding: Encoding) -> Position {
        let offset = offset.min(self.text.len());
        let line = self.starts.partition_point(|start| *start <= offset);
        let line = line.saturating_sub(1);
        let start = self.starts.get(line).copied().unwrap_or_default();
        let rest = self.text.get(start..).unwrap_or_default();
        let before = rest.char_indices();
        let before =
            before.take_while(|(at, character)| start + at + character.len_utf8() <= offset);
        let column = before
            .map(|(_, character)| width(character, encoding))
            .sum();
        Position { line, column }
    }

    /// Puts other text in the place of a part.
    pub fn edit(&mut self, range: Range<usize>, new: &str) {
        let end = self.text.len();
        let (start, end) = (range.start.min(end), range.end.min(end));
        let (start, end) = (start.min(end), start.max(end));
        if self.text.is_char_boundary(start) && self.text.is_char_boundary(end) {
            self.text.replace_range(start..end, new);
            self.starts = starts(&self.text);
        }
    }

    /// The bytes of a line, without what ends it.
    fn line(&self, line: usize) -> Option<Range<usize>> {
        let start = *self.starts.get(line)?;
        let end = self.starts.get(line + 1);
        let end = end.copied().unwrap_or(self.text.len());
        let content = self.text.get(start..end)?;
        Some(start..start + content.trim_end_matches(['\n', '\r']).len())
    }
}

fn width(character: char, encoding: Encoding) -> usize {
    match encoding {
        Encoding::Utf8 => character.len_utf8(),
        Encoding::Utf16 => character.len_utf16(),
    }
}

/// Lines end with `\n`, `\r\n` or `\r`.
fn starts(text: &str) -> Vec<usize> {
    let bytes = text.as_bytes();
    let ends = bytes.iter().enumerate().filter(|(at, byte)| match byte {
        b'\n' => true,
        b'\r' => bytes.get(at + 1) != Some(&b'\n'),
        _ => false,
    });
    std::iter::once(0)
        .chain(ends.map(|(at, _)| at + 1))
        .collect()
}

/// The smallest part in which two texts differ, and what is there in the second.
pub fn difference<'n>(old: &str, new: &'n str) -> (Range<usize>, &'n str) {
    let pairs = old.chars().zip(new.chars());
    let start: usize = pairs
        .take_while(|(one, other)| one == other)
        .map(|(one, _)| one.len_utf8())
        .sum();
    let (old_rest, new_rest) = (old.get(start..), new.get(start..));
    let (old_rest, new_rest) = (old_rest.unwrap_or_default(), new_rest.unwrap_or_default());
    let pairs = old_rest.chars().rev().zip(new_rest.chars().rev());
    let end: usize = pairs
        .take_while(|(one, other)| one == other)
        .map(|(one, _)| one.len_utf8())
        .sum();
    let changed = new_rest.get(..new_rest.len() - end);
    (start..old.len() - end, changed.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(line: usize, column: usize) -> Position {
        Position { line, column }
    }

    #[test]
    fn columns_are_counted_as_the_editor_counts_them() {
        // One, two, three and four bytes; one unit of UTF-16 each, but for the last, which has two.
        let text = Text::new("aé€𝄞b\nc".to_owned());
        let both = [Encoding::Utf8, Encoding::Utf16];
        for (offset, columns) in [
            (0, [0, 0]),
            (1, [1, 1]),
            (3, [3, 2]),
            (6, [6, 3]),
            (10, [10, 5]),
        ] {
            for (encoding, column) in both.into_iter().zip(columns) {
                assert_eq!(text.position(offset, encoding), at(0, column));
                assert_eq!(text.offset(at(0, column), encoding), offset);
            }
        }
        assert_eq!(text.position(12, Encoding::Utf16), at(1, 0));
        // Inside a character, behind a line, behind the text.
        assert_eq!(text.offset(at(0, 4), Encoding::Utf16), 6);
        assert_eq!(text.offset(at(0, 99), Encoding::Utf16), 11);
        assert_eq!(text.offset(at(7, 0), Encoding::Utf8), 13);
        assert_eq!(text.position(99, Encoding::Utf8), at(1, 1));
    }

    #[test]
    fn every_end_of_a_line_ends_one() {
        let text = Text::new("a\nb\r\nc\rd".to_owned());
        let lines: Vec<usize> = (0..4)
            .map(|line| text.offset(at(line, 0), Encoding::Utf16))
            .collect();
        assert_eq!(lines, [0, 2, 5, 7]);
        assert_eq!(text.offset(at(1, 9), Encoding::Utf16), 3);
    }

    #[test]
    fn an_edit_moves_the_lines_below_it() {
        let mut text = Text::new("a\nb\nc".to_owned());
        text.edit(2..3, "x\ny");
        assert_eq!(text.as_str(), "a\nx\ny\nc");
        assert_eq!(text.position(6, Encoding::Utf8), at(3, 0));
        text.edit(90..100, "!");
        assert_eq!(text.as_str(), "a\nx\ny\nc!");
    }

    #[test]
    fn a_difference_is_as_small_as_it_can_be() {
        assert_eq!(difference("abcd", "abXcd"), (2..2, "X"));
        assert_eq!(difference("aa", "a"), (1..2, ""));
        assert_eq!(difference("é1", "è1"), (0..2, "è"));
        assert_eq!(difference("same", "same"), (4..4, ""));
    }
}
