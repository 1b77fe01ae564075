//! CloudFormation's own words as types.
//!
//! What lives here: the [names] of things, the [statuses](status) that the service sends and what follows from them,
//! [events](event) and [change sets](change_set) as they are on the wire, why the service [refuses](refusal) a call,
//! the [reasons](reason) that it gives for a status, and the Query protocol's [XML](xml) of all that.
//!
//! What does not: how a change is found (`diff`), what happens next (`engine`), the AWS SDK and the network (`deploy`).
//! Nothing here knows anything else of ours, reads anything, or has a clock.

pub mod change;
pub mod change_set;
pub mod drift;
pub mod event;
pub mod names;
pub mod reason;
pub mod refusal;
pub mod status;
mod text;
pub mod timestamp;
mod word;
pub mod xml;

pub use change::{Change, ChangeSetView, ResourceChange};
pub use change_set::ChangeSet;
pub use event::StackEvent;
pub use names::{
    AccountId, ChangeSetId, ChangeSetName, LogicalId, Malformed, PhysicalId, Region, StackId,
    StackName, StackPrefix,
};
pub use reason::Reason;
pub use refusal::Refusal;
pub use status::{ChangeSetStatus, ExecutionStatus, ResourceStatus, StackStatus};
pub use timestamp::Timestamp;
pub use word::{UnknownWord, Vocabulary, Word};
