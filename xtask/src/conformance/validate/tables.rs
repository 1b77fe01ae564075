//! What `docs/conformance.md` says of all this: tables by rule, by code, by reason.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use super::explanation::Explanations;
use super::peers::Disputes;
use super::rules::Rules;
use super::tally::{Count, Tally};

/// Everything that the tables show.
pub(super) struct Tables<'t> {
    /// What cfn-lint has: number and a few words.
    pub(super) every_rule: &'t [(String, String)],
    pub(super) rules: &'t Rules,
    pub(super) explanations: &'t Explanations,
    pub(super) with_cfn_lint: &'t Tally<'t>,
    pub(super) with_aws: &'t Tally<'t>,
    pub(super) disputes: &'t Disputes,
    /// The versions of both.
    pub(super) versions: [String; 2],
    /// How many templates are as they were found.
    pub(super) found: usize,
}

impl Tables<'_> {
    /// All of them, in Markdown. Writing to a `String` cannot fail.
    pub(super) fn to_markdown(&self) -> String {
        [
            self.totals(),
            self.by_rule(),
            self.by_code(),
            self.reasons(),
            self.between_peers(),
        ]
        .join("\n")
    }

    fn totals(&self) -> String {
        let [cfn_lint, aws] = &self.versions;
        let mut text = format!(
            "{} templates, {} of them as they were found and the others with one change each; cfn-lint {cfn_lint} \
             with a fixed hash seed, cloudformation-validate {aws}.\n\n\
             | errors and warnings | cfn-lint | cloudformation-validate |\n| --- | --: | --: |\n",
            self.with_cfn_lint.cases, self.found
        );
        let tallies = [self.with_cfn_lint, self.with_aws];
        let mut row = |name: &str, of: &dyn Fn(&Tally<'_>) -> usize| {
            let [one, two] = tallies.map(of);
            let _ = writeln!(text, "| {name} | {one} | {two} |");
        };
        let sum = |tally: &Tally<'_>, of: fn(&Count) -> usize| tally.rules.values().map(of).sum();
        row("of both", &|tally| sum(tally, |count| count.both));
        row(
            "told by both, under another rule or at another place",
            &|tally| sum(tally, |count| count.other),
        );
        row("only theirs", &|tally| {
            sum(tally, |count| count.only_theirs)
        });
        row("only ours", &|tally| {
            tally.codes.values().map(|count| count.only_ours).sum()
        });
        row("without a reason below", &|tally| tally.unexplained.len());
        row("templates without an error on one side alone", &|tally| {
            tally.equal
        });
        text
    }

    fn by_rule(&self) -> String {
        let covered = |rule: &&(String, String)| !self.rules.codes(&rule.0).is_empty();
        let mut text = format!(
            "**All {} rules of cfn-lint**, {} of them covered: how often it and we say the same at one place, how \
             often we say something else, there or elsewhere in the template, and how often only it has something.\n\n\
             | rule | about | our codes, or why there is none | both | other | only cfn-lint |\n\
             | --- | --- | --- | --: | --: | --: |\n",
            self.every_rule.len(),
            self.every_rule.iter().filter(covered).count(),
        );
        for (rule, about) in self.every_rule {
            let codes = self.rules.codes(rule);
            let ours = match codes.is_empty() {
                false => codes
                    .iter()
                    .map(|code| format!("`{code}`"))
                    .collect::<Vec<_>>()
                    .join(", "),
                true => self.rules.reason(rule).unwrap_or("not yet").to_owned(),
            };
            let count = self
                .with_cfn_lint
                .rules
                .get(rule)
                .copied()
                .unwrap_or_default();
            let _ = writeln!(
                text,
                "| {rule} | {} | {ours} | {} | {} | {} |",
                cell(about),
                shown(count.both),
                shown(count.other),
                shown(count.only_theirs),
            );
        }
        text
    }

    fn by_code(&self) -> String {
        let mut text = "**Our codes on the same templates**: how often cfn-lint, and how often AWS's validator, says \
                        the same, and how often nobody else says anything at the place.\n\n\
                        | code | with cfn-lint | only ours | with AWS's | only ours |\n| --- | --: | --: | --: | --: |\n"
            .to_owned();
        let mut codes: BTreeMap<&str, [Count; 2]> = BTreeMap::new();
        for (index, tally) in [self.with_cfn_lint, self.with_aws].into_iter().enumerate() {
            for (code, count) in &tally.codes {
                codes.entry(code).or_default()[index] = *count;
            }
        }
        for (code, [one, two]) in codes {
            let cells = [one.both, one.only_ours, two.both, two.only_ours].map(shown);
            let _ = writeln!(text, "| `{code}` | {} |", cells.join(" | "));
        }
        text
    }

    fn reasons(&self) -> String {
        let mut text = "**Why they differ**:\n\n\
                        | with cfn-lint | with AWS's | why |\n| --: | --: | --- |\n"
            .to_owned();
        let tallies = [self.with_cfn_lint, self.with_aws];
        let lines: BTreeSet<usize> = tallies
            .iter()
            .flat_map(|tally| tally.explained.keys().copied())
            .collect();
        let mut row = |counts: [usize; 2], why: &str| {
            let [cfn_lint, aws] = counts.map(shown);
            let _ = writeln!(text, "| {cfn_lint} | {aws} | {why} |");
        };
        row(
            tallies.map(|tally| tally.backed),
            "ours, which the other of the two says, too",
        );
        for line in lines {
            let of_line = |tally: &Tally<'_>| tally.explained.get(&line).map_or(0, Vec::len);
            if let Some(explanation) = self.explanations.get(line) {
                row(tallies.map(of_line), &explanation.text);
            }
        }
        let open = tallies.map(|tally| tally.unexplained.len());
        if open != [0, 0] {
            row(open, "not explained");
        }
        text
    }

    fn between_peers(&self) -> String {
        let mut text = "**Where the two peers disagree**: templates in which only one of them has an error at a place, \
                        and in how many of these we have one, too.\n\n\
                        | rule | only cfn-lint | we, too | only AWS's | we, too | who is right |\n\
                        | --- | --: | --: | --: | --: | --- |\n"
            .to_owned();
        for (rule, dispute) in &self.disputes.0 {
            let cells = [
                dispute.only_cfn_lint,
                dispute.with_cfn_lint,
                dispute.only_aws,
                dispute.with_aws,
            ];
            let right = self.rules.verdict(rule).unwrap_or("");
            let _ = writeln!(
                text,
                "| {rule} | {} | {right} |",
                cells.map(shown).join(" | ")
            );
        }
        text
    }
}

/// A number, and nothing where it is none.
fn shown(count: usize) -> String {
    match count {
        0 => String::new(),
        count => count.to_string(),
    }
}

/// Text for a cell of a table.
fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('\n', " ")
}
