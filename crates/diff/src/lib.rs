//! What a change of a CloudFormation template will do.
//!
//! What lives here: the stacks of an environment before and after → what their changes mean: consequences, exports and
//! imports, a verdict. Answers come from the templates and the catalog alone. What does not live here: what changes
//! (`stratiform-changes`), values (`stratiform-resolve`), reading files, git or AWS, and showing anything.

mod arrival;
mod cases;
mod consequence;
mod disposable;
pub mod drift;
mod exports;
mod fate;
mod handed_over;
mod importers_unknown;
mod nested;
mod not_known;
mod note;
mod order;
mod other_values;
pub mod passes;
mod references;
mod renames;
mod settings;
mod stack;
mod stack_policy;
mod unvalued;
mod verdict;

pub use consequence::replacement::is_start;
pub use consequence::{Certainty, Consequence, Kind, Severity};
pub use exports::{Pair, diff_environment, imported_elsewhere};
pub use fate::Fate;
pub use importers_unknown::importers_unknown;
pub use not_known::macros;
pub use note::Note;
pub use renames::Rename;
pub use stack::{Counts, OutputChange, OutputValue, ParameterChange, StackChange, StackDiff, diff};
pub use verdict::verdict;
