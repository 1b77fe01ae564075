//! What somebody changes outside of all stacks, and what is not there.

use serde_json::{Value, json};

use super::{ask, refused};
use crate::cloud::Cloud;

const QUEUES: &str = "
Resources:
  Queue: {Type: AWS::SQS::Queue, Properties: {QueueName: orders, VisibilityTimeout: 30}}
  Topic: {Type: AWS::SNS::Topic, Properties: {TopicName: news, DisplayName: News}}
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16, EnableDnsSupport: true}}
";

/// How a resource of the stack has drifted: its status, and the paths of what differs.
fn drift(cloud: &mut Cloud, logical_id: &str) -> (String, Vec<String>) {
    let asked = json!({ "StackName": "queues", "LogicalResourceId": logical_id });
    let answer = cloud.done("DetectStackResourceDrift", asked);
    let drift = &answer["StackResourceDrift"];
    let differences = drift["PropertyDifferences"].as_array();
    let paths = differences
        .into_iter()
        .flatten()
        .map(|difference| difference["PropertyPath"].as_str().unwrap().to_owned());
    let status = drift["StackResourceDriftStatus"].as_str().unwrap();
    (status.to_owned(), paths.collect())
}

fn modified(path: &str) -> (String, Vec<String>) {
    ("MODIFIED".to_owned(), vec![path.to_owned()])
}

fn physical_id(cloud: &mut Cloud, logical_id: &str) -> String {
    let asked = json!({ "StackName": "queues", "LogicalResourceId": logical_id });
    let answer = cloud.done("DescribeStackResource", asked);
    let id = &answer["StackResourceDetail"]["PhysicalResourceId"];
    id.as_str().unwrap().to_owned()
}

#[test]
fn attributes_of_queues_and_topics_drift() {
    let mut cloud = Cloud::new();
    cloud.create("queues", QUEUES);
    let url = ask(
        &mut cloud,
        "sqs",
        "GetQueueUrl",
        json!({ "QueueName": "orders" }),
    )["QueueUrl"]
        .clone();
    ask(
        &mut cloud,
        "sqs",
        "SetQueueAttributes",
        json!({ "QueueUrl": url, "Attributes": { "VisibilityTimeout": "60" } }),
    );
    assert_eq!(drift(&mut cloud, "Queue"), modified("/VisibilityTimeout"));
    let attributes = ask(
        &mut cloud,
        "sqs",
        "GetQueueAttributes",
        json!({ "QueueUrl": url, "AttributeNames": ["All"] }),
    );
    assert_eq!(attributes["Attributes"]["VisibilityTimeout"], "60");
    let arn = physical_id(&mut cloud, "Topic");
    ask(
        &mut cloud,
        "sns",
        "SetTopicAttributes",
        json!({ "TopicArn": arn, "AttributeName": "DisplayName", "AttributeValue": "Old" }),
    );
    assert_eq!(drift(&mut cloud, "Topic"), modified("/DisplayName"));
    let subscribe = json!({ "TopicArn": arn, "Protocol": "email", "Endpoint": "a@b.c" });
    let subscribed = ask(&mut cloud, "sns", "Subscribe", subscribe);
    let listed = ask(
        &mut cloud,
        "sns",
        "ListSubscriptionsByTopic",
        json!({ "TopicArn": arn }),
    );
    assert_eq!(
        listed["Subscriptions"][0]["SubscriptionArn"],
        subscribed["SubscriptionArn"]
    );
    assert!(
        ask(
            &mut cloud,
            "sns",
            "Publish",
            json!({ "TopicArn": arn, "Message": "hello" })
        )["MessageId"]
            .is_string()
    );
    let none =
        json!({ "TopicArn": "arn:aws:sns:eu-central-1:111122223333:none", "Message": "hello" });
    assert_eq!(refused(&mut cloud, "sns", "Publish", none), "NotFound");
}

#[test]
fn any_resource_can_be_changed_by_cloud_control() {
    let mut cloud = Cloud::new();
    cloud.create("queues", QUEUES);
    let vpc = physical_id(&mut cloud, "Vpc");
    let named = json!({ "TypeName": "AWS::EC2::VPC", "Identifier": vpc });
    let found = ask(&mut cloud, "cloudcontrolapi", "GetResource", named.clone());
    let properties = found["ResourceDescription"]["Properties"].as_str().unwrap();
    let properties: Value = serde_json::from_str(properties).unwrap();
    assert_eq!(
        (&properties["EnableDnsSupport"], &properties["VpcId"]),
        (&json!(true), &json!(vpc))
    );
    let patch = |steps: Value| json!({ "TypeName": "AWS::EC2::VPC", "Identifier": vpc, "PatchDocument": steps.to_string() });
    let off = patch(json!([{ "op": "replace", "path": "/EnableDnsSupport", "value": false }]));
    let event = ask(&mut cloud, "cloudcontrolapi", "UpdateResource", off);
    let event = &event["ProgressEvent"];
    assert_eq!(event["OperationStatus"], "SUCCESS");
    assert_eq!(drift(&mut cloud, "Vpc"), modified("/EnableDnsSupport"));
    let status = ask(
        &mut cloud,
        "cloudcontrolapi",
        "GetResourceRequestStatus",
        json!({ "RequestToken": event["RequestToken"] }),
    );
    assert_eq!(status["ProgressEvent"], *event);
    let fixed = patch(json!([{ "op": "replace", "path": "/CidrBlock", "value": "10.1.0.0/16" }]));
    assert_eq!(
        refused(&mut cloud, "cloudcontrolapi", "UpdateResource", fixed),
        "NotUpdatableException"
    );
    let wrong = patch(json!([{ "op": "replace", "path": "/None/None", "value": "" }]));
    assert_eq!(
        refused(&mut cloud, "cloudcontrolapi", "UpdateResource", wrong),
        "InvalidRequestException"
    );
    ask(
        &mut cloud,
        "cloudcontrolapi",
        "DeleteResource",
        named.clone(),
    );
    assert_eq!(drift(&mut cloud, "Vpc").0, "DELETED");
    assert_eq!(
        refused(&mut cloud, "cloudcontrolapi", "GetResource", named),
        "ResourceNotFoundException"
    );
    let unknown = json!({ "TypeName": "AWS::No::Such", "Identifier": "x" });
    assert_eq!(
        refused(&mut cloud, "cloudcontrolapi", "GetResource", unknown),
        "TypeNotFoundException"
    );
    let made = json!({ "TypeName": "AWS::SSM::Parameter", "DesiredState": "{\"Name\": \"own\", \"Type\": \"String\", \"Value\": \"1\"}" });
    ask(
        &mut cloud,
        "cloudcontrolapi",
        "CreateResource",
        made.clone(),
    );
    assert_eq!(
        refused(&mut cloud, "cloudcontrolapi", "CreateResource", made),
        "AlreadyExistsException"
    );
    let listed = ask(
        &mut cloud,
        "cloudcontrolapi",
        "ListResources",
        json!({ "TypeName": "AWS::SSM::Parameter" }),
    );
    assert_eq!(listed["ResourceDescriptions"][0]["Identifier"], "own");
}

#[test]
fn every_service_refuses_what_it_does_not_have() {
    let mut cloud = Cloud::new();
    for (service, code) in [
        ("sts", "InvalidAction"),
        ("ssm", "UnknownOperationException"),
        ("secretsmanager", "UnknownOperationException"),
        ("s3", "NotImplemented"),
        ("ecs", "UnknownOperationException"),
        ("ecr", "UnknownOperationException"),
        ("rds", "InvalidAction"),
        ("elasticloadbalancing", "InvalidAction"),
        ("monitoring", "InvalidAction"),
        ("sns", "InvalidAction"),
        ("logs", "UnknownOperationException"),
        ("sqs", "UnsupportedOperation"),
        ("backup", "InvalidRequestException"),
        ("cloudcontrolapi", "UnsupportedActionException"),
        ("none", "UnknownOperationException"),
    ] {
        assert_eq!(
            refused(&mut cloud, service, "DoSomething", json!({})),
            code,
            "{service}"
        );
    }
}

/// Operations, and members that may be anything.
#[test]
fn nothing_that_is_asked_brings_it_down() {
    let mut cloud = Cloud::new();
    cloud.create("queues", QUEUES);
    let members = [
        "AlarmName",
        "AlarmNames",
        "AttributeName",
        "AttributeNames",
        "Attributes",
        "BackupVaultName",
        "Bucket",
        "DBInstanceIdentifier",
        "DBSnapshotIdentifier",
        "DesiredState",
        "Identifier",
        "Key",
        "MaxResults",
        "Message",
        "Name",
        "Names",
        "NextToken",
        "PatchDocument",
        "Path",
        "QueueUrl",
        "SecretId",
        "SecretString",
        "StateReason",
        "StateValue",
        "TargetGroupArn",
        "TopicArn",
        "TypeName",
        "Value",
        "cluster",
        "imageIds",
        "repositoryName",
        "service",
        "serviceDeploymentArn",
        "serviceDeploymentArns",
        "services",
        "taskDefinition",
        "tasks",
    ];
    let values = [
        json!(null),
        json!(""),
        json!("x"),
        json!(":/|"),
        json!(-1),
        json!([]),
        json!({}),
        json!([null, {}, ""]),
        json!("é"),
        json!({ "é": [] }),
    ];
    for (service, operations) in [
        (
            "ssm",
            "GetParameter PutParameter GetParameters GetParametersByPath DeleteParameter GetParameterHistory",
        ),
        (
            "secretsmanager",
            "CreateSecret GetSecretValue PutSecretValue DescribeSecret DeleteSecret ListSecrets",
        ),
        (
            "s3",
            "PutObject GetObject ListObjectsV2 GetBucketLocation CreateBucket ListBuckets",
        ),
        (
            "ecs",
            "DescribeServices UpdateService DescribeClusters DescribeTaskDefinition ListServiceDeployments DescribeServiceDeployments StopServiceDeployment DescribeTasks",
        ),
        (
            "ecr",
            "DescribeRepositories DescribeImages PutImage BatchDeleteImage ListImages",
        ),
        (
            "rds",
            "DescribeDBInstances CreateDBSnapshot DescribeDBSnapshots ModifyDBInstance CopyDBSnapshot DescribeDBClusters ModifyDBCluster CreateDBClusterSnapshot CopyDBClusterSnapshot DescribeDBInstanceAutomatedBackups",
        ),
        (
            "elasticloadbalancing",
            "DescribeTargetHealth DescribeTargetGroups DescribeLoadBalancers DescribeListeners DescribeRules",
        ),
        (
            "monitoring",
            "DescribeAlarms GetMetricData SetAlarmState PutMetricAlarm PutCompositeAlarm DeleteAlarms",
        ),
        (
            "sns",
            "Publish Subscribe ListSubscriptionsByTopic SetTopicAttributes CreateTopic",
        ),
        ("sqs", "SetQueueAttributes GetQueueAttributes ListQueues"),
        (
            "backup",
            "StartBackupJob StartCopyJob StartRestoreJob ListRecoveryPointsByBackupVault GetBackupPlan",
        ),
        (
            "cloudcontrolapi",
            "GetResource UpdateResource CreateResource DeleteResource ListResources",
        ),
    ] {
        for operation in operations.split(' ') {
            for value in &values {
                let all = members.map(|member| (member.to_owned(), value.clone()));
                let all = Value::Object(all.into_iter().collect());
                let _ = cloud.ask(service, operation, all);
            }
        }
    }
}

#[test]
fn what_the_account_has_is_seen_in_every_region_and_its_queues_in_their_own() {
    let mut cloud = Cloud::new();
    let provider = "
Resources:
  Provider: {Type: AWS::IAM::OIDCProvider, Properties: {Url: https://token.example.com, ClientIdList: [one]}}
  Queue: {Type: AWS::SQS::Queue, Properties: {QueueName: orders}}
";
    let capabilities = ["CAPABILITY_IAM"];
    let asked =
        json!({ "StackName": "queues", "TemplateBody": provider, "Capabilities": capabilities });
    cloud.done("CreateStack", asked);
    cloud.settle();
    let arn = physical_id(&mut cloud, "Provider");
    let queue = physical_id(&mut cloud, "Queue");
    let named = json!({ "TypeName": "AWS::IAM::OIDCProvider", "Identifier": arn });
    let listed = json!({ "TypeName": "AWS::IAM::OIDCProvider" });
    let control = "cloudcontrolapi";
    cloud.region = "eu-west-1";
    let found = ask(&mut cloud, control, "GetResource", named.clone());
    assert_eq!(found["ResourceDescription"]["Identifier"], arn);
    let all = ask(&mut cloud, control, "ListResources", listed.clone());
    assert_eq!(all["ResourceDescriptions"].as_array().unwrap().len(), 1);
    let queue = json!({ "TypeName": "AWS::SQS::Queue", "Identifier": queue });
    refused(&mut cloud, control, "GetResource", queue);

    // What becomes of a request is known where it was made.
    let deleted = ask(&mut cloud, control, "DeleteResource", named.clone());
    let token = json!({ "RequestToken": deleted["ProgressEvent"]["RequestToken"] });
    ask(&mut cloud, control, "GetResourceRequestStatus", token);
    cloud.region = "eu-central-1";
    refused(&mut cloud, control, "GetResource", named);
    let all = ask(&mut cloud, control, "ListResources", listed.clone());
    assert_eq!(all["ResourceDescriptions"].as_array().unwrap().len(), 0);
    cloud.account = "444455556666";
    let all = ask(&mut cloud, control, "ListResources", listed);
    assert_eq!(all["ResourceDescriptions"].as_array().unwrap().len(), 0);
}

const STORE: &str = "
Resources:
  Instance:
    Type: AWS::RDS::DBInstance
    Properties:
      {DBInstanceIdentifier: orders, DBInstanceClass: db.t3.micro, Engine: postgres, EngineVersion: '16.3', AllocatedStorage: '20', MasterUsername: shop, MasterUserPassword: hunter22, Tags: [{Key: team, Value: shop}]}
";

/// What a drift-aware change set of the same template does to the database: action, paths that change, and what it leaves.
fn back(cloud: &mut Cloud) -> Option<(Value, Vec<String>, Vec<String>)> {
    let call = json!({
        "StackName": "store", "ChangeSetName": "back", "UsePreviousTemplate": true, "DeploymentMode": "REVERT_DRIFT",
    });
    let made = cloud.done("CreateChangeSet", call);
    cloud.settle();
    let view = json!({ "ChangeSetName": made["Id"], "IncludePropertyValues": true });
    let described = cloud.done("DescribeChangeSet", view);
    if described["Status"] == "FAILED" {
        cloud.done("DeleteChangeSet", json!({ "ChangeSetName": made["Id"] }));
        return None;
    }
    let change = &described["Changes"][0]["ResourceChange"];
    let texts = |list: &Value, of: &dyn Fn(&Value) -> String| -> Vec<String> {
        list.as_array().into_iter().flatten().map(of).collect()
    };
    let paths = texts(&change["Details"], &|detail| {
        detail["Target"]["Path"].as_str().unwrap().to_owned()
    });
    let ignored = texts(&change["ResourceDriftIgnoredAttributes"], &|left| {
        format!(
            "{} {}",
            left["Path"].as_str().unwrap(),
            left["Reason"].as_str().unwrap()
        )
    });
    cloud.done("ExecuteChangeSet", json!({ "ChangeSetName": made["Id"] }));
    cloud.settle();
    Some((change["Action"].clone(), paths, ignored))
}

fn change(cloud: &mut Cloud, steps: Value) {
    let patch = json!({ "TypeName": "AWS::RDS::DBInstance", "Identifier": "orders", "PatchDocument": steps.to_string() });
    ask(cloud, "cloudcontrolapi", "UpdateResource", patch);
}

/// What is there, as its handler reads it.
fn there(cloud: &mut Cloud, property: &str) -> Value {
    let named = json!({ "TypeName": "AWS::RDS::DBInstance", "Identifier": "orders" });
    let found = ask(cloud, "cloudcontrolapi", "GetResource", named);
    let properties = found["ResourceDescription"]["Properties"].as_str().unwrap();
    serde_json::from_str::<Value>(properties).unwrap()[property].clone()
}

#[test]
fn what_a_drift_aware_change_set_leaves_alone() {
    let mut cloud = Cloud::new();
    cloud.create("store", STORE);
    assert_eq!(back(&mut cloud), None);
    let foreign = json!([
        { "op": "add", "path": "/Tags/-", "value": { "Key": "owner", "Value": "else" } },
        { "op": "add", "path": "/MonitoringInterval", "value": 60 },
    ]);
    change(&mut cloud, foreign.clone());
    // Tags of other keys, and what no template speaks of.
    assert_eq!(back(&mut cloud), None);
    change(
        &mut cloud,
        json!([
            { "op": "replace", "path": "/EngineVersion", "value": "16.4" },
            { "op": "replace", "path": "/DBInstanceClass", "value": "db.t3.large" },
        ]),
    );
    let (action, paths, ignored) = back(&mut cloud).unwrap();
    assert_eq!(action, "Modify");
    assert_eq!(paths, ["/Properties/DBInstanceClass"]);
    assert_eq!(
        ignored,
        [
            "/Properties/EngineVersion MANAGED_BY_AWS",
            "/Properties/MasterUserPassword WRITE_ONLY_PROPERTY"
        ]
    );
    assert_eq!(there(&mut cloud, "DBInstanceClass"), "db.t3.micro");
    assert_eq!(there(&mut cloud, "MonitoringInterval"), 60);
    assert_eq!(
        there(&mut cloud, "Tags"),
        json!([{ "Key": "team", "Value": "shop" }, { "Key": "owner", "Value": "else" }])
    );
}

#[test]
fn a_look_says_when_it_began_and_each_resource_when_it_was_looked_at() {
    let mut cloud = Cloud::new();
    cloud.create("queues", QUEUES);
    let begun = cloud.done("DetectStackDrift", json!({ "StackName": "queues" }));
    let id = json!({ "StackDriftDetectionId": begun["StackDriftDetectionId"] });
    let before = cloud.done("DescribeStackDriftDetectionStatus", id.clone());
    assert_eq!(before["DetectionStatus"], "DETECTION_IN_PROGRESS");
    cloud.settle();
    let after = cloud.done("DescribeStackDriftDetectionStatus", id);
    assert_eq!(after["DetectionStatus"], "DETECTION_COMPLETE");
    assert_eq!(after["Timestamp"], before["Timestamp"]);
    let drifts = cloud.done(
        "DescribeStackResourceDrifts",
        json!({ "StackName": "queues" }),
    );
    let drifts = drifts["StackResourceDrifts"].as_array().unwrap();
    assert_eq!(drifts.len(), 3);
    assert!(
        drifts
            .iter()
            .all(|drift| drift["Timestamp"].as_str() > after["Timestamp"].as_str())
    );
}
