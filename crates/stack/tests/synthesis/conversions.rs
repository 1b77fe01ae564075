//! What somebody else's code may do while one of its values is converted: each panicked, or could have.

use stratiform_stack::generated::{Attributes, Draft, Target};
use stratiform_stack::{Define, Handle, Json, Resource, Stack, Untyped, Update, json};

use crate::support::{a_queue, app, property, queue, template};

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

#[derive(Clone, Copy)]
struct PairAttributes(Target);

impl Attributes for PairAttributes {
    fn of(target: Target) -> Self {
        PairAttributes(target)
    }

    fn target(&self) -> Target {
        self.0
    }
}

/// A value of somebody else's, which uses stack and handle while it is converted.
#[derive(Clone, Copy)]
struct Curious<'a> {
    stack: &'a Stack,
    handle: Handle<Untyped>,
}

impl From<Curious<'_>> for Json {
    fn from(value: Curious<'_>) -> Json {
        value.stack.protect_from_termination();
        value.stack.protect([&value.handle], [Update::Any]);
        value.handle.reference().into()
    }
}

#[test]
fn conversions_of_others_may_use_the_stack_and_its_resources() {
    let app = app();
    let stack = app.stack("one", "One");
    stack.add(
        "Pair",
        Pair {
            stack: stack.clone(),
        },
    );
    let handle = queue(&stack, "Queue");
    let curious = Curious {
        stack: &stack,
        handle,
    };
    let all = a_queue()
        .metadata(curious)
        .creation_policy(curious)
        .update_policy(curious);
    stack.add("Curious", all);
    stack.metadata("Key", curious);
    stack.stack_policy(Policy(curious));
    app.defaults(Untyped::new(
        "AWS::SQS::Queue",
        json!({"QueueName": curious}),
    ));
    let template = template(app, "one");
    let names: Vec<&str> = template.resources.keys().map(String::as_str).collect();
    assert_eq!(
        names,
        [
            "FromItsType",
            "FromItsProperties",
            "Pair",
            "Queue",
            "Curious"
        ]
    );
    assert_eq!(property(&template, "Pair", "QueueName"), "!Ref Queue");
}

struct Policy<'a>(Curious<'a>);

impl From<Policy<'_>> for Json {
    fn from(Policy(value): Policy<'_>) -> Json {
        let _reference: Json = value.into();
        json!({"Statement": []})
    }
}

#[test]
fn a_policy_may_look_at_its_stack_while_it_is_converted() {
    let app = app();
    let stack = app.stack("one", "One");
    let handle = queue(&stack, "Queue");
    stack.stack_policy(Policy(Curious {
        stack: &stack,
        handle,
    }));
    let policy = app.synthesize().unwrap().stacks.remove(0).policy;
    assert!(policy.document().unwrap().to_json().contains("Update:*"));
}
