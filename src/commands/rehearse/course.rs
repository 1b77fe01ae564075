//! A run on a stage, one call after the other: it can be left at any moment, and taken up from there any number of times.
//!
//! `aws::carry_out` makes calls at the same time and waits for real; all else is the same run, over the same SDK.

use std::collections::VecDeque;

use stratiform_aws::Aws;
use stratiform_deploy::{Call, Effect, Input, Outcome, Pace, Plan, Run};
use stratiform_service::Timestamp;

use super::stage::Stage;

/// How often is asked how things are: time passes with each, and the engine is asked when it has something to tell.
const PACE: Pace = Pace {
    least: 15_000,
    most: 60_000,
};

/// More than any run needs: a run that does not end is one that a person has to look at.
const MOST: usize = 100_000;

/// A run that is under way.
#[derive(Clone, Debug)]
pub(super) struct Course {
    pub(super) run: Run,
    open: VecDeque<(u64, Box<Call>)>,
    is_asked: bool,
    wake: Option<Timestamp>,
}

impl Course {
    /// Begins. What somebody saw before counts only where nothing has happened since.
    pub(super) fn begin(plan: &Plan, stage: &Stage) -> Course {
        let mut plan = plan.clone();
        plan.conduct.pace = PACE;
        let (run, effects) = Run::new(plan, stage.now());
        let mut course = Course {
            run,
            open: VecDeque::new(),
            is_asked: false,
            wake: None,
        };
        course.take(effects);
        course
    }

    fn take(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            match effect {
                Effect::Call { ticket, call } => self.open.push_back((ticket, call)),
                Effect::Abandon(ticket) => self.open.retain(|(open, _)| *open != ticket),
                Effect::Wake(at) => self.wake = Some(at),
                Effect::Approve(_) => self.is_asked = true,
                Effect::Tell(_) => {}
            }
        }
    }

    /// The call that comes next, where one does.
    pub(super) fn next_call(&self) -> Option<&Call> {
        let is_next = self.run.outcome().is_none() && !self.is_asked;
        let first = self.open.front().filter(|_| is_next);
        first.map(|(_, call)| call.as_ref())
    }

    /// Goes on by one step. False where it is over.
    pub(super) async fn step(&mut self, stage: &Stage, aws: &Aws) -> bool {
        if self.run.outcome().is_some() {
            return false;
        }
        let input = if std::mem::take(&mut self.is_asked) {
            Input::Approved(true)
        } else if let Some((ticket, call)) = self.open.pop_front() {
            let reply = Box::new(aws.call(&call).await);
            Input::Answer { ticket, reply }
        } else if let Some(at) = self.wake.take() {
            match self.run.is_executing() {
                true => stage.jump(at, None),
                false => stage.jump(at, Some(self.run.decides().unwrap_or(at))),
            }
            Input::Time
        } else {
            return false;
        };
        let effects = self.run.step(input, stage.now());
        self.take(effects);
        true
    }

    /// Goes on to the end.
    pub(super) async fn end(&mut self, stage: &Stage, aws: &Aws) -> Outcome {
        for _ in 0..MOST {
            if !self.step(stage, aws).await {
                break;
            }
        }
        self.run.outcome().unwrap_or(Outcome::NeedsPerson)
    }
}
