//! Text of users in markdown: nothing in it is layout, a mention or a reference, and nothing leaves its place.

use std::fmt::Write;

use stratiform_finding::words::{beginning, visible};

use crate::view::review::value::shortened;

/// The first line, by which CI finds the comment that it made before.
pub(super) const MARKER: &str = "<!-- stratiform diff -->";

/// The longest sentence, in characters.
const SENTENCE: usize = 300;
const LONG_SENTENCE: usize = 1_000;

/// The longest name or value.
const NAME: usize = 100;

/// A sentence as libraries write it: what is in backticks is code, the rest is text.
pub(super) fn sentence(text: &str) -> String {
    marked(&beginning(text, SENTENCE))
}

/// The same with a list of names in it.
pub(super) fn long_sentence(text: &str) -> String {
    marked(&beginning(text, LONG_SENTENCE))
}

fn marked(text: &str) -> String {
    let text = visible(text);
    let parts: Vec<&str> = text.split('`').collect();
    let last = parts.len() - 1;
    let parts = parts
        .into_iter()
        .enumerate()
        .map(|(index, part)| match (index % 2, index) {
            (0, _) => plain(part),
            (_, index) if index == last || part.is_empty() => plain(&format!("`{part}")),
            _ => code(part),
        });
    parts.collect()
}

/// Text between other markdown, in a line that it does not begin.
fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            // GitHub looks for these after entities are read: only something in between helps.
            '@' | '#' => {
                plain.push(character);
                plain.push_str("&#8203;");
            }
            '<' | '>' | '&' | '|' | '*' | '_' | '[' | ']' | '\\' | '~' | '$' | '`' => {
                entity(&mut plain, character);
            }
            character => plain.push(character),
        }
    }
    plain
}

/// A name or value between backticks; not for tables.
pub(super) fn code(text: &str) -> String {
    let text = visible(&shortened(text, NAME, 0)).replace(MARKER, BROKEN_MARKER);
    let fence = fence(&text, 1);
    // Nothing between backticks would be another fence, and a backtick at the end would be part of one.
    let space = match text.is_empty() || text.starts_with('`') || text.ends_with('`') {
        true => " ",
        false => "",
    };
    format!("{fence}{space}{text}{space}{fence}")
}

/// A name for where markdown is not read or has other rules: tables and summaries.
pub(super) fn html(text: &str) -> String {
    let mut html = String::from("<code>");
    for character in visible(&shortened(text, NAME, 0)).chars() {
        match character {
            '-' | ' ' => html.push(character),
            character if character.is_ascii_punctuation() => entity(&mut html, character),
            character => html.push(character),
        }
    }
    html + "</code>"
}

/// Lines for between fences.
pub(super) fn fenced(text: &str) -> String {
    text.replace(MARKER, BROKEN_MARKER)
}

/// Backticks that no backticks in a text can end.
pub(super) fn fence(text: &str, least: usize) -> String {
    let runs = text.split(|character| character != '`').map(str::len);
    let longest = runs.max().unwrap_or_default();
    "`".repeat(least.max(longest + 1))
}

/// What stands where somebody wrote the marker.
const BROKEN_MARKER: &str = "<! -- stratiform diff -->";

fn entity(text: &mut String, character: char) {
    // Writing to a string does not fail.
    let _ = write!(text, "&#{};", u32::from(character));
}
