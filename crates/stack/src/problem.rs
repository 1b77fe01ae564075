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
    /// A name of a mapping, an output or the metadata is used twice in one stack.
    DuplicateName,
    /// Two outputs, or two exports, would have the same name.
    ExportCollision,
    /// Another stack uses a resource that exists only where a condition holds.
    ConditionalExport,
    /// A condition is used in a stack that does not have it.
    ConditionAcrossStacks,
    /// Another stack uses a hidden parameter, which an output would show.
    SecretAcrossStacks,
    /// A handle or a stack belongs to another app.
    ForeignHandle,
    /// A stack policy is more than a plain document, or set twice.
    StackPolicy,
    /// A stack policy names a resource that its stack does not have.
    StackPolicyResource,
    /// A stack protects a resource of another stack.
    ProtectAcrossStacks,
    /// The properties of an untyped resource are no map.
    UntypedProperties,
}

impl Code {
    /// Every code.
    pub const ALL: [Code; 16] = [
        Code::DuplicateStack,
        Code::StackName,
        Code::DuplicateLogicalId,
        Code::LogicalId,
        Code::CyclicStacks,
        Code::DependsOnAcrossStacks,
        Code::DuplicateName,
        Code::ExportCollision,
        Code::ConditionalExport,
        Code::ConditionAcrossStacks,
        Code::SecretAcrossStacks,
        Code::ForeignHandle,
        Code::StackPolicy,
        Code::StackPolicyResource,
        Code::ProtectAcrossStacks,
        Code::UntypedProperties,
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
            Code::DuplicateName => "duplicate-name",
            Code::ExportCollision => "export-collision",
            Code::ConditionalExport => "conditional-export",
            Code::ConditionAcrossStacks => "condition-across-stacks",
            Code::SecretAcrossStacks => "secret-across-stacks",
            Code::ForeignHandle => "foreign-handle",
            Code::StackPolicy => "stack-policy",
            Code::StackPolicyResource => "stack-policy-resource",
            Code::ProtectAcrossStacks => "protect-across-stacks",
            Code::UntypedProperties => "untyped-properties",
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
