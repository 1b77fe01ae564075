//! What a text is read as, and what is said when it cannot be.

use std::fmt::Write as _;

use stratiform_finding::{Code, Finding};
use stratiform_template::{Format, Template, Value, parse, parse_bytes, parse_json, parse_yaml};

/// YAML on the left is what JSON on the right is.
fn check(yaml: &str, json: &str) {
    let value = |text: &str, node: Result<stratiform_template::Node, Box<Finding>>| {
        let node = node.unwrap_or_else(|error| panic!("{error}\n{text}"));
        Value::condition_from_node(&node).unwrap_or_else(|problems| panic!("{problems:?}\n{text}"))
    };
    assert_eq!(
        value(yaml, parse_yaml(yaml)).to_json(),
        value(json, parse_json(json)).to_json(),
        "{yaml}"
    );
}

#[test]
fn scalars() {
    check("", "null");
    check("a", r#""a""#);
    check(
        "[yes, No, TRUE, off, y, n]",
        r#"[true, false, true, false, "y", "n"]"#,
    );
    check(
        "[~, null, 'null', !!null '']",
        r#"[null, null, "null", null]"#,
    );
    check(
        "[1, -1.50, 1e5, 012345678901, 0x1F, 1_000, +1, .5, 1:30]",
        r#"[1, -1.50, 1e5, "012345678901", "0x1F", "1_000", "+1", ".5", "1:30"]"#,
    );
    check(
        "AWSTemplateFormatVersion: 2010-09-09",
        r#"{"AWSTemplateFormatVersion": "2010-09-09"}"#,
    );
    check(
        "['1', \"yes\", !!str 80, ! 80, !!int '80', !!float 1.5, !!bool yes]",
        r#"["1", "yes", "80", "80", 80, 1.5, true]"#,
    );
    check(
        "a: |\n  x\n   y\n\nb: >-\n  x\n  y\n",
        r#"{"a": "x\n y\n", "b": "x y"}"#,
    );
    check(
        r#"["\x41\u00e9\U0001F600\t\n\0", 'it''s', "a\
        b"]"#,
        r#"["Aé😀\t\n\u0000", "it's", "ab"]"#,
    );
    check("\u{FEFF}a: b", r#"{"a": "b"}"#);
    check("%YAML 1.1\n---\na: b\n...\n", r#"{"a": "b"}"#);
    check("# only a comment", "null");
}

#[test]
fn json_strings() {
    check("\"\\u0000\\uD7FF\\b\\f/\"", r#""\u0000\uD7FF\b\f\/""#);
    check("😀", r#""\ud83d\ude00""#);
    assert_eq!(
        parse_json("\u{FEFF} {} ").map(|node| node.span.start),
        Ok(4)
    );
}

#[test]
fn collections_and_keys() {
    check("{}", "{}");
    check(
        "- - a\n  - b\n- {c: d}\n- []",
        r#"[["a", "b"], {"c": "d"}, []]"#,
    );
    check(
        "80: a\ntrue: b\n012: c\n~: d\n'': e\n2010-09-09: f",
        r#"{"80": "a", "true": "b", "012": "c", "~": "d", "": "e", "2010-09-09": "f"}"#,
    );
    check(
        "? a\n: b\n? [c]\n".replace("? [c]\n", "").as_str(),
        r#"{"a": "b"}"#,
    );
    check("a:\nb:", r#"{"a": null, "b": null}"#);
    check("!!map {a: !!seq [b]}", r#"{"a": ["b"]}"#);
}

#[test]
fn short_tags() {
    check("!Ref A", r#"{"Ref": "A"}"#);
    check(
        "[!Ref 5, !Sub yes, !GetAZs '', !GetAZs ]",
        r#"[{"Ref": "5"}, {"Fn::Sub": "yes"}, {"Fn::GetAZs": ""}, {"Fn::GetAZs": ""}]"#,
    );
    check("!GetAtt A.B.C", r#"{"Fn::GetAtt": ["A", "B.C"]}"#);
    check("!GetAtt [A, B]", r#"{"Fn::GetAtt": ["A", "B"]}"#);
    check("Fn::GetAtt: A.B", r#"{"Fn::GetAtt": ["A", "B"]}"#);
    check(
        "!Join\n- ','\n- - a\n  - !Ref B",
        r#"{"Fn::Join": [",", ["a", {"Ref": "B"}]]}"#,
    );
    check(
        "!Not [!Condition A]",
        r#"{"Fn::Not": [{"Condition": "A"}]}"#,
    );
    check(
        "Fn::Base64: !Sub |\n  a\n",
        r#"{"Fn::Base64": {"Fn::Sub": "a\n"}}"#,
    );
    check(
        "!Transform {Name: AWS::Include, Parameters: {Location: x}}",
        r#"{"Fn::Transform": {"Name": "AWS::Include", "Parameters": {"Location": "x"}}}"#,
    );
    check(
        "[!Length [1], !ToJsonString {a: b}]",
        r#"[{"Fn::Length": [1]}, {"Fn::ToJsonString": {"a": "b"}}]"#,
    );
    check("!Sub &a x", r#"{"Fn::Sub": "x"}"#);
    check("[&a !Ref X, *a]", r#"[{"Ref": "X"}, {"Ref": "X"}]"#);
    check("!<!Ref> A", r#"{"Ref": "A"}"#);
}

#[test]
fn aliases_and_merge_keys() {
    check("a: &x {b: 1}\nc: *x", r#"{"a": {"b": 1}, "c": {"b": 1}}"#);
    check("a: &x 80\n*x : b", r#"{"a": 80, "80": "b"}"#);
    check(
        "- &x {a: 1, b: 2}\n- {c: 0, <<: *x, b: 3}",
        r#"[{"a": 1, "b": 2}, {"c": 0, "a": 1, "b": 3}]"#,
    );
    check(
        "- &x {a: 1}\n- &y {a: 2, b: 2}\n- <<: [*x, *y]\n",
        r#"[{"a": 1}, {"a": 2, "b": 2}, {"a": 1, "b": 2}]"#,
    );
    check("- &x 1\n- &x 2\n- *x", "[1, 2, 2]");
    check("'<<': a", r#"{"<<": "a"}"#);
}

#[test]
fn json_or_yaml() {
    let format = |text: &str| {
        parse(text).map_err(|finding| match finding.recorded {
            Some(words) if words.contains("JSON") => Format::Json,
            _ => Format::Yaml,
        })
    };
    assert!(parse("{Resources: {}}").is_ok());
    assert!(parse(" \n{\"a\": 1}").is_ok());
    assert!(parse("{ }").is_ok());
    assert_eq!(format("{\"a\": 1,}").err(), Some(Format::Json));
    assert_eq!(format("{\"a\": b}").err(), Some(Format::Json));
    assert_eq!(format("{").err(), Some(Format::Json));
    assert_eq!(format("{a: [}").err(), Some(Format::Yaml));
    assert_eq!(format("[").err(), Some(Format::Yaml));
    let error = parse(r#"{"this is invalid JSON"="bobbins"}"#).expect_err("no JSON");
    assert_eq!(
        error.recorded.as_deref(),
        Some("Template format error: JSON not well-formed. (line 1, column 25)")
    );
}

#[test]
fn bytes() {
    let code = |bytes: &[u8]| {
        parse_bytes(bytes).map_err(|error| {
            let span = error.span().expect("a place");
            (error.code, span.start, span.column)
        })
    };
    assert!(code("\u{FEFF}a: é".as_bytes()).is_ok());
    assert_eq!(
        code(b"\xFF\xFEa\0").err(),
        Some((Code::InvalidEncoding, 0, 1))
    );
    assert_eq!(
        code(b"\xFE\xFF\0a").err(),
        Some((Code::InvalidEncoding, 0, 1))
    );
    assert_eq!(
        code(b"a: \xC3\xA9\xFF").err(),
        Some((Code::InvalidEncoding, 5, 5))
    );
    assert_eq!(code(b"a\n\xC3").err(), Some((Code::InvalidEncoding, 2, 1)));
    assert!(code(b"").is_ok());
}

#[test]
fn places() {
    let text = "Resources:\n  Größe: {Type: A}\n  B:\n    Type: !Sub 'x'\n    Properties:\n      L: [a, !GetAtt B.C]\n      N:\n";
    let node = parse(text).expect("YAML");
    let at = |path: &[&str]| {
        let span = node.span_at(path.iter().copied());
        (&text[span.range()], span.line, span.column)
    };
    assert_eq!(at(&["Resources", "Größe", "Type"]), ("A", 2, 17));
    assert_eq!(at(&["Resources", "Größe"]), ("Größe", 2, 3));
    assert_eq!(at(&["Resources", "B", "Type"]), ("Type", 4, 5));
    assert_eq!(
        at(&["Resources", "B", "Type", "Fn::Sub"]),
        ("!Sub 'x'", 4, 11)
    );
    assert_eq!(
        at(&["Resources", "B", "Properties", "L", "1"]),
        ("!GetAtt B.C", 6, 14)
    );
    assert_eq!(
        at(&["Resources", "B", "Properties", "L", "1", "Fn::GetAtt", "1"]),
        ("!GetAtt B.C", 6, 14)
    );
    assert_eq!(at(&["Resources", "B", "Properties", "L", "7"]), ("L", 6, 7));
    assert_eq!(at(&["Resources", "B", "Properties", "N"]), ("N", 7, 7));
    assert_eq!(at(&["Outputs"]).1, 1);
    let whole = node.at(["Resources", "B"]).expect("B").span;
    let written = &text[whole.range()];
    assert!(
        written.starts_with("Type") && written.ends_with(" N"),
        "{written}"
    );
}

/// Everything a person gets to read about texts that cannot be read.
#[test]
fn messages() {
    let mut report = String::new();
    for text in [
        "a: 1\nb: 2\na: 3\n",
        "{\"a\": 1,\n \"a\": 2}",
        "a: !Reff B",
        "a: !GetAt B.C",
        "a: !Fn::Sub x",
        "a: !ForEach::X []",
        "a: !!binary aGk=",
        "a: !!set {b}",
        "a: !!timestamp 2001-12-14",
        "a: !!int x",
        "a: !!map []",
        "a: !e!x y",
        "? [a]\n: b",
        "? {a: b}\n: c",
        "!Ref a: b",
        ": b",
        "a: *b",
        "a: &a [*a]",
        "<<: 1",
        "<<: [{a: b}, 1]",
        "<<: {a: b}\n<<: {c: d}",
        "a: b\n---\nc: d",
        "a:\n\tb: c",
        "a: b: c",
        "a: [b",
        "a: 'b",
        "a: @b",
        "a: \"\\q\"",
        "  a: b\n c: d",
        "- a\nb: c",
        "{\"a\" 1}",
        "{\"a\": 1,}",
        "{\"a\": [1 2]}",
        "{\"a\": 01}",
        "{\"a\": +1}",
        "{\"a\": nul}",
        "{\"a\": 'b'}",
        "{\"a\": \"b\nc\"}",
        "{\"a\": \"b",
        "{\"a\": \"\\x\"}",
        "{\"a\": \"\\ud83d\"}",
        "{\"a\": \"\\u12\"}",
        "{\"a\": 1} x",
        "{\"a\": 1 // c\n}",
        "{\"\u{202E}\": \u{202E}}",
        "{",
        "a: \u{7}",
    ] {
        let error = parse(text).expect_err(text);
        let _ = writeln!(
            report,
            "--- {text:?}\n{}: {error}\n  why: {}\n  help: {}",
            error.code, error.why, error.help
        );
        for place in &error.places[1..] {
            let _ = writeln!(report, "  also: {}", place.at);
        }
    }
    insta::assert_snapshot!(report);
}

/// Everything a person gets to read about texts that are no templates.
#[test]
fn problems() {
    let mut report = String::new();
    for text in [
        "",
        "a",
        "[a]",
        "Resources: []",
        "Resources:",
        "Resources: {A: 1}",
        "Resources: {A: }",
        "Resources: {A: {Properties: {}}, B: {Type: , DependsOn: {}}}",
        "Resources: {A: {Type: [T], Condition: !Ref B, DependsOn: [!Ref C, ]}}",
        "Resources: {A: {Type: T, Properties: }}",
        "Resources: {A: {Type: T, Properties: {P: {Fn::Foo: 1}, Q: {Fn::GetAt: [A, B]}, R: {Fn::ForEach: []}}}}",
        "Resources: {A: {Type: T, Properties: {P: {Ref: A, B: C}, Q: {Fn::Sub: a, Fn::Join: b}}}}",
        "Parameters: {P: {}, Q: 1, R: {Type: String, NoEcho: maybe, Description: [x]}}\nResources: {}",
        "Outputs: {O: {}, P: {Value: , AnotherValue: }, Q: {Value: a, Export: x}, R: {Value: a, Export: {Nam: x}}}",
        "Description: {a: b}\nMetadata: []\nTransform:\nMappings: a\nConditions: 1\nRules: []\nHooks: 1",
    ] {
        let _ = writeln!(report, "--- {text}");
        match Template::parse(text) {
            Err(problems) => {
                for problem in problems {
                    let _ = writeln!(
                        report,
                        "{}: {problem} at {}",
                        problem.code,
                        problem.path.join("/")
                    );
                    if let Some(recorded) = &problem.recorded {
                        let _ = writeln!(report, "  CloudFormation: {recorded}");
                    }
                    let _ = writeln!(report, "  help: {}", problem.help);
                }
            }
            other => panic!("{text}: {other:?}"),
        }
    }
    insta::assert_snapshot!(report);
}

/// What CloudFormation accepts, or a macro of the user's may, is read.
#[test]
fn tolerance() {
    for text in [
        "Resources: {}",
        "Resources: {A: {Type: T, Foo: 1, Fn::Transform: {Name: X}}}",
        "Resources: {A: {Type: T, Properties: {Fn::Transform: {Name: X}}}}",
        "Resources: {A: {Type: T, Properties: {Fn::Transform: {Name: X}, P: 1}}}",
        "Resources: {A: {Type: T, Properties: {P: {Fn::Transform: {Name: X}, Q: 1}}}}",
        "Resources: {Fn::Transform: {Name: X}}\nFn::Transform: {Name: Y}",
        "Resources: {'Fn::ForEach::L': [I, [a], {'A${I}': {Type: T}}]}",
        "Resources: {A: {Type: T, Properties: {'Fn::ForEach::L': [I, [a], {'A${I}': b}], P: 1}}}",
        "Resources: {A: {Type: T, DeletionPolicy: !Ref P, Metadata: {Fn::Foo: 1, Ref: a, b: c}}}",
        "Transform: Mine\nResources: {A: {Type: T, Properties: {P: {Fn::Mine: 1}}}}",
        "Transform: AWS::Serverless-2016-10-31\nGlobals: {Function: {Runtime: x}}\nResources: {}",
        "Transform: {Name: AWS::Include, Parameters: {Location: x}}\nResources: {}",
        "Resources: {A: {Type: T, Properties: {S: {Condition: {Bool: {a: b}}}}}}",
        "Description: 5\nAWSTemplateFormatVersion: 2010-09-09\nParameters: {P: {Type: Number, Default: 80, NoEcho: 'true'}}",
    ] {
        let template = Template::parse(text).unwrap_or_else(|error| panic!("{error:?}\n{text}"));
        for rendered in [
            template.to_yaml(),
            template.to_json(),
            template.to_json_pretty(),
        ] {
            assert_eq!(
                Template::parse(&rendered).as_ref(),
                Ok(&template),
                "{rendered}"
            );
        }
    }
}
