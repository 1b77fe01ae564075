use stratiform_service::Word;

use super::*;

/// An event of a stack of `shop-dev`: minute, status, token, and a resource that it is of.
fn event(
    key: &str,
    minute: u32,
    status: &str,
    token: Option<&str>,
    more: Option<(&str, &str)>,
) -> StackEvent {
    let id = format!("arn:aws:cloudformation:eu-west-1:111122223333:stack/shop-dev-{key}/0");
    let mut event = serde_json::json!({
        "EventId": format!("{key}-{minute}-{status}-{}", more.is_some()),
        "LogicalResourceId": format!("shop-dev-{key}"),
        "PhysicalResourceId": id,
        "ResourceStatus": status,
        "ResourceType": "AWS::CloudFormation::Stack",
        "StackId": id,
        "StackName": format!("shop-dev-{key}"),
        "Timestamp": at(minute).to_string(),
    });
    if let Some(token) = token {
        event["ClientRequestToken"] = token.into();
    }
    if let Some((resource, reason)) = more {
        event["LogicalResourceId"] = resource.into();
        event["PhysicalResourceId"] = "q-1".into();
        event["ResourceType"] = "AWS::SQS::Queue".into();
        event["ResourceStatusReason"] = reason.into();
    }
    serde_json::from_value(event).unwrap()
}

/// A minute of the day.
fn at(minute: u32) -> Timestamp {
    let (hour, minute) = (minute / 60, minute % 60);
    format!("2026-11-28T{hour:02}:{minute:02}:00.000Z")
        .parse()
        .unwrap()
}

/// An operation: status at a minute after the other.
fn operation(key: &str, token: Option<&str>, statuses: &[(u32, &str)]) -> Vec<StackEvent> {
    let statuses = statuses.iter();
    let events = statuses.map(|(minute, status)| event(key, *minute, status, token, None));
    events.collect()
}

fn stack(key: &str, tags: &[(&str, &str)], events: Vec<StackEvent>) -> PastStack {
    let id: StackId =
        format!("arn:aws:cloudformation:eu-west-1:111122223333:stack/shop-dev-{key}/0")
            .parse()
            .unwrap();
    let tags = tags
        .iter()
        .map(|(key, value)| (format!("{PREFIX}{key}"), (*value).to_owned()));
    PastStack {
        key: key.to_owned(),
        id: Some(id.clone()),
        stack: Ok(Some(Box::new(Stack {
            created: at(0),
            tags: tags.collect(),
            ..Stack::bare(id, Word::new("UPDATE_COMPLETE"))
        }))),
        events: Ok(events),
    }
}

fn past(stacks: Vec<PastStack>) -> Past {
    Past {
        stacks,
        deleted: None,
        tags: vec![("1a2b3c4d5e6f00000000".to_owned(), "v1".to_owned())],
        since: at(0),
        now: at(1000),
    }
}

const V1: &str = "stratiform-aaaa-11111111-c1a2b3c4d5e6f-0011";
const V2: &str = "stratiform-bbbb-22222222-cffffffffffff-0022";
const BACK: &str = "stratiform-cccc-33333333-c1a2b3c4d5e6f-0033";

const CREATED: [(u32, &str); 2] = [(1, "CREATE_IN_PROGRESS"), (5, "CREATE_COMPLETE")];

fn updated(from: u32, to: u32) -> [(u32, &'static str); 3] {
    [
        (from, "UPDATE_IN_PROGRESS"),
        (to, "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS"),
        (to, "UPDATE_COMPLETE"),
    ]
}

#[test]
fn the_stacks_of_a_run_are_one_deployment() {
    let network = operation("network", Some(V1), &CREATED);
    let mut queues = operation(
        "queues",
        Some(V1),
        &[(6, "CREATE_IN_PROGRESS"), (9, "CREATE_COMPLETE")],
    );
    queues.extend(operation("queues", Some(V2), &updated(20, 26)));
    let tags = [
        ("run", "bbbb"),
        ("release", "v2"),
        ("deployed-by", "alice"),
        ("reason", "it burns"),
    ];
    let history = History::of(&past(vec![
        stack("network", &[], network),
        stack("queues", &tags, queues),
    ]));
    let [second, first] = history.deployments.as_slice() else {
        panic!("{history:#?}");
    };
    assert_eq!(
        (first.kind, first.outcome, first.stacks.len()),
        (Kind::Deploy, Outcome::Succeeded, 2)
    );
    assert_eq!((first.began, first.ended), (at(1), Some(at(9))));
    // No stack has its tags any more: the token has the commit, and git a tag there.
    assert_eq!(
        (first.commit(), first.release()),
        (Some("1a2b3c4d5e6f"), Some("v1"))
    );
    assert_eq!(first.record, Record::default());
    assert_eq!(
        (second.release(), second.record.reason.as_deref()),
        (Some("v2"), Some("it burns"))
    );
    assert_eq!(history.gaps, [Gap::Overwritten(1)]);
    let expected = Rates {
        deployments: 2,
        succeeded: 2,
        median: Some(7 * 60_000),
        ..Rates::default()
    };
    assert_eq!(history.rates, expected);
}

#[test]
fn who_approved_stays_known_and_somebody_else_may_let_it_go_on() {
    let by = |name: &str| format!("{V1}-by-{name}");
    let network = operation("network", Some(&by("ann")), &CREATED);
    let queues = [(6, "CREATE_IN_PROGRESS"), (9, "CREATE_COMPLETE")];
    let mut queues = operation("queues", Some(&by("bob")), &queues);
    queues.extend(operation("queues", Some(V2), &updated(20, 26)));
    let tags = [("run", "bbbb"), ("approved-by", "alice")];
    let history = History::of(&past(vec![
        stack("network", &[], network),
        stack("queues", &tags, queues),
    ]));
    let approved = history.deployments.iter().map(Deployment::approved_by);
    let approved: Vec<Option<String>> = approved.collect();
    let expected = ["alice", "ann, bob"].map(|names| Some(names.to_owned()));
    assert_eq!(approved, expected);
    // Who deployed is in tags alone.
    assert_eq!(history.gaps, [Gap::Overwritten(1)]);
}

#[test]
fn what_failed_says_why_and_the_next_try_is_another_deployment() {
    let mut events = operation("queues", Some(V1), &CREATED);
    events.push(event("queues", 20, "UPDATE_IN_PROGRESS", Some(V2), None));
    events.push(event(
        "queues",
        21,
        "UPDATE_FAILED",
        Some(V2),
        Some(("Queue", "no such key")),
    ));
    events.extend(operation(
        "queues",
        Some(V2),
        &[
            (21, "UPDATE_ROLLBACK_IN_PROGRESS"),
            (22, "UPDATE_ROLLBACK_COMPLETE"),
        ],
    ));
    events.extend(operation("queues", Some(V2), &updated(30, 31)));
    let history = History::of(&past(vec![stack("queues", &[], events)]));
    let outcomes: Vec<Outcome> = history.deployments.iter().map(|it| it.outcome).collect();
    assert_eq!(
        outcomes,
        [Outcome::Succeeded, Outcome::RolledBack, Outcome::Succeeded]
    );
    let (key, cause) = history.deployments[1].cause().unwrap();
    assert_eq!(
        (key, &*cause.subject(key), &*cause.reason),
        ("queues", "`Queue` of the stack `queues`", "no such key")
    );
    assert_eq!(history.deployments[1].ended, Some(at(22)));
    assert_eq!(
        (history.rates.deployments, history.rates.rolled_back),
        (3, 1)
    );
}

#[test]
fn what_was_there_before_is_a_rollback() {
    let mut events = operation("queues", Some(V1), &CREATED);
    events.extend(operation("queues", Some(V2), &updated(20, 21)));
    events.extend(operation("queues", Some(BACK), &updated(30, 31)));
    let history = History::of(&past(vec![stack("queues", &[], events)]));
    let kinds: Vec<Kind> = history.deployments.iter().map(|it| it.kind).collect();
    assert_eq!(kinds, [Kind::Rollback, Kind::Deploy, Kind::Deploy]);
    assert_eq!((history.rates.succeeded, history.rates.rolled_back), (3, 1));
}

/// The same release has the same run, whenever it is deployed.
#[test]
fn a_run_that_comes_again_after_another_is_another_deployment() {
    let mut events = operation("queues", Some(V1), &CREATED);
    events.extend(operation("queues", Some(V2), &updated(20, 21)));
    events.extend(operation("queues", Some(V1), &updated(30, 31)));
    let tags = [("run", "aaaa"), ("release", "v1"), ("reason", "it burns")];
    let history = History::of(&past(vec![stack("queues", &tags, events)]));
    let reasons: Vec<(Kind, Option<&str>)> = history
        .deployments
        .iter()
        .map(|it| (it.kind, it.record.reason.as_deref()))
        .collect();
    let expected = [
        (Kind::Rollback, Some("it burns")),
        (Kind::Deploy, None),
        (Kind::Deploy, None),
    ];
    assert_eq!(reasons, expected);
}

/// A stack that is deployed twice by one run, so that its exports may go.
#[test]
fn a_run_may_deploy_a_stack_twice() {
    let again = "stratiform-bbbb-99999999-cffffffffffff-0099";
    let mut network = operation("network", Some(V2), &updated(20, 21));
    network.extend(operation("network", Some(again), &updated(24, 25)));
    let queues = operation("queues", Some(V2), &updated(22, 23));
    let history = History::of(&past(vec![
        stack("network", &[], network),
        stack("queues", &[], queues),
    ]));
    let [deployment] = history.deployments.as_slice() else {
        panic!("{history:#?}");
    };
    assert_eq!(
        (deployment.stacks.len(), deployment.ended),
        (3, Some(at(25)))
    );
}

#[test]
fn the_way_back_of_a_run_is_no_success() {
    let way_back = "stratiform-bbbb-back-44444444-c1a2b3c4d5e6f-0044";
    let mut network = operation("network", Some(V2), &updated(20, 21));
    network.extend(operation("network", Some(way_back), &updated(25, 27)));
    let history = History::of(&past(vec![stack("network", &[], network)]));
    let kinds: Vec<(Kind, Outcome)> = history
        .deployments
        .iter()
        .map(|it| (it.kind, it.outcome))
        .collect();
    assert_eq!(
        kinds,
        [
            (Kind::WayBack, Outcome::Succeeded),
            (Kind::Deploy, Outcome::RolledBack)
        ]
    );
    assert_eq!(history.rates.succeeded, 0);
}

#[test]
fn what_is_stuck_is_mended_by_another_operation() {
    let mend = "stratiform-dddd-continue-18f2c";
    let mut events = operation(
        "queues",
        Some(V2),
        &[
            (20, "UPDATE_IN_PROGRESS"),
            (21, "UPDATE_ROLLBACK_IN_PROGRESS"),
            (22, "UPDATE_ROLLBACK_FAILED"),
        ],
    );
    events.extend(operation(
        "queues",
        Some(mend),
        &[
            (30, "UPDATE_ROLLBACK_IN_PROGRESS"),
            (31, "UPDATE_ROLLBACK_COMPLETE"),
        ],
    ));
    events.extend(operation("queues", None, &[(40, "UPDATE_IN_PROGRESS")]));
    events.extend(operation(
        "queues",
        None,
        &[(45, "UPDATE_FAILED"), (45, "UPDATE_ROLLBACK_IN_PROGRESS")],
    ));
    let history = History::of(&past(vec![stack("queues", &[], events)]));
    let found: Vec<(Kind, Outcome)> = history
        .deployments
        .iter()
        .map(|it| (it.kind, it.outcome))
        .collect();
    assert_eq!(
        found,
        [
            (Kind::Foreign, Outcome::InProgress),
            (Kind::Mend, Outcome::Succeeded),
            (Kind::Deploy, Outcome::NeedsPerson),
        ]
    );
    assert_eq!(
        (history.rates.deployments, history.rates.needed_person),
        (1, 1)
    );
    assert_eq!(history.deployments[0].millis(), None);
}

#[test]
fn stacks_that_were_deleted_have_their_past_too() {
    let destroy = "stratiform-eeee-destroy-18f2c";
    let mut events = operation("queues", Some(V1), &CREATED);
    events.extend(operation(
        "queues",
        Some(destroy),
        &[(50, "DELETE_IN_PROGRESS"), (52, "DELETE_COMPLETE")],
    ));
    let mut gone = stack("queues", &[], events);
    gone.stack = Ok(None);
    let history = History::of(&past(vec![gone]));
    let found: Vec<(Kind, Outcome)> = history
        .deployments
        .iter()
        .map(|it| (it.kind, it.outcome))
        .collect();
    assert_eq!(
        found,
        [
            (Kind::Destroy, Outcome::Succeeded),
            (Kind::Deploy, Outcome::Succeeded)
        ]
    );
}

#[test]
fn what_is_not_known_is_said() {
    let denied = Unasked::because("DescribeStackEvents: denied", "allow it");
    let mut unread = stack("network", &[], Vec::new());
    unread.events = Err(denied.clone());
    // Its creation is not among the events any more; half of an operation is none.
    let cut = stack(
        "queues",
        &[],
        operation("queues", Some(V1), &[(30, "UPDATE_COMPLETE")]),
    );
    let mut past = past(vec![unread, cut]);
    past.deleted = Some(denied.clone());
    past.since = Timestamp::from_millis(past.now.millis() - REMEMBERED - 1).unwrap();
    let history = History::of(&past);
    assert_eq!(history.deployments, []);
    assert_eq!(history.rates.median, None);
    let remembered = Timestamp::from_millis(past.now.millis() - REMEMBERED).unwrap();
    assert_eq!(
        history.gaps,
        [
            Gap::Events {
                key: "network".to_owned(),
                unasked: denied.clone()
            },
            Gap::Forgotten {
                key: "queues".to_owned(),
                created: at(0),
                oldest: Some(at(30))
            },
            Gap::Deleted(denied),
            Gap::TooOld(remembered),
        ]
    );
}

#[test]
fn only_what_began_within_the_time_counts() {
    let mut events = operation("queues", Some(V1), &CREATED);
    events.extend(operation("queues", Some(V2), &updated(20, 26)));
    let mut past = past(vec![stack("queues", &[], events)]);
    past.since = at(10);
    let history = History::of(&past);
    assert_eq!(history.deployments.len(), 1);
    assert_eq!(history.gaps, [Gap::Overwritten(1)]);
}

#[test]
fn medians() {
    assert_eq!(median(&[]), None);
    assert_eq!(median(&[4]), Some(4));
    assert_eq!(median(&[1, 3, 8]), Some(3));
    assert_eq!(median(&[1, 2, 4, 8]), Some(3));
}
