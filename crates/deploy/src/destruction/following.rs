//! A deletion and its end.

use std::collections::VecDeque;

use stratiform_service::event::Subject;
use stratiform_service::status::{Ending as StackEnding, Phase};
use stratiform_service::{ResourceStatus, StackEvent, StackStatus, Word};

use super::step::Step;
use super::{Destruction, Ending, Fate, Kept, News, Remains};
use crate::call::{Failure, Snapshot, Stack};
use crate::run::{PATIENCE, SILENCE, silence};
use crate::stack::{Operation, Purpose};
use crate::told::{Cause, Stuck};

impl Destruction {
    pub(super) fn follow(
        &mut self,
        index: usize,
        stack: stratiform_service::StackId,
        token: String,
    ) {
        self.to(
            index,
            Step::Follow(Operation::new(stack, token, Purpose::Delete)),
        );
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
            return self.over(index, &operation, status, None);
        }
        if self.now.millis() - self.stacks[index].since.millis() > PATIENCE {
            return self.stuck(index, &operation, None, None);
        }
        // Somebody else may have deleted it, and a stack that came back says so itself.
        self.stacks[index].step = match silence >= SILENCE {
            true => Step::Peek(operation),
            false => Step::Follow(operation),
        };
        self.pause(index);
    }

    pub(super) fn peeked(&mut self, index: usize, operation: Operation, stack: Option<Box<Stack>>) {
        self.stacks[index].silence = 0;
        match stack {
            None => self.over(
                index,
                &operation,
                Word::Known(StackStatus::DeleteComplete),
                None,
            ),
            Some(stack) if matches!(stack.status.phase(), Phase::Settled(_)) => {
                self.over(
                    index,
                    &operation,
                    stack.status.clone(),
                    stack.reason.clone(),
                );
            }
            Some(_) => {
                self.stacks[index].step = Step::Follow(operation);
                self.pause(index);
            }
        }
    }

    /// A deletion is over.
    fn over(
        &mut self,
        index: usize,
        operation: &Operation,
        status: Word<StackStatus>,
        reason: Option<String>,
    ) {
        match status.phase() {
            Phase::Settled(StackEnding::Gone) => self.gone(index, operation),
            Phase::Settled(
                StackEnding::Applied
                | StackEnding::RolledBack
                | StackEnding::NeverCreated
                | StackEnding::Halfway
                | StackEnding::RollbackStuck
                | StackEnding::Reviewed,
            ) => {
                let of_stack = operation.events.iter().rev();
                let mut of_stack = of_stack.filter(|event| event.subject() == Subject::Stack);
                let told = of_stack.find_map(|event| event.resource_status_reason.clone());
                let reason = reason.or(told).unwrap_or_default();
                self.end(index, Ending::CameBack { status, reason });
            }
            Phase::Settled(
                StackEnding::CreationStuck | StackEnding::Broken | StackEnding::Unknown,
            )
            | Phase::Moving(_) => {
                self.stuck(index, operation, Some(status), None);
            }
        }
    }

    pub(super) fn stuck(
        &mut self,
        index: usize,
        operation: &Operation,
        status: Option<Word<StackStatus>>,
        failure: Option<Failure>,
    ) {
        let stuck = Stuck {
            status,
            cause: Cause::of(&operation.events),
            failure,
        };
        self.end(index, Ending::Stuck(Box::new(stuck)));
    }

    /// The stack is gone. What stays of it was known before; what CloudFormation skipped beyond that, its events say.
    fn gone(&mut self, index: usize, operation: &Operation) {
        let items = self.stacks[index].inventory.iter();
        let kept = items
            .flat_map(|inventory| &inventory.items)
            .filter_map(|item| {
                let kept = match item.fate {
                    Fate::Stays => Kept::Itself,
                    Fate::Snapshot => Kept::Snapshot(None),
                    Fate::DeletedIfEmpty | Fate::Deleted => return None,
                };
                Some(Remains {
                    logical_id: item.logical_id.clone(),
                    resource_type: item.resource_type.clone(),
                    physical_id: item.physical_id.clone(),
                    kept,
                })
            });
        let mut remains: Vec<Remains> = kept.collect();
        for event in &operation.events {
            let is_skipped = event.resource_status.known() == Some(ResourceStatus::DeleteSkipped);
            if let (Subject::Resource(logical_id), Some(physical_id), true) =
                (event.subject(), &event.physical_resource_id, is_skipped)
                && remains.iter().all(|known| known.logical_id != logical_id)
            {
                remains.push(Remains {
                    logical_id,
                    resource_type: event.resource_type.clone(),
                    physical_id: physical_id.clone(),
                    kept: Kept::Itself,
                });
            }
        }
        let is_database = |remains: &Remains| {
            remains.resource_type == "AWS::RDS::DBInstance" && remains.kept == Kept::Snapshot(None)
        };
        let places = (0..remains.len()).filter(|&place| is_database(&remains[place]));
        let places: VecDeque<usize> = places.collect();
        match places.is_empty() {
            true => self.end(index, Ending::Deleted(remains)),
            false => self.to(index, Step::FindSnapshots(places, remains)),
        }
    }

    /// Takes in the snapshots of the first database, where they could be asked for; goes on with the next. The newest is
    /// the one that was just taken.
    pub(super) fn next_snapshot(
        &mut self,
        index: usize,
        (mut places, mut remains): (VecDeque<usize>, Vec<Remains>),
        snapshots: &[Snapshot],
    ) {
        if let Some(found) = places.pop_front().and_then(|place| remains.get_mut(place)) {
            let newest = snapshots.first().map(|newest| newest.identifier.clone());
            found.kept = Kept::Snapshot(newest);
        }
        match places.is_empty() {
            true => self.end(index, Ending::Deleted(remains)),
            false => self.to(index, Step::FindSnapshots(places, remains)),
        }
    }
}
