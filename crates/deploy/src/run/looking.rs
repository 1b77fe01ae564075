//! How a stack stands, and what has to be done before it can be updated.

use stratiform_service::StackId;
use stratiform_service::Timestamp;
use stratiform_service::status::{Direction, Ending as StackEnding, Phase};

use super::Run;
use crate::call::Stack;
use crate::plan::{Mending, Until};
use crate::stack::{Before, Remedy, Settled, Step, changed};
use crate::told::{Ending, News, Refused, Stuck};

impl Run {
    pub(super) fn found(&mut self, index: usize, stack: Option<Box<Stack>>) {
        let status = stack.as_ref().map(|stack| stack.status.clone());
        self.tell(index, News::Found(status));
        let Some(stack) = stack else {
            return self.absent(index);
        };
        self.stacks[index].reviewed = stack.status.phase() == Phase::Settled(StackEnding::Reviewed);
        let allowed = self.plan.conduct.mending == Mending::Rollbacks && !self.stacks[index].mended;
        let since = changed(&stack);
        let stuck = Stuck {
            status: Some(stack.status.clone()),
            cause: None,
            failure: None,
        };
        match stack.status.phase() {
            Phase::Settled(StackEnding::Gone | StackEnding::Reviewed) => self.absent(index),
            Phase::Settled(StackEnding::Applied | StackEnding::RolledBack)
                if self.plan.conduct.until == Until::Mended =>
            {
                self.mended(index);
            }
            Phase::Settled(StackEnding::Applied | StackEnding::RolledBack) => {
                self.stacks[index].found = Some(stack.id.clone());
                let seen = self.plan.stacks[index].seen.take();
                let template = seen.filter(|seen| seen.stack.as_ref() == Some(&stack));
                match template.and_then(|seen| seen.template) {
                    Some(template) => self.compared(index, &stack, template),
                    None => self.to(index, Step::ReadTemplate(stack)),
                }
            }
            Phase::Settled(StackEnding::NeverCreated) => {
                let status = stack.status.clone();
                self.to(index, Step::LookInside(stack.id.clone(), since, status));
            }
            Phase::Settled(StackEnding::Halfway) if allowed => {
                self.mend(index, Remedy::RollBack, stack.id, since)
            }
            Phase::Settled(StackEnding::RollbackStuck) if allowed => {
                self.mend(index, Remedy::Continue, stack.id, since)
            }
            Phase::Settled(StackEnding::CreationStuck | StackEnding::Broken) if allowed => {
                self.to(index, Step::ReadLeft(stack));
            }
            Phase::Settled(
                StackEnding::Halfway
                | StackEnding::RollbackStuck
                | StackEnding::CreationStuck
                | StackEnding::Broken
                | StackEnding::Unknown,
            ) => {
                self.stuck(index, stuck);
            }
            Phase::Moving(
                Direction::Forward
                | Direction::CleaningUp
                | Direction::Back
                | Direction::Away
                | Direction::Unknown,
            ) => {
                self.stacks[index].found = Some(stack.id.clone());
                self.to(index, Step::Whose(stack));
            }
        }
    }

    /// There is no stack.
    pub(super) fn absent(&mut self, index: usize) {
        self.stacks[index].found = None;
        if self.plan.stacks[index]
            .sealed
            .as_ref()
            .is_some_and(|sealed| sealed.stack_changed.is_some())
        {
            let refused = Refused::Moved("the stack is not there any more".to_owned());
            return self.end(index, Ending::Refused(Box::new(refused)));
        }
        match self.plan.conduct.until {
            Until::Mended => self.mended(index),
            Until::Prepared | Until::Deployed => self.to(index, Step::Waits),
        }
    }

    /// It can be updated, and nothing more was asked for.
    fn mended(&mut self, index: usize) {
        let ending = match self.stacks[index].mended {
            true => Ending::WentBack,
            false => Ending::Unchanged,
        };
        self.end(index, ending);
    }

    pub(super) fn mend(&mut self, index: usize, remedy: Remedy, stack: StackId, since: Timestamp) {
        self.stacks[index].mended = true;
        self.tell(index, News::Mending);
        self.to(index, Step::Mend(remedy, stack, since));
    }

    pub(super) fn compared(&mut self, index: usize, stack: &Stack, template: String) {
        let planned = &self.plan.stacks[index];
        let topics = &self.plan.conduct.notification_arns;
        let since = changed(stack);
        // A stack that is as it was when its change set was approved has not got it: a secret in it is seen nowhere else.
        let is_due = planned
            .sealed
            .as_ref()
            .is_some_and(|sealed| sealed.stack_changed == Some(since));
        let is_deployed = !is_due && planned.is_deployed(stack, &template, topics);
        if let Some(sealed) = &planned.sealed
            && sealed.stack_changed != Some(since)
            && !is_deployed
        {
            let refused = Refused::Moved(format!("the stack was changed at {since}"));
            return self.end(index, Ending::Refused(Box::new(refused)));
        }
        let has_policy = planned.policy.is_some();
        self.stacks[index].before = Some(Before::of(stack, template));
        if !is_deployed {
            return self.to(index, Step::Waits);
        }
        match has_policy {
            true => self.to(index, Step::ReadPolicy(stack.id.clone())),
            false => self.settle(
                index,
                Settled {
                    stack: stack.id.clone(),
                    ending: Ending::Unchanged,
                },
            ),
        }
    }

    pub(super) fn settle(&mut self, index: usize, settled: Settled) {
        let is_protected = self.stacks[index]
            .before
            .as_ref()
            .is_some_and(|before| before.protected);
        match self.plan.stacks[index].termination_protection {
            Some(planned) if planned != is_protected => {
                let settled = Settled {
                    ending: Ending::Deployed,
                    ..settled
                };
                self.to(index, Step::SetProtection(settled));
            }
            _ => self.end(index, settled.ending),
        }
    }

    pub(super) fn stuck(&mut self, index: usize, stuck: Stuck) {
        self.end(index, Ending::Stuck(Box::new(stuck)));
    }
}
