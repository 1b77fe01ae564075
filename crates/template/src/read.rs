//! [`Node`] → [`Value`] and [`Template`](crate::Template).
//!
//! What lives here: what is an intrinsic function and what is a map, and the form of the sections. What can be
//! held in the model is read, also where CloudFormation would refuse it: that is [`crate::check`]'s business.
//! What cannot be held is a [`Finding`].

mod sections;
mod template;
pub(crate) mod value;

use std::fmt;

use stratiform_finding::{Code, Finding, Span};

use crate::node::Node;

/// What kind of content is read: decides what a function is and what is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Content {
    /// Properties, outputs, policies.
    Property,
    /// Conditions and rules: `Condition` is a function here.
    Condition,
    /// Metadata, macro parameters: functions are recognized, nothing is refused.
    Free,
}

/// One step of a path through a template.
#[derive(Clone, Copy, Debug)]
pub enum Step<'node> {
    /// A key of a map, or a function's name.
    Key(&'node str),
    /// A position in a list.
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
    /// What is read, where no key says it.
    whole: &'static str,
    findings: Vec<Finding>,
    /// A macro of the user's may give meaning to anything.
    macros: bool,
}

impl<'node> Reader<'node> {
    pub(crate) fn new() -> Self {
        Reader {
            path: Vec::new(),
            whole: "the template",
            findings: Vec::new(),
            macros: false,
        }
    }

    pub(crate) fn finish<T>(self, value: T) -> Result<T, Vec<Finding>> {
        if self.findings.is_empty() {
            Ok(value)
        } else {
            Err(self.findings)
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
        self.findings.push(Finding {
            path,
            recorded,
            ..Finding::new(code, message, help).at(stratiform_finding::Place::given(span, ""))
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
            .unwrap_or(self.whole)
    }
}
