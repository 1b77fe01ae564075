//! Tags, and where AWS SAM has another property than the catalog.

#![expect(clippy::unwrap_used, reason = "a test")]

use stratiform_finding::Code;
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
