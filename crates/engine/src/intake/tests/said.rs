//! Templates that say what cannot be.

use super::said;

/// A topic whose name is a value, among sections that values need.
fn with(value: &str) -> String {
    format!(
        "
Parameters:
  Stage: {{Type: String, Default: dev}}
  Zones: {{Type: CommaDelimitedList, Default: 'a,b'}}
Mappings: {{Map: {{dev: {{Name: a}}}}}}
Conditions:
  IsProd: !Equals [!Ref Stage, prod]
Resources:
  Topic: {{Type: AWS::SNS::Topic, Properties: {{TopicName: {value}}}}}
  Other: {{Type: AWS::SNS::Topic, Condition: IsProd}}
"
    )
}

fn check(body: &str, expected: &str) {
    assert_eq!(said(body, &[]).as_deref(), Some(expected), "{body}");
}

#[test]
fn shapes_of_functions() {
    for (value, expected) in [
        (
            "!Select [x, [a]]",
            "Template error: Fn::Select requires a list argument with two elements: an integer index and a list",
        ),
        (
            "!Select [0]",
            "Template error: Fn::Select requires a list argument with two elements: an integer index and a list",
        ),
        (
            "!If [IsProd, !Equals [a], b]",
            "Template error: every Fn::Equals object requires a list of 2 string parameters.",
        ),
        (
            "!GetAtt Other",
            "Template error: every Fn::GetAtt object requires two non-empty parameters, the resource name and the resource attribute",
        ),
        (
            "!Split [',']",
            "Template error: every Fn::Split object requires two parameters, (1) a string delimiter and (2) a string to be split or a function that returns a string to be split.",
        ),
        (
            "!Join [',', text]",
            "Template error: every Fn::Join object requires two parameters, (1) a string delimiter and (2) a list of strings to be joined or a function that returns a list of strings (such as Fn::GetAZs) to be joined.",
        ),
        (
            "{'Fn::Transform': {Name: !Ref Stage}}",
            "Key Name of transform definition must be a string.",
        ),
        (
            "!FindInMap [Map, dev]",
            "Template error: every Fn::FindInMap object requires three parameters, the map name, map key and the attribute for return value",
        ),
        (
            "!FindInMap [Map, prod, Name, {DefaultValue: b}]",
            "Template error: every Fn::FindInMap object requires three parameters, the map name, map key and the attribute for return value",
        ),
        (
            "!If [IsProd, a]",
            "Template error: Fn::If requires a list argument with three elements",
        ),
        (
            "!If [[IsProd], a, b]",
            "Template error: Fn::If requires a list argument with the first element being a condition",
        ),
        (
            "!Sub ['${A}']",
            "Template error: One or more Fn::Sub intrinsic functions don't specify expected arguments. Specify a string as first argument, and an optional second argument to specify a mapping of values to replace in the string",
        ),
        (
            "!Sub '${A-B}'",
            "Template error: variable names in Fn::Sub syntax must contain only alphanumeric characters, underscores, periods, and colons",
        ),
        (
            "{Ref: [Stage]}",
            "Template error: every Ref object must have a single String value.",
        ),
        (
            "!Base64 [a]",
            "Template error: every Fn::Base64 object must have a String-typed value.",
        ),
    ] {
        check(&with(value), expected);
    }
}

#[test]
fn names_that_lead_nowhere() {
    for (value, expected) in [
        (
            "!Ref Nobody",
            "Template format error: Unresolved resource dependencies [Nobody] in the Resources block of the template",
        ),
        (
            "!Sub '${Nobody}-${Nothing}-${Nobody}'",
            "Template format error: Unresolved resource dependencies [Nobody, Nothing] in the Resources block of the template",
        ),
        (
            "!If [IsProd, !Ref Nobody, a]",
            "Template format error: Unresolved resource dependencies [Nobody] in the Resources block of the template",
        ),
        (
            "!GetAtt Nobody.Arn",
            "Template error: instance of Fn::GetAtt references undefined resource Nobody",
        ),
        (
            "!Sub '${Nobody.Arn}'",
            "Template error: instance of Fn::Sub references invalid resource attribute Nobody.Arn",
        ),
        (
            "!If [Nothing, a, b]",
            "Template error: unresolved condition dependency Nothing in Fn::If",
        ),
        (
            "!FindInMap [Nothing, a, b]",
            "Template error: Mapping named 'Nothing' is not present in the 'Mappings' section of template.",
        ),
        (
            "!FindInMap [Map, C, Name]",
            "Template error: Unable to get mapping for Map::C::Name",
        ),
        (
            "!FindInMap [Map, !Ref Stage, Suffix]",
            "Template error: Unable to get mapping for Map::dev::Suffix",
        ),
        (
            "!ImportValue {Ref: Other}",
            "Template error: the attribute in Fn::ImportValue must not depend on any resources, imported values, or Fn::GetAZs",
        ),
        (
            "!Select [2, !Ref Zones]",
            "Template error: Fn::Select cannot select nonexistent value at index 2",
        ),
        (
            "!Select [-1, [a]]",
            "Template error: Fn::Select cannot select nonexistent value at index -1",
        ),
    ] {
        check(&with(value), expected);
    }
}

#[test]
fn what_a_condition_takes_away() {
    let expected = "Template format error: Unresolved resource dependencies [Other] in the Resources block of the template";
    for value in ["!Ref Other", "!GetAtt Other.TopicName", "!Sub '${Other}'"] {
        check(&with(value), expected);
        assert_eq!(said(&with(value), &[("Stage", "prod")]), None);
    }
    assert_eq!(said(&with("!If [IsProd, !Ref Other, a]"), &[]), None);
    assert_eq!(
        said(&with("!If [IsProd, !FindInMap [Map, C, Name], a]"), &[]),
        None
    );
    let outputs = |value: &str| format!("{}Outputs: {{O: {{{value}}}}}\n", with("a"));
    check(
        &outputs("Value: !Ref Other"),
        "Unresolved resource dependencies [Other] in the Outputs block of the template",
    );
    check(
        &outputs("Value: !Ref Nobody"),
        "Unresolved resource dependencies [Nobody] in the Outputs block of the template",
    );
    assert_eq!(
        said(&outputs("Condition: IsProd, Value: !Ref Other"), &[]),
        None
    );
    let waits = with("a").replace("TopicName: a}", "TopicName: a}, DependsOn: Other");
    assert_eq!(said(&waits, &[]), None);
}

#[test]
fn outputs_are_texts() {
    let outputs = |value: &str| format!("{}Outputs: {{O: {{{value}}}}}\n", with("a"));
    for (value, expected) in [
        (
            "Value: [a]",
            "Template format error: The Value field of every Outputs member must evaluate to a String and not a List.",
        ),
        (
            "Value: {A: b}",
            "Template format error: The Value field of every Outputs member must evaluate to a String and not a Map.",
        ),
        (
            "Value: !Ref Zones",
            "Template format error: The Value field of every Outputs member must evaluate to a String.",
        ),
        (
            "Value: !If [IsProd, a, !Ref AWS::NoValue]",
            "Template format error: The Value field of every Outputs member must evaluate to a String.",
        ),
        (
            "Value: a, Condition: Nothing",
            "Template format error: Unresolved condition dependency Nothing in the Outputs block of the template",
        ),
        (
            "Value: a, Export: {Name: !GetAtt Topic.Arn}",
            "Template format error: Output O is malformed. The Name field of Export must not depend on any resources, imported values, or Fn::GetAZs.",
        ),
    ] {
        check(&outputs(value), expected);
    }
    // Attributes that a type does not have are found at run time: recorded.
    for value in [
        "Value: !GetAtt Topic.Nothing",
        "Value: 5",
        "Value: !Join [',', !Ref Zones]",
    ] {
        assert_eq!(said(&outputs(value), &[]), None);
    }
}

#[test]
fn circles() {
    check(
        "
Resources:
  A: {Type: AWS::SNS::Topic, Properties: {TopicName: !Ref B}}
  B: {Type: AWS::SNS::Topic, Properties: {TopicName: !Sub '${C.TopicName}'}}
  C: {Type: AWS::SNS::Topic, DependsOn: A}
  D: {Type: AWS::SNS::Topic, DependsOn: A}
",
        "Circular dependency between resources: [A, B, C]",
    );
    // Only branches that are taken count.
    let branches = "
Conditions: {Never: !Equals [a, b]}
Resources:
  A: {Type: AWS::SNS::Topic, Properties: {TopicName: !If [Never, !Ref B, b]}}
  B: {Type: AWS::SNS::Topic, DependsOn: A}
";
    assert_eq!(said(branches, &[]), None);
    check(
        "
Conditions: {One: !Not [!Condition Two], Two: !Not [!Condition One]}
Resources: {A: {Type: AWS::SNS::Topic}}
",
        "Template error: Found circular condition dependency between One and Two",
    );
}

#[test]
fn conditions_and_types_and_policies() {
    let topic = "Resources: {A: {Type: AWS::SNS::Topic}}";
    for (body, expected) in [
        (
            format!("Conditions: {{C: !Equals [a]}}\n{topic}"),
            "Template error: every Fn::Equals object requires a list of 2 string parameters.",
        ),
        (
            format!("Conditions: {{C: !Equals [!Ref A, a]}}\n{topic}"),
            "Template format error: Unresolved dependencies [A]. Cannot reference resources in the Conditions block of the template",
        ),
        (
            format!("Conditions: {{C: !And [!Equals [a, a]]}}\n{topic}"),
            "Template error: every Fn::And object requires a list of at least 2 and at most 10 boolean parameters.",
        ),
        (
            "Resources: {A: {Type: AWS::SNS::Topic, Condition: Nothing}}".to_owned(),
            "Template format error: Unresolved condition dependency Nothing in the Resources block of the template",
        ),
        (
            "Resources: {A: {Type: AWS::SNS::Topik}, B: {Type: Nothing}}".to_owned(),
            "Template format error: Unrecognized resource types: [AWS::SNS::Topik, Nothing]",
        ),
        (
            "Resources: {A: {Type: AWS::SNS::Topic, DeletionPolicy: [Retain]}}".to_owned(),
            "Template format error: Every DeletionPolicy member must be a string.",
        ),
        (
            "Resources: {A: {Type: AWS::SNS::Topic, DeletionPolicy: Snapshot}}".to_owned(),
            "Template error: resource type AWS::SNS::Topic does not support deletion policy Snapshot",
        ),
        (
            "Resources: {A: {Type: AWS::SNS::Topic, UpdateReplacePolicy: RetainExceptOnCreate}}"
                .to_owned(),
            "Template error: Unrecognized UpdateReplacePolicy RetainExceptOnCreate for resource A",
        ),
    ] {
        check(&body, expected);
    }
    let fine = "
Resources:
  A: {Type: Custom::Thing, DeletionPolicy: !If [C, Retain, Delete]}
  B: {Type: AWS::CloudFormation::CustomResource}
  C: {Type: Datadog::Monitors::Monitor}
  D: {Type: AWS::CloudFormation::WaitConditionHandle}
Conditions: {C: !Equals [a, a]}
";
    assert_eq!(said(fine, &[]), None);
}

#[test]
fn rules_hold() {
    let body = "
Parameters:
  Version: {Type: String, Default: '6'}
  Stage: {Type: String, Default: dev}
Rules:
  CheckVersion:
    Assertions:
      - Assert: !Not [{'Fn::Contains': [['1', '2'], !Ref Version]}]
        AssertDescription: version 3 is needed
  OnlyProd:
    RuleCondition: !Equals [!Ref Stage, prod]
    Assertions:
      - Assert: {'Fn::EachMemberIn': [[!Ref Version], ['7', '8']]}
        AssertDescription: version 7 is needed
Resources: {A: {Type: AWS::SNS::Topic}}
";
    assert_eq!(said(body, &[]), None);
    assert_eq!(
        said(body, &[("Version", "2")]).as_deref(),
        Some("Template error: Rule CheckVersion failed: version 3 is needed")
    );
    assert_eq!(
        said(body, &[("Stage", "prod")]).as_deref(),
        Some("Template error: Rule OnlyProd failed: version 7 is needed")
    );
}
