//! A text that is open in an editor.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use stratiform_finding::Finding;
use stratiform_language::{Encoding, Position, Text};

/// A text that is open.
pub(super) struct Document {
    /// How the editor calls it.
    pub(super) uri: String,
    /// The file, if it is one.
    pub(super) path: PathBuf,
    pub(super) text: Text,
    /// How often it was changed, as the editor counts it.
    pub(super) version: i64,
    /// Whether nobody has looked at it since it changed.
    pub(super) is_new: bool,
    /// What is wrong with it, as of the last look.
    pub(super) findings: Vec<Finding>,
    /// Whether the editor was told of any finding.
    pub(super) is_marked: bool,
    /// The text as of when it could last be read.
    pub(super) readable: Option<String>,
}

impl Document {
    pub(super) fn new(uri: &str, text: &str, version: i64) -> Document {
        Document {
            path: path_of(uri),
            uri: uri.to_owned(),
            text: Text::new(text.to_owned()),
            version,
            is_new: true,
            findings: Vec::new(),
            is_marked: false,
            readable: None,
        }
    }

    /// Carries out one of the changes that an editor tells: a part, or all of it.
    pub(super) fn change(&mut self, change: &Value, encoding: Encoding) {
        let new = change.get("text").and_then(Value::as_str);
        let Some(new) = new else {
            return;
        };
        match change.get("range").filter(|range| range.is_object()) {
            Some(range) => {
                let at = |end: &str| self.text.offset(position(range.get(end)), encoding);
                self.text.edit(at("start")..at("end"), new);
            }
            None => self.text = Text::new(new.to_owned()),
        }
        self.is_new = true;
    }

    /// A part as the editor says it.
    pub(super) fn range(&self, range: std::ops::Range<usize>, encoding: Encoding) -> Value {
        self::range(&self.text, range, encoding)
    }
}

/// A part of a text as the editor says it.
pub(super) fn range(text: &Text, range: std::ops::Range<usize>, encoding: Encoding) -> Value {
    let end = |offset| {
        let Position { line, column } = text.position(offset, encoding);
        json!({ "line": line, "character": column })
    };
    json!({ "start": end(range.start), "end": end(range.end) })
}

/// A position that an editor sent; what it leaves out is the beginning.
pub(super) fn position(value: Option<&Value>) -> Position {
    let number = |name: &str| {
        let number = value.and_then(|value| value.get(name)?.as_u64());
        usize::try_from(number.unwrap_or_default()).unwrap_or(usize::MAX)
    };
    Position {
        line: number("line"),
        column: number("character"),
    }
}

/// The file of a URI; of one that is no file's, the URI itself, which no file is called.
pub(super) fn path_of(uri: &str) -> PathBuf {
    let Some(rest) = uri.strip_prefix("file://") else {
        return PathBuf::from(uri);
    };
    // A machine's name may stand before the path.
    let path = rest.find('/').and_then(|at| rest.get(at..)).unwrap_or(rest);
    let path = decoded(path);
    let is_drive =
        matches!(path.as_bytes(), [b'/', drive, b':', ..] if drive.is_ascii_alphabetic());
    PathBuf::from(match is_drive {
        true => path.trim_start_matches('/'),
        false => &path,
    })
}

/// The URI of a file.
pub(super) fn uri_of(path: &Path) -> String {
    let shown = path.to_string_lossy().replace('\\', "/");
    let mut uri = "file://".to_owned();
    if !shown.starts_with('/') {
        uri.push('/');
    }
    for byte in shown.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'-' | b'_' | b'.' | b'~' => {
                uri.push(char::from(byte));
            }
            other => uri += &format!("%{other:02X}"),
        }
    }
    uri
}

/// Percent signs with two digits are bytes; anything else is itself.
fn decoded(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        let digits = text.get(at + 1..at + 3).filter(|_| *byte == b'%');
        let digits = digits.filter(|it| it.bytes().all(|digit| digit.is_ascii_hexdigit()));
        match digits.and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            Some(one) => {
                decoded.push(one);
                at += 3;
            }
            None => {
                decoded.push(*byte);
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&decoded).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_uri_is_a_file_and_a_file_a_uri() {
        let check = |uri: &str, path: &str| assert_eq!(path_of(uri), Path::new(path));
        check("file:///tmp/a%20b/%C3%A9.yaml", "/tmp/a b/é.yaml");
        check("file://host/tmp/x%2", "/tmp/x%2");
        check("file:///c%3A/x.yaml", "c:/x.yaml");
        check("untitled:Untitled-1", "untitled:Untitled-1");
        check("file:///%", "/%");
        check("file:///%é", "/%é");
        let path = Path::new("/tmp/a b/é:1.yaml");
        assert_eq!(uri_of(path), "file:///tmp/a%20b/%C3%A9%3A1.yaml");
        assert_eq!(path_of(&uri_of(path)), path);
    }

    #[test]
    fn changes_are_carried_out_in_their_order() {
        let mut document = Document::new("file:///a", "é: 1\n", 1);
        let part = json!({ "range": { "start": { "line": 0, "character": 3 }, "end": { "line": 0, "character": 4 } }, "text": "23" });
        document.change(&part, Encoding::Utf16);
        assert_eq!(document.text.as_str(), "é: 23\n");
        document.change(&json!({ "text": "b" }), Encoding::Utf16);
        document.change(&json!({ "range": 1 }), Encoding::Utf16);
        document.change(&json!({}), Encoding::Utf16);
        assert_eq!(document.text.as_str(), "b");
    }
}
