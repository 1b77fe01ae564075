//! Holds each line of the table against the schemas, and asks each question once.

use std::collections::HashSet;

use super::access::{Attachment, PolicyPlace};
use super::network::{Firewall, Opening};
use super::refusal::{Refusal, StayingItems, Upgrade};
use super::retention::{Expiration, Retention};
use super::secrets::Renewal;
use super::update::{DocumentedUpdate, UpdatePolicy, covers};
use super::*;
use crate::{JsonType, ResourceType, Schema, catalog};

/// The lines with their types, in the order of the file.
fn lines() -> Vec<(&'static str, Row)> {
    let mut types: Vec<_> = TYPES.iter().collect();
    types.sort_by_key(|(_, known)| known.lines.as_ptr());
    let rows = types
        .into_iter()
        .flat_map(|(name, known)| known.rows().iter().map(|row| (*name, *row)));
    rows.collect()
}

/// The types that a line is about, of all types in order.
fn types<'a>(all: &'a [ResourceType], name: &str) -> &'a [ResourceType] {
    let (start, is_of): (&str, fn(&str, &str) -> bool) = match name.strip_suffix(ANY) {
        Some(start) => (start, |name, start| name.starts_with(start)),
        None => (name, |name, exact| name == exact),
    };
    let first = all.partition_point(|known| known.name() < start);
    let rest = &all[first..];
    &rest[..rest.partition_point(|known| is_of(known.name(), start))]
}

/// The schemas at a path; `None` stands for a place of which the schema says nothing.
fn at(schema: Schema, path: &[&str]) -> Vec<Option<Schema>> {
    let schema = schema.resolve();
    let [step, rest @ ..] = path else {
        return vec![Some(schema)];
    };
    let next = match *step {
        ANY => schema.items(),
        step => schema.property(step),
    };
    let alternatives = schema
        .any_of()
        .chain(schema.all_of())
        .chain(schema.one_of());
    let mut found: Vec<_> = next.into_iter().flat_map(|next| at(next, rest)).collect();
    found.extend(alternatives.flat_map(|schema| at(schema, path).into_iter().flatten().map(Some)));
    let types = schema.types();
    let is_open = match *step {
        ANY => types.contains(JsonType::Array) && schema.items().is_none(),
        _ => types.contains(JsonType::Object) && schema.properties().next().is_none(),
    };
    if found.is_empty() && is_open {
        found.push(None);
    }
    found
}

fn steps(path: &str) -> Vec<&str> {
    path.split('/').collect()
}

/// Whether a schema allows a value.
fn allows(schema: Schema, value: &str) -> bool {
    let types = schema.types();
    match schema.enum_values() {
        Some(mut values) => values.any(|known| known.as_text() == Some(value)),
        None if types.contains(JsonType::String) => true,
        None if types.contains(JsonType::Boolean) => value.parse::<bool>().is_ok(),
        None if types.contains(JsonType::Integer) => value.parse::<i64>().is_ok(),
        None => types.is_empty(),
    }
}

#[test]
fn every_line_is_read_and_sorted() {
    let written = TABLE.lines().filter(|line| !line.starts_with('#'));
    assert_eq!(lines().len(), written.count());
    let places = lines().into_iter().map(|(name, row)| (name, row.question));
    assert!(places.is_sorted());
}

#[test]
fn every_question_has_a_name_and_an_answer() {
    for (index, (name, question)) in Question::ALL.into_iter().enumerate() {
        assert_eq!(question as usize, index, "{name}");
        assert_eq!(Question::named(name), Some(question));
        let answers = |(_, row): &(&str, Row)| row.question == question;
        assert!(lines().iter().any(answers), "{name}");
    }
    assert_eq!(Question::named("takes"), None);
}

#[test]
fn no_line_is_there_twice_and_each_has_a_source() {
    let mut seen = HashSet::new();
    for (name, row) in lines() {
        let columns = [name, row.path, row.value, row.what];
        for column in columns.into_iter().chain([row.source]) {
            assert!(!column.is_empty() && column.trim() == column, "{row:?}");
        }
        assert_ne!(row.source, NOTHING, "{row:?}");
        // Of some questions, several values of one property are several answers.
        let key = (name, row.path, row.question as usize, row.value);
        assert!(seen.insert(key), "{row:?}");
    }
}

#[test]
fn every_type_and_path_exists() {
    let all: Vec<ResourceType> = catalog().resource_types().collect();
    let mut missing = Vec::new();
    for (name, row) in lines() {
        let types = types(&all, name);
        let exists = match row.question {
            Question::CountsUp => types.iter().any(|known| {
                let mut names = known.attributes().map(|attribute| attribute.name);
                names.any(|name| counts_up(name) && name.ends_with(&row.path[1..]))
            }),
            Question::OrderMatters => types.iter().any(|known| {
                let schema = known.schema();
                let definitions = schema.definitions().map(|(_, schema)| schema);
                let mut all = definitions.chain([schema]);
                all.any(|schema| schema.property(row.path).is_some())
            }),
            Question::Update if row.path == ANY => !types.is_empty(),
            _ if row.path == NOTHING => !types.is_empty(),
            _ => {
                let found = |known: &ResourceType| at(known.schema(), &steps(row.path));
                types.iter().any(|known| !found(known).is_empty())
            }
        };
        if !exists {
            missing.push(format!("{}/{}", name, row.path));
        }
    }
    assert_eq!(missing, Vec::<String>::new());
}

#[test]
fn every_value_is_one_that_the_property_can_have() {
    let all: Vec<ResourceType> = catalog().resource_types().collect();
    for (name, row) in lines() {
        let values: Vec<&str> = match row.question {
            Question::RefusesDeletion | Question::StopsAt => vec![row.value],
            Question::DeletesAt if row.value != ANY => vec![row.value],
            Question::Protects if row.value != ANY => vec![row.value],
            Question::Opens => match Opening::of(&row).map(|opening| opening.decides) {
                Some(Decides::Values(values, _)) => values.iter().collect(),
                _ => continue,
            },
            Question::AllowsMajorUpgrade => {
                let known = types(&all, name).first();
                let version = known.and_then(|known| known.schema().property(row.value));
                assert!(version.is_some(), "{row:?}");
                continue;
            }
            _ => continue,
        };
        for value in values {
            let mut schemas = types(&all, name).iter().flat_map(|known| {
                let found = at(known.schema(), &steps(row.path));
                found.into_iter().flatten()
            });
            assert!(schemas.any(|schema| allows(schema, value)), "{row:?}");
        }
    }
}

#[test]
fn every_part_of_what_is_unique_exists() {
    let all: Vec<ResourceType> = catalog().resource_types().collect();
    let exists = |name: &str, path: &str| {
        let mut types = types(&all, name).iter();
        types.any(|known| !at(known.schema(), &steps(path)).is_empty())
    };
    for (name, row) in lines() {
        let unique = (row.question == Question::Unique).then(|| Unique::of(&row));
        for part in unique.flatten().into_iter().flat_map(|unique| unique.parts) {
            assert!(exists(name, part.path().as_str()), "{row:?}");
        }
        for (made, property, _) in made_by_itself(name) {
            assert!(exists(made, property.as_str()), "{row:?}");
        }
        for inline in inlines(name) {
            assert!(
                exists(inline.resource_type, inline.owner.as_str()),
                "{row:?}"
            );
        }
    }
}

/// Whether a word says what something identifies: `AWS::EC2::VPC.Id`, or any ARN.
fn is_kind(word: &str) -> bool {
    let of_type = |(name, _): (&str, &str)| catalog().resource_type(name).is_some();
    word == "Arn" || word.rsplit_once('.').is_some_and(of_type)
}

#[test]
fn every_word_of_a_value_is_known() {
    let exists = |name: &str, property: &str| {
        let known = catalog().resource_type(name);
        known.is_some_and(|known| known.schema().property(property).is_some())
    };
    for (name, row) in lines() {
        let known = match row.question {
            Question::Update => DocumentedUpdate::of(&row).is_some(),
            Question::RefusesUpdate => Refusal::of(&row).is_some(),
            Question::NeverBack => Upgrade::of(&row).is_some(),
            Question::ItemsStay => StayingItems::of(&row).is_some(),
            Question::Retains => Retention::of(&row).is_some(),
            Question::Renews => Renewal::of(&row).is_some(),
            Question::Expires => Expiration::of(&row).is_some(),
            Question::DeletesAt
            | Question::HandsOver
            | Question::GoesLiveWith
            | Question::ScaledBy
            | Question::OneIndexPerUpdate => true,
            Question::UpdatePolicy => UpdatePolicy::of(&row).is_some(),
            Question::Policy => PolicyPlace::of(&row).is_some(),
            Question::Attaches => Attachment::of(&row).is_some(),
            Question::Firewall => Firewall::of(&row).is_some(),
            Question::Opens => Opening::of(&row).is_some(),
            Question::NeedsCapability => Capability::of(&row).is_some(),
            Question::Unique => Unique::of(&row).is_some(),
            Question::MadeByItself => row.value.split(' ').count() == 3,
            Question::Inlines => matches!(row.value.split(' ').count(), 2 | 3),
            Question::Nests => Nested::of(&row).is_some(),
            Question::Choices => row.value.contains(' '),
            Question::Offered => !crate::offered::anywhere(row.value).is_empty(),
            Question::Names => row.value.split(' ').all(is_kind),
            Question::Range => value::numbers(&row).is_some_and(|numbers| !numbers.is_empty()),
            Question::Allows => Allows::of(&row).is_some(),
            Question::WhenRemoved | Question::WhenChanged => Transition::of(&row).is_some(),
            Question::Becomes => catalog().resource_type(row.value).is_some(),
            Question::MovedBy => match movers(name).find(|mover| mover.path.as_str() == row.path) {
                Some(Mover {
                    given: Given::Type(other),
                    ..
                }) => catalog().resource_type(other).is_some(),
                Some(Mover {
                    given: Given::Property(other),
                    ..
                }) => exists(name, other),
                Some(_) => true,
                None => false,
            },
            Question::BelongsTo
            | Question::Protects
            | Question::RefusesDeletion
            | Question::StopsAt
            | Question::AllowsMajorUpgrade => true,
            _ => row.value == NOTHING,
        };
        assert!(known, "{row:?}");
        let told = matches!(
            row.question,
            Question::Update
                | Question::Protects
                | Question::RefusesDeletion
                | Question::Retains
                | Question::Guards
                | Question::MovedBy
                | Question::StopsAt
                | Question::Redirects
                | Question::Serves
                | Question::Opens
                | Question::OneIndexPerUpdate
                | Question::DeletesAt
                | Question::Expires
                | Question::Credential
        );
        if matches!(row.question, Question::RefusesUpdate | Question::Unique) {
            continue;
        }
        let told =
            told || row.question == Question::UpdatePolicy && row.value.starts_with("rolls ");
        let is_transition = matches!(row.question, Question::WhenRemoved | Question::WhenChanged);
        let told = told || is_transition && row.value != "new";
        assert_eq!(row.what != NOTHING, told, "{row:?}");
    }
}

#[test]
fn the_longest_path_speaks() {
    let path = |steps: &[&str]| {
        steps
            .iter()
            .map(|step| (*step).to_owned())
            .collect::<Vec<_>>()
    };
    assert!(covers("A/*/B", &path(&["A", "0", "B", "C"])));
    assert!(covers("*", &path(&["A"])));
    assert!(!covers("A/B", &path(&["A"])));
    assert!(!covers("A/B", &path(&["A", "C"])));
}

#[test]
fn questions_are_answered_by_type() {
    let [instance, unknown] = ["AWS::RDS::DBInstance", "Custom::Thing"];
    assert!(takes_snapshot(instance) && !takes_snapshot(unknown));
    assert!(holds_data(instance) && holds_data("AWS::ECR::Repository") && !holds_data(unknown));
    assert_eq!(
        data_elsewhere(instance).map(PropertyPath::as_str),
        Some("DBClusterIdentifier")
    );
    let bucket = deleted_when_empty("AWS::S3::Bucket");
    assert_eq!(bucket, Some(WhenEmpty::Always));
    assert_eq!(guards("AWS::EC2::FlowLog"), Some("records traffic"));
    assert_eq!(serves(unknown), None);
    // What every type has comes first, and is known of types that nobody knows.
    let protected = protections(unknown).next().map(|first| first.path.as_str());
    assert_eq!(protected, Some("DeletionProtection"));
    let file_system: Vec<_> = retentions("AWS::FSx::FileSystem").collect();
    assert_eq!(file_system.len(), retentions(unknown).count() + 4);
    let owners = belongs_to("AWS::IAM::Policy").filter_map(|owner| owner.noun);
    assert_eq!(owners.collect::<Vec<_>>(), ["role", "user", "group"]);
    let table = indexes("AWS::DynamoDB::Table").next().expect("indexes");
    assert_eq!(
        (table.list, table.name),
        ("GlobalSecondaryIndexes", "IndexName")
    );
    assert_eq!(
        table.fixed().collect::<Vec<_>>(),
        ["KeySchema", "Projection"]
    );
    let named = |resource_type| needs_capability(resource_type, |name| name.ends_with("Name"));
    assert_eq!(named("AWS::IAM::Role"), Some(Capability::NamedIam));
    assert_eq!(named("AWS::IAM::Policy"), Some(Capability::Iam));
    let role = needs_capability("AWS::IAM::Role", |_| false);
    assert_eq!(role, Some(Capability::Iam));
    assert_eq!(named("AWS::SQS::Queue"), None);
    assert!(stand_for(
        "AWS::Serverless::SimpleTable",
        "AWS::DynamoDB::Table"
    ));
    assert!(stand_for(
        "AWS::Lambda::Function",
        "AWS::Serverless::Function"
    ));
    assert!(!stand_for("AWS::Lambda::Function", "AWS::Lambda::Version"));
    let snapshot = ["DBSnapshotIdentifier".to_owned()];
    let page = "aws-resource-rds-dbinstance";
    assert_eq!(
        transition(instance, &snapshot, true),
        Some(Transition::New(page))
    );
    assert!(counts_up("LatestVersionNumber") && !counts_up("Arn"));
}

#[test]
fn names_are_unique_within_something() {
    let known = |name| catalog().resource_type(name).expect(name);
    let cases = [
        ("AWS::SNS::Topic", Some("TopicName")),
        ("AWS::RDS::DBInstance", Some("DBInstanceIdentifier")),
        ("AWS::Events::Rule", Some("Name")),
        ("AWS::EC2::Instance", None),
    ];
    for (resource_type, name) in cases {
        let found = unique_name(known(resource_type)).map(PropertyPath::as_str);
        assert_eq!(found, name, "{resource_type}");
    }
    // One by its identifier, one by the table, one by neither.
    assert!(scopes_names(
        known("AWS::ApiGateway::Resource"),
        "RestApiId"
    ));
    assert!(scopes_names(known("AWS::Lambda::Alias"), "FunctionName"));
    assert!(!scopes_names(known("AWS::SNS::Topic"), "TopicName"));
}

/// What makes another resource is not refused, and a value that counts where none is written is one of the property.
#[test]
fn refused_updates_are_updates() {
    let known = |name| catalog().resource_type(name).expect(name);
    for (name, row) in lines() {
        let Some(refusal) = Some(row)
            .filter(|row| row.question == Question::RefusesUpdate)
            .and_then(|row| Refusal::of(&row))
        else {
            continue;
        };
        let custom = name == "AWS::CloudFormation::CustomResource";
        let path = row.path();
        let replaced = known(name).create_only().any(|other| Some(other) == path);
        assert!(
            custom || !replaced || refusal.when == When::Replaced,
            "{row:?}"
        );
        let others: Vec<&str> = match refusal.when {
            When::With(others) | When::NotAlone(others) => {
                others.paths().map(PropertyPath::as_str).collect()
            }
            _ => Vec::new(),
        };
        let state = refusal.only_while.map(|(path, _)| path.as_str());
        for other in others.into_iter().chain(state) {
            assert!(
                !at(known(name).schema(), &steps(other)).is_empty(),
                "{row:?}"
            );
        }
        let values = match refusal.when {
            When::Changed(value) => [value, None],
            When::From(from, to) => [from, to],
            _ => [None, None],
        };
        for value in values.into_iter().flatten() {
            let schemas = at(known(name).schema(), &steps(row.path));
            let mut schemas = schemas.into_iter().flatten();
            assert!(schemas.any(|schema| allows(schema, value)), "{row:?}");
        }
    }
    assert_eq!(refused_updates("Custom::Thing").count(), 1);
}
