//! Who watches a deployment, and whose word it is.

use std::io::IsTerminal as _;
use std::time::{Duration, Instant};

use stratiform_aws::{Audience, Interruption};
use stratiform_deploy::{
    Blocked, CommandNews, Ending, Health, News, Outcome, Plan, Proposal, Run, Subject, TaskEnd,
    TaskNews, Told,
};

use super::asking::{Consent, Question, is_typed};
use crate::view::deployment::besides::lines;
use crate::view::deployment::{Ended, Failed, Follow, Sources};

/// Shows what happens, and asks.
pub(crate) struct Watching {
    /// Who is shown.
    pub view: Box<dyn Follow>,
    /// Who says yes.
    pub consent: Consent,
    /// The environment: what somebody types who means it.
    pub environment: String,
    /// Whether it was shown what would be done.
    pub reviewed: bool,
    /// When each stack began to be executed, and how long that took.
    pub times: Vec<(Option<Instant>, Option<Duration>)>,
    /// What runs and is not well.
    pub unwell: Vec<(Subject, Health)>,
    /// Tasks and commands that failed.
    pub failed: Vec<Failed>,
    /// Tasks that were in the way back.
    pub in_the_way: Vec<String>,
    /// Whether all is shown that commands print.
    pub verbose: bool,
}

impl Watching {
    /// How it ended, shown.
    pub(crate) fn finish(
        &mut self,
        run: &Run,
        sources: &Sources,
        outcome: Outcome,
        took: Duration,
    ) {
        let endings = run.endings();
        let not_approved = |index: usize| {
            let ending = endings.get(index).and_then(Option::as_ref);
            matches!(ending, Some(Ending::NotApproved))
        };
        let proposals = run.proposals().into_iter().enumerate();
        let proposals: Vec<(usize, Option<&Proposal>)> = proposals
            .filter(|(index, proposal)| proposal.is_some() && not_approved(*index))
            .collect();
        let held_back = proposals.iter().flat_map(|(index, proposal)| {
            let blocked = proposal.iter().flat_map(|proposal| &proposal.blocked);
            blocked.map(|blocked| (*index, blocked.clone()))
        });
        let held_back: Vec<(usize, Blocked)> = held_back.collect();
        // What is held back was never asked about.
        if !self.reviewed && !held_back.is_empty() {
            self.view.review(run.plan(), &proposals);
        }
        let ended = Ended {
            outcome,
            unwell: std::mem::take(&mut self.unwell),
            failed: std::mem::take(&mut self.failed),
            in_the_way: std::mem::take(&mut self.in_the_way),
            held_back,
            took,
            each: self.times.iter().map(|(_, took)| *took).collect(),
            endings,
        };
        self.view.finish(run.plan(), sources, &ended);
    }
}

impl Audience for Watching {
    fn told(&mut self, plan: &Plan, told: &Told) {
        self.times.resize(plan.stacks.len(), (None, None));
        match told {
            Told::Stack { stack, news } => {
                let time = self.times.get_mut(*stack);
                match (news, time) {
                    (News::Executing(_), Some((began, _))) => {
                        began.get_or_insert_with(Instant::now);
                    }
                    (News::Finished(_), Some((began, took))) => {
                        *took = began.map(|began| began.elapsed());
                    }
                    _ => {}
                }
            }
            Told::Verified { report, .. } => {
                let report = report.iter();
                let unwell = report.filter(|(_, health)| *health != Health::Healthy);
                self.unwell = unwell.cloned().collect();
            }
            Told::Task {
                task,
                news: TaskNews::Ended(TaskEnd::Failed { why, .. }),
            } => {
                let task = plan.conduct.besides.tasks.get(*task);
                let name = task.map(|task| task.name.clone()).unwrap_or_default();
                self.failed.push(Failed::Task(name, why.clone()));
            }
            Told::Command {
                command,
                news: CommandNews::Ended { failed, printed },
            } => {
                if self.verbose && !printed.is_empty() {
                    self.view.say(lines(printed).trim_start_matches('\n'));
                }
                if let Some(why) = failed {
                    let command = plan.conduct.besides.commands.get(*command);
                    let name = command.map(|command| command.name.clone());
                    let name = name.unwrap_or_default();
                    self.failed.push(Failed::Command(name, why.clone()));
                }
            }
            Told::Stays { tasks } => self.in_the_way.clone_from(tasks),
            _ => {}
        }
        self.view.told(plan, told);
    }

    fn approve(&mut self, plan: &Plan, proposals: &[(usize, Option<&Proposal>)]) -> bool {
        self.view.review(plan, proposals);
        self.reviewed = true;
        let is_worse = proposals
            .iter()
            .any(|(_, proposal)| proposal.is_some_and(|proposal| !proposal.worse.is_empty()));
        let question = if is_worse {
            Question::Worse
        } else {
            Question::AsPredicted
        };
        let answer = self.consent.answer(question);
        if let Some(said) = answer.said(&self.environment) {
            self.view.say(&said);
        }
        answer.is_yes(|| is_typed(&self.environment))
    }

    fn interrupted(&mut self, interruption: Interruption) {
        self.view.say(match interruption {
            Interruption::Ends => "interrupted: nothing was executed, and the change sets go",
            Interruption::GoesOn => {
                "interrupted: what is under way goes on, and so does this; once more asks CloudFormation to cancel, and stops a task"
            }
            Interruption::Cancels => "CloudFormation is asked to cancel: what it can is rolled back; a task is stopped",
        });
    }
}

/// Whether somebody is there who can be asked.
pub(crate) fn is_somebody_there() -> bool {
    std::io::stdin().is_terminal() && std::io::stderr().is_terminal()
}
