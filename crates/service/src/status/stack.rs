//! The status of a stack.
//!
//! Source: CloudFormation user guide, "Stack status codes"; API reference, "Stack"; recorded stacks.

use crate::word::{Word, words};

words! {
    /// Where a stack is between two operations, or in one.
    #[expect(missing_docs, reason = "each variant is CloudFormation's own word")]
    pub enum StackStatus {
        CreateInProgress = "CREATE_IN_PROGRESS",
        CreateComplete = "CREATE_COMPLETE",
        CreateFailed = "CREATE_FAILED",
        RollbackInProgress = "ROLLBACK_IN_PROGRESS",
        RollbackComplete = "ROLLBACK_COMPLETE",
        RollbackFailed = "ROLLBACK_FAILED",
        UpdateInProgress = "UPDATE_IN_PROGRESS",
        UpdateCompleteCleanupInProgress = "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS",
        UpdateComplete = "UPDATE_COMPLETE",
        UpdateFailed = "UPDATE_FAILED",
        UpdateRollbackInProgress = "UPDATE_ROLLBACK_IN_PROGRESS",
        UpdateRollbackCompleteCleanupInProgress = "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS",
        UpdateRollbackComplete = "UPDATE_ROLLBACK_COMPLETE",
        UpdateRollbackFailed = "UPDATE_ROLLBACK_FAILED",
        DeleteInProgress = "DELETE_IN_PROGRESS",
        DeleteComplete = "DELETE_COMPLETE",
        DeleteFailed = "DELETE_FAILED",
        ReviewInProgress = "REVIEW_IN_PROGRESS",
        ImportInProgress = "IMPORT_IN_PROGRESS",
        ImportComplete = "IMPORT_COMPLETE",
        ImportRollbackInProgress = "IMPORT_ROLLBACK_IN_PROGRESS",
        ImportRollbackComplete = "IMPORT_ROLLBACK_COMPLETE",
        ImportRollbackFailed = "IMPORT_ROLLBACK_FAILED",
    }
}

/// Is something going on, and if not, how did it end?
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Phase {
    /// CloudFormation is at work.
    Moving(Direction),
    /// CloudFormation waits for the next call.
    Settled(Ending),
}

/// Which way is a stack going?
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Direction {
    /// Towards what was asked for.
    Forward,
    /// What was asked for is done; resources that nobody needs any more are deleted. It ends applied, whatever happens.
    CleaningUp,
    /// Back to what was before.
    Back,
    /// The stack is being deleted. It may come back to the status before: an export in use stops a deletion.
    Away,
    /// A status that is not known here, and that says that something is going on.
    Unknown,
}

/// How did the last operation end, and so: what can come next?
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Ending {
    /// What was asked for is there.
    Applied,
    /// It failed, and what was before is there again. The stack can be updated.
    RolledBack,
    /// The creation failed, and all of it was deleted. Only the stack itself is left, and can only be deleted.
    NeverCreated,
    /// It failed, and stays as it is, because rollback was switched off: roll back, or update without rollback.
    Halfway,
    /// The rollback of an update failed: it can be continued.
    RollbackStuck,
    /// The creation failed, and some of it could not be deleted. Nothing of it ever was complete, and it can only be deleted.
    CreationStuck,
    /// What is left can only be deleted, and some of it could not be so far.
    Broken,
    /// The stack is deleted.
    Gone,
    /// Only a change set was made so far. Nothing is deployed.
    Reviewed,
    /// A status that is not known here, and that does not say that something is going on.
    Unknown,
}

/// A call that changes a stack that is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Operation {
    /// `UpdateStack`, and `CreateChangeSet` and `ExecuteChangeSet` of type `UPDATE`.
    Update,
    /// `DeleteStack`.
    Delete,
    /// `CancelUpdateStack`.
    CancelUpdate,
    /// `ContinueUpdateRollback`.
    ContinueUpdateRollback,
    /// `RollbackStack`.
    Rollback,
}

/// May a call be made?
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Allowed {
    /// It may.
    Yes,
    /// It may, with `DisableRollback`.
    WithoutRollback,
    /// CloudFormation refuses it.
    No,
    /// The status is not known here: only the call tells.
    Unknown,
}

impl StackStatus {
    /// Whether something is going on; and if not, how it ended.
    pub fn phase(self) -> Phase {
        match self {
            StackStatus::CreateInProgress
            | StackStatus::UpdateInProgress
            | StackStatus::ImportInProgress => Phase::Moving(Direction::Forward),
            StackStatus::UpdateCompleteCleanupInProgress => Phase::Moving(Direction::CleaningUp),
            StackStatus::RollbackInProgress
            | StackStatus::UpdateRollbackInProgress
            | StackStatus::UpdateRollbackCompleteCleanupInProgress
            | StackStatus::ImportRollbackInProgress => Phase::Moving(Direction::Back),
            StackStatus::DeleteInProgress => Phase::Moving(Direction::Away),
            StackStatus::CreateComplete
            | StackStatus::UpdateComplete
            | StackStatus::ImportComplete => Phase::Settled(Ending::Applied),
            StackStatus::UpdateRollbackComplete | StackStatus::ImportRollbackComplete => {
                Phase::Settled(Ending::RolledBack)
            }
            StackStatus::RollbackComplete => Phase::Settled(Ending::NeverCreated),
            StackStatus::CreateFailed | StackStatus::UpdateFailed => {
                Phase::Settled(Ending::Halfway)
            }
            StackStatus::UpdateRollbackFailed => Phase::Settled(Ending::RollbackStuck),
            StackStatus::RollbackFailed => Phase::Settled(Ending::CreationStuck),
            StackStatus::DeleteFailed | StackStatus::ImportRollbackFailed => {
                Phase::Settled(Ending::Broken)
            }
            StackStatus::DeleteComplete => Phase::Settled(Ending::Gone),
            StackStatus::ReviewInProgress => Phase::Settled(Ending::Reviewed),
        }
    }

    /// Whether a stack is deployed: not one that only has its first change set, and not a deleted one.
    pub fn exists(self) -> bool {
        match self.phase() {
            Phase::Settled(Ending::Gone | Ending::Reviewed) => false,
            Phase::Moving(_)
            | Phase::Settled(
                Ending::Applied
                | Ending::RolledBack
                | Ending::NeverCreated
                | Ending::Halfway
                | Ending::RollbackStuck
                | Ending::CreationStuck
                | Ending::Broken
                | Ending::Unknown,
            ) => true,
        }
    }

    /// Whether CloudFormation accepts a call.
    ///
    /// `REVIEW_IN_PROGRESS` refuses an update; a change set of type `CREATE` is what it waits for. Deleting what is
    /// deleted succeeds, and does nothing.
    ///
    /// Source: CloudFormation API reference, the calls; recorded refusals. That a creation may be deleted, and
    /// that a failed rollback of an import can only be, is inferred.
    pub fn allows(self, operation: Operation) -> Allowed {
        match operation {
            Operation::Update => match self.phase() {
                Phase::Settled(Ending::Applied | Ending::RolledBack) => Allowed::Yes,
                Phase::Settled(Ending::Halfway) => Allowed::WithoutRollback,
                Phase::Settled(Ending::Unknown) => Allowed::Unknown,
                Phase::Moving(_)
                | Phase::Settled(
                    Ending::NeverCreated
                    | Ending::RollbackStuck
                    | Ending::CreationStuck
                    | Ending::Broken
                    | Ending::Gone
                    | Ending::Reviewed,
                ) => Allowed::No,
            },
            Operation::Delete => match self.phase() {
                Phase::Settled(_) | Phase::Moving(Direction::Away) => Allowed::Yes,
                Phase::Moving(_) => yes_if(self == StackStatus::CreateInProgress),
            },
            Operation::CancelUpdate => yes_if(self == StackStatus::UpdateInProgress),
            Operation::ContinueUpdateRollback => yes_if(self == StackStatus::UpdateRollbackFailed),
            Operation::Rollback => yes_if(self.phase() == Phase::Settled(Ending::Halfway)),
        }
    }
}

fn yes_if(it_may: bool) -> Allowed {
    if it_may { Allowed::Yes } else { Allowed::No }
}

impl Word<StackStatus> {
    /// As [`StackStatus::phase`]. A status that is not known here says by its end whether something is going on, as all
    /// of AWS's do so far.
    pub fn phase(&self) -> Phase {
        match self {
            Word::Known(status) => status.phase(),
            Word::Other(text) if text.ends_with("_IN_PROGRESS") => {
                Phase::Moving(Direction::Unknown)
            }
            Word::Other(_) => Phase::Settled(Ending::Unknown),
        }
    }

    /// As [`StackStatus::exists`]. A status that is not known here is one of a stack that is there.
    pub fn exists(&self) -> bool {
        match self {
            Word::Known(status) => status.exists(),
            Word::Other(_) => true,
        }
    }

    /// As [`StackStatus::allows`].
    pub fn allows(&self, operation: Operation) -> Allowed {
        match self {
            Word::Known(status) => status.allows(operation),
            Word::Other(_) => Allowed::Unknown,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Allowed, Direction, Ending, Operation, Phase, StackStatus};
    use crate::word::{Vocabulary, Word};

    /// Status; update, delete, cancel, continue, roll back; `*` is yes, `d` with rollback disabled, `-` no. From
    /// AWS's reference and recorded refusals.
    const MATRIX: &str = "
        CREATE_COMPLETE                              * * - - -
        UPDATE_COMPLETE                              * * - - -
        IMPORT_COMPLETE                              * * - - -
        UPDATE_ROLLBACK_COMPLETE                     * * - - -
        IMPORT_ROLLBACK_COMPLETE                     * * - - -
        CREATE_FAILED                                d * - - *
        UPDATE_FAILED                                d * - - *
        UPDATE_ROLLBACK_FAILED                       - * - * -
        ROLLBACK_COMPLETE                            - * - - -
        ROLLBACK_FAILED                              - * - - -
        DELETE_FAILED                                - * - - -
        IMPORT_ROLLBACK_FAILED                       - * - - -
        DELETE_IN_PROGRESS                           - * - - -
        DELETE_COMPLETE                              - * - - -
        REVIEW_IN_PROGRESS                           - * - - -
        UPDATE_IN_PROGRESS                           - - * - -
        CREATE_IN_PROGRESS                           - * - - -
        ROLLBACK_IN_PROGRESS                         - - - - -
        UPDATE_COMPLETE_CLEANUP_IN_PROGRESS          - - - - -
        UPDATE_ROLLBACK_IN_PROGRESS                  - - - - -
        UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS - - - - -
        IMPORT_IN_PROGRESS                           - - - - -
        IMPORT_ROLLBACK_IN_PROGRESS                  - - - - -
    ";

    #[test]
    fn what_each_status_allows() {
        let lines = MATRIX.lines().filter(|line| !line.trim().is_empty());
        let mut seen = Vec::new();
        for line in lines {
            let (status, marks) = line.trim().split_once(' ').unwrap();
            let status: StackStatus = status.parse().unwrap();
            let allowed: Vec<&str> = [
                Operation::Update,
                Operation::Delete,
                Operation::CancelUpdate,
                Operation::ContinueUpdateRollback,
                Operation::Rollback,
            ]
            .map(|operation| match status.allows(operation) {
                Allowed::Yes => "*",
                Allowed::WithoutRollback => "d",
                Allowed::No => "-",
                Allowed::Unknown => "?",
            })
            .into();
            assert_eq!(allowed.join(" "), marks.trim(), "{}", status.as_str());
            seen.push(status);
        }
        assert_eq!(seen.len(), StackStatus::ALL.len());
    }

    #[test]
    fn what_moves_says_so_and_a_review_only_seems_to() {
        for status in StackStatus::ALL {
            let says_so = status.as_str().ends_with("_IN_PROGRESS");
            let moving = matches!(status.phase(), Phase::Moving(_));
            let review = *status == StackStatus::ReviewInProgress;
            assert_eq!(moving, says_so && !review, "{}", status.as_str());
        }
    }

    #[test]
    fn a_rollback_that_ends_well_is_no_success() {
        // STYLE.md, 11: what a test of the last letters gets wrong.
        let phase = |text: &str| Word::<StackStatus>::new(text).phase();
        assert_eq!(phase("UPDATE_COMPLETE"), Phase::Settled(Ending::Applied));
        assert_eq!(
            phase("UPDATE_ROLLBACK_COMPLETE"),
            Phase::Settled(Ending::RolledBack)
        );
        assert_eq!(
            phase("ROLLBACK_COMPLETE"),
            Phase::Settled(Ending::NeverCreated)
        );
    }

    #[test]
    fn which_stacks_exist() {
        let gone: Vec<&str> = StackStatus::ALL
            .iter()
            .filter(|status| !status.exists())
            .map(|status| status.as_str())
            .collect();
        assert_eq!(gone, ["DELETE_COMPLETE", "REVIEW_IN_PROGRESS"]);
    }

    #[test]
    fn statuses_of_tomorrow() {
        let moving = Word::<StackStatus>::new("THAW_IN_PROGRESS");
        assert_eq!(moving.phase(), Phase::Moving(Direction::Unknown));
        let settled = Word::<StackStatus>::new("FROZEN");
        assert_eq!(settled.phase(), Phase::Settled(Ending::Unknown));
        assert!(settled.exists());
        assert_eq!(settled.allows(Operation::Update), Allowed::Unknown);
    }
}
