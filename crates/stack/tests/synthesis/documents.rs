//! IAM policy documents, and JSON in text.

use stratiform_stack::condition::{
    arn_like, boolean, date_greater_than, ip_address, key, null, numeric_less_than, string_equals,
    string_like, string_not_equals,
};
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
        .when(string_equals(key::SOURCE_ACCOUNT, "1"))
        .when(boolean(key::SECURE_TRANSPORT, true))
        .when(string_equals(key::SOURCE_ACCOUNT, "2"))
        .when(string_equals(key::REQUESTED_REGION, "3"))
        .when(string_equals(key::SOURCE_ACCOUNT, pseudo::account_id()));
    insta::assert_snapshot!(document([statement]));
}

#[test]
fn operators_have_the_words_of_iam() {
    let statement = Statement::allow(["sqs:SendMessage"])
        .when(string_equals(key::PRINCIPAL_ORG_PATHS, ["a", "b"]).for_any_value())
        .when(string_equals(key::TAG_KEYS, "team").for_all_values())
        .when(string_like(key::SOURCE_ARN, "arn:*").if_exists())
        .when(
            string_not_equals(key::principal_tag("team"), ["a"])
                .for_any_value()
                .if_exists(),
        )
        .when(arn_like(
            key::SOURCE_ARN,
            [arn("sqs", "a"), arn("sqs", "b")],
        ))
        .when(numeric_less_than(key::MULTI_FACTOR_AUTH_AGE, 3600))
        .when(date_greater_than(key::CURRENT_TIME, "2026-12-01T00:00:00Z"))
        .when(ip_address(key::SOURCE_IP, ["10.0.0.0/8", "192.0.2.1"]))
        .when(null("kms:EncryptionContextKeys", true))
        .when(boolean(key::VIA_AWS_SERVICE, true));
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
