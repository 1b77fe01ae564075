//! What every resource of a type has where it does not say otherwise.

use stratiform_finding::Code;
use stratiform_stack::{App, Untyped, json, sub};

use crate::support::{app, only, property, queue, resource, template, templates};

fn delayed(app: &App, seconds: i64) {
    let properties = json!({"DelaySeconds": seconds});
    app.defaults(Untyped::new("AWS::SQS::Queue", properties));
}

#[test]
fn what_a_resource_does_not_say_is_the_default() {
    let app = app();
    let stack = app.stack("one", "One");
    queue(&stack, "Before");
    delayed(&app, 60);
    let set = json!({"DelaySeconds": 5});
    stack.add("Set", Untyped::new("AWS::SQS::Queue", set));
    stack.add("Topic", Untyped::new("AWS::SNS::Topic", json!({})));
    queue(&app.stack("two", "Two"), "After");
    insta::assert_snapshot!(templates(&app.synthesize().unwrap()));
}

#[test]
fn of_several_defaults_the_first_decides() {
    let app = app();
    let stack = app.stack("one", "One");
    queue(&stack, "Queue");
    delayed(&app, 1);
    delayed(&app, 2);
    let more = json!({"QueueName": "orders"});
    app.defaults(Untyped::new("AWS::SQS::Queue", more));
    let template = template(app, "one");
    assert_eq!(property(&template, "Queue", "DelaySeconds"), "1");
    assert_eq!(property(&template, "Queue", "QueueName"), "orders");
    assert_eq!(resource(&template, "Queue").properties.len(), 2);
}

#[test]
fn a_reference_in_a_default_finds_its_form_in_each_stack() {
    let app = app();
    let one = app.stack("one", "One");
    let key = one.add("Key", Untyped::new("AWS::KMS::Key", json!({})));
    let properties =
        json!({"KmsMasterKeyId": key.reference(), "Tags": sub!("of-{}", key.attribute("Arn"))});
    app.defaults(Untyped::new("AWS::SQS::Queue", properties));
    queue(&one, "Queue");
    queue(&app.stack("two", "Two"), "Queue");
    insta::assert_snapshot!(templates(&app.synthesize().unwrap()));
}

#[test]
fn defaults_are_a_map() {
    let app = app();
    let there = line!() + 1;
    app.defaults(Untyped::new("AWS::SQS::Queue", json!("text")));
    let places = vec![(there, "declared here".to_owned())];
    assert_eq!(only(app), (Code::UntypedProperties, places));
}
