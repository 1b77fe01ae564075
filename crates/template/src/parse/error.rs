//! Why a text could not be read.

pub(crate) use stratiform_finding::words::shortened;

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
