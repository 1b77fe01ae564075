//! Which types properties have.

use stratiform_codegen::generate;

/// The type of a field of a struct.
fn field(resource_type: &str, name: &str, field: &str) -> String {
    let source = generate(resource_type).expect(resource_type);
    let of_struct = source
        .split_once(&format!("pub struct {name} {{\n"))
        .and_then(|(_, rest)| rest.split_once("\n}\n"));
    let (fields, _) = of_struct.expect(name);
    let start = format!("    pub {field}: ");
    let line = fields.lines().find_map(|line| line.strip_prefix(&start));
    line.expect(field).trim_end_matches(',').to_owned()
}

#[test]
fn tags_are_one_type_whatever_they_are_called() {
    let tags = "cfn::Opt<cfn::List<cfn::Tag>>";
    assert_eq!(field("AWS::SQS::Queue", "Queue", "tags"), tags);
    assert_eq!(
        field("AWS::ECS::TaskDefinition", "TaskDefinition", "tags"),
        // Neither member is required there.
        "cfn::Opt<cfn::List<task_definition::Tag>>"
    );
}

#[test]
fn a_key_and_a_value_alone_are_no_tag() {
    let cases = [
        (
            "AWS::Logs::MetricFilter",
            "MetricTransformation",
            "dimensions",
            "cfn::Opt<cfn::List<Dimension>>",
        ),
        (
            "AWS::IoT::TopicRule",
            "HttpAction",
            "headers",
            "cfn::Opt<cfn::List<HttpActionHeader>>",
        ),
        (
            "AWS::AppFlow::Flow",
            "TaskPropertiesObject",
            "key",
            "cfn::Prop<OperatorPropertiesKeys>",
        ),
    ];
    for (resource_type, name, of, expected) in cases {
        assert_eq!(field(resource_type, name, of), expected, "{resource_type}");
    }
}

#[test]
fn what_only_the_pages_say_is_in_the_types() {
    let cases = [
        (
            "AWS::RDS::DBInstance",
            "DbInstance",
            "allocated_storage",
            "cfn::Opt<cfn::Digits>",
        ),
        (
            "AWS::RDS::DBInstance",
            "DbInstance",
            "port",
            "cfn::Opt<cfn::Digits>",
        ),
        (
            "AWS::ECS::TaskDefinition",
            "TaskDefinition",
            "cpu",
            "cfn::Opt<cfn::Digits>",
        ),
        ("AWS::SQS::Queue", "Queue", "delay_seconds", "cfn::Opt<i64>"),
        (
            "AWS::DynamoDB::Table",
            "KeySchema",
            "key_type",
            "cfn::Prop<key_schema::KeyType>",
        ),
        (
            "AWS::ECS::TaskDefinition",
            "LogConfiguration",
            "log_driver",
            "cfn::Prop<log_configuration::LogDriver>",
        ),
        (
            "AWS::ElastiCache::ReplicationGroup",
            "ReplicationGroup",
            "cache_node_type",
            "cfn::Opt<replication_group::CacheNodeType>",
        ),
        (
            "AWS::ElastiCache::CacheCluster",
            "CacheCluster",
            "cache_node_type",
            "cfn::Prop<cache_cluster::CacheNodeType>",
        ),
    ];
    for (resource_type, name, of, expected) in cases {
        assert_eq!(field(resource_type, name, of), expected, "{resource_type}");
    }
}

#[test]
fn one_shape_of_one_name_is_one_type() {
    for index in ["GlobalSecondaryIndex", "LocalSecondaryIndex"] {
        let of = field("AWS::DynamoDB::Table", index, "key_schema");
        assert_eq!(of, "cfn::Prop<cfn::List<KeySchema>>", "{index}");
    }
}

#[test]
fn a_list_or_any_document_is_a_list() {
    assert_eq!(
        field("AWS::DynamoDB::Table", "Table", "key_schema"),
        "cfn::Prop<cfn::List<table::KeySchema>>"
    );
}
