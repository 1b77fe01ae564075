//! What CloudFormation does not echo is not printed, in any form.

use crate::repository::Repository;
use crate::support::Project;

/// A secret in every function that can carry it.
const TEMPLATE: &str = r#"
Parameters:
  Secret: {Type: String, NoEcho: true, Default: defaultXYZone}
  Secrets: {Type: CommaDelimitedList, NoEcho: true, Default: 'listXYZone,lastXYZone'}
Resources:
  Function:
    Type: AWS::Lambda::Function
    Properties:
      Role: arn
      Code: {ZipFile: !Sub 'x = "${Secret}"'}
      Environment:
        Variables:
          PLAIN: !Ref Secret
          JOINED: !Join ['.', [a, !Ref Secret]]
          CODED: {Fn::Base64: !Ref Secret}
          SPLIT: !Select [0, !Split [Y, !Ref Secret]]
          LIST: !Select [1, !Ref Secrets]
          AGAIN: !Join ['', !Split [XYZ, !Ref Secret]]
          TEXT: {Fn::ToJsonString: {a: !Ref Secret}}
  Parameter:
    Type: AWS::SSM::Parameter
    Metadata: {Note: !Ref Secret}
    Properties: {Type: String, Name: !Sub '/x/${Secret}', Value: !Ref Secret}
  Role:
    Type: AWS::IAM::Role
    Properties:
      RoleName: !Sub 'role-${Secret}'
      AssumeRolePolicyDocument:
        Statement:
          - Effect: Allow
            Principal: {AWS: '*'}
            Action: sts:AssumeRole
            Condition: {StringEquals: {sts:ExternalId: !Ref Secret}}
  Group:
    Type: AWS::EC2::SecurityGroup
    Properties:
      GroupDescription: !Ref Secret
      SecurityGroupIngress: [{IpProtocol: tcp, FromPort: 1, ToPort: 2, CidrIp: 0.0.0.0/0, Description: !Ref Secret}]
  Database:
    Type: AWS::RDS::DBInstance
    Properties: {Engine: postgres, DBInstanceClass: db.t3.micro, MasterUserPassword: literalXYZone}
Outputs:
  Out: {Value: !Sub 'out-${Secret}', Export: {Name: !Sub 'export-${Secret}'}}
"#;

#[test]
fn no_value_of_a_parameter_without_echo_is_printed() {
    let repository = Repository::without_git(Project::of_guestbook());
    repository.project.write("old.yaml", TEMPLATE);
    repository
        .project
        .write("new.yaml", &TEMPLATE.replace("XYZone", "XYZtwo"));
    repository
        .project
        .write("none.yaml", "Resources: {Queue: {Type: AWS::SQS::Queue}}\n");
    repository
        .project
        .write("one.json", r#"{"Secret": "givenXYZone"}"#);
    repository
        .project
        .write("two.json", r#"{"Secret": "givenXYZtwo"}"#);
    for files in [
        "old.yaml new.yaml",
        "old.yaml new.yaml --parameters two.json --old-parameters one.json",
        "old.yaml old.yaml --parameters two.json --old-parameters one.json",
        "none.yaml new.yaml --parameters two.json",
        "new.yaml none.yaml --old-parameters one.json",
    ] {
        for format in ["text", "markdown", "html", "json"] {
            for full in ["", "--full"] {
                let arguments = format!("{files} --format {format} {full}");
                let output = repository.output(&arguments);
                let text = String::from_utf8(output.stdout).unwrap();
                let error = String::from_utf8(output.stderr).unwrap();
                assert!(output.status.success(), "{arguments}: {error}");
                assert!(text.contains("Secret"), "{arguments}: {text}");
                // Also in Base64, and in part.
                for secret in [
                    "XYZone",
                    "XYZtwo",
                    "Z2l2ZW5Y",
                    "ZGVmYXVsdFh",
                    "givenX",
                    "defaultX",
                ] {
                    assert!(!text.contains(secret), "{arguments}: {secret} in {text}");
                }
            }
        }
    }
}

#[test]
fn that_a_secret_changes_is_told() {
    let repository = Repository::without_git(Project::of_guestbook());
    repository.project.write("old.yaml", TEMPLATE);
    repository
        .project
        .write("new.yaml", &TEMPLATE.replace("XYZone", "XYZtwo"));
    let output = repository.diff("old.yaml new.yaml --exit-code");
    assert!(output.starts_with("exit code 3\n"), "{output}");
    assert!(
        output.contains("parameter Secret  **** (hidden) → **** (hidden)"),
        "{output}"
    );
}

// One of the two templates has `NoEcho`: the value is, or was, a secret.
#[test]
fn a_secret_stays_one_when_its_parameter_begins_to_echo() {
    let repository = Repository::without_git(Project::of_guestbook());
    repository.project.write("old.yaml", TEMPLATE);
    repository
        .project
        .write("new.yaml", &TEMPLATE.replace(", NoEcho: true", ""));
    repository
        .project
        .write("one.json", r#"{"Secret": "givenXYZone"}"#);
    for files in ["old.yaml new.yaml", "new.yaml old.yaml"] {
        for format in ["text", "markdown", "html", "json"] {
            let arguments = format!("{files} --parameters one.json --format {format}");
            let text = String::from_utf8(repository.output(&arguments).stdout).unwrap();
            assert!(!text.contains("givenXYZ"), "{arguments}: {text}");
        }
    }
}
