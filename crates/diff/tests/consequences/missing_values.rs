//! Parameters for which the next deployment needs a value.

use stratiform_assembly::StackAt;
use stratiform_diff::diff;
use stratiform_resolve::Whereabouts;

use crate::{lines, template};

/// What is told of a parameter, written one way and then another, with or without a value.
fn told(before: &str, after: &str, value: Option<&str>) -> Vec<String> {
    let stack = |parameter: &str, value: Option<&str>| {
        let text =
            format!("Parameters: {{{parameter}}}\nResources: {{Kept: {{Type: AWS::SNS::Topic}}}}");
        let mut stack = StackAt::of("shop", template(&text).unwrap());
        let values = value.map(|value| ("Image".to_owned(), value.to_owned()));
        stack.parameters.extend(values);
        stack
    };
    let place = Whereabouts {
        stack: "shop".to_owned(),
        region: "eu-west-1".parse().unwrap(),
        account: None,
    };
    let found = diff(
        Some(&stack(before, None)),
        Some(&stack(after, value)),
        &place,
    );
    lines(&found.consequences)
}

#[test]
fn a_new_parameter_without_a_default_needs_a_value() {
    let needed =
        "attention refused may: needs a value for the parameter `Image` when it is deployed";
    let (plain, default) = ("Image: {Type: String}", "Image: {Type: String, Default: x}");
    let looked_up = "Image: {Type: 'AWS::SSM::Parameter::Value<String>'}";
    let list = "Image: {Type: CommaDelimitedList, Default: [x]}";
    assert_eq!(told("", plain, None), [needed]);
    assert_eq!(told("", looked_up, None), [needed]);
    // Who deployed with the default has no value that could be kept.
    assert_eq!(told(default, plain, None), [needed]);
    for (before, after, value) in [
        ("", default, None),
        ("", plain, Some("x")),
        (plain, plain, None),
        // CloudFormation refuses it, and it is the same on both sides.
        (list, list, None),
        (plain, "", None),
    ] {
        assert_eq!(told(before, after, value), [""; 0], "{before} {after}");
    }
    assert_eq!(
        told("", "One: {Type: String}, Two: {Type: String}", None),
        [
            "attention refused may: needs values for the parameters `One` and `Two` when it is deployed"
        ]
    );
}
