//! What other stacks read.

use stratiform_assembly::StackAt;
use stratiform_diff::{Pair, diff_environment, imported_elsewhere, importers_unknown};
use stratiform_resolve::Whereabouts;

use crate::{KEPT, check_stacks, environment, lines, template};

/// A stack that exports a topic under a name.
const EXPORTER: &str = "
Resources:
  Topic: {Type: AWS::SNS::Topic, Properties: {TopicName: one}}
Outputs:
  Topic: {Value: !Ref Topic, Export: {Name: topic}}
";

const IMPORTER: &str = "
Resources:
  Mail: {Type: AWS::SNS::Subscription, Properties: {Protocol: sqs, TopicArn: !ImportValue topic}}
  More: {Type: AWS::SNS::Topic, Properties: {DisplayName: !Sub ['${Name}', {Name: !ImportValue topic}]}}
";

/// The exporter without its output.
fn without_export() -> &'static str {
    EXPORTER.split_once("Outputs").unwrap().0
}

#[test]
fn an_export_that_goes_is_missed() {
    check_stacks(
        &[
            ("base", EXPORTER, without_export()),
            ("app", IMPORTER, IMPORTER),
        ],
        &[
            "base: danger other-stacks will: removes the export `topic`, which `app` still imports",
            "base: - `topic`: `Mail` and 1 more in `app`",
        ],
    );
    // Under another name it is gone as well.
    check_stacks(
        &[
            (
                "base",
                EXPORTER,
                &EXPORTER.replace("Name: topic", "Name: other"),
            ),
            ("app", IMPORTER, IMPORTER),
            ("web", IMPORTER, IMPORTER),
        ],
        &[
            "base: danger other-stacks will: removes the export `topic`, which `app` and `web` still import",
            "base: - `topic`: `Mail` and 1 more in `app`",
            "base: - `topic`: `Mail` and 1 more in `web`",
        ],
    );
    check_stacks(&[("base", EXPORTER, without_export())], &[]);
}

#[test]
fn an_import_holds_on_until_it_is_deployed() {
    check_stacks(
        &[
            ("base", EXPORTER, without_export()),
            ("app", IMPORTER, KEPT),
        ],
        &[
            "base: warning other-stacks may: removes the export `topic`, which `app` imports until deployed again",
            "base: - `topic`: `Mail` and 1 more in `app`",
        ],
    );
}

// Once advised: "deploy `app` first; then nothing holds on to it", which CloudFormation refuses.
#[test]
fn an_order_that_cannot_work_is_never_advised() {
    let named = |name: &str| {
        format!(
            "
Resources: {{{KEPT}}}
Outputs: {{{name}: {{Value: !GetAtt Kept.TopicName, Export: {{Name: '{name}'}}}}}}
"
        )
    };
    let importer = |name: &str| {
        format!(
            "
Resources: {{Mine: {{Type: AWS::SNS::Topic, Properties: {{DisplayName: !ImportValue '{name}'}}}}}}
"
        )
    };
    let (old, new) = (named("api"), named("web"));
    let (mine, yours) = (importer("api"), importer("web"));
    let stacks = [
        ("base", old.as_str(), new.as_str()),
        ("app", mine.as_str(), yours.as_str()),
    ];
    check_stacks(
        &stacks,
        &[
            "base: danger other-stacks will: removes the export `api`, which `app` imports, and brings what that stack needs first: no order of the stacks works",
            "base: - `api`: `Mine` in `app`",
        ],
    );
    let found = environment(&stacks);
    assert_eq!(
        found[0].consequences[0].help.as_deref().unwrap(),
        "`deploy` takes the steps by itself: deploy `base` with its exports of before and the new ones, then \
         `app`, then `base`"
    );
}

#[test]
fn an_export_changes_with_what_is_replaced() {
    let replaced = EXPORTER.replace("TopicName: one", "TopicName: two");
    check_stacks(
        &[("base", EXPORTER, &replaced), ("app", IMPORTER, IMPORTER)],
        &[
            "base: danger other-stacks will: changes the export `topic`, which `app` imports",
            "base: - `topic`: `Mail` and 1 more in `app`",
            "base: attention replacement will: replaces the topic `Topic`",
        ],
    );
    let may = |value: &str| {
        format!(
            "
Resources:
  Topic: {{Type: Custom::Topic, Properties: {{ServiceToken: t, X: {value}}}}}
Outputs:
  Topic: {{Value: !Ref Topic, Export: {{Name: topic}}}}
"
        )
    };
    check_stacks(
        &[("base", &may("1"), &may("2")), ("app", IMPORTER, IMPORTER)],
        &[
            "base: attention other-stacks may: changes the export `topic`, which `app` imports",
            "base: - `topic`: `Mail` and 1 more in `app`",
            "base: attention replacement may: may replace the topic `Topic`",
            "base: note interruption unknown: changes 1 property of which it is unknown whether that interrupts",
            "base: - `Topic` (Custom::Topic): `X`",
        ],
    );
}

#[test]
fn exports_that_change_together_are_told_together() {
    let exporter = |names: [&str; 2]| {
        format!(
            "
Resources: {{{KEPT}}}
Outputs:
  A: {{Value: {}, Export: {{Name: a}}}}
  B: {{Value: {}, Export: {{Name: b}}}}
",
            names[0], names[1]
        )
    };
    let importer = "A: {Type: AWS::SNS::Topic, Properties: {DisplayName: !Join ['', [!ImportValue a, !ImportValue b]]}}";
    check_stacks(
        &[
            (
                "base",
                &exporter(["one", "two"]),
                &exporter(["three", "four"]),
            ),
            ("app", importer, importer),
        ],
        &[
            "base: danger other-stacks will: changes 2 exports, which `app` imports",
            "base: - `a`: `A` in `app`",
            "base: - `b`: `A` in `app`",
        ],
    );
}

#[test]
fn a_weak_reference_keeps_the_old_value() {
    let reader = "A: {Type: AWS::SNS::Topic, Properties: {DisplayName: !GetStackOutput {StackName: base, OutputName: Topic}}}";
    let output =
        |value: &str| format!("Resources: {{{KEPT}}}\nOutputs: {{Topic: {{Value: {value}}}}}");
    check_stacks(
        &[
            ("base", &output("one"), &output("two")),
            ("app", reader, reader),
        ],
        &[
            "base: attention other-stacks will: changes the output `Topic`: `app` keeps the old value until deployed again",
            "base: - `A` in stack `app`",
        ],
    );
    check_stacks(
        &[("base", &output("one"), KEPT), ("app", reader, reader)],
        &[
            "base: danger other-stacks will: removes the output `Topic`, without which `app` cannot be deployed",
            "base: - `A` in stack `app`",
        ],
    );
}

#[test]
fn importers_elsewhere_are_added() {
    let mut found = environment(&[("base", EXPORTER, without_export())]);
    imported_elsewhere(&mut found[0], "topic", &["theirs".to_owned()]);
    imported_elsewhere(&mut found[0], "unknown", &["theirs".to_owned()]);
    imported_elsewhere(&mut found[0], "topic", &[]);
    assert_eq!(
        lines(&found[0].consequences),
        ["danger other-stacks will: removes the export `topic`, imported by `theirs`"]
    );
}

#[test]
fn a_value_handed_over_through_systems_manager_reaches_those_who_read_it() {
    let note = |value| {
        format!(
            "Note: {{Type: AWS::SSM::Parameter, Properties: {{Name: /net/home, Type: String, Value: {value}}}}}"
        )
    };
    let looked_up = "Parameters: {Home: {Type: 'AWS::SSM::Parameter::Value<String>', Default: /net/home}}\n\
                     Resources: {Door: {Type: AWS::EC2::SecurityGroup, Properties: {GroupDescription: d, VpcId: !Ref Home}}}";
    let dynamic =
        "T: {Type: AWS::SNS::Topic, Properties: {DisplayName: '{{resolve:ssm:/net/home}}'}}";
    let other =
        "T: {Type: AWS::SNS::Topic, Properties: {DisplayName: '{{resolve:ssm:/net/homes}}'}}";
    let stacks = |before: &str, after: &str, expected: &[&str]| {
        check_stacks(
            &[
                (
                    "net",
                    &format!("{KEPT}\n{before}"),
                    &format!("{KEPT}\n{after}"),
                ),
                ("one", looked_up, looked_up),
                ("two", dynamic, dynamic),
                ("three", other, other),
            ],
            expected,
        );
    };
    let details = [
        "net: - `Door` in `one` reads it in `VpcId`, and is replaced then",
        "net: - `T` in `two` reads it in `DisplayName`",
    ];
    stacks(
        &note("vpc-1"),
        &note("vpc-2"),
        &[
            "net: attention other-stacks will: changes the parameter `/net/home` of Systems Manager: `one` and `two` get the new value with their next deployment",
            details[0],
            details[1],
        ],
    );
    stacks(
        &note("vpc-1"),
        "",
        &[
            "net: danger other-stacks will: removes the parameter `/net/home` of Systems Manager, without which `one` and `two` cannot be deployed",
            details[0],
            details[1],
        ],
    );
    stacks(&note("vpc-1"), &note("vpc-1"), &[]);
}

#[test]
fn who_imports_an_export_is_not_known_where_files_are_compared() {
    let without = "Resources: {Topic: {Type: AWS::SNS::Topic, Properties: {TopicName: one}}}";
    let other = EXPORTER.replace("TopicName: one", "TopicName: two");
    let importer =
        "Resources: {Q: {Type: AWS::SNS::Topic, Properties: {DisplayName: !ImportValue topic}}}";
    let found = |after: &str, beside: &str| {
        let at = |name: &str, text: &str| StackAt::of(name, template(text).unwrap());
        let stacks = [
            (at("a", EXPORTER), at("a", after)),
            (at("b", beside), at("b", beside)),
        ];
        let pairs = stacks.each_ref().map(|(before, after)| Pair {
            place: Whereabouts {
                stack: before.name.clone(),
                region: "eu-west-1".parse().unwrap(),
                account: None,
            },
            before: Some(before),
            after: Some(after),
        });
        let mut diffs = diff_environment(&pairs);
        importers_unknown(&pairs, &mut diffs);
        let lines = lines(&diffs[0].consequences);
        lines
            .into_iter()
            .filter(|line| line.contains("other-stacks"))
            .collect::<Vec<_>>()
    };
    let nobody = "Resources: {Q: {Type: AWS::SNS::Topic}}";
    assert_eq!(
        found(without, nobody),
        [
            "attention other-stacks may: removes the export `topic`: who imports that is not among what is compared"
        ]
    );
    assert_eq!(
        found(&other, nobody),
        [
            "attention other-stacks may: changes the export `topic`: who imports that is not among what is compared"
        ]
    );
    assert_eq!(found(EXPORTER, nobody), [] as [String; 0]);
    // Whoever is known to import it, is told of.
    let known = found(without, importer);
    assert_eq!(known.len(), 1, "{known:?}");
    assert!(known[0].starts_with("danger"), "{known:?}");
}
