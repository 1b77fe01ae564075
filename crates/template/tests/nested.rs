//! What may stand inside of functions, in rules and in the names of exports; and that each thing is told once.
#![expect(clippy::unwrap_used, reason = "a test")]

use stratiform_template::{Template, check, inspect, parse};

/// The codes and paths of what is found in the property of a resource.
fn found(value: &str) -> Vec<String> {
    let template = Template::parse(&format!(
        "Parameters: {{P: {{Type: String}}, L: {{Type: CommaDelimitedList}}}}
Conditions: {{C: !Equals [!Ref P, x]}}
Mappings: {{M: {{a: {{b: c}}}}}}
Resources: {{T: {{Type: T}}, A: {{Type: T, Properties: {{V: {value}}}}}}}"
    ));
    let found = check(&template.unwrap());
    let line = |code: &str, path: &[String]| format!("{code} {}", path[4..].join("/"));
    found
        .iter()
        .map(|finding| line(finding.code.as_str(), &finding.path))
        .collect()
}

#[test]
fn functions_inside_of_functions() {
    let argument = "invalid-function-argument";
    let place = "function-not-allowed";
    for (value, expected) in [
        ("!Join [',', !Ref L]", vec![]),
        ("!Join [',', !If [C, !Ref L, [a]]]", vec![]),
        (
            "!Join [',', [!Ref AWS::NoValue, !Ref Unknown]]",
            vec!["unresolved-reference Fn::Join/1/1/Ref".to_owned()],
        ),
        (
            "!Join [',', !Ref P]",
            vec![format!("{argument} Fn::Join/1")],
        ),
        (
            "!Join [',', !If [C, !Ref L, !Ref P]]",
            vec![format!("{argument} Fn::Join/1/Fn::If/2")],
        ),
        ("!Join [',', !Sub a]", vec![format!("{place} Fn::Join/1")]),
        (
            "!Join [',', [a, [b]]]",
            vec![format!("{argument} Fn::Join/1/1")],
        ),
        (
            "!Join [',', [a, !Ref L, !GetAZs '']]",
            vec![
                format!("{argument} Fn::Join/1/1"),
                format!("{argument} Fn::Join/1/2"),
            ],
        ),
        ("!Select [!Ref P, !Split [',', !Ref P]]", vec![]),
        (
            "!Select [0, !Ref P]",
            vec![format!("{argument} Fn::Select/1")],
        ),
        (
            "!Select [!Sub '0', [a]]",
            vec![format!("{place} Fn::Select/0")],
        ),
        (
            "!Split [',', !Ref L]",
            vec![format!("{argument} Fn::Split/1")],
        ),
        ("!FindInMap [M, !Ref P, !FindInMap [M, a, b]]", vec![]),
        (
            "!FindInMap [M, !Sub a, b]",
            vec![format!("{place} Fn::FindInMap/1")],
        ),
        (
            "!Select [0, {'Fn::Cidr': !Ref P}]",
            vec![format!("{argument} Fn::Select/1/Fn::Cidr")],
        ),
        ("!GetAtt [T, !Ref P]", vec![]),
        ("!GetAtt [T, !Sub a]", vec![format!("{place} Fn::GetAtt/1")]),
        (
            "!Sub ['${X}', {X: !Ref L}]",
            vec![format!("{argument} Fn::Sub/1/X")],
        ),
        ("!Sub '${ P }'", vec![]),
        (
            "{'Fn::Base64': !Ref L}",
            vec![format!("{argument} Fn::Base64")],
        ),
        ("{'Fn::ImportValue': !Sub '${P}-x'}", vec![]),
        (
            "{'Fn::ImportValue': !Sub '${T}-x'}",
            vec![format!("{argument} Fn::ImportValue")],
        ),
        ("!Equals [a, b]", vec![format!("{place} Fn::Equals")]),
        (
            "!If [!Equals [a, b], c, d]",
            vec![format!("{argument} Fn::If/0")],
        ),
    ] {
        assert_eq!(found(value), expected, "{value}");
    }
}

/// The codes and paths of all that is wrong.
fn inspected(text: &str) -> Vec<String> {
    let inspected = inspect(&parse(text).unwrap());
    inspected
        .findings()
        .map(|finding| format!("{} {}", finding.code, finding.path.join("/")))
        .collect()
}

const TOPIC: &str = "\nResources: {T: {Type: AWS::SNS::Topic}}\n";

#[test]
fn conditions_rules_and_exports() {
    for (text, expected) in [
        (
            "Conditions: {C: !Join ['', [a]]}",
            vec!["invalid-structure Conditions/C"],
        ),
        (
            "Conditions: {C: !Not [!Join ['', [a]]]}",
            vec!["invalid-function-argument Conditions/C/Fn::Not"],
        ),
        (
            "Rules: {R: {Assertions: [{Assert: !Equals [a, b]}]}}",
            vec![],
        ),
        (
            "Rules: {R: {RuleCondition: x, Assertions: {}}}",
            vec![
                "invalid-structure Rules/R/RuleCondition",
                "invalid-structure Rules/R/Assertions",
            ],
        ),
        (
            "Rules: {R: {}, S: x}",
            vec!["missing-member Rules/R", "invalid-structure Rules/S"],
        ),
        (
            "Rules: {R: {Assertions: [{AssertDescription: x}, {Assert: !Ref AWS::Region}]}}",
            vec![
                "missing-member Rules/R/Assertions/0",
                "invalid-structure Rules/R/Assertions/1/Assert",
            ],
        ),
        (
            "Outputs: {O: {Value: a, Export: {Name: !Sub '${AWS::StackName}-x'}}}",
            vec![],
        ),
        (
            "Outputs: {O: {Value: a, Export: {Name: !Sub '${T}-x'}}}",
            vec!["function-not-allowed Outputs/O/Export/Name"],
        ),
        (
            "Outputs: {O: {Value: a, Export: {Name: [a]}}}",
            vec!["invalid-structure Outputs/O/Export/Name"],
        ),
        ("Transform: {a: b}", vec!["invalid-structure Transform/0"]),
        (
            "Transform: [{Name: M, Parameters: {a: b}}, AWS::LanguageExtensions]",
            vec![],
        ),
        (
            "Mappings: {M-1: {a b: {c-d: e}}, N: {}, O: {a.b-c: {D: e}}}",
            vec![
                "invalid-name Mappings/M-1",
                "invalid-name Mappings/M-1/a b",
                "invalid-name Mappings/M-1/a b/c-d",
                "missing-member Mappings/N",
            ],
        ),
    ] {
        assert_eq!(inspected(&format!("{text}{TOPIC}")), expected, "{text}");
    }
}

#[test]
fn reading_goes_on_and_nothing_follows_from_what_is_told() {
    for (text, expected) in [
        (
            "Conditions:\n  C: {Fn::Of: [a]}\nResources:\n  A: {Type: T, Condition: C, Properties: {X: !Ref Nope, Y: {Fn::Nope: a}}}",
            vec![
                "unknown-function Conditions/C/Fn::Of",
                "unknown-function Resources/A/Properties/Y/Fn::Nope",
                "unresolved-reference Resources/A/Properties/X/Ref",
            ],
        ),
        (
            "Conditions:\nResources: {A: {Type: T, DependsOn: B}}",
            vec![
                "null-value Conditions",
                "unresolved-depends-on Resources/A/DependsOn/0",
            ],
        ),
        (
            "Parameters:\n  On: {Type: String}\n  'Off': {Type: String}\nResources:\n  A: {Type: T, Properties: {X: !Sub '${On}${Off}'}}",
            vec!["invalid-name Parameters/On"],
        ),
        (
            "Resources: {A: {Type: T, Properties: {X: {Fn::Sub: a, Fn::Join: b}}}}",
            vec![
                "function-with-siblings Resources/A/Properties/X/Fn::Sub",
                "function-with-siblings Resources/A/Properties/X/Fn::Join",
            ],
        ),
    ] {
        assert_eq!(inspected(text), expected, "{text}");
    }
}
