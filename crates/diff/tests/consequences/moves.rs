//! What looks like the same resource in another place.

use crate::{KEPT, check, check_stacks};

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
            "danger data-loss will: deletes the table `A`, and its data with it",
            "danger refused will: cannot make the table `B`: the name `x` is still taken",
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
