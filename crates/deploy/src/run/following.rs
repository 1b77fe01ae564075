//! An operation and its end.

use stratiform_service::status::{Ending as StackEnding, Phase};
use stratiform_service::{ChangeSet, ExecutionStatus, StackEvent, StackStatus, Word};

use super::{PATIENCE, Pending, Run, SILENCE, silence};
use crate::call::Stack;
use crate::stack::{Operation, Purpose, Settled, Step, changed};
use crate::told::{Cause, Ending, News, Stuck};

/// How deep is looked into nested stacks for a cause.
const DEPTH: usize = 8;

impl Run {
    pub(super) fn follow(&mut self, index: usize) {
        let Some(waiting) = &self.stacks[index].proposal else {
            return;
        };
        let token = self.plan.stacks[index].token(&waiting.change_set, &self.plan.conduct);
        let operation = Operation::new(waiting.stack.clone(), token, Purpose::Deploy);
        self.to(index, Step::Follow(operation));
        self.pause(index);
    }

    pub(super) fn followed(
        &mut self,
        index: usize,
        mut operation: Operation,
        events: Vec<StackEvent>,
    ) {
        let own = operation.take(events);
        let silence = silence(self.stacks[index].silence, &own);
        self.stacks[index].silence = silence;
        self.stacks[index].unread = 0;
        for event in own {
            self.tell(index, News::Event(Box::new(event)));
        }
        if let Some(status) = operation.end() {
            return self.over(index, operation, status);
        }
        if self.now.millis() - self.stacks[index].since.millis() > PATIENCE {
            let cause = Cause::of(&operation.events);
            return self.stuck(
                index,
                Stuck {
                    status: None,
                    cause,
                    failure: None,
                },
            );
        }
        // Events without our token would never be seen: somebody else may have executed the change set.
        let asks = silence >= SILENCE && operation.events.is_empty();
        self.stacks[index].step = match asks {
            true => Step::Peek(operation),
            false => Step::Follow(operation),
        };
        self.pause(index);
    }

    pub(super) fn peeked(&mut self, index: usize, operation: Operation, stack: Option<Box<Stack>>) {
        self.stacks[index].silence = 0;
        match stack {
            Some(stack) if matches!(stack.status.phase(), Phase::Settled(_)) => {
                let status = stack.status.clone();
                let before = self.stacks[index].before.as_ref();
                let is_as_before = before.is_some_and(|before| before.changed == changed(&stack))
                    || status.phase() == Phase::Settled(StackEnding::Reviewed);
                match operation.purpose == Purpose::Deploy && is_as_before {
                    true => self.stacks[index].step = Step::Prove(operation, status),
                    false => return self.over(index, operation, status),
                }
                self.stacks[index].pending = Pending::Due;
            }
            _ => self.follow_on(index, operation),
        }
    }

    /// What the change set of an operation says that nothing is heard of.
    pub(super) fn proved(
        &mut self,
        index: usize,
        operation: Operation,
        status: Word<StackStatus>,
        change_set: &ChangeSet,
    ) {
        match change_set.execution_status.known() {
            Some(ExecutionStatus::Available | ExecutionStatus::ExecuteInProgress) => {
                self.follow_on(index, operation);
            }
            _ => self.over(index, operation, status),
        }
    }

    pub(super) fn follow_on(&mut self, index: usize, operation: Operation) {
        self.stacks[index].step = Step::Follow(operation);
        self.pause(index);
    }

    /// Its resources are as planned; its policy and its protection may not be.
    pub(super) fn applied(&mut self, index: usize, settled: Settled) {
        match self.plan.stacks[index].policy.is_some() {
            true => self.to(index, Step::SetPolicy(settled)),
            false => self.settle(index, settled),
        }
    }

    /// An operation is over.
    pub(super) fn over(&mut self, index: usize, operation: Operation, status: Word<StackStatus>) {
        let cause = Cause::of(&operation.events);
        self.over_by(index, operation, status, cause);
    }

    /// An operation is over, and this is why it failed, as far as its own stack knows.
    pub(super) fn over_by(
        &mut self,
        index: usize,
        operation: Operation,
        status: Word<StackStatus>,
        cause: Option<Cause>,
    ) {
        match cause {
            Some(cause) if cause.nested.is_some() && cause.within.len() < DEPTH => {
                self.to(index, Step::LookDeeper(operation, status, cause));
            }
            cause => self.concluded(index, operation, status, cause),
        }
    }

    pub(super) fn concluded(
        &mut self,
        index: usize,
        operation: Operation,
        status: Word<StackStatus>,
        cause: Option<Cause>,
    ) {
        let stack = operation.stack;
        match (operation.purpose, status.phase()) {
            (
                Purpose::Mend,
                Phase::Settled(
                    StackEnding::Applied
                    | StackEnding::RolledBack
                    | StackEnding::Gone
                    | StackEnding::NeverCreated,
                ),
            ) => {
                self.to(index, Step::Look);
            }
            (Purpose::Deploy, Phase::Settled(StackEnding::Applied)) => {
                self.stacks[index].found.get_or_insert(stack.clone());
                let settled = Settled {
                    stack,
                    ending: Ending::Deployed,
                };
                let mut others = self.plan.stacks.iter().flat_map(|other| &other.imports);
                match others.any(|import| import.exporter == index) {
                    true => self.to(index, Step::ReadOutputs(settled)),
                    false => self.applied(index, settled),
                }
            }
            (
                Purpose::Deploy,
                Phase::Settled(
                    StackEnding::RolledBack | StackEnding::NeverCreated | StackEnding::Gone,
                ),
            ) => {
                self.end(index, Ending::RolledBack(cause.map(Box::new)));
            }
            _ => self.stuck(
                index,
                Stuck {
                    status: Some(status),
                    cause,
                    failure: None,
                },
            ),
        }
    }
}
