//! What no longer protects or watches.

use stratiform_assembly::{StackAt, StackPolicy};
use stratiform_diff::{StackChange, StackDiff};
use stratiform_resolve::Whereabouts;
use stratiform_template::{Value, parse_yaml};

use crate::{KEPT, check, check_removed, lines, of_kind, template};

#[test]
fn protections_that_go_are_named() {
    for (resource, [before, after], expected) in [
        (
            "Type: AWS::RDS::DBInstance, Properties: {DeletionProtection: $}",
            ["true", "false"],
            "takes away from the database `A`: deletion protection",
        ),
        (
            "Type: AWS::Cognito::UserPool, Properties: {DeletionProtection: $}",
            ["ACTIVE", "INACTIVE"],
            "takes away from the user pool `A`: deletion protection",
        ),
        (
            "Type: AWS::RDS::DBInstance, Properties: {MultiAZ: $}",
            ["true", "!Ref 'AWS::NoValue'"],
            "takes away from the database `A`: the standby in another zone",
        ),
        (
            "Type: AWS::DynamoDB::Table, Properties: {PointInTimeRecoverySpecification: {PointInTimeRecoveryEnabled: $}}",
            ["true", "false"],
            "takes away from the table `A`: point-in-time recovery",
        ),
        (
            "Type: AWS::S3::Bucket, Properties: {VersioningConfiguration: {Status: $}}",
            ["Enabled", "Suspended"],
            "takes away from the bucket `A`: versioning: what is overwritten is gone",
        ),
        (
            "Type: AWS::KMS::Key, Properties: {KeyPolicy: '', EnableKeyRotation: $}",
            ["true", "false"],
            "takes away from the key `A`: rotation of the key",
        ),
        (
            "Type: AWS::ECR::Repository, Properties: {ImageTagMutability: $}",
            ["IMMUTABLE", "MUTABLE"],
            "takes away from the image repository `A`: immutable image tags",
        ),
        (
            "Type: AWS::ECS::Service, Properties: {DeploymentConfiguration: {DeploymentCircuitBreaker: {Enable: $, Rollback: true}}}",
            ["true", "false"],
            "takes away from the service `A`: the circuit breaker of deployments",
        ),
        (
            "Type: AWS::CloudFront::Distribution, Properties: {DistributionConfig: {WebACLId: $}}",
            ["x", "''"],
            "takes away from the distribution `A`: its web ACL, which filters requests",
        ),
        (
            "Type: AWS::ApiGateway::Method, Properties: {HttpMethod: GET, ApiKeyRequired: $}",
            ["true", "false"],
            "takes away from the method `A`: the API key that callers need",
        ),
        (
            "Type: AWS::SNS::Topic, DeletionPolicy: $",
            ["Retain", "Delete"],
            "no longer keeps the topic `A` when it goes",
        ),
        (
            "Type: AWS::RDS::DBInstance, UpdateReplacePolicy: $, DeletionPolicy: Retain",
            ["Snapshot", "Delete"],
            "no longer keeps the database `A` when it goes",
        ),
        (
            "Type: AWS::AppConfig::Environment, Properties: {DeletionProtectionCheck: $}",
            ["APPLY", "BYPASS"],
            "takes away from the environment `A`: deletion protection",
        ),
    ] {
        let with = |value| format!("A: {{{}}}", resource.replace('$', value));
        assert_eq!(
            of_kind(&with(before), &with(after), "protection-lost"),
            [format!("warning protection-lost will: {expected}")],
        );
        // The way back takes nothing away.
        let back = of_kind(&with(after), &with(before), "protection-lost");
        assert_eq!(back, [] as [String; 0], "{resource}");
    }
}

#[test]
fn a_protection_that_is_not_known_may_go() {
    check(
        "A: {Type: AWS::DynamoDB::Table, Properties: {DeletionProtectionEnabled: true}}",
        "
Parameters: {Protected: {Type: String}}
Resources:
  A: {Type: AWS::DynamoDB::Table, Properties: {DeletionProtectionEnabled: !Ref Protected}}
",
        &[
            "warning protection-lost may: may take away from the table `A`: deletion protection",
            "attention refused may: needs a value for the parameter `Protected` when it is deployed",
        ],
    );
}

#[test]
fn guards_that_go_are_named() {
    check_removed(
        "Type: AWS::CloudWatch::Alarm, Properties: {EvaluationPeriods: 1, ComparisonOperator: c}",
        &[
            "warning protection-lost will: removes the alarm `A`, which tells when something is wrong",
        ],
    );
    check_removed(
        "Type: AWS::EC2::FlowLog, Properties: {ResourceId: a, ResourceType: VPC}",
        &["warning protection-lost will: removes the flow log `A`, which records traffic"],
    );
}

fn settings(before: &StackAt, after: &StackAt) -> StackDiff {
    let place = Whereabouts {
        stack: "shop".to_owned(),
        region: "eu-west-1".parse().unwrap(),
        account: None,
    };
    stratiform_diff::diff(Some(before), Some(after), &place)
}

#[test]
fn termination_protection_of_a_stack_is_a_protection() {
    let side = |protected| StackAt {
        termination_protection: protected,
        ..StackAt::of("shop", template(KEPT).unwrap())
    };
    let found = |before, after| settings(&side(before), &side(after));
    let lost = found(Some(true), Some(false));
    assert_eq!(lost.change, StackChange::Updated);
    assert_eq!(
        lines(&lost.consequences),
        ["warning protection-lost will: takes away the stack's termination protection"]
    );
    let won = found(Some(false), Some(true));
    assert_eq!(won.change, StackChange::Updated);
    assert!(won.consequences.is_empty() && won.notes.len() == 1);
    for (before, after) in [(Some(true), None), (None, None)] {
        assert_eq!(found(before, after).change, StackChange::Unchanged);
    }
}

#[test]
fn a_stack_policy_is_a_protection() {
    let policy = |statement: &str| {
        let text = format!("{{Statement: [{statement}]}}");
        StackPolicy::Document(Value::from_node(&parse_yaml(&text).unwrap()).unwrap())
    };
    let all = "{Effect: Allow, Action: 'Update:*', Principal: '*', Resource: '*'}";
    let deny = |actions: &str, id: &str| {
        policy(&format!(
            "{all}, {{Effect: Deny, Action: {actions}, Principal: '*', Resource: LogicalResourceId/{id}}}"
        ))
    };
    let table = "A: {Type: AWS::DynamoDB::Table, Properties: {TableName: a}}
B: {Type: AWS::SNS::Topic}";
    let side = |policy: &StackPolicy| StackAt {
        policy: policy.clone(),
        ..StackAt::of("shop", template(table).unwrap())
    };
    let both = "['Update:Replace', 'Update:Delete']";
    let cases: [(StackPolicy, StackPolicy, StackChange, &[&str], usize); 7] = [
        (
            deny(both, "A"),
            StackPolicy::Absent,
            StackChange::Updated,
            &[
                "warning protection-lost will: takes away the stack policy",
                "- `A`: replacing it, deleting it",
            ],
            0,
        ),
        (
            deny(both, "A"),
            deny("'Update:Delete'", "A"),
            StackChange::Updated,
            &[
                "warning protection-lost will: weakens the stack policy",
                "- `A`: replacing it",
            ],
            0,
        ),
        // The policy still names the table, which has another logical ID by now.
        (
            deny(both, "A"),
            deny(both, "Table"),
            StackChange::Updated,
            &[
                "warning protection-lost will: weakens the stack policy",
                "- `A`: replacing it, deleting it",
            ],
            0,
        ),
        (
            StackPolicy::Absent,
            deny(both, "A"),
            StackChange::Updated,
            &[],
            1,
        ),
        (
            deny(both, "Gone"),
            StackPolicy::Absent,
            StackChange::Updated,
            &[],
            1,
        ),
        (
            deny(both, "A"),
            deny(both, "A"),
            StackChange::Unchanged,
            &[],
            0,
        ),
        (
            deny(both, "A"),
            StackPolicy::NotKnown,
            StackChange::Unchanged,
            &[],
            0,
        ),
    ];
    for (before, after, change, expected, notes) in cases {
        let found = settings(&side(&before), &side(&after));
        assert_eq!(found.change, change, "{before:?} {after:?}");
        assert_eq!(lines(&found.consequences), expected, "{before:?} {after:?}");
        assert_eq!(found.notes.len(), notes, "{:?}", found.notes);
    }
}
