//! Where something is: in a text, or in Rust.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::ops::Range;
use std::panic::Location;
use std::sync::Arc;

/// A place in a text: bytes from `start` up to `end`, with the line and column where it starts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Span {
    /// Byte offset of the first byte.
    pub start: usize,
    /// Byte offset after the last byte.
    pub end: usize,
    /// Line of `start`, from 1.
    pub line: usize,
    /// Column of `start` in characters, from 1.
    pub column: usize,
}

impl Span {
    /// The bytes the span covers.
    pub fn range(self) -> Range<usize> {
        self.start..self.end
    }
}

/// A text with a name. Clones share both.
#[derive(Clone, Eq)]
pub struct Source {
    /// Its name as shown to people: `environments/prod.yaml`.
    pub name: Arc<str>,
    /// All of it.
    pub text: Arc<str>,
}

impl Source {
    /// A text with its name.
    pub fn new(name: impl Into<Arc<str>>, text: impl Into<Arc<str>>) -> Source {
        Source {
            name: name.into(),
            text: text.into(),
        }
    }
}

// The text would fill the screen of whoever looks at a finding in a failed test.
impl fmt::Debug for Source {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Source({:?})", self.name)
    }
}

// Most sources that are compared are clones of one another, and a text may be long.
impl PartialEq for Source {
    fn eq(&self, other: &Source) -> bool {
        self.name == other.name && (Arc::ptr_eq(&self.text, &other.text) || self.text == other.text)
    }
}

// Equal sources have equal names, and a file of a megabyte is not read for each of its findings.
impl Hash for Source {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.name.hash(state);
    }
}

/// What a [`Place`] is in.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum At {
    /// In the text that was given: whoever reads a text does not know what it is called.
    Given(Span),
    /// In a text with a name.
    Text(Source, Span),
    /// In a Rust file, as the compiler knows it.
    Rust(&'static Location<'static>),
}

impl At {
    /// The file's name, empty for the text that was given; line and column, from 1.
    pub fn position(&self) -> (&str, usize, usize) {
        match self {
            At::Given(span) => ("", span.line, span.column),
            At::Text(source, span) => (&source.name, span.line, span.column),
            At::Rust(location) => (
                location.file(),
                location.line() as usize,
                location.column() as usize,
            ),
        }
    }
}

impl fmt::Display for At {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.position() {
            ("", line, column) => write!(formatter, "line {line}, column {column}"),
            (file, line, column) => write!(formatter, "{file}, line {line}, column {column}"),
        }
    }
}

/// A place that has to do with a finding.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Place {
    /// Where.
    pub at: At,
    /// What is there; may be empty.
    pub label: String,
}

impl Place {
    /// A place in the text that was given.
    pub fn given(span: Span, label: impl Into<String>) -> Place {
        Place {
            at: At::Given(span),
            label: label.into(),
        }
    }

    /// A place in a text that has a name.
    pub fn text(source: &Source, span: Span, label: impl Into<String>) -> Place {
        Place {
            at: At::Text(source.clone(), span),
            label: label.into(),
        }
    }

    /// A place in a Rust file.
    pub fn rust(location: &'static Location<'static>, label: impl Into<String>) -> Place {
        Place {
            at: At::Rust(location),
            label: label.into(),
        }
    }

    /// The span, if the place is in a text.
    pub fn span(&self) -> Option<Span> {
        match self.at {
            At::Given(span) | At::Text(_, span) => Some(span),
            At::Rust(_) => None,
        }
    }
}
