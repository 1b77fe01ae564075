//! What is asked once all stacks are deployed.

use super::{Effect, Run};
use crate::call::{Failure, Reply};
use crate::plan::Until;
use crate::told::{Ending, Outcome, Told};
use crate::verification::{Contract, Subject, Verification, Verified};

impl Run {
    /// Whether what runs has to be looked at: something was deployed, and nothing failed.
    pub(super) fn has_to_verify(&self) -> bool {
        let deployed = self
            .stacks
            .iter()
            .any(|stack| stack.ending() == Some(&Ending::Deployed));
        deployed
            && self.plan.conduct.verify.is_some()
            && self.plan.conduct.until == Until::Deployed
            && self.own_outcome() == Some(Outcome::Done)
    }

    /// What has to be true now: after the deployment, or after the way back. None where nothing has to be asked.
    fn contract(&self) -> Option<Contract> {
        let contract = self.plan.conduct.verify.clone()?;
        match &self.back {
            None => (self.verified.is_none() && self.has_to_verify()).then_some(contract),
            // That it works is enough: it worked before.
            Some((back, _)) => (self.verified_back.is_none()
                && back.outcome() == Some(Outcome::Done))
            .then_some(Contract {
                bake_minutes: 0,
                ..contract
            }),
        }
    }

    /// Asks what is due, and comes to a verdict where all is answered.
    pub(super) fn verify(&mut self) {
        let Some(contract) = self.contract() else {
            return;
        };
        if self.verification.is_none() {
            let stacks = self.stacks.iter().filter_map(|stack| stack.found.clone());
            let verification =
                Verification::new(contract, stacks.collect(), self.plan.conduct.pace, self.now);
            self.verification = Some(verification);
            self.outbox.push(Effect::Tell(Box::new(Told::Verifying)));
        }
        while let Some(verification) = &mut self.verification {
            let verdict = match self.stopped && self.back.is_none() {
                true => Some(Verified::No),
                false => verification.verdict(self.now),
            };
            if let Some(verdict) = verdict {
                let report = verification.report();
                let told = Told::Verified { verdict, report };
                self.outbox.push(Effect::Tell(Box::new(told)));
                match self.back {
                    None => self.verified = Some(verdict),
                    Some(_) => self.verified_back = Some(verdict),
                }
                self.verification = None;
                return;
            }
            let calls = verification.calls(self.now);
            // Where there is nothing to ask, that is judged.
            let waits = !verification.is_answered();
            for (subject, call) in calls {
                let ticket = self.next_ticket;
                self.next_ticket += 1;
                self.asked.insert(ticket, subject);
                let call = Box::new(call);
                self.outbox.push(Effect::Call { ticket, call });
            }
            if waits {
                return;
            }
        }
    }

    pub(super) fn looked_at(&mut self, subject: &Subject, reply: Result<Reply, Failure>) {
        let Some(verification) = &mut self.verification else {
            return;
        };
        if let Some(health) = verification.answered(subject, reply) {
            let subject = subject.clone();
            let told = Told::Health { subject, health };
            self.outbox.push(Effect::Tell(Box::new(told)));
        }
    }
}
