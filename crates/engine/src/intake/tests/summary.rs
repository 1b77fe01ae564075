//! Summaries, and what is to be acknowledged.

use serde_json::json;

use crate::intake::{Call, acknowledged, capabilities, read, summary, validation};

const BODY: &str = "
AWSTemplateFormatVersion: 2010-09-09
Description: a shop
Metadata: {Owner: {Team: a}}
Parameters:
  Stage: {Type: String, AllowedValues: [dev, prod], Default: dev, Description: which one}
  Password: {Type: String, NoEcho: true}
Resources:
  Bucket: {Type: AWS::S3::Bucket}
  Role: {Type: AWS::IAM::Role}
  More: {Type: AWS::S3::Bucket}
  Topic: {Type: AWS::SNS::Topic}
";

#[test]
fn summaries() {
    let intake = read(BODY).unwrap();
    assert_eq!(
        summary(&intake),
        json!({
            "Parameters": [
                {
                    "ParameterKey": "Stage", "DefaultValue": "dev", "NoEcho": false, "Description": "which one",
                    "ParameterType": "String", "ParameterConstraints": {"AllowedValues": ["dev", "prod"]},
                },
                {"ParameterKey": "Password", "NoEcho": true, "ParameterType": "String", "ParameterConstraints": {}},
            ],
            "Description": "a shop",
            "Capabilities": ["CAPABILITY_IAM"],
            "CapabilitiesReason": "The following resource(s) require capabilities: [AWS::IAM::Role]",
            "DeclaredTransforms": [],
            "ResourceTypes": ["AWS::S3::Bucket", "AWS::IAM::Role", "AWS::SNS::Topic"],
            "Version": "2010-09-09",
            "Metadata": "{\"Owner\":{\"Team\":\"a\"}}",
            "ResourceIdentifierSummaries": [
                {"ResourceType": "AWS::S3::Bucket", "LogicalResourceIds": ["Bucket", "More"], "ResourceIdentifiers": ["BucketName"]},
                {"ResourceType": "AWS::IAM::Role", "LogicalResourceIds": ["Role"], "ResourceIdentifiers": ["RoleName"]},
                {"ResourceType": "AWS::SNS::Topic", "LogicalResourceIds": ["Topic"]},
            ],
        })
    );
    assert_eq!(
        validation(&intake),
        json!({
            "Parameters": [
                {"ParameterKey": "Stage", "DefaultValue": "dev", "NoEcho": false, "Description": "which one"},
                {"ParameterKey": "Password", "NoEcho": true},
            ],
            "Description": "a shop",
            "Capabilities": ["CAPABILITY_IAM"],
            "CapabilitiesReason": "The following resource(s) require capabilities: [AWS::IAM::Role]",
            "DeclaredTransforms": [],
        })
    );
}

#[test]
fn acknowledgements() {
    let said = |body: &str, given: &[&str], call| {
        let given: Vec<String> = given.iter().map(|name| (*name).to_owned()).collect();
        let refused = acknowledged(&capabilities(&read(body).unwrap()), &given, call).err();
        refused.map(|refused| {
            assert_eq!(refused.code, "InsufficientCapabilitiesException");
            refused.message
        })
    };
    let iam = Some("Requires capabilities : [CAPABILITY_IAM]".to_owned());
    let named = Some("Requires capabilities : [CAPABILITY_NAMED_IAM]".to_owned());
    let expand = Some("Requires capabilities : [CAPABILITY_AUTO_EXPAND]".to_owned());
    assert_eq!(said(BODY, &[], Call::ChangeSet), iam);
    assert_eq!(said(BODY, &["CAPABILITY_NAMED_IAM"], Call::Direct), None);
    let own = "Resources: {R: {Type: AWS::IAM::Role, Properties: {RoleName: a}}}";
    assert_eq!(said(own, &["CAPABILITY_IAM"], Call::Direct), named);
    assert_eq!(said(own, &["CAPABILITY_NAMED_IAM"], Call::Direct), None);
    let transform = "{Transform: [AddRole], Resources: {R: {Type: AWS::SNS::Topic}}}";
    assert_eq!(said(transform, &[], Call::Direct), expand);
    assert_eq!(said(transform, &[], Call::ChangeSet), None);
    assert_eq!(
        said(transform, &["CAPABILITY_AUTO_EXPAND"], Call::Direct),
        None
    );
}
