//! Identities of single types, held against what was recorded or is documented. `<…>` stands for anything.

use super::*;

/// Checks a resource against patterns: of the physical ID, of Ref, and of attributes.
fn check(
    resource_type: &str,
    properties: Value,
    physical: &str,
    reference: &str,
    attributes: &[(&str, &str)],
) {
    let identity = made(resource_type, properties.clone());
    let properties = object(properties);
    assert!(
        fits(physical, &identity.physical_id),
        "{resource_type}: {}",
        identity.physical_id
    );
    assert!(
        fits(reference, &identity.reference),
        "{resource_type}: {}",
        identity.reference
    );
    for (name, pattern) in attributes {
        let value = attribute(resource_type, &identity, &properties, name);
        let value = value.unwrap_or_else(|| panic!("{resource_type} has no {name}"));
        let text = form::text(&value);
        assert!(fits(pattern, &text), "{resource_type} {name}: {text}");
    }
}

/// Recorded: the change sets and descriptions of LocalStack's snapshots.
#[test]
fn recorded_identities() {
    let topic = "arn:<partition>:sns:<region>:111111111111:topic-1";
    check(
        "AWS::SNS::Topic",
        json!({"TopicName": "topic-1", "DisplayName": "shown"}),
        topic,
        topic,
        &[
            ("TopicArn", topic),
            ("TopicName", "topic-1"),
            ("DisplayName", "shown"),
        ],
    );
    let made = "arn:<partition>:sns:<region>:111111111111:stack-1-Thing-<12>.fifo";
    check(
        "AWS::SNS::Topic",
        json!({"FifoTopic": "true"}),
        made,
        made,
        &[],
    );
    check(
        "AWS::SQS::Queue",
        json!({}),
        "https://sqs.<region>.amazonaws.com/111111111111/stack-1-Thing-<12>",
        "https://sqs.<region>.amazonaws.com/111111111111/stack-1-Thing-<12>",
        &[(
            "Arn",
            "arn:<partition>:sqs:<region>:111111111111:stack-1-Thing-<12>",
        )],
    );
    check(
        "AWS::SSM::Parameter",
        json!({"Type": "String", "Value": "foo"}),
        "CFN-Thing-<12>",
        "CFN-Thing-<12>",
        &[
            ("Type", "String"),
            ("Value", "foo"),
            (
                "Arn",
                "arn:<p>:ssm:<region>:111111111111:parameter/CFN-Thing-<12>",
            ),
        ],
    );
    check(
        "AWS::S3::Bucket",
        json!({}),
        "stack-1-thing-<12>",
        "stack-1-thing-<12>",
        &[("Arn", "arn:aws:s3:::stack-1-thing-<12>")],
    );
    check(
        "AWS::Lambda::Function",
        json!({}),
        "stack-1-Thing-<12>",
        "stack-1-Thing-<12>",
        &[],
    );
    check(
        "AWS::Lambda::Permission",
        json!({}),
        "stack-1-Thing-<12>",
        "stack-1-Thing-<12>",
        &[],
    );
    let version = "arn:<partition>:lambda:<region>:111111111111:function:f:1";
    check(
        "AWS::Lambda::Version",
        json!({"FunctionName": "f"}),
        version,
        version,
        &[("Version", "1")],
    );
    let url = "arn:<partition>:lambda:<region>:111111111111:function:f";
    check(
        "AWS::Lambda::Url",
        json!({"TargetFunctionArn": "f"}),
        url,
        url,
        &[("FunctionUrl", "https://<32>.lambda-url.<region>.on.aws/")],
    );
    check(
        "AWS::ApiGateway::RestApi",
        json!({}),
        "<10>",
        "<10>",
        &[("RootResourceId", "<10>")],
    );
    check(
        "AWS::ApiGateway::Deployment",
        json!({"RestApiId": "a"}),
        "<6>",
        "<6>",
        &[],
    );
    check(
        "AWS::ApiGateway::Stage",
        json!({"RestApiId": "a", "StageName": "Prod"}),
        "Prod",
        "Prod",
        &[],
    );
    check(
        "AWS::EC2::InternetGateway",
        json!({}),
        "igw-<17>",
        "igw-<17>",
        &[("InternetGatewayId", "igw-<17>")],
    );
    check(
        "AWS::EC2::PrefixList",
        json!({}),
        "pl-<17>",
        "pl-<17>",
        &[("Arn", "arn:<p>:ec2:<r>:111111111111:prefix-list/pl-<17>")],
    );
    check(
        "AWS::EC2::NetworkAcl",
        json!({"VpcId": "vpc-1"}),
        "acl-<17>",
        "acl-<17>",
        &[("Id", "acl-<17>")],
    );
    check(
        "AWS::ResourceGroups::Group",
        json!({"Name": "g"}),
        "g",
        "g",
        &[("Arn", "arn:<p>:resource-groups:<r>:111111111111:group/g")],
    );
    check(
        "AWS::SecretsManager::Secret",
        json!({}),
        "arn:<p>:secretsmanager:<r>:111111111111:secret:stack-1-Thing-<12>-<6>",
        "arn:<arn>",
        &[("Id", "arn:<arn>")],
    );
    check(
        "AWS::DynamoDB::Table",
        json!({"StreamSpecification": {"StreamViewType": "NEW_IMAGE"}}),
        "stack-1-Thing-<12>",
        "stack-1-Thing-<12>",
        &[(
            "StreamArn",
            "arn:<p>:dynamodb:<r>:111111111111:table/stack-1-Thing-<12>/stream/<time>",
        )],
    );
    check(
        "AWS::Lambda::EventSourceMapping",
        json!({"FunctionName": "f"}),
        "<uuid>",
        "<uuid>",
        &[(
            "EventSourceMappingArn",
            "arn:<p>:lambda:<r>:111111111111:event-source-mapping:<uuid>",
        )],
    );
    check(
        "AWS::Events::Rule",
        json!({"EventBusName": "bus", "Name": "r"}),
        "bus|r",
        "bus|r",
        &[("Arn", "arn:<p>:events:<r>:111111111111:rule/bus/r")],
    );
    check(
        "AWS::Events::Rule",
        json!({"EventBusName": "default", "Name": "r"}),
        "r",
        "r",
        &[("Arn", "arn:<p>:events:<r>:111111111111:rule/r")],
    );
}

/// Documented: emulators.md section 4.
#[test]
fn documented_identities() {
    let balancer = "arn:aws:elasticloadbalancing:eu-central-1:111111111111:loadbalancer/app/stack-Thing-<12>/<16>";
    check(
        "AWS::ElasticLoadBalancingV2::LoadBalancer",
        json!({"Scheme": "internal"}),
        balancer,
        balancer,
        &[
            (
                "DNSName",
                "internal-stack-Thing-<12>-<10>.eu-central-1.elb.amazonaws.com",
            ),
            ("LoadBalancerFullName", "app/stack-Thing-<12>/<16>"),
        ],
    );
    let listener = "arn:aws:elasticloadbalancing:r:1:listener/app/n/1f/<16>";
    check(
        "AWS::ElasticLoadBalancingV2::Listener",
        json!({"LoadBalancerArn": "arn:aws:elasticloadbalancing:r:1:loadbalancer/app/n/1f"}),
        listener,
        listener,
        &[("ListenerArn", listener)],
    );
    let service = "arn:aws:ecs:eu-central-1:111111111111:service/main/api";
    check(
        "AWS::ECS::Service",
        json!({"Cluster": "arn:aws:ecs:r:1:cluster/main", "ServiceName": "api"}),
        service,
        service,
        &[("Name", "api"), ("ServiceArn", service)],
    );
    check(
        "AWS::EC2::EIP",
        json!({"Domain": "vpc"}),
        "44.<a>.<b>.<c>",
        "44.<a>.<b>.<c>",
        &[("AllocationId", "eipalloc-<17>")],
    );
    check(
        "AWS::EC2::Route",
        json!({"RouteTableId": "rtb-1", "DestinationCidrBlock": "0.0.0.0/0"}),
        "rtb-1|0.0.0.0/0",
        "rtb-1|0.0.0.0/0",
        &[("CidrBlock", "0.0.0.0/0")],
    );
    check(
        "AWS::EC2::VPCGatewayAttachment",
        json!({"VpcId": "vpc-1", "InternetGatewayId": "igw-1"}),
        "IGW|vpc-1",
        "IGW|vpc-1",
        &[("AttachmentType", "IGW")],
    );
    check(
        "AWS::EC2::VPC",
        json!({"CidrBlock": "10.0.0.0/16"}),
        "vpc-<17>",
        "vpc-<17>",
        &[
            ("CidrBlock", "10.0.0.0/16"),
            ("DefaultSecurityGroup", "sg-<17>"),
            ("CidrBlockAssociations", "[\"vpc-cidr-assoc-<17>\"]"),
        ],
    );
    check(
        "AWS::Backup::BackupSelection",
        json!({"BackupPlanId": "p"}),
        "<uuid>_p",
        "<uuid>",
        &[("SelectionId", "<uuid>"), ("Id", "<uuid>_p")],
    );
    check(
        "AWS::WAFv2::WebACL",
        json!({"Name": "n", "Scope": "REGIONAL"}),
        "n|<uuid>|REGIONAL",
        "n|<uuid>|REGIONAL",
        &[
            (
                "Arn",
                "arn:aws:wafv2:eu-central-1:111111111111:regional/webacl/n/<uuid>",
            ),
            ("Capacity", "<n>"),
        ],
    );
    check(
        "AWS::RDS::DBInstance",
        json!({"Engine": "postgres", "ManageMasterUserPassword": "true"}),
        "stack-1-thing-<12>",
        "stack-1-thing-<12>",
        &[
            (
                "Endpoint.Address",
                "stack-1-thing-<12>.<12>.eu-central-1.rds.amazonaws.com",
            ),
            ("Endpoint.Port", "5432"),
            ("DbiResourceId", "db-<26>"),
            (
                "MasterUserSecret.SecretArn",
                "arn:aws:secretsmanager:eu-central-1:111111111111:secret:rds!db-<uuid>-<6>",
            ),
        ],
    );
    check(
        "AWS::IAM::Role",
        json!({"Path": "/app/"}),
        "stack-1-Thing-<12>",
        "stack-1-Thing-<12>",
        &[
            (
                "Arn",
                "arn:aws:iam::111111111111:role/app/stack-1-Thing-<12>",
            ),
            ("RoleId", "AROA<17>"),
        ],
    );
    let policy = "arn:aws:autoscaling:eu-central-1:111111111111:scalingPolicy:<uuid>:resource/ecs/service/c/s:policyName/p";
    check(
        "AWS::ApplicationAutoScaling::ScalingPolicy",
        json!({"PolicyName": "p", "ScalingTargetId": "service/c/s|ecs:service:DesiredCount|ecs"}),
        policy,
        policy,
        &[("Arn", policy)],
    );
}
