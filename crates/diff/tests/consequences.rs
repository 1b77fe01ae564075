//! What a change means, told in lines: one table of cases per question.
//!
//! A case is a template before and after and the consequences in full, so that one which is too many fails as one
//! which is missing does. What is asked of IAM policies and networks is tested beside the code that answers it.

#![expect(clippy::unwrap_used, reason = "a test")]

use stratiform_assembly::{StackAt, StackPolicy};
use stratiform_diff::{
    Certainty, Consequence, Pair, StackChange, StackDiff, diff_environment, imported_elsewhere,
};
use stratiform_resolve::Whereabouts;
use stratiform_template::{Template, Value, parse_yaml};

/// One line for each consequence, and one more, behind a dash, for each of its details.
fn lines(consequences: &[Consequence]) -> Vec<String> {
    let lines = consequences.iter().flat_map(|consequence| {
        let certainty = match consequence.certainty {
            Certainty::Unknown => "unknown",
            Certainty::May => "may",
            Certainty::Will => "will",
        };
        let line = format!(
            "{} {} {certainty}: {}",
            consequence.severity,
            consequence.kind.as_str(),
            consequence.what
        );
        let details = consequence.details.iter();
        std::iter::once(line).chain(details.map(|detail| format!("- {detail}")))
    });
    lines.collect()
}

/// A template, or only its resources, one in each line; nothing at all stands for a stack that is not there.
fn template(text: &str) -> Option<Template> {
    let text = if text.contains("Resources:") || text.is_empty() {
        text.to_owned()
    } else {
        let resources = text.lines().map(|line| format!("  {line}\n"));
        format!("Resources:\n{}", resources.collect::<String>())
    };
    (!text.is_empty()).then(|| Template::parse(&text).unwrap())
}

/// Stacks of one environment: name, before, after.
type Stacks<'s> = &'s [(&'s str, &'s str, &'s str)];

fn environment(stacks: Stacks<'_>) -> Vec<StackDiff> {
    let templates = stacks.iter().map(|(name, before, after)| {
        [before, after].map(|text| template(text).map(|template| StackAt::of(*name, template)))
    });
    let templates: Vec<_> = templates.collect();
    let pairs = stacks
        .iter()
        .zip(&templates)
        .map(|((name, ..), [before, after])| Pair {
            place: Whereabouts {
                stack: (*name).to_owned(),
                region: "eu-west-1".parse().unwrap(),
                account: "123456789012".parse().ok(),
            },
            before: before.as_ref(),
            after: after.as_ref(),
        });
    diff_environment(&pairs.collect::<Vec<_>>())
}

#[track_caller]
fn check(before: &str, after: &str, expected: &[&str]) {
    let found = environment(&[("shop", before, after)]);
    assert_eq!(lines(&found[0].consequences), expected);
    // As its name stands at the beginning of a line: `severity()` must not fall behind what is told.
    let worst = ["danger", "warning", "attention", "note"]
        .into_iter()
        .find(|name| expected.iter().any(|line| line.starts_with(name)));
    assert_eq!(found[0].severity().to_string(), worst.unwrap_or("safe"));
}

/// A line behind the name of the stack that it is about.
#[track_caller]
fn check_stacks(stacks: Stacks<'_>, expected: &[&str]) {
    let found = environment(stacks);
    let lines = found.iter().flat_map(|stack| {
        let lines = lines(&stack.consequences).into_iter();
        lines.map(|line| format!("{}: {line}", stack.name))
    });
    assert_eq!(lines.collect::<Vec<_>>(), expected);
}

/// What stays, so that no template is empty.
const KEPT: &str = "Kept: {Type: AWS::SNS::Topic}";

/// Takes a resource away: its type, policies and properties as the rest of a flow map.
#[track_caller]
fn check_removed(resource: &str, expected: &[&str]) {
    check(&format!("{KEPT}\nA: {{{resource}}}"), KEPT, expected);
}

/// Compares one resource with `$` as the one and as the other value.
#[track_caller]
fn check_changed(resource: &str, values: [&str; 2], expected: &[&str]) {
    let [before, after] = values.map(|value| format!("A: {{{}}}", resource.replace('$', value)));
    check(&before, &after, expected);
}

#[test]
fn what_leaves_goes_by_its_deletion_policy() {
    let table = "Type: AWS::DynamoDB::Table, Properties: {TableName: a}";
    check_removed(
        table,
        &["danger data-loss will: deletes the table `A`, and its data with it"],
    );
    for policy in ["Retain", "RetainExceptOnCreate"] {
        check_removed(
            &format!("DeletionPolicy: {policy}, {table}"),
            &[
                "attention data-loss will: leaves the table `A` outside of the stack: its data stays, and nothing manages it any more",
            ],
        );
    }
    check_removed(
        "Type: AWS::EC2::Volume, DeletionPolicy: Snapshot, Properties: {AvailabilityZone: a}",
        &["warning data-loss will: deletes the volume `A`: its data is kept as a snapshot"],
    );
    check_removed("Type: AWS::SNS::Topic", &[]);
}

#[test]
fn databases_have_a_default_of_their_own() {
    for (resource, noun) in [
        (
            "Type: AWS::RDS::DBInstance, Properties: {DBInstanceClass: db.t3.micro}",
            "database",
        ),
        (
            "Type: AWS::RDS::DBCluster, Properties: {Engine: aurora-postgresql}",
            "database cluster",
        ),
    ] {
        check_removed(
            resource,
            &[&format!(
                "warning data-loss will: deletes the {noun} `A`: its data is kept as a snapshot"
            )],
        );
        check_removed(
            &format!("DeletionPolicy: Delete, {resource}"),
            &[&format!(
                "danger data-loss will: deletes the {noun} `A`, and its data with it"
            )],
        );
    }
}

#[test]
fn what_is_protected_stays() {
    for (resource, noun) in [
        (
            "Type: AWS::RDS::DBInstance, Properties: {DeletionProtection: true}",
            "database",
        ),
        (
            "Type: AWS::DynamoDB::Table, Properties: {DeletionProtectionEnabled: 'true'}",
            "table",
        ),
        (
            "Type: AWS::Cognito::UserPool, Properties: {DeletionProtection: ACTIVE}",
            "user pool",
        ),
    ] {
        check_removed(
            resource,
            &[&format!(
                "attention data-loss will: leaves the {noun} `A` outside of the stack: AWS refuses to delete it"
            )],
        );
    }
}

#[test]
fn buckets_and_vaults_go_when_they_are_empty() {
    for (resource, noun) in [
        ("Type: AWS::S3::Bucket", "bucket"),
        (
            "Type: AWS::Backup::BackupVault, Properties: {BackupVaultName: a}",
            "backup vault",
        ),
    ] {
        check_removed(
            resource,
            &[&format!(
                "danger data-loss may: deletes the {noun} `A` if it is empty"
            )],
        );
    }
}

#[test]
fn a_policy_that_is_not_known_is_the_worst() {
    let before = format!(
        "
Parameters: {{Policy: {{Type: String}}}}
Resources:
  {KEPT}
  A: {{Type: AWS::DynamoDB::Table, DeletionPolicy: !Ref Policy, Properties: {{TableName: a}}}}
"
    );
    check(
        &before,
        KEPT,
        &["danger data-loss will: deletes the table `A`, and its data with it"],
    );
    check(
        &before.replace("String}", "String, Default: Retain}"),
        KEPT,
        &[
            "attention data-loss will: leaves the table `A` outside of the stack: its data stays, and nothing manages it any more",
        ],
    );
}

#[test]
fn what_is_replaced_goes_by_its_update_replace_policy() {
    let names = ["one", "two"];
    let table = "Type: AWS::DynamoDB::Table, Properties: {TableName: $}";
    // `DeletionPolicy` says nothing about a replacement.
    check_changed(
        &format!("DeletionPolicy: Retain, {table}"),
        names,
        &[
            "danger data-loss will: replaces the table `A`: its data is deleted with it",
            "- the new one starts empty",
            "warning replacement will: replaces the table `A`",
        ],
    );
    check_changed(
        &format!("UpdateReplacePolicy: Retain, {table}"),
        names,
        &[
            "warning data-loss will: replaces the table `A`: the old one stays with its data, outside of the stack",
            "- the new one starts empty",
            "attention replacement will: replaces the table `A`",
        ],
    );
    check_changed(
        "Type: AWS::RDS::DBInstance, UpdateReplacePolicy: Snapshot, Properties: {DBInstanceIdentifier: $}",
        names,
        &[
            "warning data-loss will: replaces the database `A`: its data is kept as a snapshot",
            "- the new one starts empty",
            "warning replacement will: replaces the database `A`",
        ],
    );
}

#[test]
fn a_replacement_can_start_from_a_snapshot() {
    check(
        "A: {Type: AWS::RDS::DBInstance, UpdateReplacePolicy: Snapshot, Properties: {DBInstanceIdentifier: one}}",
        "A: {Type: AWS::RDS::DBInstance, UpdateReplacePolicy: Snapshot, Properties: {DBInstanceIdentifier: two, DBSnapshotIdentifier: s}}",
        &[
            "warning data-loss will: replaces the database `A`: its data is kept as a snapshot",
            "- the new one starts from what `DBSnapshotIdentifier` names",
            "warning replacement will: replaces the database `A`",
        ],
    );
}

#[test]
fn what_may_be_replaced_may_lose_data() {
    check_changed(
        "Type: AWS::RDS::DBInstance, Properties: {Engine: $}",
        ["postgres", "mysql"],
        &[
            "warning data-loss may: may replace the database `A`: its data is deleted with it",
            "- the new one starts empty",
            "warning replacement may: may replace the database `A`",
            "attention interruption may: may interrupt the database `A`: interrupts when converting Oracle to a container database; else may replace",
        ],
    );
}

#[test]
fn conditional_properties_that_are_documented_in_place_do_not_replace() {
    check_changed(
        "Type: AWS::RDS::DBInstance, Properties: {BackupRetentionPeriod: $}",
        ["7", "14"],
        &[
            "attention interruption may: may interrupt the database `A`: downtime when backups are turned on or off (0 to more or back), else none",
        ],
    );
    check_changed(
        "Type: AWS::RDS::DBInstance, Properties: {VPCSecurityGroups: [$]}",
        ["a", "b"],
        &[],
    );
}

#[test]
fn a_chain_is_told_where_it_starts() {
    check_changed(
        "Type: AWS::EC2::VPC, Properties: {CidrBlock: $}}
B: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref A, CidrBlock: 10.0.0.0/24}}
C: {Type: AWS::EC2::NatGateway, Properties: {SubnetId: !GetAtt B.SubnetId, Tags: [{Key: a, Value: b}]}}
D: {Type: AWS::SNS::Topic, Properties: {DisplayName: !Ref C}",
        ["10.0.0.0/16", "10.0.0.0/17"],
        &[
            "attention replacement will: replaces the VPC `A`",
            "- `B` is replaced: `VpcId` refers to `A`",
            "- `C` is replaced: `SubnetId` refers to `B`",
            "- `D` changes: `DisplayName` refers to `C`",
            "attention replacement will: replaces the subnet `B`",
            "attention replacement will: replaces the nat gateway `C`",
        ],
    );
}

#[test]
fn a_long_chain_is_cut() {
    let chain = |name: &str| {
        let users = (0..25).map(|index| {
            format!("U{index}: {{Type: AWS::SNS::Topic, Properties: {{DisplayName: !Ref A}}}}\n")
        });
        let topic = format!("A: {{Type: AWS::SNS::Topic, Properties: {{TopicName: {name}}}}}\n");
        topic + &users.collect::<String>()
    };
    let found = environment(&[("shop", &chain("one"), &chain("two"))]);
    let details = &found[0].consequences[0].details;
    assert_eq!(details.len(), 21);
    assert_eq!(details.last().unwrap(), "… and 5 more");
}

#[test]
fn a_revision_is_worth_a_note() {
    check_changed(
        "Type: AWS::ECS::TaskDefinition, Properties: {Family: web, ContainerDefinitions: [{Name: web, Image: $}]}}
B: {Type: AWS::ECS::Service, Properties: {ServiceName: web, TaskDefinition: !Ref A}",
        ["one", "two"],
        &[
            "note replacement will: makes a new revision of the task definition `A`",
            "- `B` changes: `TaskDefinition` refers to `A`",
            "note interruption will: starts a deployment of the service `B`: new tasks take the place of the old ones",
        ],
    );
}

#[test]
fn a_name_that_stays_collides() {
    check_changed(
        "Type: AWS::IAM::Role, Properties: {RoleName: web, Path: $, AssumeRolePolicyDocument: {}}",
        ["/one/", "/two/"],
        &[
            "danger refused will: cannot replace the role `A`: its name `web` stays taken by the old one",
            "attention replacement will: replaces the role `A`",
        ],
    );
    // Without a name, or with another one, nothing is in the way.
    for role in [
        "Type: AWS::IAM::Role, Properties: {Path: /$/, AssumeRolePolicyDocument: {}}",
        "Type: AWS::IAM::Role, Properties: {RoleName: $, Path: /$/, AssumeRolePolicyDocument: {}}",
    ] {
        check_changed(
            role,
            ["one", "two"],
            &["attention replacement will: replaces the role `A`"],
        );
    }
    check_changed(
        "Type: AWS::RDS::DBInstance, UpdateReplacePolicy: Retain, Properties: {DBInstanceIdentifier: shop, Engine: $}",
        ["postgres", "mysql"],
        &[
            "attention data-loss may: may replace the database `A`: the old one stays with its data, outside of the stack",
            "- the new one starts empty",
            "attention refused may: could not replace the database `A`: its name `shop` stays taken by the old one",
            "attention replacement may: may replace the database `A`",
            "attention interruption may: may interrupt the database `A`: interrupts when converting Oracle to a container database; else may replace",
        ],
    );
}

#[test]
fn what_is_deleted_first_is_missing_for_a_while() {
    check_changed(
        "Type: AWS::Logs::SubscriptionFilter, Properties: {FilterName: ship, LogGroupName: $, FilterPattern: '', DestinationArn: d}",
        ["one", "two"],
        &[
            "warning interruption will: leaves nothing in the place of the subscription filter `A` until the new one exists",
            "attention replacement will: replaces the subscription filter `A`",
        ],
    );
}

#[test]
fn those_who_decide_for_themselves_may_replace() {
    for (resource_type, noun) in [
        ("Custom::Thing", "thing"),
        ("AWS::CloudFormation::CustomResource", "custom resource"),
        ("Acme::Shop::Basket", "basket"),
    ] {
        check_changed(
            &format!("Type: {resource_type}, Properties: {{ServiceToken: t, X: $}}"),
            ["one", "two"],
            &[
                &format!("attention replacement may: may replace the {noun} `A`"),
                "note interruption unknown: changes 1 property of which it is unknown whether that interrupts",
                &format!("- `A` ({resource_type}): `X`"),
            ],
        );
    }
}

#[test]
fn an_attribute_that_changes_in_place_may_replace_who_refers_to_it() {
    check_changed(
        "Type: AWS::SNS::Topic, Properties: {DisplayName: $}}
B: {Type: AWS::DynamoDB::Table, Properties: {TableName: !GetAtt A.DisplayName}}
C: {Type: AWS::SNS::Topic, Properties: {DisplayName: !GetAtt A.TopicArn}",
        ["one", "one"],
        &[],
    );
    let before = "A: {Type: AWS::SNS::Topic, Properties: {DisplayName: one}}
B: {Type: AWS::EC2::Subnet, Properties: {VpcId: v, AvailabilityZone: !GetAtt A.DisplayName}}
C: {Type: AWS::EC2::Subnet, Properties: {VpcId: v, AvailabilityZone: !GetAtt A.TopicArn}}";
    check(
        before,
        &before.replace(": one", ": two"),
        &[
            "attention replacement may: may replace the subnet `B`",
            "note interruption unknown: changes 1 property of which it is unknown whether that interrupts",
            "- `B` (AWS::EC2::Subnet): `AvailabilityZone`",
        ],
    );
}

#[test]
fn interruptions_are_as_documented() {
    for (property, values, expected) in [
        (
            "DBInstanceClass",
            ["db.t3.micro", "db.t3.small"],
            "warning interruption will: interrupts the database `A`: the instance restarts on the new class; with Multi-AZ it fails over",
        ),
        (
            "EngineVersion",
            ["'16.1'", "'16.2'"],
            "warning interruption will: interrupts the database `A`: outage while the engine is upgraded",
        ),
        (
            "StorageType",
            ["gp2", "gp3"],
            "attention interruption may: may interrupt the database `A`: brief downtime as some changes of type start; else only slower",
        ),
    ] {
        check_changed(
            &format!("Type: AWS::RDS::DBInstance, Properties: {{Engine: postgres, {property}: $}}"),
            values,
            &[expected],
        );
    }
    // Documented as none, and tags.
    check_changed(
        "Type: AWS::SQS::Queue, Properties: {DelaySeconds: $, Tags: [{Key: a, Value: $}]}",
        ["1", "2"],
        &[],
    );
}

#[test]
fn what_nobody_documents_is_said_once() {
    check_changed(
        "Type: AWS::CloudFront::Function, Properties: {Name: a, FunctionCode: $, FunctionConfig: {Comment: $, Runtime: r}}}
B: {Type: AWS::CloudFront::Function, Properties: {Name: b, FunctionCode: $, FunctionConfig: {Comment: c, Runtime: r}}",
        ["one", "two"],
        &[
            "note interruption unknown: changes 3 properties of which it is unknown whether that interrupts",
            "- `A` (AWS::CloudFront::Function): `FunctionCode`",
            "- `A` (AWS::CloudFront::Function): `FunctionConfig.Comment`",
            "- `B` (AWS::CloudFront::Function): `FunctionCode`",
        ],
    );
}

/// The consequences of one kind.
fn of_kind(before: &str, after: &str, kind: &str) -> Vec<String> {
    let found = environment(&[("shop", before, after)]);
    let of_kind = found[0]
        .consequences
        .iter()
        .filter(|one| one.kind.as_str() == kind);
    lines(&of_kind.cloned().collect::<Vec<_>>())
}

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
fn what_is_kept_for_less_time_is_lost() {
    for (resource, expected) in [
        (
            "Type: AWS::RDS::DBInstance, Properties: {BackupRetentionPeriod: $}",
            "deletes of the database `A` the backups that are older than they are now kept",
        ),
        (
            "Type: AWS::Logs::LogGroup, Properties: {RetentionInDays: $}",
            "deletes of the log group `A` the events that are older than they are now kept",
        ),
        (
            "Type: AWS::FSx::FileSystem, Properties: {WindowsConfiguration: {AutomaticBackupRetentionDays: $}}",
            "deletes of the file system `A` the backups that are older than they are now kept",
        ),
    ] {
        let with = |value| format!("A: {{{}}}", resource.replace('$', value));
        assert_eq!(
            of_kind(&with("30"), &with("7"), "data-loss"),
            [format!("warning data-loss will: {expected}")]
        );
        let back = of_kind(&with("7"), &with("30"), "data-loss");
        assert_eq!(back, [] as [String; 0], "{resource}");
    }
}

#[test]
fn a_member_of_a_database_cluster_holds_no_data() {
    let member =
        "Type: AWS::RDS::DBInstance, Properties: {DBClusterIdentifier: c, DBInstanceClass: $}";
    check_removed(member, &[]);
}

#[test]
fn what_is_protected_stays_when_it_is_replaced() {
    let table = |name| {
        format!(
            "A: {{Type: AWS::DynamoDB::Table, Properties: {{TableName: {name}, DeletionProtectionEnabled: true}}}}"
        )
    };
    assert_eq!(
        of_kind(&table("one"), &table("two"), "data-loss"),
        [
            "warning data-loss will: replaces the table `A`: the old one stays with its data, outside of the stack",
            "- the new one starts empty",
        ]
    );
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
        &["warning protection-lost may: may take away from the table `A`: deletion protection"],
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

#[test]
fn a_quota_that_comes_near_is_named() {
    let topics = |count: usize| {
        let topics = (0..count).map(|index| format!("T{index}: {{Type: AWS::SNS::Topic}}\n"));
        topics.collect::<String>()
    };
    for (before, after, expected) in [
        (398, 399, None),
        (
            399,
            400,
            Some("attention limit may: has 400 of at most 500 resources"),
        ),
        (401, 400, None),
        (
            400,
            500,
            Some("attention limit may: has 500 of at most 500 resources"),
        ),
        (
            500,
            501,
            Some("danger limit will: has 501 resources, and CloudFormation refuses more than 500"),
        ),
    ] {
        assert_eq!(
            of_kind(&topics(before), &topics(after), "limit"),
            expected.into_iter().collect::<Vec<_>>()
        );
    }
}

#[test]
fn another_logical_id_is_offered_as_a_move() {
    let topic = "Type: AWS::SNS::Topic, Properties: {DisplayName: x, Tags: [{Key: a, Value: b}]}";
    check(
        &format!("A: {{{topic}}}"),
        &format!("B: {{{}}}", topic.replace("Value: b", "Value: c")),
        &[
            "attention move will: deletes the topic `A` and makes the same again: it looks like a move to `B`",
        ],
    );
    check(
        "A: {Type: AWS::DynamoDB::Table, Properties: {TableName: x}}",
        "B: {Type: AWS::DynamoDB::Table, Properties: {TableName: x}}",
        &[
            "danger data-loss will: deletes the table `A`, and its data with it",
            "danger refused will: cannot make the table `B`: the name `x` is still taken",
            "warning move will: deletes the table `A` and makes the same again: it looks like a move to `B`",
        ],
    );
}

#[test]
fn another_stack_is_offered_as_a_move() {
    let queue = "A: {Type: AWS::SQS::Queue, Properties: {DelaySeconds: 5}}";
    check_stacks(
        &[
            ("one", &format!("{KEPT}\n{queue}"), KEPT),
            ("two", KEPT, &format!("{KEPT}\n{queue}")),
        ],
        &[
            "one: danger data-loss will: deletes the queue `A`, and its data with it",
            "two: warning move will: deletes the queue `A` and makes the same again: it looks like a move from stack `one` to stack `two`",
        ],
    );
}

#[test]
fn another_type_is_refused() {
    check(
        "A: {Type: AWS::SNS::Topic}",
        "A: {Type: AWS::SQS::Queue}",
        &[
            "danger refused will: cannot turn the topic `A` into a resource of type `AWS::SQS::Queue`",
        ],
    );
}

/// A stack that exports a topic under a name.
const EXPORTER: &str = "
Resources:
  Topic: {Type: AWS::SNS::Topic, Properties: {TopicName: one}}
Outputs:
  Topic: {Value: !Ref Topic, Export: {Name: topic}}
";

const IMPORTER: &str = "
Resources:
  Mail: {Type: AWS::SNS::Subscription, Properties: {Protocol: sqs, TopicArn: !ImportValue topic}}
  More: {Type: AWS::SNS::Topic, Properties: {DisplayName: !Sub ['${Name}', {Name: !ImportValue topic}]}}
";

/// The exporter without its output.
fn without_export() -> &'static str {
    EXPORTER.split_once("Outputs").unwrap().0
}

#[test]
fn an_export_that_goes_is_missed() {
    check_stacks(
        &[
            ("base", EXPORTER, without_export()),
            ("app", IMPORTER, IMPORTER),
        ],
        &[
            "base: danger other-stacks will: removes the export `topic`, which `app` still imports",
            "base: - `topic`: `Mail` and 1 more in `app`",
        ],
    );
    // Under another name it is gone as well.
    check_stacks(
        &[
            (
                "base",
                EXPORTER,
                &EXPORTER.replace("Name: topic", "Name: other"),
            ),
            ("app", IMPORTER, IMPORTER),
            ("web", IMPORTER, IMPORTER),
        ],
        &[
            "base: danger other-stacks will: removes the export `topic`, which `app` and `web` still import",
            "base: - `topic`: `Mail` and 1 more in `app`",
            "base: - `topic`: `Mail` and 1 more in `web`",
        ],
    );
    check_stacks(&[("base", EXPORTER, without_export())], &[]);
}

#[test]
fn an_import_holds_on_until_it_is_deployed() {
    check_stacks(
        &[
            ("base", EXPORTER, without_export()),
            ("app", IMPORTER, KEPT),
        ],
        &[
            "base: warning other-stacks may: removes the export `topic`, which `app` imports until deployed again",
            "base: - `topic`: `Mail` and 1 more in `app`",
        ],
    );
}

#[test]
fn an_export_changes_with_what_is_replaced() {
    let replaced = EXPORTER.replace("TopicName: one", "TopicName: two");
    check_stacks(
        &[("base", EXPORTER, &replaced), ("app", IMPORTER, IMPORTER)],
        &[
            "base: danger other-stacks will: changes the export `topic`, which `app` imports",
            "base: - `topic`: `Mail` and 1 more in `app`",
            "base: attention replacement will: replaces the topic `Topic`",
        ],
    );
    let may = |value: &str| {
        format!(
            "
Resources:
  Topic: {{Type: Custom::Topic, Properties: {{ServiceToken: t, X: {value}}}}}
Outputs:
  Topic: {{Value: !Ref Topic, Export: {{Name: topic}}}}
"
        )
    };
    check_stacks(
        &[("base", &may("1"), &may("2")), ("app", IMPORTER, IMPORTER)],
        &[
            "base: attention other-stacks may: changes the export `topic`, which `app` imports",
            "base: - `topic`: `Mail` and 1 more in `app`",
            "base: attention replacement may: may replace the topic `Topic`",
            "base: note interruption unknown: changes 1 property of which it is unknown whether that interrupts",
            "base: - `Topic` (Custom::Topic): `X`",
        ],
    );
}

#[test]
fn exports_that_change_together_are_told_together() {
    let exporter = |names: [&str; 2]| {
        format!(
            "
Resources: {{{KEPT}}}
Outputs:
  A: {{Value: {}, Export: {{Name: a}}}}
  B: {{Value: {}, Export: {{Name: b}}}}
",
            names[0], names[1]
        )
    };
    let importer = "A: {Type: AWS::SNS::Topic, Properties: {DisplayName: !Join ['', [!ImportValue a, !ImportValue b]]}}";
    check_stacks(
        &[
            (
                "base",
                &exporter(["one", "two"]),
                &exporter(["three", "four"]),
            ),
            ("app", importer, importer),
        ],
        &[
            "base: danger other-stacks will: changes 2 exports, which `app` imports",
            "base: - `a`: `A` in `app`",
            "base: - `b`: `A` in `app`",
        ],
    );
}

#[test]
fn a_weak_reference_keeps_the_old_value() {
    let reader = "A: {Type: AWS::SNS::Topic, Properties: {DisplayName: !GetStackOutput {StackName: base, OutputName: Topic}}}";
    let output =
        |value: &str| format!("Resources: {{{KEPT}}}\nOutputs: {{Topic: {{Value: {value}}}}}");
    check_stacks(
        &[
            ("base", &output("one"), &output("two")),
            ("app", reader, reader),
        ],
        &[
            "base: attention other-stacks will: changes the output `Topic`: `app` keeps the old value until deployed again",
            "base: - `A` in stack `app`",
        ],
    );
    check_stacks(
        &[("base", &output("one"), KEPT), ("app", reader, reader)],
        &[
            "base: danger other-stacks will: removes the output `Topic`, without which `app` cannot be deployed",
            "base: - `A` in stack `app`",
        ],
    );
}

#[test]
fn importers_elsewhere_are_added() {
    let mut found = environment(&[("base", EXPORTER, without_export())]);
    imported_elsewhere(&mut found[0], "topic", &["theirs".to_owned()]);
    imported_elsewhere(&mut found[0], "unknown", &["theirs".to_owned()]);
    imported_elsewhere(&mut found[0], "topic", &[]);
    assert_eq!(
        lines(&found[0].consequences),
        ["danger other-stacks will: removes the export `topic`, imported by `theirs`"]
    );
}

#[test]
fn a_stack_that_is_gone_may_be_deleted() {
    let found = environment(&[(
        "shop",
        "A: {Type: AWS::DynamoDB::Table, Properties: {TableName: a}}",
        "",
    )]);
    assert_eq!(found[0].change, StackChange::Removed);
    assert_eq!(
        lines(&found[0].consequences),
        ["danger data-loss may: deleting the stack deletes the table `A`, and its data with it"]
    );
}

#[test]
fn a_new_stack_loses_nothing() {
    check_stacks(
        &[(
            "shop",
            "",
            "A: {Type: AWS::DynamoDB::Table, Properties: {TableName: a}}",
        )],
        &[],
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

#[test]
fn the_worst_comes_first() {
    let before = "A: {Type: AWS::DynamoDB::Table, Properties: {TableName: a}}
B: {Type: AWS::RDS::DBInstance, Properties: {DBInstanceClass: db.t3.micro, MultiAZ: true}}
C: {Type: AWS::SNS::Topic, Properties: {TopicName: one}}";
    let after = "B: {Type: AWS::RDS::DBInstance, Properties: {DBInstanceClass: db.t3.small, MultiAZ: false}}
C: {Type: AWS::SNS::Topic, Properties: {TopicName: two}}";
    check(
        before,
        after,
        &[
            "danger data-loss will: deletes the table `A`, and its data with it",
            "warning interruption will: interrupts the database `B`: the instance restarts on the new class; with Multi-AZ it fails over",
            "warning protection-lost will: takes away from the database `B`: the standby in another zone",
            "attention replacement will: replaces the topic `C`",
            "attention interruption may: may interrupt the database `B`: no downtime, but slower meanwhile; the reference says some interruption",
        ],
    );
}

#[test]
fn what_stops_is_said() {
    check_changed(
        "Type: AWS::Events::Rule, Properties: {State: $}",
        ["ENABLED", "DISABLED"],
        &["warning interruption will: stops the rule `A`: nothing is triggered"],
    );
    check_changed(
        "Type: AWS::Events::Rule, Properties: {State: $}",
        ["DISABLED", "ENABLED"],
        &[],
    );
    check_removed(
        "Type: AWS::ECS::Service, Properties: {ServiceName: a}",
        &["warning interruption will: removes the service `A`: its tasks end"],
    );
}

#[test]
fn what_aws_refuses_to_update_is_said() {
    check_changed(
        "Type: AWS::RDS::DBInstance, Properties: {AllocatedStorage: $}",
        ["100", "50"],
        &["danger refused will: cannot shrink the database `A`"],
    );
    check_changed(
        "Type: AWS::RDS::DBInstance, Properties: {AllocatedStorage: $}",
        ["50", "100"],
        &[],
    );
    let engine = "Type: AWS::RDS::DBInstance, Properties: {Engine: postgres, EngineVersion: $}";
    let interrupts = "warning interruption will: interrupts the database `A`: outage while the engine is upgraded";
    check_changed(
        engine,
        ["'16.1'", "'17.2'"],
        &[
            "danger refused will: cannot upgrade the database `A` to another major version",
            interrupts,
        ],
    );
    check_changed(engine, ["'16.1'", "'16.2'"], &[interrupts]);
    // A cluster has no `AllowMajorVersionUpgrade`: its provider always allows it.
    let cluster = engine.replace("DBInstance", "DBCluster");
    let change = |version| format!("A: {{{}}}", cluster.replace('$', version));
    let refused = of_kind(&change("'16.1'"), &change("'17.2'"), "refused");
    assert_eq!(refused, [] as [String; 0]);
}

#[test]
fn an_index_of_a_table_cannot_be_changed() {
    let table = "Type: AWS::DynamoDB::Table, Properties: {GlobalSecondaryIndexes: [{IndexName: i, \
                 KeySchema: [{AttributeName: a, KeyType: HASH}], Projection: {ProjectionType: $}}]}";
    let [before, after] =
        ["ALL", "KEYS_ONLY"].map(|value| format!("A: {{{}}}", table.replace('$', value)));
    let found = environment(&[("shop", before.as_str(), after.as_str())]);
    assert_eq!(
        lines(&found[0].consequences)[0],
        "danger refused will: cannot change the index `i` of the table `A`"
    );
}

#[test]
fn a_resource_that_may_not_exist_may_be_removed() {
    let template = |condition: &str| {
        format!(
            "Parameters: {{Env: {{Type: String}}}}
Conditions: {{Keep: !Equals [!Ref Env, prod]}}
Resources:
  A: {{Type: AWS::DynamoDB::Table{condition}}}
"
        )
    };
    let (always, sometimes) = (template(""), template(", Condition: Keep"));
    check(
        &always,
        &sometimes,
        &["warning data-loss may: may remove the table `A`"],
    );
    check(&sometimes, &sometimes, &[]);
}

#[test]
fn a_counter_of_updates_is_followed() {
    let resources = "A: {Type: AWS::EC2::LaunchTemplate, Properties: {LaunchTemplateData: {InstanceType: $}}}
B: {Type: AWS::AutoScaling::AutoScalingGroup, Properties: {MinSize: 1, MaxSize: 1, LaunchTemplate: {LaunchTemplateId: !Ref A, Version: !GetAtt A.LatestVersionNumber}}}";
    let [before, after] = ["t3.small", "m5.large"].map(|value| resources.replace('$', value));
    let found = environment(&[("shop", before.as_str(), after.as_str())]);
    let lines = lines(&found[0].consequences);
    let deploys = "starts a deployment of the auto scaling group `B`";
    assert!(
        lines.iter().any(|line| line.contains(deploys)),
        "{lines:#?}"
    );
}

#[test]
fn names_that_are_taken_are_found_without_a_move() {
    check(
        "A: {Type: AWS::S3::Bucket, DeletionPolicy: Retain, Properties: {BucketName: x}}",
        "B: {Type: AWS::S3::Bucket, Properties: {BucketName: x, ObjectLockEnabled: true}}",
        &[
            "danger refused will: cannot make the bucket `B`: the name `x` is still taken",
            "attention data-loss will: leaves the bucket `A` outside of the stack: its data stays, and nothing manages it any more",
        ],
    );
}

#[test]
fn a_name_within_something_else_is_free_there() {
    check_changed(
        "Type: AWS::Lambda::Alias, Properties: {Name: live, FunctionVersion: '1', FunctionName: $}",
        ["one", "two"],
        &["attention replacement will: replaces the alias `A`"],
    );
}

#[test]
fn a_malformed_function_is_no_missing_property() {
    let topic =
        |value: &str| format!("A: {{Type: AWS::SNS::Topic, Properties: {{DisplayName: {value}}}}}");
    let cases = [
        // One that was right and is not: what it comes to is not known.
        ("x", "{'Fn::Join': [x]}", 1),
        ("{'Fn::Join': [x]}", "{'Fn::Join': [y]}", 1),
        ("{'Fn::Join': [x]}", "x", 0),
    ];
    for (before, after, notes) in cases {
        let found = environment(&[("shop", &topic(before), &topic(after))]);
        assert_eq!(found[0].change, StackChange::Updated, "{before} {after}");
        let details = &found[0].resources[0].values;
        assert!(
            details
                .iter()
                .all(|detail| detail.before.is_some() && detail.after.is_some()),
            "{before} {after}: {details:?}"
        );
        let told = found[0].notes.iter().filter(|note| {
            note.what
                == "the argument of `Fn::Join` has the wrong form at `A.DisplayName.Fn::Join`: it is compared as it is \
                    written"
        });
        assert_eq!(
            told.count(),
            notes,
            "{before} {after}: {:?}",
            found[0].notes
        );
    }
    let same = topic("{'Fn::Join': [x]}");
    let found = environment(&[("shop", &same, &same)]);
    assert_eq!(found[0].change, StackChange::Unchanged);
}
