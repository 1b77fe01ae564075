//! Aspects, and what may happen while one looks at a resource: each panicked, or could have.

use std::rc::Rc;

use stratiform_stack::generated::{Draft, Identity};
use stratiform_stack::{
    DeletionPolicy, Handle, Json, ReplacePolicy, Resource, Stack, Untyped, Update, equals, json,
};

use crate::support::{app, named_queue, property, queue, resource, template, templates};

#[test]
fn an_aspect_sees_every_resource() {
    let app = app();
    let stack = app.stack("one", "One");
    queue(&stack, "Plain");
    let set = json!({"VisibilityTimeout": 5});
    stack.add("Set", Untyped::new("AWS::SQS::Queue", set));
    stack.add("Topic", Untyped::new("AWS::SNS::Topic", json!({})));
    queue(&app.stack("two", "Two"), "Other");
    app.aspect(|resource| {
        if resource.resource_type() == "AWS::SQS::Queue" {
            resource.set_default("VisibilityTimeout", 60);
        }
        if resource.stack() == "two" {
            resource.set("QueueName", resource.logical_id().to_owned());
        }
    });
    insta::assert_snapshot!(templates(&app.synthesize().unwrap()));
}

#[test]
fn the_handle_of_the_resource_may_be_used() {
    let app = app();
    let stack = app.stack("one", "One");
    let condition = stack.condition("Large", equals("a", "b"));
    let other = queue(&stack, "Other");
    let handle = queue(&stack, "Queue");
    app.aspect(|view| {
        if view.logical_id() != "Queue" {
            return;
        }
        let clone = handle.clone();
        clone
            .deletion_policy(DeletionPolicy::Retain)
            .update_replace_policy(ReplacePolicy::Snapshot)
            .depends_on(&other)
            .condition(&condition)
            .creation_policy(json!({"C": 1}))
            .update_policy(json!({"U": 1}))
            .metadata(json!({"M": view.has("Name")}));
        stack.protect([&handle], [Update::Delete]);
        view.set("Name", handle.attribute("Arn"));
        clone.on_removal(DeletionPolicy::Snapshot);
        // The view sees what it set, whoever asked in between.
        assert!(view.has("Name"));
    });
    let template = template(app, "one");
    let queue = resource(&template, "Queue");
    assert_eq!(queue.deletion_policy, Some("Snapshot".into()));
    assert_eq!(queue.update_replace_policy, Some("Snapshot".into()));
    assert_eq!(queue.depends_on, ["Other"]);
    assert_eq!(queue.condition.as_deref(), Some("Large"));
    assert_eq!(property(&template, "Queue", "Name"), "!GetAtt Queue.Arn");
}

#[test]
fn an_aspect_may_add_stacks_and_resources_which_it_does_not_see() {
    let app = app();
    let stack = app.stack("one", "One");
    queue(&stack, "Queue");
    let mut seen = Vec::new();
    app.aspect(|view| {
        seen.push(view.logical_id().to_owned());
        let added = stack.add(
            format!("{}Topic", view.logical_id()),
            Untyped::new("AWS::SNS::Topic", json!({})),
        );
        let two = app.stack("two", "Two");
        two.depends_on(&stack);
        two.output("Name", "", added.reference());
        view.set("DelaySeconds", 2);
    });
    assert_eq!(seen, ["Queue"]);
    let template = template(app, "one");
    assert_eq!(template.resources.len(), 2);
    assert_eq!(property(&template, "Queue", "DelaySeconds"), "2");
}

#[test]
fn aspects_may_be_nested() {
    let app = app();
    let stack = app.stack("one", "One");
    queue(&stack, "First");
    queue(&stack, "Second");
    let mut times = 0;
    app.aspect(|outer| {
        app.aspect(|inner| {
            times += 1;
            inner.set("QueueName", format!("by-{}", outer.logical_id()));
        });
        outer.set_default("DelaySeconds", 1);
    });
    assert_eq!(times, 4);
    let template = template(app, "one");
    assert_eq!(property(&template, "First", "QueueName"), "by-Second");
    assert_eq!(property(&template, "Second", "DelaySeconds"), "1");
}

/// A resource of somebody else's, which adds another one while it is added itself.
struct Pair {
    stack: Stack,
}

impl Resource for Pair {
    type Reference = String;
    type Attributes = PairAttributes;

    fn resource_type(&self) -> &str {
        queue(&self.stack, "FromItsType");
        "AWS::SQS::Queue"
    }

    fn into_properties(self) -> Draft {
        queue(&self.stack, "FromItsProperties");
        Draft::Map(Vec::new())
    }
}

struct PairAttributes;

impl From<Rc<Identity>> for PairAttributes {
    fn from(_: Rc<Identity>) -> Self {
        PairAttributes
    }
}

/// A value of somebody else's, which uses stack and handle while it is converted.
struct Curious<'a> {
    stack: &'a Stack,
    handle: &'a Handle<Untyped>,
}

impl From<Curious<'_>> for Json {
    fn from(value: Curious<'_>) -> Json {
        value.stack.protect_from_termination();
        value.handle.on_removal(DeletionPolicy::Retain);
        value.handle.reference().into()
    }
}

#[test]
fn conversions_of_others_may_use_the_stack_and_the_resource() {
    let app = app();
    let stack = app.stack("one", "One");
    stack.add(
        "Pair",
        Pair {
            stack: stack.clone(),
        },
    );
    let handle = named_queue(&stack, "Queue", "q");
    let curious = || Curious {
        stack: &stack,
        handle: &handle,
    };
    handle
        .metadata(curious())
        .creation_policy(curious())
        .update_policy(curious());
    stack.metadata("Key", curious());
    app.aspect(|view| view.set("QueueName", curious()));
    let template = template(app, "one");
    let names: Vec<&str> = template.resources.keys().map(String::as_str).collect();
    assert_eq!(names, ["FromItsType", "FromItsProperties", "Pair", "Queue"]);
    assert_eq!(property(&template, "Pair", "QueueName"), "!Ref Queue");
}

#[test]
fn a_policy_may_look_at_its_stack_while_it_is_converted() {
    let app = app();
    let stack = app.stack("one", "One");
    let handle = queue(&stack, "Queue");
    struct Policy<'a>(&'a Stack, &'a Handle<Untyped>);
    impl From<Policy<'_>> for Json {
        fn from(Policy(stack, handle): Policy<'_>) -> Json {
            stack.protect([handle], [Update::Any]);
            json!({"Statement": []})
        }
    }
    stack.stack_policy(Policy(&stack, &handle));
    let policy = app.synthesize().unwrap().stacks.remove(0).policy;
    assert!(policy.document().unwrap().to_json().contains("Update:*"));
}
