//! The order in which stacks are deployed.

use stratiform_finding::Code;
use stratiform_stack::{Assembly, Expr, sub};

use crate::support::{app, named_queue, only, problems, queue};

fn keys(assembly: &Assembly) -> Vec<&str> {
    let stacks = assembly.stacks.iter();
    stacks.map(|stack| assembly.key(&stack.name)).collect()
}

#[test]
fn stacks_come_in_deployment_order_and_otherwise_as_declared() {
    let app = app();
    let last = app.stack("a-last", "Uses both");
    let first = app.stack("z-first", "Used by both");
    let middle = app.stack("m-middle", "Uses the first");
    queue(&app.stack("independent", "Alone"), "Queue");
    let one = queue(&first, "Queue");
    let two = named_queue(&middle, "Queue", one.attribute("QueueName"));
    named_queue(&last, "Queue", two.attribute("QueueName"));
    last.depends_on(&first);
    let assembly = app.synthesize().unwrap();
    assert_eq!(
        keys(&assembly),
        ["z-first", "m-middle", "a-last", "independent"]
    );
    assert_eq!(
        assembly.stacks[2].depends_on,
        ["shop-test-m-middle", "shop-test-z-first"]
    );
}

#[test]
fn a_stack_waits_for_one_that_it_does_not_use() {
    let app = app();
    let second = app.stack("second", "Second");
    let first = app.stack("first", "First");
    second.depends_on(&first);
    second.depends_on(&first);
    let assembly = app.synthesize().unwrap();
    assert_eq!(keys(&assembly), ["first", "second"]);
    assert_eq!(assembly.stacks[1].depends_on, ["shop-test-first"]);
}

#[test]
fn ten_thousand_stacks_in_one_line_are_ordered() {
    let app = app();
    let mut previous: Option<Expr<String>> = None;
    let stacks: Vec<_> = (0..10_000)
        .map(|number| app.stack(&format!("s{number}"), "One of many"))
        .collect();
    // The last one first, so that the whole line is open at once.
    for stack in stacks.iter().rev() {
        let name = previous.unwrap_or_else(|| sub!("first"));
        previous = Some(named_queue(stack, "Queue", name).attribute("QueueName"));
    }
    let assembly = app.synthesize().unwrap();
    assert_eq!(assembly.stacks.len(), 10_000);
    assert_eq!(assembly.key(&assembly.stacks[0].name), "s9999");
}

#[test]
fn a_cycle_names_every_use() {
    let app = app();
    let one = app.stack("one", "One");
    let two = app.stack("two", "Two");
    let three = app.stack("three", "Three");
    let topic = queue(&one, "Topic");
    let middle = named_queue(&two, "Queue", topic.attribute("TopicName"));
    let last = named_queue(&three, "Queue", middle.attribute("QueueName"));
    named_queue(&one, "Back", last.attribute("QueueName"));
    insta::assert_snapshot!(problems(app));
}

#[test]
fn a_cycle_is_shown_without_the_way_to_it() {
    let app = app();
    let before = app.stack("before", "Needs the circle, and is not in it");
    let one = app.stack("one", "One");
    let two = app.stack("two", "Two");
    before.depends_on(&one);
    let there = line!() + 1;
    one.depends_on(&two);
    let back = line!() + 1;
    two.depends_on(&one);
    let says = |consumer, producer| {
        format!("stack `{consumer}` uses the deployment of stack `{producer}`")
    };
    let places = vec![(there, says("one", "two")), (back, says("two", "one"))];
    assert_eq!(only(app), (Code::CyclicStacks, places));
}

#[test]
fn a_stack_cannot_wait_for_itself() {
    let app = app();
    let stack = app.stack("one", "One");
    stack.depends_on(&stack);
    insta::assert_snapshot!(problems(app));
}
