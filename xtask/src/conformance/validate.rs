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
mod rules;
mod scramble;
mod seen;
mod spoil;
mod tally;

use std::fs;
use std::path::PathBuf;

use case::Case;
use oracle::Oracle;
use rules::Rules;
use seen::Seen;
use tally::Tally;

use crate::command::root;

/// What is asked for.
#[derive(Default)]
pub(super) struct Request {
    /// A folder of templates instead of the corpus.
    pub(super) folder: Option<PathBuf>,
}

/// Where the list of disagreements is written, from the workspace.
const LIST: &str = "target/conformance/validate/disagreements.md";

/// Compares everything; what is printed, and whether every disagreement has a reason.
///
/// # Errors
/// The corpus cannot be read, or an oracle cannot be asked.
pub(super) fn compare_all(request: &Request) -> Result<(String, bool), String> {
    let rules = Rules::read()?;
    let cases = match &request.folder {
        Some(folder) => corpus::read_folder(folder)?,
        None => corpus::cases(&[])?,
    };
    eprintln!("{} templates", cases.len());
    if std::env::var_os("DRY").is_some() {
        let mut m = std::collections::BTreeMap::new();
        for c in &cases {
            *m.entry((
                c.name.split('/').next().unwrap_or("").to_owned(),
                c.change.is_empty(),
            ))
            .or_insert(0) += 1;
        }
        eprintln!("{m:?}");
        let mut m = std::collections::BTreeMap::new();
        for c in &cases {
            *m.entry(c.change.clone()).or_insert(0) += 1;
        }
        eprintln!("{m:?}");
        return Ok((String::new(), true));
    }
    let cases = if std::env::var_os("KNOWN").is_some() {
        Oracle::CfnLint.known(&cases)?
    } else {
        cases
    };
    let ours = ours::ask(&cases);
    let cfn_lint = Oracle::CfnLint.ask(&cases)?;
    let aws = if std::env::var_os("KNOWN").is_some() {
        vec![Vec::new(); cases.len()]
    } else {
        Oracle::Aws.ask(&cases)?
    };
    let with_cfn_lint = tallied(&cases, &cfn_lint, &ours, &rules);
    let with_aws = tallied(&cases, &aws, &ours, &rules);
    for case in with_cfn_lint.unexplained.iter().map(|one| one.case) {
        oracle::write(case)?;
    }
    let mut list = format!("# Ours and cfn-lint\n\n{}\n", headline(&with_cfn_lint));
    list += &with_cfn_lint.to_list(&rules);
    list += &format!("\n# Ours and AWS's validator\n\n{}\n", headline(&with_aws));
    list += &with_aws.to_list(&rules);
    let path = root().join(LIST);
    fs::write(&path, &list).map_err(|error| format!("cannot write `{LIST}`: {error}"))?;
    let text = format!(
        "cfn-lint: {}\n{}: {}\n{LIST}",
        headline(&with_cfn_lint),
        Oracle::Aws.name(),
        headline(&with_aws)
    );
    Ok((text, with_cfn_lint.unexplained.is_empty()))
}

fn tallied<'c>(
    cases: &'c [Case],
    theirs: &'c [Vec<Seen>],
    ours: &'c [Vec<Seen>],
    rules: &Rules,
) -> Tally<'c> {
    let mut tally = Tally::default();
    for ((case, theirs), ours) in cases.iter().zip(theirs).zip(ours) {
        tally.add(compare::compare(case, theirs, ours, rules));
    }
    tally
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
        tally.explained.len(),
        tally.unexplained.len(),
    )
}
