//! What changes only with other values of parameters than their defaults.

use stratiform_assembly::StackAt;
use stratiform_diff::{StackChange, diff};
use stratiform_resolve::Whereabouts;

use crate::{lines, template};

const PARAMETERS: &str = "
Parameters: {Stage: {Type: String, Default: dev}}
Conditions:
  Prod: {'Fn::Equals': [{Ref: Stage}, prod]}
  Real: {'Fn::Equals': [{Ref: Stage}, live]}
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
fn may_change(severity: &str, name: &str, detail: &str) -> (StackChange, Vec<String>) {
    let line = format!(
        "{severity} unknown may: may change `{name}` where parameters have other values than their defaults"
    );
    (StackChange::Updated, vec![line, format!("- {detail}")])
}

#[test]
fn what_exists_with_another_value_only_is_not_passed_over() {
    let queue = "Jobs: {Type: AWS::SQS::Queue, Condition: Prod}";
    let alias = "Alias: {Type: AWS::KMS::Alias, Condition: Prod, Properties: {AliasName: alias/a, TargetKeyId: b}}";
    let table = "Orders: {Type: AWS::DynamoDB::Table, Condition: Prod, Properties: {KeySchema: [{AttributeName: id, KeyType: HASH}]}}";
    let in_prod = |what: &str| format!("where `Stage` is `prod`: {what}");
    assert_eq!(
        told(alias, "", None),
        may_change("attention", "Alias", "`Alias` (AWS::KMS::Alias) goes")
    );
    for (one, name, what) in [
        (queue, "Jobs", "the queue `Jobs`"),
        (table, "Orders", "the table `Orders`"),
    ] {
        let deletes = in_prod(&format!("deletes {what}, and its data with it"));
        assert_eq!(told(one, "", None), may_change("warning", name, &deletes));
    }
    assert_eq!(
        told("", queue, None),
        may_change("attention", "Jobs", "`Jobs` (AWS::SQS::Queue) is new")
    );
    let real = "Jobs: {Type: AWS::SQS::Queue, Condition: Real}";
    let deletes = in_prod("deletes the queue `Jobs`, and its data with it");
    assert_eq!(
        told(queue, real, None),
        may_change("warning", "Jobs", &deletes)
    );
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
    let changes = "`T` (AWS::SNS::Topic) changes";
    let chosen = |name: &str| topic(&format!("{{'Fn::If': [Prod, {name}, x]}}"));
    assert_eq!(
        told(&chosen("a"), &chosen("b"), None),
        may_change("attention", "T", changes)
    );
    assert_eq!(
        told(&topic("dev"), &topic("{Ref: Stage}"), None),
        may_change("attention", "T", changes)
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
    // A nested stack is updated with its parent, wherever it exists.
    let nested =
        "N: {Type: AWS::CloudFormation::Stack, Condition: Prod, Properties: {TemplateURL: u}}";
    let [one, two] = ["a", "b"].map(|name| format!("{nested}, {}", topic(name)));
    assert_eq!(told(&one, &two, None), (StackChange::Updated, Vec::new()));
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

/// What is told of a table that goes, where its condition compares a pseudo parameter that is only supposed.
fn told_of(pseudo: &str, is_not: &str, supposed: &[&'static str]) -> (StackChange, Vec<String>) {
    let stack = |resources: &str| {
        let text = format!(
            "Conditions: {{Here: {{'Fn::Equals': [{{Ref: {pseudo}}}, {is_not}]}}}}\nResources: {{{KEPT}, {resources}}}"
        );
        StackAt {
            supposed: supposed.to_vec(),
            ..StackAt::of("shop", template(&text).unwrap())
        }
    };
    let table = "Orders: {Type: AWS::DynamoDB::Table, Condition: Here, Properties: {KeySchema: [{AttributeName: id, KeyType: HASH}]}}";
    let place = Whereabouts {
        stack: "shop".to_owned(),
        region: "us-east-1".parse().unwrap(),
        account: None,
    };
    let found = diff(Some(&stack(table)), Some(&stack("")), &place);
    (found.change, lines(&found.consequences))
}

#[test]
fn what_exists_elsewhere_only_is_not_passed_over() {
    let supposed = [
        "AWS::Region",
        "AWS::Partition",
        "AWS::URLSuffix",
        "AWS::StackName",
    ];
    for (pseudo, value, words) in [
        (
            "AWS::Region",
            "eu-west-1",
            "where the region is not us-east-1",
        ),
        (
            "AWS::Partition",
            "aws-cn",
            "where the region is not us-east-1",
        ),
        (
            "AWS::StackName",
            "inn",
            "where the stack's name is not `shop`",
        ),
    ] {
        let lines = [
            format!("warning unknown may: may change `Orders` {words}"),
            format!(
                "- where `{pseudo}` is `{value}`: deletes the table `Orders`, and its data with it"
            ),
        ];
        assert_eq!(
            told_of(pseudo, value, &supposed),
            (StackChange::Updated, lines.to_vec())
        );
        // Somebody told.
        assert_eq!(
            told_of(pseudo, value, &[]),
            (StackChange::Unchanged, Vec::new())
        );
    }
}

#[test]
fn a_partition_in_a_name_is_no_change() {
    let stack = |value: &str| {
        let text = format!(
            "Resources: {{{KEPT}, P: {{Type: AWS::SNS::Topic, Properties: {{DisplayName: {value}}}}}}}"
        );
        StackAt {
            supposed: vec!["AWS::Region", "AWS::Partition"],
            ..StackAt::of("shop", template(&text).unwrap())
        }
    };
    let change = |value: &str| {
        let place = Whereabouts {
            stack: "shop".to_owned(),
            region: "us-east-1".parse().unwrap(),
            account: None,
        };
        diff(
            Some(&stack("'arn:aws:x:us-east-1'")),
            Some(&stack(value)),
            &place,
        )
        .change
    };
    assert_eq!(
        change("{'Fn::Sub': 'arn:${AWS::Partition}:x:us-east-1'}"),
        StackChange::Unchanged
    );
    assert_eq!(
        change("{'Fn::Sub': 'arn:aws:x:${AWS::Region}'}"),
        StackChange::Updated
    );
}
