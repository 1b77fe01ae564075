//! Updates that AWS documents to refuse.

use crate::{check, check_changed, environment, of_kind};

/// What is refused when one resource gets the other value of `$`.
#[track_caller]
fn refused(resource: &str, values: [&str; 2], expected: &[&str]) {
    let [before, after] = values.map(|value| format!("A: {{{}}}", resource.replace('$', value)));
    assert_eq!(of_kind(&before, &after, "refused"), expected);
}

#[test]
fn what_cannot_be_changed_is_refused_in_one_sentence() {
    check(
        "A: {Type: AWS::EC2::Volume, Properties: {AvailabilityZone: eu-west-1a, Size: 1, Encrypted: false}}",
        "A: {Type: AWS::EC2::Volume, Properties: {AvailabilityZone: eu-west-1b, Size: 1, Encrypted: true}}",
        &[
            "danger refused will: cannot change `AvailabilityZone` and `Encrypted` of the volume `A`",
        ],
    );
    refused(
        "Type: AWS::KMS::Key, Properties: {KeyPolicy: {}, KeySpec: $}",
        ["RSA_2048", "RSA_4096"],
        &["danger refused will: cannot change `KeySpec` of the key `A`"],
    );
}

#[test]
fn a_default_that_is_written_down_changes_nothing() {
    for [before, after] in [
        ["", "KeySpec: SYMMETRIC_DEFAULT"],
        ["MultiRegion: false", ""],
        ["KeyUsage: ENCRYPT_DECRYPT", ""],
    ] {
        refused(
            "Type: AWS::KMS::Key, Properties: {KeyPolicy: {}, $}",
            [before, after],
            &[],
        );
    }
    refused(
        "Type: AWS::Cognito::UserPool, Properties: {UserPoolName: a, $}",
        ["", "AliasAttributes: []"],
        &[],
    );
}

#[test]
fn what_is_not_known_may_be_refused() {
    let volume = |value| {
        format!(
            "Parameters: {{P: {{Type: String}}}}\nResources: {{A: {{Type: 'AWS::EC2::Volume', Properties: {{Size: 1, AvailabilityZone: {value}}}}}}}"
        )
    };
    assert_eq!(
        of_kind(&volume("eu-west-1a"), &volume("!Ref P"), "refused"),
        ["warning refused may: perhaps cannot change `AvailabilityZone` of the volume `A`"]
    );
}

#[test]
fn a_custom_resource_keeps_its_provider() {
    for resource_type in ["Custom::Seed", "AWS::CloudFormation::CustomResource"] {
        check_changed(
            &format!("Type: '{resource_type}', Properties: {{ServiceToken: $}}"),
            ["one", "two"],
            &[&format!(
                "danger refused will: cannot change `ServiceToken` of the {} `A`",
                if resource_type.starts_with("AWS") {
                    "custom resource"
                } else {
                    "seed"
                }
            )],
        );
    }
}

#[test]
fn a_provider_that_is_replaced_is_another_one() {
    let resources = |name| {
        format!(
            "A: {{Type: Custom::Seed, Properties: {{ServiceToken: !GetAtt F.Arn}}}}
F: {{Type: AWS::Lambda::Function, Properties: {{FunctionName: {name}, Role: r}}}}"
        )
    };
    assert_eq!(
        of_kind(&resources("one"), &resources("two"), "refused"),
        ["danger refused will: cannot change `ServiceToken` of the seed `A`"]
    );
}

/// What a password is made from is named, and seen, although the password is not.
#[test]
fn what_a_secret_is_made_from_is_followed() {
    let resources = |name| {
        format!(
            "A: {{Type: AWS::RDS::DBInstance, Properties: {{MasterUserPassword: !GetAtt F.Arn}}}}
F: {{Type: AWS::Lambda::Function, Properties: {{FunctionName: {name}, Role: r}}}}"
        )
    };
    let found = environment(&[("shop", &resources("one"), &resources("two"))]);
    let changed: Vec<_> = found[0]
        .resources
        .iter()
        .map(|change| change.logical_id.as_str())
        .collect();
    assert_eq!(changed, ["A", "F"]);
}

#[test]
fn a_wait_condition_is_not_updated() {
    refused(
        "Type: AWS::CloudFormation::WaitCondition, Properties: {Count: $}",
        ["1", "2"],
        &["danger refused will: cannot change `Count` of the wait condition `A`"],
    );
    refused(
        "Type: AWS::CloudFormation::WaitConditionHandle, Metadata: {A: $}",
        ["1", "2"],
        &["danger refused will: cannot change anything of the wait condition handle `A`"],
    );
}

#[test]
fn attributes_of_users_can_be_added_only() {
    let pool = "Type: AWS::Cognito::UserPool, Properties: {Schema: [$]}";
    let (one, two) = (
        "{Name: a, AttributeDataType: String}",
        "{Name: b, AttributeDataType: String}",
    );
    let both = format!("{two}, {one}");
    refused(pool, [one, &both], &[]);
    refused(
        pool,
        [&both, one],
        &["danger refused will: cannot remove `b` in `Schema` of the user pool `A`"],
    );
    refused(
        pool,
        [one, "{Name: a, AttributeDataType: Number}"],
        &["danger refused will: cannot change `a` in `Schema` of the user pool `A`"],
    );
    // It may be the default that is written down.
    refused(
        pool,
        [one, "{Name: a, AttributeDataType: String, Mutable: true}"],
        &["warning refused may: perhaps cannot change `a` in `Schema` of the user pool `A`"],
    );
}

#[test]
fn another_attribute_of_ttl_takes_two_steps() {
    for resource_type in ["AWS::DynamoDB::Table", "AWS::DynamoDB::GlobalTable"] {
        let table = |from: &str, to: &str, expected: &[&str]| {
            let resource = format!("Type: '{resource_type}', Properties: {{$}}");
            let ttl = |value: &str| match value {
                "" => String::new(),
                value => format!("TimeToLiveSpecification: {{{value}}}"),
            };
            let kinds = of_kind(
                &format!("A: {{{}}}", resource.replace('$', &ttl(from))),
                &format!("A: {{{}}}", resource.replace('$', &ttl(to))),
                "refused",
            );
            assert_eq!(kinds.len(), expected.len(), "{kinds:?}");
        };
        let on = "Enabled: true, AttributeName: a";
        table(on, "Enabled: true, AttributeName: b", &["refused"]);
        table(on, "Enabled: false, AttributeName: a", &[]);
        table(on, "", &[]);
        table(
            "Enabled: false, AttributeName: a",
            "Enabled: true, AttributeName: b",
            &[],
        );
    }
}

#[test]
fn one_index_comes_or_goes_per_update() {
    let index = |name| {
        format!(
            "{{IndexName: {name}, KeySchema: [{{AttributeName: a, KeyType: HASH}}], Projection: {{ProjectionType: ALL}}}}"
        )
    };
    let (two, one) = (format!("{}, {}", index("i"), index("j")), index("i"));
    for resource_type in ["AWS::DynamoDB::Table", "AWS::DynamoDB::GlobalTable"] {
        let table = format!("Type: '{resource_type}', Properties: {{GlobalSecondaryIndexes: [$]}}");
        let noun = if resource_type.ends_with("Global") {
            "global table"
        } else {
            "table"
        };
        refused(
            &table,
            ["", &two],
            &[&format!(
                "danger refused will: cannot make 2 global secondary indexes of the {noun} `A` at once"
            )],
        );
        refused(&table, [&one, &two], &[]);
    }
    let table = "Type: AWS::DynamoDB::GlobalTable, Properties: {Replicas: [$]}";
    let replicas = ["{Region: a}", "{Region: b}, {Region: c}"];
    refused(
        table,
        replicas,
        &["danger refused will: cannot make 2 and delete 1 replica of the table `A` at once"],
    );
    refused(
        "Type: AWS::DynamoDB::GlobalTable, Properties: {MultiRegionConsistency: STRONG, Replicas: [$]}",
        replicas,
        &[],
    );
}

#[test]
fn some_ways_are_one_way() {
    let backup = "Type: AWS::KinesisFirehose::DeliveryStream, Properties: {ExtendedS3DestinationConfiguration: {S3BackupMode: $}}";
    refused(
        backup,
        ["Enabled", "Disabled"],
        &[
            "danger refused will: cannot change `ExtendedS3DestinationConfiguration.S3BackupMode` of the delivery stream `A`",
        ],
    );
    refused(backup, ["Disabled", "Enabled"], &[]);
    let version = "Type: AWS::RDS::DBInstance, Properties: {Engine: postgres, EngineVersion: $}";
    refused(
        version,
        ["'16.4'", "'16.3'"],
        &["danger refused will: cannot take the database `A` back to an older version"],
    );
    refused(version, ["'16.4'", "'16'"], &[]);
}

#[test]
fn a_cluster_is_upgraded_version_by_version() {
    let cluster = "Type: AWS::EKS::Cluster, Properties: {RoleArn: r, ResourcesVpcConfig: {SubnetIds: []}, Version: $}";
    refused(cluster, ["'1.30'", "'1.31'"], &[]);
    refused(
        cluster,
        ["'1.30'", "'1.32'"],
        &["danger refused will: cannot upgrade the cluster `A` by more than one version"],
    );
    refused(
        cluster,
        ["'1.30'", "'1.29'"],
        &["danger refused will: cannot take the cluster `A` back to an older version"],
    );
}

#[test]
fn some_changes_do_not_go_together() {
    refused(
        "Type: AWS::EC2::PrefixList, Properties: {PrefixListName: a, AddressFamily: IPv4, $}",
        [
            "MaxEntries: 1, Entries: []",
            "MaxEntries: 2, Entries: [{Cidr: 10.0.0.0/8}]",
        ],
        &["danger refused will: cannot change `MaxEntries` of the prefix list `A`"],
    );
    let group = |rest| format!("ClusterName: a, NodeRole: r, Subnets: [], {rest}");
    let nodes = "Type: AWS::EKS::Nodegroup, Properties: {$}";
    refused(
        nodes,
        [
            &group("Version: '1.30', Labels: {a: b}"),
            &group("Version: '1.31', Labels: {a: c}"),
        ],
        &["danger refused will: cannot change `Version` of the nodegroup `A`"],
    );
    refused(
        nodes,
        [&group("Version: '1.30'"), &group("Version: '1.31'")],
        &[],
    );
}

#[test]
fn a_service_with_service_connect_is_not_replaced() {
    refused(
        "Type: AWS::ECS::Service, Properties: {LaunchType: FARGATE, SchedulingStrategy: $, ServiceConnectConfiguration: {Enabled: true}}",
        ["REPLICA", "DAEMON"],
        &["danger refused will: cannot replace the service `A`"],
    );
}

#[test]
fn codedeploy_deploys_what_it_controls() {
    let service =
        "Type: AWS::ECS::Service, Properties: {TaskDefinition: $, DeploymentController: {Type: @}}";
    let values = ["a:1", "a:2"];
    refused(
        &service.replace('@', "CODE_DEPLOY"),
        values,
        &["danger refused will: cannot change `TaskDefinition` of the service `A`"],
    );
    refused(&service.replace('@', "ECS"), values, &[]);
}
