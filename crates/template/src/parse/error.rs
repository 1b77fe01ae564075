//! Why a text could not be read.

use stratiform_finding::{Code, Finding, Place, Span};

/// The two ways to write a template.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Format {
    /// JSON.
    Json,
    /// YAML.
    Yaml,
}

/// A text that could not be read as YAML: what, where, why, and what to do.
pub(crate) fn unreadable(
    code: Code,
    span: Span,
    what: impl Into<String>,
    why: impl Into<String>,
    help: impl Into<String>,
) -> Box<Finding> {
    let finding = Finding::new(code, what, help)
        .because(why)
        .at(Place::given(span, ""))
        .recorded("Template format error: YAML not well-formed.");
    Box::new(finding)
}

/// The same of a text that was read as JSON.
///
/// The column is the one after the offending character, as in the recorded reply (`(line 1, column 25)` for
/// `{"this is invalid JSON"="bobbins"}`).
pub(crate) fn in_json(mut finding: Box<Finding>) -> Box<Finding> {
    let Span { line, column, .. } = finding.span().unwrap_or_default();
    finding.recorded = Some(format!(
        "Template format error: JSON not well-formed. (line {line}, column {})",
        column + 1
    ));
    finding
}
