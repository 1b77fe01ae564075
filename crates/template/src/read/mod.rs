//! [`Node`] → [`Value`] and [`Template`](crate::Template).
//!
//! What lives here: what is an intrinsic function and what is a map, and the form of the sections. What can be
//! held in the model is read, also where CloudFormation would refuse it: that is [`crate::check`]'s business.
//! What cannot be held is a [`Problem`].

mod sections;
mod template;
pub(crate) mod value;

use std::fmt;

use crate::code::Code;
use crate::node::{Node, Span};
use crate::problem::Problem;

/// What kind of content is read: decides what a function is and what is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// Properties, outputs, policies.
    Property,
    /// Conditions and rules: `Condition` is a function here.
    Condition,
    /// Metadata, macro parameters: functions are recognized, nothing is refused.
    Free,
}

/// One step of a path.
#[derive(Clone, Copy)]
pub(crate) enum Step<'node> {
    Key(&'node str),
    Index(usize),
}

impl fmt::Display for Step<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Step::Key(key) => formatter.write_str(key),
            Step::Index(index) => index.fmt(formatter),
        }
    }
}

/// Reads nodes and keeps what is wrong with them.
pub(crate) struct Reader<'node> {
    path: Vec<Step<'node>>,
    problems: Vec<Problem>,
    /// A macro of the user's may give meaning to anything.
    macros: bool,
}

impl<'node> Reader<'node> {
    pub(crate) fn new() -> Self {
        Reader {
            path: Vec::new(),
            problems: Vec::new(),
            macros: false,
        }
    }

    pub(crate) fn finish<T>(self, value: T) -> Result<T, Vec<Problem>> {
        if self.problems.is_empty() {
            Ok(value)
        } else {
            Err(self.problems)
        }
    }

    /// Reads something one step further down.
    fn below<T>(&mut self, step: Step<'node>, read: impl FnOnce(&mut Self) -> T) -> T {
        self.path.push(step);
        let value = read(self);
        self.path.pop();
        value
    }

    /// The path as CloudFormation writes it: `/Resources/A/Properties`.
    fn slashed(&self) -> String {
        self.path.iter().map(|step| format!("/{step}")).collect()
    }

    fn problem(
        &mut self,
        code: Code,
        span: Span,
        message: impl Into<String>,
        recorded: Option<String>,
        help: impl Into<String>,
    ) {
        let path = self.path.iter().map(Step::to_string).collect();
        self.problems.push(Problem {
            code,
            path,
            span,
            message: message.into(),
            recorded,
            help: help.into(),
        });
    }

    /// `null` where the model has no place for it.
    fn null(&mut self, node: &Node) {
        let recorded = format!(
            "[{}] 'null' values are not allowed in templates",
            self.slashed()
        );
        self.problem(
            Code::NullValue,
            node.span,
            format!("`{}` has no value", self.name()),
            Some(recorded),
            "give it a value or remove it",
        );
    }

    /// The last key of the path.
    fn name(&self) -> &'node str {
        self.path
            .iter()
            .rev()
            .find_map(|step| match step {
                Step::Key(key) => Some(*key),
                Step::Index(_) => None,
            })
            .unwrap_or("the template")
    }
}
