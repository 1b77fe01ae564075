//! What a destruction tells while it goes on, what it asks, and how it ended.

use serde::Serialize;
use stratiform_service::{LogicalId, PhysicalId, StackEvent, StackStatus, Timestamp, Word};

use super::Inventory;
use crate::call::Failure;
use crate::gate::Blocked;
use crate::told::Stuck;

/// Something that happens. Stacks are places in the plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Told {
    /// Something about a stack.
    Stack {
        /// Which.
        stack: usize,
        /// What.
        news: News,
    },
    /// A call failed for a reason that passes, and is made again.
    Again {
        /// Which stack it was about.
        stack: usize,
        /// Why.
        failure: Failure,
        /// When.
        at: Timestamp,
    },
}

/// What happens to a stack.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum News {
    /// How it stands; none where it is not there.
    Found(Option<Word<StackStatus>>),
    /// The deletion of an earlier run is followed.
    Resumed,
    /// It is deleted, with so many resources.
    Deleting(usize),
    /// Something happened in it.
    Event(Box<StackEvent>),
    /// It is done.
    Finished(Ending),
}

/// What is known of an environment before anything of it is deleted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Survey {
    /// What each stack of the plan has; none of those that are not there, or that were not looked at.
    pub stacks: Vec<Option<Inventory>>,
}

/// What forbids to delete a stack, or something in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(
    rename_all = "kebab-case",
    rename_all_fields = "camelCase",
    tag = "protection"
)]
pub enum Protection {
    /// CloudFormation refuses to delete the stack.
    Termination,
    /// AWS refuses to delete a resource.
    Resource {
        /// The resource.
        logical_id: LogicalId,
        /// Its type.
        resource_type: String,
        /// What protects it: `deletion protection`.
        what: String,
        /// The property that does: `DeletionProtection`.
        property: String,
    },
    /// Stacks that are no part of the environment import what it exports.
    Imported {
        /// The export's name.
        export: String,
        /// The stacks' names.
        by: Vec<String>,
    },
    /// It imports from stacks that import from it: none of them can be the first to go.
    Circle,
    /// Somebody else's operation is going on.
    Busy {
        /// The stack's status.
        status: Word<StackStatus>,
        /// Whose run it is, where it is one of ours.
        run: Option<String>,
    },
}

/// How did it end with a stack?
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ending {
    /// There is no such stack.
    Absent,
    /// It is deleted; this stays of it.
    Deleted(Vec<Remains>),
    /// Nothing was done: this forbids it.
    Protected(Vec<Protection>),
    /// Nothing was done: data would have gone that nobody named.
    DataAtRisk(Vec<Blocked>),
    /// Nothing was done: somebody said no, or something forbids it in another stack.
    NotApproved,
    /// Nothing was done: these need it, and are still there.
    NotReached(Vec<usize>),
    /// Nothing was done: a call failed.
    Refused(Failure),
    /// CloudFormation stopped its deletion, and it is as it was.
    CameBack {
        /// Its status.
        status: Word<StackStatus>,
        /// Why, in CloudFormation's words.
        reason: String,
    },
    /// A person has to do something: it is not deleted, or not all of it.
    Stuck(Box<Stuck>),
}

/// What stays of a resource whose stack is deleted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Remains {
    /// The resource.
    pub logical_id: LogicalId,
    /// Its type.
    pub resource_type: String,
    /// Its physical ID.
    pub physical_id: PhysicalId,
    /// As what it stays.
    pub kept: Kept,
}

/// As what does a resource stay whose stack is deleted?
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Kept {
    /// As it is.
    Itself,
    /// As a snapshot: its identifier, where it is known.
    Snapshot(Option<String>),
}
