//! What the failures come to.

use serde::Serialize;
use stratiform_deploy::Outcome;
use stratiform_service::{StackStatus, Word};

use crate::failure::Failure;

/// How bad is an end? The better before the worse.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Harm {
    /// None: all is deployed all the same.
    Through,
    /// None: all is as it was.
    Back,
    /// Some is new and some is as it was, all of it works, and one command finishes it.
    Halfway,
    /// A stack waits for a person, and one command gets it out.
    Person,
    /// A stack waits for a person, and no command of ours gets it out.
    Trapped,
    /// Data is lost.
    Lost,
}

/// What gets out of it?
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Way {
    /// Nothing has to be done.
    Nothing,
    /// `deploy` again: all is as it was to be.
    Deploy,
    /// `rollback` to the release from before: all is as it was.
    Rollback,
    /// `rollback`, which gets stacks out that are stuck, and then `deploy`.
    RollbackThenDeploy,
    /// None of these.
    Nobody,
}

/// How it is once a failure has happened and nothing more goes by itself.
#[derive(Clone, Debug)]
pub struct Ended {
    /// What the run came to.
    pub outcome: Outcome,
    /// Whether all is as it was to be.
    pub is_through: bool,
    /// Whether all is as it was.
    pub is_back: bool,
    /// The stacks that are neither, with their status.
    pub stuck: Vec<(String, Word<StackStatus>)>,
    /// Whether none of them was there before: nobody depends on them yet.
    pub is_new: bool,
    /// What gets out of it.
    pub way: Way,
    /// The resources with data that are gone, also after the way out.
    pub lost: Vec<String>,
    /// From when it would have been deployed or the failure happened to this, in milliseconds.
    pub millis: i64,
    /// How long the way out takes, in milliseconds.
    pub way_millis: i64,
}

/// What a failure came to.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct End {
    /// What fails.
    pub failure: Failure,
    /// How bad that is.
    pub harm: Harm,
    /// The exit code of `deploy`.
    pub exit: u8,
    /// What gets out of it.
    pub way: Way,
    /// How long it takes from the failure until all is well again, or nobody does anything any more.
    pub seconds: i64,
    /// How long the way out takes of that.
    pub way_seconds: i64,
    /// The stacks that wait for a person, and their status: `database UPDATE_ROLLBACK_FAILED`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub stuck: Vec<String>,
    /// Whether none of them was there before: nobody depends on them yet.
    #[serde(skip)]
    pub is_new: bool,
    /// The resources with data that are gone.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub lost: Vec<String>,
}

impl End {
    /// Judges an end.
    pub fn new(failure: Failure, ended: Ended) -> End {
        let harm = if !ended.lost.is_empty() {
            Harm::Lost
        } else if ended.is_through {
            Harm::Through
        } else if ended.is_back {
            Harm::Back
        } else if ended.way == Way::Nobody {
            Harm::Trapped
        } else if ended.outcome == Outcome::NeedsPerson || !ended.stuck.is_empty() {
            Harm::Person
        } else {
            Harm::Halfway
        };
        let stuck = ended.stuck.iter();
        End {
            failure,
            harm,
            exit: exit(ended.outcome),
            way: ended.way,
            seconds: (ended.millis + ended.way_millis) / 1000,
            way_seconds: ended.way_millis / 1000,
            stuck: stuck
                .map(|(key, status)| format!("{key} {status}"))
                .collect(),
            is_new: ended.is_new,
            lost: ended.lost,
        }
    }
}

/// The exit code of a run: see `docs/exit-codes.md`.
fn exit(outcome: Outcome) -> u8 {
    match outcome {
        Outcome::Done => 0,
        Outcome::Failed => 1,
        Outcome::No => 3,
        Outcome::RolledBack => 4,
        Outcome::NeedsPerson => 5,
    }
}

/// How it goes without a failure.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Clean {
    /// The exit code of `deploy`.
    pub exit: u8,
    /// How long it takes.
    pub seconds: i64,
    /// How many stacks change.
    pub stacks: usize,
    /// What stood in the way; empty where nothing did.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub why: Vec<String>,
}

impl Clean {
    /// How a run went in which nothing failed.
    pub fn new(outcome: Outcome, millis: i64, stacks: usize, why: Vec<String>) -> Clean {
        Clean {
            exit: exit(outcome),
            seconds: millis / 1000,
            stacks,
            why,
        }
    }
}

/// A rehearsal.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    /// The environment.
    pub environment: String,
    /// What is there before: `v1.2.0`, or nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// How many resources with data are there before.
    pub data: usize,
    /// How it goes without a failure.
    pub without_failure: Clean,
    /// How it goes with each, the worst first.
    pub failures: Vec<End>,
    /// Failures that did not happen: what they are about was not done.
    pub not_met: usize,
}

/// How many failures end how.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Counts {
    /// All of them.
    pub failures: usize,
    /// Deployed all the same.
    pub through: usize,
    /// As it was.
    pub back: usize,
    /// Some is new; one command finishes it.
    pub halfway: usize,
    /// A person has to give one command.
    pub person: usize,
    /// No command gets out of it.
    pub trapped: usize,
    /// Data is lost.
    pub lost: usize,
}

impl Report {
    /// The ends, the worst first, then those that take longest.
    #[must_use]
    pub fn sorted(mut self) -> Report {
        let key = |end: &End| {
            (
                std::cmp::Reverse((end.harm, end.exit, end.seconds)),
                end.failure.clone(),
            )
        };
        self.failures.sort_by_cached_key(key);
        self
    }

    /// How many end how.
    pub fn counts(&self) -> Counts {
        let count = |harm| self.failures.iter().filter(|end| end.harm == harm).count();
        Counts {
            failures: self.failures.len(),
            through: count(Harm::Through),
            back: count(Harm::Back),
            halfway: count(Harm::Halfway),
            person: count(Harm::Person),
            trapped: count(Harm::Trapped),
            lost: count(Harm::Lost),
        }
    }

    /// Whether it should not be deployed: it does not even go without a failure, or one failure loses data or leaves a stack
    /// that nothing gets out.
    pub fn is_no(&self) -> bool {
        let counts = self.counts();
        self.without_failure.exit != 0 || counts.trapped + counts.lost > 0
    }

    /// Whether that is because of stacks that were there before, and not only of such as were never created: those cannot be
    /// rolled back, and nobody has anything in them.
    pub fn harms_what_was_there(&self) -> bool {
        let bad = |end: &End| match end.harm {
            Harm::Lost => true,
            Harm::Trapped => !end.is_new,
            Harm::Through | Harm::Back | Harm::Halfway | Harm::Person => false,
        };
        self.without_failure.exit != 0 || self.failures.iter().any(bad)
    }

    /// All of it in a sentence: `rehearsed: 412 failures, all come back; 1 needs a person: …`.
    pub fn sentence(&self) -> String {
        let counts = self.counts();
        if self.without_failure.exit != 0 {
            let why = self.without_failure.why.first();
            let why = why.map(|why| format!(": {why}")).unwrap_or_default();
            return format!("rehearsed: it does not even go without a failure{why}");
        }
        let n = counts.failures;
        let mut text = format!("rehearsed: {n} failures");
        let bad = counts.person + counts.trapped + counts.lost;
        text += match (n, bad) {
            (0, _) => ": nothing changes",
            (_, 0) => ", all come back",
            _ => ", all others come back",
        };
        let mut parts = Vec::new();
        let worst = |harm: Harm| self.failures.iter().find(|end| end.harm == harm);
        for (harm, count, one, many) in [
            (Harm::Lost, counts.lost, "loses data", "lose data"),
            (
                Harm::Trapped,
                counts.trapped,
                "leaves a stack that nothing gets out",
                "leave a stack that nothing gets out",
            ),
            (
                Harm::Person,
                counts.person,
                "needs a person",
                "need a person",
            ),
        ] {
            if let Some(end) = worst(harm) {
                let verb = if count == 1 { one } else { many };
                let more = if count == 1 { "" } else { ", …" };
                parts.push(format!("{count} {verb}: {}{more}", end.failure));
            }
        }
        for part in parts {
            text += "; ";
            text += &part;
        }
        text
    }
}
