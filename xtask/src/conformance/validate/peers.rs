//! Where the two peers say different things about one template, and with whom we are.

use std::collections::{BTreeMap, BTreeSet};

use stratiform_finding::Level;

use super::compare::{FAILED, is_told};
use super::rules::{Rules, cfn_lint_number};
use super::seen::Seen;

/// How often one of them has an error where the other has none.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Dispute {
    /// Only cfn-lint has it.
    pub(super) only_cfn_lint: usize,
    /// Of these: we have it, too.
    pub(super) with_cfn_lint: usize,
    /// Only AWS's validator has it.
    pub(super) only_aws: usize,
    /// Of these: we have it, too.
    pub(super) with_aws: usize,
}

/// By cfn-lint's number, which is AWS's, too.
#[derive(Default)]
pub(super) struct Disputes(pub(super) BTreeMap<String, Dispute>);

impl Disputes {
    /// Adds what the three say about one template.
    pub(super) fn add(&mut self, cfn_lint: &[Seen], aws: &[Seen], ours: &[Seen], rules: &Rules) {
        let broken = |seen: &Seen| FAILED.contains(&seen.rule.as_str());
        if cfn_lint.iter().chain(aws).any(broken) {
            return;
        }
        for rule in alone(cfn_lint, aws) {
            let dispute = self.0.entry(rule.1).or_default();
            dispute.only_cfn_lint += 1;
            dispute.with_cfn_lint += usize::from(is_told(rule.0, ours, rules));
        }
        for rule in alone(aws, cfn_lint) {
            let dispute = self.0.entry(rule.1).or_default();
            dispute.only_aws += 1;
            dispute.with_aws += usize::from(is_told(rule.0, ours, rules));
        }
    }
}

/// The errors of one near which the other has none, each number once a template.
fn alone<'s>(ones: &'s [Seen], others: &[Seen]) -> Vec<(&'s Seen, String)> {
    let is_error = |seen: &&Seen| seen.severity() == Level::Error;
    let mut numbers = BTreeSet::new();
    ones.iter()
        .filter(is_error)
        .filter(|seen| {
            !others
                .iter()
                .filter(is_error)
                .any(|other| other.is_near(seen))
        })
        .map(|seen| (seen, cfn_lint_number(&seen.rule)))
        .filter(|(_, number)| numbers.insert(number.clone()))
        .collect()
}
