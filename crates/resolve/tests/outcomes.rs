//! What values come to: one line per case.

#![expect(clippy::unwrap_used, reason = "a test")]

use indexmap::IndexMap;
use stratiform_resolve::{
    Branch, Choice, Outcome, Path, Resolved, Resolver, Scope, Segment, StackOutput, Style,
    Whereabouts, World,
};
use stratiform_template::{Step, Template, Value};

/// What every case knows.
const AROUND: &str = "
Parameters:
  Stage: {Type: String, AllowedValues: [dev, prod]}
  Size: {Type: String, Default: small}
  Names: {Type: CommaDelimitedList, Default: 'a, b'}
  Free: {Type: String}
  Password: {Type: String, NoEcho: true, Default: hunter2}
  Image: {Type: 'AWS::SSM::Parameter::Value<String>', Default: /image}
Mappings:
  Sizes: {small: {Disk: 10, Kind: x}, large: {Disk: 20, Kind: x}, dev: {Kind: x}, prod: {Kind: x}}
Conditions:
  Small: !Equals [!Ref Size, small]
  Prod: !Equals [!Ref Stage, prod]
  NotProd: !Not [!Condition Prod]
  Either: !Or [!Condition Prod, !Condition NotProd]
  Open: !Equals [!Ref Free, x]
  SameEitherWay: !Equals [!If [Open, a, b], c]
";

struct Case {
    template: Template,
    given: IndexMap<String, String>,
}

impl Case {
    fn new(value: &str) -> Self {
        let text = format!(
            "{AROUND}Resources:\n  R:\n    Type: AWS::SNS::Topic\n    Properties:\n      P: {value}\n"
        );
        Case {
            template: Template::parse(&text).unwrap(),
            given: IndexMap::new(),
        }
    }

    fn value(&self) -> &Value {
        let (_, resource) = self.template.each_resource().next().unwrap();
        &resource.properties["P"]
    }
}

fn place() -> Whereabouts {
    Whereabouts {
        stack: "shop".to_owned(),
        region: "eu-west-1".parse().unwrap(),
        account: None,
    }
}

/// The outcome in one line: its kind, and how it is shown.
fn line(outcome: Outcome<'_>) -> String {
    let kind = match &outcome {
        Outcome::Value(_) => "value",
        Outcome::Absent => "absent",
        Outcome::Unknown(_) => "unknown",
        Outcome::Malformed { finding, .. } => {
            return format!("malformed {}: {}", finding.path.join("/"), finding.help);
        }
    };
    match outcome.part() {
        Some(part) => format!("{kind} {}", part.shown(Style::Expression)),
        None => kind.to_owned(),
    }
}

fn outcome(value: &str, world: &dyn World) -> String {
    let case = Case::new(value);
    let scope = Scope::new(&case.template, &case.given, world);
    let path = Path {
        up: None,
        step: Step::Key("P"),
    };
    line(Resolver::new(&scope, world).at(&path).resolve(case.value()))
}

#[test]
fn functions_come_to_what_can_be_known() {
    let cases = [
        ("80", "value 80"),
        ("!Ref Size", "value small"),
        ("!Ref Names", "value [\"a\",\"b\"]"),
        ("!Ref AWS::Region", "value eu-west-1"),
        ("!Ref AWS::AccountId", "value ${AWS::AccountId}"),
        ("!Ref R", "value ${R}"),
        ("!GetAtt R.TopicArn", "value ${R.TopicArn}"),
        ("!Sub 'x-${Size}-${R}-${!y}'", "value x-small-${R}-${y}"),
        ("!Sub ['${a}', {a: !Ref Size}]", "value small"),
        ("!Join ['-', [a, !Ref AWS::NoValue, b]]", "value a-b"),
        ("!Select [1, !Ref Names]", "value b"),
        ("!Split [',', 'a,b']", "value [\"a\",\"b\"]"),
        ("!FindInMap [Sizes, !Ref Size, Disk]", "value 10"),
        ("!If [Small, a, b]", "value a"),
        ("!If [Small, !Ref AWS::NoValue, b]", "absent"),
        ("!Ref AWS::NoValue", "absent"),
        ("!Base64 a", "value YQ=="),
        (
            "{'Fn::ToJsonString': [1, '1', true, {n: 1.5}, !Ref Size, !Ref Names]}",
            r#"value [1,"1",true,{"n":1.5},"small",["a","b"]]"#,
        ),
        (
            "!Cidr [10.0.0.0/16, 2, 8]",
            "value [\"10.0.0.0/24\",\"10.0.1.0/24\"]",
        ),
        ("!GetAZs ''", "unknown ${Fn::GetAZs eu-west-1}"),
        ("!ImportValue x", "unknown ${Fn::ImportValue x}"),
        ("!If [Open, a, b]", "unknown ${Fn::If Open a b}"),
        ("!Ref Password", "value ****"),
        (
            "!Ref Image",
            "value ${Image: value of the Systems Manager parameter /image}",
        ),
    ];
    for (value, expected) in cases {
        assert_eq!(outcome(value, &place()), expected, "{value}");
    }
}

#[test]
fn what_is_malformed_is_neither_absent_nor_known() {
    let cases = [
        (
            "{'Fn::Join': ['-']}",
            "malformed P/Fn::Join: write `[delimiter, [text, text]]`",
        ),
        (
            "{'Fn::Split': ['-']}",
            "malformed P/Fn::Split: write `[delimiter, text]`",
        ),
        (
            "{'Fn::Select': [1]}",
            "malformed P/Fn::Select: write `[index, list]`",
        ),
        (
            "{'Fn::If': [Small, a]}",
            "malformed P/Fn::If: write `[condition, value if true, value if false]`",
        ),
        (
            "{'Fn::FindInMap': [Sizes, a]}",
            "malformed P/Fn::FindInMap: write `[mapping, first key, second key]`",
        ),
        (
            "{'Fn::Cidr': [10.0.0.0/16]}",
            "malformed P/Fn::Cidr: write `[block, count, host bits]`",
        ),
        (
            "{'Fn::Sub': [{a: b}]}",
            "malformed P/Fn::Sub: write a text, or `[text, {Name: value}]`",
        ),
        (
            "{'Fn::GetAtt': [R]}",
            "malformed P/Fn::GetAtt: write `LogicalId.Attribute`",
        ),
    ];
    for (value, expected) in cases {
        assert_eq!(outcome(value, &place()), expected, "{value}");
    }
}

#[test]
fn a_fault_is_kept_in_what_it_is_a_part_of() {
    for value in [
        "[a, {'Fn::Join': ['-']}]",
        "{k: {'Fn::Join': ['-']}}",
        "!Join ['', [x, {'Fn::Join': ['-']}]]",
        "!Base64 {'Fn::Join': ['-']}",
    ] {
        let case = Case::new(value);
        let place = place();
        let scope = Scope::new(&case.template, &case.given, &place);
        let part = Resolver::new(&scope, &place).resolve(case.value()).part();
        let mut faults = Vec::new();
        part.unwrap().for_each_text(&mut |text| {
            for segment in &text.segments {
                if let Segment::Unknown {
                    fault: Some(fault), ..
                } = segment
                {
                    faults.push(fault.path.join("/"));
                }
            }
        });
        assert_eq!(faults.len(), 1, "{value}: {faults:?}");
        assert!(faults[0].ends_with("Fn::Join"), "{value}: {faults:?}");
    }
}

#[test]
fn what_is_the_same_in_every_branch_is_known() {
    let cases = [
        ("!If [Open, a, a]", "value a"),
        ("!Select [0, !If [Open, [a, b], [a, c]]]", "value a"),
        ("!FindInMap [Sizes, !Ref Stage, Kind]", "value x"),
        (
            "!FindInMap [Sizes, !If [Open, small, large], Kind]",
            "value x",
        ),
        // Whatever the stage is, one of the two holds.
        ("!If [Either, a, b]", "value a"),
        ("!If [SameEitherWay, a, b]", "value b"),
        (
            "!FindInMap [Sizes, !If [Open, small, large], Disk]",
            "unknown ${Fn::FindInMap Sizes ${Fn::If Open small large} Disk}",
        ),
    ];
    for (value, expected) in cases {
        assert_eq!(outcome(value, &place()), expected, "{value}");
    }
}

fn branches(value: &str) -> Vec<String> {
    let case = Case::new(value);
    let place = place();
    let scope = Scope::new(&case.template, &case.given, &place);
    let branch = |branch: Branch<'_>| {
        let choices: Vec<String> = branch
            .choices
            .iter()
            .map(|choice| match choice {
                Choice::Condition(name, holds) => format!("{name}={holds}"),
                Choice::Parameter(name, text) => format!("{name}={text}"),
            })
            .collect();
        format!("{}: {}", choices.join(" "), line(branch.outcome))
    };
    let found = Resolver::new(&scope, &place).branches(case.value());
    found.into_iter().map(branch).collect()
}

#[test]
fn branches_are_those_that_can_be() {
    assert_eq!(branches("x"), [": value x"]);
    assert_eq!(
        branches("!If [Open, a, !If [Prod, b, c]]"),
        [
            "Open=true Prod=false Stage=dev: value a",
            "Open=true Prod=true Stage=prod: value a",
            "Open=false Prod=false Stage=dev: value c",
            "Open=false Prod=true Stage=prod: value b",
        ]
    );
    // A condition and its opposite never hold together.
    assert_eq!(
        branches("!If [Prod, !If [NotProd, never, b], !If [NotProd, c, never]]"),
        [
            "NotProd=true Prod=false Stage=dev: value c",
            "NotProd=false Prod=true Stage=prod: value b",
        ]
    );
    assert_eq!(
        branches("!Join ['.', [db, !Ref Stage]]"),
        ["Stage=dev: value db.dev", "Stage=prod: value db.prod"]
    );
}

#[test]
fn conditions_can_be_taken_to_hold_or_not() {
    let case = Case::new("!If [NotProd, a, b]");
    let place = place();
    let scope = Scope::new(&case.template, &case.given, &place);
    assert_eq!(scope.condition("Prod"), None);
    assert_eq!(scope.condition("Either"), Some(true));
    for (prod, expected) in [(true, "value b"), (false, "value a")] {
        let assumed = scope.assuming(&[("Prod", prod)], &place);
        assert_eq!(assumed.condition("NotProd"), Some(!prod));
        let outcome = Resolver::new(&assumed, &place).resolve(case.value());
        assert_eq!(line(outcome), expected);
    }
}

/// A world like the engine's, in which everything has a value.
#[derive(Debug)]
struct Deployed(Whereabouts);

impl World for Deployed {
    fn place(&self) -> &Whereabouts {
        &self.0
    }

    fn resource(&self, logical_id: &str, attribute: Option<&str>) -> Resolved<'static> {
        Resolved::literal(match attribute {
            None => format!("id-of-{logical_id}"),
            Some(attribute) => format!("{attribute}-of-{logical_id}"),
        })
    }

    fn export(&self, name: &str) -> Option<Resolved<'static>> {
        (name == "shop-small").then(|| Resolved::literal("exported"))
    }

    fn output(&self, wanted: &StackOutput<'_>) -> Option<Resolved<'static>> {
        let StackOutput { stack, output, .. } = wanted;
        (*stack == "other").then(|| Resolved::literal((*output).to_owned()))
    }

    fn zones(&self, region: &str) -> Option<Vec<String>> {
        Some(vec![format!("{region}a"), format!("{region}b")])
    }

    fn looked_up(&self, name: &str) -> Option<String> {
        (name == "/image").then(|| "ami-1".to_owned())
    }
}

#[test]
fn a_world_answers_what_the_template_cannot() {
    let world = Deployed(Whereabouts {
        account: "123456789012".parse().ok(),
        ..place()
    });
    let cases = [
        ("!Ref R", "value id-of-R"),
        ("!Sub '${R}/${R.Arn}'", "value id-of-R/Arn-of-R"),
        ("!Ref AWS::AccountId", "value 123456789012"),
        ("!ImportValue {'Fn::Sub': 'shop-${Size}'}", "value exported"),
        ("!ImportValue other", "unknown ${Fn::ImportValue other}"),
        (
            "{'Fn::GetStackOutput': {StackName: other, OutputName: Arn}}",
            "value Arn",
        ),
        ("!Select [1, !GetAZs '']", "value eu-west-1b"),
        ("!GetAZs us-east-1", "value [\"us-east-1a\",\"us-east-1b\"]"),
        ("!Ref Image", "value ami-1"),
    ];
    for (value, expected) in cases {
        assert_eq!(outcome(value, &world), expected, "{value}");
    }
}

#[test]
fn a_scope_can_be_read_by_many_threads() {
    fn readable<T: Send + Sync>(_: &T) {}
    let case = Case::new("x");
    let place = place();
    let scope = Scope::new(&case.template, &case.given, &place);
    readable(&scope);
    readable(&Resolver::new(&scope, &place));
}
