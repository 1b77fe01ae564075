//! Texts and references of a kind that schemas name.

#![expect(clippy::unwrap_used, reason = "a test")]

use stratiform_finding::Code;
use stratiform_template::parse;
use stratiform_validate::inspect;

/// What is said of a value of a property under two codes.
fn said(resource_type: &str, property: &str, value: &str) -> Vec<String> {
    let text = format!(
        "
Parameters: {{Stage: {{Type: String, AllowedValues: [dev, prod]}}, Open: {{Type: String}}}}
Conditions: {{Prod: !Equals [!Ref Stage, prod]}}
Resources:
  It: {{Type: {resource_type}, Properties: {{{property}: {value}}}}}
  Role: {{Type: AWS::IAM::Role}}
  Vpc: {{Type: AWS::EC2::VPC}}
  Subnet: {{Type: AWS::EC2::Subnet}}
  InVpc: {{Type: AWS::EC2::SecurityGroup, Properties: {{VpcId: !Ref Vpc}}}}
  InNone: {{Type: AWS::EC2::SecurityGroup}}
  Key: {{Type: AWS::KMS::Key}}
  Topic: {{Type: AWS::SNS::Topic}}
  Mine: {{Type: My::Own::Type}}
  Child: {{Type: AWS::CloudFormation::Stack}}
"
    );
    let found = inspect(&parse(&text).unwrap(), &[]).findings.into_iter();
    let found = found.filter(|finding| {
        [Code::ReferenceKind, Code::ValuePattern].contains(&finding.code) && finding.path[1] == "It"
    });
    found
        .map(|finding| {
            format!(
                "{:?} {}: {}, {}",
                finding.level, finding.code, finding.what, finding.why
            )
        })
        .collect()
}

#[test]
fn texts_of_another_kind_are_found() {
    let mut all = Vec::new();
    for (resource_type, property, values) in [
        (
            "AWS::Lambda::Function",
            "Role",
            "[MyRole, 'arn:aws:sqs:eu-west-1:123456789012:q', 'arn:aws:iam::12:role/a', 'arn:aws:iam::123456789012:user/a']",
        ),
        (
            "AWS::EC2::Subnet",
            "VpcId",
            "[default, subnet-01234567, vpc-1]",
        ),
        ("AWS::EC2::Instance", "ImageId", "[ami-1, /aws/service/x]"),
        (
            "AWS::EC2::VPC",
            "CidrBlock",
            "[10.0.0.0, 10.0.0.0/33, x/16]",
        ),
        ("AWS::Logs::MetricFilter", "LogGroupName", "['a b']"),
        (
            "AWS::CloudTrail::Trail",
            "S3BucketName",
            "['a b', 's3://a']",
        ),
        (
            "AWS::ECS::TaskDefinition",
            "TaskRoleArn",
            "[MyRole, 'arn:aws:sqs:eu-west-1:123456789012:q', 'arn:aws:iam::12:role/a', 'arn:aws:iam::123456789012:user/a']",
        ),
    ] {
        for value in values.trim_matches(['[', ']']).split(", ") {
            all.push(format!("{property}: {value}"));
            all.extend(said(resource_type, property, value));
        }
    }
    insta::assert_snapshot!(all.join("\n"));
}

#[test]
fn what_may_be_of_the_kind_is_right() {
    for (resource_type, property, value) in [
        (
            "AWS::Lambda::Function",
            "Role",
            "arn:aws-cn:iam::123456789012:role/a/b",
        ),
        (
            "AWS::Lambda::Function",
            "Role",
            "!Sub 'arn:${AWS::Partition}:iam::${AWS::AccountId}:role/a'",
        ),
        ("AWS::Lambda::Function", "Role", "!Ref Open"),
        ("AWS::Lambda::Function", "Role", "'{{resolve:ssm:role}}'"),
        ("AWS::EC2::Subnet", "VpcId", "vpc-0123456789abcdef0"),
        (
            "AWS::EC2::Instance",
            "ImageId",
            "'resolve:ssm:/aws/service/x'",
        ),
        ("AWS::EC2::VPC", "CidrBlock", "10.0.0.0/16"),
        ("AWS::CloudTrail::Trail", "S3BucketName", "Old_Bucket"),
        ("AWS::SQS::Queue", "KmsMasterKeyId", "alias/aws/sqs"),
        (
            "AWS::EFS::FileSystem",
            "KmsKeyId",
            "1234abcd-12ab-34cd-56ef-1234567890ab",
        ),
    ] {
        assert_eq!(
            said(resource_type, property, value),
            Vec::<String>::new(),
            "{property}: {value}"
        );
    }
}

#[test]
fn references_of_another_kind_are_found() {
    let mut all = Vec::new();
    for (resource_type, property, value) in [
        ("AWS::Lambda::Function", "Role", "!Ref Role"),
        (
            "AWS::Lambda::Function",
            "Role",
            "!If [Prod, !Ref Role, !GetAtt Role.Arn]",
        ),
        ("AWS::EC2::Subnet", "VpcId", "!Ref Subnet"),
        (
            "AWS::EC2::Instance",
            "SecurityGroupIds",
            "!Split [',', !Ref Open]",
        ),
        (
            "AWS::EC2::LaunchTemplate",
            "LaunchTemplateData",
            "{SecurityGroupIds: [!Ref InNone]}",
        ),
        ("AWS::ECS::TaskDefinition", "TaskRoleArn", "!Ref Role"),
        (
            "AWS::EC2::Instance",
            "SecurityGroupIds",
            "[!GetAtt Vpc.CidrBlock]",
        ),
        ("AWS::Lambda::Function", "KmsKeyArn", "!Ref Topic"),
    ] {
        all.push(format!("{property}: {value}"));
        all.extend(said(resource_type, property, value));
    }
    insta::assert_snapshot!(all.join("\n"));
}

#[test]
fn references_of_the_kind_or_of_none_are_right() {
    for (resource_type, property, value) in [
        ("AWS::Lambda::Function", "Role", "!GetAtt Role.Arn"),
        ("AWS::Lambda::Function", "Role", "!GetAtt Mine.Arn"),
        (
            "AWS::Lambda::Function",
            "Role",
            "!GetAtt Child.Outputs.Role",
        ),
        ("AWS::EC2::Subnet", "VpcId", "!Ref Vpc"),
        (
            "AWS::EC2::Instance",
            "SecurityGroupIds",
            "[!Ref InVpc, !GetAtt InNone.GroupId, !GetAtt Vpc.DefaultSecurityGroup]",
        ),
        ("AWS::EC2::Instance", "SubnetId", "!Ref Subnet"),
        ("AWS::EFS::FileSystem", "KmsKeyId", "!Ref Key"),
        ("AWS::EFS::FileSystem", "KmsKeyId", "!GetAtt Key.Arn"),
    ] {
        assert_eq!(
            said(resource_type, property, value),
            Vec::<String>::new(),
            "{property}: {value}"
        );
    }
}
