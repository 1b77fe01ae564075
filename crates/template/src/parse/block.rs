//! The parts of a text in plain block style, read a line at a time.
//!
//! The parser looks at each character in all ways that YAML has, and takes two thirds of the time that a template takes
//! to read. What lives here: the form that nearly all templates have (ASCII; block lists and maps indented with blanks;
//! plain and quoted texts, flow lists and maps that end in their line; literal blocks; short tags) → the very parts that
//! the parser's events would be, places included. What does not: everything else. Whatever is doubtful, wrong or rare
//! has no answer here, and the parser reads the whole text: it alone says what YAML is, and what is not.
//! `tests::what_is_read_here_is_what_the_parser_reads` holds the two together.

use std::borrow::Cow;

use stratiform_finding::Span;

use super::tag::Tag;
use super::yaml::{self, OPEN, Part, PartKind};
use super::{MAX_DEPTH, MAX_NODES};

/// Keys that are longer are for the parser, which has a limit for them.
const MAX_KEY: usize = 500;

/// The parts of a text; `None` where the parser has to read it.
pub(super) fn read(text: &str) -> Option<Vec<Part<'_>>> {
    let is_plain = |byte: u8| byte == b'\n' || (b' '..=b'~').contains(&byte);
    if !text.bytes().all(is_plain) {
        return None;
    }
    let mut reader = Reader {
        text,
        parts: Vec::with_capacity(text.len() / 16),
        open: Vec::new(),
        awaited: None,
        written: 0,
        line: Line::default(),
    };
    while reader.next_line() {
        reader.line()?;
    }
    if reader.awaited.is_some() || reader.parts.is_empty() {
        return None;
    }
    while !reader.open.is_empty() {
        reader.close();
    }
    Some(reader.parts)
}

struct Reader<'text> {
    text: &'text str,
    parts: Vec<Part<'text>>,
    /// The lists and maps that are open, each with its position among the parts.
    open: Vec<Open>,
    /// The tag of what has to be in the lines below a `key:` or a tag, and where that tag is.
    awaited: Option<(Tag, Option<Span>)>,
    /// Where the last scalar ends.
    written: usize,
    line: Line,
}

/// A list or map that is open.
#[derive(Clone, Copy)]
struct Open {
    part: usize,
    /// How far to the right its items or keys are.
    indent: usize,
    is_list: bool,
}

/// A line that says something.
#[derive(Clone, Copy, Default)]
struct Line {
    number: usize,
    start: usize,
    /// Where it ends, and where the blanks at its end start.
    end: usize,
    said: usize,
    /// Where the next one starts.
    next: usize,
}

impl Line {
    fn span(self, start: usize, end: usize) -> Span {
        Span {
            start,
            end,
            line: self.number,
            column: start - self.start + 1,
        }
    }
}

impl<'text> Reader<'text> {
    /// Goes to the next line, if there is one.
    fn next_line(&mut self) -> bool {
        let start = self.line.next;
        if start >= self.text.len() {
            return false;
        }
        let end = self.text[start..].find('\n');
        let end = end.map_or(self.text.len(), |length| start + length);
        self.line = Line {
            number: self.line.number + 1,
            start,
            end,
            said: start + self.text[start..end].trim_end_matches(' ').len(),
            next: end + 1,
        };
        true
    }

    /// What is left of the line from a position, without blanks at its end.
    fn rest(&self, at: usize) -> &'text str {
        self.text.get(at..self.line.said).unwrap_or_default()
    }

    /// Where the next thing in the line is.
    fn skip_blanks(&self, at: usize) -> usize {
        let rest = &self.text[at..self.line.end];
        at + (rest.len() - rest.trim_start_matches(' ').len())
    }

    fn line(&mut self) -> Option<()> {
        let at = self.skip_blanks(self.line.start);
        let rest = self.rest(at);
        if rest.is_empty() || rest.starts_with('#') {
            return Some(());
        }
        let indent = at - self.line.start;
        if indent == 0 && (rest.starts_with("---") || rest.starts_with("...")) {
            // At the very start it means nothing.
            return (rest == "---" && self.line.start == 0).then_some(());
        }
        let is_item = is_item(rest);
        if let Some((tag, place)) = self.awaited.take() {
            let outer = self.open.last()?;
            // The items of a list may be as far to the right as the key that they belong to.
            let beside = is_item && !outer.is_list && indent == outer.indent && place.is_none();
            if indent <= outer.indent && !beside {
                return None;
            }
            // The parser has such a list begin with what is in it.
            let start = if beside { self.skip_blanks(at + 1) } else { at };
            let span = place.unwrap_or(self.line.span(start, start));
            self.open(is_item, indent, tag, span)?;
        } else if self.parts.is_empty() {
            self.open(is_item, indent, Tag::None, self.line.span(at, at))?;
        } else {
            let is_over = |open: &Open| {
                open.indent > indent || open.indent == indent && open.is_list && !is_item
            };
            while self.open.last().is_some_and(is_over) {
                self.close();
            }
            let open = self.open.last()?;
            if open.indent != indent || open.is_list != is_item {
                return None;
            }
        }
        self.content(at)
    }

    fn open(&mut self, is_list: bool, indent: usize, tag: Tag, span: Span) -> Option<()> {
        if self.open.len() >= MAX_DEPTH {
            return None;
        }
        let (part, end) = (self.parts.len(), OPEN);
        let kind = match is_list {
            true => PartKind::List { end },
            false => PartKind::Map { end },
        };
        self.push(kind, tag, span)?;
        self.open.push(Open {
            part,
            indent,
            is_list,
        });
        Some(())
    }

    fn close(&mut self) {
        let count = self.parts.len();
        let open = self.open.pop();
        if let Some(part) = open.and_then(|open| self.parts.get_mut(open.part)) {
            part.span.end = self.written.max(part.span.start);
            if let PartKind::List { end } | PartKind::Map { end } = &mut part.kind {
                *end = count;
            }
        }
    }

    fn push(&mut self, kind: PartKind<'text>, tag: Tag, span: Span) -> Option<()> {
        if let PartKind::Scalar { .. } = kind {
            self.written = span.end;
        }
        self.parts.push(Part { kind, tag, span });
        (self.parts.len() < MAX_NODES).then_some(())
    }

    /// An item or an entry of what is open, from where it starts to the end of the line.
    fn content(&mut self, mut at: usize) -> Option<()> {
        while is_item(self.rest(at)) {
            at = self.skip_blanks(at + 1);
            let rest = self.rest(at);
            let is_list = is_item(rest);
            if !is_list && self.key(at).is_none() {
                return self.value(at);
            }
            let span = self.line.span(at, at);
            self.open(is_list, at - self.line.start, Tag::None, span)?;
        }
        let (text, plain, end) = self.key(at)?;
        let span = self.line.span(at, end);
        self.push(PartKind::Scalar { text, plain }, Tag::None, span)?;
        // Behind the colon.
        let at = self.skip_blanks(end + 1);
        match self.rest(at) {
            "" => self.awaited = Some((Tag::None, None)),
            rest if rest.starts_with('#') => self.awaited = Some((Tag::None, None)),
            _ => self.value(at)?,
        }
        Some(())
    }

    /// The key at a position, and where it ends, if there is one.
    fn key(&self, at: usize) -> Option<(Cow<'text, str>, bool, usize)> {
        let rest = self.rest(at);
        let (text, plain, length) = match rest.as_bytes().first()? {
            b'\'' | b'"' => {
                let (text, length) = quoted(rest)?;
                (text, false, length)
            }
            _ => {
                let length = plain_length(rest)?;
                (Cow::Borrowed(&rest[..length]), true, length)
            }
        };
        let is_key = is_colon(&rest[length..]) && length <= MAX_KEY;
        is_key.then_some((text, plain, at + length))
    }

    /// A value with its tag, up to the end of the line or in the lines below.
    fn value(&mut self, at: usize) -> Option<()> {
        let start = at;
        let (mut at, mut tag, mut place) = (at, Tag::None, None);
        let rest = self.rest(at);
        if rest.starts_with('!') {
            let length = rest.find(' ').unwrap_or(rest.len());
            tag = Tag::short(&rest[..length])?;
            place = Some(self.line.span(at, at + length));
            at = self.skip_blanks(at + length);
        }
        let rest = self.rest(at);
        let (text, plain, length) = match rest.as_bytes().first() {
            None if place.is_some() => {
                self.awaited = Some((tag, place));
                return Some(());
            }
            None => return None,
            Some(b'|') => return self.literal(rest, tag, place),
            Some(b'[' | b'{') => return self.flow(start),
            Some(b'"') if rest.contains('\\') => return self.flow(start),
            Some(b'\'' | b'"') => {
                let (text, length) = quoted(rest)?;
                (text, false, length)
            }
            Some(_) => {
                let length = plain_length(rest)?;
                (Cow::Borrowed(&rest[..length]), true, length)
            }
        };
        if !is_nothing(&rest[length..]) {
            return None;
        }
        let span = self.line.span(start, at + length);
        self.push(PartKind::Scalar { text, plain }, tag, span)
    }

    /// What ends in its line and is not plain: the parser reads it alone.
    fn flow(&mut self, start: usize) -> Option<()> {
        let text = self.rest(start);
        let brackets = text.bytes().filter(|byte| b"[{".contains(byte)).count();
        if self.open.len() + brackets >= MAX_DEPTH {
            return None;
        }
        let parts = yaml::read(text).ok()?;
        let first = parts.first()?;
        let is_whole = match first.kind {
            PartKind::Scalar { .. } => parts.len() == 1,
            // What starts at the same place is the key of a map that is not meant here.
            PartKind::List { .. } | PartKind::Map { .. } => {
                parts.get(1).is_none_or(|second| second.span.start > 0)
            }
            PartKind::Alias(_) => false,
        };
        // What an alias stands for is counted among all parts.
        let is_alias = |part: &Part<'_>| matches!(part.kind, PartKind::Alias(_));
        if !is_whole || parts.iter().any(is_alias) || !is_nothing(&text[first.span.end..]) {
            return None;
        }
        let (offset, line) = (self.parts.len(), self.line);
        for mut part in parts {
            if let PartKind::List { end } | PartKind::Map { end } = &mut part.kind {
                *end += offset;
            }
            part.span = line.span(start + part.span.start, start + part.span.end);
            self.written = self.written.max(part.span.end);
            self.parts.push(part);
        }
        (self.parts.len() < MAX_NODES).then_some(())
    }

    /// A literal block: the lines below that are further to the right than what is open.
    fn literal(&mut self, header: &str, tag: Tag, place: Option<Span>) -> Option<()> {
        let outer = self.open.last()?.indent;
        let mut content = String::new();
        let mut span: Option<(Span, usize)> = None;
        let mut end = self.line.next;
        let mut blank = 0;
        loop {
            let before = self.line;
            if !self.next_line() {
                break;
            }
            let at = self.skip_blanks(self.line.start);
            let indent = at - self.line.start;
            let Some((_, own)) = span else {
                // Blank lines first, or none at all, are for the parser.
                if at == self.line.end || indent <= outer {
                    return None;
                }
                span = Some((self.line.span(at, at), indent));
                content.push_str(&self.text[at..self.line.end]);
                end = self.line.next;
                continue;
            };
            if at == self.line.end && indent <= own {
                blank += 1;
                end = self.line.next;
                continue;
            }
            if indent < own {
                if indent > outer {
                    return None;
                }
                self.line = before;
                // The parser counts the blanks before what follows in.
                end = at;
                break;
            }
            content.extend(std::iter::repeat_n('\n', blank + 1));
            content.push_str(&self.text[self.line.start + own..self.line.end]);
            blank = 0;
            end = self.line.next;
        }
        match header {
            // A text that ends in its last line has no line break to keep.
            _ if end > self.text.len() => return None,
            "|" => content.push('\n'),
            "|-" => {}
            _ => return None,
        }
        let (own, _) = span?;
        let span = Span {
            end,
            ..place.unwrap_or(own)
        };
        let text = Cow::Owned(content);
        self.push(PartKind::Scalar { text, plain: false }, tag, span)
    }
}

fn is_item(rest: &str) -> bool {
    rest.starts_with("- ")
}

/// Whether a key ends here.
fn is_colon(rest: &str) -> bool {
    rest == ":" || rest.starts_with(": ")
}

/// Whether nothing follows in the line but a comment.
fn is_nothing(rest: &str) -> bool {
    let said = rest.trim_start_matches(' ');
    said.is_empty() || said.starts_with('#') && said.len() < rest.len()
}

/// The length of the plain text at the start of a line's rest: up to a colon with a blank, a comment, or the end.
fn plain_length(rest: &str) -> Option<usize> {
    let bytes = rest.as_bytes();
    let starts = match bytes.first()? {
        b'-' => bytes.get(1).is_some_and(u8::is_ascii_alphanumeric),
        first => first.is_ascii_alphanumeric() || b"_./$<=~(+^;\\".contains(first),
    };
    if !starts {
        return None;
    }
    let is_end = |at: &usize| match bytes.get(*at) {
        Some(b':') => bytes.get(at + 1).is_none_or(|next| *next == b' '),
        Some(b'#') => bytes.get(at - 1) == Some(&b' '),
        _ => false,
    };
    let end = (1..bytes.len()).find(is_end).unwrap_or(bytes.len());
    Some(rest[..end].trim_end_matches(' ').len())
}

/// The quoted text at the start of a line's rest, and its length with the quotes.
fn quoted(rest: &str) -> Option<(Cow<'_, str>, usize)> {
    let inner = rest.get(1..)?;
    if rest.starts_with('"') {
        let end = inner.find(['"', '\\'])?;
        let is_end = inner[end..].starts_with('"');
        return is_end.then(|| (Cow::Borrowed(&inner[..end]), end + 2));
    }
    let mut end = inner.find('\'')?;
    if !inner[end + 1..].starts_with('\'') {
        return Some((Cow::Borrowed(&inner[..end]), end + 2));
    }
    while inner[end + 1..].starts_with('\'') {
        end += 2 + inner[end + 2..].find('\'')?;
    }
    Some((Cow::Owned(inner[..end].replace("''", "'")), end + 2))
}

#[cfg(test)]
mod tests;
