//! What changes only with other values of parameters than their defaults.

use stratiform_assembly::StackAt;
use stratiform_diff::{StackChange, diff};
use stratiform_resolve::Whereabouts;

use crate::{lines, template};

const PARAMETERS: &str = "
Parameters: {Stage: {Type: String, Default: dev}}
Conditions: {Prod: {'Fn::Equals': [{Ref: Stage}, prod]}}
Mappings: {Sizes: {dev: {Days: 1}, prod: {Days: 9}}}
";

const KEPT: &str = "Kept: {Type: AWS::SNS::Topic}";

/// What is told of resources that become others, in stacks with a stage or without one.
fn told(before: &str, after: &str, stage: Option<&str>) -> (StackChange, Vec<String>) {
    let stack = |resources: &str| {
        let text = format!("{PARAMETERS}\nResources: {{{KEPT}, {resources}}}");
        let mut stack = StackAt::of("shop", template(&text).unwrap());
        let values = stage.map(|value| ("Stage".to_owned(), value.to_owned()));
        stack.parameters.extend(values);
        stack
    };
    let place = Whereabouts {
        stack: "shop".to_owned(),
        region: "eu-west-1".parse().unwrap(),
        account: None,
    };
    let found = diff(Some(&stack(before)), Some(&stack(after)), &place);
    (found.change, lines(&found.consequences))
}

/// The words for one that changes with other values.
fn may_change(severity: &str, [name, of_type, what]: [&str; 3]) -> (StackChange, Vec<String>) {
    let line = format!(
        "{severity} unknown may: may change `{name}` where parameters have other values than their defaults"
    );
    let detail = format!("- `{name}` ({of_type}) {what}");
    (StackChange::Updated, vec![line, detail])
}

#[test]
fn what_exists_with_another_value_only_is_not_passed_over() {
    let queue = "Jobs: {Type: AWS::SQS::Queue, Condition: Prod}";
    let alias = "Alias: {Type: AWS::KMS::Alias, Condition: Prod, Properties: {AliasName: alias/a, TargetKeyId: b}}";
    let table = "Orders: {Type: AWS::DynamoDB::Table, Condition: Prod, Properties: {KeySchema: [{AttributeName: id, KeyType: HASH}]}}";
    for (one, severity, goes) in [
        (alias, "attention", ["Alias", "AWS::KMS::Alias", "goes"]),
        (queue, "warning", ["Jobs", "AWS::SQS::Queue", "goes"]),
        (table, "warning", ["Orders", "AWS::DynamoDB::Table", "goes"]),
    ] {
        assert_eq!(told(one, "", None), may_change(severity, goes));
    }
    let is_new = ["Jobs", "AWS::SQS::Queue", "is new"];
    assert_eq!(told("", queue, None), may_change("attention", is_new));
    // With a value, it is known.
    assert_eq!(
        told(queue, "", Some("dev")),
        (StackChange::Unchanged, Vec::new())
    );
}

#[test]
fn what_has_another_value_with_another_value_is_not_passed_over() {
    let topic =
        |name: &str| format!("T: {{Type: AWS::SNS::Topic, Properties: {{DisplayName: {name}}}}}");
    let changes = ["T", "AWS::SNS::Topic", "changes"];
    let chosen = |name: &str| topic(&format!("{{'Fn::If': [Prod, {name}, x]}}"));
    assert_eq!(
        told(&chosen("a"), &chosen("b"), None),
        may_change("attention", changes)
    );
    assert_eq!(
        told(&topic("dev"), &topic("{Ref: Stage}"), None),
        may_change("attention", changes)
    );
}

#[test]
fn what_is_written_differently_and_means_the_same_is_no_change() {
    let topic =
        |name: &str| format!("T: {{Type: AWS::SNS::Topic, Properties: {{DisplayName: {name}}}}}");
    let same = (StackChange::Unchanged, Vec::new());
    for (one, two) in [
        (
            "{'Fn::Sub': 'a-${Stage}'}",
            "{'Fn::Join': ['-', [a, {Ref: Stage}]]}",
        ),
        ("{'Fn::If': [Prod, a, a]}", "a"),
    ] {
        assert_eq!(told(&topic(one), &topic(two), None), same);
    }
    // A condition that no parameter has a part in.
    let never = "N: {Type: AWS::SNS::Topic, Condition: Never}";
    let stack = |resources: &str| {
        let text = format!(
            "Parameters: {{P: {{Type: String, Default: x}}}}\nConditions: {{Never: {{'Fn::Equals': [a, b]}}}}\nResources: {{{KEPT}, {resources}}}"
        );
        StackAt::of("shop", template(&text).unwrap())
    };
    let place = Whereabouts {
        stack: "shop".to_owned(),
        region: "eu-west-1".parse().unwrap(),
        account: None,
    };
    let found = diff(Some(&stack(never)), Some(&stack("")), &place);
    assert_eq!(found.change, StackChange::Unchanged);
}
