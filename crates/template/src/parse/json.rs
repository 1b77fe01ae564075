//! JSON → [`Node`]: strict, with places.

use stratiform_finding::words::shortened;
use stratiform_finding::{Code, Finding, Span};

use super::entries::Entries;
use super::error::in_json;
use super::error::unreadable;
use super::repeats::{Document, InMap, Noted, Repeats};
use super::{MAX_DEPTH, MAX_NODES, duplicate_key, refuse_too_large, too_deep, too_many_nodes};
use crate::node::{Entry, Node, NodeKind, Scalar};
use crate::value::{Function, Number};

/// Reads one JSON document (RFC 8259), and nothing that only looks like one.
///
/// Numbers keep their digits. Keys that stand twice are refused.
///
/// # Errors
/// Text that is not JSON, and the limits [`MAX_DEPTH`], [`MAX_NODES`] and [`super::MAX_BYTES`].
pub fn parse_json(text: &str) -> Result<Node, Box<Finding>> {
    document(text, Repeats::Refused).map(|read| read.node)
}

pub(super) fn document(text: &str, repeats: Repeats) -> Result<Document, Box<Finding>> {
    let read = || {
        refuse_too_large(text)?;
        let mut reader = Reader {
            text,
            at: if text.starts_with('\u{FEFF}') { 3 } else { 0 },
            line: 1,
            column: 1,
            nodes: 0,
            noted: Noted::new(repeats),
        };
        reader.skip_blank();
        let node = reader.value(0)?;
        reader.skip_blank();
        match reader.peek() {
            None => Ok(reader.noted.finish(node)),
            Some(_) => {
                Err(reader.unexpected("the end of the text", "remove what follows the value"))
            }
        }
    };
    read().map_err(in_json)
}

struct Reader<'text> {
    text: &'text str,
    at: usize,
    line: usize,
    column: usize,
    nodes: usize,
    noted: Noted,
}

impl<'text> Reader<'text> {
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    /// Steps over one ASCII character that is no line break.
    fn step(&mut self) {
        self.at += 1;
        self.column += 1;
    }

    fn skip_blank(&mut self) {
        loop {
            match self.peek() {
                Some(b' ' | b'\t' | b'\r') => self.step(),
                Some(b'\n') => {
                    self.at += 1;
                    self.line += 1;
                    self.column = 1;
                }
                _ => return,
            }
        }
    }

    /// The place of whatever stands here.
    fn here(&self) -> Span {
        let width = self.text[self.at..]
            .chars()
            .next()
            .map_or(0, char::len_utf8);
        Span {
            start: self.at,
            end: self.at + width,
            line: self.line,
            column: self.column,
        }
    }

    fn since(&self, start: Span) -> Span {
        Span {
            end: self.at,
            ..start
        }
    }

    fn value(&mut self, depth: usize) -> Result<Node, Box<Finding>> {
        let start = self.here();
        self.nodes += 1;
        if self.nodes > MAX_NODES {
            return Err(too_many_nodes(start));
        }
        let kind = match self.peek() {
            Some(b'{' | b'[') if depth >= MAX_DEPTH => return Err(too_deep(start)),
            Some(b'{') => NodeKind::Map(self.map(depth)?),
            Some(b'[') => NodeKind::List(self.list(depth)?),
            Some(b'"') => NodeKind::Scalar(Scalar::String(self.string()?)),
            Some(b'-' | b'0'..=b'9') => NodeKind::Scalar(self.number()?),
            Some(b'a'..=b'z') => NodeKind::Scalar(self.word()?),
            _ => {
                return Err(
                    self.unexpected("a value", "write a value here, or remove the comma before")
                );
            }
        };
        Ok(Node {
            kind,
            span: self.since(start),
        })
    }

    fn list(&mut self, depth: usize) -> Result<Vec<Node>, Box<Finding>> {
        self.step();
        let mut items = Vec::new();
        self.skip_blank();
        if self.peek() == Some(b']') {
            self.step();
            return Ok(items);
        }
        loop {
            self.skip_blank();
            self.noted.enter(|| items.len().to_string());
            items.push(self.value(depth + 1)?);
            self.noted.leave();
            self.skip_blank();
            match self.peek() {
                Some(b',') => self.step(),
                Some(b']') => {
                    self.step();
                    return Ok(items);
                }
                _ => return Err(self.unexpected("`,` or `]`", "add what is missing")),
            }
        }
    }

    fn map(&mut self, depth: usize) -> Result<Vec<Entry>, Box<Finding>> {
        self.step();
        let mut entries = Entries::default();
        let mut in_map = InMap::new();
        self.skip_blank();
        if self.peek() == Some(b'}') {
            self.step();
            return Ok(entries.into_vec());
        }
        loop {
            self.skip_blank();
            let start = self.here();
            if self.peek() != Some(b'"') {
                return Err(self.unexpected(
                    "a key in double quotes",
                    "add the key, or remove the comma before",
                ));
            }
            let key = self.string()?;
            let key_span = self.since(start);
            let before = entries.find(&key);
            match before {
                Some(first) if self.noted.is_refused() => {
                    return Err(duplicate_key(&key, key_span, first));
                }
                Some(before) => self.noted.note(&mut in_map, &key, before, key_span),
                None => {}
            }
            if key == Function::GetAtt.name() && depth + 2 > MAX_DEPTH {
                // Its dotted form becomes a list, one level further down.
                return Err(too_deep(key_span));
            }
            self.skip_blank();
            if self.peek() != Some(b':') {
                return Err(self.unexpected("`:`", "a key and its value are separated by `:`"));
            }
            self.step();
            self.skip_blank();
            self.noted.enter(|| key.clone());
            let value = self.value(depth + 1)?;
            self.noted.leave();
            let entry = Entry {
                key,
                key_span,
                value,
            };
            match before {
                Some(_) => entries.replace(entry),
                None => entries.push(entry),
            }
            self.skip_blank();
            match self.peek() {
                Some(b',') => self.step(),
                Some(b'}') => {
                    self.step();
                    return Ok(entries.into_vec());
                }
                _ => return Err(self.unexpected("`,` or `}`", "add what is missing")),
            }
        }
    }

    fn number(&mut self) -> Result<Scalar, Box<Finding>> {
        let start = self.here();
        let text =
            self.take_while(|byte| matches!(byte, b'0'..=b'9' | b'+' | b'-' | b'.' | b'e' | b'E'));
        Number::parse(text).map(Scalar::Number).ok_or_else(|| {
            unreadable(
                Code::InvalidJson,
                self.since(start),
                format!("`{}` is no JSON number", shortened(text)),
                "JSON numbers have no leading zeros, no `+` and digits on both sides of the point",
                "correct the number, or put it in quotes",
            )
        })
    }

    fn word(&mut self) -> Result<Scalar, Box<Finding>> {
        let start = self.here();
        match self.take_while(|byte| byte.is_ascii_alphanumeric() || byte == b'_') {
            "null" => Ok(Scalar::Null),
            "true" => Ok(Scalar::Bool(true)),
            "false" => Ok(Scalar::Bool(false)),
            text => Err(unreadable(
                Code::InvalidJson,
                self.since(start),
                format!("`{}` is no JSON value", shortened(text)),
                "JSON knows the words `true`, `false` and `null`",
                "put text in double quotes",
            )),
        }
    }

    fn take_while(&mut self, wanted: impl Fn(u8) -> bool) -> &'text str {
        let rest = &self.text[self.at..];
        let length = rest
            .bytes()
            .position(|byte| !wanted(byte))
            .unwrap_or(rest.len());
        self.at += length;
        self.column += length;
        // Only ASCII is wanted, so this is a character boundary.
        &rest[..length]
    }

    fn string(&mut self) -> Result<String, Box<Finding>> {
        let start = self.here();
        self.step();
        let mut content = String::new();
        loop {
            let rest = &self.text[self.at..];
            let length = rest
                .bytes()
                .position(|byte| matches!(byte, b'"' | b'\\' | 0..=0x1F));
            let Some(length) = length else {
                return Err(unreadable(
                    Code::InvalidJson,
                    start,
                    "a string has no end",
                    "the text ends first",
                    "add the closing quote",
                ));
            };
            // The byte found is ASCII, so this is a character boundary.
            let piece = &rest[..length];
            content.push_str(piece);
            self.at += length;
            self.column += piece.chars().count();
            match self.peek() {
                Some(b'"') => {
                    self.step();
                    return Ok(content);
                }
                Some(b'\\') => content.push(self.escape()?),
                _ => {
                    return Err(self.error(
                        "a control character stands in a string",
                        "JSON wants line breaks, tabs and the like escaped",
                        "write `\\n`, `\\t` or `\\u00XX`, or add the closing quote",
                    ));
                }
            }
        }
    }

    fn escape(&mut self) -> Result<char, Box<Finding>> {
        let start = self.here();
        self.step();
        let letter = self.peek();
        let character = match letter {
            Some(b'"') => '"',
            Some(b'\\') => '\\',
            Some(b'/') => '/',
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{C}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => {
                self.step();
                return self.unicode(start);
            }
            _ => {
                return Err(self.error(
                    "an escape is unknown",
                    "JSON knows \\\" \\\\ \\/ \\b \\f \\n \\r \\t \\uXXXX",
                    "write a backslash as `\\\\`",
                ));
            }
        };
        self.step();
        Ok(character)
    }

    /// The character of `\uXXXX`, or of two such escapes that belong together.
    fn unicode(&mut self, start: Span) -> Result<char, Box<Finding>> {
        let first = self.hex(start)?;
        let scalar = match first {
            0xD800..=0xDBFF if self.text[self.at..].starts_with("\\u") => {
                self.step();
                self.step();
                match self.hex(start)? {
                    second @ 0xDC00..=0xDFFF => {
                        0x1_0000 + ((first - 0xD800) << 10) + (second - 0xDC00)
                    }
                    _ => first,
                }
            }
            _ => first,
        };
        char::from_u32(scalar).ok_or_else(|| {
            unreadable(
                Code::InvalidJson,
                self.since(start),
                "half of a surrogate pair stands alone",
                "characters above U+FFFF are two escapes, `\\uD83D\\uDE00`",
                "write both halves, or the character itself",
            )
        })
    }

    fn hex(&mut self, start: Span) -> Result<u32, Box<Finding>> {
        let digits = self.text.get(self.at..self.at + 4);
        let all_hex = |text: &&str| text.bytes().all(|byte| byte.is_ascii_hexdigit());
        let number = digits
            .filter(all_hex)
            .and_then(|text| u32::from_str_radix(text, 16).ok());
        let Some(number) = number else {
            return Err(unreadable(
                Code::InvalidJson,
                self.since(start),
                "`\\u` is not followed by four hexadecimal digits",
                "a character's escape is `\\uXXXX`",
                "add the digits, or write a backslash as `\\\\`",
            ));
        };
        self.at += 4;
        self.column += 4;
        Ok(number)
    }

    fn unexpected(&self, expected: &str, help: &str) -> Box<Finding> {
        let what = match self.text[self.at..].chars().next() {
            Some(character) => format!("`{}` stands here", shortened(&character.to_string())),
            None => "the text ends here".to_owned(),
        };
        self.error(&what, &format!("JSON wants {expected}"), help)
    }

    fn error(&self, what: &str, why: &str, help: &str) -> Box<Finding> {
        unreadable(Code::InvalidJson, self.here(), what, why, help)
    }
}
