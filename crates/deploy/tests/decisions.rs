//! Decisions that follow from one answer: what is lost, what is worse, what went wrong, what is healthy.
#![expect(clippy::unwrap_used, reason = "a test")]

use stratiform_deploy::{Allowance, Cause, Impact, Loss, Predicted, Prediction, blocked};
use stratiform_service::{ChangeSet, LogicalId, StackEvent};

fn change_set(changes: serde_json::Value) -> ChangeSet {
    serde_json::from_value(serde_json::json!({
        "ChangeSetId": "arn:aws:cloudformation:eu-west-1:111122223333:changeSet/c/1",
        "ChangeSetName": "c",
        "CreationTime": "2026-11-28T03:00:00Z",
        "ExecutionStatus": "AVAILABLE",
        "StackId": "arn:aws:cloudformation:eu-west-1:111122223333:stack/shop-dev-database/1",
        "StackName": "shop-dev-database",
        "Status": "CREATE_COMPLETE",
        "Changes": changes,
    }))
    .unwrap()
}

fn change(id: &str, resource_type: &str, more: serde_json::Value) -> serde_json::Value {
    let mut change = serde_json::json!({ "LogicalResourceId": id, "ResourceType": resource_type });
    change
        .as_object_mut()
        .unwrap()
        .extend(more.as_object().unwrap().clone());
    serde_json::json!({ "Type": "Resource", "ResourceChange": change })
}

fn modify(replacement: &str) -> serde_json::Value {
    serde_json::json!({ "Action": "Modify", "Replacement": replacement, "Scope": ["Properties"] })
}

#[test]
fn what_holds_data_is_blocked_until_it_is_named() {
    let database = "AWS::RDS::DBInstance";
    let set = change_set(serde_json::json!([
        change("Instance", database, modify("True")),
        change("Replica", database, modify("Conditional")),
        change("Same", database, modify("False")),
        change(
            "Gone",
            database,
            serde_json::json!({ "Action": "Remove", "PolicyAction": "Snapshot" })
        ),
        change(
            "Kept",
            database,
            serde_json::json!({ "Action": "Remove", "PolicyAction": "Retain" })
        ),
        change("Alarm", "AWS::CloudWatch::Alarm", modify("True")),
    ]));
    let texts = |allowed: &[Allowance]| -> Vec<String> {
        let blocked = blocked(&set, "database", allowed);
        blocked
            .iter()
            .map(|blocked| blocked.allowance("database"))
            .collect()
    };
    let all = [
        "replace:database/Instance",
        "replace:database/Replica",
        "delete:database/Gone",
    ];
    assert_eq!(texts(&[]), all);
    let allow = |loss, stack: &str, id: &str| Allowance {
        loss,
        stack: stack.to_owned(),
        logical_id: LogicalId::new(id).unwrap(),
    };
    let named = [
        allow(Loss::Replace, "database", "Instance"),
        allow(Loss::Delete, "database", "Gone"),
    ];
    assert_eq!(texts(&named), ["replace:database/Replica"]);
    // To replace is not to delete, and another stack is another stack.
    let others = [
        allow(Loss::Delete, "database", "Instance"),
        allow(Loss::Delete, "queues", "Gone"),
    ];
    assert_eq!(texts(&others), all);
}

#[test]
fn a_change_set_is_worse_where_it_does_more_than_was_predicted() {
    let queue = "AWS::SQS::Queue";
    let tags = serde_json::json!({ "Action": "Modify", "Replacement": "False", "Scope": ["Tags"] });
    let set = change_set(serde_json::json!([
        change("Expected", queue, modify("True")),
        change("Worse", queue, modify("Conditional")),
        change("Surprise", queue, modify("False")),
        change("Tagged", queue, tags),
        change("Better", queue, modify("False")),
    ]));
    let predicted = |id: &str, impact| Predicted {
        logical_id: LogicalId::new(id).unwrap(),
        impact,
    };
    let prediction = Prediction {
        changes: vec![
            predicted("Expected", Impact::Replaced),
            predicted("Worse", Impact::Updated),
            predicted("Better", Impact::Replaced),
        ],
    };
    let worse: Vec<_> = prediction
        .worse(&set)
        .into_iter()
        .map(|worse| (worse.logical_id.to_string(), worse.predicted, worse.found))
        .collect();
    assert_eq!(
        worse,
        [
            (
                "Worse".to_owned(),
                Some(Impact::Updated),
                Impact::MayBeReplaced
            ),
            ("Surprise".to_owned(), None, Impact::Updated),
        ]
    );
}

fn event(id: &str, resource_type: &str, status: &str, reason: &str) -> StackEvent {
    let stack = "arn:aws:cloudformation:eu-west-1:111122223333:stack/shop-dev-api/1";
    serde_json::from_value(serde_json::json!({
        "EventId": format!("{id}-{status}"),
        "LogicalResourceId": id,
        "PhysicalResourceId": if id == "shop-dev-api" { stack } else { "p" },
        "ResourceStatus": status,
        "ResourceStatusReason": reason,
        "ResourceType": resource_type,
        "StackId": stack,
        "StackName": "shop-dev-api",
        "Timestamp": "2026-11-28T03:00:00Z",
    }))
    .unwrap()
}

#[test]
fn the_cause_is_the_first_real_failure() {
    let stack = "AWS::CloudFormation::Stack";
    let events = [
        event(
            "shop-dev-api",
            stack,
            "UPDATE_IN_PROGRESS",
            "User Initiated",
        ),
        event(
            "Other",
            "AWS::SQS::Queue",
            "UPDATE_FAILED",
            "Resource update cancelled",
        ),
        event(
            "Service",
            "AWS::ECS::Service",
            "UPDATE_FAILED",
            "circuit breaker",
        ),
        event("Late", "AWS::SQS::Queue", "UPDATE_FAILED", "something else"),
        event(
            "shop-dev-api",
            stack,
            "UPDATE_ROLLBACK_IN_PROGRESS",
            "The following resource(s) failed to update: [Service]. ",
        ),
    ];
    let cause = Cause::of(&events).unwrap();
    assert_eq!(
        (cause.logical_id.unwrap().as_str(), cause.reason.as_str()),
        ("Service", "circuit breaker")
    );

    // No resource failed: the stack says why.
    let alarm = [
        event(
            "shop-dev-api",
            stack,
            "UPDATE_IN_PROGRESS",
            "User Initiated",
        ),
        event(
            "shop-dev-api",
            stack,
            "UPDATE_ROLLBACK_IN_PROGRESS",
            "an alarm",
        ),
    ];
    let cause = Cause::of(&alarm).unwrap();
    assert_eq!(
        (cause.logical_id, cause.reason.as_str()),
        (None, "an alarm")
    );
    assert_eq!(Cause::of(&alarm[..1]), None);
}
