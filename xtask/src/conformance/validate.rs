//! `cargo xtask conformance validate`: our findings beside those of cfn-lint and of AWS's own validator.
//!
//! What lives here: the order of things. A corpus of templates is made ([`corpus`]); all three are asked about each
//! ([`oracle`], [`ours`]); their findings are compared by rule and place ([`compare`]); differences that have a reason
//! are told apart ([`explanation`]), and the rest is listed for whoever writes rules ([`tally`]). What does not: the
//! rules, and which of ours stand for which of cfn-lint's (`crates/validate/data/rules.tsv`).

mod case;
mod compare;
mod corpus;
mod explanation;
mod generated;
mod host;
mod oracle;
mod ours;
mod peers;
mod rules;
mod scramble;
mod seen;
mod spoil;
mod tables;
mod tally;

use std::fs;
use std::path::Path;

use case::Case;
pub(super) use case::number_of;
use explanation::Explanations;
use oracle::Oracle;
use peers::Disputes;
use rules::Rules;
pub(super) use rules::lines;
use seen::Seen;
use tables::Tables;
use tally::Tally;

use super::{Page, page};
use crate::command::root;
use crate::outcome::Outcome;

/// Where the list of disagreements is written, from the workspace: over the corpus, a part of it, and other templates.
const LISTS: [&str; 3] = [
    "target/conformance/validate/disagreements.md",
    "target/conformance/validate/disagreements-part.md",
    "target/conformance/validate/disagreements-elsewhere.md",
];

/// Of how many templates `cargo xtask ci` takes one: all would take it ten minutes.
const EVERY: usize = 20;

/// The step of `cargo xtask ci`: a part of the corpus.
///
/// # Errors
/// As [`compare_all`]; or a disagreement has no reason.
pub(crate) fn step() -> Result<Outcome, String> {
    let (text, conforms) = compare_all(None, Page::Left, EVERY)?;
    match conforms {
        true => Ok(Outcome::Passed(text.lines().next().map(str::to_owned))),
        false => Err(text),
    }
}

/// Compares one template of so many; what is printed, and whether every disagreement has a reason.
///
/// # Errors
/// The corpus cannot be read, or an oracle cannot be asked.
pub(super) fn compare_all(
    folder: Option<&Path>,
    written: Page,
    every: usize,
) -> Result<(String, bool), String> {
    let rules = Rules::read()?;
    let explanations = Explanations::read()?;
    let cases = match folder {
        Some(folder) => corpus::read_folder(folder)?,
        None => corpus::cases()?,
    };
    let cases: Vec<Case> = cases.into_iter().step_by(every).collect();
    eprintln!("{} templates", cases.len());
    let cfn_lint = Oracle::CfnLint.ask(&cases)?;
    let aws = Oracle::Aws.ask(&cases)?;
    let ours = ours::ask(&cases);
    let [with_cfn_lint, with_aws] =
        tallied(&cases, [&cfn_lint, &aws], &ours, (&rules, &explanations));
    let unexplained = || {
        with_cfn_lint
            .unexplained
            .iter()
            .chain(&with_aws.unexplained)
    };
    for case in unexplained().map(|one| one.case) {
        oracle::write(case)?;
    }
    let mut list = format!("# Ours and cfn-lint\n\n{}\n", headline(&with_cfn_lint));
    list += &with_cfn_lint.to_list(&rules);
    list += &format!("\n# Ours and AWS's validator\n\n{}\n", headline(&with_aws));
    list += &with_aws.to_list(&rules);
    let path = LISTS[match (folder, every) {
        (None, 1) => 0,
        (None, _) => 1,
        (Some(_), _) => 2,
    }];
    fs::write(root().join(path), &list)
        .map_err(|error| format!("cannot write `{path}`: {error}"))?;
    if written == Page::Written {
        let mut disputes = Disputes::default();
        for ((cfn_lint, aws), ours) in cfn_lint.iter().zip(&aws).zip(&ours) {
            disputes.add(cfn_lint, aws, ours, &rules);
        }
        let tables = Tables {
            every_rule: &Oracle::CfnLint.rules()?,
            rules: &rules,
            explanations: &explanations,
            with_cfn_lint: &with_cfn_lint,
            with_aws: &with_aws,
            disputes: &disputes,
            versions: [Oracle::CfnLint.version()?, Oracle::Aws.version()?],
            found: cases.iter().filter(|case| case.change.is_empty()).count(),
        };
        page::write("validate", &tables.to_markdown())?;
    }
    let text = format!(
        "cfn-lint: {}\n{}: {}\n{path}",
        headline(&with_cfn_lint),
        Oracle::Aws.name(),
        headline(&with_aws)
    );
    Ok((text, unexplained().next().is_none()))
}

/// Both comparisons of all cases: with cfn-lint, and with AWS's validator.
fn tallied<'c>(
    cases: &'c [Case],
    [cfn_lint, aws]: [&'c [Vec<Seen>]; 2],
    ours: &'c [Vec<Seen>],
    (rules, explanations): (&Rules, &Explanations),
) -> [Tally<'c>; 2] {
    let mut with_cfn_lint = Tally::default();
    let mut with_aws = Tally::default();
    for (((case, cfn_lint), aws), ours) in cases.iter().zip(cfn_lint).zip(aws).zip(ours) {
        let one = compare::compare(case, cfn_lint, ours, rules);
        let two = compare::compare(case, aws, ours, rules);
        let backings = [two.confirmed.clone(), one.confirmed.clone()];
        with_cfn_lint.add(Oracle::CfnLint, one, &backings[0], explanations);
        with_aws.add(Oracle::Aws, two, &backings[1], explanations);
    }
    [with_cfn_lint, with_aws]
}

fn headline(tally: &Tally<'_>) -> String {
    let sum = |of: fn(&tally::Count) -> usize| tally.rules.values().map(of).sum::<usize>();
    let only_ours: usize = tally.codes.values().map(|count| count.only_ours).sum();
    format!(
        "{} of {} templates without an error on one side alone; findings: {} of both, {} under other rules, \
         {} only theirs, {only_ours} only ours; {} explained, {} not",
        tally.equal,
        tally.cases,
        sum(|count| count.both),
        sum(|count| count.other),
        sum(|count| count.only_theirs),
        tally.explained.values().map(Vec::len).sum::<usize>() + tally.backed,
        tally.unexplained.len(),
    )
}
