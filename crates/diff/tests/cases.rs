//! Parameters and conditions that are not known: what happens in all cases, in some, in none.
#![expect(clippy::unwrap_used, reason = "a test")]

mod support;

use stratiform_changes::Replacement;
use stratiform_diff::{Certainty, Kind, Severity, StackChange, StackDiff};

use support::compared;

/// What is worth a second look, and whether it is certain.
fn said(found: &StackDiff) -> Vec<(Certainty, &str)> {
    let consequences = found.consequences.iter();
    let worth = consequences.filter(|found| found.severity >= Severity::Attention);
    worth
        .map(|found| (found.certainty, found.what.as_str()))
        .collect()
}

/// A table whose name is `$`, below what comes first.
fn table(head: &str, name: &str) -> String {
    let table = "Resources: {T: {Type: AWS::DynamoDB::Table, Properties: {TableName: NAME}}}";
    format!("{head}\n{}", table.replace("NAME", name))
}

const STAGES: &str = "Parameters: {Stage: {Type: String, AllowedValues: [prod, dev, test]}}";

#[test]
fn rows_of_mappings_are_looked_at_one_by_one() {
    let rows = |prod: &str, dev: &str| {
        let head = format!(
            "Parameters: {{Stage: {{Type: String}}}}\nMappings: {{Names: {{prod: {{N: {prod}}}, dev: {{N: {dev}}}}}}}"
        );
        table(&head, "!FindInMap [Names, !Ref Stage, N]")
    };
    let some = compared(&rows("a", "b"), &rows("c", "b"));
    assert_eq!(
        said(&some),
        [
            (
                Certainty::May,
                "where `Stage` is `prod`: replaces the table `T`: its data is deleted with it"
            ),
            (
                Certainty::May,
                "where `Stage` is `prod`: replaces the table `T`"
            ),
        ]
    );
    assert_eq!(some.resources[0].replacement(), Replacement::May);
    let decided = some.resources[0].values[0].decided.clone().unwrap();
    assert_eq!(decided.only_in.as_deref(), Some("where `Stage` is `prod`"));
    let all = compared(&rows("a", "b"), &rows("c", "d"));
    assert!(
        said(&all)
            .iter()
            .all(|(certainty, _)| *certainty == Certainty::Will)
    );
    assert_eq!(all.resources[0].replacement(), Replacement::Will);
    assert_eq!(
        all.resources[0].values[0].decided.clone().unwrap().only_in,
        None
    );
    // The same names, found another way.
    let none = compared(&rows("a", "a"), &table("", "a"));
    assert_eq!(said(&none), []);
    assert!(!none.resources.iter().any(|change| change.is_expected()));
}

#[test]
fn allowed_values_bound_what_can_be() {
    let over = |head: &str, size: &str| {
        format!(
            "{head}\nResources: {{V: {{Type: AWS::EC2::Volume, Properties: {{AvailabilityZone: a, Size: {size}}}}}}}"
        )
    };
    let sizes = "Parameters: {Size: {Type: Number, AllowedValues: [10, 20, 40]}}";
    let found = compared(&over("", "30"), &over(sizes, "!Ref Size"));
    let refused: Vec<_> = found
        .consequences
        .iter()
        .filter(|found| found.kind == Kind::Refused && found.logical_id.as_deref() == Some("V"))
        .collect();
    assert_eq!(refused.len(), 1);
    assert!(
        refused[0]
            .what
            .starts_with("where `Size` is `10` or `20`: "),
        "{}",
        refused[0].what
    );
}

#[test]
fn branches_of_conditions_are_looked_at_one_by_one() {
    let condition =
        "Parameters: {Stage: {Type: String}}\nConditions: {IsProd: !Equals [!Ref Stage, prod]}";
    let old = table(condition, "a");
    for (after, expected) in [
        (
            "!If [IsProd, a, b]",
            "where `Stage` is not `prod`: replaces the table `T`",
        ),
        (
            "!If [IsProd, b, a]",
            "where `Stage` is `prod`: replaces the table `T`",
        ),
        ("!If [IsProd, b, c]", "replaces the table `T`"),
    ] {
        let found = compared(&old, &table(condition, after));
        let replacement = found
            .consequences
            .iter()
            .find(|found| found.kind == Kind::Replacement);
        assert_eq!(replacement.unwrap().what, expected);
    }
    let same = compared(&old, &table(condition, "!If [IsProd, a, a]"));
    assert_eq!(said(&same), []);
}

#[test]
fn a_condition_that_hangs_on_something_else_holds_on_both_sides_or_on_neither() {
    let condition = "Conditions: {Here: !Equals [!Ref AWS::AccountId, '123456789012']}";
    let found = compared(
        &table(condition, "!If [Here, a, b]"),
        &table(condition, "!If [Here, a, c]"),
    );
    assert_eq!(
        said(&found),
        [
            (
                Certainty::May,
                "where the condition `Here` does not hold: replaces the table `T`: its data is deleted with it"
            ),
            (
                Certainty::May,
                "where the condition `Here` does not hold: replaces the table `T`"
            ),
        ]
    );
}

#[test]
fn an_account_that_chooses_a_row_is_one_of_those_that_have_one() {
    let rows = |first: &str| {
        let head = format!(
            "Mappings: {{Names: {{'111111111111': {{N: {first}}}, '222222222222': {{N: b}}}}}}"
        );
        table(&head, "!FindInMap [Names, !Ref AWS::AccountId, N]")
    };
    let found = compared(&rows("a"), &rows("c"));
    let expected = "where `AWS::AccountId` is `111111111111`: replaces the table `T`";
    assert!(said(&found).contains(&(Certainty::May, expected)));
    // Where there is a value for all others, that is another case, in which nothing changes here.
    let with_default = |text: String| {
        text.replace(", N]", ", N, {DefaultValue: z}]") + "\nTransform: AWS::LanguageExtensions"
    };
    let found = compared(&with_default(rows("a")), &with_default(rows("c")));
    assert!(said(&found).contains(&(Certainty::May, expected)));
    assert_eq!(said(&found).len(), 2);
    let all = compared(
        &with_default(rows("a")),
        &with_default(rows("a")).replace("z}", "y}"),
    );
    let expected =
        "where `AWS::AccountId` is not `111111111111` or `222222222222`: replaces the table `T`";
    assert!(
        said(&all).contains(&(Certainty::May, expected)),
        "{:?}",
        said(&all)
    );
}

#[test]
fn what_exists_where_a_condition_holds_may_go() {
    let of = |stage: &str| {
        format!(
            "{STAGES}
Conditions: {{Chosen: !Equals [!Ref Stage, {stage}]}}
Resources:
  T: {{Type: AWS::DynamoDB::Table, Condition: Chosen}}
  B: {{Type: AWS::SNS::Topic}}
Outputs: {{O: {{Value: a, Condition: Chosen, Export: {{Name: o}}}}}}"
        )
    };
    let found = compared(&of("prod"), &of("dev"));
    assert_eq!(
        said(&found),
        [
            (
                Certainty::May,
                "where `Stage` is `prod`: deletes the table `T`, and its data with it"
            ),
            (
                Certainty::May,
                "where `Stage` is `prod`: removes the output `O`"
            ),
        ]
    );
    assert_eq!(found.change, StackChange::Updated);
    // Another way to write the same condition.
    let other = of("prod").replace(
        "!Equals [!Ref Stage, prod]",
        "!Not [!Not [!Equals [prod, !Ref Stage]]]",
    );
    assert_eq!(said(&compared(&of("prod"), &other)), []);
}

#[test]
fn what_hangs_on_another_condition_that_nobody_knows_may_go() {
    let of = |name: &str| {
        format!(
            "Conditions: {{Chosen: !Equals [!ImportValue {name}, a]}}
Resources: {{T: {{Type: AWS::DynamoDB::Table, Condition: Chosen}}, B: {{Type: AWS::SNS::Topic}}}}
Outputs: {{O: {{Value: a, Condition: Chosen, Export: {{Name: o}}}}}}"
        )
    };
    let expected = [
        (Certainty::May, "may remove the table `T`"),
        (Certainty::May, "may remove the output `O`"),
    ];
    assert_eq!(said(&compared(&of("one"), &of("two"))), expected);
    assert_eq!(said(&compared(&of("one"), &of("one"))), []);
    // Through another condition, too.
    let through = |name: &str| {
        of(name).replace("Chosen:", "Other:").replacen(
            "]}",
            "], Chosen: !Not [!Condition Other]}",
            1,
        )
    };
    assert_eq!(said(&compared(&through("one"), &through("two"))), expected);
}

#[test]
fn what_protects_in_some_cases_is_told_with_them() {
    let table = |more: &str| {
        format!(
            "{STAGES}
Conditions: {{IsProd: !Equals [!Ref Stage, prod]}}
Resources:
  B: {{Type: AWS::SNS::Topic}}{more}"
        )
    };
    let protected = "
  T: {Type: AWS::DynamoDB::Table, Properties: {DeletionProtectionEnabled: !If [IsProd, true, false]}}";
    let found = compared(&table(protected), &table(""));
    let what: Vec<&str> = said(&found).into_iter().map(|(_, what)| what).collect();
    assert_eq!(
        what,
        [
            "where `Stage` is `dev` or `test`: deletes the table `T`, and its data with it",
            "where `Stage` is `prod`: leaves the table `T` outside of the stack: AWS refuses to delete it",
        ]
    );
}

#[test]
fn loops_are_written_out_case_by_case() {
    let of = |prod: &str| {
        format!(
            "Transform: AWS::LanguageExtensions
{STAGES}
Mappings: {{Lists: {{prod: {{N: {prod}}}, dev: {{N: [a]}}, test: {{N: [a]}}}}}}
Resources:
  'Fn::ForEach::Tables': [Name, !FindInMap [Lists, !Ref Stage, N], {{'T${{Name}}': {{Type: AWS::DynamoDB::Table}}}}]"
        )
    };
    let found = compared(&of("[a, b]"), &of("[a]"));
    let expected = "where `Stage` is `prod`: deletes the table `Tb`, and its data with it";
    assert_eq!(said(&found), [(Certainty::May, expected)]);
}

#[test]
fn more_cases_than_can_be_looked_at_stay_unknown() {
    let names: Vec<String> = (0..12).map(|index| format!("C{index}")).collect();
    let conditions = names
        .iter()
        .map(|name| format!("{name}: !Equals [!Ref AWS::AccountId, {name}]"));
    let conditions: Vec<String> = conditions.collect();
    let head = format!("Conditions: {{{}}}", conditions.join(", "));
    let name = |end: &str| {
        let of = |inner: String, name: &String| format!("!If [{name}, a, {inner}]");
        names.iter().fold(end.to_owned(), of)
    };
    let found = compared(&table(&head, &name("b")), &table(&head, &name("c")));
    assert!(
        said(&found)
            .iter()
            .all(|(certainty, _)| *certainty == Certainty::May)
    );
    assert!(!said(&found).is_empty());
}

#[test]
fn what_may_be_the_same_is_not_certain() {
    let database = |class: &str, row: &str| {
        format!(
            "Mappings: {{M: {{x: {{C: a}}, y: {{C: {row}}}}}}}\nResources: {{D: {{Type: AWS::RDS::DBInstance, Properties: {{DBInstanceClass: {class}}}}}}}"
        )
    };
    let mapped = "!FindInMap [M, !ImportValue row, C]";
    for (before, after) in [
        (database("a", "b"), database("!ImportValue class", "b")),
        (database(mapped, "b"), database(mapped, "c")),
    ] {
        let found = compared(&before, &after);
        let interrupted = said(&found)
            .into_iter()
            .find(|(_, what)| what.contains("interrupt"));
        assert_eq!(interrupted.unwrap().0, Certainty::May, "{after}");
    }
}

#[test]
fn a_snapshot_that_is_no_longer_named_makes_a_new_database_and_a_replica_is_promoted() {
    let database = |more: &str| {
        format!(
            "Resources: {{D: {{Type: AWS::RDS::DBInstance, Properties: {{DBInstanceClass: a{more}}}}}}}"
        )
    };
    let word = |before: &str, after: &str| {
        compared(&database(before), &database(after)).resources[0].replacement()
    };
    let (snapshot, source) = (
        ", DBSnapshotIdentifier: s",
        ", SourceDBInstanceIdentifier: s",
    );
    assert_eq!(word(snapshot, ""), Replacement::Will);
    assert_eq!(
        word(snapshot, ", DBSnapshotIdentifier: t"),
        Replacement::Will
    );
    assert_eq!(word("", snapshot), Replacement::May);
    assert_eq!(word(source, ""), Replacement::WillNot);
    assert_eq!(
        word(source, ", SourceDBInstanceIdentifier: t"),
        Replacement::May
    );
    let promoted = compared(&database(source), &database(""));
    assert!(
        promoted
            .consequences
            .iter()
            .any(|found| found.kind == Kind::Interruption && found.certainty == Certainty::Will)
    );
}

// Once "nothing changes".
#[test]
fn what_loses_a_condition_that_nobody_knows_may_be_made() {
    let with = |condition: &str| {
        format!(
            "Conditions: {{X: !Equals [!ImportValue a, b]}}\nResources:\n  R: {{Type: AWS::SQS::Queue{condition}}}\n  K: {{Type: \
             AWS::SNS::Topic}}\n"
        )
    };
    let found = compared(&with(", Condition: X"), &with(""));
    assert_ne!(found.change, StackChange::Unchanged);
    let may = |what: &'static str| vec![(Certainty::May, what)];
    assert_eq!(
        said(&found),
        may("where the condition `X` does not hold: makes the queue `R`")
    );
    // The other way round it may go.
    let found = compared(&with(""), &with(", Condition: X"));
    assert_eq!(
        said(&found),
        may("where the condition `X` does not hold: deletes the queue `R`, and its data with it")
    );
}

#[test]
fn an_item_that_comes_is_another_list_whatever_its_value() {
    let with = |more: &str| {
        format!(
            "Resources: {{T: {{Type: AWS::ECS::TaskDefinition, Properties: {{ContainerDefinitions: [{{Name: api, Image: x, \
             Environment: [{{Name: A, Value: a}}{more}]}}]}}}}}}\n"
        )
    };
    let found = compared(&with(""), &with(", {Name: B, Value: !ImportValue b}"));
    assert_eq!(found.resources[0].replacement(), Replacement::Will);
    let kinds: Vec<Kind> = found.consequences.iter().map(|found| found.kind).collect();
    assert_eq!(kinds, [Kind::Replacement]);
}
