use stratiform_template::Template;

use super::*;
use crate::stack::diff;

fn stack(name: &str, text: &str) -> StackAt {
    StackAt::of(name, Template::parse(text).unwrap())
}

fn place(stack: &str) -> Whereabouts {
    Whereabouts {
        stack: stack.to_owned(),
        region: "eu-west-1".parse().unwrap(),
        account: None,
    }
}

/// A stack before and after, with what it needs: by name, both sides as text.
type Case<'c> = (&'c str, &'c str, &'c str, &'c [usize]);

/// The passes of stacks in which everything that goes or changes is in use by these; each as `kind stack <needs`.
fn went(cases: &[Case<'_>], importers: &[&str]) -> (Vec<String>, Passes) {
    let sides = cases
        .iter()
        .map(|(name, before, after, _)| (place(name), stack(name, before), stack(name, after)));
    let sides: Vec<_> = sides.collect();
    let stations = sides
        .iter()
        .zip(cases)
        .map(|((place, before, after), (.., needs))| {
            let exports = touched(&diff(Some(before), Some(after), place)).into_iter();
            Station {
                place,
                before: Some(before),
                after,
                needs: needs.to_vec(),
                exports: exports
                    .map(|export| ExportInUse {
                        export,
                        value: Some("old".to_owned()),
                        importers: importers.iter().map(|name| (*name).to_owned()).collect(),
                    })
                    .collect(),
            }
        });
    let stations: Vec<_> = stations.collect();
    let passes = passes(&stations);
    let shown = passes.all.iter().map(|pass| {
        let kind = match pass.kind {
            PassKind::Whole => "whole",
            PassKind::Holds(..) => "holds",
            PassKind::Keeps(..) => "keeps",
        };
        format!("{kind} {} {:?}", cases[pass.station].0, pass.needs)
    });
    (shown.collect(), passes)
}

const EXPORTS: &str = "Resources:\n  A: {Type: AWS::SNS::Topic}\n  B: {Type: AWS::SQS::Queue, Properties: {QueueName: one}}\n\
                       Outputs:\n  B: {Value: !Ref B, Export: {Name: !Sub '${AWS::StackName}:B'}}\n";
const GONE: &str = "Resources:\n  A: {Type: AWS::SNS::Topic}\n";
const IMPORTS: &str =
    "Resources:\n  C: {Type: AWS::SNS::Topic, Properties: {DisplayName: !ImportValue 'one:B'}}\n";
const IMPORTS_NOT: &str = "Resources:\n  C: {Type: AWS::SNS::Topic}\n";

#[test]
fn what_is_in_use_stays_until_nobody_imports_it() {
    let cases: [Case<'_>; 2] = [
        ("one", EXPORTS, GONE, &[]),
        ("two", IMPORTS, IMPORTS_NOT, &[0]),
    ];
    let (shown, passes) = went(&cases, &["two"]);
    assert_eq!(shown, ["keeps one []", "whole two [0]", "whole one [0, 1]"]);
    assert!(passes.refused.is_empty());
    let kept = &passes.all[0].stack.template;
    assert!(kept.outputs.contains_key("B") && kept.resources.contains_key("B"));
}

#[test]
fn what_changes_is_held_as_text_by_who_imports_it() {
    let changed = EXPORTS.replace("QueueName: one", "QueueName: two");
    let cases: [Case<'_>; 2] = [
        ("one", EXPORTS, &changed, &[]),
        ("two", IMPORTS, IMPORTS, &[0]),
    ];
    let (shown, passes) = went(&cases, &["two"]);
    assert_eq!(shown, ["holds two []", "whole one [0]", "whole two [1, 0]"]);
    let text = passes.all[0].stack.template.to_yaml();
    assert!(text.contains("DisplayName: old"), "{text}");
    assert!(!text.contains("ImportValue"), "{text}");
}

#[test]
fn each_exporter_lets_go_after_its_importers() {
    let both = "Resources:\n  C: {Type: AWS::SNS::Topic, Properties: {DisplayName: !ImportValue 'one:B'}}\n\
                Outputs:\n  C: {Value: !GetAtt C.TopicName, Export: {Name: 'two:C'}}\n";
    let last = IMPORTS.replace("one:B", "two:C");
    let cases: [Case<'_>; 3] = [
        ("one", EXPORTS, GONE, &[]),
        ("two", both, IMPORTS_NOT, &[0]),
        ("three", &last, IMPORTS_NOT, &[1]),
    ];
    // Both exports are in use by `three` alone.
    let (shown, passes) = went(&cases, &["three"]);
    assert!(passes.refused.is_empty(), "{:?}", passes.refused);
    assert_eq!(
        shown,
        [
            "keeps one []",
            "keeps two [0]",
            "whole three [1]",
            "whole two [1, 2]",
            "whole one [0, 2]",
        ]
    );
}

#[test]
fn who_goes_on_importing_or_is_not_here_is_in_the_way() {
    let cases: [Case<'_>; 2] = [("one", EXPORTS, GONE, &[]), ("two", IMPORTS, IMPORTS, &[0])];
    let (_, passes) = went(&cases, &["two", "elsewhere"]);
    let refused: Vec<_> = passes
        .refused
        .iter()
        .map(|import| (import.importer.as_str(), import.is_here))
        .collect();
    assert_eq!(refused, [("two", true), ("elsewhere", false)]);
}

#[test]
fn what_is_kept_brings_what_it_needs_and_nothing_else() {
    let before = stack(
        "one",
        "Parameters: {Zone: {Type: String, Default: a}}\n\
         Conditions: {Wanted: !Equals [!Ref Zone, a]}\n\
         Resources:\n  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}\n  \
         Subnet: {Type: AWS::EC2::Subnet, Condition: Wanted, DependsOn: Table, Properties: {VpcId: !Ref Vpc}}\n  \
         Table: {Type: AWS::EC2::RouteTable, Properties: {VpcId: !Ref Vpc}}\n  \
         Topic: {Type: AWS::SNS::Topic}\n\
         Outputs:\n  Subnet: {Value: !Ref Subnet, Condition: Wanted, Export: {Name: 'a:Subnet'}}\n",
    );
    let after = stack(
        "one",
        "Resources:\n  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.1.0.0/16}}\n",
    );
    let kept = template::keeping(&after, &before, [&"Subnet".to_owned()].into_iter()).template;
    let ids: Vec<&String> = kept.resources.keys().collect();
    assert_eq!(ids, ["Vpc", "Subnet", "Table"]);
    // What is there on both sides is as it is to be.
    assert_eq!(kept.resources["Vpc"], after.template.resources["Vpc"]);
    assert_eq!(kept.outputs["Subnet"], before.template.outputs["Subnet"]);
    assert!(kept.parameters.contains_key("Zone") && kept.conditions.contains_key("Wanted"));
}

#[test]
fn who_imports() {
    let imports = |name: &str| {
        let text = format!(
            "Parameters: {{P: {{Type: String}}}}\nResources:\n  A: {{Type: AWS::SNS::Topic, Properties: {{TopicName: \
             {{'Fn::ImportValue': {name}}}}}}}\n"
        );
        template::imports(&stack("two", &text), "two-a", &place("two"))
    };
    assert!(imports("two-a"));
    assert!(!imports("b"));
    assert!(imports("{'Fn::Sub': '${AWS::StackName}-a'}"));
    assert!(!imports("{'Fn::Sub': '${AWS::StackName}-b'}"));
    assert!(imports("{Ref: P}"), "it may be that one");
}
