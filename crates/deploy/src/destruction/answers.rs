//! What a stack does with an answer.

use super::step::Step;
use super::{Destruction, Effect, Ending, Pending, Told};
use crate::call::{Failure, FailureKind, Reply};
use crate::run::{PATIENCE, TRIES, later};
use crate::stack::{Operation, Purpose};

impl Destruction {
    pub(super) fn answered(&mut self, index: usize, reply: Result<Reply, Failure>) {
        let step = self.stacks[index].step.clone();
        // It was ended while the call was under way.
        if matches!(step, Step::Ended(_)) {
            return;
        }
        match reply {
            Ok(reply) => self.replied(index, step, reply),
            Err(failure) => self.failed(index, step, failure),
        }
    }

    fn replied(&mut self, index: usize, step: Step, reply: Reply) {
        let failures = std::mem::take(&mut self.stacks[index].failures);
        match (step, reply) {
            (Step::Look, Reply::Stack(stack)) => self.found(index, stack),
            (Step::Whose(stack), Reply::Events(events)) => self.whose(index, stack, events),
            (Step::ReadTemplate(stack), Reply::Template(template)) => {
                self.to(index, Step::ReadResources(stack, template));
            }
            (Step::ReadResources(stack, template), Reply::Resources(resources)) => {
                self.listed(index, &stack, &template, &resources);
            }
            (Step::ReadImporters(_), Reply::Importers(by)) => self.next_export(index, Some(by)),
            (Step::ReadDatabases(_), Reply::Database(database)) => {
                self.next_database(index, Some(database));
            }
            (Step::Delete { stack, token }, Reply::Done) => self.follow(index, stack, token),
            (
                Step::Confirm {
                    stack,
                    token,
                    failure,
                },
                Reply::Events(events),
            ) => {
                let began = events
                    .iter()
                    .any(|event| event.client_request_token.as_ref() == Some(&token));
                match began {
                    true => self.follow(index, stack, token),
                    false => self.end(index, Ending::Refused(failure)),
                }
            }
            (Step::Follow(operation), Reply::Events(events)) => {
                self.followed(index, operation, events);
            }
            (Step::Peek(operation), Reply::Stack(stack)) => self.peeked(index, operation, stack),
            (Step::FindSnapshots(places, remains), Reply::Snapshots(snapshots)) => {
                self.next_snapshot(index, (places, remains), &snapshots);
            }
            // An answer to another question is none.
            (step, _) => {
                self.stacks[index].failures = failures;
                self.failed(index, step, unfitting());
            }
        }
    }

    /// A call failed. What may pass is tried again: a few times before anything runs, and for long while it does.
    fn failed(&mut self, index: usize, step: Step, failure: Failure) {
        let stack = &mut self.stacks[index];
        stack.failures += 1;
        let is_patient = self.now.millis() - stack.since.millis() < PATIENCE;
        let tries_left = stack.failures < TRIES;
        let passing = failure.kind.is_passing();
        if matches!(step, Step::Follow(_)) {
            stack.unread += 1;
        }
        let is_unread = stack.unread >= TRIES;
        match step {
            // By its ARN a deleted stack is there for ninety days; where somebody answers otherwise, it is gone.
            Step::Follow(operation) if failure.is_stack_missing() => {
                self.stacks[index].step = Step::Peek(operation);
                self.pause(index);
            }
            Step::Confirm { stack, token, .. } if failure.is_stack_missing() => {
                self.follow(index, stack, token);
            }
            Step::Peek(operation) if failure.is_stack_missing() => {
                self.peeked(index, operation, None);
            }
            // How it ends, its stack says too.
            Step::Follow(operation) if is_patient && is_unread => {
                stack.failures = 0;
                stack.step = Step::Peek(operation);
                stack.pending = Pending::Due;
            }
            // What runs, runs; credentials come back, and so do networks.
            Step::Follow(_) | Step::Peek(_) | Step::Confirm { .. }
                if is_patient
                    && (passing || failure.kind == FailureKind::Credentials || tries_left) =>
            {
                self.again(index, failure);
            }
            Step::Follow(operation) | Step::Peek(operation) => {
                self.stuck(index, &operation, None, Some(failure));
            }
            Step::Confirm { stack, token, .. } => {
                let operation = Operation::new(stack, token, Purpose::Delete);
                self.stuck(index, &operation, None, Some(failure));
            }
            _ if passing && tries_left => self.again(index, failure),
            // One of its tries may have done it.
            Step::Delete { stack, token } => self.to(
                index,
                Step::Confirm {
                    stack,
                    token,
                    failure,
                },
            ),
            Step::FindSnapshots(places, remains) => {
                self.next_snapshot(index, (places, remains), &[]);
            }
            _ if self.resume(index) => {}
            _ => self.end(index, Ending::Refused(failure)),
        }
    }

    /// Makes the call of the step again, after a pause that grows.
    fn again(&mut self, index: usize, failure: Failure) {
        let pace = self.plan.conduct.pace;
        let stack = &mut self.stacks[index];
        let pause = pace.least.max(1) << stack.failures.min(10);
        let at = later(self.now, pause.min(pace.most.max(pace.least)));
        stack.pending = Pending::At(at);
        self.outbox.push(Effect::Tell(Box::new(Told::Again {
            stack: index,
            failure,
            at,
        })));
    }
}

fn unfitting() -> Failure {
    Failure {
        kind: FailureKind::Unknown,
        what: "an answer that does not fit its call".to_owned(),
        why: String::new(),
        help: String::new(),
        refusal: None,
    }
}
