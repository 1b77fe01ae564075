//! What is left of a creation that failed and could not be rolled back: it goes.
//!
//! What is done about it: what protects resources with which nothing is lost is lifted, and the stack is deleted. What is not:
//! anything about a stack that once was complete, the protection of what may hold data, and data that nobody named.

use std::collections::VecDeque;

use stratiform_service::event::Subject;
use stratiform_service::status::{Ending as StackEnding, Phase};
use stratiform_service::{LogicalId, StackEvent, StackId, StackStatus, Word};

use super::Run;
use crate::call::{Call, Failure, FailureKind};
use crate::destruction::Inventory;
use crate::stack::{Remedy, Step};
use crate::told::{News, Stuck};

/// Whether all events of a stack, the oldest first, say that it never was complete. Those that CloudFormation has forgotten
/// say nothing, and then it may have been.
pub fn never_was_complete(events: &[StackEvent]) -> bool {
    let of_stack = events
        .iter()
        .filter(|event| event.subject() == Subject::Stack);
    let mut statuses =
        of_stack.map(|event| Word::<StackStatus>::new(event.resource_status.as_str()));
    let is_beginning = matches!(
        statuses.next().as_ref().and_then(Word::known),
        Some(StackStatus::ReviewInProgress | StackStatus::CreateInProgress)
    );
    is_beginning
        && statuses.all(|status| {
            !matches!(
                status.phase(),
                Phase::Settled(StackEnding::Applied | StackEnding::RolledBack)
            )
        })
}

impl Run {
    /// Takes in what is left of a creation, and all events of its stack.
    pub(super) fn undo(&mut self, index: usize, left: &Inventory, events: &[StackEvent]) {
        // A deletion that failed does not say what was before it.
        if left.status != StackStatus::RollbackFailed && !never_was_complete(events) {
            return self.needs_person(index, left, None);
        }
        let key = &self.plan.stacks[index].key;
        let at_risk = left.unnamed(key, &self.plan.conduct.allowed);
        if !at_risk.is_empty() {
            let ids = at_risk.iter().map(|blocked| blocked.logical_id.as_str());
            let ids: Vec<&str> = ids.collect();
            let allow = ids.iter().map(|id| format!(" --allow delete:{key}/{id}"));
            let failure = Failure {
                kind: FailureKind::Refused,
                what: "what is left holds data".to_owned(),
                why: format!("nobody named {}", ids.join(", ")),
                help: format!("if it may go:{}", allow.collect::<String>()),
                refusal: None,
            };
            return self.needs_person(index, left, Some(failure));
        }
        self.stacks[index].mended = true;
        let (lifted, calls): (Vec<LogicalId>, VecDeque<Call>) = left
            .liftable(events)
            .into_iter()
            .map(|(item, call)| (item.logical_id.clone(), call))
            .unzip();
        if !lifted.is_empty() {
            self.tell(index, News::Unprotecting(lifted));
        }
        self.unprotect(index, calls, left.stack.clone());
    }

    /// Makes the calls that let resources be deleted, and then deletes the stack.
    pub(super) fn unprotect(&mut self, index: usize, calls: VecDeque<Call>, stack: StackId) {
        if !calls.is_empty() {
            return self.to(index, Step::Unprotect(calls, stack));
        }
        self.tell(index, News::Clearing);
        // It may have been deleted before without success: that had another token.
        self.to(index, Step::Mend(Remedy::Delete, stack, self.now));
    }

    fn needs_person(&mut self, index: usize, left: &Inventory, failure: Option<Failure>) {
        let status = Some(left.status.clone());
        self.stuck(
            index,
            Stuck {
                status,
                cause: None,
                failure,
            },
        );
    }
}
