//! Properties: tags, paths that are packaged, and where the catalog is not right.

#![expect(clippy::unwrap_used, reason = "a test")]

use stratiform_finding::{Code, Level};
use stratiform_template::Template;
use stratiform_validate::validate;

/// The paths of tags that are given twice, and when.
fn repeated(tags: &str) -> Vec<String> {
    let text = format!(
        "Parameters: {{Stage: {{Type: String}}}}
Conditions: {{Prod: !Equals [!Ref Stage, prod]}}
Resources:
  Queue: {{Type: AWS::SQS::Queue, Properties: {{Tags: {tags}}}}}
"
    );
    let template = Template::parse(&text).unwrap();
    let found = validate(&template, &[]).findings.into_iter();
    let own = found.filter(|finding| finding.code == Code::ValueRepeated);
    own.map(|finding| format!("{} {}", finding.path[3..].join("/"), finding.when))
        .collect()
}

#[test]
fn a_tag_is_given_once() {
    let cases = [
        ("[{Key: a, Value: b}, {Key: b, Value: b}]", vec![]),
        (
            "[{Key: a, Value: b}, {Key: a, Value: c}]",
            vec!["Tags/1 ".to_owned()],
        ),
        (
            "[{Key: a, Value: b}, !If [Prod, {Key: a, Value: c}, !Ref AWS::NoValue]]",
            vec!["Tags/1 `Stage` is `prod`".to_owned()],
        ),
        (
            "!If [Prod, [{Key: a, Value: b}], [{Key: a, Value: c}]]",
            vec![],
        ),
        ("[{Key: a, Value: b}, {Key: !Ref Stage, Value: c}]", vec![]),
    ];
    for (tags, expected) in cases {
        assert_eq!(repeated(tags), expected, "{tags}");
    }
}

#[test]
fn a_trigger_of_cognito_is_a_name_to_sam() {
    let template = Template::parse(
        "Transform: AWS::Serverless-2016-10-31
Resources:
  Pool: {Type: AWS::Cognito::UserPool}
  Function:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: python3.13
      Handler: a.b
      InlineCode: x
      Events: {A: {Type: Cognito, Properties: {UserPool: !Ref Pool, Trigger: CustomMessage}}}
",
    )
    .unwrap();
    assert_eq!(validate(&template, &[]).findings, []);
}

#[test]
fn a_path_that_is_packaged_is_a_warning_and_nothing_to_sam() {
    let function = "Resources:
  Function:
    Type: AWS::Lambda::Function
    Properties: {Runtime: python3.13, Handler: a.b, Role: 'arn:aws:iam::123456789012:role/x', Code: ./src}
";
    let levels = |head: &str| {
        let template = Template::parse(&format!("{head}{function}")).unwrap();
        let found = validate(&template, &[]).findings.into_iter();
        found
            .map(|finding| (finding.code, finding.level))
            .collect::<Vec<_>>()
    };
    assert_eq!(levels(""), [(Code::ValueType, Level::Warning)]);
    assert_eq!(levels("Transform: AWS::Serverless-2016-10-31\n"), []);
}

#[test]
fn a_schema_that_contradicts_itself_refuses_nothing() {
    let template = Template::parse(
        "Resources:
  Stream:
    Type: AWS::QLDB::Stream
    Properties:
      InclusiveStartTime: '2026-01-01T00:00:00Z'
      LedgerName: ledger
      RoleArn: arn:aws:iam::123456789012:role/x
      StreamName: stream
      KinesisConfiguration: {StreamArn: arn:aws:kinesis:eu-west-1:123456789012:stream/s}
",
    )
    .unwrap();
    let found = validate(&template, &[]).findings;
    assert!(
        found.iter().all(|finding| finding.code != Code::ValueType),
        "{found:?}"
    );
}
