//! Whose word is needed, and what follows from it.

use super::{Effect, Run, StackRun, Word};
use crate::call::Call;
use crate::plan::{Approval, Until};
use crate::stack::{Afterwards, Step};
use crate::token::token_prefix;
use crate::told::Ending;

impl Run {
    /// Asks for a word once all that can be said is known.
    pub(super) fn ask(&mut self) {
        let proposed = |stack: &StackRun| stack.step == Step::Proposed;
        let all_wait = self
            .stacks
            .iter()
            .all(|stack| matches!(stack.step, Step::Proposed | Step::Waits | Step::Ended(_)));
        match self.word {
            Word::Asked => {}
            Word::None => {
                if !all_wait {
                    return;
                }
                let refused = self
                    .stacks
                    .iter()
                    .any(|stack| stack.ending().is_some() && !stack.is_deployed());
                let nothing = !self
                    .stacks
                    .iter()
                    .any(|stack| matches!(stack.step, Step::Proposed | Step::Waits));
                if nothing {
                    return;
                }
                self.leave_tasks_out();
                // Before anything is executed all of it must be possible.
                let is_blocked = self.stacks.iter().any(|stack| {
                    stack.step == Step::Proposed
                        && stack
                            .shown
                            .as_ref()
                            .is_some_and(|shown| !shown.blocked.is_empty())
                });
                if refused || is_blocked {
                    self.decline();
                } else if self.plan.conduct.until == Until::Prepared {
                    self.prepared();
                } else if self.plan.conduct.approval == Approval::Given
                    && !self.stacks.iter().any(|stack| {
                        stack
                            .proposal
                            .as_ref()
                            .is_some_and(|waiting| waiting.needs_word)
                    })
                {
                    self.approve();
                    self.go_on();
                } else {
                    self.word = Word::Asked;
                    let question = (0..self.stacks.len())
                        .filter(|&index| {
                            matches!(self.stacks[index].step, Step::Proposed | Step::Waits)
                        })
                        .map(|index| (index, self.stacks[index].shown.clone()))
                        .collect();
                    self.question(question);
                }
            }
            // Stacks whose change sets could only be made later. What was predicted was approved.
            Word::Yes => {
                let later: Vec<usize> = (0..self.stacks.len())
                    .filter(|&index| proposed(&self.stacks[index]))
                    .collect();
                if later.is_empty() {
                    return;
                }
                let (worse, fine): (Vec<usize>, Vec<usize>) =
                    later.into_iter().partition(|&index| {
                        self.stacks[index]
                            .proposal
                            .as_ref()
                            .is_none_or(|waiting| waiting.needs_word)
                    });
                for &index in &fine {
                    self.to(index, Step::Approved);
                }
                let is_blocked = |index: &usize| {
                    self.stacks[*index]
                        .shown
                        .as_ref()
                        .is_none_or(|shown| !shown.blocked.is_empty())
                };
                let (blocked, worse): (Vec<usize>, Vec<usize>) =
                    worse.into_iter().partition(is_blocked);
                for index in blocked.iter().copied() {
                    self.discard(index, Afterwards::End(Ending::NotApproved));
                }
                if !worse.is_empty() {
                    self.word = Word::Asked;
                    let question = worse
                        .into_iter()
                        .map(|index| (index, self.stacks[index].shown.clone()));
                    let question = question.collect();
                    self.question(question);
                }
                if !fine.is_empty() || !blocked.is_empty() {
                    self.go_on();
                }
            }
        }
    }

    pub(super) fn approve(&mut self) {
        self.word = Word::Yes;
        if self.stacks.iter().any(|stack| stack.step == Step::Proposed) {
            self.notify_of_start();
        }
        for index in 0..self.stacks.len() {
            if self.stacks[index].step == Step::Proposed {
                self.to(index, Step::Approved);
            }
        }
    }

    pub(super) fn approved(&mut self, yes: bool) {
        if yes {
            self.approve();
            return;
        }
        // Something may run already: then only what was asked about stays away.
        self.word = Word::Yes;
        self.decline();
    }

    /// Nothing of what waits for a word is executed.
    pub(super) fn decline(&mut self) {
        let runs = self.stacks.iter().any(|stack| {
            matches!(
                stack.step,
                Step::Execute | Step::Follow(_) | Step::Confirm(_)
            )
        });
        self.word = Word::Yes;
        for index in 0..self.stacks.len() {
            match self.stacks[index].step {
                Step::Proposed => self.discard(index, Afterwards::End(Ending::NotApproved)),
                Step::Waits if !runs => self.end(index, Ending::NotApproved),
                _ => {}
            }
        }
        self.go_on();
    }

    pub(super) fn prepared(&mut self) {
        self.word = Word::Yes;
        for index in 0..self.stacks.len() {
            if matches!(self.stacks[index].step, Step::Proposed | Step::Waits) {
                self.end(index, Ending::Prepared);
            }
        }
    }

    /// Stops what can be stopped.
    pub(super) fn cancel(&mut self) {
        self.stopped = true;
        self.abandon_commands();
        self.notices.question = None;
        for index in 0..self.stacks.len() {
            match &self.stacks[index].step {
                Step::Proposed => self.discard(index, Afterwards::End(Ending::NotApproved)),
                Step::Waits => self.end(index, Ending::NotApproved),
                Step::Follow(operation)
                    if !self.stacks[index].cancelled && self.stacks[index].found.is_some() =>
                {
                    let call = Call::CancelUpdateStack {
                        stack: operation.stack.clone(),
                        token: token_prefix(&self.plan.conduct.run) + "cancel",
                    };
                    self.stacks[index].cancelled = true;
                    // Nobody waits for the answer: the stack's events tell.
                    let ticket = self.next_ticket;
                    self.next_ticket += 1;
                    self.outbox.push(Effect::Call {
                        ticket,
                        call: Box::new(call),
                    });
                }
                _ => {}
            }
        }
    }
}
