//! What is left of a creation that failed and could not be rolled back: it goes.
//!
//! What is done about it: what protects a resource without data is lifted, and the stack is deleted. What is not: anything
//! about a stack that once was complete, the protection of what holds data, and data that nobody named.

use std::collections::VecDeque;

use stratiform_service::event::Subject;
use stratiform_service::status::{Ending as StackEnding, Phase};
use stratiform_service::{LogicalId, PhysicalId, StackEvent, StackId, StackStatus, Word};

use super::Run;
use crate::call::{Failure, FailureKind, Resource, Stack};
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
    /// Takes in whether a stack ever was complete, whose deletion failed.
    pub(super) fn beginning(&mut self, index: usize, stack: Box<Stack>, events: &[StackEvent]) {
        match never_was_complete(events) {
            true => self.to(index, Step::ReadLeft(stack)),
            false => self.needs_person(index, &stack, None),
        }
    }

    /// Takes in what is left of a creation.
    pub(super) fn left(
        &mut self,
        index: usize,
        stack: &Stack,
        template: &str,
        resources: &[Resource],
    ) {
        let inventory = Inventory::of(stack, template, resources);
        let key = &self.plan.stacks[index].key;
        let at_risk = inventory.unnamed(key, &self.plan.conduct.allowed);
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
            return self.needs_person(index, stack, Some(failure));
        }
        self.stacks[index].mended = true;
        let lifted: Vec<LogicalId> = inventory
            .liftable()
            .map(|item| item.logical_id.clone())
            .collect();
        if !lifted.is_empty() {
            self.tell(index, News::Unprotecting(lifted));
        }
        let balancers = inventory.liftable().map(|item| item.physical_id.clone());
        self.unprotect(index, balancers.collect(), stack.id.clone());
    }

    /// Lifts the protection of the load balancers that are left, and then deletes the stack.
    pub(super) fn unprotect(
        &mut self,
        index: usize,
        balancers: VecDeque<PhysicalId>,
        stack: StackId,
    ) {
        if !balancers.is_empty() {
            return self.to(index, Step::Unprotect(balancers, stack));
        }
        self.tell(index, News::Clearing);
        // It may have been deleted before without success: that had another token.
        self.to(index, Step::Mend(Remedy::Delete, stack, self.now));
    }

    fn needs_person(&mut self, index: usize, stack: &Stack, failure: Option<Failure>) {
        let status = Some(stack.status.clone());
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
