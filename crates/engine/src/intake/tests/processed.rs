//! Processed templates.

use serde_json::{Value, json};

use super::{place, said, taken_in};
use crate::intake::{process, template_json};

fn processed(body: &str, pairs: &[(&str, &str)]) -> Value {
    let (intake, values) = taken_in(body, pairs).unwrap();
    template_json(&process(&intake, &values, &place()).unwrap())
}

fn failed(body: &str) -> String {
    let (intake, values) = taken_in(body, &[]).unwrap();
    process(&intake, &values, &place()).unwrap_err().message
}

#[test]
fn loops_are_written_out_and_functions_are_values() {
    let body = "
AWSTemplateFormatVersion: 2010-09-09
Transform: AWS::LanguageExtensions
Parameters: {Names: {Type: CommaDelimitedList}}
Resources:
  'Fn::ForEach::Topics':
    - Name
    - !Ref Names
    - 'Topic${Name}':
        Type: AWS::SNS::Topic
        Properties: {TopicName: !Join ['.', [!Ref Name, fifo]], FifoTopic: true}
  Length: {Type: AWS::SSM::Parameter, Properties: {Type: String, Value: {'Fn::Length': !Ref Names}}}
  Text: {Type: AWS::SSM::Parameter, Properties: {Type: String, Value: {'Fn::ToJsonString': {a: 1, b: [x]}}}}
Outputs: {Name: {Value: !Ref Topica}}
";
    let topic = |name: &str| json!({"Type": "AWS::SNS::Topic", "Properties": {"TopicName": format!("{name}.fifo"), "FifoTopic": true}});
    let parameter = |value: Value| json!({"Type": "AWS::SSM::Parameter", "Properties": {"Type": "String", "Value": value}});
    assert_eq!(
        processed(body, &[("Names", "a,b")]),
        json!({
            "AWSTemplateFormatVersion": "2010-09-09",
            "Parameters": {"Names": {"Type": "CommaDelimitedList"}},
            "Resources": {
                "Topica": topic("a"),
                "Topicb": topic("b"),
                "Length": parameter(json!(2)),
                "Text": parameter(json!("{\"a\":1,\"b\":[\"x\"]}")),
            },
            "Outputs": {"Name": {"Value": {"Ref": "Topica"}}},
        })
    );
}

#[test]
fn what_is_not_known_yet_or_must_not_be_seen_stays() {
    let body = "
Transform: AWS::LanguageExtensions
Parameters:
  Stage: {Type: String, Default: dev}
  Password: {Type: String, Default: hunter2, NoEcho: true}
Conditions: {IsProd: !Equals [!Ref Stage, prod]}
Resources:
  Topic:
    Type: AWS::SNS::Topic
    DeletionPolicy: !If [IsProd, Retain, Delete]
    Properties:
      TopicName: !Ref Stage
      DisplayName: !If [IsProd, a, !Ref AWS::NoValue]
      KmsMasterKeyId: !Ref Password
      Tags: [{Key: a, Value: !GetAtt Other.TopicName}, {Key: b, Value: !Sub '${Other}-${Stage}'}]
  Other: {Type: AWS::SNS::Topic}
";
    let template = processed(body, &[]);
    let topic = template.pointer("/Resources/Topic").unwrap();
    assert_eq!(
        *topic,
        json!({
            "Type": "AWS::SNS::Topic",
            "DeletionPolicy": "Delete",
            "Properties": {
                "TopicName": "dev",
                "DisplayName": {"Fn::If": ["IsProd", "a", {"Ref": "AWS::NoValue"}]},
                "KmsMasterKeyId": {"Ref": "Password"},
                "Tags": [
                    {"Key": "a", "Value": {"Fn::GetAtt": ["Other", "TopicName"]}},
                    {"Key": "b", "Value": {"Fn::Sub": "${Other}-${Stage}"}},
                ],
            },
        })
    );
}

#[test]
fn what_a_loop_makes_is_checked() {
    let body = "
Transform: AWS::LanguageExtensions
Resources:
  'Fn::ForEach::Topics': [N, [a-b], {'T${N}': {Type: AWS::SNS::Topic}}]
";
    assert_eq!(
        said(body, &[]).as_deref(),
        Some("Template format error: Resource name Ta-b is non alphanumeric.")
    );
    assert_eq!(said(&body.replace("[a-b]", "[a]"), &[]), None);
    let missing = body.replace("[a-b]", "[a]") + "  B: {Type: AWS::SNS::Topic, DependsOn: Tc}\n";
    assert_eq!(
        said(&missing, &[]).as_deref(),
        Some(
            "Template format error: Unresolved resource dependencies [Tc] in the Resources block of the template"
        )
    );
}

#[test]
fn transforms_fail_by_name() {
    let with = |transform: &str| {
        format!("Transform: {transform}\nResources: {{R: {{Type: AWS::SNS::Topic}}}}")
    };
    assert_eq!(
        failed(&with("AWS::Serverless-2016-10-31")),
        "Transform AWS::Serverless-2016-10-31 failed with: the embedded engine does not have this transform."
    );
    assert_eq!(
        failed(&with("[AWS::LanguageExtensions, {Name: Macro}]")),
        "Transform 111122223333::Macro failed with: the embedded engine runs no macros."
    );
    assert_eq!(
        failed(
            "Resources: {R: {Type: AWS::SNS::Topic, Properties: {A: b, 'Fn::Transform': {Name: AWS::Include}}}}"
        ),
        "Transform AWS::Include failed with: the embedded engine does not have this transform."
    );
    assert_eq!(
        failed(
            "Resources: {R: {Type: AWS::SNS::Topic, Properties: {A: b, 'Fn::Transform': [{Name: Macro}]}}}"
        ),
        "Transform 111122223333::Macro failed with: the embedded engine runs no macros."
    );
    let body = "
Transform: AWS::LanguageExtensions
Resources: {'Fn::ForEach::L': [N, !GetAtt A.B, {'T${N}': {Type: AWS::SNS::Topic}}]}
";
    assert_eq!(
        failed(body),
        "Transform AWS::LanguageExtensions failed with: Could not find a collection or could not be resolved for Fn::ForEach"
    );
}

#[test]
fn a_template_without_transforms_is_itself() {
    let body = "{\"Resources\": {\"R\": {\"Type\": \"AWS::SNS::Topic\", \"Properties\": {\"TopicName\": {\"Fn::Sub\": \"a\"}}}}}";
    assert_eq!(
        processed(body, &[]),
        serde_json::from_str::<Value>(body).unwrap()
    );
}
