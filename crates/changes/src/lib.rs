//! What changes between two sides of a stack.
//!
//! What lives here: a template before and after, with their parameters and tags → the changes of resources, as
//! `DescribeChangeSet` answers them in both of its views, and what is expected besides. What does not: what a change
//! means for people, other stacks, and executing anything.

mod change;
mod compare;
mod comparison;
mod describe;
mod lives;
mod recreation;

pub use change::{
    ChangedAttribute, ChangedResource, Context, Decided, Edit, Policy, PolicyOrigin, predicted,
};
pub use comparison::{changes, snapshot_by_default};
pub use describe::describe;
pub use lives::{Lives, Side, Sides, Times};
pub use recreation::{PolicyDecision, Recreation, RecreationFact, Rules};
pub use stratiform_service::change::{
    Attribute, ChangeSetView, ChangeSource, Evaluation, Replacement, RequiresRecreation,
};
