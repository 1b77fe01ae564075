//! A stack as a whole: its size, the order of what is told, and what cannot be read.

use stratiform_diff::StackChange;

use crate::{check, environment, of_kind};

#[test]
fn a_quota_that_comes_near_is_named() {
    let topics = |count: usize| {
        let topics = (0..count).map(|index| format!("T{index}: {{Type: AWS::SNS::Topic}}\n"));
        topics.collect::<String>()
    };
    for (before, after, expected) in [
        (398, 399, None),
        (
            399,
            400,
            Some("attention limit may: has 400 of at most 500 resources"),
        ),
        (401, 400, None),
        (
            400,
            500,
            Some("attention limit may: has 500 of at most 500 resources"),
        ),
        (
            500,
            501,
            Some("danger limit will: has 501 resources, and CloudFormation refuses more than 500"),
        ),
    ] {
        assert_eq!(
            of_kind(&topics(before), &topics(after), "limit"),
            expected.into_iter().collect::<Vec<_>>()
        );
    }
}

#[test]
fn the_worst_comes_first() {
    let before = "A: {Type: AWS::DynamoDB::Table, Properties: {TableName: a}}
B: {Type: AWS::RDS::DBInstance, Properties: {DBInstanceClass: db.t3.micro, MultiAZ: true}}
C: {Type: AWS::SNS::Topic, Properties: {TopicName: one}}";
    let after = "B: {Type: AWS::RDS::DBInstance, Properties: {DBInstanceClass: db.t3.small, MultiAZ: false}}
C: {Type: AWS::SNS::Topic, Properties: {TopicName: two}}";
    check(
        before,
        after,
        &[
            "danger data-loss will: deletes the table `A`, and its data with it",
            "warning interruption will: interrupts the database `B`: the instance restarts on the new class; with Multi-AZ it fails over",
            "warning protection-lost will: takes away from the database `B`: the standby in another zone",
            "attention replacement will: replaces the topic `C`",
            "attention interruption may: may interrupt the database `B`: no downtime, but slower meanwhile; the reference says some interruption",
        ],
    );
}

#[test]
fn a_malformed_function_is_no_missing_property() {
    let topic =
        |value: &str| format!("A: {{Type: AWS::SNS::Topic, Properties: {{DisplayName: {value}}}}}");
    let cases = [
        // One that was right and is not: what it comes to is not known.
        ("x", "{'Fn::Join': [x]}", 1),
        ("{'Fn::Join': [x]}", "{'Fn::Join': [y]}", 1),
        ("{'Fn::Join': [x]}", "x", 0),
    ];
    for (before, after, notes) in cases {
        let found = environment(&[("shop", &topic(before), &topic(after))]);
        assert_eq!(found[0].change, StackChange::Updated, "{before} {after}");
        let details = &found[0].resources[0].values;
        assert!(
            details
                .iter()
                .all(|detail| detail.before.is_some() && detail.after.is_some()),
            "{before} {after}: {details:?}"
        );
        let told = found[0].notes.iter().filter(|note| {
            note.what
                == "the argument of `Fn::Join` has the wrong form at `A.DisplayName.Fn::Join`: it is compared as it is \
                    written"
        });
        assert_eq!(
            told.count(),
            notes,
            "{before} {after}: {:?}",
            found[0].notes
        );
    }
    let same = topic("{'Fn::Join': [x]}");
    let found = environment(&[("shop", &same, &same)]);
    assert_eq!(found[0].change, StackChange::Unchanged);
}

#[test]
fn a_parameter_without_a_value_is_named_where_the_answer_hangs_on_it() {
    let stack = |delay: &str, name: &str| {
        format!(
            "Parameters: {{Name: {{Type: String}}, Stage: {{Type: String}}}}
Conditions: {{Is: !Equals [!Ref Stage, prod]}}
Resources:
  A: {{Type: AWS::SQS::Queue, Properties: {{DelaySeconds: {delay}}}}}
  B: {{Type: AWS::SQS::Queue, Properties: {{QueueName: !Sub '{name}'}}}}"
        )
    };
    let notes = |before: &str, after: &str| {
        let found = environment(&[("shop", before, after)]);
        let notes = found[0].notes.iter().map(|note| note.what.clone());
        notes.collect::<Vec<_>>()
    };
    let known = |text: String| text.replace("Conditions: {Is: !Equals [!Ref Stage, prod]}\n", "");
    let [one, two] = [stack("1", "${Name}"), stack("2", "${Name}")];
    assert_eq!(notes(&known(one.clone()), &known(two.clone())), [""; 0]);
    assert_eq!(
        notes(&known(one.clone()), &known(stack("1", "${Name}-2"))),
        [
            "the parameter `Name` has no value here: what is made from it is compared as it is written"
        ]
    );
    assert_eq!(
        notes(&one, &two),
        [
            "the parameter `Stage` has no value here: what is made from it is compared as it is written"
        ]
    );
}
