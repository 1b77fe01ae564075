//! Stack policies: from handles, and from documents.

use stratiform_finding::Code;
use stratiform_stack::{App, Json, Update, json};

use crate::support::{app, found, only, problems, queue};

/// The policy of the first stack.
fn policy(app: App) -> Option<String> {
    let policy = app.synthesize().unwrap().stacks.remove(0).policy;
    policy.document().map(|policy| policy.to_json())
}

fn deny(resource: impl Into<Json>) -> Json {
    let resource: Json = resource.into();
    json!({"Effect": "Deny", "Action": "Update:*", "Principal": "*", "Resource": resource})
}

#[test]
fn handles_make_a_policy_that_allows_the_rest() {
    let app = app();
    let stack = app.stack("one", "One");
    let instance = queue(&stack, "Instance");
    let key = queue(&stack, "Key");
    stack.protect([&instance, &key], [Update::Replace, Update::Delete]);
    let allow = r#"{"Effect":"Allow","Action":"Update:*","Principal":"*","Resource":"*"}"#;
    let deny = r#"{"Effect":"Deny","Action":["Update:Replace","Update:Delete"],"Principal":"*","Resource":["LogicalResourceId/Instance","LogicalResourceId/Key"]}"#;
    let expected = format!(r#"{{"Statement":[{allow},{deny}]}}"#);
    assert_eq!(policy(app), Some(expected));
}

#[test]
fn nothing_said_is_no_policy() {
    let app = app();
    queue(&app.stack("one", "One"), "Queue");
    assert_eq!(policy(app), None);
}

#[test]
fn several_calls_add_up() {
    let app = app();
    let stack = app.stack("one", "One");
    let queues = ["A", "B", "C"].map(|id| queue(&stack, id));
    for queue in &queues {
        stack.protect([queue], [Update::Delete, Update::Delete]);
    }
    let [a, b, _] = &queues;
    stack.protect([a, b, a], [Update::Modify]);
    stack.protect([a], [Update::Delete]);
    insta::assert_snapshot!(policy(app).unwrap());
}

#[test]
fn the_policy_follows_the_logical_id() {
    for logical_id in ["Before", "After"] {
        let app = app();
        let stack = app.stack("one", "One");
        let renamed = queue(&stack, logical_id);
        stack.protect([&renamed], [Update::Any]);
        let named = format!("\"LogicalResourceId/{logical_id}\"");
        assert!(policy(app).unwrap().contains(&named));
    }
}

#[test]
fn only_resources_of_the_stack_are_protected() {
    let app = app();
    let other = queue(&app.stack("two", "Two"), "Queue");
    let stack = app.stack("one", "One");
    // The stack has one of the same name, which is not meant.
    queue(&stack, "Queue");
    let called = line!() + 1;
    stack.protect([&other], [Update::Delete]);
    let (code, places) = only(app);
    assert_eq!(code, Code::ProtectAcrossStacks);
    assert_eq!(places[0], (called, "protected here".to_owned()));
    assert_eq!(places[1].1, "declared here");
}

#[test]
fn protecting_nothing_is_a_mistake() {
    let app = app();
    let stack = app.stack("one", "One");
    let handle = queue(&stack, "Queue");
    stack.protect([], [Update::Delete]);
    stack.protect([&handle], []);
    insta::assert_snapshot!(problems(app));
}

#[test]
fn a_document_is_kept_as_it_is_written() {
    let app = app();
    let stack = app.stack("one", "One");
    queue(&stack, "Queue");
    let named = "LogicalResourceId/Queue";
    stack.stack_policy(json!({"Statement": [{"Effect": "Deny", "Resource": named}]}));
    let expected =
        r#"{"Statement":[{"Effect":"Deny","Resource":"LogicalResourceId/Queue"}]}"#.to_owned();
    assert_eq!(policy(app), Some(expected));
}

#[test]
fn a_single_statement_stands_without_a_list() {
    let app = app();
    let stack = app.stack("one", "One");
    stack.stack_policy(json!({"Statement": {"Effect": "Allow", "Resource": "*"}}));
    let expected = r#"{"Statement":{"Effect":"Allow","Resource":"*"}}"#.to_owned();
    assert_eq!(policy(app), Some(expected));
}

#[test]
fn what_handles_say_comes_after_what_a_document_says() {
    for document in [
        json!({"Statement": deny("*")}),
        json!({"Statement": [deny("*")]}),
    ] {
        let app = app();
        let stack = app.stack("one", "One");
        let queue = queue(&stack, "Queue");
        stack.protect([&queue], [Update::Delete]);
        stack.stack_policy(document);
        let first = r#"{"Effect":"Deny","Action":"Update:*","Principal":"*","Resource":"*"}"#;
        let second = r#"{"Effect":"Deny","Action":["Update:Delete"],"Principal":"*","Resource":["LogicalResourceId/Queue"]}"#;
        let expected = format!(r#"{{"Statement":[{first},{second}]}}"#);
        assert_eq!(policy(app), Some(expected));
    }
}

#[test]
fn a_name_that_no_resource_has_protects_nothing() {
    let app = app();
    let stack = app.stack("one", "One");
    queue(&stack, "Instance");
    queue(&stack, "LogsKey");
    stack.stack_policy(json!({"Statement": [
        deny(["LogicalResourceId/Instance", "LogicalResourceId/Instanze", "*"]),
        deny("LogicalResourceId/Logs*"),
        deny(["LogicalResourceId/Gone*"]),
        {"Effect": "Deny", "Action": "Update:*", "NotResource": "LogicalResourceId/Other"},
    ]}));
    insta::assert_snapshot!(problems(app));
}

#[test]
fn a_document_has_no_functions_and_has_statements() {
    let app = app();
    let stack = app.stack("one", "One");
    let queue = queue(&stack, "Queue");
    let set = line!() + 1;
    stack.stack_policy(json!({"Statement": [deny(queue.attribute("Arn"))]}));
    app.stack("two", "Two")
        .stack_policy(json!({"Version": "1"}));
    app.stack("three", "Three").stack_policy(json!([]));
    let problems = found(app);
    let codes: Vec<Code> = problems.iter().map(|problem| problem.code).collect();
    assert_eq!(codes, [Code::StackPolicy; 3]);
    assert_eq!(problems[0].places[0].at.position().1, set as usize);
}

#[test]
fn a_second_document_does_not_replace_the_first_unseen() {
    let app = app();
    let stack = app.stack("one", "One");
    let first = line!() + 1;
    stack.stack_policy(json!({"Statement": []}));
    let second = line!() + 1;
    stack.stack_policy(json!({"Statement": []}));
    let places = vec![
        (second, "set again here".to_owned()),
        (first, "first set here".to_owned()),
    ];
    assert_eq!(only(app), (Code::StackPolicy, places));
}
