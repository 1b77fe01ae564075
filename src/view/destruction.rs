//! What people and programs see of an environment that is taken down.
//!
//! What lives here: how it is shown what would be deleted, what happens, and how it ended. What does not: what happens
//! (`deploy`), and who says yes (`commands/destroy`).

mod findings;
pub(crate) mod json;
mod remedy;
pub(crate) mod text;

use std::time::Duration;

use stratiform_deploy::Outcome;
use stratiform_deploy::destruction::{Ending, Fate, Item, Plan, Remains, Survey, Told};

use super::deployment::Sources;

/// How it ended.
#[derive(Clone, Debug)]
pub(crate) struct Ended<'e> {
    /// The whole.
    pub outcome: Outcome,
    /// Each stack; none where it did not end.
    pub endings: Vec<Option<&'e Ending>>,
    /// How long it took.
    pub took: Duration,
}

impl Ended<'_> {
    /// What stays, with the places of the stacks that it was in.
    fn remains(&self) -> impl Iterator<Item = (usize, &Remains)> {
        let endings = self.endings.iter().enumerate();
        endings.flat_map(|(place, ending)| {
            let remains = match ending {
                Some(Ending::Deleted(remains)) => remains.as_slice(),
                _ => &[],
            };
            remains.iter().map(move |remains| (place, remains))
        })
    }

    /// The flags with which data goes that would have gone without being named.
    fn allowances(&self, plan: &Plan) -> Vec<String> {
        let endings = self.endings.iter().zip(&plan.stacks);
        let flags = endings.flat_map(|(ending, stack)| {
            let at_risk = match ending {
                Some(Ending::DataAtRisk(at_risk)) => at_risk.as_slice(),
                _ => &[],
            };
            at_risk
                .iter()
                .map(|blocked| format!("--allow {}", blocked.allowance(&stack.key)))
        });
        flags.collect()
    }
}

/// Somebody who is shown a destruction.
pub(crate) trait Show {
    /// Something happens.
    fn told(&mut self, plan: &Plan, told: &Told);

    /// This is what would be deleted.
    fn review(&mut self, plan: &Plan, survey: &Survey);

    /// A sentence.
    fn say(&mut self, sentence: &str);

    /// It is over.
    fn finish(&mut self, plan: &Plan, sources: &Sources, ended: &Ended<'_>);
}

/// How it ended with a stack, in a word or two.
fn ending(ending: Option<&Ending>) -> &'static str {
    match ending {
        None => "not known",
        Some(Ending::Absent) => "was not there",
        Some(Ending::Deleted(_)) => "deleted",
        Some(Ending::Protected(_)) => "protected",
        Some(Ending::DataAtRisk(_)) => "data at risk",
        Some(Ending::NotApproved) => "not deleted",
        Some(Ending::NotReached(_)) => "not reached",
        Some(Ending::Refused(_)) => "refused",
        Some(Ending::CameBack { .. }) => "came back",
        Some(Ending::Stuck(_)) => "needs a person",
    }
}

/// What becomes of a resource, where it has to be known.
fn fate(item: &Item) -> Option<&'static str> {
    match (item.fate, item.loses_data()) {
        (Fate::Stays, _) => Some("stays"),
        (Fate::Snapshot, _) => Some("deleted after a snapshot"),
        (Fate::DeletedIfEmpty, _) => Some("deleted if it is empty"),
        (Fate::Deleted, true) => Some("deleted with its data"),
        (Fate::Deleted, false) => None,
    }
}
