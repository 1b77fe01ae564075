//! What an app's own check finds: values that do not fit together.
//!
//! An app knows paths of values, and not where they are written. Loading turns what is here into findings with
//! places.

use crate::path::Path;
use crate::values::names::EnvironmentName;

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
