//! What a change of a CloudFormation template will do.
//!
//! What lives here: the stacks of an environment before and after → what their changes mean: consequences, exports and
//! imports, a verdict. Answers come from the templates and the catalog alone. What does not live here: what changes
//! (`stratiform-changes`), values (`stratiform-resolve`), reading files, git or AWS, and showing anything.

mod consequence;
mod environment;
mod notes;
mod settings;
mod stack;
mod stack_policy;
mod verdict;

pub use consequence::{Certainty, Consequence, Kind, Severity};
pub use environment::{Pair, diff_environment, imported_elsewhere};
pub use notes::macros;
pub use stack::{
    Counts, Note, OutputChange, OutputValue, ParameterChange, StackChange, StackDiff, diff,
};
pub use verdict::verdict;
