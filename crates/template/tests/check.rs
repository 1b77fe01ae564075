//! What the structural checks say.

use std::fmt::Write as _;

use stratiform_finding::{Code, Finding};
use stratiform_template::{Template, check, parse};

/// The codes and paths of what is found in a template, a line each.
fn found(text: &str) -> Vec<String> {
    findings(text)
        .iter()
        .map(|finding| format!("{} {}", finding.code, finding.path.join("/")))
        .collect()
}

fn findings(text: &str) -> Vec<Finding> {
    let template = Template::parse(text).unwrap_or_else(|error| panic!("{error:?}\n{text}"));
    check(&template)
}

fn expect(text: &str, expected: &[&str]) {
    assert_eq!(found(text), expected, "{text}");
}

const LE: &str = "Transform: AWS::LanguageExtensions\n";

#[test]
fn references() {
    let resources = |rest: &str| {
        format!(
            "Parameters: {{P: {{Type: String}}}}\nResources: {{A: {{Type: T}}, B: {{Type: T, {rest}}}}}"
        )
    };
    let properties = |value: &str| resources(&format!("Properties: {{V: {value}}}"));
    expect(
        &properties(
            "[!Ref A, !Ref P, !Ref AWS::Region, !GetAtt A.Arn, !Sub '${A}${A.Arn}${P}${AWS::StackId}${!X}']",
        ),
        &[],
    );
    expect(&properties("!Sub ['${X}${A}', {X: !Ref P}]"), &[]);
    expect(
        &properties("!Ref X"),
        &["unresolved-reference Resources/B/Properties/V/Ref"],
    );
    expect(
        &properties("[!GetAtt X.Arn, !GetAtt P.Arn]"),
        &[
            "unresolved-reference Resources/B/Properties/V/0/Fn::GetAtt",
            "unresolved-reference Resources/B/Properties/V/1/Fn::GetAtt",
        ],
    );
    expect(
        &properties("!Sub '${X} ${Y.Z}'"),
        &[
            "unresolved-reference Resources/B/Properties/V/Fn::Sub",
            "unresolved-reference Resources/B/Properties/V/Fn::Sub",
        ],
    );
    expect(
        &properties("!Sub '${A B}'"),
        &["invalid-function-argument Resources/B/Properties/V/Fn::Sub"],
    );
    expect(
        &resources("DependsOn: [A, X]"),
        &["unresolved-depends-on Resources/B/DependsOn/1"],
    );
    expect(
        &resources("DependsOn: P"),
        &["unresolved-depends-on Resources/B/DependsOn/0"],
    );
    expect(
        &resources("Condition: X"),
        &["unresolved-condition Resources/B/Condition"],
    );
    expect(
        &properties("!If [X, a, b]"),
        &["unresolved-condition Resources/B/Properties/V/Fn::If/0"],
    );
    expect(
        &resources("Metadata: {V: !Ref X, W: }"),
        &["unresolved-reference Resources/B/Metadata/V/Ref"],
    );
    for metadata in ["some text", "[a]", "1", "true", "!Ref A"] {
        expect(
            &resources(&format!("Metadata: {metadata}")),
            &["invalid-structure Resources/B/Metadata"],
        );
    }
    for metadata in ["{}", "{V: [a]}", "{V: a}"] {
        expect(&resources(&format!("Metadata: {metadata}")), &[]);
    }
    // What it chooses may be a map.
    expect(
        &resources("Metadata: !If [X, {V: a}, {V: b}]"),
        &["unresolved-condition Resources/B/Metadata/Fn::If/0"],
    );
    expect(
        "Resources: {A: {Type: T}}\nOutputs: {O: {Value: !Ref X, Condition: C, Export: {Name: !Ref Y}}}",
        &[
            "unresolved-condition Outputs/O/Condition",
            "unresolved-reference Outputs/O/Value/Ref",
            "unresolved-reference Outputs/O/Export/Name/Ref",
        ],
    );
    expect(
        "Conditions: {C: !Equals [!Ref A, b]}\nResources: {A: {Type: T}}",
        &["unresolved-reference Conditions/C/Fn::Equals/0/Ref"],
    );
}

#[test]
fn mappings() {
    let with = |value: &str| {
        format!(
            "Mappings: {{M: {{a: {{b: c, d: [e, f]}}}}}}\nResources: {{A: {{Type: T, Properties: {{V: {value}}}}}}}"
        )
    };
    expect(&with("!FindInMap [M, a, b]"), &[]);
    expect(&with("!FindInMap [M, !Ref AWS::Region, b]"), &[]);
    expect(
        &with("!FindInMap [X, a, b]"),
        &["unresolved-mapping Resources/A/Properties/V/Fn::FindInMap"],
    );
    expect(
        &with("!FindInMap [M, x, b]"),
        &["unresolved-mapping Resources/A/Properties/V/Fn::FindInMap"],
    );
    expect(
        &with("!FindInMap [M, a, x]"),
        &["unresolved-mapping Resources/A/Properties/V/Fn::FindInMap"],
    );
    expect(
        &with("!FindInMap [M, a]"),
        &["invalid-function-argument Resources/A/Properties/V/Fn::FindInMap"],
    );
    expect(
        &with("!FindInMap [M, x, y, {DefaultValue: z}]"),
        &["missing-transform Resources/A/Properties/V/Fn::FindInMap"],
    );
    expect(
        &format!("{LE}{}", with("!FindInMap [M, x, y, {DefaultValue: z}]")),
        &[],
    );
    expect(
        "Mappings: {M: a, N: {a: b}, O: {a: {b: !Ref P}}, Q: {a: {b: {c: d}}}}\nResources: {A: {Type: T}}",
        &[
            "invalid-structure Mappings/M",
            "invalid-structure Mappings/N/a",
            "invalid-structure Mappings/O/a/b",
            "invalid-structure Mappings/Q/a/b",
        ],
    );
}

#[test]
fn shapes() {
    let with = |value: &str| {
        let braced = value.starts_with("Fn::") || value.starts_with("Ref");
        let value = if braced {
            format!("{{{value}}}")
        } else {
            value.to_owned()
        };
        format!(
            "Conditions: {{C: !Equals [a, b]}}\nResources: {{A: {{Type: T, Properties: {{V: {value}}}}}}}"
        )
    };
    for fits in [
        "!Join ['', [a, b]]",
        "!Join ['', !GetAZs '']",
        "!Select [0, [a]]",
        "!Select ['1', !GetAZs '']",
        "!Select [!Ref AWS::Region, [a]]",
        "!Split [',', 'a,b']",
        "!Split [',', !ImportValue x]",
        "!If [C, a, !Ref AWS::NoValue]",
        "Fn::Base64: !Sub x",
        "!Cidr [10.0.0.0/16, 4, 8]",
        "Fn::GetAZs: !Ref AWS::Region",
        "!GetStackOutput {StackName: a, OutputName: b}",
        "Fn::Transform: {Name: AWS::Include, Parameters: {Location: !Ref X}}",
        "!Sub [a, {}]",
    ] {
        expect(&with(fits), &[]);
    }
    for wrong in [
        "!Join ['']",
        "!Join [!Ref AWS::Region, [a]]",
        "!Join ['', a]",
        "!Join a",
        "!Select [a, [b]]",
        "!Select [-1, [b]]",
        "!Select [1, [b]]",
        "!Select [0]",
        "!Select [0, a]",
        "!Split [',']",
        "!Split [',', [a]]",
        "!If [C, a]",
        "!If [!Ref X, a, b]",
        "!Sub [a]",
        "!Sub {a: b}",
        "!GetAtt A",
        "!GetAtt [A, B, C]",
        "!GetAtt .A",
        "!GetAtt A.",
        "!Cidr [a]",
        "Fn::Base64: [a]",
        "Ref: [A]",
        "!GetStackOutput {StackName: a}",
        "Fn::Transform: {Name: !Ref X}",
        "Fn::Transform: a",
    ] {
        let found = found(&with(wrong));
        assert!(
            found.len() <= 2
                && found
                    .iter()
                    .any(|line| line.starts_with("invalid-function-argument")),
            "{wrong}: {found:?}"
        );
    }
    let condition = |value: &str| {
        format!("Conditions: {{D: !Equals [a, b], C: {value}}}\nResources: {{A: {{Type: T}}}}")
    };
    expect(
        &condition("!And [!Condition D, !Not [!Condition D], !Or [!Condition D, !Equals [1, 2]]]"),
        &[],
    );
    for wrong in [
        "!And [!Condition D]",
        "!Not [!Condition D, !Condition D]",
        "!Equals [a]",
        "!Equals [a, [b]]",
        "!Or [a, b]",
        "!Not a",
    ] {
        expect(
            &condition(wrong),
            &[&format!(
                "invalid-function-argument Conditions/C/{}",
                name(wrong)
            )],
        );
    }
    expect(&condition("a"), &["invalid-structure Conditions/C"]);
    expect(
        &condition("!Condition X"),
        &["unresolved-condition Conditions/C/Condition"],
    );
    expect(
        &condition("!Equals [!GetAtt A.B, a]"),
        &["function-not-allowed Conditions/C/Fn::Equals/0/Fn::GetAtt"],
    );
}

fn name(short: &str) -> String {
    let tag = short.split(' ').next().unwrap_or_default();
    tag.replace('!', "Fn::")
}

#[test]
fn places() {
    expect(
        "Rules: {R: {RuleCondition: !Equals [!Ref P, a], Assertions: [{Assert: {Fn::Contains: [[a], !Ref P]}}]}}\nParameters: {P: {Type: String}}\nResources: {A: {Type: T}}",
        &[],
    );
    expect(
        "Rules: {R: {Assertions: [{Assert: !GetAtt A.B}]}}\nResources: {A: {Type: T}}",
        &["function-not-allowed Rules/R/Assertions/0/Assert/Fn::GetAtt"],
    );
    expect(
        "Resources: {A: {Type: T, Properties: {V: {Fn::RefAll: x}}}}",
        &["function-not-allowed Resources/A/Properties/V/Fn::RefAll"],
    );
    expect(
        "Parameters: {P: {Type: String, Default: !Ref X}}\nResources: {A: {Type: T}}",
        &["function-not-allowed Parameters/P"],
    );
    expect(
        "Resources: {A: {Type: T, DeletionPolicy: !Ref AWS::Region, UpdateReplacePolicy: !If [C, Retain, Delete]}}\nConditions: {C: !Equals [a, b]}",
        &[],
    );
    expect(
        "Resources: {A: {Type: T, Properties: {V: {Fn::Length: [1]}}}}",
        &["missing-transform Resources/A/Properties/V/Fn::Length"],
    );
    expect(
        &format!(
            "{LE}Resources: {{A: {{Type: T, DeletionPolicy: !Ref AWS::Region, Properties: {{V: {{Fn::Length: [1]}}}}}}}}"
        ),
        &[],
    );
}

#[test]
fn nulls() {
    expect(
        "Resources: {A: {Type: T, Properties: {P: , Q: [~]}}}\nOutputs: {O: {Value: }}",
        &[
            "null-value Resources/A/Properties/P",
            "null-value Resources/A/Properties/Q/0",
            "null-value Outputs/O/Value",
        ],
    );
}

#[test]
fn names_and_quotas() {
    expect("{}", &["no-resources Resources"]);
    expect(
        "Resources: {A-B: {Type: T}, '': {Type: T}}\nParameters: {AWS::NoValue: {Type: String}}\nOutputs: {O_: {Value: a}}",
        &[
            "invalid-name Parameters/AWS::NoValue",
            "invalid-name Resources/A-B",
            "invalid-name Resources/",
            "invalid-name Outputs/O_",
        ],
    );
    // CloudFormation takes both, though no page says so.
    expect(
        "Resources: {A: {Type: T, Description: x}, B: {Type: 'Custom::T', Version: '1.0'}}",
        &[],
    );
    let many = |count: usize, kind: &str| {
        (0..count)
            .map(|index| format!("  A{index}: {{{kind}}}\n"))
            .collect::<String>()
    };
    expect(&format!("Resources:\n{}", many(500, "Type: T")), &[]);
    expect(
        &format!("Resources:\n{}", many(501, "Type: T")),
        &["quota-exceeded Resources"],
    );
    let outputs = format!(
        "Resources: {{A: {{Type: T}}}}\nOutputs:\n{}",
        many(201, "Value: a")
    );
    expect(&outputs, &["quota-exceeded Outputs"]);
    let parameters = format!(
        "Resources: {{A: {{Type: T}}}}\nParameters:\n{}",
        many(201, "Type: String")
    );
    expect(&parameters, &["quota-exceeded Parameters"]);
    expect(
        &format!(
            "Resources: {{A: {{Type: T}}}}\nDescription: {}",
            "é".repeat(513)
        ),
        &["quota-exceeded Description"],
    );
    expect(
        &format!("Resources: {{{}: {{Type: T}}}}", "A".repeat(256)),
        &[&format!("quota-exceeded Resources/{}", "A".repeat(256))],
    );
    expect(
        "Resources: {A: {Type: T}}\nOutputs: {O: {Value: a, Export: {Name: x}}, P: {Value: b, Export: {Name: x}}}",
        &["duplicate-export Outputs/P/Export/Name"],
    );
    expect(
        "AWSTemplateFormatVersion: 2011-01-01\nResource: {}\nResources: {A: {Type: T, Propertys: {}}}",
        &[
            "invalid-structure AWSTemplateFormatVersion",
            "unknown-member Resource",
            "unknown-member Resources/A/Propertys",
        ],
    );
    expect(
        "Parameters: {P: {Type: String, Allowed: x}}\nResources: {A: {Type: T}}",
        &["unknown-member Parameters/P"],
    );
}

#[test]
fn cycles() {
    let code = |text: &str| {
        findings(text)
            .into_iter()
            .map(|finding| (finding.what, finding.recorded))
            .collect::<Vec<_>>()
    };
    let recorded = |names: &str| Some(format!("Circular dependency between resources: [{names}]"));
    assert_eq!(
        code(
            "Resources: {A: {Type: T, DependsOn: B}, B: {Type: T, Properties: {V: !Sub '${C.Arn}'}}, C: {Type: T, Metadata: {V: [!Ref A]}}, D: {Type: T, DependsOn: A}}"
        ),
        [(
            "a circle of dependencies: A → B → C → A".to_owned(),
            recorded("A, B, C")
        )]
    );
    assert_eq!(
        code("Resources: {A: {Type: T, Properties: {V: !Ref A}}}"),
        [("`A` depends on itself".to_owned(), recorded("A"))]
    );
    assert_eq!(
        code(
            "Conditions: {A: !Not [!Condition B], B: !Or [!Condition A, !Equals [1, 2]]}\nResources: {A: {Type: T}}"
        ),
        [("a circle of dependencies: A → B → A".to_owned(), None)]
    );
}

#[test]
fn macros_and_loops_are_given_the_benefit_of_the_doubt() {
    expect(
        "Transform: My::Macro\nGlobals: {}\nResources: {A: {Type: T, Connectors: {}, Properties: {V: !Ref ARole, W: {Fn::Length: [1]}}}}",
        &[],
    );
    // AWS SAM makes resources whose names start like those that they are made of, and nothing else.
    expect(
        "Transform: AWS::Serverless-2016-10-31\nGlobals: {}\nResources: {A: {Type: AWS::Serverless::Function, Connectors: {}, DependsOn: ARole, Properties: {V: !Ref ARole, W: !Ref B, X: !Sub '${ServerlessRestApi}${A.Version}', Y: !Ref A.Alias, Z: {Fn::Length: [1]}}}}",
        &[
            "unresolved-reference Resources/A/Properties/W/Ref",
            "missing-transform Resources/A/Properties/Z/Fn::Length",
        ],
    );
    expect(
        "Resources: {A: {Type: My::Own::MODULE}, B: {Type: T, DependsOn: AQueue, Properties: {V: !Ref ABucket, W: !GetAtt A.Bucket.Arn, X: !Ref C}}}",
        &["unresolved-reference Resources/B/Properties/X/Ref"],
    );
    expect(
        "Transform: AWS::Serverless-2016-10-31\nResources: {A: {Type: AWS::Serverless::Function, Properties: {V: !Ref B}}, B: {Type: AWS::Serverless::Api, Properties: {V: !GetAtt A.Arn}}}",
        &[],
    );
    expect(
        "Fn::Transform: {Name: AWS::Include}\nResources: {A: {Type: T, Properties: {V: !Ref X}}}",
        &[],
    );
    expect(
        "Resources: {Fn::Transform: {Name: AWS::Include}, A: {Type: T, Properties: {V: !Ref X}, DependsOn: Y}}",
        &[],
    );
    let text = "Resources:\n  Fn::ForEach::L: [I, [a, b], {'T${I}': {Type: T, Properties: {V: !Ref I, W: !Sub '${I}${Other${I}}', X: !GetAtt ['T${I}', Arn]}}}]\n  A: {Type: T, Properties: {V: !Ref Ta}, DependsOn: Tb}\n";
    expect(&format!("{LE}{text}"), &[]);
    expect(text, &["missing-transform Resources/Fn::ForEach::L"]);
    expect(
        &format!("{LE}Resources: {{Fn::ForEach::L: [I, [a]]}}"),
        &["invalid-function-argument Resources/Fn::ForEach::L"],
    );
    for argument in [
        "[[I], [a], {}]",
        "[{I: a}, [a], {}]",
        "[I, [a], text]",
        "[I, [a], [b]]",
    ] {
        expect(
            &format!("{LE}Resources: {{A: {{Type: T}}, Fn::ForEach::L: {argument}}}"),
            &["invalid-function-argument Resources/Fn::ForEach::L"],
        );
    }
    expect(
        &format!(
            "{LE}Resources: {{A: {{Type: T, Properties: {{V: {{Fn::Length: {{a: b}}}}, W: {{Fn::ToJsonString: {{a: b}}}}}}}}}}"
        ),
        &["invalid-function-argument Resources/A/Properties/V/Fn::Length"],
    );
}

/// Everything a person gets to read about findings.
#[test]
fn messages() {
    let mut report = String::new();
    let mut codes = Vec::new();
    for text in [
        "{}",
        "Parameters: {VpcId: {Type: String}}\nResources: {A: {Type: T, Properties: {V: !Ref VpcID, W: !Sub '${Nowhere} ${A B}'}}}\nOutputs: {O: {Value: !GetAtt B.Arn}}",
        "Conditions: {IsProd: !Equals [a, b]}\nResources: {A: {Type: T, Condition: IsPrd, DependsOn: Z, Properties: {V: !If [IsDev, a, b]}}}",
        "Mappings: {M: {a: {b: c}}}\nResources: {A: {Type: T, Properties: {V: !FindInMap [M, a, x], W: !FindInMap [N, a, b]}}}",
        "Resources: {A: {Type: T, Properties: {V: !Join a, W: !Select [3, [a]], X: !GetAtt A, Y: !Split [a], Z: }}}",
        "Conditions: {C: !Equals [a], D: !And [a]}\nResources: {A-1: {Type: T, Deletion: x}}",
        "Resources: {A: {Type: T, DependsOn: B}, B: {Type: T, DependsOn: A, Properties: {V: {Fn::Length: [1]}, W: {Fn::RefAll: x}}}}",
        "Resources: {A: {Type: T}}\nOutputs: {O: {Value: a, Export: {Name: x}}, P: {Value: b, Export: {Name: x}}}",
        "Resource: {}\nMappings: {M: {a: {b: {c: d}}}}\nResources: {A: {Type: T}}",
    ] {
        let node = parse(text).expect("YAML");
        let _ = writeln!(report, "--- {text}");
        for finding in findings(text) {
            let span = node.span_at(finding.path.iter().map(String::as_str));
            let _ = writeln!(
                report,
                "{}: {finding} ({}:{})",
                finding.code, span.line, span.column
            );
            if let Some(recorded) = &finding.recorded {
                let _ = writeln!(report, "  CloudFormation: {recorded}");
            }
            let _ = writeln!(report, "  help: {}", finding.help);
            codes.push(finding.code);
        }
    }
    assert!(codes.contains(&Code::CircularDependency));
    insta::assert_snapshot!(report);
}

#[test]
fn conditions_know_nothing_of_other_stacks() {
    let condition = |value: &str| {
        format!("Conditions: {{C: !Equals [a, {value}]}}\nResources: {{A: {{Type: T}}}}")
    };
    for value in [
        "{'Fn::ImportValue': x}",
        "{'Fn::GetStackOutput': {StackName: s, OutputName: o}}",
        "{'Fn::GetAtt': [A, Arn]}",
    ] {
        let codes: Vec<&str> = findings(&condition(value))
            .iter()
            .map(|finding| finding.code.as_str())
            .collect();
        assert_eq!(codes.len(), 1, "{value}: {codes:?}");
    }
}
