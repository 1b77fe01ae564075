//! Calls to RDS.
//!
//! Source: Amazon RDS API reference, of each operation.

use std::cmp::Reverse;

use stratiform_deploy::Reply;
use stratiform_deploy::backups::{Backup, DatabaseAt};
use stratiform_deploy::call::{Database, DatabaseKind, Snapshot};
use stratiform_service::Timestamp;

use super::reading::written;
use crate::aws::Aws;
use crate::error::{Call as Operation, Error};
use crate::service::{Element, Form, Service};

const RDS: Service = Service {
    id: "RDS",
    host: "rds",
    fips_host: "rds-fips",
    signed_as: "rds",
};
const VERSION: &str = "2014-10-31";

/// How databases of a kind are described, and changed.
struct List {
    operation: &'static str,
    /// The operation that changes one.
    modify: &'static str,
    /// The parameter that names one.
    by: &'static str,
    /// The member of the answer that has them.
    items: &'static str,
    /// What is answered where there is none of that name.
    missing: &'static [&'static str],
}

const INSTANCES: List = List {
    operation: "DescribeDBInstances",
    modify: "ModifyDBInstance",
    by: "DBInstanceIdentifier",
    items: "DBInstances",
    missing: &MISSING,
};

const CLUSTERS: List = List {
    operation: "DescribeDBClusters",
    modify: "ModifyDBCluster",
    by: "DBClusterIdentifier",
    items: "DBClusters",
    missing: &["DBClusterNotFoundFault"],
};

/// Snapshots of a kind of database.
struct Snapshots {
    operation: &'static str,
    /// The parameter that names what they are of.
    of: &'static str,
    /// The member of the answer that has them.
    items: &'static str,
    /// One of them.
    item: &'static str,
    /// What a snapshot's name is called.
    id: &'static str,
    /// And its ARN.
    arn: &'static str,
    create: &'static str,
    copy: &'static str,
    /// The parameters of a copy: of what, and as what.
    copied: [&'static str; 2],
    /// What is answered where there is one of that name.
    there: [&'static str; 2],
}

const OF_INSTANCES: Snapshots = Snapshots {
    operation: "DescribeDBSnapshots",
    of: "DBInstanceIdentifier",
    items: "DBSnapshots",
    item: "DBSnapshot",
    id: "DBSnapshotIdentifier",
    arn: "DBSnapshotArn",
    create: "CreateDBSnapshot",
    copy: "CopyDBSnapshot",
    copied: ["SourceDBSnapshotIdentifier", "TargetDBSnapshotIdentifier"],
    there: ["DBSnapshotAlreadyExists", "DBSnapshotAlreadyExistsFault"],
};

const OF_CLUSTERS: Snapshots = Snapshots {
    operation: "DescribeDBClusterSnapshots",
    of: "DBClusterIdentifier",
    items: "DBClusterSnapshots",
    item: "DBClusterSnapshot",
    id: "DBClusterSnapshotIdentifier",
    arn: "DBClusterSnapshotArn",
    create: "CreateDBClusterSnapshot",
    copy: "CopyDBClusterSnapshot",
    copied: [
        "SourceDBClusterSnapshotIdentifier",
        "TargetDBClusterSnapshotIdentifier",
    ],
    there: [
        "DBClusterSnapshotAlreadyExists",
        "DBClusterSnapshotAlreadyExistsFault",
    ],
};

fn list(kind: DatabaseKind) -> &'static List {
    match kind {
        DatabaseKind::Instance => &INSTANCES,
        DatabaseKind::Cluster => &CLUSTERS,
    }
}

fn snapshots(kind: DatabaseKind) -> &'static Snapshots {
    match kind {
        DatabaseKind::Instance => &OF_INSTANCES,
        DatabaseKind::Cluster => &OF_CLUSTERS,
    }
}

/// RDS's model has the second one, and it sends the first one.
const MISSING: [&str; 2] = ["DBInstanceNotFound", "DBInstanceNotFoundFault"];

impl Aws {
    /// Switches a database's deletion protection off.
    ///
    /// Source: [ModifyDBInstance](https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_ModifyDBInstance.html),
    /// [ModifyDBCluster](https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_ModifyDBCluster.html).
    pub(super) async fn unprotect_database(
        &self,
        kind: DatabaseKind,
        identifier: &str,
    ) -> Result<Reply, Error> {
        let list = list(kind);
        let operation = Operation::new(list.modify, identifier);
        let form = Form::new(operation.operation, VERSION)
            .with(list.by, identifier)
            .with("DeletionProtection", "false")
            .with("ApplyImmediately", "true");
        match self.query(&RDS, &operation, form).await {
            Ok(_) => Ok(Reply::Done),
            Err(error) if error.has_code(list.missing) => Ok(Reply::Done),
            Err(error) => Err(error),
        }
    }

    pub(super) async fn describe_db_instance(&self, identifier: &str) -> Result<Reply, Error> {
        self.described(&INSTANCES, identifier, database)
            .await
            .map(Reply::Database)
    }

    /// What is described of one thing; none where it is not there.
    async fn described<T>(
        &self,
        list: &List,
        identifier: &str,
        read: impl FnOnce(&Operation, &Element) -> Result<T, Error>,
    ) -> Result<Option<T>, Error> {
        let operation = Operation::new(list.operation, identifier);
        let form = Form::new(operation.operation, VERSION).with(list.by, identifier);
        match self.query(&RDS, &operation, form).await {
            Ok(answer) => {
                let found = answer.items(list.items).next();
                found.map(|found| read(&operation, found)).transpose()
            }
            Err(error) if error.has_code(list.missing) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Takes a snapshot. One of the same name that is there is answered, whatever it is of: names are those of runs.
    ///
    /// # Errors
    /// There is no such database; AWS refuses; nobody answers.
    pub async fn create_snapshot(
        &self,
        kind: DatabaseKind,
        database: &str,
        identifier: &str,
    ) -> Result<Snapshot, Error> {
        let kind = snapshots(kind);
        let operation = Operation::new(kind.create, database);
        let form = Form::new(operation.operation, VERSION)
            .with(kind.of, database)
            .with(kind.id, identifier);
        self.made(kind, &operation, form, identifier).await
    }

    /// Copies a snapshot of another region, by its ARN, into this one, encrypted with a key of this one where one is given. One
    /// of the same name that is there is answered.
    ///
    /// # Errors
    /// There is no such snapshot; AWS refuses; nobody answers.
    pub async fn copy_snapshot(
        &self,
        kind: DatabaseKind,
        (source, identifier): (&str, &str),
        key: Option<&str>,
    ) -> Result<Snapshot, Error> {
        let kind = snapshots(kind);
        let operation = Operation::new(kind.copy, source);
        let [of, to] = kind.copied;
        let form = Form::new(operation.operation, VERSION)
            .with(of, source)
            .with(to, identifier)
            .with_some("KmsKeyId", key);
        self.made(kind, &operation, form, identifier).await
    }

    /// The ARN of a snapshot in this region.
    ///
    /// # Errors
    /// There is no such snapshot; AWS refuses; nobody answers.
    pub async fn snapshot_arn(
        &self,
        kind: DatabaseKind,
        identifier: &str,
    ) -> Result<String, Error> {
        let kind = snapshots(kind);
        let operation = Operation::new(kind.operation, identifier);
        let form = Form::new(operation.operation, VERSION).with(kind.id, identifier);
        let answer = self.query(&RDS, &operation, form).await?;
        let found = answer.items(kind.items).next();
        operation.required(found.and_then(|found| found.text(kind.arn)), kind.arn)
    }

    async fn made(
        &self,
        kind: &Snapshots,
        operation: &Operation,
        form: Form,
        identifier: &str,
    ) -> Result<Snapshot, Error> {
        match self.query(&RDS, operation, form).await {
            Ok(answer) => match answer.child(kind.item) {
                Some(made) => snapshot(operation, made, kind.id),
                None => Err(operation.unreadable(&format!("the answer has no {}", kind.item))),
            },
            Err(error) if error.has_code(&kind.there) => {
                let found = self.snapshots(kind, kind.id, identifier).await?;
                found.into_iter().next().ok_or(error)
            }
            Err(error) => Err(error),
        }
    }

    /// All snapshots of a database that the account has, manual and automated, newest first; nothing where nobody knows it.
    ///
    /// # Errors
    /// A call fails.
    pub async fn snapshots_of(
        &self,
        kind: DatabaseKind,
        database: &str,
    ) -> Result<Vec<Snapshot>, Error> {
        let kind = snapshots(kind);
        match self.snapshots(kind, kind.of, database).await {
            Ok(mut found) => {
                // One that is being taken has no time yet, and is the newest.
                found.sort_by_key(|snapshot| {
                    let created = snapshot.created;
                    (created.is_some(), Reverse(created))
                });
                Ok(found)
            }
            Err(error) if error.has_code(&MISSING) || error.has_code(CLUSTERS.missing) => {
                Ok(Vec::new())
            }
            Err(error) => Err(error),
        }
    }

    async fn snapshots(
        &self,
        kind: &Snapshots,
        by: &str,
        identifier: &str,
    ) -> Result<Vec<Snapshot>, Error> {
        let operation = Operation::new(kind.operation, identifier);
        let mut found = Vec::new();
        self.pages(&operation, &[(by, identifier)], |answer| {
            for item in answer.items(kind.items) {
                found.push(snapshot(&operation, item, kind.id)?);
            }
            Ok(())
        })
        .await?;
        Ok(found)
    }

    /// Reads all pages of a list.
    pub(super) async fn pages(
        &self,
        operation: &Operation,
        asked: &[(&str, &str)],
        mut read: impl FnMut(&Element) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let mut marker: Option<String> = None;
        loop {
            let form = Form::new(operation.operation, VERSION);
            let form = asked
                .iter()
                .fold(form, |form, (name, value)| form.with(name, value));
            let form = form.with_some("Marker", marker.as_deref());
            let answer = self.query(&RDS, operation, form).await?;
            read(&answer)?;
            marker = operation.next_page(marker.as_deref(), answer.text("Marker"))?;
            if marker.is_none() {
                return Ok(());
            }
        }
    }
}

/// What is asked about backups. Nothing here changes anything.
impl Aws {
    /// A database instance; none where there is none.
    ///
    /// # Errors
    /// The call fails.
    pub async fn database(&self, identifier: &str) -> Result<Option<DatabaseAt>, Error> {
        let names = ["DBInstanceArn", "DBInstanceStatus"];
        let read = |operation: &Operation, found: &Element| at(operation, found, names);
        self.described(&INSTANCES, identifier, read).await
    }

    /// A database cluster; none where there is none.
    ///
    /// # Errors
    /// The call fails.
    pub async fn database_cluster(&self, identifier: &str) -> Result<Option<DatabaseAt>, Error> {
        let names = ["DBClusterArn", "Status"];
        let read = |operation: &Operation, found: &Element| at(operation, found, names);
        self.described(&CLUSTERS, identifier, read).await
    }

    /// The snapshots of a database instance that a region has, whoever took or copied them. The instance may be in another
    /// region.
    ///
    /// # Errors
    /// A call fails.
    pub async fn database_backups(&self, instance: &str) -> Result<Vec<Backup>, Error> {
        let operation = Operation::new("DescribeDBSnapshots", instance);
        let mut found = Vec::new();
        self.pages(&operation, &of_instance(instance), |answer| {
            for item in answer.items("DBSnapshots") {
                let id = operation
                    .required(item.text("DBSnapshotIdentifier"), "DBSnapshotIdentifier")?;
                let status = operation.required(item.text("Status"), "Status")?;
                // Of a copy, the second one is when the copy was made.
                let taken = item.text("OriginalSnapshotCreateTime");
                found.push(Backup {
                    id,
                    is_usable: status == "available",
                    status,
                    taken: written(taken.or(item.text("SnapshotCreateTime"))),
                });
            }
            Ok(())
        })
        .await?;
        Ok(found)
    }

    /// Until when a region can restore an instance of another region, from what RDS saves by itself and replicates; none
    /// where it replicates nothing there.
    ///
    /// # Errors
    /// A call fails.
    pub async fn replicated_until(
        &self,
        instance: &str,
        arn: &str,
    ) -> Result<Option<Timestamp>, Error> {
        let operation = Operation::new("DescribeDBInstanceAutomatedBackups", instance);
        let mut until = None;
        self.pages(&operation, &of_instance(instance), |answer| {
            for item in answer.items("DBInstanceAutomatedBackups") {
                if item.text("DBInstanceArn") == Some(arn) {
                    let window = item.child("RestoreWindow");
                    until = until.max(written(window.and_then(|window| window.text("LatestTime"))));
                }
            }
            Ok(())
        })
        .await?;
        Ok(until)
    }
}

/// Asks for what is kept of an instance, be it there or not.
fn of_instance(instance: &str) -> [(&'static str, &str); 2] {
    [
        ("Filters.Filter.1.Name", "db-instance-id"),
        ("Filters.Filter.1.Values.Value.1", instance),
    ]
}

/// An instance or a cluster; `names` are those of its ARN and its status.
fn at(operation: &Operation, found: &Element, names: [&str; 2]) -> Result<DatabaseAt, Error> {
    let [arn, status] = names;
    let group = found.child("DBSubnetGroup");
    let of_group = |name: &str| Some(group?.text(name)?.to_owned());
    let tags = found.items("TagList").filter_map(|tag| {
        let value = tag.text("Value").unwrap_or_default();
        Some((tag.text("Key")?.to_owned(), value.to_owned()))
    });
    Ok(DatabaseAt {
        arn: operation.required(found.text(arn), arn)?,
        status: operation.required(found.text(status), status)?,
        class: found.text("DBInstanceClass").map(str::to_owned),
        restorable_until: written(found.text("LatestRestorableTime")),
        subnet_group: of_group("DBSubnetGroupName"),
        vpc: of_group("VpcId"),
        tags: tags.collect(),
    })
}

fn database(operation: &Operation, found: &Element) -> Result<Database, Error> {
    let identifier = found.text("DBInstanceIdentifier");
    Ok(Database {
        identifier: operation.required(identifier, "DBInstanceIdentifier")?,
        status: operation.required(found.text("DBInstanceStatus"), "DBInstanceStatus")?,
        restorable_until: written(found.text("LatestRestorableTime")),
        backup_days: number(found.text("BackupRetentionPeriod")),
        deletion_protection: found.text("DeletionProtection") == Some("true"),
    })
}

fn snapshot(operation: &Operation, found: &Element, id: &'static str) -> Result<Snapshot, Error> {
    let created = found.text("SnapshotCreateTime");
    Ok(Snapshot {
        identifier: operation.required(found.text(id), id)?,
        status: operation.required(found.text("Status"), "Status")?,
        percent: number(found.text("PercentProgress")),
        created: written(created),
        key: found.text("KmsKeyId").map(str::to_owned),
    })
}

fn number(text: Option<&str>) -> u32 {
    text.and_then(|text| text.parse().ok()).unwrap_or_default()
}
