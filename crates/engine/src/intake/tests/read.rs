//! Texts that are no templates.

use crate::intake::read;

fn check(body: &str, expected: &str) {
    let refused = read(body).expect_err(body);
    assert_eq!(refused.message, expected, "{body}");
    assert_eq!(
        (refused.code.as_str(), refused.http_status),
        ("ValidationError", 400)
    );
}

/// A resource that nobody minds.
const R: &str = r#""Resources": {"R": {"Type": "AWS::SNS::Topic"}}"#;

#[test]
fn recorded() {
    let cases = [
        (
            r#"{"this is not JSON"="at all"}"#,
            "Template format error: JSON not well-formed. (line 1, column 21)",
        ),
        ("a: [", "Template format error: YAML not well-formed."),
        ("text", "Template format error: unsupported structure."),
        ("[1, 2]", "Template format error: unsupported structure."),
        (
            "Outputs: {}",
            "Template format error: At least one Resources member must be defined.",
        ),
        (
            "Resources: {}",
            "Template format error: At least one Resources member must be defined.",
        ),
        (
            r#"{"Resources": "", "Outputs": ""}"#,
            "Template format error: Any Resources member must be an object.",
        ),
        (
            r#"{"Outputs": "", "Resources": ""}"#,
            "Template format error: Any Resources member must be an object.",
        ),
        (
            "Resources: {A: text}",
            "Template format error: Any Resources member must be an object.",
        ),
        (
            "Resources: {A: {Properties: {Name: a}}}",
            "Template format error: [/Resources/A] Every Resources object must contain a Type member.",
        ),
        (
            "Resources: {A: {Type: AWS::SNS::Topic, Invalid: a}}",
            "Invalid template resource property 'Invalid'",
        ),
        (
            "Resources: {'A::B': {Type: AWS::SNS::Topic}}",
            "Template format error: Resource name A::B is non alphanumeric.",
        ),
    ];
    for (body, expected) in cases {
        check(body, expected);
    }
    let cases = [
        (
            r#""Outputs": {"O": {"Value": null, "More": null}}"#,
            "[/Outputs/O/Value] 'null' values are not allowed in templates",
        ),
        (
            r#""Outputs": {"O": {}}"#,
            "Template format error: Every Outputs member must contain a Value object",
        ),
        (
            r#""Parameters": {"A::B": {"Type": "String"}}"#,
            "Template format error: Parameter name A::B is non alphanumeric.",
        ),
        (
            r#""Mappings": {"M": {"A": {"B": {"C": "d"}}}}"#,
            "Template format error: Every Mappings attribute must be a String or a List.",
        ),
        (
            r#""Mappings": {"M": "a"}"#,
            "Template format error: Every Mappings member M must be a map",
        ),
    ];
    for (section, expected) in cases {
        check(&format!("{{{section}, {R}}}"), expected);
    }
}

#[test]
fn quoted_by_others() {
    let cases = [
        (
            r#""Globals": {}, "More": 1"#,
            "Invalid template property or properties [Globals, More]",
        ),
        (
            r#""Parameters": {"P": {"Default": "a"}}"#,
            "Template format error: Every Parameters object must contain a Type member.",
        ),
        (
            r#""Parameters": {"P": {"Type": "Strin"}}"#,
            "Template format error: Unrecognized parameter type: Strin",
        ),
        (
            r#""Parameters": {"P": {"Type": "String", "Regex": "a"}}"#,
            "Invalid template parameter property 'Regex'",
        ),
        (
            r#""AWSTemplateFormatVersion": "2011-09-09""#,
            "Template format error: unsupported value for AWSTemplateFormatVersion.",
        ),
    ];
    for (section, expected) in cases {
        check(&format!("{{{section}, {R}}}"), expected);
    }
    check(
        "Resources: {'Fn::ForEach::Topics': [T, [a], {'T${T}': {Type: AWS::SNS::Topic}}]}",
        "Template format error: [/Resources/Fn::ForEach::Topics] resource definition is malformed",
    );
    let refused =
        read("Resources: {A: {Type: AWS::SNS::Topic, Properties: {N: {'Fn::Nothing': a}}}}");
    let message = refused.expect_err("no such function").message;
    let begins = "Template Error: Encountered unsupported function: Fn::Nothing Supported functions are: [Fn::Base64, ";
    assert!(message.starts_with(begins), "{message}");
}

#[test]
fn numbers_of_members_have_limits() {
    let resources: Vec<String> = (0..501)
        .map(|n| format!("R{n}: {{Type: AWS::SNS::Topic}}"))
        .collect();
    check(
        &format!("Resources: {{{}}}", resources.join(", ")),
        "Template format error: Number of resources, 501, is greater than maximum allowed, 500",
    );
    let parameters: Vec<String> = (0..201)
        .map(|n| format!("P{n}: {{Type: String}}"))
        .collect();
    check(
        &format!(
            "Parameters: {{{}}}\nResources: {{R: {{Type: AWS::SNS::Topic}}}}",
            parameters.join(", ")
        ),
        "Template format error: Number of parameters, 201, is greater than maximum allowed, 200",
    );
}

#[test]
fn what_the_service_lets_through() {
    let last = read(
        r#"{"Resources": {"A": {"Type": "AWS::SNS::Topic"}}, "Resources": {"B": {"Type": "AWS::SQS::Queue"}}}"#,
    );
    let names: Vec<String> = last.unwrap().template.resources.keys().cloned().collect();
    assert_eq!(names, ["B"]);
    let anchors = "
Metadata: {Nothing: null}
Resources:
  A: &queue {Type: AWS::SQS::Queue, Metadata: {Nothing: null}}
  B: *queue
";
    assert_eq!(read(anchors).unwrap().template.resources.len(), 2);
    let serverless = "
Transform: AWS::Serverless-2016-10-31
Globals: {Function: {Timeout: 3}}
Resources: {F: {Type: AWS::Serverless::Function, Connectors: {}}}
";
    let intake = read(serverless).unwrap();
    assert_eq!(intake.transforms, ["AWS::Serverless-2016-10-31"]);
}
