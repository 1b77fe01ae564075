//! What a change of a CloudFormation template will do.
//!
//! What lives here: the stacks of an environment before and after → what their changes mean: consequences, exports and
//! imports, a verdict. Answers come from the templates and the catalog alone. What does not live here: what changes
//! (`stratiform-changes`), values (`stratiform-resolve`), reading files, git or AWS, and showing anything.
//!
//! ```
//! use stratiform_assembly::StackAt;
//! use stratiform_diff::{Severity, diff};
//! use stratiform_resolve::Whereabouts;
//! use stratiform_template::Template;
//!
//! let stack = |text| StackAt::of("shop", Template::parse(text).unwrap());
//! let before = stack("Resources: {Jobs: {Type: AWS::SQS::Queue, Properties: {FifoQueue: true}}}");
//! let after = stack("Resources: {Jobs: {Type: AWS::SQS::Queue}}");
//! let place = Whereabouts {
//!     stack: "shop".to_owned(),
//!     region: "eu-west-1".parse().unwrap(),
//!     account: None,
//! };
//! let changes = diff(Some(&before), Some(&after), &place);
//! assert_eq!(changes.counts().replaced, 1);
//! // The messages go with the queue.
//! assert_eq!(changes.severity(), Severity::Danger);
//! ```

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
