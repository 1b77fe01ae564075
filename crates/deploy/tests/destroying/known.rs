//! What a destruction knows of a stack before it deletes it.

use stratiform_deploy::call::{Resource, Stack};
use stratiform_deploy::destruction::{
    Conduct, Destruction, Effect, Ending, Fate, Inventory, Plan, PlannedStack, Protection,
};
use stratiform_deploy::{Call, Input, Pace, Reply};
use stratiform_service::{StackId, Timestamp, Word};

/// What is known of a stack with this template, in JSON or YAML, all resources of which exist; and how it ends.
fn looked_at(template: &str, types: &[(&str, &str)]) -> (Inventory, Option<Ending>) {
    let id = "arn:aws:cloudformation:eu-west-1:111122223333:stack/shop-dev-a/0000";
    let stack = Stack {
        parameters: [("Protected".to_owned(), "true".to_owned())].into(),
        ..Stack::bare(StackId::new(id).unwrap(), Word::new("CREATE_COMPLETE"))
    };
    let resources = types.iter().map(|(id, resource_type)| Resource {
        changed: None,
        reason: None,
        logical_id: id.parse().unwrap(),
        physical_id: Some(format!("{id}-1").parse().unwrap()),
        resource_type: (*resource_type).to_owned(),
        status: Word::new("CREATE_COMPLETE"),
    });
    let resources: Vec<Resource> = resources.collect();
    let plan = Plan {
        stacks: vec![PlannedStack {
            name: "shop-dev-a".parse().unwrap(),
            key: "a".to_owned(),
            depends_on: Vec::new(),
        }],
        conduct: Conduct {
            run: "r".to_owned(),
            concurrency: 1,
            allowed: Vec::new(),
            pace: Pace { least: 1, most: 1 },
        },
    };
    let (mut destruction, mut effects) = Destruction::new(plan, Timestamp::EPOCH);
    while let Some(Effect::Call { ticket, call }) = effects.pop() {
        let reply = match *call {
            Call::DescribeStack { .. } => Reply::Stack(Some(Box::new(stack.clone()))),
            Call::GetTemplate { .. } => Reply::Template(template.to_owned()),
            Call::ListStackResources { .. } => Reply::Resources(resources.clone()),
            Call::DescribeDbInstance { .. } => Reply::Database(None),
            call => panic!("{call:?} is asked"),
        };
        let reply = Box::new(Ok(reply));
        effects = destruction.step(Input::Answer { ticket, reply }, Timestamp::EPOCH);
    }
    let ending = destruction.endings()[0].cloned();
    (destruction.survey().stacks.remove(0).unwrap(), ending)
}

fn fates(inventory: &Inventory) -> Vec<(&str, Fate, bool)> {
    let items = inventory.items.iter();
    items
        .map(|item| (item.logical_id.as_str(), item.fate, item.loses_data()))
        .collect()
}

#[test]
fn what_becomes_of_resources() {
    let template = "
Parameters: {Policy: {Type: String, Default: Retain}}
Resources:
  Bucket: {Type: AWS::S3::Bucket}
  Images: {Type: AWS::ECR::Repository, Properties: {EmptyOnDelete: true}}
  Kept: {Type: AWS::SQS::Queue, DeletionPolicy: RetainExceptOnCreate}
  AlsoKept: {Type: AWS::SQS::Queue, DeletionPolicy: !Ref Policy}
  Database: {Type: AWS::RDS::DBInstance}
  Member: {Type: AWS::RDS::DBInstance, Properties: {DBClusterIdentifier: c}}
  NoSnapshots: {Type: AWS::SQS::Queue, DeletionPolicy: Snapshot}
  Topic: {Type: AWS::SNS::Topic}
";
    let (inventory, _) = looked_at(
        template,
        &[
            ("Bucket", "AWS::S3::Bucket"),
            ("Images", "AWS::ECR::Repository"),
            ("Kept", "AWS::SQS::Queue"),
            ("AlsoKept", "AWS::SQS::Queue"),
            ("Database", "AWS::RDS::DBInstance"),
            ("Member", "AWS::RDS::DBInstance"),
            ("NoSnapshots", "AWS::SQS::Queue"),
            ("Topic", "AWS::SNS::Topic"),
            ("FromNowhere", "AWS::DynamoDB::Table"),
            ("Nested", "AWS::CloudFormation::Stack"),
        ],
    );
    assert_eq!(
        fates(&inventory),
        [
            ("Bucket", Fate::DeletedIfEmpty, true),
            ("Images", Fate::Deleted, true),
            ("Kept", Fate::Stays, false),
            ("AlsoKept", Fate::Stays, false),
            ("Database", Fate::Snapshot, false),
            ("Member", Fate::Deleted, false),
            ("NoSnapshots", Fate::Deleted, true),
            ("Topic", Fate::Deleted, false),
            // Of what is not in the template the worst is taken; nobody knows what is in a nested stack.
            ("FromNowhere", Fate::Deleted, true),
            ("Nested", Fate::Deleted, true),
        ]
    );
}

#[test]
fn what_protects_resources() {
    let template = "
Parameters: {Protected: {Type: String, Default: 'false'}}
Conditions: {Always: !Equals [a, a]}
Resources:
  Database: {Type: AWS::RDS::DBInstance, Properties: {DeletionProtection: !Ref Protected}}
  Table: {Type: AWS::DynamoDB::Table, Properties: {DeletionProtectionEnabled: !If [Always, true, false]}}
  Balancer:
    Type: AWS::ElasticLoadBalancingV2::LoadBalancer
    Properties:
      LoadBalancerAttributes: [{Key: idle_timeout.timeout_seconds, Value: '60'}, {Key: deletion_protection.enabled, Value: 'true'}]
  Kept: {Type: AWS::RDS::DBCluster, DeletionPolicy: Retain, Properties: {DeletionProtection: true}}
  Open: {Type: AWS::RDS::DBCluster, Properties: {DeletionProtection: false}}
";
    let (_, ending) = looked_at(
        template,
        &[
            ("Database", "AWS::RDS::DBInstance"),
            ("Table", "AWS::DynamoDB::Table"),
            ("Balancer", "AWS::ElasticLoadBalancingV2::LoadBalancer"),
            ("Kept", "AWS::RDS::DBCluster"),
            ("Open", "AWS::RDS::DBCluster"),
        ],
    );
    let Some(Ending::Protected(protections)) = ending else {
        panic!("{ending:?}");
    };
    let properties = protections.iter().map(|protection| match protection {
        Protection::Resource {
            logical_id,
            property,
            ..
        } => format!("{logical_id}.{property}"),
        other => panic!("{other:?}"),
    });
    assert_eq!(
        properties.collect::<Vec<_>>(),
        [
            "Database.DeletionProtection",
            "Table.DeletionProtectionEnabled",
            "Balancer.LoadBalancerAttributes: deletion_protection.enabled",
        ]
    );
}

#[test]
fn data_that_nobody_named_is_asked_for_by_name() {
    let template = r#"{"Resources": {"Queue": {"Type": "AWS::SQS::Queue"}}}"#;
    let (_, ending) = looked_at(template, &[("Queue", "AWS::SQS::Queue")]);
    let Some(Ending::DataAtRisk(at_risk)) = ending else {
        panic!("{ending:?}");
    };
    assert_eq!(at_risk[0].allowance("a"), "delete:a/Queue");
}
