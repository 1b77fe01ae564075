//! Databases whose backups are gone before anybody looks.

use stratiform_finding::words::counted;
use stratiform_finding::{Code, Level};
use stratiform_template::Path;

use super::Policy;
use super::asking::Text;
use crate::schema::{Entries, Look, Looked};

pub(super) static POLICY: Policy = Policy {
    code: Code::BackupsKept,
    level: Some(Level::Warning),
    rule: "Backups of a database are kept for a week or longer",
    reason: "what goes wrong on a Friday is noticed after the last good backup is gone",
    remedy: "Write how many days automated backups are kept: 7 or more.",
    sources: &[
        "DocumentDB.2",
        "Neptune.5",
        "RDS.11",
        "CKV_AWS_360",
        "CKV_AWS_361",
        "AwsSolutions-DOC4",
        "AwsSolutions-N3",
        "AwsSolutions-RDS13",
        "AwsSolutions-RS10",
    ],
    checks: &[
        ("AWS::DocDB::DBCluster", cluster),
        ("AWS::Neptune::DBCluster", cluster),
        ("AWS::RDS::DBCluster", cluster),
        ("AWS::RDS::DBInstance", instance),
        ("AWS::Redshift::Cluster", |look, cluster, path| {
            kept(look, cluster, "AutomatedSnapshotRetentionPeriod", path)
        }),
    ],
};

/// How many days backups are kept.
const DAYS: f64 = 7.0;

/// How many they are kept where nobody says: all of these services say one.
const LEFT_OUT: f64 = 1.0;

const PERIOD: &str = "BackupRetentionPeriod";

fn cluster<'t>(look: &mut Look<'_, 't>, cluster: &'t Entries, path: &Path<'_>) -> Looked<'t> {
    kept(look, cluster, PERIOD, path)
}

fn instance<'t>(look: &mut Look<'_, 't>, instance: &'t Entries, path: &Path<'_>) -> Looked<'t> {
    // The backups of a cluster are the cluster's, those of a copy can be the source's.
    let others = [
        "DBClusterIdentifier",
        "SourceDBClusterIdentifier",
        "SourceDBInstanceIdentifier",
    ];
    match look.is_any_given(instance, &others)? {
        Some(true) => look.pass(),
        Some(false) => kept(look, instance, PERIOD, path)?,
        None => look.doubt(),
    }
    Ok(())
}

fn kept<'t>(
    look: &mut Look<'_, 't>,
    database: &Entries,
    name: &str,
    path: &Path<'_>,
) -> Looked<'t> {
    let days = match look.text_of(database, &[name])? {
        Text::Known(text) => text.trim().parse::<f64>().ok(),
        Text::Absent => Some(LEFT_OUT),
        Text::Unknown => None,
    };
    let what = match days {
        Some(days) if days >= DAYS => return Ok(()),
        Some(0.0) => "there are no automated backups".to_owned(),
        // Days are few and whole.
        Some(days) => format!("backups are kept for {}", counted(days as usize, "day")),
        None => {
            look.doubt();
            return Ok(());
        }
    };
    let help = format!("write `{name}: {DAYS}`, or more");
    look.broken_at(&POLICY, database, &[name], path, what, help);
    Ok(())
}
