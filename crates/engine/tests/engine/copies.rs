//! Copies of a state, and how what it tells is handed out.

use serde_json::{Value, json};
use stratiform_engine::State;

use crate::cloud::Cloud;

fn template(texts: &[&str]) -> String {
    let resources = texts.iter().enumerate().map(|(number, text)| {
        let properties = json!({ "Type": "String", "Value": text });
        let resource = json!({ "Type": "AWS::SSM::Parameter", "Properties": properties });
        (format!("Parameter{number}"), resource)
    });
    json!({ "Resources": serde_json::Map::from_iter(resources) }).to_string()
}

#[test]
fn a_copy_has_the_same_stacks_until_something_happens_to_one() {
    let mut cloud = Cloud::new();
    cloud.create("one", &template(&["a"]));
    cloud.create("two", &template(&["a"]));
    let copy = cloud.state().clone();
    cloud.stack("one");
    let same = |cloud: &Cloud| {
        ["one", "two", "three"].map(|name| copy.has_same_stack(cloud.state(), name))
    };
    assert_eq!(same(&cloud), [true, true, false], "nobody has changed any");
    cloud.update("two", &template(&["b"]));
    assert_eq!(same(&cloud), [true, false, false]);
    // The copy is as it was.
    let mut before = Cloud::of(copy.clone());
    assert_eq!(before.stack("two")["StackStatus"], "CREATE_COMPLETE");
    assert_eq!(cloud.status("two"), "UPDATE_COMPLETE");
    // As many operations, and yet another state: equal words are not the same stack.
    let mut other = Cloud::new();
    other.create("one", &template(&["a"]));
    assert!(!copy.has_same_stack(other.state(), "one"));
}

#[test]
fn events_come_in_pages_of_any_length() {
    let mut cloud = Cloud::new();
    cloud.create("one", &template(&["a", "b", "c"]));
    let state = |most| cloud.state().clone().with_events_a_page(most);
    let whole = listed(state(1000));
    let (all, pages) = &whole;
    assert_eq!((all.len() > 8, *pages), (true, 1));
    for most in [0, 1, 3, 8] {
        let (events, pages) = listed(state(most));
        assert_eq!(events, *all);
        assert_eq!(pages, all.len().div_ceil(most.max(1)), "{most}");
    }
}

/// The events of the stack `one`, and on how many pages they were.
fn listed(state: State) -> (Vec<Value>, usize) {
    let mut cloud = Cloud::of(state);
    let (mut events, mut pages, mut token) = (Vec::new(), 0, Value::Null);
    loop {
        let mut parameters = json!({ "StackName": "one" });
        if !token.is_null() {
            parameters["NextToken"] = token;
        }
        let page = cloud.done("DescribeStackEvents", parameters);
        events.extend(page["StackEvents"].as_array().unwrap().iter().cloned());
        pages += 1;
        token = page["NextToken"].clone();
        if token.is_null() {
            return (events, pages);
        }
    }
}
