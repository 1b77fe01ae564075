//! Laws that hold for any template, any fault and any order of calls.
use std::collections::{BTreeMap, BTreeSet};

use crate::cloud::Cloud;
use proptest::prelude::*;
use serde_json::{Value, json};
use stratiform_engine::{State, step};

/// A resource: its type, what it says, and which of those before it refers to.
#[derive(Clone, Debug)]
struct Part {
    kind: usize,
    word: u8,
    refers: u8,
    keeps: bool,
}

const TYPES: [(&str, &str); 5] = [
    ("AWS::SNS::Topic", "DisplayName"),
    ("AWS::SSM::Parameter", "Description"),
    ("AWS::SQS::Queue", "VisibilityTimeout"),
    ("AWS::Logs::LogGroup", "KmsKeyId"),
    ("AWS::EC2::SecurityGroup", "GroupDescription"),
];

fn part() -> impl Strategy<Value = Part> {
    (
        0..TYPES.len(),
        0..3u8,
        any::<u8>(),
        prop::bool::weighted(0.15),
    )
        .prop_map(|(kind, word, refers, keeps)| Part {
            kind,
            word,
            refers,
            keeps,
        })
}

/// A template of parts; a logical ID always has one type, so that no call is refused for changing it.
fn template(parts: &[Part]) -> Value {
    let mut resources = serde_json::Map::new();
    for (index, part) in parts.iter().enumerate() {
        let (resource_type, property) = TYPES[part.kind];
        let id = format!("R{index}{}", resource_type.rsplit("::").next().unwrap());
        let mut properties = json!({ property: format!("{}", 30 + part.word) });
        if resource_type == "AWS::SSM::Parameter" {
            properties["Type"] = "String".into();
            properties["Value"] = "x".into();
        }
        let before: Vec<String> = resources.keys().cloned().collect();
        let needed: Vec<&String> = (0..8)
            .filter(|bit| part.refers & (1 << bit) != 0)
            .filter_map(|bit| before.get(bit))
            .collect();
        if let Some(first) = needed.first()
            && resource_type == "AWS::SSM::Parameter"
        {
            properties["Value"] = json!({ "Ref": first });
        }
        let mut resource =
            json!({ "Type": resource_type, "Properties": properties, "DependsOn": needed });
        if part.keeps {
            resource["DeletionPolicy"] = "Retain".into();
        }
        resources.insert(id, resource);
    }
    if resources.is_empty() {
        resources.insert("Nothing".to_owned(), json!({ "Type": "AWS::SNS::Topic" }));
    }
    json!({ "Resources": resources })
}

/// Something that somebody does to a stack.
#[derive(Clone, Debug)]
enum Deed {
    Create(Vec<Part>, bool),
    Update(Vec<Part>, bool),
    ChangeSet(Vec<Part>),
    Delete,
    Cancel,
    RollBack,
    Continue,
    Fault(usize, usize, u8),
    Pass(u16),
}

fn deed() -> impl Strategy<Value = (u8, Deed)> {
    let parts = || prop::collection::vec(part(), 1..7);
    let deed = prop_oneof![
        3 => (parts(), prop::bool::weighted(0.2)).prop_map(|(parts, stays)| Deed::Create(parts, stays)),
        4 => (parts(), prop::bool::weighted(0.3)).prop_map(|(parts, stays)| Deed::Update(parts, stays)),
        2 => parts().prop_map(Deed::ChangeSet),
        2 => Just(Deed::Delete),
        1 => Just(Deed::Cancel),
        2 => Just(Deed::RollBack),
        2 => Just(Deed::Continue),
        3 => (0..3usize, 0..TYPES.len(), 1..3u8).prop_map(|(action, kind, times)| Deed::Fault(action, kind, times)),
        5 => (0..120u16).prop_map(Deed::Pass),
    ];
    (0..2u8, deed)
}

/// Does it; whether the service refuses it is its own business.
fn run(cloud: &mut Cloud, stack: &str, deed: &Deed) {
    let body = |parts: &[Part]| template(parts).to_string();
    match deed {
        Deed::Create(parts, stays) => {
            let _ = cloud.call(
                "CreateStack",
                json!({ "StackName": stack, "TemplateBody": body(parts), "DisableRollback": stays }),
            );
        }
        Deed::Update(parts, stays) => {
            let _ = cloud.call(
                "UpdateStack",
                json!({ "StackName": stack, "TemplateBody": body(parts), "DisableRollback": stays }),
            );
        }
        Deed::ChangeSet(parts) => {
            let made = cloud.call(
                "CreateChangeSet",
                json!({ "StackName": stack, "ChangeSetName": "next", "TemplateBody": body(parts) }),
            );
            if let Ok(made) = made {
                cloud.pass(5);
                let _ = cloud.call("ExecuteChangeSet", json!({ "ChangeSetName": made["Id"] }));
                let _ = cloud.call("DeleteChangeSet", json!({ "ChangeSetName": made["Id"] }));
            }
        }
        Deed::Delete => drop(cloud.call("DeleteStack", json!({ "StackName": stack }))),
        Deed::Cancel => drop(cloud.call("CancelUpdateStack", json!({ "StackName": stack }))),
        Deed::RollBack => drop(cloud.call("RollbackStack", json!({ "StackName": stack }))),
        Deed::Continue => {
            let _ = cloud.call("ContinueUpdateRollback", json!({ "StackName": stack }));
        }
        Deed::Fault(action, kind, times) => {
            let action = ["create", "update", "delete"][*action];
            cloud.fault(&format!("{action}:{}:times={times}", TYPES[*kind].0));
        }
        Deed::Pass(seconds) => cloud.pass(i64::from(*seconds)),
    }
}

/// Operations, by service.
const CALLS: [(&str, &str); 30] = [
    ("cloudformation", "CreateStack"),
    ("cloudformation", "UpdateStack"),
    ("cloudformation", "DeleteStack"),
    ("cloudformation", "CreateChangeSet"),
    ("cloudformation", "DescribeChangeSet"),
    ("cloudformation", "ExecuteChangeSet"),
    ("cloudformation", "DeleteChangeSet"),
    ("cloudformation", "ContinueUpdateRollback"),
    ("cloudformation", "RollbackStack"),
    ("cloudformation", "DescribeStacks"),
    ("cloudformation", "DescribeStackEvents"),
    ("cloudformation", "DescribeEvents"),
    ("cloudformation", "DescribeStackResources"),
    ("cloudformation", "ListStackResources"),
    ("cloudformation", "GetTemplate"),
    ("cloudformation", "GetTemplateSummary"),
    ("cloudformation", "ValidateTemplate"),
    ("cloudformation", "SetStackPolicy"),
    ("cloudformation", "DetectStackDrift"),
    ("cloudformation", "DescribeStackResourceDrifts"),
    ("sts", "AssumeRole"),
    ("ssm", "PutParameter"),
    ("s3", "PutObject"),
    ("ecs", "DescribeServices"),
    ("ecs", "UpdateService"),
    ("rds", "DescribeDBInstances"),
    ("rds", "CreateDBSnapshot"),
    ("monitoring", "DescribeAlarms"),
    ("elasticloadbalancing", "DescribeTargetHealth"),
    ("cloudcontrolapi", "UpdateResource"),
];

const KEYS: [&str; 24] = [
    "StackName",
    "ChangeSetName",
    "TemplateBody",
    "TemplateURL",
    "Parameters",
    "Tags",
    "Capabilities",
    "ChangeSetType",
    "ClientRequestToken",
    "RollbackConfiguration",
    "DeploymentConfig",
    "ResourcesToImport",
    "ResourcesToSkip",
    "NextToken",
    "MaxResults",
    "LogicalResourceId",
    "StackPolicyBody",
    "DisableRollback",
    "Name",
    "Value",
    "services",
    "cluster",
    "PatchDocument",
    "Bucket",
];

/// Parameters that nobody should send.
fn nonsense() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        "[a-z{}:/\"\\[\\],*\u{0}-\u{20}]{0,24}".prop_map(Value::from),
        Just(Value::from("shop")),
        Just(Value::from(
            "arn:aws:cloudformation:eu-central-1:111122223333:stack/shop/1"
        )),
        prop::collection::vec(part(), 0..4)
            .prop_map(|parts| Value::from(template(&parts).to_string())),
    ];
    leaf.prop_recursive(3, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map(prop::sample::select(KEYS.to_vec()), inner, 0..5)
                .prop_map(|entries| json!(entries)),
        ]
    })
}

const STACKS: [&str; 2] = ["one", "two"];

/// What a stack says of itself and its resources, without what only time changes.
fn picture(cloud: &mut Cloud, stack: &str) -> Option<(Value, Value, Value)> {
    let described = cloud
        .call("DescribeStacks", json!({ "StackName": stack }))
        .ok()?;
    let resources = cloud.done("DescribeStackResources", json!({ "StackName": stack }));
    let template = cloud.done("GetTemplate", json!({ "StackName": stack }));
    Some((
        described["Stacks"][0]["Outputs"].clone(),
        bare(&resources),
        template,
    ))
}

fn bare(resources: &Value) -> Value {
    let resources = resources["StackResources"].as_array().unwrap().iter();
    resources
        .map(|resource| {
            json!([
                resource["LogicalResourceId"],
                resource["PhysicalResourceId"]
            ])
        })
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn whatever_happens_it_settles_and_the_log_says_all(deeds in prop::collection::vec(deed(), 1..14)) {
        let mut cloud = Cloud::new();
        let mut ids = BTreeSet::new();
        for (index, deed) in &deeds {
            let stack = STACKS[usize::from(*index)];
            let other = STACKS[1 - usize::from(*index)];
            let before = picture(&mut cloud, other);
            // Nothing that is done to a stack touches another one; time does.
            run(&mut cloud, stack, deed);
            if !matches!(deed, Deed::Pass(_) | Deed::ChangeSet(_)) {
                prop_assert_eq!(before, picture(&mut cloud, other));
            }
        }
        cloud.settle();
        let all = cloud.done("ListStacks", json!({}));
        for summary in all["StackSummaries"].as_array().unwrap() {
            let status = summary["StackStatus"].as_str().unwrap();
            prop_assert!(!status.ends_with("_IN_PROGRESS") || status == "REVIEW_IN_PROGRESS", "{}", status);
            let id = summary["StackId"].as_str().unwrap();
            // Each physical ID is made once.
            let story = cloud.story(id);
            for line in story.lines().filter(|line| line.ends_with(": Resource creation Initiated")) {
                let physical = line.split(['[', ']']).nth(1).unwrap().to_owned();
                prop_assert!(ids.insert(physical), "{}", line);
            }
        }
        // The log gives the state; so does what is kept of it.
        let start = Cloud::new();
        let mut again = State::new(7, start.now);
        for (at, input) in &cloud.log {
            again = step(again, input, *at).0;
        }
        let kept = serde_json::to_value(cloud.state()).unwrap();
        prop_assert_eq!(serde_json::to_value(&again).unwrap(), kept.clone());
        let read: State = serde_json::from_value(kept.clone()).unwrap();
        prop_assert_eq!(serde_json::to_value(&read).unwrap(), kept);
    }

    #[test]
    fn whatever_is_asked_there_is_an_answer(
        calls in prop::collection::vec(
            (0..CALLS.len(), prop::collection::btree_map(prop::sample::select(KEYS.to_vec()), nonsense(), 0..8)),
            1..12,
        ),
    ) {
        let mut cloud = Cloud::new();
        cloud.create("shop", "{Resources: {T: {Type: AWS::SNS::Topic}}}");
        for (call, parameters) in calls {
            let (service, operation) = CALLS[call];
            let _ = cloud.ask(service, operation, json!(parameters));
            cloud.pass(1);
        }
        cloud.settle();
    }

    #[test]
    fn after_a_rollback_all_is_as_it_was(
        before in prop::collection::vec(part(), 1..7),
        after in prop::collection::vec(part(), 1..7),
        kind in 0..TYPES.len(),
        action in 0..2usize,
        seconds in 0..40u16,
        cancels in any::<bool>(),
    ) {
        let mut cloud = Cloud::new();
        cloud.create("one", &template(&before).to_string());
        let picture_before = picture(&mut cloud, "one");
        if !cancels {
            let action = ["create", "update"][action];
            cloud.fault(&format!("{action}:{}:times=1", TYPES[kind].0));
        }
        let update = json!({ "StackName": "one", "TemplateBody": template(&after).to_string() });
        if cloud.call("UpdateStack", update).is_ok() {
            cloud.pass(i64::from(seconds));
            if cancels {
                let _ = cloud.call("CancelUpdateStack", json!({ "StackName": "one" }));
            }
            cloud.settle();
        }
        let status = cloud.status("one");
        if status == "UPDATE_ROLLBACK_COMPLETE" {
            prop_assert_eq!(picture_before, picture(&mut cloud, "one"));
        }
    }

    #[test]
    fn nothing_is_deleted_while_something_refers_to_it(parts in prop::collection::vec(part(), 1..8)) {
        let mut cloud = Cloud::new();
        let template = template(&parts);
        cloud.create("one", &template.to_string());
        let id = cloud.stack("one")["StackId"].as_str().unwrap().to_owned();
        cloud.done("DeleteStack", json!({ "StackName": "one" }));
        cloud.settle();
        let story = cloud.story(&id);
        let mut gone: BTreeMap<&str, usize> = BTreeMap::new();
        for (index, line) in story.lines().enumerate() {
            let words: Vec<&str> = line.split(' ').collect();
            if words[2] == "DELETE_COMPLETE" || words[2] == "DELETE_SKIPPED" {
                gone.insert(words[1], index);
            }
        }
        for (logical_id, resource) in template["Resources"].as_object().unwrap() {
            for need in resource["DependsOn"].as_array().into_iter().flatten() {
                prop_assert!(gone[logical_id.as_str()] < gone[need.as_str().unwrap()], "{}", story);
            }
        }
    }
}
