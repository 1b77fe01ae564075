//! What the comparison of all cases came to: counts by rule, and the disagreements by class.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use stratiform_finding::Level;

use super::compare::{Compared, Disagreement, Side};
use super::explanation::Explanations;
use super::oracle::{self, Oracle};
use super::rules::Rules;
use super::seen::Seen;

/// How often a rule was seen.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Count {
    pub(super) both: usize,
    pub(super) only_theirs: usize,
    pub(super) only_ours: usize,
    pub(super) other: usize,
}

/// The comparisons of all cases with one peer.
#[derive(Default)]
pub(super) struct Tally<'c> {
    pub(super) cases: usize,
    /// Cases in which no error is on one side alone.
    pub(super) equal: usize,
    /// By number of theirs.
    pub(super) rules: BTreeMap<String, Count>,
    /// By code of ours.
    pub(super) codes: BTreeMap<String, Count>,
    /// Ours alone, which the other peer has, too: no reason beyond that is needed.
    pub(super) backed: usize,
    /// What has no reason.
    pub(super) unexplained: Vec<Disagreement<'c>>,
    /// By the line that says why.
    pub(super) explained: BTreeMap<usize, Vec<Disagreement<'c>>>,
}

impl<'c> Tally<'c> {
    /// Adds a comparison with a peer; `backing` is what the other peer says, too, of our findings.
    pub(super) fn add(
        &mut self,
        peer: Oracle,
        compared: Compared<'c>,
        backing: &[&Seen],
        explanations: &Explanations,
    ) {
        self.cases += 1;
        let alone = |one: &Disagreement<'_>| {
            one.seen.severity() == Level::Error
                && matches!(one.side, Side::OnlyOurs | Side::OnlyTheirs)
        };
        if !compared.disagreements.iter().any(alone) {
            self.equal += 1;
        }
        for seen in compared.agreed {
            self.rules.entry(seen.rule.clone()).or_default().both += 1;
        }
        for seen in compared.confirmed {
            self.codes.entry(seen.rule.clone()).or_default().both += 1;
        }
        for disagreement in compared.disagreements {
            let rule = disagreement.seen.rule.clone();
            match disagreement.side {
                Side::OnlyTheirs => self.rules.entry(rule).or_default().only_theirs += 1,
                Side::OnlyOurs => self.codes.entry(rule).or_default().only_ours += 1,
                Side::OursBesides => {}
                Side::TheirsBesides | Side::OtherRule | Side::OtherLevel => {
                    self.rules.entry(rule).or_default().other += 1;
                }
            }
            if disagreement.side == Side::OnlyOurs && backing.contains(&disagreement.seen) {
                self.backed += 1;
                continue;
            }
            match explanations.of(peer, &disagreement) {
                Some(line) => self.explained.entry(line).or_default().push(disagreement),
                None => self.unexplained.push(disagreement),
            }
        }
    }

    /// What is not explained, the most common first: what those who write rules work from.
    pub(super) fn to_list(&self, rules: &Rules) -> String {
        let mut classes: BTreeMap<(Side, String, String), Vec<&Disagreement<'_>>> = BTreeMap::new();
        for one in &self.unexplained {
            let near = one.near.map(|near| near.rule.clone()).unwrap_or_default();
            let key = (one.side, one.seen.rule.clone(), near);
            classes.entry(key).or_default().push(one);
        }
        let mut classes: Vec<_> = classes.into_iter().collect();
        let is_error = |class: &[&Disagreement<'_>]| {
            class.iter().any(|one| one.seen.severity() == Level::Error)
        };
        classes.sort_by_key(|(_, class)| std::cmp::Reverse((is_error(class), class.len())));
        let mut text = String::new();
        // Writing to a `String` cannot fail.
        for ((side, rule, near), class) in classes {
            let _ = write!(text, "\n## {} × {rule} {}", class.len(), side.name());
            if !near.is_empty() {
                let _ = write!(text, ", there {near}");
            }
            if matches!(side, Side::OnlyTheirs | Side::TheirsBesides) && near.is_empty() {
                let codes = rules.codes(&rule);
                let _ = match codes.is_empty() {
                    true => write!(text, " (no code of ours stands for it)"),
                    false => write!(text, " ({})", codes.join(", ")),
                };
            }
            text += "\n\n";
            text += &examples(&class);
        }
        text
    }
}

/// One example of each change, with how often it is there.
fn examples(class: &[&Disagreement<'_>]) -> String {
    const EXAMPLES: usize = 12;
    let mut changes: BTreeMap<&str, Vec<&Disagreement<'_>>> = BTreeMap::new();
    for one in class {
        changes.entry(&one.case.change).or_default().push(one);
    }
    let mut changes: Vec<_> = changes.into_iter().collect();
    changes.sort_by_key(|(_, all)| std::cmp::Reverse(all.len()));
    let mut text = String::new();
    for (change, all) in changes.iter().take(EXAMPLES) {
        let Some(one) = all.first() else { continue };
        let name = if change.is_empty() {
            "as found"
        } else {
            change
        };
        let file = oracle::file(one.case);
        let file = file.strip_prefix(crate::command::root()).unwrap_or(&file);
        let _ = writeln!(
            text,
            "- {} × {name}: `{}` at `{}`: {}{}",
            all.len(),
            file.display(),
            one.seen.place(),
            one.seen.message,
            one.near.map_or_else(String::new, |near| format!(
                " — there: {} at `{}`: {}",
                near.rule,
                near.place(),
                near.message
            )),
        );
    }
    if changes.len() > EXAMPLES {
        let _ = writeln!(text, "- and {} more changes", changes.len() - EXAMPLES);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::super::case::Case;
    use super::super::compare::compare;
    use super::{Explanations, Oracle, Rules, Seen, Tally};

    #[test]
    fn what_the_other_peer_says_too_needs_no_reason() {
        let rules = Rules::read().unwrap();
        let explanations = Explanations::read().unwrap();
        let case = Case::found("case", "us-east-1", "");
        let ours = [Seen {
            rule: "no-such-code".to_owned(),
            level: "Error".to_owned(),
            path: vec!["Resources".to_owned()],
            message: String::new(),
        }];
        for (backing, expected) in [(vec![], (0, 1)), (vec![&ours[0]], (1, 0))] {
            let mut tally = Tally::default();
            let compared = compare(&case, &[], &ours, &rules);
            tally.add(Oracle::Aws, compared, &backing, &explanations);
            assert_eq!((tally.backed, tally.unexplained.len()), expected);
        }
    }
}
