//! What is wrong with an environment, as data.

use stratiform_template::Span;

use crate::names::EnvironmentName;
use crate::path::Path;

/// Something wrong in a file: what, where, why, and what to do.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Problem {
    /// Which kind it is.
    pub code: Code,
    /// What is wrong, with the name of the value.
    pub what: String,
    /// The layer it is in, as shown to people.
    pub file: String,
    /// Where in the file.
    pub span: Span,
    /// The limit that was broken; empty where `what` says it all.
    pub why: String,
    /// The next edit.
    pub help: String,
    /// Other places that have to do with it.
    pub also: Vec<Also>,
}

/// Another place that a [`Problem`] has to do with.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Also {
    /// The layer, as shown to people.
    pub file: String,
    /// Where in the file.
    pub span: Span,
    /// What is there.
    pub note: String,
}

/// The kinds of [`Problem`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Code {
    /// The text is no YAML, or YAML that is refused: the parser's own code.
    Yaml(stratiform_template::Code),
    /// A key that nothing reads.
    UnknownKey,
    /// A value that must be there.
    MissingKey,
    /// Text where a number is needed, a list where a map is.
    WrongType,
    /// None of the values that are allowed.
    NotAllowed,
    /// Too small or too large.
    OutOfRange,
    /// Too short or too long, too few or too many.
    WrongLength,
    /// Text that is not what it should be: no region, no CIDR block.
    Malformed,
    /// The same item twice.
    Repeated,
    /// Values that are each fine and do not fit together.
    Conflict,
    /// The environment's type uses something that the check does not know.
    Unsupported,
}

impl Code {
    /// Every code, but for the parser's.
    pub const ALL: [Code; 10] = [
        Code::UnknownKey,
        Code::MissingKey,
        Code::WrongType,
        Code::NotAllowed,
        Code::OutOfRange,
        Code::WrongLength,
        Code::Malformed,
        Code::Repeated,
        Code::Conflict,
        Code::Unsupported,
    ];

    /// The code as people read it.
    pub fn as_str(self) -> &'static str {
        match self {
            Code::Yaml(code) => code.as_str(),
            Code::UnknownKey => "unknown-key",
            Code::MissingKey => "missing-key",
            Code::WrongType => "wrong-type",
            Code::NotAllowed => "not-allowed",
            Code::OutOfRange => "out-of-range",
            Code::WrongLength => "wrong-length",
            Code::Malformed => "malformed",
            Code::Repeated => "repeated",
            Code::Conflict => "conflict",
            Code::Unsupported => "unsupported-type",
        }
    }
}

impl std::fmt::Display for Code {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(self.as_str())
    }
}

/// Values of an environment that are each fine and do not fit together; found by an app's own check.
#[derive(Clone, Debug, PartialEq)]
pub struct Violation {
    /// The value to change.
    pub path: Path,
    /// What is wrong.
    pub what: String,
    /// The limit that was broken.
    pub why: String,
    /// The next edit.
    pub help: String,
    /// The other values.
    pub also: Vec<Related>,
}

/// Another value that a [`Violation`] has to do with.
#[derive(Clone, Debug, PartialEq)]
pub struct Related {
    /// The environment it is in; `None` is the same one.
    pub environment: Option<EnvironmentName>,
    /// The value.
    pub path: Path,
    /// What is there.
    pub note: String,
}

impl Violation {
    /// A violation with its three sentences, without full stops.
    pub fn new(
        path: impl Into<Path>,
        what: impl Into<String>,
        why: impl Into<String>,
        help: impl Into<String>,
    ) -> Self {
        Violation {
            path: path.into(),
            what: what.into(),
            why: why.into(),
            help: help.into(),
            also: Vec::new(),
        }
    }

    /// Adds another value of the same environment.
    #[must_use]
    pub fn and(mut self, path: impl Into<Path>, note: impl Into<String>) -> Self {
        self.also.push(Related {
            environment: None,
            path: path.into(),
            note: note.into(),
        });
        self
    }

    /// Adds a value of another environment.
    #[must_use]
    pub fn and_in(
        mut self,
        environment: &EnvironmentName,
        path: impl Into<Path>,
        note: impl Into<String>,
    ) -> Self {
        self.also.push(Related {
            environment: Some(environment.clone()),
            path: path.into(),
            note: note.into(),
        });
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_unique_and_kebab_case() {
        let parser = stratiform_template::Code::ALL
            .iter()
            .copied()
            .map(Code::Yaml);
        let all: Vec<Code> = Code::ALL.into_iter().chain(parser).collect();
        let mut codes: Vec<&str> = all.iter().map(|code| code.as_str()).collect();
        codes.sort_unstable();
        codes.dedup();
        assert_eq!(codes.len(), all.len());
        for code in codes {
            assert!(crate::text::check_kebab(code, 40).is_ok(), "{code}");
        }
    }
}
