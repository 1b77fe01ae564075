//! What changes between two sides of a stack.
//!
//! What lives here: a template before and after, with their parameters and tags → the changes of resources, as
//! `DescribeChangeSet` answers them in both of its views, and what is expected besides. What does not: what a change
//! means for people, other stacks, and executing anything.

mod change;
mod compare;
mod comparison;
pub mod describe;
mod lives;
mod recreation;

pub use change::{
    Action, Attribute, ChangeSource, ChangeType, Context, Detail, Evaluation, Policy, PolicyOrigin,
    Replacement, RequiresRecreation, ResourceChange, predicted,
};
pub use comparison::{changes, snapshot_by_default};
pub use lives::{Lives, Side, Sides, Times};
pub use recreation::{Fact, Recreation};
