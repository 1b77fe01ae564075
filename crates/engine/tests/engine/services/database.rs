//! Databases, their snapshots and backups.

use serde_json::{Value, json};

use super::{ask, begin, refused};
use crate::cloud::Cloud;

const DATABASE: &str = "
Resources:
  Vault: {Type: AWS::Backup::BackupVault, Properties: {BackupVaultName: vault}}
  Database:
    Type: AWS::RDS::DBInstance
    DeletionPolicy: Snapshot
    Properties:
      DBInstanceIdentifier: shop
      DBInstanceClass: db.t3.micro
      Engine: postgres
      AllocatedStorage: '20'
      MasterUsername: admin1
      ManageMasterUserPassword: true
      BackupRetentionPeriod: 7
      DeletionProtection: false
      Port: '5432'
";

fn instance(cloud: &mut Cloud) -> Value {
    let asked = json!({ "DBInstanceIdentifier": "shop" });
    ask(cloud, "rds", "DescribeDBInstances", asked)["DBInstances"][0].clone()
}

fn snapshots(cloud: &mut Cloud, filter: Value) -> Vec<Value> {
    let answer = ask(cloud, "rds", "DescribeDBSnapshots", filter);
    answer["DBSnapshots"].as_array().unwrap().clone()
}

fn cluster_snapshots(cloud: &mut Cloud, cluster: &str) -> Vec<Value> {
    let filter = json!({ "DBClusterIdentifier": cluster });
    let answer = ask(cloud, "rds", "DescribeDBClusterSnapshots", filter);
    answer["DBClusterSnapshots"].as_array().unwrap().clone()
}

fn deployed() -> Cloud {
    let mut cloud = Cloud::new();
    cloud.create("data", DATABASE);
    cloud
}

#[test]
fn an_instance_becomes_available_with_its_stack() {
    let mut cloud = Cloud::new();
    begin(&mut cloud, "CreateStack", "data", DATABASE);
    cloud.pass(30);
    let new = instance(&mut cloud);
    assert_eq!(new["DBInstanceStatus"], "creating");
    assert!(new["Endpoint"].is_null());
    cloud.pass(360);
    assert_eq!(instance(&mut cloud)["DBInstanceStatus"], "backing-up");
    cloud.settle();
    let there = instance(&mut cloud);
    assert_eq!(there["DBInstanceStatus"], "available");
    assert_eq!(there["Endpoint"]["Port"], 5432);
    assert_eq!(there["BackupRetentionPeriod"], 7);
    assert!(there["MasterUserPassword"].is_null());
    let secret = &there["MasterUserSecret"];
    assert_eq!(secret["SecretStatus"], "active");
    let asked = json!({ "SecretId": secret["SecretArn"] });
    let value = ask(
        &mut cloud,
        "secretsmanager",
        "GetSecretValue",
        asked.clone(),
    );
    let value: Value = serde_json::from_str(value["SecretString"].as_str().unwrap()).unwrap();
    assert_eq!(value["username"], "admin1");
    let described = ask(
        &mut cloud,
        "secretsmanager",
        "DescribeSecret",
        asked.clone(),
    );
    assert_eq!(described["OwningService"], "rds");
    assert_eq!(
        refused(&mut cloud, "secretsmanager", "DeleteSecret", asked),
        "InvalidRequestException"
    );
    let missing = json!({ "DBInstanceIdentifier": "none" });
    assert_eq!(
        refused(&mut cloud, "rds", "DescribeDBInstances", missing),
        "DBInstanceNotFound"
    );
}

#[test]
fn snapshots_take_their_time_and_outlive_the_stack() {
    let mut cloud = deployed();
    let create = json!({ "DBInstanceIdentifier": "shop", "DBSnapshotIdentifier": "before" });
    let taken = ask(&mut cloud, "rds", "CreateDBSnapshot", create.clone());
    assert_eq!(taken["DBSnapshot"]["Status"], "creating");
    assert_eq!(instance(&mut cloud)["DBInstanceStatus"], "backing-up");
    assert_eq!(
        refused(&mut cloud, "rds", "CreateDBSnapshot", create),
        "DBSnapshotAlreadyExists"
    );
    let other = json!({ "DBInstanceIdentifier": "shop", "DBSnapshotIdentifier": "other" });
    assert_eq!(
        refused(&mut cloud, "rds", "CreateDBSnapshot", other),
        "InvalidDBInstanceState"
    );
    cloud.pass(90);
    assert_eq!(snapshots(&mut cloud, json!({}))[0]["PercentProgress"], 50);
    cloud.pass(90);
    assert_eq!(snapshots(&mut cloud, json!({}))[0]["Status"], "available");
    assert_eq!(instance(&mut cloud)["DBInstanceStatus"], "available");
    cloud.done("DeleteStack", json!({ "StackName": "data" }));
    cloud.settle();
    // The stack took another one, of the same shape.
    let all = snapshots(&mut cloud, json!({ "DBInstanceIdentifier": "shop" }));
    assert_eq!(all.len(), 2);
    for snapshot in &all {
        assert_eq!(
            (&snapshot["Status"], &snapshot["Engine"]),
            (&json!("available"), &json!("postgres"))
        );
    }
    let of_stack = all
        .iter()
        .find(|snapshot| snapshot["DBSnapshotIdentifier"] != "before")
        .unwrap();
    let restored = DATABASE.replace(
        "      MasterUsername: admin1\n",
        &format!(
            "      DBSnapshotIdentifier: {}\n",
            of_stack["DBSnapshotArn"].as_str().unwrap()
        ),
    );
    cloud.create("again", &restored);
    assert_eq!(cloud.status("again"), "CREATE_COMPLETE");
    let delete = json!({ "DBSnapshotIdentifier": "before" });
    ask(&mut cloud, "rds", "DeleteDBSnapshot", delete.clone());
    assert_eq!(
        refused(&mut cloud, "rds", "DeleteDBSnapshot", delete),
        "DBSnapshotNotFound"
    );
}

#[test]
fn what_somebody_modifies_has_drifted() {
    let mut cloud = deployed();
    let modify = json!({
        "DBInstanceIdentifier": "shop",
        "DeletionProtection": "true",
        "AllocatedStorage": "30",
        "ApplyImmediately": "false",
    });
    let modified = ask(&mut cloud, "rds", "ModifyDBInstance", modify);
    let modified = &modified["DBInstance"];
    assert_eq!(modified["DBInstanceStatus"], "modifying");
    assert_eq!(modified["DeletionProtection"], true);
    assert_eq!(modified["AllocatedStorage"], 20);
    assert_eq!(modified["PendingModifiedValues"]["AllocatedStorage"], 30);
    let again = json!({ "DBInstanceIdentifier": "shop" });
    assert_eq!(
        refused(&mut cloud, "rds", "ModifyDBInstance", again),
        "InvalidDBInstanceState"
    );
    cloud.pass(300);
    assert_eq!(instance(&mut cloud)["DBInstanceStatus"], "available");
    let asked = json!({ "StackName": "data", "LogicalResourceId": "Database" });
    let drift = cloud.done("DetectStackResourceDrift", asked);
    let differences = &drift["StackResourceDrift"]["PropertyDifferences"];
    assert_eq!(differences[0]["PropertyPath"], "/DeletionProtection");
}

#[test]
fn a_backup_can_be_copied_and_started_from() {
    let mut cloud = deployed();
    let arn = instance(&mut cloud)["DBInstanceArn"].clone();
    let role = "arn:aws:iam::111122223333:role/backup";
    let start = json!({ "BackupVaultName": "vault", "ResourceArn": arn, "IamRoleArn": role });
    let job = ask(&mut cloud, "backup", "StartBackupJob", start);
    let asked = json!({ "BackupJobId": job["BackupJobId"] });
    assert_eq!(
        ask(&mut cloud, "backup", "DescribeBackupJob", asked.clone())["State"],
        "CREATED"
    );
    cloud.pass(10);
    assert_eq!(
        ask(&mut cloud, "backup", "DescribeBackupJob", asked.clone())["State"],
        "RUNNING"
    );
    cloud.pass(200);
    assert_eq!(
        ask(&mut cloud, "backup", "DescribeBackupJob", asked)["State"],
        "COMPLETED"
    );
    let points = ask(
        &mut cloud,
        "backup",
        "ListRecoveryPointsByBackupVault",
        json!({ "BackupVaultName": "vault" }),
    );
    let point = &points["RecoveryPoints"][0];
    assert_eq!(
        (&point["Status"], &point["ResourceType"]),
        (&json!("COMPLETED"), &json!("RDS"))
    );
    let point = point["RecoveryPointArn"].as_str().unwrap().to_owned();
    cloud.region = "eu-west-1";
    cloud.create("vaults", "{Resources: {Vault: {Type: AWS::Backup::BackupVault, Properties: {BackupVaultName: there}}}}");
    cloud.region = "eu-central-1";
    let taken = snapshots(&mut cloud, json!({}))[0]["SnapshotCreateTime"].clone();
    let copy = json!({
        "SourceBackupVaultName": "vault",
        "DestinationBackupVaultArn": "arn:aws:backup:eu-west-1:111122223333:backup-vault:there",
        "RecoveryPointArn": point,
        "IamRoleArn": role,
    });
    let copied = ask(&mut cloud, "backup", "StartCopyJob", copy);
    cloud.pass(400);
    let asked = json!({ "CopyJobId": copied["CopyJobId"] });
    assert_eq!(
        ask(&mut cloud, "backup", "DescribeCopyJob", asked)["CopyJob"]["State"],
        "COMPLETED"
    );
    cloud.region = "eu-west-1";
    let kept = snapshots(&mut cloud, json!({ "SnapshotType": "awsbackup" }));
    assert_eq!(kept[0]["SourceRegion"], "eu-central-1");
    // A copy is as old as what it is of.
    assert_eq!(kept[0]["OriginalSnapshotCreateTime"], taken);
    assert_ne!(kept[0]["SnapshotCreateTime"], taken);
    let there = kept[0]["DBSnapshotArn"].as_str().unwrap().to_owned();
    let restored = DATABASE.replace(
        "      MasterUsername: admin1\n",
        &format!("      DBSnapshotIdentifier: {there}\n"),
    );
    cloud.create(
        "data",
        &restored.replace("BackupVaultName: vault", "BackupVaultName: other"),
    );
    assert_eq!(cloud.status("data"), "CREATE_COMPLETE");
    let job = ask(
        &mut cloud,
        "backup",
        "StartRestoreJob",
        json!({
            "RecoveryPointArn": there,
            "IamRoleArn": role,
            "Metadata": { "DBInstanceIdentifier": "rehearsal" },
        }),
    );
    cloud.pass(400);
    let job = ask(
        &mut cloud,
        "backup",
        "DescribeRestoreJob",
        json!({ "RestoreJobId": job["RestoreJobId"] }),
    );
    assert_eq!(job["Status"], "COMPLETED");
    assert_eq!(
        job["CreatedResourceArn"],
        "arn:aws:rds:eu-west-1:111122223333:db:rehearsal"
    );
    let vault = ask(
        &mut cloud,
        "backup",
        "DescribeBackupVault",
        json!({ "BackupVaultName": "there" }),
    );
    assert_eq!(vault["NumberOfRecoveryPoints"], 1);
}

#[test]
fn what_rds_saves_by_itself_is_where_it_is_replicated_to() {
    let mut cloud = Cloud::new();
    let replicated =
        "      BackupRetentionPeriod: 7\n      AutomaticBackupReplicationRegion: eu-west-1\n";
    let template = DATABASE.replace("      BackupRetentionPeriod: 7\n", replicated);
    cloud.create("data", &template);
    cloud.pass(600);
    let arn = instance(&mut cloud)["DBInstanceArn"].clone();
    let asked = || json!({ "Filters": [{ "Name": "db-instance-id", "Values": ["shop"] }] });
    let mut saved = |region: &'static str, asked: Value| {
        cloud.region = region;
        let answer = ask(
            &mut cloud,
            "rds",
            "DescribeDBInstanceAutomatedBackups",
            asked,
        );
        answer["DBInstanceAutomatedBackups"]
            .as_array()
            .unwrap()
            .clone()
    };
    for region in ["eu-central-1", "eu-west-1"] {
        let found = saved(region, asked());
        assert_eq!(found.len(), 1, "{region}");
        assert_eq!(
            (&found[0]["DBInstanceArn"], &found[0]["Region"]),
            (&arn, &json!("eu-central-1"))
        );
        assert!(
            found[0]["RestoreWindow"]["LatestTime"].is_string(),
            "{}",
            found[0]
        );
    }
    assert_eq!(saved("us-east-1", asked()), [Value::Null; 0]);
    let other = json!({ "Filters": [{ "Name": "db-instance-id", "Values": ["bank"] }] });
    assert_eq!(saved("eu-central-1", other), [Value::Null; 0]);
}

#[test]
fn the_snapshot_that_a_deleted_cluster_leaves_is_found_by_its_name() {
    let mut cloud = Cloud::new();
    cloud.create(
        "data",
        "
Resources:
  Cluster:
    Type: AWS::RDS::DBCluster
    DeletionPolicy: Snapshot
    Properties:
      DBClusterIdentifier: shop
      Engine: aurora-postgresql
      MasterUsername: admin1
      ManageMasterUserPassword: true
",
    );
    assert!(cluster_snapshots(&mut cloud, "shop").is_empty());
    cloud.done("DeleteStack", json!({ "StackName": "data" }));
    cloud.settle();
    let found = cluster_snapshots(&mut cloud, "shop");
    assert_eq!(found.len(), 1);
    assert_eq!(found[0]["Status"], "available");
    assert_eq!(found[0]["Engine"], "aurora-postgresql");
    assert!(cluster_snapshots(&mut cloud, "other").is_empty());
}

#[test]
fn a_cluster_is_modified_saved_and_copied_to_another_region() {
    let mut cloud = Cloud::new();
    cloud.create(
        "data",
        "
Resources:
  Cluster:
    Type: AWS::RDS::DBCluster
    DeletionPolicy: Snapshot
    Properties:
      DBClusterIdentifier: shop
      Engine: aurora-postgresql
      MasterUsername: admin1
      ManageMasterUserPassword: true
      DeletionProtection: true
",
    );
    let modify = json!({ "DBClusterIdentifier": "shop", "DeletionProtection": "false", "ApplyImmediately": "true" });
    let modified = ask(&mut cloud, "rds", "ModifyDBCluster", modify);
    assert_eq!(modified["DBCluster"]["DeletionProtection"], false);
    let missing = json!({ "DBClusterIdentifier": "none" });
    assert_eq!(
        refused(&mut cloud, "rds", "ModifyDBCluster", missing),
        "DBClusterNotFoundFault"
    );
    let create =
        json!({ "DBClusterIdentifier": "shop", "DBClusterSnapshotIdentifier": "shop-back" });
    let taken = ask(&mut cloud, "rds", "CreateDBClusterSnapshot", create.clone());
    let taken = &taken["DBClusterSnapshot"];
    assert_eq!(taken["Status"], "creating");
    assert_eq!(
        refused(&mut cloud, "rds", "CreateDBClusterSnapshot", create),
        "DBClusterSnapshotAlreadyExistsFault"
    );
    let copy = json!({
        "SourceDBClusterSnapshotIdentifier": taken["DBClusterSnapshotArn"],
        "TargetDBClusterSnapshotIdentifier": "shop-back",
        "KmsKeyId": "alias/aws/rds",
    });
    cloud.region = "eu-west-1";
    assert_eq!(
        refused(&mut cloud, "rds", "CopyDBClusterSnapshot", copy.clone()),
        "InvalidDBClusterSnapshotStateFault"
    );
    // It is none of an instance.
    let other = json!({
        "SourceDBSnapshotIdentifier": taken["DBClusterSnapshotArn"],
        "TargetDBSnapshotIdentifier": "shop-back",
    });
    assert_eq!(
        refused(&mut cloud, "rds", "CopyDBSnapshot", other),
        "DBSnapshotNotFound"
    );
    cloud.pass(180);
    ask(&mut cloud, "rds", "CopyDBClusterSnapshot", copy);
    cloud.pass(180);
    let found = cluster_snapshots(&mut cloud, "shop");
    assert_eq!(found.len(), 1);
    assert_eq!(
        (&found[0]["Status"], &found[0]["KmsKeyId"]),
        (&json!("available"), &json!("alias/aws/rds"))
    );
}
