//! IAM policy documents, and JSON in text.

use stratiform_stack::{PolicyDocument, Principal, Statement, Untyped, arn, json, pseudo};

use crate::support::{app, property, queue, template};

/// The document of a role that is made of these statements.
fn document(statements: impl IntoIterator<Item = Statement>) -> String {
    let app = app();
    let document = PolicyDocument::new(statements);
    let role = Untyped::new("AWS::IAM::Role", json!({"Document": document}));
    app.stack("one", "One").add("Role", role);
    property(&template(app, "one"), "Role", "Document")
}

#[test]
fn statements_say_one_or_several() {
    let read = Statement::allow(["sqs:ReceiveMessage"]).sid("Read").on("a");
    let write = Statement::deny(["sqs:SendMessage", "sqs:PurgeQueue"])
        .on(arn("sqs", "a"))
        .on(arn("sqs", "b"))
        .to(Principal::Everyone);
    let assume = Statement::allow(["sts:AssumeRole"])
        .to(Principal::service("ecs-tasks.amazonaws.com"))
        .to(Principal::account())
        .on_any();
    insta::assert_snapshot!(document([read, write, assume]));
}

#[test]
fn conditions_of_a_statement_add_up() {
    let statement = Statement::allow(["sts:AssumeRole"])
        .when("StringEquals", "aws:SourceAccount", "1")
        .when("Bool", "aws:SecureTransport", "true")
        .when("StringEquals", "aws:SourceAccount", "2")
        .when("StringEquals", "aws:RequestedRegion", "3")
        .when("StringEquals", "aws:SourceAccount", pseudo::account_id());
    insta::assert_snapshot!(document([statement]));
}

#[test]
fn a_role_is_assumed_by_a_service() {
    let app = app();
    let trust = PolicyDocument::assumed_by("lambda.amazonaws.com");
    let role = Untyped::new("AWS::IAM::Role", json!({"Document": trust}));
    app.stack("one", "One").add("Role", role);
    insta::assert_snapshot!(property(&template(app, "one"), "Role", "Document"));
}

#[test]
fn json_in_text_keeps_its_references() {
    let app = app();
    let stack = app.stack("one", "One");
    let queue = queue(&stack, "Queue");
    let dashboard = json!({"widgets": [{"quote": "say \"hi\"\n", "queue": queue.attribute("Arn"), "n": 1.5, "empty": {}}]});
    let text = dashboard.into_text();
    stack.add("Board", Untyped::new("Vendor::A::B", json!({"Body": text})));
    insta::assert_snapshot!(property(&template(app, "one"), "Board", "Body"));
}
