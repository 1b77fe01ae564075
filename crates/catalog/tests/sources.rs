//! Holds the committed catalog against sources copied from the package, without the prose.
//!
//! `cargo xtask catalog --check` does the same with everything; this needs no network.

use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::time::Duration;
use stratiform_catalog::compare::compare_schema;
use stratiform_catalog::keyword::{DROPPED, is_dropped};
use stratiform_catalog::{
    Attribute, Fact, Handler, JsonType, Keyword, PropertyPath, ReplacementStrategy, ResourceType,
    catalog,
};

fn find(name: &str) -> ResourceType {
    catalog().resource_type(name).expect(name)
}

fn texts(paths: impl Iterator<Item = PropertyPath>) -> Vec<&'static str> {
    paths.map(PropertyPath::as_str).collect()
}

#[test]
fn the_catalog_says_what_the_sources_say() {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/sources");
    let mut compared = 0;
    for entry in fs::read_dir(directory).unwrap() {
        let text = fs::read_to_string(entry.unwrap().path()).unwrap();
        let source: Value = serde_json::from_str(&text).unwrap();
        let name = source["typeName"].as_str().unwrap();
        compared += compare_schema(&source, find(name).schema().fact(), name).unwrap();
    }
    assert!(compared > 3000, "only {compared} facts compared");
}

#[test]
fn a_difference_is_found() {
    let text = include_str!("sources/AWS-SQS-Queue.json");
    let found = find("AWS::SQS::Queue").schema().fact();
    let check = |from: &str, to: &str| {
        assert!(text.contains(from), "{from}");
        let source: Value = serde_json::from_str(&text.replacen(from, to, 1)).unwrap();
        compare_schema(&source, found, "queue")
            .unwrap_err()
            .to_string()
    };
    assert!(check("\"taggable\": true", "\"taggable\": false").contains("queue/tagging/taggable"));
    assert!(check("/properties/QueueUrl", "/properties/QueueURL").contains("QueueURL"));
    assert!(check("\"QueueName\": {", "\"Queue\": {").contains("queue/properties/Queue/"));
}

#[test]
fn the_embedded_catalog_is_whole() {
    let catalog = catalog();
    assert!(catalog.is_intact());
    assert_eq!(catalog.source_version(), "1.58.0");
    assert_eq!(catalog.schema_date(), "2026-10-20T22:11:15Z");
    let names: Vec<_> = catalog.resource_types().map(ResourceType::name).collect();
    assert!(names.is_sorted());
    assert_eq!((names.len(), catalog.len()), (1898, 1898));
    assert!(
        catalog
            .regions()
            .eq(catalog.regions().collect::<BTreeSet<_>>())
    );
    for name in names {
        let found = find(name);
        assert_eq!(found.name(), name);
        assert_eq!(
            found.transform().is_some(),
            found.regions().next().is_none(),
            "{name}"
        );
        assert!(found.schema().fact().as_map().is_some(), "{name}");
    }
}

#[test]
fn every_path_and_reference_leads_somewhere() {
    for found in catalog().resource_types() {
        let paths = [
            found.create_only().collect::<Vec<_>>(),
            found.conditional_create_only().collect(),
            found.read_only().collect(),
            found.write_only().collect(),
            found.deprecated().collect(),
            found.primary_identifier().collect(),
            found.additional_identifiers().flatten().collect(),
        ];
        for path in paths.iter().flatten() {
            assert!(
                found.schema().property(path.first()).is_some(),
                "{}: {path}",
                found.name()
            );
        }
        let definitions = found.schema().definitions().map(|(_, schema)| schema);
        for schema in definitions.chain([found.schema()]) {
            for (name, property) in schema.properties() {
                let resolved = property.resolve();
                assert_eq!(
                    resolved.keyword(Keyword::Ref),
                    None,
                    "{}: {name}",
                    found.name()
                );
            }
        }
    }
}

#[test]
fn a_type_tells_what_replaces_and_what_is_returned() {
    let queue = find("AWS::SQS::Queue");
    assert_eq!(texts(queue.create_only()), ["FifoQueue", "QueueName"]);
    assert!(texts(queue.read_only()).contains(&"QueueUrl"));
    assert_eq!(texts(queue.primary_identifier()), ["QueueUrl"]);
    assert!(queue.is_stateful());
    assert!(!find("AWS::EC2::VPC").is_stateful());
    let certificate = find("AWS::SES::EmailIdentityCertificate");
    assert_eq!(
        certificate.replacement_strategy(),
        ReplacementStrategy::DeleteThenCreate
    );
    assert_eq!(
        queue.replacement_strategy(),
        ReplacementStrategy::CreateThenDelete
    );
    let database = find("AWS::RDS::DBInstance");
    assert!(texts(database.read_only()).contains(&"Endpoint/Address"));
    assert!(database.conditional_create_only().next().is_some());
}

/// Types whose attributes are found in different ways: named so by the source, checked by hand.
#[test]
fn a_type_tells_what_get_att_gives() {
    let names = |name| {
        let attributes = find(name).attributes().map(|attribute| attribute.name);
        attributes.collect::<Vec<_>>()
    };
    let json_type = |name, attribute| {
        let found: Attribute = find(name).attribute(attribute)?;
        found.schema?.resolve().types().single()
    };

    // The read-only properties.
    assert_eq!(
        names("AWS::RDS::DBProxy"),
        ["DBProxyArn", "Endpoint", "VpcId"]
    );
    let cluster = names("AWS::RDS::DBCluster");
    assert!(cluster.contains(&"Endpoint.Address") && !cluster.contains(&"DatabaseName"));
    // All properties, but of objects only the members, and no lists of objects.
    let queue = names("AWS::SQS::Queue");
    assert_eq!(queue[..2], ["QueueUrl", "Arn"]);
    assert!(queue.contains(&"QueueName") && queue[2..].is_sorted());
    let instance = names("AWS::RDS::DBInstance");
    assert!(instance.contains(&"Endpoint.Port") && !instance.contains(&"Endpoint"));
    assert!(instance.contains(&"MasterUserSecret.SecretArn"));
    assert!(names("AWS::EC2::SecurityGroup").contains(&"VpcId"));
    assert_eq!(
        json_type("AWS::EC2::Instance", "SecurityGroupIds"),
        Some(JsonType::Array)
    );
    // A few beside the read-only ones.
    assert!(names("AWS::Transfer::User").ends_with(&["ServerId", "UserName"]));
    // The outputs of a template.
    let stack = "AWS::CloudFormation::Stack";
    assert_eq!(names(stack), [""; 0]);
    assert_eq!(json_type(stack, "Outputs.Url"), Some(JsonType::String));
    assert_eq!(find(stack).attribute("Url"), None);
    let product = "AWS::ServiceCatalog::CloudFormationProvisionedProduct";
    assert_eq!(
        names(product),
        ["RecordId", "CloudformationStackArn", "ProvisionedProductId"]
    );
    assert_eq!(json_type(product, "Outputs.Url"), Some(JsonType::String));
    // Whatever a custom resource says.
    let custom = find("AWS::CloudFormation::CustomResource");
    let anything = custom.attribute("Any.Thing").unwrap();
    assert_eq!(anything.name, "*");
    assert_eq!(anything.schema.unwrap().types().iter().count(), 6);
    // Members of the items of a list.
    let vms = find("AWS::ODB::CloudVmCluster");
    assert_eq!(
        vms.attribute("DbNodes.0.Status").unwrap().name,
        "DbNodes.*.Status"
    );
    assert_eq!(
        json_type(vms.name(), "DbNodes.0.Status"),
        Some(JsonType::String)
    );
}

#[test]
fn every_attribute_has_one_name_and_a_schema() {
    let (mut named, mut open) = (0, 0);
    for found in catalog().resource_types() {
        let attributes = found.attributes().chain(found.open_attributes());
        let attributes: Vec<Attribute> = attributes.collect();
        let names: BTreeSet<_> = attributes.iter().map(|found| found.name).collect();
        assert_eq!(names.len(), attributes.len(), "{}", found.name());
        for attribute in attributes {
            let place = format!("{}: {}", found.name(), attribute.name);
            assert!(attribute.schema.is_some(), "{place}");
            assert_eq!(found.attribute(attribute.name), Some(attribute), "{place}");
            *if attribute.is_open() {
                &mut open
            } else {
                &mut named
            } += 1;
        }
    }
    assert_eq!((named, open), (6585, 157));
}

#[test]
fn a_type_tells_how_it_is_handled_and_tagged() {
    let queue = find("AWS::SQS::Queue");
    assert!(queue.handlers().eq(Handler::ALL));
    assert!(
        queue
            .permissions(Handler::Create)
            .any(|action| action == "sqs:CreateQueue")
    );
    let tagging = queue.tagging();
    assert_eq!(tagging.property.map(PropertyPath::as_str), Some("Tags"));
    assert!(tagging.is_taggable() && tagging.on_create && tagging.updatable);
    assert!(
        !find("AWS::SES::EmailIdentityCertificate")
            .tagging()
            .is_taggable()
    );
    let cluster = find("AWS::RDS::DBCluster");
    assert_eq!(cluster.timeout(Handler::Read), None);
    let slow = catalog()
        .resource_types()
        .filter_map(|found| found.timeout(Handler::Create));
    assert!(slow.max() > Some(Duration::from_secs(2 * 60 * 60)));
}

#[test]
fn a_type_exists_in_its_regions_only() {
    let name = "AWS::SES::EmailIdentityCertificate";
    let available = find(name).regions().collect::<Vec<_>>();
    for region in catalog().regions() {
        let found = catalog().resource_type_in(name, region);
        assert_eq!(found.is_some(), available.contains(&region), "{region}");
        assert_eq!(
            find(name).is_available_in(region),
            found.is_some(),
            "{region}"
        );
    }
    assert_eq!(
        catalog().resource_type_in("AWS::S3::Bucket", "mars-north-1"),
        None
    );
    assert_eq!(catalog().resource_type("AWS::S3::Buckets"), None);
    let function = find("AWS::Serverless::Function");
    assert_eq!(function.transform(), Some("AWS::Serverless-2016-10-31"));
}

#[test]
fn a_schema_reads_like_json_schema() {
    let table = find("AWS::DynamoDB::Table").schema();
    assert!(table.requires("KeySchema") && !table.requires("TableName"));
    let indexes = table.property("GlobalSecondaryIndexes").unwrap();
    assert_eq!(indexes.types().single(), Some(JsonType::Array));
    assert_eq!(
        indexes.items().unwrap().reference(),
        Some("GlobalSecondaryIndex")
    );
    let index = indexes.items().unwrap().resolve();
    assert!(index.requires("IndexName") && index.property("IndexName").is_some());
    let billing = table.property("BillingMode").unwrap();
    assert_eq!(billing.types().single(), Some(JsonType::String));
    let modes: Vec<_> = billing
        .enum_values()
        .unwrap()
        .filter_map(Fact::as_text)
        .collect();
    assert_eq!(modes, ["PAY_PER_REQUEST", "PROVISIONED"]);
    assert!(!table.allows_additional_properties());

    let custom = find("AWS::CloudFormation::CustomResource").schema();
    let (pattern, values) = custom.pattern_properties().next().unwrap();
    assert_eq!(pattern, ".*");
    assert_eq!(values.types().iter().count(), 5);

    // The only reference that is not one to a definition.
    let application = find("AWS::OpenSearchService::Application").schema();
    let source = application.definition("DataSource").unwrap();
    let arn = source.property("DataSourceArn").unwrap();
    assert_eq!(arn.reference(), None);
    assert_eq!(
        arn.resolve(),
        application.property("Arn").unwrap().resolve()
    );
    assert_eq!(arn.resolve().types().single(), Some(JsonType::String));
}

#[test]
fn an_extension_is_a_schema_or_one_for_each_region() {
    let classes = catalog()
        .extension("aws_rds_dbinstance/dbinstanceclass_enum")
        .unwrap();
    assert!(classes.as_map().unwrap().get("eu-central-1").is_some());
    let records = catalog()
        .extension("aws_route53_recordset/recordset_pattern")
        .unwrap();
    assert!(records.as_map().unwrap().get("allOf").is_some());
    assert_eq!(catalog().extension("aws_route53_recordset/nothing"), None);
    assert_eq!(catalog().extensions().count(), 97);
}

#[test]
fn keywords_are_sorted_and_kept_or_dropped() {
    let names: Vec<_> = Keyword::ALL.iter().map(|keyword| keyword.name()).collect();
    assert!(names.is_sorted() && DROPPED.is_sorted());
    for keyword in Keyword::ALL {
        assert_eq!(Keyword::from_name(keyword.name()), Some(*keyword));
        assert!(!is_dropped(keyword.name()), "{}", keyword.name());
    }
    assert_eq!(Keyword::from_name("description"), None);
}
