//! Whether it is a good moment to deploy: checks, and what they come to.
//!
//! What lives here: facts → checks → a report with a score. What does not: finding the facts out (`src/commands/guard`),
//! and showing the report (`src/view/guard.rs`). A fact that could not be asked makes its check skipped, and never green.
//! `docs/guarding.md` lists all checks.

mod account;
mod compliance;
mod facts;
mod id;
mod images;
mod permissions;
mod promotion;
mod quotas;
mod rehearsal;
mod running;
mod source;
mod stacks;
mod tally;
mod working;

#[cfg(test)]
mod fixture;

use serde::Serialize;

pub use facts::{
    Asked, Caller, Compliance, DatabaseFound, Deploys, Facts, Flaw, Git, Heading, ImageFound,
    Promotion, Risk, Running, ServiceFound, Severity, StackFound, TaskFound, Unasked, Wanted,
    Whose,
};
pub use id::Id;
pub use permissions::{Lacking, Needs};
pub use promotion::tested;
pub use quotas::{AccountQuota, Room, counted_types, nearer};
pub use rehearsal::{Comes, Rehearsed};

/// What a check came to, the better before the worse.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// It was asked, and all is well.
    Pass,
    /// It was not asked, could not be, or somebody said that it does not count.
    Skipped,
    /// It was asked, and has to be known.
    Warn,
    /// It was asked, and nothing is deployed.
    Block,
}

/// One thing that was looked at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Check {
    /// Which.
    pub id: Id,
    /// What it came to.
    pub verdict: Verdict,
    /// Why, all of it.
    pub reason: String,
    /// What to do; empty where nothing is to be done.
    pub remedy: String,
    /// The same for whoever reads it in a line.
    #[serde(skip)]
    pub brief: Brief,
    /// Whether an emergency goes before it.
    pub skippable: bool,
}

/// Why, and what to do, with the longest lists cut.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Brief {
    /// Why.
    pub reason: String,
    /// What to do; empty where nothing is to be done.
    pub remedy: String,
}

/// All that was looked at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Report {
    /// The checks, in the order of [`Id::ALL`].
    pub checks: Vec<Check>,
}

/// How many checks came to what.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// Passed.
    pub pass: usize,
    /// Skipped.
    pub skipped: usize,
    /// Warned.
    pub warn: usize,
    /// Blocked.
    pub block: usize,
}

impl Check {
    /// Whether it blocks, and need not.
    fn is_in_the_way(&self) -> bool {
        self.verdict == Verdict::Block && self.skippable
    }
}

impl Report {
    /// Looks at the facts. Behind the engine nothing is at stake: what may be skipped warns, and does not block.
    pub fn of(facts: &Facts) -> Report {
        let check = |id: &Id| match id {
            Id::WorkingTree => source::working_tree(facts),
            Id::Pushed => source::pushed(facts),
            Id::Release => source::release(facts),
            Id::ReleaseOnly => source::release_only(facts),
            Id::Snapshots => source::snapshots(facts),
            Id::Findings => source::findings(facts),
            Id::Compliance => compliance::compliance(facts),
            Id::Credentials => account::credentials(facts),
            Id::Account => account::account(facts),
            Id::Permissions => permissions::permissions(facts),
            Id::StackState => stacks::state(facts),
            Id::NobodyElse => stacks::nobody_else(facts),
            Id::Rehearsal => rehearsal::rehearsal(facts),
            Id::Promotion => promotion::promotion(facts),
            Id::Images => images::images(facts),
            Id::Quotas => quotas::quotas(facts),
            Id::Services => running::services(facts),
            Id::Working => working::working(facts),
            Id::Alarms => running::alarms(facts),
            Id::Database => running::database(facts),
            Id::Backup => running::backup(facts),
            Id::WayBack => stacks::way_back(facts),
        };
        let mut report = Report {
            checks: Id::ALL.iter().map(check).collect(),
        };
        if facts.wanted.whose == Whose::Engine {
            for check in report.skippable_blocks() {
                check.verdict = Verdict::Warn;
            }
        }
        report
    }

    /// What blocks, and need not.
    fn skippable_blocks(&mut self) -> impl Iterator<Item = &mut Check> {
        let checks = self.checks.iter_mut();
        checks.filter(|check| check.is_in_the_way())
    }

    /// The same where it cannot wait, and why: what blocks and may be skipped is. All else stays as it is.
    #[must_use]
    pub fn in_emergency(mut self, reason: &str) -> Report {
        for check in self.skippable_blocks() {
            check.verdict = Verdict::Skipped;
            for text in [&mut check.reason, &mut check.brief.reason] {
                *text = format!("emergency ({reason}): {text}");
            }
        }
        self
    }

    /// The names of the checks that an emergency goes before, as a [`Record`](crate::Record) has them.
    pub fn in_the_way(&self) -> String {
        let checks = self.checks.iter().filter(|check| check.is_in_the_way());
        let names: Vec<&str> = checks.map(|check| check.id.as_str()).collect();
        match names.is_empty() {
            true => "none".to_owned(),
            false => names.join(" "),
        }
    }

    /// How risky a deployment is, 0 to 100: each check costs its [weight](Id::weight) where it blocks, half of it where it
    /// warns, a quarter where it was skipped, and nothing where it passed; the sum of that, per hundred of the sum of all
    /// weights, rounded up. 0 is: all was asked, and all is well. What blocks does so whatever the score.
    pub fn score(&self) -> u32 {
        let quarters = |verdict| match verdict {
            Verdict::Pass => 0,
            Verdict::Skipped => 1,
            Verdict::Warn => 2,
            Verdict::Block => 4,
        };
        let checks = self.checks.iter();
        let (cost, most) = checks.fold((0, 0), |(cost, most), check| {
            let weight = check.id.weight();
            (cost + weight * quarters(check.verdict), most + weight * 4)
        });
        (cost * 100).div_ceil(most.max(1))
    }

    /// Whether nothing may be deployed.
    pub fn is_blocked(&self) -> bool {
        self.counts().block > 0
    }

    /// Whether this check says that nothing may be deployed.
    pub fn blocks(&self, id: Id) -> bool {
        let mut checks = self.checks.iter();
        checks.any(|check| check.id == id && check.verdict == Verdict::Block)
    }

    /// How many checks came to what.
    pub fn counts(&self) -> Counts {
        let count = |verdict| {
            let checks = self.checks.iter();
            checks.filter(|check| check.verdict == verdict).count()
        };
        Counts {
            pass: count(Verdict::Pass),
            skipped: count(Verdict::Skipped),
            warn: count(Verdict::Warn),
            block: count(Verdict::Block),
        }
    }

    /// The checks, the worst first; of the same verdict those that weigh more.
    pub fn worst_first(&self) -> Vec<&Check> {
        let mut checks: Vec<&Check> = self.checks.iter().collect();
        checks.sort_by_key(|check| std::cmp::Reverse((check.verdict, check.id.weight())));
        checks
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(verdicts: &[(Id, Verdict)]) -> Report {
        let checks = verdicts.iter().map(|(id, verdict)| Check {
            id: *id,
            verdict: *verdict,
            reason: "why".to_owned(),
            remedy: String::new(),
            brief: Brief::default(),
            skippable: id.is_skippable(),
        });
        Report {
            checks: checks.collect(),
        }
    }

    #[test]
    fn every_check_is_there_once_and_in_order() {
        let report = Report::of(&fixture::facts());
        let ids: Vec<Id> = report.checks.iter().map(|check| check.id).collect();
        assert_eq!(ids, Id::ALL);
        let mut names: Vec<&str> = ids.iter().map(|id| id.as_str()).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), Id::ALL.len());
    }

    #[test]
    fn what_could_not_be_asked_is_never_green() {
        let report = Report::of(&fixture::nothing_asked());
        let green = report.checks.iter();
        let green = green.filter(|check| check.verdict == Verdict::Pass);
        assert_eq!(green.count(), 0, "{report:#?}");
        assert!(report.is_blocked(), "nobody is known to be allowed to");
    }

    #[test]
    fn all_is_well() {
        let report = Report::of(&fixture::facts());
        let counts = report.counts();
        assert_eq!((counts.warn, counts.block), (0, 0), "{report:#?}");
        assert_eq!(counts.skipped, 0, "{report:#?}");
        assert!(!report.is_blocked());
    }

    #[test]
    fn behind_the_engine_nothing_blocks_that_need_not() {
        let mut facts = fixture::facts();
        facts.git.as_mut().unwrap().tags.clear();
        facts.wanted.release = None;
        assert!(Report::of(&facts).is_blocked());
        facts.wanted.whose = Whose::Engine;
        let report = Report::of(&facts);
        assert!(!report.is_blocked(), "{report:#?}");
        assert!(report.counts().warn > 0);
        facts.wanted.account = Some("444455556666".parse().unwrap());
        assert!(Report::of(&facts).is_blocked(), "the account is not hers");
    }

    #[test]
    fn the_score_is_as_documented() {
        use Verdict::{Block, Pass, Skipped, Warn};
        let all = |verdict| {
            let all: Vec<_> = Id::ALL.iter().map(|id| (*id, verdict)).collect();
            report(&all).score()
        };
        assert_eq!(
            [all(Pass), all(Skipped), all(Warn), all(Block)],
            [0, 25, 50, 100]
        );
        // (5 × 1 + 1 × ¼) / 6 = 87.5 %.
        let two = report(&[(Id::Account, Block), (Id::Quotas, Skipped)]);
        assert_eq!((two.score(), two.is_blocked()), (88, true));
        let almost = report(&[(Id::Account, Pass), (Id::Quotas, Skipped)]);
        assert_eq!((almost.score(), almost.is_blocked()), (5, false));
        assert_eq!(Report { checks: Vec::new() }.score(), 0);
    }

    #[test]
    fn an_emergency_goes_before_what_may_be_skipped_and_nothing_else() {
        let all = [
            (Id::Account, Verdict::Block),
            (Id::Backup, Verdict::Block),
            (Id::Services, Verdict::Warn),
            (Id::Promotion, Verdict::Pass),
        ];
        let report = report(&all);
        assert_eq!(report.in_the_way(), "backup");
        let report = report.in_emergency("the shop is down");
        assert_eq!(report.in_the_way(), "none");
        let verdicts: Vec<Verdict> = report.checks.iter().map(|check| check.verdict).collect();
        assert_eq!(
            verdicts,
            [
                Verdict::Block,
                Verdict::Skipped,
                Verdict::Warn,
                Verdict::Pass
            ]
        );
        assert_eq!(report.checks[1].reason, "emergency (the shop is down): why");
        assert_eq!(report.checks[0].reason, "why");
        assert!(report.is_blocked());
    }

    #[test]
    fn all_that_may_be_skipped_fits_a_tag() {
        let all: Vec<_> = Id::ALL.iter().map(|id| (*id, Verdict::Block)).collect();
        let names = report(&all).in_the_way();
        assert!(names.len() <= 256, "{names}");
    }

    #[test]
    fn the_worst_is_first() {
        let report = report(&[
            (Id::Quotas, Verdict::Skipped),
            (Id::Pushed, Verdict::Block),
            (Id::Account, Verdict::Block),
            (Id::Services, Verdict::Pass),
            (Id::Alarms, Verdict::Warn),
        ]);
        let ids: Vec<&str> = report
            .worst_first()
            .iter()
            .map(|check| check.id.as_str())
            .collect();
        assert_eq!(ids, ["account", "pushed", "alarms", "quotas", "services"]);
    }

    #[test]
    fn the_documentation_has_every_check() {
        let text = include_str!("../../../docs/guarding.md");
        for id in Id::ALL {
            let row = text
                .lines()
                .find(|line| line.starts_with(&format!("| `{id}` |")));
            let row = row.unwrap_or_else(|| panic!("no row for `{id}`"));
            let cells: Vec<&str> = row.split('|').map(str::trim).collect();
            let skippable = if id.is_skippable() { "yes" } else { "no" };
            let weight = id.weight().to_string();
            let expected = [skippable, &weight];
            assert_eq!(cells[cells.len() - 3..cells.len() - 1], expected, "{id}");
        }
        let rows = text.lines().filter(|line| line.starts_with("| `"));
        assert_eq!(rows.count(), Id::ALL.len());
    }
}
