//! An operation on a stack: from the call that begins it to the status in which it ends.
//!
//! What lives here: what an operation is, and the way from one stage to the next. The stages:
//!
//! ```text
//! Forward ──▶ Monitoring ──▶ Cleanup ──▶ (CREATE|UPDATE|IMPORT)_COMPLETE
//!    │             │
//!    ├─────────────┴──▶ Back ──▶ BackCleanup ──▶ (UPDATE_)ROLLBACK_COMPLETE
//!    │                   └─ a resource cannot go back ─▶ UPDATE_ROLLBACK_FAILED
//!    └─ rollback is off ─▶ (CREATE|UPDATE)_FAILED
//! Deleting ──▶ DELETE_COMPLETE | DELETE_FAILED | ROLLBACK_COMPLETE | ROLLBACK_FAILED
//! ```
//!
//! What does not: calls and their refusals (`call/`), and what resource types do (`provider/`).

mod around;
mod back;
mod begin;
mod delete;
mod end;
mod forward;
mod holding;
pub(crate) mod nested;
mod outcome;
mod outputs;
mod policy;
mod resource;
mod task;

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

pub(crate) use around::{Around, Deferred, after};
pub(crate) use begin::Options;
pub(crate) use holding::Hit;
pub(crate) use resource::differences;
pub(crate) use task::{Task, TaskState, Work};

use crate::change_set::Child;
use crate::properties::Properties;
use crate::stack::{Deployment, Mode, Record};

/// What kind of operation is it?
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum OperationKind {
    CreateStack,
    UpdateStack,
    DeleteStack,
    Rollback,
    ContinueRollback,
    CreateChangeSet,
}

impl OperationKind {
    /// The service's word.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            OperationKind::CreateStack => "CREATE_STACK",
            OperationKind::UpdateStack => "UPDATE_STACK",
            OperationKind::DeleteStack => "DELETE_STACK",
            OperationKind::Rollback => "ROLLBACK",
            OperationKind::ContinueRollback => "CONTINUE_ROLLBACK",
            OperationKind::CreateChangeSet => "CREATE_CHANGESET",
        }
    }
}

/// How far is an operation?
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Stage {
    /// Resources are made and changed.
    Forward,
    /// All is done, and alarms are watched.
    Monitoring,
    /// All is done, and the stack around this one decides what comes next.
    Held,
    /// What nobody needs any more is deleted.
    Cleanup,
    /// Resources become what they were.
    Back,
    /// What was made in vain is deleted.
    BackCleanup,
    /// All resources are deleted.
    Deleting,
    /// Nothing goes on: it failed, and waits for a call.
    Halted,
}

/// What is an operation there for?
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Purpose {
    Create,
    Update,
    Import,
    Delete,
}

/// What happens where something fails?
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum OnFailure {
    Rollback,
    DoNothing,
    Delete,
}

/// An operation that is going on, or that failed and can be taken up again.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Operation {
    pub(crate) purpose: Purpose,
    pub(crate) stage: Stage,
    /// Which of the stack's rounds of work this is: what was put on the agenda for another one is void.
    pub(crate) round: usize,
    pub(crate) token: Option<String>,
    pub(crate) change_set: Option<String>,
    pub(crate) target: Deployment,
    pub(crate) previous: Deployment,
    pub(crate) on_failure: OnFailure,
    pub(crate) retain_except_on_create: bool,
    pub(crate) mode: Mode,
    /// The stack policy for this update alone.
    pub(crate) policy_during: Option<String>,
    /// Resources that exist and are adopted, by logical ID.
    pub(crate) adopted: IndexMap<String, Adopted>,
    pub(crate) validation: Validation,
    pub(crate) reality: Reality,
    /// Each resource that somebody else had changed, as it was; none where it was gone.
    pub(crate) actual: IndexMap<String, Option<Properties>>,
    /// The stacks that were made for the change sets of this one, by logical ID.
    pub(crate) reviewed: IndexMap<String, Child>,
    pub(crate) tasks: Vec<Task>,
    /// How many tasks are running.
    pub(crate) running: usize,
    /// Each resource as it was before this operation touched it; none where there was none.
    pub(crate) before: IndexMap<String, Option<Record>>,
    /// What is deleted in the end.
    pub(crate) leftovers: Vec<Leftover>,
    pub(crate) failures: Vec<Failure>,
    /// Why it fails, where no resource is to blame.
    pub(crate) cause: Option<String>,
    /// Logical IDs: of what stays when the stack is deleted; of what is not rolled back.
    pub(crate) spared: Vec<String>,
    pub(crate) forced: bool,
    /// The status before a deletion that may be called off.
    pub(crate) status_before: Option<stratiform_service::StackStatus>,
    pub(crate) not_cleaned: bool,
}

/// When are properties held against the schemas of their types?
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Validation {
    /// Before the first resource is tried.
    Before,
    /// Of each resource, when its turn comes.
    OnTheWay,
}

/// With what is a resource compared that is to be updated?
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Reality {
    /// With how the stack made it.
    Ignored,
    /// With how it really is.
    Reverted,
}

/// A resource that exists and is adopted.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Adopted {
    pub(crate) resource_type: String,
    pub(crate) physical_id: String,
}

/// A resource that is deleted once all else is done.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Leftover {
    pub(crate) logical_id: String,
    pub(crate) record: Record,
    pub(crate) fate: Fate,
    pub(crate) origin: Origin,
    pub(crate) attempts: u32,
}

/// Why does nobody need a resource any more?
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Origin {
    /// The stack lists it, and will not.
    Listed,
    /// Another one took its place.
    Replaced,
    /// It was made, and what it was made for failed.
    InVain,
}

/// What becomes of a resource that nobody needs any more?
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Fate {
    Delete,
    Retain,
    Snapshot,
}

/// A resource that failed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Failure {
    pub(crate) logical_id: String,
    pub(crate) what: Failed,
}

/// What failed?
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Failed {
    Create,
    Update,
    Delete,
    Import,
}
