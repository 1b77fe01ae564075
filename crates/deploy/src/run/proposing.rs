//! Change sets: made, read, proposed.

use stratiform_service::ChangeSet;

use super::{MAKING, Run};
use crate::gate::blocked;
use crate::stack::{Afterwards, Made, Step, Waiting, changes_digest, made};
use crate::told::{Ending, News, Proposal, Refused};

impl Run {
    pub(super) fn made(&mut self, index: usize, change_set: ChangeSet) {
        let id = change_set.change_set_id.clone();
        let planned = &self.plan.stacks[index];
        if let Some(sealed) = &planned.sealed
            && !(matches!(made(&change_set), Made::Ready)
                && changes_digest(&change_set) == sealed.digest)
        {
            let refused = Refused::Moved("the approved change set is not what it was".to_owned());
            return self.end(index, Ending::Refused(Box::new(refused)));
        }
        match made(&change_set) {
            Made::NotYet if self.now.millis() - self.stacks[index].since.millis() < MAKING => {
                self.pause(index);
            }
            Made::NotYet => {
                let refused = Refused::ChangeSet {
                    reason: "CloudFormation has not made it within an hour".to_owned(),
                    validation: Vec::new(),
                };
                self.discard(index, Afterwards::End(Ending::Refused(Box::new(refused))));
            }
            Made::Ready => self.proposed(index, change_set),
            Made::NoChanges => self.to(index, Step::Discard(id, Box::new(Afterwards::Settle))),
            Made::Spent if !std::mem::replace(&mut self.stacks[index].remade, true) => {
                self.to(index, Step::Discard(id, Box::new(Afterwards::Propose)));
            }
            Made::Spent => {
                let refused = Refused::Moved(
                    "its change set cannot be executed: another operation came before".to_owned(),
                );
                self.discard(index, Afterwards::End(Ending::Refused(Box::new(refused))));
            }
            Made::Failed(_) if self.could_be_later(index) => {
                self.tell(index, News::Waits(self.undone(index)));
                self.to(index, Step::Discard(id, Box::new(Afterwards::Wait)));
            }
            Made::Failed(reason) => self.to(index, Step::ReadValidation(id, reason)),
        }
    }

    pub(super) fn proposed(&mut self, index: usize, change_set: ChangeSet) {
        let planned = &self.plan.stacks[index];
        let blocked = blocked(&change_set, &planned.key, &self.plan.conduct.allowed);
        let worse = planned
            .predicted
            .as_ref()
            .map(|predicted| predicted.worse(&change_set))
            .unwrap_or_default();
        let waiting = Waiting {
            change_set: change_set.change_set_id.clone(),
            stack: change_set.stack_id.clone(),
            resources: change_set.changes.len(),
            // What was sealed was seen as it is.
            needs_word: !blocked.is_empty() || (!worse.is_empty() && planned.sealed.is_none()),
        };
        let proposal = Box::new(Proposal {
            stack_changed: self.stacks[index]
                .before
                .as_ref()
                .map(|before| before.changed),
            change_set,
            blocked,
            worse,
        });
        self.tell(index, News::Proposed(proposal.clone()));
        self.stacks[index].proposal = Some(waiting);
        self.stacks[index].shown = Some(proposal);
        self.to(index, Step::Proposed);
    }

    /// Whether a change set that cannot be made now may be possible after others.
    pub(super) fn could_be_later(&self, index: usize) -> bool {
        !self.undone(index).is_empty()
    }

    pub(super) fn undone(&self, index: usize) -> Vec<usize> {
        let needed = self.plan.stacks[index].depends_on.iter().copied();
        needed
            .filter(|&needed| !self.stacks[needed].is_deployed())
            .collect()
    }
}
