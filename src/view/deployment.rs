//! What people and programs see of a deployment.
//!
//! What lives here: how it is shown that something happens, what is proposed, and how it ended. What does not: what
//! happens (`deploy`), and who says yes (`commands/deploy`).

pub(crate) mod bars;
pub(crate) mod besides;
pub(crate) mod findings;
#[cfg(test)]
mod fixture;
pub(crate) mod github;
pub(crate) mod json;
pub(crate) mod lines;
mod remedy;
pub(crate) mod review;
mod table;
pub(crate) mod words;

use std::collections::HashMap;
use std::panic::Location;
use std::path::PathBuf;
use std::time::Duration;

use stratiform_deploy::{Blocked, Ending, Health, Outcome, Plan, Proposal, Subject, Told};

use super::guard::Guarded;
use crate::report::Colour;

/// Where the resources of a plan's stacks are declared.
#[derive(Clone, Debug, Default)]
pub(crate) struct Sources {
    /// The folder that Rust files are looked for in.
    pub root: PathBuf,
    /// For each stack, the places by logical ID.
    pub locations: Vec<HashMap<String, &'static Location<'static>>>,
}

impl Sources {
    /// Where a resource is declared.
    pub(crate) fn location(
        &self,
        stack: usize,
        logical_id: &str,
    ) -> Option<&'static Location<'static>> {
        self.locations.get(stack)?.get(logical_id).copied()
    }
}

/// How a deployment ended.
#[derive(Clone, Debug)]
pub(crate) struct Ended {
    /// Each stack; none where it did not end.
    pub endings: Vec<Option<Ending>>,
    /// The whole.
    pub outcome: Outcome,
    /// What runs and is not well.
    pub unwell: Vec<(Subject, Health)>,
    /// Tasks and commands that failed, and why.
    pub failed: Vec<Failed>,
    /// Tasks that were in the way back.
    pub in_the_way: Vec<String>,
    /// Resources with data that would have gone, and that nobody named.
    pub held_back: Vec<(usize, Blocked)>,
    /// How long it took.
    pub took: Duration,
    /// How long each stack took, from its execution on.
    pub each: Vec<Option<Duration>>,
}

/// A task or a command that failed.
#[derive(Clone, Debug)]
pub(crate) enum Failed {
    /// A task: its name, and why.
    Task(String, String),
    /// A command.
    Command(String, String),
}

/// What is proposed: stacks as places in the plan; those whose change sets can only be made later have none.
pub(crate) type Proposals<'p> = [(usize, Option<&'p Proposal>)];

/// Somebody who is shown a deployment.
pub(crate) trait Follow {
    /// Whether it is a good moment.
    fn guarded(&mut self, guarded: &Guarded<'_>);

    /// Something happens.
    fn told(&mut self, plan: &Plan, told: &Told);

    /// This is what would be done.
    fn review(&mut self, plan: &Plan, proposals: &Proposals<'_>);

    /// A sentence.
    fn say(&mut self, sentence: &str);

    /// It is over.
    fn finish(&mut self, plan: &Plan, sources: &Sources, ended: &Ended);
}

/// Where text goes.
pub(crate) type Sink = Box<dyn FnMut(&str)>;

/// How long it has been since the start.
pub(crate) type Clock = Box<dyn Fn() -> Duration>;

/// The end as text: the root causes, then all stacks.
fn ended(plan: &Plan, sources: &Sources, ended: &Ended, colour: Colour) -> String {
    let findings = findings::findings(plan, sources, ended);
    let drawn = crate::report::Failure::below(&sources.root, findings).draw(colour);
    drawn + &table::text(plan, ended)
}
