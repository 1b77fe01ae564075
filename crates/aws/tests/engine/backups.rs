//! Backups of a database, read over HTTP.

use stratiform_aws::Aws;
use stratiform_deploy::call::DatabaseKind;
use stratiform_test_support::Caller;

use crate::{ACCOUNT, Engine};

const DATABASE: &str = "
Resources:
  Vault: {Type: AWS::Backup::BackupVault, Properties: {BackupVaultName: shop}}
  Plan:
    Type: AWS::Backup::BackupPlan
    Properties:
      BackupPlan:
        BackupPlanName: shop
        BackupPlanRule:
          - RuleName: daily
            TargetBackupVault: !Ref Vault
            CopyActions:
              - DestinationBackupVaultArn: arn:aws:backup:eu-west-1:111122223333:backup-vault:shop-dr
  Selection:
    Type: AWS::Backup::BackupSelection
    Properties:
      BackupPlanId: !Ref Plan
      BackupSelection:
        SelectionName: database
        IamRoleArn: arn:aws:iam::111122223333:role/backup
        Resources: [!GetAtt Database.DBInstanceArn]
  Subnet:
    Type: AWS::EC2::Subnet
    Properties: {VpcId: vpc-1, CidrBlock: 10.0.0.0/24}
  Subnets:
    Type: AWS::RDS::DBSubnetGroup
    Properties: {DBSubnetGroupDescription: Isolated, SubnetIds: [!Ref Subnet]}
  Database:
    Type: AWS::RDS::DBInstance
    Properties:
      DBInstanceIdentifier: shop
      DBInstanceClass: db.t3.micro
      DBSubnetGroupName: !Ref Subnets
      Engine: postgres
      AllocatedStorage: '20'
      MasterUsername: admin1
      ManageMasterUserPassword: true
      BackupRetentionPeriod: 7
      AutomaticBackupReplicationRegion: eu-west-1
      Tags: [{Key: team, Value: shop}]
";

const ARN: &str = "arn:aws:rds:eu-central-1:111122223333:db:shop";

/// The same way to another region.
fn there(engine: &Engine) -> Aws {
    let region = aws_config::Region::new("eu-west-1");
    Aws::new(&engine.config.to_builder().region(region).build())
}

#[tokio::test]
async fn a_database_its_plan_and_its_backups() {
    let engine = Engine::start().await;
    engine.creation("shop", DATABASE).send().await.unwrap();
    let aws = engine.aws();
    let database = aws.database("shop").await.unwrap().unwrap();
    assert_eq!((&*database.arn, &*database.status), (ARN, "available"));
    assert_eq!(database.class.as_deref(), Some("db.t3.micro"));
    assert_eq!(database.vpc.as_deref(), Some("vpc-1"));
    assert!(database.subnet_group.is_some());
    assert_eq!(database.tags["team"], "shop");
    assert_eq!(aws.database("none").await.unwrap(), None);

    let stack = engine.client().list_stack_resources().stack_name("shop");
    let resources = stack.send().await.unwrap();
    let plan = resources.stack_resource_summaries().iter();
    let plan = plan.filter(|one| one.logical_resource_id() == Some("Plan"));
    let plan = plan
        .filter_map(|one| one.physical_resource_id())
        .next()
        .unwrap();
    let found = aws.backup_plan(plan).await.unwrap().unwrap();
    assert_eq!((&*found.name, &*found.rules[0].vault), ("shop", "shop"));
    assert!(found.rules[0].copies[0].ends_with(":backup-vault:shop-dr"));
    let selections = aws.backup_selections(plan).await.unwrap();
    assert!(selections[0].covers(ARN, &database.tags));
    assert!(!selections[0].covers(
        "arn:aws:rds:eu-central-1:111122223333:db:other",
        &database.tags
    ));
    assert!(aws.has_backup_vault("shop").await.unwrap());
    assert!(!aws.has_backup_vault("shop-dr").await.unwrap());

    assert_eq!(aws.database_backups("shop").await.unwrap(), []);
    assert_eq!(aws.recovery_points(ARN).await.unwrap(), []);
    assert_eq!(aws.backup_jobs(ARN).await.unwrap(), []);
    let url = engine.running.url();
    let caller = Caller {
        url: &url,
        access_key: ACCOUNT,
        region: "eu-central-1",
    };
    let job = format!(
        r#"{{"BackupVaultName":"shop","ResourceArn":"{ARN}","IamRoleArn":"arn:aws:iam::{ACCOUNT}:role/backup"}}"#
    );
    caller.put("backup", "/backup-jobs", &job);
    let backups = aws.database_backups("shop").await.unwrap();
    assert!(
        backups[0].is_usable && backups[0].taken.is_some(),
        "{backups:?}"
    );
    assert!(backups[0].id.starts_with("awsbackup:job-"));
    assert_eq!(aws.backup_jobs(ARN).await.unwrap()[0].state, "COMPLETED");
    assert_eq!(aws.recovery_points(ARN).await.unwrap().len(), 1);

    // What RDS replicates by itself, and what it does not.
    let there = there(&engine);
    assert!(there.replicated_until("shop", ARN).await.unwrap().is_some());
    assert_eq!(
        there.replicated_until("shop", "arn:other").await.unwrap(),
        None
    );
    assert_eq!(there.replicated_until("none", ARN).await.unwrap(), None);
}

#[tokio::test]
async fn a_cluster() {
    let engine = Engine::start().await;
    let cluster = "
Resources:
  Cluster:
    Type: AWS::RDS::DBCluster
    Properties: {DBClusterIdentifier: shop, Engine: aurora-postgresql, MasterUsername: a, ManageMasterUserPassword: true}
";
    engine.creation("shop", cluster).send().await.unwrap();
    let aws = engine.aws();
    let found = aws.database_cluster("shop").await.unwrap().unwrap();
    assert_eq!(found.status, "available");
    assert!(found.arn.ends_with(":cluster:shop"), "{}", found.arn);
    assert_eq!(aws.database_cluster("none").await.unwrap(), None);

    // The way back takes a snapshot, and copies it.
    let (there, kind) = (there(&engine), DatabaseKind::Cluster);
    for _ in 0..2 {
        let taken = aws.create_snapshot(kind, "shop", "now").await.unwrap();
        assert_eq!(taken.identifier, "now");
    }
    let arn = aws.snapshot_arn(kind, "now").await.unwrap();
    assert!(arn.ends_with(":cluster-snapshot:now"), "{arn}");
    there
        .copy_snapshot(kind, (&arn, "now"), None)
        .await
        .unwrap();
    let found = there.snapshots_of(kind, "shop").await.unwrap();
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].identifier, "now");
    assert_eq!(there.snapshots_of(kind, "none").await.unwrap(), []);
}
