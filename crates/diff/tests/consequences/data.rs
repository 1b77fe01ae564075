//! What data is lost, and what is kept.

use stratiform_diff::StackChange;

use crate::{KEPT, check, check_changed, check_removed, check_stacks, environment, lines, of_kind};

#[test]
fn what_leaves_goes_by_its_deletion_policy() {
    let table = "Type: AWS::DynamoDB::Table, Properties: {TableName: a}";
    check_removed(
        table,
        &["danger data-loss will: deletes the table `A`, and its data with it"],
    );
    for policy in ["Retain", "RetainExceptOnCreate"] {
        let before = format!("{KEPT}\nA: {{DeletionPolicy: {policy}, {table}}}");
        let found = environment(&[("shop", &before, KEPT)]);
        let why = format!("`DeletionPolicy` is `{policy}`");
        assert_eq!(found[0].consequences[0].why, why, "the template's own word");
        check_removed(
            &format!("DeletionPolicy: {policy}, {table}"),
            &[
                "attention data-loss will: leaves the table `A` outside of the stack: its data stays, and nothing manages it any more",
            ],
        );
    }
    check_removed(
        "Type: AWS::EC2::Volume, DeletionPolicy: Snapshot, Properties: {AvailabilityZone: a}",
        &["warning data-loss will: deletes the volume `A`: its data is kept as a snapshot"],
    );
    check_removed("Type: AWS::SNS::Topic", &[]);
}

#[test]
fn databases_have_a_default_of_their_own() {
    for (resource, noun) in [
        (
            "Type: AWS::RDS::DBInstance, Properties: {DBInstanceClass: db.t3.micro}",
            "database",
        ),
        (
            "Type: AWS::RDS::DBCluster, Properties: {Engine: aurora-postgresql}",
            "database cluster",
        ),
    ] {
        check_removed(
            resource,
            &[&format!(
                "warning data-loss will: deletes the {noun} `A`: its data is kept as a snapshot"
            )],
        );
        check_removed(
            &format!("DeletionPolicy: Delete, {resource}"),
            &[&format!(
                "danger data-loss will: deletes the {noun} `A`, and its data with it"
            )],
        );
    }
}

#[test]
fn of_a_replica_no_snapshot_is_taken() {
    for policy in ["", "DeletionPolicy: Snapshot, ", "DeletionPolicy: Retain, "] {
        check_removed(
            &format!(
                "{policy}Type: AWS::RDS::DBInstance, Properties: {{SourceDBInstanceIdentifier: a}}"
            ),
            &[
                "attention data-loss will: deletes the database `A`, a read replica: its data is its source's, and stays there",
            ],
        );
    }
}

#[test]
fn what_is_protected_stays() {
    for (resource, noun) in [
        (
            "Type: AWS::RDS::DBInstance, Properties: {DeletionProtection: true}",
            "database",
        ),
        (
            "Type: AWS::DynamoDB::Table, Properties: {DeletionProtectionEnabled: 'true'}",
            "table",
        ),
        (
            "Type: AWS::Cognito::UserPool, Properties: {DeletionProtection: ACTIVE}",
            "user pool",
        ),
    ] {
        check_removed(
            resource,
            &[&format!(
                "attention data-loss will: leaves the {noun} `A` outside of the stack: AWS refuses to delete it"
            )],
        );
    }
}

#[test]
fn buckets_and_vaults_go_when_they_are_empty() {
    for (resource, noun) in [
        ("Type: AWS::S3::Bucket", "bucket"),
        (
            "Type: AWS::Backup::BackupVault, Properties: {BackupVaultName: a}",
            "backup vault",
        ),
    ] {
        check_removed(
            resource,
            &[&format!(
                "danger data-loss may: deletes the {noun} `A` if it is empty"
            )],
        );
    }
}

#[test]
fn a_policy_that_is_not_known_is_the_worst() {
    let before = format!(
        "
Parameters: {{Policy: {{Type: String}}}}
Resources:
  {KEPT}
  A: {{Type: AWS::DynamoDB::Table, DeletionPolicy: !Ref Policy, Properties: {{TableName: a}}}}
"
    );
    check(
        &before,
        KEPT,
        &["danger data-loss will: deletes the table `A`, and its data with it"],
    );
    check(
        &before.replace("String}", "String, Default: Retain}"),
        KEPT,
        &[
            "attention data-loss will: leaves the table `A` outside of the stack: its data stays, and nothing manages it any more",
        ],
    );
}

#[test]
fn what_is_replaced_goes_by_its_update_replace_policy() {
    let names = ["one", "two"];
    let table = "Type: AWS::DynamoDB::Table, Properties: {TableName: $}";
    // `DeletionPolicy` says nothing about a replacement.
    check_changed(
        &format!("DeletionPolicy: Retain, {table}"),
        names,
        &[
            "danger data-loss will: replaces the table `A`: its data is deleted with it",
            "- the new one starts empty",
            "warning replacement will: replaces the table `A`",
        ],
    );
    check_changed(
        &format!("UpdateReplacePolicy: Retain, {table}"),
        names,
        &[
            "warning data-loss will: replaces the table `A`: the old one stays with its data, outside of the stack",
            "- the new one starts empty",
            "attention replacement will: replaces the table `A`",
        ],
    );
    check_changed(
        "Type: AWS::RDS::DBInstance, UpdateReplacePolicy: Snapshot, Properties: {DBInstanceIdentifier: $}",
        names,
        &[
            "warning data-loss will: replaces the database `A`: its data is kept as a snapshot",
            "- the new one starts empty",
            "warning replacement will: replaces the database `A`",
        ],
    );
}

#[test]
fn a_replacement_can_start_from_a_snapshot() {
    check(
        "A: {Type: AWS::RDS::DBInstance, UpdateReplacePolicy: Snapshot, Properties: {DBInstanceIdentifier: one}}",
        "A: {Type: AWS::RDS::DBInstance, UpdateReplacePolicy: Snapshot, Properties: {DBInstanceIdentifier: two, DBSnapshotIdentifier: s}}",
        &[
            "warning data-loss will: replaces the database `A`: its data is kept as a snapshot",
            "- the new one starts from what `DBSnapshotIdentifier` names",
            "warning replacement will: replaces the database `A`",
        ],
    );
}

#[test]
fn what_may_be_replaced_may_lose_data() {
    check_changed(
        "Type: AWS::RDS::DBInstance, Properties: {Engine: $}",
        ["postgres", "mysql"],
        &[
            "warning data-loss may: may replace the database `A`: its data is deleted with it",
            "- the new one starts empty",
            "warning replacement may: may replace the database `A`",
            "attention interruption may: may interrupt the database `A`: interrupts when converting Oracle to a container database; else may replace",
        ],
    );
}

#[test]
fn what_is_kept_for_less_time_is_lost() {
    for (resource, expected) in [
        (
            "Type: AWS::RDS::DBInstance, Properties: {BackupRetentionPeriod: $}",
            "deletes of the database `A` the backups that are older than they are now kept",
        ),
        (
            "Type: AWS::Logs::LogGroup, Properties: {RetentionInDays: $}",
            "deletes of the log group `A` the events that are older than they are now kept",
        ),
        (
            "Type: AWS::FSx::FileSystem, Properties: {WindowsConfiguration: {AutomaticBackupRetentionDays: $}}",
            "deletes of the file system `A` the backups that are older than they are now kept",
        ),
    ] {
        let with = |value| format!("A: {{{}}}", resource.replace('$', value));
        assert_eq!(
            of_kind(&with("30"), &with("7"), "data-loss"),
            [format!("warning data-loss will: {expected}")]
        );
        let back = of_kind(&with("7"), &with("30"), "data-loss");
        assert_eq!(back, [] as [String; 0], "{resource}");
    }
}

#[test]
fn a_member_of_a_database_cluster_holds_no_data() {
    let member =
        "Type: AWS::RDS::DBInstance, Properties: {DBClusterIdentifier: c, DBInstanceClass: $}";
    check_removed(member, &[]);
}

#[test]
fn what_is_protected_stays_when_it_is_replaced() {
    let table = |name| {
        format!(
            "A: {{Type: AWS::DynamoDB::Table, Properties: {{TableName: {name}, DeletionProtectionEnabled: true}}}}"
        )
    };
    assert_eq!(
        of_kind(&table("one"), &table("two"), "data-loss"),
        [
            "warning data-loss will: replaces the table `A`: the old one stays with its data, outside of the stack",
            "- the new one starts empty",
        ]
    );
}

#[test]
fn a_resource_that_may_not_exist_may_be_removed() {
    let template = |condition: &str| {
        format!(
            "Parameters: {{Env: {{Type: String}}}}
Conditions: {{Keep: !Equals [!Ref Env, prod]}}
Resources:
  A: {{Type: AWS::DynamoDB::Table{condition}}}
"
        )
    };
    let (always, sometimes) = (template(""), template(", Condition: Keep"));
    check(
        &always,
        &sometimes,
        &[
            "warning data-loss may: where `Env` is not `prod`: deletes the table `A`, and its data with it",
        ],
    );
    check(&sometimes, &sometimes, &[]);
}

#[test]
fn a_stack_that_is_gone_may_be_deleted() {
    let found = environment(&[(
        "shop",
        "A: {Type: AWS::DynamoDB::Table, Properties: {TableName: a}}",
        "",
    )]);
    assert_eq!(found[0].change, StackChange::Removed);
    assert_eq!(
        lines(&found[0].consequences),
        ["danger data-loss may: deleting the stack deletes the table `A`, and its data with it"]
    );
}

#[test]
fn a_new_stack_loses_nothing() {
    check_stacks(
        &[(
            "shop",
            "",
            "A: {Type: AWS::DynamoDB::Table, Properties: {TableName: a}}",
        )],
        &[],
    );
}
