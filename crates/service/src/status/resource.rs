//! The status of a resource in its stack.
//!
//! Source: CloudFormation API reference, "StackResource" and "StackEvent"; recorded events.

use crate::word::{Word, words};

words! {
    /// What happened last to a resource; in the stack's own events, to the stack.
    ///
    /// The three last ones are of stacks only. AWS sends them, and its list of resource statuses does not have them.
    #[expect(missing_docs, reason = "each variant is CloudFormation's own word")]
    pub enum ResourceStatus {
        CreateInProgress = "CREATE_IN_PROGRESS",
        CreateComplete = "CREATE_COMPLETE",
        CreateFailed = "CREATE_FAILED",
        UpdateInProgress = "UPDATE_IN_PROGRESS",
        UpdateComplete = "UPDATE_COMPLETE",
        UpdateFailed = "UPDATE_FAILED",
        DeleteInProgress = "DELETE_IN_PROGRESS",
        DeleteComplete = "DELETE_COMPLETE",
        DeleteFailed = "DELETE_FAILED",
        DeleteSkipped = "DELETE_SKIPPED",
        ImportInProgress = "IMPORT_IN_PROGRESS",
        ImportComplete = "IMPORT_COMPLETE",
        ImportFailed = "IMPORT_FAILED",
        ImportRollbackInProgress = "IMPORT_ROLLBACK_IN_PROGRESS",
        ImportRollbackComplete = "IMPORT_ROLLBACK_COMPLETE",
        ImportRollbackFailed = "IMPORT_ROLLBACK_FAILED",
        ExportInProgress = "EXPORT_IN_PROGRESS",
        ExportComplete = "EXPORT_COMPLETE",
        ExportFailed = "EXPORT_FAILED",
        ExportRollbackInProgress = "EXPORT_ROLLBACK_IN_PROGRESS",
        ExportRollbackComplete = "EXPORT_ROLLBACK_COMPLETE",
        ExportRollbackFailed = "EXPORT_ROLLBACK_FAILED",
        RollbackInProgress = "ROLLBACK_IN_PROGRESS",
        RollbackComplete = "ROLLBACK_COMPLETE",
        RollbackFailed = "ROLLBACK_FAILED",
        UpdateRollbackInProgress = "UPDATE_ROLLBACK_IN_PROGRESS",
        UpdateRollbackComplete = "UPDATE_ROLLBACK_COMPLETE",
        UpdateRollbackFailed = "UPDATE_ROLLBACK_FAILED",
        UpdateCompleteCleanupInProgress = "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS",
        UpdateRollbackCompleteCleanupInProgress = "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS",
        ReviewInProgress = "REVIEW_IN_PROGRESS",
    }
}

words! {
    /// What a status alone does not say.
    pub enum DetailedStatus {
        /// The resource is configured, and is waited for until all of AWS sees it so.
        ConfigurationComplete = "CONFIGURATION_COMPLETE",
        /// The template did not pass the validation before the deployment.
        ValidationFailed = "VALIDATION_FAILED",
    }
}

/// Is something going on with a resource, and if not, how did it end?
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ResourcePhase {
    /// CloudFormation is at work on it.
    Moving,
    /// It is as it should be.
    Done,
    /// What should have been done was not.
    Failed,
    /// It no longer belongs to the stack: deleted, left behind, or moved to another stack.
    Left,
    /// A status that is not known here.
    Unknown,
}

impl ResourceStatus {
    /// Whether something is going on; and if not, how it ended.
    pub fn phase(self) -> ResourcePhase {
        match self {
            ResourceStatus::CreateInProgress
            | ResourceStatus::UpdateInProgress
            | ResourceStatus::DeleteInProgress
            | ResourceStatus::ImportInProgress
            | ResourceStatus::ImportRollbackInProgress
            | ResourceStatus::ExportInProgress
            | ResourceStatus::ExportRollbackInProgress
            | ResourceStatus::RollbackInProgress
            | ResourceStatus::UpdateRollbackInProgress
            | ResourceStatus::UpdateCompleteCleanupInProgress
            | ResourceStatus::UpdateRollbackCompleteCleanupInProgress => ResourcePhase::Moving,
            ResourceStatus::CreateComplete
            | ResourceStatus::UpdateComplete
            | ResourceStatus::ImportComplete
            | ResourceStatus::ImportRollbackComplete
            | ResourceStatus::ExportRollbackComplete
            | ResourceStatus::RollbackComplete
            | ResourceStatus::UpdateRollbackComplete
            | ResourceStatus::ReviewInProgress => ResourcePhase::Done,
            ResourceStatus::CreateFailed
            | ResourceStatus::UpdateFailed
            | ResourceStatus::DeleteFailed
            | ResourceStatus::ImportFailed
            | ResourceStatus::ImportRollbackFailed
            | ResourceStatus::ExportFailed
            | ResourceStatus::ExportRollbackFailed
            | ResourceStatus::RollbackFailed
            | ResourceStatus::UpdateRollbackFailed => ResourcePhase::Failed,
            ResourceStatus::DeleteComplete
            | ResourceStatus::DeleteSkipped
            | ResourceStatus::ExportComplete => ResourcePhase::Left,
        }
    }
}

impl Word<ResourceStatus> {
    /// As [`ResourceStatus::phase`].
    pub fn phase(&self) -> ResourcePhase {
        match self {
            Word::Known(status) => status.phase(),
            Word::Other(text) if text.ends_with("_IN_PROGRESS") => ResourcePhase::Moving,
            Word::Other(text) if text.ends_with("_FAILED") => ResourcePhase::Failed,
            Word::Other(_) => ResourcePhase::Unknown,
        }
    }

    /// Whether the stack still has the resource. After a rollback it goes on listing what was deleted, or left behind.
    pub fn exists(&self) -> bool {
        self.phase() != ResourcePhase::Left
    }
}

#[cfg(test)]
mod tests {
    use super::{ResourcePhase, ResourceStatus};
    use crate::status::StackStatus;
    use crate::word::{Vocabulary, Word};

    #[test]
    fn a_status_means_what_it_says() {
        for status in ResourceStatus::ALL {
            let text = status.as_str();
            let phase = match text {
                "REVIEW_IN_PROGRESS" => ResourcePhase::Done,
                "DELETE_COMPLETE" | "DELETE_SKIPPED" | "EXPORT_COMPLETE" => ResourcePhase::Left,
                _ if text.ends_with("_IN_PROGRESS") => ResourcePhase::Moving,
                _ if text.ends_with("_FAILED") => ResourcePhase::Failed,
                _ => ResourcePhase::Done,
            };
            assert_eq!(status.phase(), phase, "{text}");
        }
        let tomorrow = Word::<ResourceStatus>::new("THAW_FAILED");
        assert_eq!(tomorrow.phase(), ResourcePhase::Failed);
        assert!(Word::<ResourceStatus>::new("FROZEN").exists());
    }

    #[test]
    fn an_event_can_have_every_status_of_a_stack() {
        for status in StackStatus::ALL {
            assert!(
                ResourceStatus::parse(status.as_str()).is_some(),
                "{}",
                status.as_str()
            );
        }
    }
}
