//! What can be wrong with an app's stacks, as data; the command line draws it.

use std::fmt;
use std::panic::Location;

/// A mistake in the definition of stacks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// What kind of mistake it is.
    pub code: Code,
    /// What is wrong, in one sentence.
    pub what: String,
    /// The places in the definition that cause it, the most telling first, each with its part in it.
    pub places: Vec<(&'static Location<'static>, String)>,
    /// What to do about it.
    pub help: String,
}

/// The kinds of [`Problem`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Code {
    /// Two stacks of one environment have the same name.
    DuplicateStack,
    /// A stack's name is not one CloudFormation accepts.
    StackName,
    /// A logical ID is used twice in one stack.
    DuplicateLogicalId,
    /// A logical ID is not alphanumeric, or longer than 255 characters.
    LogicalId,
    /// Stacks need each other in a circle.
    CyclicStacks,
    /// `DependsOn` names a resource of another stack.
    DependsOnAcrossStacks,
    /// The output that a reference across stacks needs has a name that is taken.
    ExportCollision,
}

impl Code {
    /// Every code.
    pub const ALL: [Code; 7] = [
        Code::DuplicateStack,
        Code::StackName,
        Code::DuplicateLogicalId,
        Code::LogicalId,
        Code::CyclicStacks,
        Code::DependsOnAcrossStacks,
        Code::ExportCollision,
    ];

    /// The code as people see it.
    pub fn as_str(self) -> &'static str {
        match self {
            Code::DuplicateStack => "duplicate-stack",
            Code::StackName => "stack-name",
            Code::DuplicateLogicalId => "duplicate-logical-id",
            Code::LogicalId => "logical-id",
            Code::CyclicStacks => "cyclic-stacks",
            Code::DependsOnAcrossStacks => "depends-on-across-stacks",
            Code::ExportCollision => "export-collision",
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(formatter, "error[{}]: {}", self.code.as_str(), self.what)?;
        for (place, part) in &self.places {
            writeln!(
                formatter,
                "  --> {}:{}:{}: {part}",
                place.file(),
                place.line(),
                place.column()
            )?;
        }
        write!(formatter, "  = help: {}", self.help)
    }
}

impl std::error::Error for Problem {}
