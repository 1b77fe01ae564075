//! Which attributes a handle has, and under which names.

use stratiform_codegen::generate;

/// The attributes of a resource type: method, type, and CloudFormation's name.
fn attributes(resource_type: &str) -> Vec<(String, String, String)> {
    let source = generate(resource_type).expect(resource_type);
    let attribute = |line: &str| {
        let (method, body) = line
            .strip_prefix("    pub fn ")?
            .split_once("(&self) -> ")?;
        let (rust_type, call) = body.split_once(" { cfn::attribute(self.0, \"")?;
        let (attribute, _) = call.split_once('"')?;
        Some([method, rust_type, attribute].map(str::to_owned).into())
    };
    source.lines().filter_map(attribute).collect()
}

/// Checks the first attribute of a name.
fn check(resource_type: &str, attribute: &str, expected: Option<(&str, &str)>) {
    let found = attributes(resource_type);
    let found = found.iter().find(|(_, _, name)| name == attribute);
    let found = found.map(|(method, rust_type, _)| (method.as_str(), rust_type.as_str()));
    assert_eq!(found, expected, "{resource_type}: {attribute}");
}

#[test]
fn a_handle_has_what_get_att_gives() {
    let text = "cfn::Expr<cfn::Id<cfn::UnknownKind>>";
    check(
        "AWS::SQS::Queue",
        "Arn",
        Some(("arn", "cfn::Expr<cfn::Id<kinds::SqsQueueArn>>")),
    );
    check("AWS::SQS::Queue", "QueueName", Some(("queue_name", text)));
    check("AWS::SNS::Topic", "TopicName", Some(("topic_name", text)));
    let vpc = "cfn::Expr<cfn::Id<kinds::Ec2VpcId>>";
    check("AWS::EC2::SecurityGroup", "VpcId", Some(("vpc_id", vpc)));
    check("AWS::Transfer::User", "UserName", Some(("user_name", text)));
    let address = Some(("endpoint_address", text));
    check("AWS::RDS::DBInstance", "Endpoint.Address", address);
}

#[test]
fn a_handle_has_no_attribute_that_gives_nothing_useful() {
    // The catalog says that `Fn::GetAtt` takes these names.
    check("AWS::RDS::DBInstance", "MasterUserPassword", None);
    check("AWS::EC2::Instance", "Ipv6Addresses", None);
    check("AWS::RDS::DBCluster", "Endpoint", None);
}

#[test]
fn attributes_with_one_name_in_rust_stay_apart() {
    let data = "certificate_authority_data";
    let text = "cfn::Expr<cfn::Id<cfn::UnknownKind>>";
    check(
        "AWS::EKS::Cluster",
        "CertificateAuthorityData",
        Some((data, text)),
    );
    let other = format!("{data}_attribute");
    check(
        "AWS::EKS::Cluster",
        "CertificateAuthority.Data",
        Some((&other, text)),
    );
}
