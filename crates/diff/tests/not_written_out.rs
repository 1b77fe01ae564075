//! What is not written out here: loops, macros, and the types of AWS SAM.
#![expect(clippy::unwrap_used, reason = "a test")]

mod support;

use stratiform_diff::{Certainty, Kind, Severity, StackChange, StackDiff, verdict};

use support::compared;

/// Kind, severity and resource of what is worth a second look.
fn looked_at(found: &StackDiff) -> Vec<(Kind, Severity, Option<&str>)> {
    let consequences = found.consequences.iter();
    let worth = consequences.filter(|found| found.severity >= Severity::Attention);
    worth
        .map(|found| (found.kind, found.severity, found.logical_id.as_deref()))
        .collect()
}

/// A loop, and what it is made from.
const LOOP: &str = "
Transform: AWS::LanguageExtensions
Mappings: {Lists: {'123456789012': {Names: [a, b]}, default: {Names: [c]}}}
Resources:
  Bell: {Type: AWS::SNS::Topic}
  'Fn::ForEach::Things': [Name, OVER, {'Thing${Name}': {Type: TYPE}}]
";

fn looping(over: &str, resource_type: &str) -> String {
    LOOP.replace("OVER", over).replace("TYPE", resource_type)
}

#[test]
fn a_loop_that_is_not_written_out_and_differs_may_do_anything() {
    let mapped = "!FindInMap [Lists, !ImportValue list, Names]";
    let imported = "!Split [',', !ImportValue names]";
    let unknown = [(Kind::Unknown, Severity::Attention, None)];
    let loss = [(Kind::DataLoss, Severity::Warning, None)];
    for (resource_type, expected) in [("AWS::SNS::Topic", unknown), ("AWS::DynamoDB::Table", loss)]
    {
        let of = |over: &str| looping(over, resource_type);
        let mapping = of(mapped).replace("[a, b]", "[a]");
        let written = of(mapped).replace("'Thing", "'Other");
        for (before, after) in [
            // It is made from something that differs; it is written differently; one side of it is known.
            (of(mapped), mapping),
            (of(mapped), written),
            (of(mapped), of(imported)),
            (of("[a, b]"), of(mapped)),
            (of(mapped), of("[a, b]")),
        ] {
            let found = compared(&before, &after);
            assert_eq!(looked_at(&found), expected, "{before}{after}");
            assert_eq!(found.consequences[0].certainty, Certainty::May);
            assert_eq!(found.change, StackChange::Updated);
            assert!(verdict([&found]).contains("`Fn::ForEach::Things`"));
            assert!(found.resources.is_empty());
        }
        let same = compared(&of(mapped), &of(mapped));
        assert_eq!(
            (looked_at(&same), same.change),
            (vec![], StackChange::Unchanged)
        );
        assert_eq!(same.notes.len(), 1);
    }
}

#[test]
fn what_goes_may_be_what_a_loop_makes() {
    let over = looping("!Split [',', !ImportValue names]", "AWS::DynamoDB::Table");
    let written = |id: &str| {
        format!(
            "Resources: {{Bell: {{Type: AWS::SNS::Topic}}, {id}: {{Type: AWS::DynamoDB::Table}}}}"
        )
    };
    let found = compared(&written("Thinga"), &over);
    let loss = found
        .consequences
        .iter()
        .find(|found| found.logical_id.is_some())
        .unwrap();
    assert_eq!(loss.certainty, Certainty::May);
    let what =
        "unless `Fn::ForEach::Things` makes it: deletes the table `Thinga`, and its data with it";
    assert_eq!(loss.what, what);
    let found = compared(&written("Other"), &over);
    let loss = found
        .consequences
        .iter()
        .find(|found| found.logical_id.is_some())
        .unwrap();
    assert_eq!(loss.certainty, Certainty::Will);
}

#[test]
fn a_new_loop_adds_something() {
    let over = looping("!Split [',', !ImportValue names]", "AWS::DynamoDB::Table");
    let found = compared("Resources: {Bell: {Type: AWS::SNS::Topic}}", &over);
    assert_eq!(
        looked_at(&found),
        [(Kind::Unknown, Severity::Attention, None)]
    );
    assert_eq!(
        found.consequences[0].what,
        "adds what the loop `Fn::ForEach::Things` makes"
    );
}

#[test]
fn other_loops_are_written_out_beside_one_that_cannot_be() {
    let more = |items: &str| {
        let other = format!(
            "  'Fn::ForEach::More': [N, {items}, {{'T${{N}}': {{Type: AWS::DynamoDB::Table}}}}]"
        );
        looping("!Split [',', !ImportValue names]", "AWS::SNS::Topic") + &other
    };
    let found = compared(&more("[a, b]"), &more("[a]"));
    assert_eq!(
        looked_at(&found),
        [(Kind::DataLoss, Severity::Danger, Some("Tb"))]
    );
}

#[test]
fn what_macros_are_given_may_mean_anything() {
    let unknown = [(Kind::Unknown, Severity::Attention, None)];
    let include = |place: &str| {
        format!(
            "Resources: {{A: {{Type: AWS::SNS::Topic}}, 'Fn::Transform': {{Name: AWS::Include, Parameters: {{Location: {place}}}}}}}"
        )
    };
    let stamped = |name: &str| {
        format!(
            "Transform: [Stamp]\nResources: {{A: {{Type: AWS::SNS::Topic}}}}\nOutputs: {{O: {{Value: {name}}}}}"
        )
    };
    let with = |transform: &str| {
        format!("Transform: {transform}\nResources: {{A: {{Type: AWS::SNS::Topic}}}}")
    };
    for (before, after) in [
        (include("s3://one"), include("s3://two")),
        (stamped("one"), stamped("two")),
        (with("[One]"), with("[Two, One]")),
        (
            with("{Name: AWS::Include, Parameters: {Location: s3://one}}"),
            with("{Name: AWS::Include, Parameters: {Location: s3://two}}"),
        ),
    ] {
        let found = compared(&before, &after);
        assert_eq!(looked_at(&found), unknown, "{before}{after}");
        assert!(looked_at(&compared(&before, &before)).is_empty());
    }
    // These see only their own types; what people read means nothing to any of them.
    for (before, after) in [
        (with("[]"), with("AWS::LanguageExtensions")),
        (with("[]"), with("AWS::Serverless-2016-10-31")),
        (
            with("[One]"),
            format!("Description: two\n{}", with("[One]")),
        ),
    ] {
        assert!(
            looked_at(&compared(&before, &after)).is_empty(),
            "{before}{after}"
        );
    }
}

#[test]
fn what_a_macro_makes_of_properties_may_replace() {
    let queue = |place: &str| {
        format!(
            "Resources: {{Q: {{Type: AWS::SQS::Queue, Properties: {{'Fn::Transform': {{Name: AWS::Include, Parameters: {{Location: {place}}}}}}}}}}}"
        )
    };
    let kinds = |found: StackDiff| {
        found
            .consequences
            .iter()
            .map(|found| found.kind)
            .collect::<Vec<_>>()
    };
    let found = kinds(compared(&queue("s3://one"), &queue("s3://two")));
    assert!(found.contains(&Kind::DataLoss) && found.contains(&Kind::Replacement));
}

/// A resource of SAM.
fn serverless(resource_type: &str, properties: &str) -> String {
    format!(
        "Transform: AWS::Serverless-2016-10-31\nResources: {{R: {{Type: {resource_type}, Properties: {{{properties}}}}}}}"
    )
}

#[test]
fn the_types_of_sam_stand_for_others() {
    let table = "AWS::Serverless::SimpleTable";
    let function = "AWS::Serverless::Function";
    let replaced = (Kind::Replacement, Severity::Attention);
    type Expected<'e> = &'e [(Kind, Severity)];
    let cases: [(&str, &str, &str, Expected<'_>); 9] = [
        (
            table,
            "PrimaryKey: {Name: a, Type: String}",
            "PrimaryKey: {Name: b, Type: String}",
            &[
                (Kind::DataLoss, Severity::Danger),
                (Kind::Replacement, Severity::Warning),
            ],
        ),
        (
            table,
            "TableName: a",
            "TableName: b",
            &[
                (Kind::DataLoss, Severity::Danger),
                (Kind::Replacement, Severity::Warning),
            ],
        ),
        (
            table,
            "Tags: {A: b}",
            "Tags: {A: c}",
            &[
                (Kind::DataLoss, Severity::Warning),
                (Kind::Replacement, Severity::Warning),
            ],
        ),
        (function, "MemorySize: 128", "MemorySize: 256", &[replaced]),
        (
            function,
            "Policies: [A]",
            "Policies: [A, PowerUserAccess]",
            &[(Kind::AccessWidened, Severity::Danger), replaced],
        ),
        (
            function,
            "Handler: a",
            "Handler: a, FunctionUrlConfig: {AuthType: NONE}",
            &[(Kind::NetworkWidened, Severity::Warning), replaced],
        ),
        (
            function,
            "Events: {A: {Type: Api}}",
            "Events: {A: {Type: Api}, B: {Type: Api}}",
            &[(Kind::AccessWidened, Severity::Warning), replaced],
        ),
        (
            "AWS::Serverless::Api",
            "StageName: a, Auth: {DefaultAuthorizer: AWS_IAM}",
            "StageName: a",
            &[(Kind::AccessWidened, Severity::Warning), replaced],
        ),
        (
            "AWS::Serverless::HttpApi",
            "Auth: {DefaultAuthorizer: A}",
            "Auth: {DefaultAuthorizer: B}",
            &[(Kind::AccessWidened, Severity::Warning), replaced],
        ),
    ];
    for (resource_type, before, after, expected) in cases {
        let found = compared(
            &serverless(resource_type, before),
            &serverless(resource_type, after),
        );
        let said: Vec<_> = looked_at(&found)
            .into_iter()
            .map(|(kind, severity, _)| (kind, severity))
            .collect();
        assert_eq!(said, expected, "{resource_type} {before}");
    }
}

#[test]
fn moving_to_sam_and_away_from_it_is_not_refused() {
    for (one, other) in [
        ("AWS::Serverless::Function", "AWS::Lambda::Function"),
        ("AWS::Serverless::SimpleTable", "AWS::DynamoDB::Table"),
        ("AWS::Serverless::HttpApi", "AWS::ApiGatewayV2::Api"),
    ] {
        for (before, after) in [(one, other), (other, one)] {
            let found = compared(&serverless(before, ""), &serverless(after, ""));
            let kinds: Vec<Kind> = looked_at(&found)
                .into_iter()
                .map(|(kind, ..)| kind)
                .collect();
            assert!(
                kinds.contains(&Kind::Replacement) && !kinds.contains(&Kind::Refused),
                "{before}"
            );
        }
    }
    let refused = compared(
        &serverless("AWS::Serverless::Function", ""),
        &serverless("AWS::DynamoDB::Table", ""),
    );
    assert!(
        looked_at(&refused)
            .iter()
            .any(|(kind, ..)| *kind == Kind::Refused)
    );
}

#[test]
fn what_the_resources_of_sam_have_in_common_is_theirs() {
    let with = |globals: &str| {
        format!(
            "Globals: {{{globals}}}\n{}",
            serverless("AWS::Serverless::Api", "StageName: a")
        )
    };
    let found = compared(
        &with("Api: {Auth: {DefaultAuthorizer: AWS_IAM}}"),
        &with("Api: {Name: b}"),
    );
    assert!(looked_at(&found).contains(&(Kind::AccessWidened, Severity::Warning, Some("R"))));
    // Another way to write the same.
    let own = serverless("AWS::Serverless::Api", "StageName: a, Name: b");
    assert_eq!(
        compared(&with("Api: {Name: b}"), &own).change,
        StackChange::Unchanged
    );
}
