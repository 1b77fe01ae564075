//! A few recorded answers of the real service, read into our types and rendered again. All of them that are at hand are
//! compared by `cargo xtask conformance service`.
#![expect(clippy::unwrap_used, reason = "a test")]

#[path = "support/recording.rs"]
mod recording;

use std::fs;
use std::path::Path;

use recording::Count;
use serde_json::Value;
use stratiform_service::change::{Action, Attribute, PolicyAction, Replacement};
use stratiform_service::event::Subject;
use stratiform_service::status::ResourceStatus;
use stratiform_service::{ChangeSet, StackEvent, xml};

fn read(name: &str) -> Value {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/recorded");
    let text = fs::read_to_string(folder.join(name).with_extension("json")).unwrap();
    let mut recording: Value = serde_json::from_str(&text).unwrap();
    recording["recorded"].take()
}

fn change_set(name: &str, key: &str) -> ChangeSet {
    serde_json::from_value(recording::whole(&read(name)[key])).unwrap()
}

#[test]
fn every_answer_comes_back_as_it_was() {
    let mut all = Count::default();
    for name in [
        "blocked-deletion",
        "condition-removes",
        "deletion-order",
        "incomplete-values",
        "mappings-parameter",
        "native-order",
        "ref-replacement",
        "static-update",
    ] {
        let count = recording::check(&read(name)).unwrap_or_else(|error| panic!("{name}: {error}"));
        all.change_sets += count.change_sets;
        all.events += count.events;
    }
    assert_eq!((all.change_sets, all.events), (20, 92));
}

#[test]
fn what_is_not_the_same_is_found() {
    let mut recorded = read("static-update");
    recorded["change_set"]["Changes"][0]["ResourceChange"]["Weather"] = "fine".into();
    assert!(recording::check(&recorded).unwrap_err().contains("Weather"));
    let mut recorded = read("static-update");
    recorded["change_set"]["StackName"] = "1".into();
    assert!(
        recording::check(&recorded)
            .unwrap_err()
            .contains("a stack's name")
    );
}

#[test]
fn a_replacement_by_its_words() {
    let change_set = change_set("ref-replacement", "change_set_with_values");
    let change = &change_set.changes[0].resource_change;
    assert_eq!(change.action, Action::Modify);
    assert_eq!(change.scope, [Attribute::Properties]);
    assert!(change_set.changes.iter().any(|change| {
        let change = &change.resource_change;
        change.replacement == Some(Replacement::Will.into())
            && change.policy_action == Some(PolicyAction::ReplaceAndDelete.into())
    }));
}

#[test]
fn stacks_and_resources_are_told_apart() {
    let recorded = read("blocked-deletion");
    let events = recorded["other"]["stack_events"]["StackEvents"].as_array();
    let events: Vec<StackEvent> = events
        .unwrap()
        .iter()
        .map(|event| serde_json::from_value(recording::whole(event)).unwrap())
        .collect();
    assert_eq!(events[0].subject(), Subject::Stack);
    assert_eq!(events[0].resource_status, ResourceStatus::DeleteComplete);
    let Subject::Resource(logical_id) = events[1].subject() else {
        panic!("not a resource");
    };
    assert_eq!(logical_id, "BrokenPolicy");
    assert!(!events[1].resource_status.exists());
}

#[test]
fn the_same_in_xml() {
    let mut change_set = change_set("static-update", "change_set");
    let change = change_set.changes.pop().unwrap();
    let expected = "<Change><ResourceChange><Action>Modify</Action><Details><member>\
        <ChangeSource>DirectModification</ChangeSource><Evaluation>Static</Evaluation>\
        <Target><Attribute>Properties</Attribute><Name>Value</Name>\
        <RequiresRecreation>Never</RequiresRecreation></Target></member></Details>";
    let text = xml::render("Change", &change).unwrap();
    assert!(text.starts_with(expected), "{text}");
    assert!(text.ends_with("<Scope><member>Properties</member></Scope></ResourceChange><Type>Resource</Type></Change>"), "{text}");
    let text = xml::render("DescribeChangeSetResult", &change_set).unwrap();
    assert!(
        text.contains("<Changes/>") && text.contains("<NotificationARNs/>"),
        "{text}"
    );
    assert!(!text.contains("<Description"), "{text}");
}
