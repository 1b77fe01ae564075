//! Which kinds of text are known, and what a handle stands for.

use stratiform_codegen::generate;

/// Whether the code generated for some types has a line.
fn has(types: &str, line: &str) -> bool {
    let source = generate(types).expect(types);
    source.lines().any(|generated| generated.trim() == line)
}

#[test]
fn kinds_come_from_relationships_and_names() {
    let cases = [
        (
            "AWS::EC2::Route",
            "route_table_id: cfn::Prop<cfn::Id<kinds::Ec2RouteTableId>>",
        ),
        (
            "AWS::RDS::DBInstance",
            "vpc_security_groups: cfn::Opt<cfn::List<cfn::Id<kinds::Ec2SecurityGroupId>>>",
        ),
        (
            "AWS::RDS::DBInstance",
            "db_subnet_group_name: cfn::Opt<cfn::Id<kinds::RdsDbSubnetGroupName>>",
        ),
        (
            "AWS::Lambda::Function",
            "role: cfn::Prop<cfn::Id<kinds::IamRoleArn>>",
        ),
        (
            "AWS::ECS::Service",
            "cluster: cfn::Opt<cfn::Id<kinds::EcsClusterName>>",
        ),
        (
            "AWS::WAFv2::WebACLAssociation",
            "resource_arn: cfn::Prop<cfn::Id<cfn::Arn>>",
        ),
        // A resource's own name.
        ("AWS::SQS::Queue", "queue_name: cfn::Opt<String>"),
        (
            "AWS::CloudWatch::CompositeAlarm",
            "alarm_name: cfn::Opt<String>",
        ),
        // What only AWS's pages say.
        (
            "AWS::EC2::Route",
            "gateway_id: cfn::Opt<cfn::Id<kinds::Ec2InternetGatewayIdElseEc2VpnGatewayId>>",
        ),
        (
            "AWS::CloudWatch::Alarm",
            "alarm_actions: cfn::Opt<cfn::List<cfn::Id<cfn::Arn>>>",
        ),
        (
            "AWS::EC2::NatGateway",
            "allocation_id: cfn::Opt<cfn::Id<kinds::Ec2EipAllocationId>>",
        ),
        (
            "AWS::ApplicationAutoScaling::ScalableTarget",
            "type Reference = cfn::Id<kinds::ApplicationAutoScalingScalableTargetId>;",
        ),
    ];
    for (resource_type, field) in cases {
        assert!(
            has(resource_type, &format!("pub {field},")) || has(resource_type, field),
            "{resource_type} {field}"
        );
    }
}

#[test]
fn a_handle_stands_for_its_own_identity_alone() {
    let gives = |kind: &str, name: &str, choice: &str, attribute: &str| {
        format!(
            "impl cfn::Gives<cfn::Id<{kind}>> for {name} {{ type Choice = {choice}; const ATTRIBUTE: Option<&'static str> = {attribute}; }}"
        )
    };
    let group = gives(
        "kinds::Ec2SecurityGroupId",
        "SecurityGroup",
        "cfn::One",
        "Some(\"GroupId\")",
    );
    assert!(has("AWS::EC2::SecurityGroup", &group));
    let vpc = gives("kinds::Ec2VpcId", "Vpc", "cfn::One", "None");
    assert!(has("AWS::EC2::VPC", &vpc));
    let subnet = gives("kinds::Ec2VpcId", "Subnet", "cfn::One", "Some(\"VpcId\")");
    assert!(!has("AWS::EC2::Subnet\nAWS::EC2::VPC", &subnet));
    let any_arn = gives("cfn::Arn", "Role", "cfn::One", "Some(\"Arn\")");
    assert!(has("AWS::IAM::Role", &any_arn));
    let ambiguous = gives(
        "kinds::KmsAliasAliasNameOrKmsKeyArnOrKmsKeyId",
        "Key",
        "KeyGivesArnOrReference",
        "Some(\"Arn\")",
    );
    assert!(has("AWS::KMS::Key\nAWS::SQS::Queue", &ambiguous));
    // An alias takes both, and is mostly given the ID.
    let kind = "kinds::KmsKeyIdElseKmsKeyArn";
    let preferred = gives(kind, "Key", "cfn::One", "None");
    assert!(has("AWS::KMS::Key\nAWS::KMS::Alias", &preferred));
}
