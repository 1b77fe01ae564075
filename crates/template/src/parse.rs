//! Text → [`Node`].
//!
//! What lives here: the choice between YAML and JSON, encodings, and the limits that keep hostile text from
//! costing more than it weighs. What does not: what a template means, which is `from_node`'s business.

mod block;
mod build;
mod entries;
pub(crate) mod error;
mod json;
mod options;
mod place;
mod quoted;
mod repeats;
pub(crate) mod scalar;
mod tag;
mod yaml;

pub use error::Format;
pub use json::parse_json;
pub use repeats::{Document, RepeatedKey};
use stratiform_finding::words::shortened;
use stratiform_finding::{Code, Finding, Place, Span};
pub use yaml::parse_yaml;

use self::error::unreadable;
use self::repeats::Repeats;
use crate::node::Node;

/// The largest text that is read, in bytes. CloudFormation itself stops at 1 MB.
pub const MAX_BYTES: usize = 16 * 1024 * 1024;

/// How deep lists, maps and short tags may stand inside each other.
pub const MAX_DEPTH: usize = 128;

/// How many nodes a text may have, after its aliases and merge keys are expanded.
pub const MAX_NODES: usize = 1_000_000;

/// Reads a template's text: JSON if it starts like a JSON object, YAML otherwise.
///
/// "Like a JSON object" is `{` followed by `"` or `}`; YAML in flow style (`{Resources: …}`) is read as YAML.
/// A byte order mark at the start is skipped.
///
/// # Errors
/// The first place where the text breaks a rule of its format or one of the limits of this module.
pub fn parse(text: &str) -> Result<Node, Box<Finding>> {
    match looks_like(text) {
        Format::Json => parse_json(text),
        Format::Yaml => parse_yaml(text),
    }
}

/// Reads a template's text as [`parse`] does, but for keys that stand twice in one map: the last one counts, as
/// CloudFormation has it, and all of them are told.
///
/// For what exists already. What we write ourselves has no such keys.
///
/// # Errors
/// Those of [`parse`], but for [`Code::DuplicateKey`].
pub fn parse_with_repeats(text: &str) -> Result<Document, Box<Finding>> {
    match looks_like(text) {
        Format::Json => json::document(text, Repeats::Noted),
        Format::Yaml => yaml::document(text, Repeats::Noted),
    }
}

/// Reads a template's bytes: UTF-8, with or without a byte order mark.
///
/// # Errors
/// As [`parse`]; and bytes that are not UTF-8, with the place of the first wrong one.
pub fn parse_bytes(bytes: &[u8]) -> Result<Node, Box<Finding>> {
    if let [0xFF, 0xFE, ..] | [0xFE, 0xFF, ..] = bytes {
        return Err(unreadable(
            Code::InvalidEncoding,
            Span {
                start: 0,
                end: 2,
                line: 1,
                column: 1,
            },
            "the text is UTF-16",
            "templates are UTF-8",
            "save the file as UTF-8",
        ));
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => parse(text),
        Err(error) => {
            let start = error.valid_up_to();
            let end = start
                + error
                    .error_len()
                    .unwrap_or(bytes.len().saturating_sub(start));
            let byte = bytes.get(start).copied().unwrap_or_default();
            Err(unreadable(
                Code::InvalidEncoding,
                span_of_bytes(bytes, start, end),
                format!("byte 0x{byte:02X} is not UTF-8"),
                "templates are UTF-8",
                "save the file as UTF-8",
            ))
        }
    }
}

fn looks_like(text: &str) -> Format {
    let text = text.strip_prefix('\u{FEFF}').unwrap_or(text);
    let blank = [' ', '\t', '\r', '\n'];
    match text.trim_start_matches(blank).strip_prefix('{') {
        Some(rest) => match rest.trim_start_matches(blank).bytes().next() {
            Some(b'"' | b'}') | None => Format::Json,
            Some(_) => Format::Yaml,
        },
        None => Format::Yaml,
    }
}

/// The place of a byte range whose text before `start` is valid UTF-8.
fn span_of_bytes(bytes: &[u8], start: usize, end: usize) -> Span {
    let before = String::from_utf8_lossy(&bytes[..start]);
    let line_start = before.rfind('\n').map_or(0, |at| at + 1);
    Span {
        start,
        end,
        line: before.matches('\n').count() + 1,
        column: before[line_start..].chars().count() + 1,
    }
}

fn refuse_too_large(text: &str) -> Result<(), Box<Finding>> {
    if text.len() <= MAX_BYTES {
        return Ok(());
    }
    Err(unreadable(
        Code::TemplateTooLarge,
        Span {
            start: 0,
            end: text.len(),
            line: 1,
            column: 1,
        },
        format!("the text has {} bytes", text.len()),
        format!("at most {MAX_BYTES} bytes are read, and CloudFormation takes 1 MB"),
        "split the template into several stacks",
    ))
}

fn too_deep(span: Span) -> Box<Finding> {
    unreadable(
        Code::NestedTooDeep,
        span,
        "lists and maps stand too deep inside each other",
        format!("at most {MAX_DEPTH} levels are read"),
        "take levels out, or move the inner document into a file of its own",
    )
}

fn too_many_nodes(span: Span) -> Box<Finding> {
    unreadable(
        Code::TooManyNodes,
        span,
        "the text has too many parts, those of its aliases included",
        format!("at most {MAX_NODES} parts are read, and aliases may add {MAX_BYTES} bytes"),
        "write out fewer aliases, or split the template",
    )
}

fn duplicate_key(key: &str, second: Span, first: Span) -> Box<Finding> {
    let mut finding = unreadable(
        Code::DuplicateKey,
        second,
        format!("key `{}` stands twice in one map", shortened(key)),
        format!(
            "it was first written at line {}, column {}",
            first.line, first.column
        ),
        "remove one of the two, or rename it",
    );
    finding.places.push(Place::given(first, "it is here first"));
    finding
}
