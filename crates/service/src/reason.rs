//! Why a stack, a resource or a change set has its status.
//!
//! What lives here: `StatusReason`, `StackStatusReason` and `ResourceStatusReason` as types. What does not: what people
//! should do.
//!
//! Source: recorded stacks, events and change sets; where none was recorded, what several clients of others match.

use crate::text::texts;

texts! {
    /// A reason that AWS gives. `Display` is the text, as sent.
    pub enum Reason {
        /// Of a stack whose operation begins.
        UserInitiated {} = "User Initiated",
        /// Of a resource: it has a physical ID from now on.
        CreationInitiated {} = "Resource creation Initiated",
        ConsistencyCheck {} = "Eventual consistency check initiated",
        /// Of a resource that is replaced.
        Replacing {} = "Requested update requires the creation of a new physical resource; hence creating one.",
        /// Of a resource: another one failed.
        CreationCancelled {} = "Resource creation cancelled",
        /// Of a resource: another one failed.
        UpdateCancelled {} = "Resource update cancelled",
        /// Of a change set that failed: nothing would change.
        NoChanges {} = "The submitted information didn't contain changes. Submit different information to create a change set.",
        /// The same, of a template with transforms.
        NoUpdates {} = "No updates are to be performed.",
        /// Of a change set that is made, and may lack values.
        ValuesIncomplete { why: String } = "[WARN] --include-property-values option can return incomplete ChangeSet data because: {}",
        /// Of a stack that is created. No user did.
        FailedToCreate { logical_ids: Vec<String> } = "The following resource(s) failed to create: [{}]. Rollback requested by user.",
        /// Of a stack that is updated.
        UpdateFailed { not_created: Vec<String>, not_updated: Vec<String> } = "The following resource(s) failed to create: [{}]. The following resource(s) failed to update: [{}]. ",
        /// Of a stack that is updated.
        NewFailedToCreate { logical_ids: Vec<String> } = "The following resource(s) failed to create: [{}]. ",
        /// Of a stack that is updated.
        FailedToUpdate { logical_ids: Vec<String> } = "The following resource(s) failed to update: [{}]. ",
        /// Of a stack that is deleted, or rolled back.
        FailedToDelete { logical_ids: Vec<String> } = "The following resource(s) failed to delete: [{}]. ",
        /// Of a stack that is updated all the same.
        NotCleanedUp {} = "Update successful. One or more resources could not be deleted.",
        /// Of a stack whose deletion is stopped.
        ExportInUse { export: String, by: String } = "Delete canceled. Cannot delete export {} as it is in use by {}.",
        /// Of a stack whose update is stopped.
        ExportInUseByUpdate { export: String, by: String } = "Update canceled. Cannot update export {} as it is in use by {}.",
        ExportMissingOfNew { export: String } = "No export named {} found. Rollback requested by user.",
        ExportMissing { export: String } = "No export named {} found",
        /// What the resource type's own code says.
        Handler { message: String, request_token: String, error_code: String } = "Resource handler returned message: \"{}\" (RequestToken: {}, HandlerErrorCode: {})",
        PropertyValidation { what: String } = "Property validation failure: [{}]",
        DeniedByStackPolicy { what: String } = "Action denied by stack policy: {}",
        ReplacementWithoutRollback {} = "Replacement type updates not supported on stack with disable-rollback.",
        /// Of a stack that did not pass the validation before the deployment.
        ValidationFailed { errors: String } = "Validation failed with {} error(s). Call DescribeEvents to retrieve the full list of issues with resource and property details, resolve each error, then retry the operation.",
    }
}

impl Reason {
    /// Reads a reason. Every text is one.
    pub fn read(text: &str) -> Reason {
        Reason::read_text(text)
    }

    /// Whether a change set failed because nothing would change: no failure to whoever asked for a state.
    pub fn is_no_changes(&self) -> bool {
        matches!(self, Reason::NoChanges {} | Reason::NoUpdates {})
    }

    /// Whether a resource failed only because another one did: the reason to show is elsewhere.
    pub fn is_follow_up(&self) -> bool {
        matches!(
            self,
            Reason::CreationCancelled {} | Reason::UpdateCancelled {}
        )
    }
}

#[cfg(test)]
mod tests {
    use super::Reason;

    /// Recorded from AWS by LocalStack and stackd, but for what the facts mark as quoted by clients.
    const RECORDED: &[&str] = &[
        "User Initiated",
        "Resource creation Initiated",
        "Eventual consistency check initiated",
        "Requested update requires the creation of a new physical resource; hence creating one.",
        "Resource creation cancelled",
        "Resource update cancelled",
        "The submitted information didn't contain changes. Submit different information to create a change set.",
        "No updates are to be performed.",
        "[WARN] --include-property-values option can return incomplete ChangeSet data because: ChangeSet creation failed for resource [MyFoo] because: No export named network found",
        "The following resource(s) failed to create: [A, B]. Rollback requested by user.",
        "The following resource(s) failed to create: [A]. The following resource(s) failed to update: [B]. ",
        "The following resource(s) failed to create: [BadQueue]. ",
        "The following resource(s) failed to update: [BadQueue]. ",
        "The following resource(s) failed to delete: [BrokenPolicy]. ",
        "Update successful. One or more resources could not be deleted.",
        "Delete canceled. Cannot delete export network-VpcId as it is in use by shop.",
        "Update canceled. Cannot update export network-VpcId as it is in use by shop.",
        "No export named network-VpcId found",
        "No export named network-VpcId found. Rollback requested by user.",
        "Resource handler returned message: \"Invalid \"name\" (Service: Sqs, Status Code: 400, Request ID: 1) (SDK Attempt Count: 1)\" (RequestToken: 2, HandlerErrorCode: GeneralServiceException)",
        "Property validation failure: [The property {/Type} is required]",
        "Action denied by stack policy: Statement [#1] does not allow [Update:Replace] for resource [LogicalResourceId/VPC];",
        "Replacement type updates not supported on stack with disable-rollback.",
        "Validation failed with 1 error(s). Call DescribeEvents to retrieve the full list of issues with resource and property details, resolve each error, then retry the operation.",
    ];

    #[test]
    fn what_was_recorded_is_known_and_comes_back_as_it_was() {
        let mut kinds = Vec::new();
        for text in RECORDED {
            let reason = Reason::read(text);
            assert!(!matches!(reason, Reason::Other { .. }), "{text}");
            assert_eq!(reason.to_string(), *text);
            kinds.push(std::mem::discriminant(&reason));
        }
        for (index, kind) in kinds.iter().enumerate() {
            assert!(!kinds[..index].contains(kind), "{}", RECORDED[index]);
        }
    }

    #[test]
    fn what_failed_and_who_is_in_the_way() {
        let both = "The following resource(s) failed to create: [A, B]. The following resource(s) failed to update: [C]. ";
        assert_eq!(
            Reason::read(both),
            Reason::UpdateFailed {
                not_created: vec!["A".to_owned(), "B".to_owned()],
                not_updated: vec!["C".to_owned()],
            }
        );
        let Reason::Handler {
            message,
            error_code,
            ..
        } = Reason::read(
            "Resource handler returned message: \"no \"quota\"\" (RequestToken: 1, HandlerErrorCode: ServiceLimitExceeded)",
        )
        else {
            panic!("not a handler's");
        };
        assert_eq!(
            (message.as_str(), error_code.as_str()),
            ("no \"quota\"", "ServiceLimitExceeded")
        );
    }

    #[test]
    fn questions() {
        assert!(Reason::read("No updates are to be performed.").is_no_changes());
        assert!(Reason::read("Resource update cancelled").is_follow_up());
        let unknown = Reason::read("Something new ");
        assert_eq!(unknown.to_string(), "Something new ");
        assert!(!unknown.is_no_changes() && !unknown.is_follow_up());
    }
}
