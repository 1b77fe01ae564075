//! What a change means, told in lines: one table of cases per question.
//!
//! A case is a template before and after and the consequences in full, so that one which is too many fails as one
//! which is missing does. What is asked of IAM policies and networks is tested beside the code that answers it.

#![expect(clippy::unwrap_used, reason = "a test")]

mod arrival;
mod data;
mod interruption;
mod missing_values;
mod moves;
mod other_stacks;
mod other_values;
mod protection;
mod refused;
mod renames;
mod replacement;
mod retention;
mod secrets;
mod unchangeable;
mod unique;
mod update_policy;
mod verdict;
mod whole;
mod withheld;

use stratiform_assembly::StackAt;
use stratiform_diff::{Certainty, Consequence, Pair, StackDiff, diff_environment};
use stratiform_resolve::Whereabouts;
use stratiform_template::Template;

/// One line for each consequence, and one more, behind a dash, for each of its details.
fn lines(consequences: &[Consequence]) -> Vec<String> {
    let lines = consequences.iter().flat_map(|consequence| {
        let certainty = match consequence.certainty {
            Certainty::Unknown => "unknown",
            Certainty::May => "may",
            Certainty::Will => "will",
        };
        let line = format!(
            "{} {} {certainty}: {}",
            consequence.severity,
            consequence.kind.as_str(),
            consequence.what
        );
        let details = consequence.details.iter();
        std::iter::once(line).chain(details.map(|detail| format!("- {detail}")))
    });
    lines.collect()
}

/// A template, or only its resources, one in each line; nothing at all stands for a stack that is not there.
fn template(text: &str) -> Option<Template> {
    let text = if text.contains("Resources:") || text.is_empty() {
        text.to_owned()
    } else {
        let resources = text.lines().map(|line| format!("  {line}\n"));
        format!("Resources:\n{}", resources.collect::<String>())
    };
    (!text.is_empty()).then(|| Template::parse(&text).unwrap())
}

/// Stacks of one environment: name, before, after.
type Stacks<'s> = &'s [(&'s str, &'s str, &'s str)];

fn environment(stacks: Stacks<'_>) -> Vec<StackDiff> {
    let templates = stacks.iter().map(|(name, before, after)| {
        [before, after].map(|text| template(text).map(|template| StackAt::of(*name, template)))
    });
    let templates: Vec<_> = templates.collect();
    let pairs = stacks
        .iter()
        .zip(&templates)
        .map(|((name, ..), [before, after])| Pair {
            place: Whereabouts {
                stack: (*name).to_owned(),
                region: "eu-west-1".parse().unwrap(),
                account: "123456789012".parse().ok(),
            },
            before: before.as_ref(),
            after: after.as_ref(),
        });
    diff_environment(&pairs.collect::<Vec<_>>())
}

#[track_caller]
fn check(before: &str, after: &str, expected: &[&str]) {
    let found = environment(&[("shop", before, after)]);
    assert_eq!(lines(&found[0].consequences), expected);
    // As its name stands at the beginning of a line: `severity()` must not fall behind what is told.
    let worst = ["danger", "warning", "attention", "note"]
        .into_iter()
        .find(|name| expected.iter().any(|line| line.starts_with(name)));
    assert_eq!(found[0].severity().to_string(), worst.unwrap_or("safe"));
}

/// A line behind the name of the stack that it is about.
#[track_caller]
fn check_stacks(stacks: Stacks<'_>, expected: &[&str]) {
    let found = environment(stacks);
    let lines = found.iter().flat_map(|stack| {
        let lines = lines(&stack.consequences).into_iter();
        lines.map(|line| format!("{}: {line}", stack.name))
    });
    assert_eq!(lines.collect::<Vec<_>>(), expected);
}

/// What stays, so that no template is empty.
const KEPT: &str = "Kept: {Type: AWS::SNS::Topic}";

/// Takes a resource away: its type, policies and properties as the rest of a flow map.
#[track_caller]
fn check_removed(resource: &str, expected: &[&str]) {
    check(&format!("{KEPT}\nA: {{{resource}}}"), KEPT, expected);
}

/// Compares one resource with `$` as the one and as the other value.
#[track_caller]
fn check_changed(resource: &str, values: [&str; 2], expected: &[&str]) {
    let [before, after] = values.map(|value| format!("A: {{{}}}", resource.replace('$', value)));
    check(&before, &after, expected);
}

/// The consequences of one kind, without what they keep from happening.
fn of_kind(before: &str, after: &str, kind: &str) -> Vec<String> {
    let found = environment(&[("shop", before, after)]);
    let of_kind = found[0]
        .consequences
        .iter()
        .filter(|one| one.kind.as_str() == kind);
    let mut lines = lines(&of_kind.cloned().collect::<Vec<_>>());
    lines.retain(|line| !line.starts_with("- otherwise"));
    lines
}
