//! Names: of stacks, of what is in them, and two of one name.

use stratiform_stack::{Untyped, json};
use stratiform_template::Value;

use crate::support::{app, found, problems, queue};

#[test]
fn mistakes_in_names_are_reported_together() {
    let app = app();
    let stack = app.stack("one", "One");
    queue(&stack, "Not-alphanumeric");
    queue(&stack, "Twice");
    queue(&stack, "Twice");
    queue(&stack, &"x".repeat(256));
    queue(&stack, "");
    app.stack("one", "Again");
    app.stack("no spaces", "Bad name");
    insta::assert_snapshot!(problems(app));
}

#[test]
fn names_are_not_taken_twice_in_silence() {
    let app = app();
    let stack = app.stack("one", "One");
    stack.add("Thing", Untyped::new("Vendor::A::B", json!([1, 2])));
    stack.output("Name", "", "a");
    stack.output("Name", "", "b");
    stack.mapping("Map", [("a", Value::from([("b", "c".into())]))]);
    stack.mapping("Map", [("a", Value::from([("b", "d".into())]))]);
    stack.metadata("Key", 1);
    stack.metadata("Key", 2);
    insta::assert_snapshot!(problems(app));
}

#[test]
fn the_names_of_stacks_have_limits() {
    // `shop-test-` is ten characters.
    for (name, expected) in [("a".repeat(118), 0), ("a".repeat(119), 1)] {
        let app = app();
        app.stack(&name, "");
        app.stack("", "");
        assert_eq!(found(app).len(), expected + 1);
    }
}
