//! Statuses, and what follows from them.
//!
//! Every question is a `match` without a `_` arm, so that a status that is added here is asked all of them. What AWS
//! *sends* is a [`Word`](crate::Word) of these: it has had new statuses before the SDK had them.

mod change_set;
mod resource;
mod stack;

pub use change_set::{
    ChangeSetPhase, ChangeSetStatus, ExecutionStatus, HookFailureMode, HookStatus,
};
pub use resource::{DetailedStatus, ResourcePhase, ResourceStatus};
pub use stack::{Allowed, Direction, Ending, Operation, Phase, StackStatus};
