//! What services refuse, and in which words.

use super::*;

/// A reason without its request's and its own ID.
fn plain(reason: &str) -> String {
    let uuid = |word: &str| word.len() == 36 && word.matches('-').count() == 4;
    let words = reason.split(' ').map(|word| {
        let bare = word.trim_end_matches([')', ',']);
        if uuid(bare) {
            word.replace(bare, "ID")
        } else {
            word.to_owned()
        }
    });
    words.collect::<Vec<_>>().join(" ")
}

fn from_service(message: &str, service: &str) -> String {
    format!(
        "Resource handler returned message: \"{message} (Service: {service}, Status Code: 400, Request ID: ID) (SDK \
         Attempt Count: 1)\" (RequestToken: ID, HandlerErrorCode: InvalidRequest)"
    )
}

#[test]
fn a_reason_has_the_recorded_form() {
    let reason = handler_reason(
        "Exceeded attempts to wait",
        "NotStabilized",
        &mut Ids::new(1),
    );
    let expected = "Resource handler returned message: \"Exceeded attempts to wait\" (RequestToken: ID, HandlerErrorCode: NotStabilized)";
    assert_eq!(plain(&reason), expected);
    let reason = already_exists("AWS::Events::Rule", "r", &mut Ids::new(1));
    assert!(
        reason.contains(
            "\"Resource of type 'AWS::Events::Rule' with identifier 'r' already exists.\""
        )
    );
}

/// Recorded: test_blocked_stack_deletion. It has a physical ID when it fails, and cannot be deleted either.
#[test]
fn a_policy_of_nobody_can_neither_be_made_nor_deleted() {
    let policy = object(json!({
        "PolicyName": "p",
        "PolicyDocument": {"Version": "2012-10-17", "Statement": []},
    }));
    let fault = validate(
        "AWS::IAM::Policy",
        "BrokenPolicy",
        &policy,
        &mut Ids::new(1),
    )
    .unwrap_err();
    assert!(fault.leaves_record && fault.has_physical_id);
    assert!(
        fault
            .reason
            .contains("At least one of [Groups,Roles,Users] must be non-empty.")
    );
    let refused = refuses_deletion("AWS::IAM::Policy", "p", &policy, &mut Ids::new(1));
    assert!(refused.is_some_and(|reason| reason.contains("must be non-empty")));
}

#[test]
fn services_refuse_what_schemas_allow() {
    let check = |resource_type: &str, properties: Value, expected: Option<(&str, &str)>| {
        let found = validate(resource_type, "R", &object(properties), &mut Ids::new(1));
        let reason = found.err().map(|fault| plain(&fault.reason));
        let expected = expected.map(|(message, service)| from_service(message, service));
        assert_eq!(reason, expected, "{resource_type}");
    };
    let fifo = "The name of a FIFO queue can only include alphanumeric characters, hyphens, or underscores, must end with \
                .fifo suffix and be 1 to 80 in length";
    check(
        "AWS::SQS::Queue",
        json!({"QueueName": "q", "FifoQueue": "true"}),
        Some((fifo, "Sqs")),
    );
    check(
        "AWS::SQS::Queue",
        json!({"QueueName": "q.fifo", "FifoQueue": "true"}),
        None,
    );
    check("AWS::SQS::Queue", json!({"FifoQueue": "true"}), None);
    check(
        "AWS::SNS::Topic",
        json!({"TopicName": "t.fifo"}),
        Some(("Invalid parameter: Topic Name", "Sns")),
    );
    check(
        "AWS::S3::Bucket",
        json!({"BucketName": "Logs"}),
        Some(("The specified bucket is not valid.", "S3")),
    );
}

#[test]
fn updates_that_services_refuse() {
    let check =
        |resource_type: &str, before: Value, after: Value, expected: Option<(&str, &str)>| {
            let found = refuses_update(
                resource_type,
                &object(before),
                &object(after),
                &mut Ids::new(1),
            );
            let expected = expected.map(|(message, service)| from_service(message, service));
            assert_eq!(found.as_deref().map(plain), expected, "{resource_type}");
        };
    let database = "AWS::RDS::DBInstance";
    let smaller = "Requested storage size (20) cannot be less than the current storage size (50)";
    check(
        database,
        json!({"AllocatedStorage": "50"}),
        json!({"AllocatedStorage": "20"}),
        Some((smaller, "Rds")),
    );
    check(
        database,
        json!({"AllocatedStorage": "50"}),
        json!({"AllocatedStorage": "100"}),
        None,
    );
    let major =
        "The AllowMajorVersionUpgrade flag must be present when upgrading to a new major version.";
    check(
        database,
        json!({"EngineVersion": "16.4"}),
        json!({"EngineVersion": "17.6"}),
        Some((major, "Rds")),
    );
    check(
        database,
        json!({"EngineVersion": "17.5"}),
        json!({"EngineVersion": "17.6"}),
        None,
    );
    check(
        database,
        json!({"EngineVersion": "8.0.36"}),
        json!({"EngineVersion": "8.4.3"}),
        Some((major, "Rds")),
    );
    check(
        database,
        json!({"EngineVersion": "16.4"}),
        json!({"EngineVersion": "17.6", "AllowMajorVersionUpgrade": "true"}),
        None,
    );
    let index = |name: &str, key: &str| json!({"IndexName": name, "KeySchema": [{"AttributeName": key, "KeyType": "HASH"}]});
    let indexes = |all: &[Value]| json!({"GlobalSecondaryIndexes": all});
    let table = "AWS::DynamoDB::Table";
    let many = "Cannot perform more than one GSI creation or deletion in a single update";
    check(
        table,
        indexes(&[]),
        indexes(&[index("a", "a"), index("b", "b")]),
        Some((many, "DynamoDb")),
    );
    check(table, indexes(&[]), indexes(&[index("a", "a")]), None);
    let fixed = "Cannot update GSI's properties other than Provisioned Throughput and Contributor Insights Specification. \
                 You can create a new GSI with a different name.";
    check(
        table,
        indexes(&[index("a", "a")]),
        indexes(&[index("a", "b")]),
        Some((fixed, "DynamoDb")),
    );
}

#[test]
fn deletions_that_services_refuse() {
    let check = |resource_type: &str, properties: Value, expected: Option<(&str, &str)>| {
        let found = refuses_deletion(resource_type, "id", &object(properties), &mut Ids::new(1));
        let expected = expected.map(|(message, service)| from_service(message, service));
        assert_eq!(found.as_deref().map(plain), expected, "{resource_type}");
    };
    let database =
        "Cannot delete protected DB Instance, please disable deletion protection and try again.";
    check(
        "AWS::RDS::DBInstance",
        json!({"DeletionProtection": "true"}),
        Some((database, "Rds")),
    );
    check(
        "AWS::RDS::DBInstance",
        json!({"DeletionProtection": "false"}),
        None,
    );
    check(
        "AWS::RDS::DBInstance",
        json!({"DeletionProtection": "true", "DBClusterIdentifier": "c"}),
        None,
    );
    let table = "Resource cannot be deleted as it is currently protected against deletion. Disable deletion protection first.";
    check(
        "AWS::DynamoDB::Table",
        json!({"DeletionProtectionEnabled": "true"}),
        Some((table, "DynamoDb")),
    );
    let balancer = "Load balancer 'id' cannot be deleted because deletion protection is enabled";
    let attributes = |value: &str| json!({"LoadBalancerAttributes": [{"Key": "deletion_protection.enabled", "Value": value}]});
    let elastic = "AWS::ElasticLoadBalancingV2::LoadBalancer";
    check(
        elastic,
        attributes("true"),
        Some((balancer, "ElasticLoadBalancingV2")),
    );
    check(elastic, attributes("false"), None);
    check("AWS::S3::Bucket", json!({}), None);
}
