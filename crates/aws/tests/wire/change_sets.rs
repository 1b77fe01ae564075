//! What `stratiform-service` writes, the SDK reads.

use aws_config::retry::RetryConfig;
use aws_sdk_cloudformation::Client;
use aws_sdk_cloudformation::types::{ChangeAction, PolicyAction, Replacement, ResourceAttribute};
use serde_json::json;
use stratiform_service::{ChangeSet, StackEvent, xml};

use crate::replies::reply;
use crate::server::serve;
use crate::support;

const STACK_ID: &str = "arn:aws:cloudformation:eu-central-1:111122223333:stack/shop/1";

async fn client(operation: &'static str, result: String) -> Client {
    // Ours has its own element around the content, as a reply does.
    let tag = format!("{operation}Result>");
    let inner = result
        .strip_prefix(&format!("<{tag}"))
        .and_then(|rest| rest.strip_suffix(&format!("</{tag}")))
        .unwrap()
        .to_owned();
    let endpoint = serve(move |_| reply(operation, &inner));
    let config = support::config(&endpoint).await.into_builder();
    Client::new(&config.retry_config(RetryConfig::disabled()).build())
}

#[tokio::test]
async fn a_change_set() {
    let context = json!({"Properties": {"Text": "a & <b>\r\n\"c\""}}).to_string();
    let change_set: ChangeSet = serde_json::from_value(json!({
        "Capabilities": ["CAPABILITY_IAM"],
        "ChangeSetId": "arn:aws:cloudformation:eu-central-1:111122223333:changeSet/release-7/1",
        "ChangeSetName": "release-7",
        "Changes": [{
            "ResourceChange": {
                "Action": "Modify",
                "AfterContext": context,
                "Details": [{
                    "CausingEntity": "Key.Arn",
                    "ChangeSource": "ResourceAttribute",
                    "Evaluation": "Static",
                    "Target": {
                        "AfterValue": "{{changeSet:KNOWN_AFTER_APPLY}}",
                        "Attribute": "Properties",
                        "AttributeChangeType": "Modify",
                        "BeforeValue": "one",
                        "Name": "Text",
                        "Path": "/Properties/Text",
                        "RequiresRecreation": "Always"
                    }
                }],
                "LogicalResourceId": "Queue",
                "PhysicalResourceId": "queue-1",
                "PolicyAction": "ReplaceAndDelete",
                "Replacement": "True",
                "ResourceType": "AWS::SQS::Queue",
                "Scope": ["Properties", "A_SCOPE_OF_NEXT_YEAR"]
            },
            "Type": "Resource"
        }],
        "CreationTime": "2026-11-28T10:00:00.250Z",
        "ExecutionStatus": "AVAILABLE",
        "Parameters": [{"ParameterKey": "Size", "ParameterValue": "2"}],
        "StackId": STACK_ID,
        "StackName": "shop",
        "Status": "CREATE_COMPLETE",
        "Tags": [{"Key": "team", "Value": "shop & co"}]
    }))
    .unwrap();
    let result = xml::render("DescribeChangeSetResult", &change_set).unwrap();
    let client = client("DescribeChangeSet", result).await;
    let request = client.describe_change_set().change_set_name("release-7");
    let read = request.send().await.unwrap();
    assert_eq!(read.change_set_name(), Some("release-7"));
    assert_eq!(
        read.creation_time().unwrap().to_millis().unwrap(),
        change_set.creation_time.millis()
    );
    assert_eq!(read.tags()[0].value(), Some("shop & co"));
    let change = read.changes()[0].resource_change().unwrap();
    assert_eq!(change.action(), Some(&ChangeAction::Modify));
    assert_eq!(change.replacement(), Some(&Replacement::True));
    assert_eq!(
        change.policy_action(),
        Some(&PolicyAction::ReplaceAndDelete)
    );
    assert_eq!(change.after_context(), Some(context.as_str()));
    assert_eq!(change.scope()[0], ResourceAttribute::Properties);
    assert_eq!(change.scope()[1].as_str(), "A_SCOPE_OF_NEXT_YEAR");
    let detail = &change.details()[0];
    assert_eq!(detail.causing_entity(), Some("Key.Arn"));
    assert_eq!(detail.target().unwrap().path(), Some("/Properties/Text"));
}

#[tokio::test]
async fn an_event_with_a_status_that_the_sdk_does_not_have() {
    let event: StackEvent = serde_json::from_value(json!({
        "EventId": "BrokenPolicy-DELETE_FAILED-2026-11-28T10:00:00.250Z",
        "LogicalResourceId": "BrokenPolicy",
        "PhysicalResourceId": "",
        "ResourceStatus": "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS",
        "ResourceStatusReason": "The following resource(s) failed to delete: [BrokenPolicy]. ",
        "ResourceType": "AWS::IAM::Policy",
        "StackId": STACK_ID,
        "StackName": "shop",
        "Timestamp": "2026-11-28T10:00:00.250Z"
    }))
    .unwrap();
    let reason = event.resource_status_reason.clone();
    let result = format!(
        "<DescribeStackEventsResult>{}</DescribeStackEventsResult>",
        xml::render("StackEvents", &[event]).unwrap()
    );
    let client = client("DescribeStackEvents", result).await;
    let read = client
        .describe_stack_events()
        .stack_name("shop")
        .send()
        .await
        .unwrap();
    let read = &read.stack_events()[0];
    assert_eq!(read.logical_resource_id(), Some("BrokenPolicy"));
    assert_eq!(read.resource_status_reason(), reason.as_deref());
    assert_eq!(
        read.resource_status().unwrap().as_str(),
        "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS"
    );
}
