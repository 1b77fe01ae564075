//! What stands in the way of reading a text as a template.

use std::fmt;

use crate::parse::ParseError;
use stratiform_finding::{Code, Span};

/// A part of a text that cannot be read as part of a template: what, where, and what to do.
///
/// `Display` is *what* and *where* on one line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// What kind of problem.
    pub code: Code,
    /// Keys and list positions from the top of the template, in the long form.
    pub path: Vec<String>,
    /// Where.
    pub span: Span,
    /// What is wrong.
    pub message: String,
    /// CloudFormation's own words (`ValidationError`), where a reply has been recorded.
    pub recorded: Option<String>,
    /// What to do about it.
    pub help: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "{} (line {}, column {})",
            self.message, self.span.line, self.span.column
        )
    }
}

/// Why a text is no template.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TemplateError {
    /// It is neither JSON nor YAML.
    #[error(transparent)]
    Unreadable(#[from] Box<ParseError>),
    /// It is, but does not have a template's form: every reason found, in the order of the text.
    #[error("{}", first_of(.0))]
    Malformed(Vec<Problem>),
}

fn first_of(problems: &[Problem]) -> String {
    match problems {
        [] => "no problem".to_owned(),
        [only] => only.to_string(),
        [first, rest @ ..] => format!("{first}, and {} more", rest.len()),
    }
}
