//! Stacks that are resources of others.
#![expect(clippy::unwrap_used, reason = "a test")]

use stratiform_assembly::StackAt;
use stratiform_diff::{Certainty, Kind, Pair, Severity, StackChange, StackDiff, diff_environment};
use stratiform_resolve::Whereabouts;
use stratiform_template::Template;

/// Folders of templates.
type Files<'f> = &'f [(&'f str, &'f str)];

fn compared(before: Files<'_>, after: Files<'_>) -> Vec<StackDiff> {
    let [before, after] = [before, after].map(|files| {
        let files = files.iter();
        let stacks = files.map(|(name, text)| StackAt::of(*name, Template::parse(text).unwrap()));
        stacks.collect::<Vec<_>>()
    });
    let mut names: Vec<&str> = before
        .iter()
        .chain(&after)
        .map(|stack| stack.name.as_str())
        .collect();
    names.sort_unstable();
    names.dedup();
    let pairs = names.into_iter().map(|name| Pair {
        place: Whereabouts {
            stack: name.to_owned(),
            region: "eu-central-1".parse().unwrap(),
            account: None,
        },
        before: before.iter().find(|stack| stack.name == name),
        after: after.iter().find(|stack| stack.name == name),
    });
    diff_environment(&pairs.collect::<Vec<_>>())
}

fn said<'d>(diffs: &'d [StackDiff], name: &str) -> Vec<(Kind, Severity, &'d str)> {
    let stack = diffs.iter().find(|diff| diff.name == name).unwrap();
    let found = stack
        .consequences
        .iter()
        .filter(|found| found.severity >= Severity::Attention);
    found
        .map(|found| {
            (
                found.kind,
                found.severity,
                found.logical_id.as_deref().unwrap_or_default(),
            )
        })
        .collect()
}

fn root(template: &str, size: &str) -> String {
    format!(
        "Resources:
  Bell: {{Type: AWS::SNS::Topic}}
  Data:
    Type: AWS::CloudFormation::Stack
    Properties: {{TemplateURL: 'https://b.s3.amazonaws.com/{template}.yaml', Parameters: {{Size: {size}, Bell: !Ref Bell}}}}"
    )
}

/// A nested stack: what it is not given has a default that counts for nothing, since it is given something unknown.
fn nested(prefix: &str) -> String {
    format!(
        "Parameters: {{Size: {{Type: String}}, Bell: {{Type: String, Default: x}}}}
Resources: {{T: {{Type: AWS::DynamoDB::Table, Properties: {{TableName: !Sub '{prefix}-${{Size}}'}}}}}}"
    )
}

const LOST: [(Kind, Severity, &str); 2] = [
    (Kind::DataLoss, Severity::Danger, "T"),
    (Kind::Replacement, Severity::Warning, "T"),
];

#[test]
fn a_template_that_is_not_at_hand_may_do_anything() {
    let unknown = [(Kind::Unknown, Severity::Attention, "Data")];
    for (template, size) in [("two", "1"), ("one", "2")] {
        let found = compared(
            &[("root", &root("one", "1"))],
            &[("root", &root(template, size))],
        );
        assert_eq!(said(&found, "root"), unknown);
        assert_eq!(found[0].consequences[0].certainty, Certainty::May);
    }
    let same = compared(
        &[("root", &root("one", "1"))],
        &[("root", &root("one", "1"))],
    );
    assert_eq!(same[0].change, StackChange::Unchanged);
}

#[test]
fn templates_that_are_at_hand_are_looked_into() {
    let (one, two) = (root("one", "1"), root("two", "1"));
    let before: Files<'_> = &[("root", &one), ("one", &nested("a"))];
    let found = compared(before, &[("root", &two), ("two", &nested("b"))]);
    assert_eq!(
        (said(&found, "root"), said(&found, "two")),
        (vec![], LOST.to_vec())
    );
    let old = found.iter().find(|diff| diff.name == "one").unwrap();
    assert_eq!((old.change, old.notes.len()), (StackChange::Unchanged, 1));
    // The old one may still be there, and one file may become another.
    let found = compared(
        &[("root", &one), ("one", &nested("a")), ("two", &nested("b"))],
        &[("root", &two), ("one", &nested("a")), ("two", &nested("b"))],
    );
    assert_eq!(said(&found, "two"), LOST);
    let found = compared(before, &[("root", &one), ("one", &nested("b"))]);
    assert_eq!(said(&found, "one"), LOST);
    // The same under another name.
    let found = compared(before, &[("root", &two), ("two", &nested("a"))]);
    assert_eq!(
        (said(&found, "root"), said(&found, "two")),
        (vec![], vec![])
    );
}

#[test]
fn a_nested_stack_has_the_values_that_its_parent_gives_it() {
    let found = compared(
        &[("root", &root("one", "1")), ("one", &nested("a"))],
        &[("root", &root("one", "2")), ("one", &nested("a"))],
    );
    assert_eq!(
        (said(&found, "root"), said(&found, "one")),
        (vec![], LOST.to_vec())
    );
    // Two that are not known, and not the same: nobody knows what that does.
    let other = root("one", "1").replace("!Ref Bell", "!ImportValue bell");
    let found = compared(
        &[("root", &root("one", "1")), ("one", &nested("a"))],
        &[("root", &other), ("one", &nested("a"))],
    );
    assert_eq!(
        said(&found, "root"),
        [(Kind::Unknown, Severity::Attention, "Data")]
    );
}
