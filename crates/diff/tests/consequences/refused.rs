//! What AWS will refuse: names that are taken, and updates that it does not make.

use crate::{check, check_changed, environment, lines, of_kind};

#[test]
fn a_name_that_stays_collides() {
    check_changed(
        "Type: AWS::IAM::Role, Properties: {RoleName: web, Path: $, AssumeRolePolicyDocument: {}}",
        ["/one/", "/two/"],
        &[
            "danger refused will: cannot replace the role `A`: its name `web` stays taken by the old one",
        ],
    );
    // Without a name, or with another one, nothing is in the way.
    for role in [
        "Type: AWS::IAM::Role, Properties: {Path: /$/, AssumeRolePolicyDocument: {}}",
        "Type: AWS::IAM::Role, Properties: {RoleName: $, Path: /$/, AssumeRolePolicyDocument: {}}",
    ] {
        check_changed(
            role,
            ["one", "two"],
            &["attention replacement will: replaces the role `A`"],
        );
    }
    check_changed(
        "Type: AWS::RDS::DBInstance, UpdateReplacePolicy: Retain, Properties: {DBInstanceIdentifier: shop, Engine: $}",
        ["postgres", "mysql"],
        &[
            "warning refused may: may have to replace the database `A`, and cannot: its name `shop` stays taken by the old one",
            "- otherwise it may replace the database `A`: the old one stays with its data, outside of the stack",
            "attention interruption may: may interrupt the database `A`: interrupts when converting Oracle to a container database; else may replace",
        ],
    );
}

#[test]
fn names_that_are_taken_are_found_without_a_move() {
    check(
        "A: {Type: AWS::S3::Bucket, DeletionPolicy: Retain, Properties: {BucketName: x}}",
        "B: {Type: AWS::S3::Bucket, Properties: {BucketName: x, ObjectLockEnabled: true}}",
        &[
            "danger refused will: cannot make the bucket `B`: the name `x` is still taken",
            "- otherwise it leaves the bucket `A` outside of the stack: its data stays, and nothing manages it any more",
        ],
    );
}

#[test]
fn a_name_within_something_else_is_free_there() {
    check_changed(
        "Type: AWS::Lambda::Alias, Properties: {Name: live, FunctionVersion: '1', FunctionName: $}",
        ["one", "two"],
        &["attention replacement will: replaces the alias `A`"],
    );
}

#[test]
fn another_type_is_refused() {
    check(
        "A: {Type: AWS::SNS::Topic}",
        "A: {Type: AWS::SQS::Queue}",
        &[
            "danger refused will: cannot turn the topic `A` into a resource of type `AWS::SQS::Queue`",
        ],
    );
}

#[test]
fn what_aws_refuses_to_update_is_said() {
    check_changed(
        "Type: AWS::RDS::DBInstance, Properties: {AllocatedStorage: $}",
        ["100", "50"],
        &["danger refused will: cannot shrink the database `A`"],
    );
    check_changed(
        "Type: AWS::RDS::DBInstance, Properties: {AllocatedStorage: $}",
        ["50", "100"],
        &[],
    );
    let engine = "Type: AWS::RDS::DBInstance, Properties: {Engine: postgres, EngineVersion: $}";
    let interrupts = "interrupts the database `A`: outage while the engine is upgraded";
    let otherwise = &format!("- otherwise it {interrupts}");
    check_changed(
        engine,
        ["'16.1'", "'17.2'"],
        &[
            "danger refused will: cannot upgrade the database `A` to another major version",
            otherwise,
        ],
    );
    check_changed(
        engine,
        ["'16.1'", "'16.2'"],
        &[&format!("warning interruption will: {interrupts}")],
    );
    for allowed in ["", ", AllowMajorVersionUpgrade: true"] {
        check_changed(
            &engine.replace('}', &format!("{allowed}}}")),
            ["'17.6'", "'16.1'"],
            &[
                "danger refused will: cannot take the database `A` back to an older version",
                otherwise,
            ],
        );
    }
    check_changed(
        &engine.replace("postgres", "mysql"),
        ["8.0.40", "8.0.9"],
        &[
            "danger refused will: cannot take the database `A` back to an older version",
            otherwise,
        ],
    );
    // A cluster has no `AllowMajorVersionUpgrade`: its provider always allows it.
    let cluster = engine.replace("DBInstance", "DBCluster");
    let change = |version| format!("A: {{{}}}", cluster.replace('$', version));
    let refused = of_kind(&change("'16.1'"), &change("'17.2'"), "refused");
    assert_eq!(refused, [] as [String; 0]);
}

#[test]
fn the_version_of_an_instance_is_that_of_its_cluster() {
    let instance = "Type: AWS::RDS::DBInstance, Properties: {Engine: aurora-postgresql, EngineVersion: $, \
                    AllowMajorVersionUpgrade: true, DBClusterIdentifier: c}";
    let [before, after] =
        ["'13.9'", "'14.6'"].map(|value| format!("A: {{{}}}", instance.replace('$', value)));
    let found = environment(&[("shop", before.as_str(), after.as_str())]);
    let refused = &found[0].consequences[0];
    assert_eq!(refused.kind, stratiform_diff::Kind::Refused);
    assert_eq!(
        refused.help.as_deref(),
        Some("take `EngineVersion` off the instance, and set it on the cluster only")
    );
    // Nobody is told to allow an upgrade that is none.
    let [before, after] = ["'17.2'", "'16.1'"].map(|version| {
        format!("A: {{Type: AWS::RDS::DBInstance, Properties: {{Engine: postgres, EngineVersion: {version}}}}}")
    });
    assert_eq!(
        of_kind(&before, &after, "refused"),
        ["danger refused will: cannot take the database `A` back to an older version"]
    );
}

#[test]
fn an_index_of_a_table_cannot_be_changed() {
    let table = "Type: AWS::DynamoDB::Table, Properties: {GlobalSecondaryIndexes: [{IndexName: i, \
                 KeySchema: [{AttributeName: a, KeyType: HASH}], Projection: {ProjectionType: $}}]}";
    let [before, after] =
        ["ALL", "KEYS_ONLY"].map(|value| format!("A: {{{}}}", table.replace('$', value)));
    let found = environment(&[("shop", before.as_str(), after.as_str())]);
    assert_eq!(
        lines(&found[0].consequences)[0],
        "danger refused will: cannot change the index `i` of the table `A`"
    );
}
