//! What is asked once all stacks are deployed: whether what runs is well, what tasks and commands say, and whether it is
//! still well then.

use super::commands::CommandRun;
use super::tasks::Progress;
use super::{Effect, Run};
use crate::besides::Turn;
use crate::call::{Failure, Reply};
use crate::plan::Until;
use crate::told::{Ending, Outcome, Told};
use crate::verification::{Contract, Subject, Verification, Verified};

/// How far it is with what comes once all stacks are deployed, in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Phase {
    /// Tasks that come before their service, and could not: it was not there.
    Late,
    /// What runs is well, as soon as it is.
    Well,
    /// Tasks that come after.
    Tasks,
    /// Commands.
    Commands,
    /// What runs is well still, and stays so.
    Whole,
}

impl Run {
    /// Whether what runs has to be looked at: something was deployed, and nothing failed.
    pub(super) fn has_to_verify(&self) -> bool {
        let deployed = self
            .stacks
            .iter()
            .any(|stack| stack.ending() == Some(&Ending::Deployed));
        let conduct = &self.plan.conduct;
        let is_asked = conduct.verify.is_some()
            || !conduct.besides.tasks.is_empty()
            || !conduct.besides.commands.is_empty();
        deployed
            && is_asked
            && conduct.until == Until::Deployed
            && self.own_outcome() == Some(Outcome::Done)
    }

    /// Whether something comes between the first look and the last one.
    fn is_tried(&self) -> bool {
        let besides = &self.plan.conduct.besides;
        let mut tasks = besides.tasks.iter();
        tasks.any(|task| task.runs == Turn::After) || !besides.commands.is_empty()
    }

    /// What is to be looked at now: after the deployment, or after the way back. None where nothing has to be asked.
    fn contract(&self) -> Option<Contract> {
        let contract = self.plan.conduct.verify.clone()?;
        // That it works is enough: it worked before, or it is looked at again.
        let at_once = Contract {
            bake_minutes: 0,
            ..contract.clone()
        };
        match (&self.back, self.phase) {
            (None, Phase::Well) => Some(at_once),
            (None, Phase::Whole) => Some(contract),
            (None, Phase::Late | Phase::Tasks | Phase::Commands) => None,
            (Some((back, _)), _) => (self.verified_back.is_none()
                && back.outcome() == Some(Outcome::Done))
            .then_some(at_once),
        }
    }

    /// Goes on with what comes once all stacks are deployed, and comes to a verdict where all of it is answered.
    pub(super) fn verify(&mut self) {
        if self.back.is_some() {
            if let Some(verdict) = self.look() {
                self.verified_back = Some(verdict);
            }
            return;
        }
        while self.verified.is_none() && self.has_to_verify() {
            if self.stopped {
                self.go_on_with_tasks();
                // What runs is stopped first.
                if !self.is_running_task() {
                    self.look();
                    self.verified = Some(Verified::No);
                }
                return;
            }
            let progress = match self.phase {
                Phase::Late => self.tasks_after(Turn::Before),
                Phase::Tasks => self.tasks_after(Turn::After),
                Phase::Commands => self.commands(),
                Phase::Well if !self.is_tried() => Progress::Done,
                Phase::Well | Phase::Whole => match self.contract().map(|_| self.look()) {
                    Some(None) => Progress::GoesOn,
                    Some(Some(Verified::No)) => Progress::Failed(0),
                    None | Some(Some(Verified::Yes)) => Progress::Done,
                },
            };
            match progress {
                Progress::GoesOn => {
                    self.go_on_with_tasks();
                    return;
                }
                Progress::Failed(_) => self.verified = Some(Verified::No),
                Progress::Done => match self.phase.next() {
                    Some(next) => self.phase = next,
                    None => self.verified = Some(Verified::Yes),
                },
            }
        }
    }

    /// Asks what is due, and comes to a verdict where all is answered.
    fn look(&mut self) -> Option<Verified> {
        let contract = self.contract()?;
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
                self.verification = None;
                return Some(verdict);
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
                return None;
            }
        }
        None
    }

    /// Tasks and commands that failed, in words.
    pub(super) fn failed_besides(&self) -> Vec<String> {
        let besides = &self.plan.conduct.besides;
        let tasks = besides.tasks.iter().zip(&self.tasks);
        let tasks = tasks.filter(|(_, task)| task.has_failed());
        let tasks = tasks.map(|(planned, _)| format!("the task {} failed", planned.name));
        let commands = besides.commands.iter().zip(&self.commands);
        let commands = commands.filter(|(_, command)| **command == CommandRun::Ended(false));
        let commands = commands.map(|(planned, _)| format!("the command {} failed", planned.name));
        tasks.chain(commands).collect()
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

impl Phase {
    fn next(self) -> Option<Phase> {
        match self {
            Phase::Late => Some(Phase::Well),
            Phase::Well => Some(Phase::Tasks),
            Phase::Tasks => Some(Phase::Commands),
            Phase::Commands => Some(Phase::Whole),
            Phase::Whole => None,
        }
    }
}
