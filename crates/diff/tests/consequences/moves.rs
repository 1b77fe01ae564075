//! What looks like the same resource in another place.

use stratiform_diff::{Certainty, Kind};

use crate::{KEPT, check, check_stacks, environment};

#[test]
fn another_logical_id_is_offered_as_a_move() {
    let topic = "Type: AWS::SNS::Topic, Properties: {DisplayName: x, Tags: [{Key: a, Value: b}]}";
    check(
        &format!("A: {{{topic}}}"),
        &format!("B: {{{}}}", topic.replace("Value: b", "Value: c")),
        &[
            "attention move will: deletes the topic `A` and makes the same again: it looks like a move to `B`",
        ],
    );
    check(
        "A: {Type: AWS::DynamoDB::Table, Properties: {TableName: x}}",
        "B: {Type: AWS::DynamoDB::Table, Properties: {TableName: x}}",
        &[
            "danger refused will: cannot make the table `B`: the name `x` is still taken",
            "- otherwise it deletes the table `A`, and its data with it",
        ],
    );
}

#[test]
fn another_stack_is_offered_as_a_move() {
    let queue = "A: {Type: AWS::SQS::Queue, Properties: {DelaySeconds: 5}}";
    check_stacks(
        &[
            ("one", &format!("{KEPT}\n{queue}"), KEPT),
            ("two", KEPT, &format!("{KEPT}\n{queue}")),
        ],
        &[
            "one: danger data-loss will: deletes the queue `A`, and its data with it",
            "two: warning move will: deletes the queue `A` and makes the same again: it looks like a move from stack `one` to stack `two`",
        ],
    );
}

#[test]
fn what_stays_is_not_said_to_be_deleted() {
    let bucket = "Type: AWS::S3::Bucket, DeletionPolicy: Retain, Properties: {BucketName: x}";
    check(
        &format!("A: {{{bucket}}}"),
        &format!("B: {{{bucket}}}"),
        &[
            "danger refused will: cannot make the bucket `B`: the name `x` is still taken",
            "- otherwise it leaves the bucket `A` outside of the stack: its data stays, and nothing manages it any more",
        ],
    );
    // In another stack, too, the name stays taken.
    let resource = format!("A: {{{bucket}}}");
    let found = environment(&[
        ("one", &format!("{KEPT}\n{resource}"), KEPT),
        ("two", KEPT, &format!("{KEPT}\n{resource}")),
    ]);
    let refused = &found[1].consequences[0];
    assert_eq!(
        (refused.kind, refused.certainty, refused.why.as_str()),
        (
            Kind::Refused,
            Certainty::Will,
            "`BucketName` is that of the bucket `A`, which is not deleted"
        )
    );
    // What goes on elsewhere is not missed.
    check(
        &format!(
            "{KEPT}\nA: {{Type: AWS::ECS::Service, DeletionPolicy: Retain, Properties: {{ServiceName: a}}}}"
        ),
        KEPT,
        &[],
    );
}
