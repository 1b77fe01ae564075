//! Literal values against the catalog: what is found, and what nothing is said of.

#![expect(clippy::unwrap_used, reason = "a test")]

use stratiform_finding::{Code, Group};
use stratiform_template::Template;
use stratiform_validate::validate;

/// What is said of a resource with these properties, in YAML's flow notation.
fn said(resource_type: &str, properties: &str) -> String {
    let conditions =
        "Parameters: {Stage: {Type: String}}\nConditions: {A: !Equals [!Ref Stage, prod]}\n";
    let text = format!(
        "{conditions}Resources:\n  It:\n    Type: {resource_type}\n    Properties: {properties}\n"
    );
    let template = Template::parse(&text).unwrap();
    let found = validate(&template, &[]).findings;
    // The resources of these tests are not whole.
    let values = found
        .into_iter()
        .filter(|finding| finding.code != Code::MissingProperty)
        .filter(|finding| !Group::Usage.codes().contains(&finding.code));
    let found = values.map(|finding| {
        let path = finding.path.join("/");
        format!(
            "{}: {path}\n  {}\n  {}\n  {}",
            finding.code.as_str(),
            finding.what,
            match finding.when.as_str() {
                "" => finding.why,
                when => format!("when {when}: {}", finding.why),
            },
            finding.help
        )
    });
    found.collect::<Vec<_>>().join("\n")
}

const FUNCTION: &str = "AWS::Lambda::Function";

#[test]
fn what_breaks_a_limit_is_found_with_its_path() {
    let cases = [
        (FUNCTION, "{MemorySize: 64}"),
        (FUNCTION, "{MemorySize: '64'}"),
        (FUNCTION, "{Timeout: 3000}"),
        (FUNCTION, "{Timeout: !If [A, 901, 900]}"),
        (FUNCTION, "{FunctionName: a b c}"),
        (FUNCTION, "{Handler: 'a b'}"),
        (FUNCTION, "{Role: nonsense}"),
        (FUNCTION, "{Runtime: nodejs8}"),
        (FUNCTION, "{Layers: !If [A, [arn:x], [b]]}"),
        ("AWS::S3::Bucket", "{BucketName: Not_A_Bucket}"),
        ("AWS::EC2::Subnet", "{VpcId: subnet-0123456789abcdef0}"),
        ("AWS::SQS::Queue", "{DelaySeconds: 901}"),
        ("AWS::Logs::LogGroup", "{RetentionInDays: 31}"),
        ("AWS::Logs::LogGroup", "{RetentionInDays: '10000'}"),
        (
            "AWS::EC2::SecurityGroup",
            "{SecurityGroupIngress: [{IpProtocol: tcp, FromPort: 443, ToPort: 4430000}]}",
        ),
        (
            "AWS::DynamoDB::Table",
            "{BillingMode: ON_DEMAND, KeySchema: [{AttributeName: id, KeyType: HASSH}]}",
        ),
        ("AWS::SecretsManager::Secret", "{SecretString: ''}"),
        (
            "AWS::ECS::Service",
            "{LoadBalancers: [{ContainerPort: 70000}]}",
        ),
    ];
    let said = cases.map(|(resource_type, properties)| {
        format!(
            "{resource_type} {properties}\n{}",
            said(resource_type, properties)
        )
    });
    insta::assert_snapshot!(said.join("\n\n"));
}

#[test]
fn of_what_is_not_known_here_nothing_is_said() {
    for (resource_type, properties) in [
        (
            FUNCTION,
            "{MemorySize: !Ref Size, Timeout: 900, Role: !GetAtt Role.Arn}",
        ),
        (
            FUNCTION,
            "{Role: !Sub 'x${AWS::Region}', FunctionName: '{{resolve:ssm:name}}'}",
        ),
        (FUNCTION, "{MemorySize: !If [A, 1024, 128]}"),
        ("AWS::Logs::LogGroup", "{RetentionInDays: '30'}"),
        (FUNCTION, "{MemorySize: '1024'}"),
        ("My::Own::Type", "{MemorySize: 64}"),
        (
            "AWS::SSO::Assignment",
            "{PrincipalId: 0123456789abcdef0123456789abcdef}",
        ),
        (
            "AWS::IAM::Role",
            "{AssumeRolePolicyDocument: {Statement: []}}",
        ),
        (
            "AWS::EC2::SecurityGroup",
            "{SecurityGroupIngress: [{IpProtocol: '-1', CidrIp: 10.0.0.0/16}]}",
        ),
    ] {
        assert_eq!(said(resource_type, properties), "", "{properties}");
    }
}
