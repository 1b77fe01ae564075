//! What a stack does with an answer.

use stratiform_service::{Refusal, ResourceStatus};

use super::{Effect, PATIENCE, Pending, Run, TRIES, later};
use crate::call::{Failure, FailureKind, Reply, TemplateSource};
use crate::destruction::Inventory;
use crate::plan::PREFIX;
use crate::stack::{
    Afterwards, Operation, Purpose, Remedy, Settled, Step, Waiting, is_same_json, mending_token,
    skipped,
};
use crate::token::{is_of, token_prefix};
use crate::told::{Cause, Ending, News, Refused, Stuck, Told};

impl Run {
    pub(super) fn answered(&mut self, index: usize, reply: Result<Reply, Failure>) {
        let step = self.stacks[index].step.clone();
        match reply {
            Ok(reply) => {
                self.stacks[index].failures = 0;
                self.replied(index, step, reply);
            }
            Err(failure) => self.failed(index, step, failure),
        }
    }

    pub(super) fn replied(&mut self, index: usize, step: Step, reply: Reply) {
        match (step, reply) {
            (Step::Look, Reply::Stack(stack)) => self.found(index, stack),
            (Step::Whose(stack), Reply::Events(events)) => {
                let token = events
                    .iter()
                    .rev()
                    .find_map(|event| event.client_request_token.clone());
                let own = token_prefix(&self.plan.conduct.run);
                let token = token.filter(|token| token.starts_with(&own));
                match token {
                    Some(token) => {
                        self.tell(index, News::Resumed);
                        // Another operation of the run may have made it something else: then it is looked at again.
                        let planned = &self.plan.stacks[index];
                        let name = planned.change_set_name(&self.plan.conduct);
                        let purpose = match token.starts_with(&name) {
                            true => Purpose::Deploy,
                            false => Purpose::Mend,
                        };
                        self.to(
                            index,
                            Step::Follow(Operation::new(stack.id.clone(), token, purpose)),
                        );
                    }
                    None => {
                        let refused = Refused::Busy {
                            status: stack.status.clone(),
                            run: stack.tags.get(&format!("{}run", PREFIX)).cloned(),
                        };
                        self.end(index, Ending::Refused(Box::new(refused)));
                    }
                }
            }
            (Step::LookInside(stack, since, status), Reply::Resources(resources)) => {
                let gone = resources.iter().all(|resource| {
                    resource.physical_id.is_none()
                        || resource.status.known() == Some(ResourceStatus::DeleteComplete)
                });
                if gone {
                    self.tell(index, News::Clearing);
                    self.to(index, Step::Mend(Remedy::Delete, stack, since));
                } else {
                    self.stuck(
                        index,
                        Stuck {
                            status: Some(status),
                            cause: None,
                            failure: None,
                        },
                    );
                }
            }
            (Step::ReadLeft(stack), Reply::Template(template)) => {
                self.to(index, Step::ListLeft(stack, template));
            }
            (Step::ListLeft(stack, template), Reply::Resources(resources)) => {
                let left = Inventory::of(&stack, &template, &resources);
                self.to(index, Step::ReadBeginning(Box::new(left)));
            }
            (Step::ReadBeginning(left), Reply::Events(events)) => self.undo(index, &left, &events),
            (Step::Unprotect(mut calls, stack), Reply::Done) => {
                calls.pop_front();
                self.unprotect(index, calls, stack);
            }
            (Step::Mend(remedy, stack, since), Reply::Done) => {
                let skip = skipped(&self.plan.stacks[index], &self.plan.conduct);
                let token = mending_token(remedy, since, &skip, &self.plan.conduct);
                self.to(
                    index,
                    Step::Follow(Operation::new(stack, token, Purpose::Mend)),
                );
            }
            (Step::ReadTemplate(stack), Reply::Template(template)) => {
                self.compared(index, &stack, template)
            }
            (Step::ReadPolicy(stack), Reply::Policy(policy)) => {
                let planned = self.plan.stacks[index]
                    .policy
                    .as_deref()
                    .unwrap_or_default();
                let settled = Settled {
                    stack,
                    ending: Ending::Unchanged,
                };
                match policy
                    .as_deref()
                    .is_some_and(|policy| is_same_json(policy, planned))
                {
                    true => self.settle(index, settled),
                    false => self.to(
                        index,
                        Step::SetPolicy(Settled {
                            ending: Ending::Deployed,
                            ..settled
                        }),
                    ),
                }
            }
            (Step::Upload, Reply::Uploaded { url }) => {
                self.to(index, Step::Propose(TemplateSource::Url(url)))
            }
            (Step::Propose(_), Reply::ChangeSetMade { change_set, stack }) => {
                self.stacks[index].proposal = Some(Waiting {
                    change_set: change_set.clone(),
                    stack,
                    resources: 0,
                    needs_word: false,
                });
                self.to(index, Step::Make(change_set));
                self.pause(index);
            }
            (Step::Make(_), Reply::ChangeSet(change_set)) => self.made(index, *change_set),
            (Step::ReadValidation(change_set, reason), Reply::Validation(validation)) => {
                let refused = Refused::ChangeSet { reason, validation };
                self.to(
                    index,
                    Step::Discard(
                        change_set,
                        Box::new(Afterwards::End(Ending::Refused(Box::new(refused)))),
                    ),
                );
            }
            (Step::Discard(_, afterwards), Reply::Done) => self.discarded(index, *afterwards),
            (Step::DiscardStack(_, afterwards), Reply::Done) => self.afterwards(index, *afterwards),
            (Step::Execute, Reply::Done) => self.follow(index),
            (Step::Confirm(failure), Reply::Events(events)) => {
                let Some(waiting) = self.stacks[index].proposal.clone() else {
                    return;
                };
                let planned = &self.plan.stacks[index];
                let token = planned.token(&waiting.change_set, &self.plan.conduct);
                let began = events.iter().any(|event| is_of(event, &token));
                let executed = failure
                    .as_ref()
                    .and_then(|failure| failure.refusal.as_ref())
                    .is_some_and(is_executed);
                match failure {
                    _ if began || executed => self.follow(index),
                    // The answer was lost, and so was the call.
                    Some(failure)
                        if failure.kind.is_passing() && self.stacks[index].executions < TRIES =>
                    {
                        self.to(index, Step::Execute);
                        self.stacks[index].failures = self.stacks[index].executions;
                        self.again(index, failure);
                    }
                    Some(failure) => {
                        let refused = Box::new(Refused::Call(failure));
                        self.discard(index, Afterwards::End(Ending::Refused(refused)));
                    }
                    None => self.to(index, Step::Execute),
                }
            }
            (Step::Follow(operation), Reply::Events(events)) => {
                self.followed(index, operation, events)
            }
            (Step::Peek(operation), Reply::Stack(stack)) => self.peeked(index, operation, stack),
            (Step::Prove(operation, status), Reply::ChangeSet(change_set)) => {
                self.proved(index, operation, status, &change_set);
            }
            (Step::LookDeeper(operation, status, cause), Reply::Events(events)) => {
                match cause.inside(events, &operation.token) {
                    Some(inner) => self.over_by(index, operation, status, Some(inner)),
                    None => self.concluded(index, operation, status, Some(cause)),
                }
            }
            (Step::ReadOutputs(settled), Reply::Stack(stack)) => {
                let outputs = stack.map(|stack| stack.outputs).unwrap_or_default();
                let outputs = outputs.into_iter();
                self.stacks[index].outputs =
                    outputs.map(|(key, (value, _))| (key, value)).collect();
                self.applied(index, settled);
            }
            (Step::SetPolicy(settled), Reply::Done) => self.settle(index, settled),
            (Step::SetProtection(settled), Reply::Done) => self.end(index, settled.ending),
            // An answer to another question is none.
            (step, _) => {
                let failure = Failure {
                    kind: FailureKind::Unknown,
                    what: "an answer that does not fit its call".to_owned(),
                    why: String::new(),
                    help: String::new(),
                    refusal: None,
                };
                self.failed(index, step, failure);
            }
        }
    }

    /// A call failed. What may pass is tried again: a few times before anything runs, and for long while it does.
    pub(super) fn failed(&mut self, index: usize, step: Step, failure: Failure) {
        let stack = &mut self.stacks[index];
        stack.failures += 1;
        let waited = self.now.millis() - stack.since.millis();
        let tries_left = stack.failures < TRIES;
        let passing = failure.kind.is_passing();
        if matches!(step, Step::Follow(_)) {
            stack.unread += 1;
        }
        let is_unread = stack.unread >= TRIES;
        match step {
            // How it ends, its stack says too.
            Step::Follow(operation) if waited < PATIENCE && is_unread => {
                stack.failures = 0;
                stack.step = Step::Peek(operation);
                stack.pending = Pending::Due;
            }
            // What runs, runs; credentials come back, and so do networks.
            Step::Follow(_) | Step::Peek(_) | Step::Prove(..) | Step::Confirm(_)
                if waited < PATIENCE
                    && (passing || failure.kind == FailureKind::Credentials || tries_left) =>
            {
                self.again(index, failure);
            }
            // It is not there any more: it was executed.
            Step::Prove(operation, status) if failure.refusal.is_some() => {
                self.over(index, operation, status);
            }
            Step::Follow(operation) | Step::Peek(operation) | Step::Prove(operation, _) => {
                let cause = Cause::of(&operation.events);
                self.stuck(
                    index,
                    Stuck {
                        status: None,
                        cause,
                        failure: Some(failure),
                    },
                );
            }
            Step::Confirm(_) => self.stuck(
                index,
                Stuck {
                    status: None,
                    cause: None,
                    failure: Some(failure),
                },
            ),
            // It may have been done, or cannot be: the stack's events say.
            Step::Execute
                if !matches!(failure.kind, FailureKind::Denied | FailureKind::Credentials) =>
            {
                self.stacks[index].executions += 1;
                self.to(index, Step::Confirm(Some(failure)));
            }
            _ if passing && tries_left => self.again(index, failure),
            // What is known says where to look.
            Step::LookDeeper(operation, status, cause) => {
                self.concluded(index, operation, status, Some(cause));
            }
            // The way back may miss them; the way there does not.
            Step::ReadOutputs(settled) => self.applied(index, settled),
            // Its template would be one to compare with, and no more.
            Step::ReadTemplate(_) if failure.refusal.is_some() => self.to(index, Step::Waits),
            Step::ReadValidation(change_set, reason) => {
                let refused = Refused::ChangeSet {
                    reason,
                    validation: Vec::new(),
                };
                self.to(
                    index,
                    Step::Discard(
                        change_set,
                        Box::new(Afterwards::End(Ending::Refused(Box::new(refused)))),
                    ),
                );
            }
            // It is of no use; that it is still there is no reason to fail.
            Step::Discard(_, afterwards) | Step::DiscardStack(_, afterwards) => {
                self.afterwards(index, *afterwards)
            }
            Step::Propose(_) | Step::Make(_) if self.could_be_later(index) && !passing => {
                self.tell(index, News::Waits(self.undone(index)));
                self.stacks[index].deferred = true;
                self.to(index, Step::Waits);
            }
            Step::Make(_)
                if self.plan.stacks[index].sealed.is_some() && failure.refusal.is_some() =>
            {
                let refused =
                    Refused::Moved("the approved change set is not there any more".to_owned());
                self.end(index, Ending::Refused(Box::new(refused)));
            }
            Step::Unprotect(..) | Step::Mend(..) | Step::SetPolicy(_) | Step::SetProtection(_) => {
                self.stuck(
                    index,
                    Stuck {
                        status: None,
                        cause: None,
                        failure: Some(failure),
                    },
                );
            }
            Step::Execute => self.discard(
                index,
                Afterwards::End(Ending::Refused(Box::new(Refused::Call(failure)))),
            ),
            _ => self.end(index, Ending::Refused(Box::new(Refused::Call(failure)))),
        }
    }

    /// Makes the call of the step again, after a pause that grows.
    pub(super) fn again(&mut self, index: usize, failure: Failure) {
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

    pub(super) fn discard(&mut self, index: usize, afterwards: Afterwards) {
        let step = match &self.stacks[index].proposal {
            // A sealed one stays: whoever sealed it may look at it.
            Some(waiting) if self.plan.stacks[index].sealed.is_none() => {
                Step::Discard(waiting.change_set.clone(), Box::new(afterwards))
            }
            _ => match afterwards {
                Afterwards::End(ending) => Step::Ended(ending),
                _ => Step::Waits,
            },
        };
        self.to(index, step);
    }

    /// A change set is gone; the stack that it made for itself goes too, unless there will be another one.
    pub(super) fn discarded(&mut self, index: usize, afterwards: Afterwards) {
        let made_for_it = self.stacks[index].found.is_none() && !self.stacks[index].reviewed;
        let stack = self.stacks[index]
            .proposal
            .as_ref()
            .map(|waiting| waiting.stack.clone());
        match (afterwards, stack) {
            (Afterwards::End(ending), Some(stack)) if made_for_it => {
                self.to(
                    index,
                    Step::DiscardStack(stack, Box::new(Afterwards::End(ending))),
                );
            }
            (afterwards, _) => self.afterwards(index, afterwards),
        }
    }

    pub(super) fn afterwards(&mut self, index: usize, afterwards: Afterwards) {
        match afterwards {
            Afterwards::Propose => self.to(index, Step::Waits),
            Afterwards::Wait => {
                self.stacks[index].deferred = true;
                self.to(index, Step::Waits);
            }
            Afterwards::End(ending) => self.end(index, ending),
            Afterwards::Settle => {
                let stack = self.stacks[index].found.clone();
                match (stack, self.plan.stacks[index].policy.is_some()) {
                    (Some(stack), true) => self.to(index, Step::ReadPolicy(stack)),
                    (Some(stack), false) => self.settle(
                        index,
                        Settled {
                            stack,
                            ending: Ending::Unchanged,
                        },
                    ),
                    (None, _) => self.end(index, Ending::Unchanged),
                }
            }
        }
    }
}

/// Whether CloudFormation refuses to execute a change set because it is being executed.
fn is_executed(refusal: &Refusal) -> bool {
    matches!(
        refusal,
        Refusal::ChangeSetNotExecutableAgain { .. } | Refusal::TokenUsed { .. }
    )
}
