//! What may be written at the cursor of a template.
//!
//! What lives here: which question the cursor asks. What does not: the answers about functions (`function`), and about
//! properties and the other parts of a template (`part`).

mod function;
mod part;

pub(crate) use function::about;

use std::ops::Range;

use crate::names::{Names, may_be_template};
use crate::sketch::{Role, Sketch, Spot, Style, read, unquoted};

/// What a proposal is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A section of the template.
    Section,
    /// An attribute of a resource, a parameter, an output.
    Attribute,
    /// A resource type.
    ResourceType,
    /// A property.
    Property,
    /// A value of a list of choices.
    Value,
    /// A function.
    Function,
    /// A reference to a resource, a parameter, or an attribute.
    Reference,
    /// The name of a condition, or a key of a mapping.
    Name,
}

/// Something that may be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Completion {
    /// What is shown.
    pub label: String,
    /// What it is.
    pub kind: Kind,
    /// A few words beside it.
    pub detail: String,
    /// What it replaces.
    pub replace: Range<usize>,
    /// What is written there.
    pub insert: String,
    /// What the text that it replaces is compared with.
    pub filter: String,
    /// The least comes first.
    pub rank: u8,
    /// Whether it should not be used any more.
    pub is_deprecated: bool,
}

/// What may be written at the cursor. Names that cannot be made out any more are taken from an earlier reading.
pub fn complete(text: &str, cursor: usize, earlier: Option<&Sketch>) -> Vec<Completion> {
    let (sketch, spot) = read(text, Some(cursor));
    let Some(spot) = spot.filter(|spot| may_be_template(&sketch, &spot.token)) else {
        return Vec::new();
    };
    let asked = Asked {
        question: Question::new(text, cursor, &spot),
        names: Names::new(&sketch, earlier),
    };
    let mut found = match function::argument(&asked) {
        Some(found) => found,
        None => part::part(&asked),
    };
    found.sort_by(|one, other| (one.rank, &one.label).cmp(&(other.rank, &other.label)));
    found
}

/// A question about a template.
struct Asked<'a> {
    question: Question<'a>,
    names: Names<'a>,
}

impl<'a> std::ops::Deref for Asked<'a> {
    type Target = Question<'a>;

    fn deref(&self) -> &Question<'a> {
        &self.question
    }
}

/// What can be written where the cursor is, whatever the text is about.
pub(crate) struct Question<'a> {
    text: &'a str,
    cursor: usize,
    spot: &'a Spot,
}

impl<'a> Question<'a> {
    pub(crate) fn new(text: &'a str, cursor: usize, spot: &'a Spot) -> Question<'a> {
        Question { text, cursor, spot }
    }

    fn token(&self) -> &str {
        self.text.get(self.spot.token.clone()).unwrap_or_default()
    }

    /// What stands before the cursor in its token, without the quote.
    fn typed(&self) -> &str {
        let start = self.spot.token.start;
        let before = self.text.get(start..self.cursor.max(start));
        before.unwrap_or_default().trim_start_matches(['"', '\''])
    }

    fn is_json(&self) -> bool {
        self.spot.style == Style::Json
    }

    /// The quote that the token starts with.
    fn quote(&self) -> &str {
        let token = self.token();
        match token.as_bytes().first() {
            Some(b'"') => "\"",
            Some(b'\'') => "'",
            _ => "",
        }
    }

    /// A proposal that takes the place of the token.
    fn proposal(&self, kind: Kind, label: &str, insert: String) -> Completion {
        Completion {
            label: label.to_owned(),
            kind,
            detail: String::new(),
            replace: self.spot.token.clone(),
            filter: format!("{}{label}", self.quote()),
            insert,
            rank: 1,
            is_deprecated: false,
        }
    }

    /// A key; what has parts of its own goes on in the next line.
    pub(crate) fn key(&self, kind: Kind, name: &str, has_parts: bool) -> Completion {
        let insert = match (self.spot.style, self.spot.has_colon) {
            (Style::Json, true) => format!("\"{name}\""),
            (Style::Json, false) => format!("\"{name}\": "),
            (Style::Block | Style::Flow, true) => name.to_owned(),
            (Style::Block, false) if has_parts => format!("{name}:"),
            (Style::Block | Style::Flow, false) => format!("{name}: "),
        };
        self.proposal(kind, name, insert)
    }

    /// Text as a value.
    pub(crate) fn value(&self, kind: Kind, value: &str) -> Completion {
        let insert = match self.is_json() {
            true => format!("\"{value}\""),
            false => self.spaced(&match (self.quote(), is_plain(value)) {
                ("'", _) => format!("'{value}'"),
                ("", true) => value.to_owned(),
                _ => format!("\"{value}\""),
            }),
        };
        self.proposal(kind, value, insert)
    }

    /// Something as it stands, behind the blank that a colon wants.
    fn spaced(&self, value: &str) -> String {
        let start = self.spot.token.start;
        let before = self.text.get(..start).unwrap_or_default();
        let is_right_behind = self.spot.role == Role::Value && before.ends_with(':');
        match is_right_behind && !self.is_json() {
            true => format!(" {value}"),
            false => value.to_owned(),
        }
    }

    /// The keys that the map beside the cursor does not have yet.
    pub(crate) fn is_new(&self, key: &str) -> bool {
        !self.spot.siblings.iter().any(|known| known == key)
    }

    pub(crate) fn may_be_key(&self) -> bool {
        matches!(self.spot.role, Role::Key | Role::Either)
    }

    pub(crate) fn may_be_value(&self) -> bool {
        matches!(self.spot.role, Role::Value | Role::Either) && self.spot.siblings.is_empty()
    }

    /// The token's text, without its quotes.
    fn inner(&self) -> &str {
        unquoted(self.token())
    }
}

/// Whether YAML takes a text for itself without quotes.
fn is_plain(text: &str) -> bool {
    let is_word = |word: &str| text.eq_ignore_ascii_case(word);
    let is_other = ["yes", "no", "on", "off", "y", "n", "null", "~", ""];
    let starts = text.bytes().next();
    let is_number = text.parse::<f64>().is_ok();
    let is_boolean = matches!(text, "true" | "false");
    let is_special = starts.is_some_and(|it| b"!&*-?:[]{}|>@`\"'%#,=".contains(&it));
    let is_inner = text.contains(": ") || text.contains(" #") || text.ends_with(':');
    is_boolean || is_number || !(is_other.into_iter().any(is_word) || is_special || is_inner)
}

#[cfg(test)]
mod tests;
