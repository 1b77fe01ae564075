//! `cargo xtask conformance policies`: what checkov finds in templates, and our policies do not.
//!
//! What lives here: the order of things. A corpus is made ([`corpus`]), checkov and our policies are asked about all of it
//! ([`checkov`], [`ours`]), and each check that fails has a policy that is broken there, or a reason ([`table`]). What does
//! not: policies, and which of them stand for which check (`crates/validate/data/checkov.tsv`).

mod checkov;
mod corpus;
mod ours;
mod table;

use std::collections::BTreeMap;

use ours::{Ours, Said};
use table::{Check, Table};

use super::{Page, page};
use crate::outcome::Outcome;

/// What came of the failures of a check.
#[derive(Clone, Debug, Default)]
struct Count {
    /// A policy is broken there, too.
    both: usize,
    /// A policy says that nobody knows.
    unknown: usize,
    /// No policy stands for it.
    none: usize,
    /// Differences with a reason, by their reasons.
    differences: BTreeMap<String, usize>,
    /// The others.
    unexplained: Vec<String>,
}

/// Compares everything; what is printed, and whether every disagreement has a reason.
///
/// # Errors
/// The corpus cannot be read, or checkov cannot be asked.
pub(super) fn compare_all(written: Page) -> Result<(String, bool), String> {
    let table = Table::read()?;
    let checks = checkov::checks()?;
    table.covers(&checks)?;
    let cases = corpus::cases()?;
    eprintln!("{} templates", cases.len());
    let failures = checkov::ask(&cases)?;
    let ours = Ours::ask(&cases)?;
    let mut counts: BTreeMap<&str, Count> = BTreeMap::new();
    for failure in &failures {
        let Some(check) = table.check(&failure.check) else {
            return Err(format!("checkov has no check `{}`", failure.check));
        };
        let count = counts.entry(check.name.as_str()).or_default();
        judge(&table, check, failure, &ours, count);
    }
    let unused = table.unused(&failures, &ours);
    let sum = |of: fn(&Count) -> usize| counts.values().map(of).sum::<usize>();
    let explained = sum(|count| count.differences.values().sum());
    let headline = format!(
        "{} resources in {} templates, {}; {} failed checks: {} break a policy, too, {} are not known here, {} have \
         no policy, {explained} differ for a reason, {} do not",
        ours.resources,
        cases.len(),
        checkov::version()?,
        failures.len(),
        sum(|count| count.both),
        sum(|count| count.unknown),
        sum(|count| count.none),
        sum(|count| count.unexplained.len()),
    );
    let mut lines = vec![headline.clone()];
    for (check, count) in &counts {
        let shown = count.unexplained.iter().take(SHOWN);
        lines.extend(shown.map(|place| format!("{check} NOT EXPLAINED {place}")));
    }
    lines.extend(unused.iter().map(|row| format!("explains nothing: {row}")));
    if written == Page::Written {
        let text = table.to_markdown(&headline, &checks, &counts);
        page::write("policies", &text)?;
    }
    let conforms = sum(|count| count.unexplained.len()) == 0 && unused.is_empty();
    Ok((lines.join("\n"), conforms))
}

/// The step of `cargo xtask ci`.
///
/// # Errors
/// Something cannot be asked, or a disagreement has no reason.
pub(crate) fn step() -> Result<Outcome, String> {
    let (text, conforms) = compare_all(Page::Left)?;
    match conforms {
        true => Ok(Outcome::Passed(text.lines().next().map(str::to_owned))),
        false => Err(text),
    }
}

/// How many places of a check are listed.
const SHOWN: usize = 8;

fn judge(table: &Table, check: &Check, failure: &checkov::Failure, ours: &Ours, count: &mut Count) {
    if check.policies.is_empty() {
        count.none += 1;
        return;
    }
    match ours.said(failure, &check.policies) {
        Said::Broken => count.both += 1,
        Said::Unknown => count.unknown += 1,
        Said::Nothing => match table.reason(failure, ours) {
            Some(reason) => *count.differences.entry(reason.to_owned()).or_default() += 1,
            None => count.unexplained.push(format!(
                "{}/{} ({})",
                failure.template, failure.logical_id, failure.resource_type
            )),
        },
    }
}
