//! A deployment that fails, for the tests of every view.

use std::cell::RefCell;
use std::collections::HashMap;
use std::panic::Location;
use std::rc::Rc;
use std::time::Duration;

use indexmap::IndexMap;
use serde_json::json;
use stratiform_deploy::{
    Approval, Blocked, Cause, Conduct, Ending, Impact, Loss, Mending, News, OnFailure, Outcome,
    Pace, Plan, PlannedStack, Predicted, Prediction, Proposal, Record, Told, Until, Worse,
};
use stratiform_service::change_set::DeploymentConfigMode;
use stratiform_service::{LogicalId, ResourceStatus, StackEvent, StackName, Word};

use super::{Clock, Ended, Follow, Sink, Sources};

fn id(text: &str) -> LogicalId {
    LogicalId::new(text).unwrap()
}

fn stack(key: &str, depends_on: &[usize]) -> PlannedStack {
    PlannedStack {
        name: StackName::new(format!("shop-dev-{key}")).unwrap(),
        key: key.to_owned(),
        depends_on: depends_on.to_vec(),
        template: "{}".to_owned(),
        parameters: IndexMap::new(),
        tags: IndexMap::new(),
        capabilities: Vec::new(),
        policy: None,
        termination_protection: None,
        record: None,
        predicted: None,
        sealed: None,
        seen: None,
        drift: Default::default(),
        imports: Vec::new(),
    }
}

pub(super) fn plan() -> Plan {
    let services = PlannedStack {
        predicted: Some(Prediction {
            changes: vec![
                Predicted {
                    logical_id: id("ApiService"),
                    impact: Impact::Updated,
                },
                Predicted {
                    logical_id: id("ApiTask"),
                    impact: Impact::Replaced,
                },
            ],
        }),
        ..stack("services", &[1])
    };
    Plan {
        stacks: vec![stack("network", &[]), stack("database", &[0]), services],
        conduct: Conduct {
            run: "0a1b2c3d4e".to_owned(),
            record: Record {
                release: Some("v1.2.0".to_owned()),
                commit: Some("1a2b3c4d5e".to_owned()),
                deployed_by: Some("alice".to_owned()),
                ..Record::default()
            },
            concurrency: 4,
            on_failure: OnFailure::Keep,
            until: Until::Deployed,
            approval: Approval::Asked,
            allowed: Vec::new(),
            mending: Mending::Harmless,
            skip: Vec::new(),
            role: None,
            notification_arns: Vec::new(),
            rollback: None,
            mode: DeploymentConfigMode::Standard,
            import_existing: false,
            bucket: None,
            backup: false,
            besides: Default::default(),
            verify: None,
            pace: Pace { least: 1, most: 1 },
        },
    }
}

fn proposal(key: &str, changes: &serde_json::Value) -> Proposal {
    let place = format!("arn:aws:cloudformation:eu-west-1:111122223333:{{}}/shop-dev-{key}/1");
    let change_set = json!({
        "ChangeSetId": place.replace("{}", "changeSet"),
        "ChangeSetName": "stratiform-0a1b2c3d4e",
        "Changes": changes,
        "CreationTime": "2026-11-29T00:00:00.000Z",
        "ExecutionStatus": "AVAILABLE",
        "StackId": place.replace("{}", "stack"),
        "StackName": format!("shop-dev-{key}"),
        "Status": "CREATE_COMPLETE",
    });
    Proposal {
        change_set: serde_json::from_value(change_set).unwrap(),
        stack_changed: None,
        blocked: Vec::new(),
        worse: Vec::new(),
    }
}

pub(super) fn proposals() -> Vec<(usize, Option<Proposal>)> {
    let change = |action: &str, id: &str, kind: &str, more: serde_json::Value| {
        let mut change = json!({"Action": action, "LogicalResourceId": id, "ResourceType": kind});
        for (key, value) in more.as_object().unwrap() {
            change[key] = value.clone();
        }
        json!({"Type": "Resource", "ResourceChange": change})
    };
    let network = json!([change("Add", "Vpc", "AWS::EC2::VPC", json!({}))]);
    let detail = json!({"Target": {"Attribute": "Properties", "Name": "Engine"}});
    let database = json!([
        change(
            "Modify",
            "SecurityGroup",
            "AWS::EC2::SecurityGroup",
            json!({
                "Replacement": "False", "Scope": ["Tags"], "Details": [{"Target": {"Attribute": "Tags"}}],
            })
        ),
        change(
            "Modify",
            "Instance",
            "AWS::RDS::DBInstance",
            json!({
                "Replacement": "True", "Scope": ["Properties"], "Details": [detail],
            })
        ),
    ]);
    let database = Proposal {
        blocked: vec![Blocked {
            logical_id: id("Instance"),
            resource_type: "AWS::RDS::DBInstance".to_owned(),
            loss: Loss::Replace,
            is_certain: true,
        }],
        worse: vec![Worse {
            logical_id: id("Instance"),
            predicted: Some(Impact::Updated),
            found: Impact::Replaced,
        }],
        ..proposal("database", &database)
    };
    vec![
        (0, Some(proposal("network", &network))),
        (1, Some(database)),
        (2, None),
    ]
}

fn event(stack: usize, logical_id: &str, status: ResourceStatus, reason: Option<&str>) -> Told {
    let key = plan().stacks[stack].key.clone();
    let event = json!({
        "EventId": format!("{logical_id}-{}", status.as_str()),
        "LogicalResourceId": logical_id,
        "PhysicalResourceId": "",
        "ResourceStatus": status.as_str(),
        "ResourceStatusReason": reason,
        "ResourceType": "AWS::RDS::DBInstance",
        "StackId": format!("arn:aws:cloudformation:eu-west-1:111122223333:stack/shop-dev-{key}/1"),
        "StackName": format!("shop-dev-{key}"),
        "Timestamp": "2026-11-29T00:00:01.000Z",
    });
    let event: StackEvent = serde_json::from_value(event).unwrap();
    news(stack, News::Event(Box::new(event)))
}

fn news(stack: usize, news: News) -> Told {
    Told::Stack { stack, news }
}

const REASON: &str = "Resource handler returned message: \"DB instance shop-dev already exists\" (RequestToken: 1, \
                      HandlerErrorCode: AlreadyExists)";

fn cause() -> Cause {
    Cause {
        within: Vec::new(),
        nested: None,
        logical_id: Some(id("Instance")),
        resource_type: "AWS::RDS::DBInstance".to_owned(),
        status: Word::Known(ResourceStatus::UpdateFailed),
        reason: REASON.to_owned(),
    }
}

/// What a view shows of a deployment in which the second of three stacks fails.
pub(super) fn followed(view: impl FnOnce(Sink, Clock) -> Box<dyn Follow>) -> String {
    let text = Rc::new(RefCell::new(String::new()));
    let written = Rc::clone(&text);
    let moment = RefCell::new(Duration::ZERO);
    let clock = move || {
        *moment.borrow_mut() += Duration::from_millis(700);
        *moment.borrow()
    };
    let sink = move |piece: &str| written.borrow_mut().push_str(piece);
    let mut view = view(Box::new(sink), Box::new(clock));
    let plan = plan();
    let proposals = proposals();
    let shown: Vec<_> = proposals
        .iter()
        .map(|(stack, proposal)| (*stack, proposal.as_ref()))
        .collect();
    let rolled_back = Ending::RolledBack(Some(Box::new(cause())));
    let mut tell = |told: Told| view.told(&plan, &told);
    tell(news(0, News::Found(None)));
    tell(news(
        0,
        News::Proposed(Box::new(proposals[0].1.clone().unwrap())),
    ));
    tell(news(2, News::Waits(vec![0, 1])));
    view.review(&plan, &shown);
    let mut tell = |told: Told| view.told(&plan, &told);
    tell(news(0, News::Executing(1)));
    tell(event(0, "Vpc", ResourceStatus::CreateInProgress, None));
    tell(event(0, "Vpc", ResourceStatus::CreateComplete, None));
    tell(news(0, News::Finished(Ending::Deployed)));
    tell(news(1, News::Executing(2)));
    tell(event(
        1,
        "Instance",
        ResourceStatus::UpdateFailed,
        Some(REASON),
    ));
    tell(news(1, News::Finished(rolled_back.clone())));
    tell(news(2, News::Finished(Ending::NotReached(vec![1]))));
    let place: &'static Location<'static> = Location::caller();
    let sources = Sources {
        // Only the file's name is shown, and no line that moves.
        root: "nowhere".into(),
        locations: vec![HashMap::new(), HashMap::from([("Other".to_owned(), place)])],
    };
    let ended = Ended {
        endings: vec![
            Some(Ending::Deployed),
            Some(rolled_back),
            Some(Ending::NotReached(vec![1])),
        ],
        outcome: Outcome::RolledBack,
        unwell: Vec::new(),
        failed: Vec::new(),
        in_the_way: Vec::new(),
        held_back: Vec::new(),
        took: Duration::from_secs(184),
        each: vec![
            Some(Duration::from_secs(61)),
            Some(Duration::from_secs(9)),
            None,
        ],
    };
    view.finish(&plan, &sources, &ended);
    drop(view);
    Rc::into_inner(text).unwrap().into_inner()
}
