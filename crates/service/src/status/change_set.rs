//! The two statuses of a change set, and of hooks.
//!
//! Source: CloudFormation API reference, "DescribeChangeSet"; recorded change sets.

use crate::word::{Word, words};

words! {
    /// Is a change set made?
    #[expect(missing_docs, reason = "each variant is CloudFormation's own word")]
    pub enum ChangeSetStatus {
        CreatePending = "CREATE_PENDING",
        CreateInProgress = "CREATE_IN_PROGRESS",
        CreateComplete = "CREATE_COMPLETE",
        DeletePending = "DELETE_PENDING",
        DeleteInProgress = "DELETE_IN_PROGRESS",
        DeleteComplete = "DELETE_COMPLETE",
        DeleteFailed = "DELETE_FAILED",
        Failed = "FAILED",
    }
}

words! {
    /// Can a change set be executed, or was it?
    #[expect(missing_docs, reason = "each variant is CloudFormation's own word")]
    pub enum ExecutionStatus {
        Unavailable = "UNAVAILABLE",
        Available = "AVAILABLE",
        ExecuteInProgress = "EXECUTE_IN_PROGRESS",
        ExecuteComplete = "EXECUTE_COMPLETE",
        ExecuteFailed = "EXECUTE_FAILED",
        Obsolete = "OBSOLETE",
    }
}

words! {
    /// How is a hook doing?
    #[expect(missing_docs, reason = "each variant is CloudFormation's own word")]
    pub enum HookStatus {
        HookInProgress = "HOOK_IN_PROGRESS",
        HookCompleteSucceeded = "HOOK_COMPLETE_SUCCEEDED",
        HookCompleteFailed = "HOOK_COMPLETE_FAILED",
        HookFailed = "HOOK_FAILED",
    }
}

words! {
    /// What does a failed hook do to the resource?
    #[expect(missing_docs, reason = "each variant is CloudFormation's own word")]
    pub enum HookFailureMode {
        Fail = "FAIL",
        Warn = "WARN",
    }
}

/// Is there something to wait for, or to decide?
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ChangeSetPhase {
    /// It is being made.
    Computing,
    /// It is made: [`ExecutionStatus`] says what can be done with it.
    Made,
    /// It could not be made. The reason may be that nothing would change: [`Reason`](crate::Reason).
    Failed,
    /// It is being deleted.
    Leaving,
    /// It is deleted.
    Gone,
    /// It could not be deleted.
    Stuck,
    /// A status that is not known here.
    Unknown,
}

impl ChangeSetStatus {
    /// Whether there is something to wait for.
    pub fn phase(self) -> ChangeSetPhase {
        match self {
            ChangeSetStatus::CreatePending | ChangeSetStatus::CreateInProgress => {
                ChangeSetPhase::Computing
            }
            ChangeSetStatus::CreateComplete => ChangeSetPhase::Made,
            ChangeSetStatus::Failed => ChangeSetPhase::Failed,
            ChangeSetStatus::DeletePending | ChangeSetStatus::DeleteInProgress => {
                ChangeSetPhase::Leaving
            }
            ChangeSetStatus::DeleteComplete => ChangeSetPhase::Gone,
            ChangeSetStatus::DeleteFailed => ChangeSetPhase::Stuck,
        }
    }
}

impl Word<ChangeSetStatus> {
    /// As [`ChangeSetStatus::phase`].
    pub fn phase(&self) -> ChangeSetPhase {
        self.known()
            .map_or(ChangeSetPhase::Unknown, ChangeSetStatus::phase)
    }
}

impl ExecutionStatus {
    /// Whether `ExecuteChangeSet` is accepted.
    pub fn can_be_executed(self) -> bool {
        match self {
            ExecutionStatus::Available => true,
            ExecutionStatus::Unavailable
            | ExecutionStatus::ExecuteInProgress
            | ExecutionStatus::ExecuteComplete
            | ExecutionStatus::ExecuteFailed
            | ExecutionStatus::Obsolete => false,
        }
    }
}
