//! What is derived from small templates, a line for each action and what it is on.
#![expect(clippy::unwrap_used, reason = "a test")]

use stratiform_assembly::{Assembly, StackAt};
use stratiform_permissions::{Because, Inventory, Needed, Reason, of_stacks};
use stratiform_template::Template;

fn needed(stacks: &[(&str, &str)]) -> Needed {
    of_stacks(&assembly(stacks))
}

fn assembly(stacks: &[(&str, &str)]) -> Assembly {
    let stacks = stacks
        .iter()
        .map(|(name, template)| StackAt::of(*name, Template::parse(template).unwrap()));
    Assembly {
        app: Some("shop".to_owned()),
        environment: Some("dev".to_owned()),
        region: "eu-west-1".parse().unwrap(),
        account: None,
        stacks: stacks.collect(),
        tasks: Vec::new(),
    }
}

/// What an action is granted on, without what all ARNs of the account begin with.
fn on(needed: &Needed, action: &str) -> Vec<String> {
    let grants = needed.grants.iter();
    let grants = grants.filter(|grant| grant.actions.iter().any(|known| known == action));
    let told = grants.flat_map(|grant| {
        let conditions = grant.conditions.iter();
        let conditions: String = conditions
            .map(|condition| format!(" if {}", condition.values.join(" or ")))
            .collect();
        grant.resources.iter().map(move |resource| {
            let short = resource
                .replace("arn:${AWS::Partition}:", "")
                .replace("${AWS::AccountId}", "#");
            format!("{short}{conditions}")
        })
    });
    told.collect()
}

/// Checks what an action is granted on for one stack, `shop-dev-a`.
fn check(resources: &str, action: &str, expected: &[&str]) {
    let needed = needed(&[("shop-dev-a", &format!("Resources:\n{resources}"))]);
    assert_eq!(
        on(&needed, action),
        expected,
        "{action}\n{:#?}",
        needed.grants
    );
}

fn reasons(needed: &Needed, action: &str) -> Vec<Reason> {
    let told = needed.unscoped.iter().filter(|told| told.action == action);
    told.map(|told| told.reason).collect()
}

#[test]
fn a_name_is_what_the_template_gives_or_what_cloudformation_makes() {
    let check = |properties: &str, expected| {
        let queue = format!("  Orders:\n    Type: AWS::SQS::Queue\n    Properties: {properties}");
        check(&queue, "sqs:CreateQueue", &[expected]);
    };
    check("{ QueueName: orders }", "sqs:eu-west-1:#:orders");
    check(
        "{ QueueName: !Sub '${AWS::StackName}-${AWS::Region}' }",
        "sqs:eu-west-1:#:shop-dev-a-eu-west-1",
    );
    check(
        "{ QueueName: !Sub 'q-${AWS::AccountId}' }",
        "sqs:eu-west-1:#:q-#",
    );
    check("{ QueueName: !Join ['-', [a, b]] }", "sqs:eu-west-1:#:a-b");
    check("{}", "sqs:eu-west-1:#:shop-dev-a-*");
    // What is not known of a name could be anything.
    check(
        "{ QueueName: !Sub 'orders-${AWS::StackId}' }",
        "sqs:eu-west-1:#:orders-*",
    );
}

/// IAM compares ARNs with capitals and small letters, and RDS has none of the former.
#[test]
fn a_name_is_as_the_service_keeps_it() {
    let group =
        "  Main:\n    Type: AWS::RDS::DBSubnetGroup\n    Properties: { DBSubnetGroupName: Main }";
    check(
        group,
        "rds:DeleteDBSubnetGroup",
        &["rds:eu-west-1:#:subgrp:main"],
    );
}

#[test]
fn parameters_and_conditions_count_with_the_values_that_they_have() {
    let template = "
Parameters:
  Name: { Type: String, Default: orders }
  Wanted: { Type: String, Default: 'no' }
Conditions:
  IsWanted: !Equals [!Ref Wanted, 'yes']
Resources:
  Orders: { Type: AWS::SQS::Queue, Properties: { QueueName: !Ref Name } }
  Topic: { Type: AWS::SNS::Topic, Condition: IsWanted }
";
    let needed = needed(&[("shop-dev-a", template)]);
    assert_eq!(on(&needed, "sqs:CreateQueue"), ["sqs:eu-west-1:#:orders"]);
    assert!(on(&needed, "sns:CreateTopic").is_empty());
}

#[test]
fn names_go_through_references() {
    let resources = "
  Cluster: { Type: AWS::ECS::Cluster, Properties: { ClusterName: shop } }
  Service: { Type: AWS::ECS::Service, Properties: { Cluster: !Ref Cluster, ServiceName: api } }
  Other: { Type: AWS::ECS::Service, Properties: { Cluster: !GetAtt Cluster.Arn } }
  Circle: { Type: AWS::SQS::Queue, Properties: { QueueName: !Sub '${Circle.QueueName}' } }
";
    let expected = [
        "ecs:eu-west-1:#:service/shop/api",
        "ecs:eu-west-1:#:service/shop/shop-dev-a-*",
    ];
    check(resources, "ecs:CreateService", &expected);
    check(resources, "sqs:CreateQueue", &["sqs:eu-west-1:#:*"]);
}

#[test]
fn what_is_cut_or_chosen_by_aws_is_told() {
    let template = "
Resources:
  Balancer: { Type: AWS::ElasticLoadBalancingV2::LoadBalancer }
  Listener: { Type: AWS::ElasticLoadBalancingV2::Listener, Properties: { LoadBalancerArn: !Ref Balancer } }
  Vpc: { Type: AWS::EC2::VPC }
  Subnet: { Type: AWS::EC2::Subnet, Properties: { VpcId: !Ref Vpc } }
  Queue: { Type: AWS::SQS::Queue }
  Key: { Type: AWS::KMS::Key }
";
    let needed = needed(&[("shop-dev-a", template)]);
    let balancer = "elasticloadbalancing:eu-west-1:#:loadbalancer/app/shop--Balan-*/*";
    assert_eq!(
        on(&needed, "elasticloadbalancing:CreateLoadBalancer"),
        [balancer]
    );
    assert_eq!(
        reasons(&needed, "elasticloadbalancing:CreateLoadBalancer"),
        [Reason::ShortName]
    );
    let listener = "elasticloadbalancing:eu-west-1:#:listener/app/shop--Balan-*/*/*";
    assert_eq!(
        on(&needed, "elasticloadbalancing:DeleteListener"),
        [listener]
    );
    assert_eq!(
        reasons(&needed, "elasticloadbalancing:DeleteListener"),
        [Reason::ShortName]
    );
    // A subnet is made in a network.
    let both = ["ec2:eu-west-1:#:subnet/*", "ec2:eu-west-1:#:vpc/*"];
    assert_eq!(on(&needed, "ec2:CreateSubnet"), both);
    assert_eq!(
        on(&needed, "ec2:DeleteSubnet"),
        ["ec2:eu-west-1:#:subnet/*"]
    );
    assert_eq!(
        reasons(&needed, "ec2:CreateSubnet"),
        [Reason::NotKnownBefore]
    );
    assert_eq!(on(&needed, "kms:CreateKey"), ["*"]);
    assert_eq!(reasons(&needed, "kms:CreateKey"), [Reason::NoResources]);
    assert!(reasons(&needed, "sqs:CreateQueue").is_empty());
}

#[test]
fn a_balancer_with_a_name_is_known_by_it() {
    let template = "
Resources:
  Balancer: { Type: AWS::ElasticLoadBalancingV2::LoadBalancer, Properties: { Name: shop-dev, Type: network } }
  Listener: { Type: AWS::ElasticLoadBalancingV2::Listener, Properties: { LoadBalancerArn: !Ref Balancer } }
";
    let needed = needed(&[("shop-dev-a", template)]);
    let listener = "elasticloadbalancing:eu-west-1:#:listener/net/shop-dev/*/*";
    assert_eq!(
        on(&needed, "elasticloadbalancing:DeleteListener"),
        [listener]
    );
    assert!(
        needed
            .unscoped
            .iter()
            .all(|told| told.reason == Reason::NoResources),
        "{:?}",
        needed.unscoped
    );
}

#[test]
fn a_handler_acts_on_its_own_and_on_what_others_have_only_where_it_has_none() {
    let stacks = [
        ("shop-dev-a", "Resources:\n  Queue: { Type: AWS::SQS::Queue, Properties: { QueueName: own } }"),
        ("shop-dev-b", "Resources:\n  Policy: { Type: AWS::SQS::QueuePolicy, Properties: { Queues: [] } }
  Role: { Type: AWS::IAM::Role, Properties: { RoleName: own, ManagedPolicyArns: [arn:aws:iam::aws:policy/ReadOnlyAccess] } }
  Key: { Type: AWS::EC2::FlowLog, Properties: { DeliverLogsPermissionArn: 'arn:aws:iam::1:role/theirs' } }"),
    ];
    let needed = needed(&stacks);
    // The policy has no ARN of its own.
    assert_eq!(
        on(&needed, "sqs:SetQueueAttributes"),
        ["sqs:eu-west-1:#:own"]
    );
    // Nobody deletes a role that a template only names.
    assert_eq!(on(&needed, "iam:DeleteRole"), ["iam::#:role/own"]);
    assert_eq!(on(&needed, "iam:PassRole"), ["iam::1:role/theirs"]);
}

#[test]
fn a_role_is_passed_to_those_that_it_trusts() {
    let trust = |service: &str| {
        format!(
            "AssumeRolePolicyDocument: {{ Statement: [{{ Principal: {{ Service: {service} }} }}] }}"
        )
    };
    let resources = format!(
        "
  Task: {{ Type: AWS::IAM::Role, Properties: {{ RoleName: task, {} }} }}
  Monitoring: {{ Type: AWS::IAM::Role, Properties: {{ RoleName: monitoring, Path: /shop/, {} }} }}
  Person: {{ Type: AWS::IAM::Role, Properties: {{ RoleName: person, AssumeRolePolicyDocument: {{ Statement: [] }} }} }}
  Definition: {{ Type: AWS::ECS::TaskDefinition, Properties: {{ Family: f, TaskRoleArn: !GetAtt Task.Arn }} }}
  Cluster: {{ Type: AWS::ECS::Cluster }}
",
        trust("ecs-tasks.amazonaws.com"),
        trust("[monitoring.rds.amazonaws.com]"),
    );
    let expected = [
        "iam::#:role/shop/monitoring if monitoring.rds.amazonaws.com or rds.amazonaws.com",
        "iam::#:role/task if ecs-tasks.amazonaws.com",
    ];
    check(&resources, "iam:PassRole", &expected);
    let linked = "iam::#:role/aws-service-role/ecs.amazonaws.com/*";
    check(&resources, "iam:CreateServiceLinkedRole", &[linked]);
    check(
        &resources,
        "ecs:RegisterTaskDefinition",
        &["ecs:eu-west-1:#:task-definition/f:*"],
    );
}

#[test]
fn what_a_handler_has_nothing_for_is_left_and_told() {
    let target = "
  Target: { Type: AWS::ApplicationAutoScaling::ScalableTarget, Properties: { ServiceNamespace: ecs, ResourceId: service/a/b } }
";
    let of_target = needed(&[("shop-dev-a", &format!("Resources:{target}"))]);
    let left = of_target
        .left
        .iter()
        .find(|left| left.action == "lambda:PutProvisionedConcurrencyConfig");
    let kinds = ["function alias", "function version"].map(str::to_owned);
    assert_eq!(left.unwrap().because, Because::NothingToActOn(kinds.into()));
    assert_eq!(
        left.unwrap().types,
        ["AWS::ApplicationAutoScaling::ScalableTarget"]
    );
    // With a function, it is not.
    let function = "  F: { Type: AWS::Lambda::Function, Properties: { FunctionName: f } }\n";
    let expected = [
        "lambda:eu-west-1:#:function:f",
        "lambda:eu-west-1:#:function:f:*",
    ];
    check(
        &format!("{target}{function}"),
        "lambda:PutProvisionedConcurrencyConfig",
        &expected,
    );
    let bucket = needed(&[("shop-dev-a", "Resources:\n  B: { Type: AWS::S3::Bucket }")]);
    let typo = bucket
        .left
        .iter()
        .find(|left| left.action == "s3:DeleteBucketCors")
        .unwrap();
    assert_eq!(typo.because, Because::NoSuchAction);
}

#[test]
fn a_bucket_that_only_is_named_is_read_and_not_deleted() {
    let resources = "
  F: { Type: AWS::Lambda::Function, Properties: { Code: { S3Bucket: artifacts, S3Key: f.zip } } }
  Own: { Type: AWS::S3::Bucket, Properties: { BucketName: own } }
";
    check(resources, "s3:DeleteBucket", &["s3:::own"]);
    check(
        resources,
        "s3:GetObject",
        &["s3:::artifacts", "s3:::artifacts/*", "s3:::own/*"],
    );
}

#[test]
fn a_type_that_nobody_wrote_down_is_known_by_its_handlers() {
    // Identified by its name.
    check(
        "  Group: { Type: AWS::Athena::WorkGroup, Properties: { Name: reports } }",
        "athena:CreateWorkGroup",
        &["athena:eu-west-1:#:workgroup/reports*"],
    );
    // Identified by what AWS makes.
    check(
        "  Group: { Type: AWS::Bedrock::Guardrail, Properties: { Name: reports } }",
        "bedrock:DeleteGuardrail",
        &["bedrock:eu-west-1:#:guardrail/*"],
    );
}

#[test]
fn what_templates_read_from_elsewhere_is_allowed() {
    let template = "
Parameters:
  Image: { Type: 'AWS::SSM::Parameter::Value<String>', Default: /shop/image }
Resources:
  Queue:
    Type: AWS::SQS::Queue
    Properties:
      QueueName: '{{resolve:ssm:/shop/name:3}}'
      KmsMasterKeyId: !GetStackOutput { StackName: shop-dev-keys, OutputName: Key }
      Tags:
        - { Key: a, Value: '{{resolve:secretsmanager:shop/secret:SecretString:password}}' }
        - { Key: b, Value: '{{resolve:secretsmanager:arn:aws:secretsmanager:eu-west-1:1:secret:theirs-a1b2c3:SecretString}}' }
        - { Key: c, Value: !Select [0, !GetAZs ''] }
";
    let needed = needed(&[("shop-dev-a", template)]);
    let parameters = [
        "ssm:eu-west-1:#:parameter/shop/image",
        "ssm:eu-west-1:#:parameter/shop/name",
    ];
    assert_eq!(on(&needed, "ssm:GetParameters"), parameters);
    let secrets = [
        "secretsmanager:eu-west-1:#:secret:shop/secret-*",
        "secretsmanager:eu-west-1:1:secret:theirs-a1b2c3",
    ];
    assert_eq!(on(&needed, "secretsmanager:GetSecretValue"), secrets);
    let stack = "cloudformation:eu-west-1:#:stack/shop-dev-keys/*";
    assert_eq!(on(&needed, "cloudformation:DescribeStacks"), [stack]);
    assert_eq!(on(&needed, "ec2:DescribeAvailabilityZones"), ["*"]);
    assert_eq!(
        reasons(&needed, "ec2:DescribeAvailabilityZones"),
        [Reason::NoResources]
    );
}

/// Who deploys says which snapshot it is, so that it is any; what is taken when a database goes has its name all the same.
#[test]
fn what_can_be_made_from_a_snapshot_is_made_from_any() {
    let instance = |more: &str| {
        let name = "DBInstanceIdentifier: shop-dev-data";
        format!("  Data: {{Type: AWS::RDS::DBInstance, Properties: {{{name}{more}}}}}\n")
    };
    let template = |more: &str| {
        let parameters = "Parameters: {From: {Type: String}}";
        needed(&[(
            "shop-dev-a",
            &format!("{parameters}\nResources:\n{}", instance(more)),
        )])
    };
    let restored = template(", DBSnapshotIdentifier: !Ref From");
    let is_any = |needed: &Needed, action: &str| {
        let all = on(needed, action);
        all.contains(&"rds:eu-west-1:#:snapshot:*".to_owned())
    };
    assert!(is_any(&restored, "rds:RestoreDBInstanceFromDBSnapshot"));
    assert!(!is_any(&restored, "rds:DeleteDBSnapshot"));
    assert!(!is_any(
        &template(""),
        "rds:RestoreDBInstanceFromDBSnapshot"
    ));
}

#[test]
fn what_nobody_knows_is_told_with_what_is_done_instead() {
    let template = "
Resources:
  Function: { Type: AWS::Lambda::Function, Properties: { FunctionName: f } }
  Called: { Type: Custom::Thing, Properties: { ServiceToken: !GetAtt Function.Arn } }
  Told: { Type: AWS::CloudFormation::CustomResource, Properties: { ServiceToken: arn:aws:sns:eu-west-1:1:t } }
  Imported: { Type: Custom::Other, Properties: { ServiceToken: !ImportValue token } }
  Old: { Type: AWS::Pinpoint::App, Properties: { Name: old } }
  Theirs: { Type: Third::Party::Thing }
  Handle: { Type: AWS::CloudFormation::WaitConditionHandle }
  Nested: { Type: AWS::CloudFormation::Stack, Properties: { TemplateURL: 'https://templates.s3.eu-west-1.amazonaws.com/a/b.yaml' } }
";
    let needed = needed(&[("shop-dev-a", template)]);
    assert_eq!(
        on(&needed, "lambda:InvokeFunction"),
        ["lambda:eu-west-1:#:function:f"]
    );
    assert_eq!(on(&needed, "sns:Publish"), ["sns:eu-west-1:1:t"]);
    let nested = "cloudformation:eu-west-1:#:stack/shop-dev-a-Nested-*/*";
    assert_eq!(on(&needed, "cloudformation:CreateStack"), [nested]);
    assert_eq!(on(&needed, "s3:GetObject"), ["s3:::templates/a/b.yaml"]);
    let told: Vec<_> = needed.unknown.iter().map(ToString::to_string).collect();
    let expected = [
        "AWS::CloudFormation::CustomResource: `sns:Publish` on the topic of its service token",
        "AWS::CloudFormation::Stack: the stack itself; nothing for what its template makes",
        "AWS::Pinpoint::App: nothing: its schema does not say what it needs",
        "Custom::Other: nothing: what its service token names is not known before",
        "Custom::Thing: `lambda:InvokeFunction` on the function of its service token",
        "Third::Party::Thing: nothing: the catalog does not know the type",
    ];
    assert_eq!(told, expected);
}

#[test]
fn the_order_of_stacks_and_resources_does_not_matter() {
    let (a, b) = (
        "  A: { Type: AWS::SQS::Queue }\n",
        "  B: { Type: AWS::SNS::Topic }\n",
    );
    let (one, other) = (format!("Resources:\n{a}{b}"), format!("Resources:\n{b}{a}"));
    let stacks = [("shop-dev-a", one.as_str()), ("shop-dev-b", one.as_str())];
    let swapped = [
        ("shop-dev-b", other.as_str()),
        ("shop-dev-a", other.as_str()),
    ];
    assert_eq!(needed(&stacks), needed(&swapped));
    assert_eq!(needed(&[]), Needed::default());
}

#[test]
fn what_a_loop_stands_for_counts() {
    let template = "
Transform: AWS::LanguageExtensions
Resources:
  Fn::ForEach::Queues:
    - Name
    - [orders, mails]
    - 'Queue${Name}': { Type: AWS::SQS::Queue, Properties: { QueueName: !Ref Name } }
";
    let needed = needed(&[("shop-dev-a", template)]);
    let queues = ["sqs:eu-west-1:#:mails", "sqs:eu-west-1:#:orders"];
    assert_eq!(on(&needed, "sqs:CreateQueue"), queues);
    assert_eq!(needed.unknown, []);
}

#[test]
fn who_goes_from_one_to_another_needs_what_both_do() {
    let queue = |name| {
        format!("Resources:\n  Q: {{ Type: AWS::SQS::Queue, Properties: {{ QueueName: {name} }} }}")
    };
    let (before, after) = (queue("old"), queue("new"));
    let both = [
        assembly(&[("shop-dev-a", &before)]),
        assembly(&[("shop-dev-a", &after)]),
    ];
    let needed = Inventory::of(&[&both[0], &both[1]]).needed();
    let queues = ["sqs:eu-west-1:#:new", "sqs:eu-west-1:#:old"];
    assert_eq!(on(&needed, "sqs:DeleteQueue"), queues);
}

#[test]
fn what_is_used_where_a_template_says_nothing_counts_beside_its_own() {
    let database = "  D: { Type: AWS::RDS::DBInstance, Properties: { DBInstanceIdentifier: d } }\n";
    let group =
        "  G: { Type: AWS::RDS::DBParameterGroup, Properties: { DBParameterGroupName: g } }\n";
    let both = format!("{database}{group}");
    let expected = [
        "rds:eu-west-1:#:db:d",
        "rds:eu-west-1:#:og:default*",
        "rds:eu-west-1:#:pg:default*",
        "rds:eu-west-1:#:pg:g",
        "rds:eu-west-1:#:subgrp:default*",
    ];
    check(&both, "rds:CreateDBInstance", &expected);
    // Nobody deletes or tags them.
    check(
        &both,
        "rds:DeleteDBParameterGroup",
        &["rds:eu-west-1:#:pg:g"],
    );
    let tagged = [
        "rds:eu-west-1:#:db:d",
        "rds:eu-west-1:#:pg:g",
        "rds:eu-west-1:#:snapshot:shop-dev-a-*",
    ];
    check(&both, "rds:AddTagsToResource", &tagged);
}

#[test]
fn an_action_whose_kinds_do_not_count_is_on_everything() {
    let alarm = "  A: { Type: AWS::CloudWatch::CompositeAlarm, Properties: { AlarmName: a } }";
    check(alarm, "cloudwatch:PutCompositeAlarm", &["*"]);
    check(
        alarm,
        "cloudwatch:DeleteAlarms",
        &["cloudwatch:eu-west-1:#:alarm:a"],
    );
}

#[test]
fn a_pattern_of_many_things_names_none_of_them() {
    let resources = "
  Address: { Type: AWS::EC2::EIP }
  Chosen:
    Type: AWS::Backup::BackupSelection
    Properties:
      BackupPlanId: p
      BackupSelection: { Resources: ['arn:aws:ec2:*:*:instance/*', 'arn:aws:ec2:eu-west-1:1:instance/i-1'] }
";
    let expected = [
        "ec2:eu-west-1:#:elastic-ip/*",
        "ec2:eu-west-1:1:instance/i-1",
    ];
    check(resources, "ec2:AssociateAddress", &expected);
}
