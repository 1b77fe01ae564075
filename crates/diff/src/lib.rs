//! What a change of a CloudFormation template will do.
//!
//! What lives here: two templates with their parameters → changes in the terms of `DescribeChangeSet`, and their
//! consequences. Answers come from the templates and the catalog alone. What does not live here: reading files, git
//! or AWS, and showing anything.

pub mod aws;
mod change;
mod changes;
mod compare;
mod consequence;
mod documented;
mod environment;
mod expand;
mod input;
mod notes;
mod order;
mod recreation;
mod resolve;
mod resolved;
mod sensitive;
mod stack;
mod verdict;

pub use change::{
    Action, Attribute, ChangeSource, ChangeType, Context, Detail, Evaluation, Policy, PolicyOrigin,
    Replacement, RequiresRecreation, ResourceChange, predicted,
};
pub use consequence::{Certainty, Consequence, Kind, Severity};
pub use environment::{Pair, diff_environment, imported_elsewhere};
pub use input::{Place, Side};
pub use notes::macros;
pub use recreation::{Fact, Recreation};
pub use resolved::{
    Compare, HIDDEN, KNOWN_AFTER_APPLY, Resolved, Secret, Segment, Style, Text, Time, Use,
};
pub use sensitive::hidden;
pub use stack::{
    Counts, Note, OutputChange, OutputValue, ParameterChange, StackChange, StackDiff, diff,
};
pub use verdict::verdict;
