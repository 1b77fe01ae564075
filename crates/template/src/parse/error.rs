//! Why a text could not be read.

use crate::code::Code;
use crate::node::Span;

/// The two ways to write a template.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Format {
    /// JSON.
    Json,
    /// YAML.
    Yaml,
}

/// A text that could not be read: what, where, why, and what to do.
///
/// `Display` is *what* and *where* on one line.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{what} (line {}, column {})", span.line, span.column)]
pub struct ParseError {
    /// What kind of error.
    pub code: Code,
    /// Where.
    pub span: Span,
    /// What is wrong, in a few words.
    pub what: String,
    /// The rule or limit that was broken.
    pub why: String,
    /// What to do about it.
    pub help: String,
    /// A second place that has to do with it: the first of two equal keys.
    pub related: Option<Box<Span>>,
    /// What the text was read as.
    pub format: Format,
}

impl ParseError {
    pub(crate) fn new(
        code: Code,
        span: Span,
        what: impl Into<String>,
        why: impl Into<String>,
        help: impl Into<String>,
    ) -> ParseError {
        ParseError {
            code,
            span,
            what: what.into(),
            why: why.into(),
            help: help.into(),
            related: None,
            format: Format::Yaml,
        }
    }

    pub(crate) fn with_related(mut self, span: Span) -> ParseError {
        self.related = Some(Box::new(span));
        self
    }

    pub(crate) fn in_json(mut self) -> ParseError {
        self.format = Format::Json;
        self
    }

    /// What CloudFormation answers to such a text (`ValidationError`).
    ///
    /// The JSON column is the one after the offending character, as in the recorded reply
    /// (`(line 1, column 25)` for `{"this is invalid JSON"="bobbins"}`).
    pub fn recorded(&self) -> String {
        match self.format {
            Format::Yaml => "Template format error: YAML not well-formed.".to_owned(),
            Format::Json => format!(
                "Template format error: JSON not well-formed. (line {}, column {})",
                self.span.line,
                self.span.column + 1
            ),
        }
    }
}

/// A text of the user's, short enough for one line of a message.
pub(crate) fn shortened(text: &str) -> String {
    const LONGEST: usize = 64;
    let mut short: String = text
        .chars()
        .take(LONGEST)
        .flat_map(|character| {
            let escaped = character.is_control() || is_invisible(character);
            let plain = (!escaped).then_some(character);
            let escape = escaped.then(|| character.escape_default());
            plain.into_iter().chain(escape.into_iter().flatten())
        })
        .collect();
    if text.chars().nth(LONGEST).is_some() {
        short.push('…');
    }
    short
}

/// Characters that leave no mark, or that change the order of others: never shown as they are.
pub(crate) fn is_invisible(character: char) -> bool {
    matches!(character,
        '\u{A0}' | '\u{AD}' | '\u{61C}' | '\u{180E}' | '\u{2000}'..='\u{200F}' | '\u{2028}'..='\u{202F}'
        | '\u{205F}'..='\u{206F}' | '\u{3000}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}'
        | '\u{FFF0}'..='\u{FFFB}' | '\u{E0000}'..='\u{E0FFF}')
}
