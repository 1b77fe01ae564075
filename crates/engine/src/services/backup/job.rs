//! Jobs: backups, copies and restores. How far one is follows from the time.

use serde_json::{Map, Value, json};
use stratiform_service::Timestamp;

use super::{not_found, pages, point, vault, vault_arn};
use crate::call::{Call, Result};
use crate::estate::Living;
use crate::input::Refused;
use crate::operation::after;
use crate::services::rds;
use crate::state::{Realm, State};

const INSTANCE: &str = "AWS::RDS::DBInstance";

/// Milliseconds until a job runs, and until it is done, where what it does says no other time.
const STARTS: u64 = 5_000;
const TAKES: u64 = 300_000;

/// What does a job do?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Backup,
    Copy,
    Restore,
}

impl Kind {
    /// Where its jobs are kept.
    fn kept(self) -> &'static str {
        match self {
            Kind::Backup => "backup-jobs",
            Kind::Copy => "copy-jobs",
            Kind::Restore => "restore-jobs",
        }
    }

    /// The member with its ID.
    fn id(self) -> &'static str {
        match self {
            Kind::Backup => "BackupJobId",
            Kind::Copy => "CopyJobId",
            Kind::Restore => "RestoreJobId",
        }
    }

    /// The list of its jobs.
    fn list(self) -> &'static str {
        match self {
            Kind::Backup => "BackupJobs",
            Kind::Copy => "CopyJobs",
            Kind::Restore => "RestoreJobs",
        }
    }
}

/// A resource that can be backed up: its ARN is the resource's, or in an attribute of it.
fn backed_up<'r>(realm: &'r Realm, arn: &str) -> Option<(&'static str, &'r str, &'r Living)> {
    let types = [
        (INSTANCE, "DBInstanceArn", "RDS"),
        ("AWS::RDS::DBCluster", "DBClusterArn", "Aurora"),
        ("AWS::S3::Bucket", "Arn", "S3"),
        ("AWS::DynamoDB::Table", "Arn", "DynamoDB"),
        ("AWS::EFS::FileSystem", "Arn", "EFS"),
    ];
    types
        .into_iter()
        .find_map(|(resource_type, attribute, kind)| {
            let mut all = realm.estate.all(resource_type);
            let (id, living) =
                all.find(|(id, living)| *id == arn || living.attribute(attribute) == Some(arn))?;
            Some((kind, id, living))
        })
}

pub(super) fn back_up(state: &mut State, call: &Call<'_>) -> Result {
    let arguments = call.arguments;
    let name = arguments.needed("BackupVaultName")?.to_owned();
    let resource = arguments.needed("ResourceArn")?.to_owned();
    let role = arguments.needed("IamRoleArn")?.to_owned();
    let now = state.now();
    let realm = state.realm_of(call)?;
    vault(realm, &name)?;
    let found = backed_up(realm, &resource);
    let (kind, source, living) = found.ok_or_else(|| {
        Refused::new(
            "InvalidParameterValueException",
            format!("Resource {resource} does not exist."),
        )
    })?;
    let (source, living) = (source.to_owned(), living.clone());
    let id = state.ids.uuid();
    let realm = state.realm_mut(call)?;
    let (arn, done) = match kind {
        "RDS" => {
            let snapshot = format!("awsbackup:job-{id}");
            let from = (source.as_str(), &living);
            let done = rds::take(&mut realm.estate, &snapshot, from, "awsbackup", now);
            (realm.arn("rds", &format!("snapshot:{snapshot}")), done)
        }
        _ => (
            realm.arn("backup", &format!("recovery-point:{id}")),
            after(now, TAKES),
        ),
    };
    let point = json!({
        "Vault": name,
        "Resource": resource,
        "Kind": kind,
        "Role": role,
        "Created": now,
        "Completed": done,
        "Lifecycle": arguments.get("Lifecycle"),
    });
    realm.estate.keep(point::KEPT, &arn, point);
    let job = json!({
        "BackupVaultName": name,
        "BackupVaultArn": vault_arn(realm, &name),
        "RecoveryPointArn": arn,
        "ResourceArn": resource,
        "ResourceType": kind,
        "IamRoleArn": role,
        "CreationDate": now,
        "CompletionDate": done,
    });
    realm.estate.keep(Kind::Backup.kept(), &id, job);
    state.expect(call.realm, done);
    Ok(
        json!({ "BackupJobId": id, "RecoveryPointArn": arn, "CreationDate": now, "IsParent": false }),
    )
}

pub(super) fn copy(state: &mut State, call: &Call<'_>) -> Result {
    let arguments = call.arguments;
    let source = arguments.needed("SourceBackupVaultName")?.to_owned();
    let to = arguments.needed("DestinationBackupVaultArn")?.to_owned();
    let from = arguments.needed("RecoveryPointArn")?.to_owned();
    let role = arguments.needed("IamRoleArn")?.to_owned();
    let now = state.now();
    let own = state.realm_of(call)?;
    let mut point = point::needed(own, call, Some(&source))?.clone();
    let snapshot_of = |arn: &str| {
        arn.split_once(":snapshot:")
            .map(|(_, name)| name.to_owned())
    };
    let snapshot = snapshot_of(&from)
        .and_then(|name| own.estate.kept("snapshots", &name))
        .cloned();
    let (source, region) = (vault_arn(own, &source), own.region.to_string());
    let part = |at: usize| to.split(':').nth(at).unwrap_or_default();
    let (name, place) = (part(6).to_owned(), (part(3).to_owned(), part(4).to_owned()));
    let id = state.ids.uuid();
    let mut realms = state.realms.iter_mut();
    let there = realms.find(|realm| {
        (realm.region.as_str(), realm.account.as_str()) == (place.0.as_str(), place.1.as_str())
    });
    let missing = || not_found(format!("Backup Vault {to} does not exist."));
    let there = there.ok_or_else(missing)?;
    vault(there, &name)?;
    let done = after(now, TAKES);
    let arn = match &snapshot {
        Some(_) => there.arn("rds", &format!("snapshot:awsbackup:copyjob-{id}")),
        None => there.arn("backup", &format!("recovery-point:{id}")),
    };
    if let Some(Value::Object(mut snapshot)) = snapshot {
        rds::taken_before(&mut snapshot);
        snapshot.insert("Created".to_owned(), json!(now));
        snapshot.insert("Ready".to_owned(), json!(done));
        snapshot.insert("SourceRegion".to_owned(), region.into());
        snapshot.insert("CopyOf".to_owned(), from.clone().into());
        let copied = format!("awsbackup:copyjob-{id}");
        there
            .estate
            .keep("snapshots", &copied, Value::Object(snapshot));
    }
    let kind = point.get("Kind").cloned();
    let resource = point.get("Resource").cloned();
    if let Value::Object(point) = &mut point {
        point.insert("Vault".to_owned(), name.into());
        point.insert("SourceVault".to_owned(), source.clone().into());
        point.insert("Created".to_owned(), json!(now));
        point.insert("Completed".to_owned(), json!(done));
    }
    there.estate.keep(point::KEPT, &arn, point);
    let job = json!({
        "SourceBackupVaultArn": source,
        "SourceRecoveryPointArn": from,
        "DestinationBackupVaultArn": to,
        "DestinationRecoveryPointArn": arn,
        "ResourceArn": resource,
        "ResourceType": kind,
        "IamRoleArn": role,
        "CreationDate": now,
        "CompletionDate": done,
    });
    state
        .realm_mut(call)?
        .estate
        .keep(Kind::Copy.kept(), &id, job);
    state.expect(call.realm, done);
    Ok(json!({ "CopyJobId": id, "CreationDate": now, "IsParent": false }))
}

/// Restores a recovery point into a new resource, which belongs to no stack. Only databases are made; other jobs are done
/// without.
pub(super) fn restore(state: &mut State, call: &Call<'_>) -> Result {
    let arguments = call.arguments;
    let from = arguments.needed("RecoveryPointArn")?.to_owned();
    let now = state.now();
    let realm = state.realm_of(call)?;
    let point = point::needed(realm, call, None)?.clone();
    let snapshot = from.split_once(":snapshot:").map(|(_, name)| name);
    let snapshot = snapshot.and_then(|name| realm.estate.kept("snapshots", name));
    let properties = snapshot
        .and_then(|snapshot| snapshot.get("Properties")?.as_object())
        .cloned();
    let given = arguments.get("Metadata").and_then(Value::as_object);
    let mut created = None;
    if let Some(mut properties) = properties {
        let known: Map<String, Value> = given.cloned().unwrap_or_default();
        properties.remove("DBInstanceIdentifier");
        properties.remove("DBSnapshotIdentifier");
        properties.extend(crate::services::model::properties(INSTANCE, &known));
        let made = state.make_outside(call, INSTANCE, properties)?;
        let made = made
            .ok_or_else(|| Refused::new("InvalidRequestException", "DB instance already exists"))?;
        created = made.attributes.get("DBInstanceArn").cloned();
    }
    let id = state.ids.uuid();
    let realm = state.realm_mut(call)?;
    let job = json!({
        "RecoveryPointArn": from,
        "SourceResourceArn": point.get("Resource"),
        "CreatedResourceArn": created,
        "ResourceType": point.get("Kind"),
        "IamRoleArn": arguments.text("IamRoleArn"),
        "CreationDate": now,
        "CompletionDate": after(now, TAKES),
    });
    realm.estate.keep(Kind::Restore.kept(), &id, job);
    state.expect(call.realm, after(now, TAKES));
    Ok(json!({ "RestoreJobId": id }))
}

fn shown(realm: &Realm, kind: Kind, id: &str, job: &Value, now: Timestamp) -> Value {
    let moment = |name: &str| job.get(name)?.as_str()?.parse::<Timestamp>().ok();
    let (begun, done) = (moment("CreationDate"), moment("CompletionDate"));
    let is_done = done.is_some_and(|done| done <= now);
    let has_begun = begun.is_some_and(|begun| after(begun, STARTS) <= now);
    let first = match kind {
        Kind::Backup | Kind::Copy => "CREATED",
        Kind::Restore => "PENDING",
    };
    let state = match (is_done, has_begun) {
        (true, _) => "COMPLETED",
        (false, true) => "RUNNING",
        (false, false) => first,
    };
    let percent = match (begun, done) {
        (Some(begun), Some(done)) if !is_done => {
            (now.millis() - begun.millis()) * 100 / (done.millis() - begun.millis()).max(1)
        }
        _ => 100,
    };
    let mut shown = job.clone();
    if let Value::Object(shown) = &mut shown {
        if !is_done {
            shown.remove("CompletionDate");
            shown.remove("CreatedResourceArn");
        }
        let status = match kind {
            Kind::Backup | Kind::Copy => "State",
            Kind::Restore => "Status",
        };
        shown.insert(kind.id().to_owned(), id.into());
        shown.insert("AccountId".to_owned(), json!(realm.account));
        shown.insert(status.to_owned(), state.into());
        if kind != Kind::Copy {
            shown.insert("PercentDone".to_owned(), format!("{percent}.0").into());
        }
        shown.insert("BackupSizeInBytes".to_owned(), 0.into());
        shown.insert("IsParent".to_owned(), false.into());
    }
    shown
}

pub(super) fn describe(state: &State, call: &Call<'_>, kind: Kind) -> Result {
    let id = call.arguments.needed(kind.id())?;
    let realm = state.realm_of(call)?;
    let job = realm.estate.kept(kind.kept(), id);
    let job = job.ok_or_else(|| not_found(format!("Cannot find job {id}")))?;
    let shown = shown(realm, kind, id, job, state.now());
    Ok(match kind {
        Kind::Copy => json!({ "CopyJob": shown }),
        Kind::Backup | Kind::Restore => shown,
    })
}

pub(super) fn list(state: &State, call: &Call<'_>, kind: Kind) -> Result {
    let realm = state.realm_of(call)?;
    let resource = call.arguments.text("ByResourceArn");
    let wanted = call
        .arguments
        .text("ByState")
        .or(call.arguments.text("ByStatus"));
    let jobs = realm.estate.kept.get(kind.kept()).into_iter().flatten();
    let shown = jobs.map(|(id, job)| shown(realm, kind, id, job, state.now()));
    let text = |job: &Value, name: &str| job.get(name).and_then(Value::as_str).map(str::to_owned);
    let shown = shown.filter(|job| {
        let is = text(job, "State").or_else(|| text(job, "Status"));
        let of = text(job, "ResourceArn");
        wanted.is_none_or(|wanted| is.as_deref() == Some(wanted))
            && resource.is_none_or(|resource| of.as_deref() == Some(resource))
    });
    pages(call, kind.list(), shown)
}
