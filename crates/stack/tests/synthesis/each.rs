//! Stacks that are handed on one after the other.

use std::collections::BTreeMap;
use std::sync::{Arc, Weak};

use stratiform_finding::Code;
use stratiform_stack::{App, Define, References, StackAt, Untyped, json, sub};
use stratiform_template::Template;

use crate::support::{a_queue, app_with, named_queue, queue};

/// Stacks that use each other in every place that a value may stand in, and none in the order of its declaration.
fn stacks(references: References) -> App {
    let app = app_with(references);
    let users = app.stack("users", "Who uses it");
    let base = app.stack("base", "What others use");
    let other = app.stack("other", "What one more uses");
    let of_base = ["Name", "Text", "Inner", "Metadata", "Output", "Kept"]
        .map(|name| (name, queue(&base, name)));
    let of_base: BTreeMap<_, _> = of_base.into_iter().collect();
    let arn = |name: &str| of_base[name].attribute("Arn");
    let default = queue(&other, "Default");
    app.defaults(Untyped::new(
        "AWS::SQS::Queue",
        json!({"RedrivePolicy": {"deadLetterTargetArn": default.attribute("Arn")}}),
    ));
    named_queue(&users, "Named", of_base["Name"].reference());
    named_queue(&users, "Text", sub!("of {} and more", arn("Text")));
    let inner = json!({"Tags": [{"Key": "a", "Value": arn("Inner")}], "RedrivePolicy": {}});
    let inner = Untyped::new("AWS::SQS::Queue", inner);
    users.add("Inner", inner.metadata(json!({"of": arn("Metadata")})));
    users.output("Output", "An output", arn("Output"));
    users.metadata("Kept", json!({"of": [arn("Kept")]}));
    users.add("Plain", a_queue());
    app
}

fn shown(stack: &StackAt) -> (String, String) {
    let about = format!(
        "{:?} {:?} {:?} {:?} {:?}",
        stack.depends_on, stack.capabilities, stack.policy, stack.untyped, stack.tags
    );
    let mut locations: Vec<_> = stack.locations.iter().collect();
    locations.sort();
    (
        stack.name.clone(),
        format!("{about} {locations:?}\n{}", stack.template.to_yaml()),
    )
}

#[test]
fn each_stack_is_what_it_is_together_with_all() {
    for references in [References::Strong, References::Weak] {
        let assembly = stacks(references).synthesize().unwrap();
        let together: BTreeMap<_, _> = assembly.stacks.iter().map(shown).collect();
        let mut each = BTreeMap::new();
        let all = stacks(references);
        all.synthesize_each(|stack| each.extend([shown(&stack)]))
            .unwrap();
        assert_eq!(each, together);
        assert_eq!(
            assembly.stacks[2].depends_on,
            ["shop-test-base", "shop-test-other"]
        );
    }
}

#[test]
fn stacks_come_as_they_were_declared_and_none_is_kept() {
    let app = stacks(References::Strong);
    let mut names = Vec::new();
    let mut last: Weak<Template> = Weak::new();
    app.synthesize_each(|stack| {
        assert!(last.upgrade().is_none(), "the one before is still there");
        last = Arc::downgrade(&stack.template);
        names.push(stack.name);
    })
    .unwrap();
    assert!(last.upgrade().is_none());
    assert_eq!(
        names,
        ["shop-test-users", "shop-test-base", "shop-test-other"]
    );
}

#[test]
fn after_a_mistake_none_is_handed_on() {
    let app = app_with(References::Strong);
    let [first, second, third] = ["first", "second", "third"].map(|name| app.stack(name, ""));
    let one = queue(&first, "Queue");
    second.add("Queue", a_queue().depends_on(one));
    queue(&third, "Queue");
    let mut names = Vec::new();
    let problems = app.synthesize_each(|stack| names.push(stack.name));
    let codes: Vec<Code> = problems.unwrap_err().iter().map(|it| it.code).collect();
    assert_eq!(codes, [Code::DependsOnAcrossStacks]);
    assert_eq!(names, ["shop-test-first"]);
}

#[test]
fn stacks_that_need_each_other_are_not_handed_on() {
    let app = app_with(References::Strong);
    let [one, other] = ["one", "other"].map(|name| app.stack(name, ""));
    let (of_one, of_other) = (queue(&one, "Queue"), queue(&other, "Queue"));
    one.output("Out", "", of_other.attribute("Arn"));
    other.output("Out", "", of_one.attribute("Arn"));
    let mut count = 0;
    assert!(app.synthesize_each(|_| count += 1).is_err());
    assert_eq!(count, 0);
}
