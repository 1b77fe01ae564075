//! What belongs to another app is never taken for ours, not even where the names are equal.

use stratiform_finding::Code;
use stratiform_stack::{App, Define, Handle, Stack, Untyped, Update, either, equals, sub};

use crate::support::{a_queue, app, found, named_queue, only, queue};

/// Ours and theirs: stacks of one name, with a queue each.
fn twins() -> [(App, Stack, Handle<Untyped>); 2] {
    [app(), app()].map(|app| {
        let stack = app.stack("one", "One");
        let queue = queue(&stack, "Queue");
        (app, stack, queue)
    })
}

#[test]
fn a_stack_of_another_app_cannot_be_waited_for() {
    for name in ["elsewhere", "one"] {
        let (ours, stack) = {
            let app = app();
            let stack = app.stack("one", "One");
            (app, stack)
        };
        let theirs = app();
        let declared = line!() + 1;
        let elsewhere = theirs.stack(name, "Elsewhere");
        let called = line!() + 1;
        stack.depends_on(&elsewhere);
        let places = vec![
            (called, "depends on it here".to_owned()),
            (declared, "declared here".to_owned()),
        ];
        assert_eq!(only(ours), (Code::ForeignHandle, places), "{name}");
    }
}

#[test]
fn a_resource_of_another_app_cannot_be_waited_for() {
    let [(app, stack, _), (_, _, theirs)] = twins();
    let called = line!() + 1;
    let waiting = a_queue().depends_on(theirs);
    stack.add("Waiting", waiting);
    let (code, places) = only(app);
    assert_eq!(code, Code::ForeignHandle);
    assert_eq!(places[0], (called, "depended on here".to_owned()));
    assert_eq!(places[1].1, "declared here");
}

#[test]
fn a_reference_to_another_app_names_both_places() {
    let [(app, stack, _), (_, _, theirs)] = twins();
    let used = line!() + 1;
    stack.output("Arn", "", theirs.attribute("Arn"));
    let (code, places) = only(app);
    assert_eq!(code, Code::ForeignHandle);
    assert_eq!(places[0], (used, "used here".to_owned()));
    assert_eq!(places[1].1, "declared here");
}

#[test]
fn a_reference_in_text_is_a_reference() {
    let [(app, stack, _), (_, _, theirs)] = twins();
    named_queue(&stack, "Named", sub!("of-{}", theirs.reference()));
    assert_eq!(only(app).0, Code::ForeignHandle);
}

#[test]
fn a_condition_of_another_app_is_not_ours() {
    let [(app, stack, _), (_, their_stack, _)] = twins();
    stack.condition("Large", equals("a", "b"));
    let theirs = their_stack.condition("Large", equals("a", "b"));
    stack.add("Conditional", a_queue().condition(&theirs));
    named_queue(&stack, "Named", either::<String>(&theirs, "a", "b"));
    let codes: Vec<Code> = found(app).iter().map(|problem| problem.code).collect();
    assert_eq!(codes, [Code::ForeignHandle; 2]);
}

#[test]
fn a_resource_of_another_app_cannot_be_protected() {
    let [(app, stack, _), (_, _, theirs)] = twins();
    stack.protect([&theirs], [Update::Delete]);
    assert_eq!(only(app).0, Code::ForeignHandle);
}
