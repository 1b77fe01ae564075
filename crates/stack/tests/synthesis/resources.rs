//! Resources: their attributes besides properties, what they wait for, and what follows for the stack.

use stratiform_finding::Code;
use stratiform_stack::{Define, DeletionPolicy, Json, ReplacePolicy, Untyped, json};

use crate::support::{a_queue, app, only, problems, queue, resource, template, templates};

#[test]
fn a_definition_has_what_stands_beside_properties() {
    let app = app();
    let stack = app.stack("one", "One");
    let first = queue(&stack, "First");
    let second = a_queue()
        .depends_on(first)
        .deletion_policy(DeletionPolicy::Snapshot)
        .update_replace_policy(ReplacePolicy::Retain)
        .creation_policy(json!({"ResourceSignal": {"Count": 1}}))
        .update_policy(json!({"UseOnlineResharding": true}))
        .metadata(json!({"Why": first.attribute("Arn")}));
    let second = stack.add("Second", second);
    stack.metadata("Team", "platform");
    stack.output("Url", "Where it is", second.reference());
    stack.export("Shared", "For others", "shop:queue", first.attribute("Arn"));
    insta::assert_snapshot!(templates(&app.synthesize().unwrap()));
}

#[test]
fn what_stays_on_deletion_stays_on_replacement() {
    let cases = [
        (DeletionPolicy::Delete, "Delete", "Delete"),
        (DeletionPolicy::Retain, "Retain", "Retain"),
        (
            DeletionPolicy::RetainExceptOnCreate,
            "RetainExceptOnCreate",
            "Retain",
        ),
        (DeletionPolicy::Snapshot, "Snapshot", "Snapshot"),
    ];
    for (policy, deleted, replaced) in cases {
        let app = app();
        app.stack("one", "One")
            .add("Queue", a_queue().on_removal(policy));
        let template = template(app, "one");
        let queue = resource(&template, "Queue");
        assert_eq!(queue.deletion_policy, Some(deleted.into()));
        assert_eq!(queue.update_replace_policy, Some(replaced.into()));
    }
}

#[test]
fn depends_on_does_not_reach_into_another_stack() {
    let app = app();
    let declared = line!() + 1;
    let topic = queue(&app.stack("one", "One"), "Topic");
    let called = line!() + 1;
    let waiting = a_queue().depends_on(topic);
    app.stack("two", "Two").add("Queue", waiting);
    let places = vec![
        (called, "depended on here".to_owned()),
        (declared, "declared here".to_owned()),
    ];
    assert_eq!(only(app), (Code::DependsOnAcrossStacks, places));
}

#[test]
fn depends_on_names_both_stacks() {
    let app = app();
    let topic = queue(&app.stack("one", "One"), "Topic");
    app.stack("two", "Two")
        .add("Queue", a_queue().depends_on(topic));
    insta::assert_snapshot!(problems(app));
}

#[test]
fn capabilities_follow_from_the_resources() {
    let app = app();
    let cases: [(&str, &str, Json, &[&str]); 4] = [
        ("none", "AWS::SNS::Topic", json!({}), &[]),
        ("unnamed", "AWS::IAM::Role", json!({}), &["CAPABILITY_IAM"]),
        (
            "named",
            "AWS::IAM::Role",
            json!({"RoleName": "admin"}),
            &["CAPABILITY_NAMED_IAM"],
        ),
        (
            "policy",
            "AWS::IAM::Policy",
            json!({"PolicyName": "read"}),
            &["CAPABILITY_IAM"],
        ),
    ];
    let mut expected = Vec::new();
    for (key, resource_type, properties, capabilities) in cases {
        let stack = app.stack(key, "");
        stack.add("Thing", Untyped::new(resource_type, properties));
        expected.push(capabilities);
    }
    let assembly = app.synthesize().unwrap();
    let stacks = assembly.stacks.iter();
    let found: Vec<Vec<&str>> = stacks
        .map(|stack| stack.capabilities.iter().map(String::as_str).collect())
        .collect();
    assert_eq!(found, expected);
}

#[test]
fn a_stack_or_an_environment_is_protected_from_deletion() {
    let app = app();
    app.stack("one", "One").protect_from_termination();
    app.stack("two", "Two");
    let assembly = app.synthesize().unwrap();
    assert_eq!(assembly.stacks[0].termination_protection, Some(true));
    assert_eq!(assembly.stacks[1].termination_protection, Some(false));
}

#[test]
fn what_is_untyped_is_known_by_its_path() {
    let app = app();
    let stack = app.stack("one", "One");
    let properties = json!({"DelaySeconds": 1000, "RedrivePolicy": {"maxReceiveCount": 1}});
    stack.add("Queue", Untyped::new("AWS::SQS::Queue", properties));
    let assembly = app.synthesize().unwrap();
    let paths: Vec<String> = assembly.stacks[0]
        .untyped
        .iter()
        .map(|path| path.join("/"))
        .collect();
    let expected = [
        "Resources/Queue/Properties/DelaySeconds",
        "Resources/Queue/Properties/RedrivePolicy",
    ];
    assert_eq!(paths, expected);
}
