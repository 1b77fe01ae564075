//! `cargo xtask conformance guard`: our verdicts of AWS's rules beside those of Guard's own command line.
//!
//! What lives here: the order of things. Templates are made ([`corpus`]); both programs are asked about all of them
//! ([`asked`]); their verdicts are compared by rule and resource, and each difference gets a reason ([`reasons`]). Then
//! every value is written as a function that comes to it, and we are asked again: it has to make no difference.

mod asked;
mod corpus;
mod reasons;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;

use asked::Verdicts;
use corpus::Case;
use reasons::Reasons;

use super::{Page, page};
use crate::command::root;
use crate::guard::{PROGRAM, PROGRAM_VERSION};

/// Where the templates are written, from the workspace.
const FOLDER: &str = "target/conformance/guard";

/// How many differences without a reason are listed.
const LISTED: usize = 20;

/// What came of a comparison.
#[derive(Default)]
struct Compared {
    templates: usize,
    both: usize,
    /// By reason.
    explained: BTreeMap<String, usize>,
    unexplained: Vec<String>,
}

/// Compares everything; what is printed, and whether every difference has a reason.
///
/// # Errors
/// A program or the rules cannot be had.
pub(super) fn compare_all(written: Page) -> Result<(String, bool), String> {
    let cases = corpus::cases()?;
    let wrapped: Vec<Case> = cases.iter().map(corpus::wrapped).collect();
    eprintln!("{} templates, and as many with functions", cases.len());
    let reasons = Reasons::read()?;
    let plain = corpus::write("plain", &cases)?;
    let other = corpus::write("wrapped", &wrapped)?;
    let theirs = asked::guard(&plain)?;
    let ours = asked::ours(&plain)?;
    // Guard takes its time, and what it makes of functions is only counted.
    let few: Vec<Case> = wrapped
        .iter()
        .filter(|case| case.is_found)
        .cloned()
        .collect();
    let theirs_wrapped = asked::guard(&corpus::write("found", &few)?)?;
    let ours_wrapped = asked::ours(&other)?;
    let compared = compare(&cases, &theirs, &ours, |one| reasons.of(one));
    let law = compare(&cases, &ours, &ours_wrapped, |_| None);
    let blind = compare(&few, &theirs, &theirs_wrapped, |_| None);
    let ours_found = compare(&few, &ours, &ours_wrapped, |_| None);
    let list = listed(&compared, &law);
    let path = root().join(FOLDER).join("differences.txt");
    fs::write(&path, &list)
        .map_err(|error| format!("cannot write `{}`: {error}", path.display()))?;
    let tables = tables(&compared, &law, [&ours_found, &blind]);
    if written == Page::Written {
        page::write("guard", &tables)?;
    }
    let conforms = compared.unexplained.is_empty() && law.unexplained.is_empty();
    let first = list.lines().take(LISTED).collect::<Vec<_>>().join("\n");
    Ok((format!("{tables}\n{first}"), conforms))
}

/// A difference: one of the two says that a rule is broken.
struct Difference<'a> {
    case: &'a str,
    rule: &'a str,
    /// The resource; empty where nothing says which.
    resource: &'a str,
    /// Where the one that says so saw it.
    paths: &'a [String],
    is_theirs: bool,
    /// What the other one could not judge.
    not_judged: &'a [String],
}

fn compare(
    cases: &[Case],
    theirs: &BTreeMap<String, Verdicts>,
    ours: &BTreeMap<String, Verdicts>,
    reason: impl Fn(&Difference<'_>) -> Option<String>,
) -> Compared {
    let mut compared = Compared {
        templates: cases.len(),
        ..Compared::default()
    };
    let nothing = Verdicts::default();
    for case in cases {
        let theirs = theirs.get(&case.name).unwrap_or(&nothing);
        let ours = ours.get(&case.name).unwrap_or(&nothing);
        for (one, other, is_theirs) in [(theirs, ours, true), (ours, theirs, false)] {
            for ((rule, resource), paths) in &one.broken {
                if other.broken.contains_key(&(rule.clone(), resource.clone())) {
                    compared.both += usize::from(is_theirs);
                    continue;
                }
                let difference = Difference {
                    case: &case.name,
                    rule,
                    resource,
                    paths,
                    is_theirs,
                    not_judged: &other.not_judged,
                };
                match reason(&difference) {
                    Some(reason) => *compared.explained.entry(reason).or_default() += 1,
                    None => {
                        let side = if is_theirs { "first" } else { "second" };
                        let paths = paths.join(" ");
                        compared.unexplained.push(format!(
                            "{}: only the {side}: {rule} {resource} {paths}",
                            case.name
                        ));
                    }
                }
            }
        }
    }
    compared
}

fn listed(compared: &Compared, law: &Compared) -> String {
    let mut list = String::new();
    for (heading, of) in [
        ("Guard, and we", compared),
        ("we, and we on functions", law),
    ] {
        for line in &of.unexplained {
            let _ = writeln!(list, "{heading}: {line}");
        }
    }
    list
}

fn tables(compared: &Compared, law: &Compared, [ours, blind]: [&Compared; 2]) -> String {
    let mut text = format!(
        "{} templates, 237 files of rules, {PROGRAM} {PROGRAM_VERSION}.\n\n| a rule is broken by a resource | |\n| --- | --: |\n| both say so | {} |\n",
        compared.templates, compared.both
    );
    for (reason, count) in &compared.explained {
        let _ = writeln!(text, "| {reason} | {count} |");
    }
    let _ = writeln!(
        text,
        "| without a reason | {} |",
        compared.unexplained.len()
    );
    let _ = write!(
        text,
        "\nThe same templates with their values written as `Ref` to a parameter, `Fn::If` and `Fn::FindInMap`: our verdict is \
         the same {} times, and another {} times. Of the {} that were changed in no other way:\n\n\
         | a rule is broken by a resource | we | {PROGRAM} |\n| --- | --: | --: |\n\
         | as without functions | {} | {} |\n| another verdict than without functions | {} | {} |",
        law.both,
        law.unexplained.len(),
        ours.templates,
        ours.both,
        blind.both,
        ours.unexplained.len(),
        blind.unexplained.len()
    );
    text
}
