use stratiform_deploy::Outcome;
use stratiform_deploy::call::{Resource, Stack};
use stratiform_engine::ApiFault;
use stratiform_service::{ChangeSet, Word};

use crate::*;

fn stack(status: &str) -> Stack {
    let id = "arn:aws:cloudformation:eu-west-1:111122223333:stack/shop-data/1";
    Stack::bare(id.parse().unwrap(), Word::new(status))
}

fn resource(id: &str, resource_type: &str, physical_id: &str, status: &str) -> Resource {
    Resource {
        logical_id: id.parse().unwrap(),
        physical_id: Some(physical_id.parse().unwrap()),
        resource_type: resource_type.to_owned(),
        status: Word::new(status),
        reason: None,
        changed: None,
    }
}

fn stands(status: &str, table: &str, table_status: &str) -> Stands {
    let mut stands = Stands::default();
    let resources = [
        resource("Table", "AWS::DynamoDB::Table", table, table_status),
        resource("Topic", "AWS::SNS::Topic", "topic-1", "CREATE_COMPLETE"),
    ];
    let stack = StackStands::new(&stack(status), "{}".to_owned(), &resources);
    stands.insert("data", stack);
    stands
}

fn well() -> Stands {
    stands("UPDATE_COMPLETE", "table-1", "CREATE_COMPLETE")
}

#[test]
fn what_holds_data_is_lost_where_it_is_another_one() {
    let anew = stands("UPDATE_ROLLBACK_COMPLETE", "table-2", "CREATE_COMPLETE");
    assert_eq!(anew.lost(&well(), &well()), ["data/Table"]);
    let gone = stands("UPDATE_COMPLETE", "table-1", "DELETE_COMPLETE");
    assert_eq!(gone.lost(&well(), &well()), ["data/Table"]);
    assert_eq!(Stands::default().lost(&well(), &well()), ["data/Table"]);
    assert!(well().lost(&well(), &well()).is_empty());
    // Whoever replaces it without a failure has said so.
    assert!(anew.lost(&well(), &anew).is_empty());
}

#[test]
fn another_resource_is_not_as_it_was() {
    let anew = stands("UPDATE_ROLLBACK_COMPLETE", "table-2", "CREATE_COMPLETE");
    assert!(!anew.is_as(&well()));
    assert!(anew.is_like(&well()));
    let back = stands("UPDATE_ROLLBACK_COMPLETE", "table-1", "CREATE_COMPLETE");
    assert!(back.is_as(&well()));
    let stuck = stands("UPDATE_ROLLBACK_FAILED", "table-1", "CREATE_COMPLETE");
    assert!(!stuck.is_as(&well()) && !stuck.is_like(&well()));
    assert_eq!(stuck.stuck().len(), 1);
}

#[test]
fn what_was_never_created_is_nothing_unless_something_is_left() {
    let mut never = Stands::default();
    never.insert(
        "data",
        StackStands::new(&stack("ROLLBACK_COMPLETE"), "{}".to_owned(), &[]),
    );
    assert!(never.is_as(&Stands::default()));
    assert!(!never.has("data") && never.stuck().is_empty());
    let left = stands("ROLLBACK_FAILED", "table-1", "DELETE_FAILED");
    assert!(!left.is_as(&Stands::default()));
    assert_eq!(left.stuck().len(), 1);
}

#[test]
fn a_situation_does_not_depend_on_names_that_nobody_chose() {
    let one = stands("ROLLBACK_COMPLETE", "table-1", "CREATE_COMPLETE");
    let two = stands("ROLLBACK_COMPLETE", "table-2", "CREATE_COMPLETE");
    assert_eq!(one.situation(), two.situation());
    let gone = stands("ROLLBACK_COMPLETE", "table-1", "DELETE_SKIPPED");
    assert_ne!(one.situation(), gone.situation());
}

fn ended() -> Ended {
    Ended {
        outcome: Outcome::RolledBack,
        is_through: false,
        is_back: false,
        stuck: Vec::new(),
        is_new: false,
        way: Way::Deploy,
        lost: Vec::new(),
        millis: 60_000,
        way_millis: 30_000,
    }
}

fn failure() -> Failure {
    Failure::Call {
        operation: "DescribeStacks".to_owned(),
        how: ApiFault::Throttle,
        times: Times::ForGood,
    }
}

#[test]
fn the_worst_of_an_end_decides() {
    let harm = |ended| End::new(failure(), ended).harm;
    let stuck = || vec![("data".to_owned(), Word::new("ROLLBACK_FAILED"))];
    assert_eq!(
        harm(Ended {
            is_through: true,
            ..ended()
        }),
        Harm::Through
    );
    assert_eq!(
        harm(Ended {
            is_back: true,
            ..ended()
        }),
        Harm::Back
    );
    assert_eq!(harm(ended()), Harm::Halfway);
    assert_eq!(
        harm(Ended {
            stuck: stuck(),
            ..ended()
        }),
        Harm::Person
    );
    assert_eq!(
        harm(Ended {
            outcome: Outcome::NeedsPerson,
            ..ended()
        }),
        Harm::Person
    );
    assert_eq!(
        harm(Ended {
            way: Way::Nobody,
            ..ended()
        }),
        Harm::Trapped
    );
    let lost = Ended {
        lost: vec!["data/Table".to_owned()],
        is_back: true,
        ..ended()
    };
    assert_eq!(harm(lost), Harm::Lost);
}

fn report(ends: Vec<Ended>) -> Report {
    let failures = ends.into_iter().map(|ended| End::new(failure(), ended));
    let report = Report {
        environment: "prod".to_owned(),
        from: None,
        data: 0,
        without_failure: Clean::new(Outcome::Done, 1000, 1, Vec::new()),
        failures: failures.collect(),
        not_met: 0,
    };
    report.sorted()
}

#[test]
fn what_nothing_gets_out_is_no_and_worse_where_it_was_there() {
    let fine = report(vec![
        ended(),
        Ended {
            is_back: true,
            ..ended()
        },
    ]);
    assert!(!fine.is_no() && !fine.harms_what_was_there());
    assert_eq!(fine.sentence(), "rehearsed: 2 failures, all come back");
    let trapped = |is_new| Ended {
        way: Way::Nobody,
        is_new,
        ..ended()
    };
    let new = report(vec![ended(), trapped(true)]);
    assert!(new.is_no() && !new.harms_what_was_there());
    assert_eq!(
        new.sentence(),
        "rehearsed: 2 failures, all others come back; 1 leaves a stack that nothing gets out: a call is throttled for good: \
         DescribeStacks"
    );
    assert!(report(vec![trapped(false)]).harms_what_was_there());
    let mut refused = report(Vec::new());
    refused.without_failure = Clean::new(Outcome::No, 0, 0, vec!["data: no".to_owned()]);
    assert!(refused.is_no() && refused.harms_what_was_there());
    assert_eq!(
        refused.sentence(),
        "rehearsed: it does not even go without a failure: data: no"
    );
}

#[test]
fn each_resource_fails_at_each_phase_that_it_has() {
    let change = |id: &str, resource_type: &str, more: &str| {
        format!(
            r#"{{"Type": "Resource", "ResourceChange": {{"LogicalResourceId": "{id}", "ResourceType": "{resource_type}", {more}}}}}"#
        )
    };
    let changes = [
        change("New", "AWS::SNS::Topic", r#""Action": "Add""#),
        change(
            "Gone",
            "AWS::SNS::Topic",
            r#""Action": "Remove", "PolicyAction": "Delete""#,
        ),
        change(
            "Kept",
            "AWS::SNS::Topic",
            r#""Action": "Remove", "PolicyAction": "Retain""#,
        ),
        change(
            "Edited",
            "AWS::ECS::Service",
            r#""Action": "Modify", "Replacement": "False""#,
        ),
        change(
            "Other",
            "AWS::SNS::Topic",
            r#""Action": "Modify", "Replacement": "True""#,
        ),
    ];
    let text = format!(
        r#"{{"ChangeSetId": "arn:aws:cloudformation:eu-west-1:111122223333:changeSet/a/1", "ChangeSetName": "a",
            "CreationTime": "2026-11-29T10:00:00.000Z", "ExecutionStatus": "AVAILABLE", "Status": "CREATE_COMPLETE",
            "StackId": "arn:aws:cloudformation:eu-west-1:111122223333:stack/shop-data/1", "StackName": "shop-data",
            "RollbackConfiguration": {{}}, "Changes": [{}]}}"#,
        changes.join(", ")
    );
    let change_set: ChangeSet = serde_json::from_str(&text).unwrap();
    let failures: Vec<String> = of_changes("data", &change_set)
        .iter()
        .map(ToString::to_string)
        .collect();
    assert_eq!(
        failures,
        [
            "a resource cannot be created: data/New",
            "a resource cannot be deleted: data/Gone",
            "what runs in a service never gets well: data/Edited",
            "a resource cannot be updated: data/Edited",
            "a resource cannot be created: data/Other",
            "what was replaced cannot be deleted: data/Other",
        ]
    );
    let names = |_: &str| Some("shop-data".to_owned());
    let faults = of_changes("data", &change_set);
    assert!(faults.iter().all(|failure| failure.fault(names).is_some()));
}
