//! What is interrupted.

use crate::{check_changed, check_removed, environment, lines};

#[test]
fn interruptions_are_as_documented() {
    for (property, values, expected) in [
        (
            "DBInstanceClass",
            ["db.t3.micro", "db.t3.small"],
            "warning interruption will: interrupts the database `A`: the instance restarts on the new class; with Multi-AZ it fails over",
        ),
        (
            "EngineVersion",
            ["'16.1'", "'16.2'"],
            "warning interruption will: interrupts the database `A`: outage while the engine is upgraded",
        ),
        (
            "StorageType",
            ["gp2", "gp3"],
            "attention interruption may: may interrupt the database `A`: brief downtime as some changes of type start; else only slower",
        ),
    ] {
        check_changed(
            &format!("Type: AWS::RDS::DBInstance, Properties: {{Engine: postgres, {property}: $}}"),
            values,
            &[expected],
        );
    }
    // Documented as none, and tags.
    check_changed(
        "Type: AWS::SQS::Queue, Properties: {DelaySeconds: $, Tags: [{Key: a, Value: $}]}",
        ["1", "2"],
        &[],
    );
}

#[test]
fn what_nobody_documents_is_said_once() {
    check_changed(
        "Type: AWS::CloudFront::Function, Properties: {Name: a, FunctionCode: $, FunctionConfig: {Comment: $, Runtime: r}}}
B: {Type: AWS::CloudFront::Function, Properties: {Name: b, FunctionCode: $, FunctionConfig: {Comment: c, Runtime: r}}",
        ["one", "two"],
        &[
            "note interruption unknown: changes 3 properties of which it is unknown whether that interrupts",
            "- `A` (AWS::CloudFront::Function): `FunctionCode`",
            "- `A` (AWS::CloudFront::Function): `FunctionConfig.Comment`",
            "- `B` (AWS::CloudFront::Function): `FunctionCode`",
        ],
    );
}

#[test]
fn conditional_properties_that_are_documented_in_place_do_not_replace() {
    check_changed(
        "Type: AWS::RDS::DBInstance, Properties: {BackupRetentionPeriod: $}",
        ["7", "14"],
        &[
            "attention interruption may: may interrupt the database `A`: downtime when backups are turned on or off (0 to more or back), else none",
        ],
    );
    check_changed(
        "Type: AWS::RDS::DBInstance, Properties: {VPCSecurityGroups: [$]}",
        ["a", "b"],
        &[],
    );
}

#[test]
fn what_is_deleted_first_is_missing_for_a_while() {
    check_changed(
        "Type: AWS::Logs::SubscriptionFilter, Properties: {FilterName: ship, LogGroupName: $, FilterPattern: '', DestinationArn: d}",
        ["one", "two"],
        &[
            "warning interruption will: leaves nothing in the place of the subscription filter `A` until the new one exists",
            "attention replacement will: replaces the subscription filter `A`",
        ],
    );
}

#[test]
fn what_stops_is_said() {
    check_changed(
        "Type: AWS::Events::Rule, Properties: {State: $}",
        ["ENABLED", "DISABLED"],
        &["warning interruption will: stops the rule `A`: nothing is triggered"],
    );
    check_changed(
        "Type: AWS::Events::Rule, Properties: {State: $}",
        ["DISABLED", "ENABLED"],
        &[],
    );
    check_removed(
        "Type: AWS::ECS::Service, Properties: {ServiceName: a}",
        &["warning interruption will: removes the service `A`: its tasks end"],
    );
}

#[test]
fn a_counter_of_updates_is_followed() {
    let resources = "A: {Type: AWS::EC2::LaunchTemplate, Properties: {LaunchTemplateData: {InstanceType: $}}}
B: {Type: AWS::AutoScaling::AutoScalingGroup, UpdatePolicy: {AutoScalingRollingUpdate: {}}, Properties: {MinSize: 1, MaxSize: 1, LaunchTemplate: {LaunchTemplateId: !Ref A, Version: !GetAtt A.LatestVersionNumber}}}";
    let [before, after] = ["t3.small", "m5.large"].map(|value| resources.replace('$', value));
    let found = environment(&[("shop", before.as_str(), after.as_str())]);
    let lines = lines(&found[0].consequences);
    let deploys = "replaces instances of the auto scaling group `B` in batches";
    assert!(
        lines.iter().any(|line| line.contains(deploys)),
        "{lines:#?}"
    );
}
