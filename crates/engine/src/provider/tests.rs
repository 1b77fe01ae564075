//! What holds of all types: each has an identity, no ID is used twice, and updates keep what they should.

use serde_json::{Value, json};
use stratiform_catalog::catalog;

use super::*;

mod identity;
mod refusal;
mod snapshots;

const PLACE: Place<'static> = Place {
    partition: "aws",
    region: "eu-central-1",
    account: "111111111111",
    stack: "stack-1",
    logical_id: "Thing",
};

fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(members) => members,
        other => panic!("{other} is no object"),
    }
}

fn made(resource_type: &str, properties: Value) -> Identity {
    create(
        resource_type,
        &object(properties),
        &PLACE,
        &mut Ids::new(42),
    )
}

/// Whether a text fits a recorded pattern: `<…>` matches anything but nothing.
fn fits(pattern: &str, text: &str) -> bool {
    match pattern.split_once('<') {
        None => pattern == text,
        Some((start, rest)) => {
            let (_, rest) = rest.split_once('>').unwrap();
            let Some(text) = text.strip_prefix(start) else {
                return false;
            };
            (1..=text.len()).any(|taken| text.get(taken..).is_some_and(|text| fits(rest, text)))
        }
    }
}

#[test]
fn china_has_its_own_partition_and_hosts() {
    let place = Place {
        partition: "aws-cn",
        region: "cn-north-1",
        ..PLACE
    };
    let queue = create("AWS::SQS::Queue", &Map::new(), &place, &mut Ids::new(1));
    assert!(
        fits(
            "https://sqs.cn-north-1.amazonaws.com.cn/111111111111/<name>",
            &queue.reference
        ),
        "{queue:?}"
    );
    let bucket = create("AWS::S3::Bucket", &Map::new(), &place, &mut Ids::new(1));
    let arn = bucket.attributes.get("Arn").map(form::text).unwrap();
    assert!(fits("arn:aws-cn:s3:::<name>", &arn), "{arn}");
}

#[test]
fn every_type_has_an_identity() {
    for found in catalog().resource_types() {
        let name = found.name();
        let first = create(name, &Map::new(), &PLACE, &mut Ids::new(1));
        assert!(
            !first.reference.is_empty() && !first.physical_id.is_empty(),
            "{name}"
        );
        for text in first
            .attributes
            .values()
            .map(form::text)
            .chain([first.physical_id.clone()])
        {
            assert!(text == "{}" || !text.contains(['{', '}']), "{name}: {text}");
        }
        let is_made = found
            .read_only()
            .all(|path| !path.as_str().contains('*') && path.is_top_level());
        for attribute in found.attributes().filter(|_| is_made) {
            let value = super::attribute(name, &first, &Map::new(), attribute.name);
            assert!(value.is_some(), "{name} {}", attribute.name);
        }
    }
}

/// No ID is used twice, but for what there is once in an account, or is numbered.
#[test]
fn ids_that_aws_makes_are_new() {
    let mut ids = Ids::new(1);
    for found in catalog().resource_types() {
        let name = found.name();
        let mut next = || create(name, &Map::new(), &PLACE, &mut ids);
        let (first, second) = (next(), next());
        if first.physical_id == second.physical_id {
            let is_made = recipe(name).physical.is_made_once(&Map::new());
            assert!(!is_made, "{name}: {}", first.physical_id);
        }
        let is_given =
            |path: stratiform_catalog::PropertyPath| found.read_only().all(|known| known != path);
        let is_of_account = first.physical_id == PLACE.account;
        let is_of_table = table::row(name).is_some_and(|row| row.physical.is_some());
        if !found.primary_identifier().any(is_given) && !is_of_account && !is_of_table {
            assert_ne!(first.physical_id, second.physical_id, "{name}");
        }
    }
}

#[test]
fn identities_follow_from_the_seed() {
    assert_eq!(
        made("AWS::RDS::DBInstance", json!({})),
        made("AWS::RDS::DBInstance", json!({}))
    );
}

#[test]
fn an_update_keeps_ids_and_counts() {
    let check =
        |resource_type: &str, before: Value, after: Value, expected: &[(&str, Option<&str>)]| {
            let mut ids = Ids::new(3);
            let first = create(resource_type, &object(before), &PLACE, &mut ids);
            let second = update(&first, resource_type, &object(after), &PLACE, &mut ids);
            assert_eq!(
                (&first.physical_id, &first.reference),
                (&second.physical_id, &second.reference)
            );
            for (name, expected) in expected {
                let value = second.attributes.get(*name).map(form::text);
                assert_eq!(value.as_deref(), *expected, "{resource_type} {name}");
            }
            (first, second)
        };
    check(
        "AWS::EC2::LaunchTemplate",
        json!({}),
        json!({}),
        &[("LatestVersionNumber", Some("2"))],
    );
    check(
        "AWS::SSM::Parameter",
        json!({"Value": "a"}),
        json!({"Value": "b"}),
        &[("Value", Some("b"))],
    );
    let secret = "MasterUserSecret.SecretArn";
    let on = json!({"ManageMasterUserPassword": "true"});
    check(
        "AWS::RDS::DBInstance",
        on.clone(),
        json!({}),
        &[(secret, None)],
    );
    let (first, second) = check("AWS::RDS::DBInstance", on.clone(), on.clone(), &[]);
    assert_eq!(first, second);
    let (_, second) = check("AWS::RDS::DBInstance", json!({}), on, &[]);
    assert!(second.attributes.contains_key(secret));
    let (first, second) = check("AWS::Backup::BackupPlan", json!({}), json!({}), &[]);
    assert_ne!(
        first.attributes.get("VersionId"),
        second.attributes.get("VersionId")
    );
}

#[test]
fn attributes_are_supported_as_the_schemas_say() {
    let check = |resource_type, name, expected| {
        assert_eq!(
            supports_attribute(resource_type, name),
            expected,
            "{resource_type} {name}"
        );
    };
    check("AWS::SSM::Parameter", "Invalid", false);
    check("AWS::SSM::Parameter", "Value", true);
    check("AWS::SNS::Topic", "DisplayName", true);
    check("AWS::RDS::DBInstance", "Endpoint.Address", true);
    check("AWS::CloudFormation::Stack", "Outputs.Url", true);
    check("AWS::CloudFormation::Stack", "Url", false);
    check("AWS::CloudFormation::CustomResource", "Anything", true);
    check("Custom::Thing", "Anything", true);
    let parameter = made("AWS::SSM::Parameter", json!({}));
    assert_eq!(
        attribute("AWS::SSM::Parameter", &parameter, &Map::new(), "Invalid"),
        None
    );
    let topic = made("AWS::SNS::Topic", json!({}));
    assert_eq!(
        attribute("AWS::SNS::Topic", &topic, &Map::new(), "DisplayName"),
        Some(json!(""))
    );
}

#[test]
fn revisions_have_numbers() {
    let task = "AWS::ECS::TaskDefinition";
    let first = made(task, json!({"Family": "api"}));
    let series = "arn:aws:ecs:eu-central-1:111111111111:task-definition/api";
    assert_eq!(first.series(task), Some(series));
    let seventh = first.numbered(task, 7);
    assert_eq!(seventh.reference, format!("{series}:7"));
    assert_eq!(
        seventh.attributes.get("TaskDefinitionArn"),
        Some(&json!(format!("{series}:7")))
    );
    let version = made("AWS::Lambda::Version", json!({"FunctionName": "f"}));
    let second = version.numbered("AWS::Lambda::Version", 2);
    assert_eq!(second.attributes.get("Version"), Some(&json!("2")));
    assert_eq!(
        made("AWS::SNS::Topic", json!({})).series("AWS::SNS::Topic"),
        None
    );
}

#[test]
fn some_types_are_deleted_first() {
    assert!(deletes_first("AWS::EC2::SubnetRouteTableAssociation"));
    assert!(!deletes_first("AWS::SNS::Topic"));
    assert!(!deletes_first("Custom::Thing"));
}
