//! Change sets and events: bytes that the endpoint writes, and what the SDK makes of them.

use aws_sdk_cloudformation::types::{
    ChangeAction, ChangeSetStatus, PolicyAction, Replacement, RequiresRecreation, ResourceAttribute,
};

use crate::Engine;

/// A topic whose name replaces it, and whose other name has what XML and JSON escape.
fn topics(name: &str, shown: &str) -> String {
    format!(
        "
Resources:
  Named: {{Type: AWS::SNS::Topic, Properties: {{TopicName: {name}}}}}
  Shown: {{Type: AWS::SNS::Topic, Properties: {{DisplayName: {shown}}}}}
"
    )
}

#[tokio::test]
async fn a_change_set_is_read_with_its_values() {
    let engine = Engine::start().await;
    engine.create("shop", &topics("one", "old")).await;
    let client = engine.client();
    let request = client.create_change_set().stack_name("shop");
    let request = request.change_set_name("release-7");
    let request = request.template_body(topics("two", r#""a & <b>\r\n\"c\"""#));
    request.send().await.unwrap();
    let request = client.describe_change_set().stack_name("shop");
    let request = request.change_set_name("release-7");
    let read = request.include_property_values(true).send().await.unwrap();
    assert_eq!(read.change_set_name(), Some("release-7"));
    assert_eq!(read.status(), Some(&ChangeSetStatus::CreateComplete));
    let changes = read.changes().iter();
    let changes: Vec<_> = changes
        .map(|change| change.resource_change().unwrap())
        .collect();
    let change = |id: &str| {
        let mut changes = changes.iter();
        changes.find(|change| change.logical_resource_id() == Some(id))
    };

    let named = change("Named").unwrap();
    assert_eq!(named.action(), Some(&ChangeAction::Modify));
    assert_eq!(named.replacement(), Some(&Replacement::True));
    assert_eq!(named.policy_action(), Some(&PolicyAction::ReplaceAndDelete));
    assert_eq!(named.scope(), [ResourceAttribute::Properties]);
    let target = named.details()[0].target().unwrap();
    assert_eq!(target.path(), Some("/Properties/TopicName"));
    assert_eq!(target.before_value(), Some("one"));
    assert_eq!(target.after_value(), Some("two"));
    let always = RequiresRecreation::Always;
    assert_eq!(target.requires_recreation(), Some(&always));

    let shown = change("Shown").unwrap();
    assert_eq!(shown.replacement(), Some(&Replacement::False));
    let target = shown.details()[0].target().unwrap();
    assert_eq!(target.after_value(), Some("a & <b>\r\n\"c\""));
    let context: serde_json::Value = serde_json::from_str(shown.after_context().unwrap()).unwrap();
    assert_eq!(context["Properties"]["DisplayName"], "a & <b>\r\n\"c\"");
}

#[tokio::test]
async fn an_event_has_a_status_that_the_sdk_does_not_know() {
    let engine = Engine::start().await;
    engine.create("shop", &topics("one", "old")).await;
    engine.update("shop", &topics("two", "new")).await;
    let request = engine.client().describe_stack_events();
    let read = request.stack_name("shop").send().await.unwrap();
    // Of the stack itself: the SDK's list has the statuses of resources.
    let cleanup = read.stack_events().iter().find(|event| {
        let status = event.resource_status().map(|status| status.as_str());
        status == Some("UPDATE_COMPLETE_CLEANUP_IN_PROGRESS")
    });
    assert_eq!(cleanup.unwrap().logical_resource_id(), Some("shop"));
    let events = read.stack_events().iter();
    let times: Vec<_> = events.map(|event| event.timestamp().unwrap()).collect();
    assert!(times.is_sorted_by(|later, earlier| later >= earlier));
}
