//! What an endpoint answered while a plan was carried out: data, written by `examples/player` and judged here.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The answers to a case. JSON has the names of the service's model, times left out.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Transcript {
    pub(crate) stack_name: String,
    pub(crate) stack_id: Option<String>,
    /// The change set that first created the stack.
    pub(crate) creation: Option<Views>,
    /// What kept the case from its main call.
    pub(crate) set_up_failed: Option<String>,
    /// The change set of the case.
    pub(crate) change_set: Option<Views>,
    /// Its status, where there was one to describe.
    pub(crate) change_set_status: Option<String>,
    /// Why the main call, or something that it needs, was refused.
    pub(crate) refused: Option<Refused>,
    /// Why the change set could not be executed.
    pub(crate) execution_refused: Option<Refused>,
    /// The stack when the operation was over.
    pub(crate) stack: Option<Value>,
    pub(crate) answers: BTreeMap<String, Reply>,
    /// Oldest first.
    pub(crate) events: Vec<Value>,
    /// What the player did not expect.
    pub(crate) trouble: Option<String>,
}

/// A change set, described twice.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Views {
    pub(crate) plain: Value,
    pub(crate) values: Value,
}

/// An answer to a question.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) enum Reply {
    Answer(Value),
    Refused(Refused),
}

/// A call that was refused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Refused {
    pub(crate) operation: String,
    pub(crate) code: String,
    pub(crate) message: String,
}

impl fmt::Display for Refused {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "{}: {}: {}",
            self.operation, self.code, self.message
        )
    }
}
