//! The judge, with answers that are made up: what is equal, what is not, and what was never answered.

use serde_json::{Value, json};

use super::super::plan::{Execution, First, Main};
use super::super::planning::plan;
use super::super::recording::Recording;
use super::super::transcript::{Refused, Transcript, Views};
use super::judge;

/// A recorded update of a topic.
fn recording() -> Value {
    let template = |name: &str| {
        json!({"Resources": {"Topic": {
            "Type": "AWS::SNS::Topic",
            "Properties": {"DisplayName": name},
        }}})
    };
    json!({
        "id": "case",
        "kind": "change-set-update",
        "api": "create_change_set",
        "test_name": "test",
        "recorded_date": "01-06-2025, 10:00:00",
        "needs": [],
        "before_template": template("one"),
        "after_template": template("two"),
        "recorded": {
            "change_set": change_set("<resource:1>", "False"),
            "change_set_with_values": null,
            "events_per_resource": {"Topic": [
                {"ResourceStatus": "CREATE_IN_PROGRESS"},
                {"ResourceStatus": "CREATE_COMPLETE"},
            ]},
            "status": {"stack": "UPDATE_COMPLETE"},
            "errors": [],
            "other": {},
        },
    })
}

fn change_set(physical_id: &str, replacement: &str) -> Value {
    json!({
        "Status": "CREATE_COMPLETE",
        "Changes": [{"Type": "Resource", "ResourceChange": {
            "Action": "Modify",
            "LogicalResourceId": "Topic",
            "PhysicalResourceId": physical_id,
            "ResourceType": "AWS::SNS::Topic",
            "Replacement": replacement,
            "Scope": ["Properties"],
            "Details": [],
        }}],
    })
}

/// What would be answered if all were as recorded.
fn transcript() -> Transcript {
    let event = |status: &str| {
        json!({
            "StackName": "case-1",
            "LogicalResourceId": "Topic",
            "ResourceType": "AWS::SNS::Topic",
            "ResourceStatus": status,
        })
    };
    Transcript {
        stack_name: "case-1".to_owned(),
        stack_id: Some("arn:aws:cloudformation:us-east-1:111111111111:stack/case-1/x".to_owned()),
        change_set: Some(Views {
            plain: change_set("arn:aws:sns:us-east-1:111111111111:topic", "False"),
            values: Value::Null,
        }),
        stack: Some(json!({"StackStatus": "UPDATE_COMPLETE"})),
        events: ["CREATE_IN_PROGRESS", "CREATE_COMPLETE", "CREATE_COMPLETE"]
            .map(event)
            .to_vec(),
        ..Transcript::default()
    }
}

/// The columns in which the two differ.
fn different(recording: &Value, transcript: &Transcript) -> Vec<&'static str> {
    let case = Recording::read(&recording.to_string()).unwrap();
    let columns = judge(&case, transcript).columns.into_iter();
    let different = columns.filter(|(_, findings)| !findings.is_empty());
    different.map(|(column, _)| column.name()).collect()
}

#[test]
fn what_is_as_recorded_is_equal() {
    assert!(different(&recording(), &transcript()).is_empty());
}

#[test]
fn each_difference_is_in_its_column() {
    let mut other = transcript();
    other.change_set.as_mut().unwrap().plain = change_set("x", "True");
    assert_eq!(different(&recording(), &other), ["actions"]);

    let mut other = transcript();
    other.change_set.as_mut().unwrap().plain["Status"] = "FAILED".into();
    assert_eq!(different(&recording(), &other), ["change set"]);

    let mut other = transcript();
    other.stack = Some(json!({"StackStatus": "UPDATE_ROLLBACK_COMPLETE"}));
    assert_eq!(different(&recording(), &other), ["status"]);

    let mut other = transcript();
    other.events.remove(0);
    assert_eq!(different(&recording(), &other), ["events"]);
}

#[test]
fn a_call_that_is_refused_too_early_is_no_smaller_test() {
    let refused = Transcript {
        refused: Some(Refused {
            operation: "CreateChangeSet".to_owned(),
            code: "ValidationError".to_owned(),
            message: "no".to_owned(),
        }),
        ..Transcript::default()
    };
    let all = ["actions", "details", "change set", "status", "events"];
    assert_eq!(different(&recording(), &refused), all);
    let troubled = Transcript {
        trouble: Some("no answer".to_owned()),
        ..transcript()
    };
    assert_eq!(different(&recording(), &troubled), all);
}

#[test]
fn refusals_are_compared_by_code_and_text() {
    let mut recording = recording();
    recording["kind"] = "error".into();
    recording["recorded"] = json!({
        "status": {},
        "errors": [{"api": "create_change_set", "content": {"Error": {
            "Code": "ValidationError",
            "Message": "Stack [<stack-name:1>] does not exist",
        }}}],
    });
    let refused = |code: &str, message: &str| Transcript {
        refused: Some(Refused {
            operation: "CreateChangeSet".to_owned(),
            code: code.to_owned(),
            message: message.to_owned(),
        }),
        ..Transcript::default()
    };
    let message = "Stack [case-1] does not exist";
    assert!(different(&recording, &refused("ValidationError", message)).is_empty());
    assert_eq!(
        different(&recording, &refused("Other", "no")),
        ["code", "message"]
    );
    assert_eq!(
        different(&recording, &Transcript::default()),
        ["code", "message"]
    );
}

#[test]
fn what_is_played_is_read_from_the_answers() {
    let plan_of =
        |recording: &Value| plan(&Recording::read(&recording.to_string()).unwrap(), 1).unwrap();
    let plan = plan_of(&recording());
    let First::Deployed { stack, .. } = plan.first else {
        panic!("nothing is there before");
    };
    assert!(stack.template.contains("one"));
    let Main::ChangeSet(change_set) = plan.main else {
        panic!("it is no change set");
    };
    assert!(change_set.stack.template.contains("two"));
    assert!(matches!(change_set.execution, Execution::Executed));

    let mut only_described = recording();
    only_described["recorded"]["status"] = json!({});
    only_described["recorded"]["events_per_resource"] = json!({});
    let Main::ChangeSet(change_set) = plan_of(&only_described).main else {
        panic!("it is no change set");
    };
    assert!(matches!(change_set.execution, Execution::None));
}
