//! Snapshots: those that calls take, that stacks take when they delete, and that AWS Backup takes.

use serde_json::{Map, Value, json};
use stratiform_service::Timestamp;

use super::{CLUSTER, INSTANCE, cluster, filtered, instance, instance_missing, pages, plain_name};
use crate::call::{Call, Result};
use crate::estate::{Estate, Living};
use crate::input::Refused;
use crate::operation::after;
use crate::state::{Realm, State};

/// Where snapshots are kept: see `Estate::snapshot`.
const KEPT: &str = "snapshots";

/// Milliseconds until a snapshot is there.
const MILLIS: u64 = 180_000;

/// Snapshots of a kind of database.
pub(super) struct Kind {
    resource_type: &'static str,
    /// One of them, in answers and in messages.
    item: &'static str,
    /// The parameters of a copy: of what, and as what.
    copied: [&'static str; 2],
    /// How codes of refusals end.
    fault: &'static str,
}

pub(super) const OF_INSTANCES: Kind = Kind {
    resource_type: INSTANCE,
    item: "DBSnapshot",
    copied: ["SourceDBSnapshotIdentifier", "TargetDBSnapshotIdentifier"],
    fault: "",
};

pub(super) const OF_CLUSTERS: Kind = Kind {
    resource_type: CLUSTER,
    item: "DBClusterSnapshot",
    copied: [
        "SourceDBClusterSnapshotIdentifier",
        "TargetDBClusterSnapshotIdentifier",
    ],
    fault: "Fault",
};

impl Kind {
    fn missing(&self, name: &str) -> Refused {
        Refused {
            code: format!("{}NotFound{}", self.item, self.fault),
            message: format!("{} {name} not found.", self.item),
            http_status: 404,
        }
    }

    fn there(&self, name: &str) -> Refused {
        Refused::new(
            format!("{}AlreadyExists{}", self.item, self.fault),
            format!(
                "Cannot create the snapshot because a snapshot with the identifier {name} already exists."
            ),
        )
    }

    fn unavailable(&self, name: &str) -> Refused {
        Refused::new(
            format!("Invalid{}State{}", self.item, self.fault),
            format!("The snapshot {name} is not in the available state."),
        )
    }

    /// A snapshot of the kind.
    fn kept<'e>(&self, estate: &'e Estate, name: &str) -> Option<&'e Value> {
        let found = estate.kept(KEPT, name)?;
        let own = found.get("ResourceType").and_then(Value::as_str);
        (own == Some(self.resource_type)).then_some(found)
    }

    fn answer(&self, realm: &Realm, name: &str, now: Timestamp) -> Result {
        let snapshot = self.kept(&realm.estate, name);
        let snapshot = snapshot.ok_or_else(|| self.missing(name))?;
        let shown = match self.resource_type {
            CLUSTER => shown_of_cluster(realm, name, snapshot, now),
            _ => shown(realm, name, snapshot, now),
        };
        Ok(json!({ self.item: shown }))
    }
}

/// Takes a snapshot of an instance; it is ready after a while. Returns when.
pub(in crate::services) fn take(
    estate: &mut Estate,
    name: &str,
    (source, living): (&str, &Living),
    kind: &str,
    now: Timestamp,
) -> Timestamp {
    take_of(estate, name, (INSTANCE, source, living), kind, now)
}

fn take_of(
    estate: &mut Estate,
    name: &str,
    (resource_type, source, living): (&str, &str, &Living),
    kind: &str,
    now: Timestamp,
) -> Timestamp {
    let ready = after(now, MILLIS);
    let snapshot = json!({
        "ResourceType": resource_type,
        "Source": source,
        "Properties": living.properties,
        "Attributes": living.identity.attributes,
        "Created": now,
        "Ready": ready,
        "Kind": kind,
    });
    estate.keep(KEPT, name, snapshot);
    ready
}

/// A copy says when what it is of was taken.
pub(in crate::services) fn taken_before(copied: &mut Map<String, Value>) {
    if let Some(taken) = copied.get("Created").cloned() {
        copied.entry("Original").or_insert(taken);
    }
}

fn ready(snapshot: &Value) -> Option<Timestamp> {
    snapshot.get("Ready")?.as_str()?.parse().ok()
}

/// Whether a snapshot of an instance is being taken.
pub(super) fn is_saving(estate: &Estate, instance: &str, now: Timestamp) -> bool {
    let mut all = estate.kept.get(KEPT).into_iter().flatten();
    all.any(|(_, snapshot)| {
        let is_of_it = snapshot.get("Source").and_then(Value::as_str) == Some(instance);
        is_of_it && ready(snapshot).is_some_and(|ready| now < ready)
    })
}

pub(super) fn create(state: &mut State, call: &Call<'_>) -> Result {
    let arguments = call.arguments;
    let name = plain_name(arguments.needed("DBSnapshotIdentifier")?);
    let source = plain_name(arguments.needed("DBInstanceIdentifier")?);
    let now = state.now();
    let realm = state.realm_of(call)?;
    let living = realm.estate.living(INSTANCE, &source);
    let living = living.ok_or_else(|| instance_missing(&source))?.clone();
    if realm.estate.kept(KEPT, &name).is_some() {
        return Err(OF_INSTANCES.there(&name));
    }
    if instance::status(realm, &source, &living, now) != "available" {
        return Err(Refused::new(
            "InvalidDBInstanceState",
            format!(
                "Cannot create a snapshot because the database instance {source} is not currently in the available state."
            ),
        ));
    }
    let realm = state.realm_mut(call)?;
    let ready = take(&mut realm.estate, &name, (&source, &living), "manual", now);
    tag(realm, &name, call);
    let answer = OF_INSTANCES.answer(realm, &name, now);
    state.expect(call.realm, ready);
    answer
}

pub(super) fn create_of_cluster(state: &mut State, call: &Call<'_>) -> Result {
    let arguments = call.arguments;
    let name = plain_name(arguments.needed("DBClusterSnapshotIdentifier")?);
    let source = plain_name(arguments.needed("DBClusterIdentifier")?);
    let now = state.now();
    let realm = state.realm_of(call)?;
    let living = realm.estate.living(CLUSTER, &source);
    let living = living.ok_or_else(|| cluster::missing(&source))?.clone();
    if realm.estate.kept(KEPT, &name).is_some() {
        return Err(OF_CLUSTERS.there(&name));
    }
    if cluster::status(realm, &source, &living) != "available" {
        return Err(Refused::new(
            "InvalidDBClusterStateFault",
            format!("The DB cluster {source} is not in available state."),
        ));
    }
    let realm = state.realm_mut(call)?;
    let of = (CLUSTER, source.as_str(), &living);
    let ready = take_of(&mut realm.estate, &name, of, "manual", now);
    tag(realm, &name, call);
    let answer = OF_CLUSTERS.answer(realm, &name, now);
    state.expect(call.realm, ready);
    answer
}

/// Keeps the tags of a call with a snapshot.
fn tag(realm: &mut Realm, name: &str, call: &Call<'_>) {
    let kept = realm
        .estate
        .kept
        .get_mut(KEPT)
        .and_then(|kept| kept.get_mut(name));
    if let (Some(Value::Object(snapshot)), Some(tags)) = (kept, call.arguments.get("Tags")) {
        snapshot.insert("Tags".to_owned(), tags.clone());
    }
}

/// Copies a snapshot, also from another region of the account, or another account.
pub(super) fn copy(state: &mut State, call: &Call<'_>, kind: &Kind) -> Result {
    let arguments = call.arguments;
    let [source, target] = kind.copied;
    let from = arguments.needed(source)?;
    let name = plain_name(arguments.needed(target)?);
    let now = state.now();
    let own = state.realm_of(call)?;
    let place = |at: usize| from.split(':').nth(at).filter(|_| from.starts_with("arn:"));
    let region = place(3).unwrap_or(own.region.as_str());
    let account = place(4).unwrap_or(own.account.as_str());
    let mut realms = state.realms.iter();
    let source =
        realms.find(|realm| realm.region.as_str() == region && realm.account.as_str() == account);
    let source = source.and_then(|realm| kind.kept(&realm.estate, &plain_name(from)));
    let mut copied = source.cloned().ok_or_else(|| kind.missing(from))?;
    if own.estate.kept(KEPT, &name).is_some() {
        return Err(kind.there(&name));
    }
    if ready(&copied).is_some_and(|ready| now < ready) {
        return Err(kind.unavailable(from));
    }
    let region = region.to_owned();
    if let Value::Object(copied) = &mut copied {
        let is_elsewhere = region != own.region.as_str();
        taken_before(copied);
        copied.insert("Created".to_owned(), json!(now));
        copied.insert("Ready".to_owned(), json!(after(now, MILLIS)));
        copied.insert("Kind".to_owned(), "manual".into());
        copied.insert("CopyOf".to_owned(), from.into());
        if is_elsewhere {
            copied.insert("SourceRegion".to_owned(), region.into());
        }
        let properties = copied.get_mut("Properties").and_then(Value::as_object_mut);
        if let (Some(key), Some(properties)) = (arguments.text("KmsKeyId"), properties) {
            properties.insert("KmsKeyId".to_owned(), key.into());
            properties.insert("StorageEncrypted".to_owned(), "true".into());
        }
    }
    let realm = state.realm_mut(call)?;
    realm.estate.keep(KEPT, &name, copied);
    tag(realm, &name, call);
    let answer = kind.answer(realm, &name, now);
    state.expect(call.realm, after(now, MILLIS));
    answer
}

pub(super) fn delete(state: &mut State, call: &Call<'_>) -> Result {
    let name = plain_name(call.arguments.needed("DBSnapshotIdentifier")?);
    let now = state.now();
    let realm = state.realm_mut(call)?;
    let snapshot = OF_INSTANCES.kept(&realm.estate, &name);
    let snapshot = snapshot.ok_or_else(|| OF_INSTANCES.missing(&name))?;
    if ready(snapshot).is_some_and(|ready| now < ready) {
        return Err(OF_INSTANCES.unavailable(&name));
    }
    let mut answer = OF_INSTANCES.answer(realm, &name, now)?;
    if let Some(snapshot) = answer.get_mut("DBSnapshot").and_then(Value::as_object_mut) {
        snapshot.insert("Status".to_owned(), "deleted".into());
    }
    if let Some(kept) = realm.estate.kept.get_mut(KEPT) {
        kept.remove(&name);
    }
    Ok(answer)
}

pub(super) fn describe(state: &State, call: &Call<'_>) -> Result {
    let arguments = call.arguments;
    let realm = state.realm_of(call)?;
    let asked = arguments.text("DBSnapshotIdentifier").map(plain_name);
    let source = arguments.text("DBInstanceIdentifier").map(plain_name);
    let kind = arguments.text("SnapshotType");
    let names = filtered(call, &["db-snapshot-id"]);
    let sources = filtered(call, &["db-instance-id"]);
    if let Some(asked) = &asked
        && realm.estate.kept(KEPT, asked).is_none()
    {
        return Err(OF_INSTANCES.missing(asked));
    }
    let has = |wanted: &Option<Vec<String>>, name: &str| {
        let wanted = wanted.as_ref();
        wanted.is_none_or(|wanted| wanted.iter().any(|known| plain_name(known) == name))
    };
    let all = realm.estate.kept.get(KEPT).into_iter().flatten();
    let all = all.filter(|(name, snapshot)| {
        let text = |key: &str| {
            snapshot
                .get(key)
                .and_then(Value::as_str)
                .unwrap_or_default()
        };
        text("ResourceType") == INSTANCE
            && asked.as_ref().is_none_or(|asked| asked == *name)
            && source
                .as_ref()
                .is_none_or(|source| source == text("Source"))
            && kind.is_none_or(|kind| kind == text("Kind"))
            && has(&names, name)
            && has(&sources, text("Source"))
    });
    let now = state.now();
    let shown = all.map(|(name, snapshot)| shown(realm, name, snapshot, now));
    pages(call, "DBSnapshots", shown)
}

fn shown(realm: &Realm, name: &str, snapshot: &Value, now: Timestamp) -> Value {
    let empty = Map::new();
    let properties = snapshot.get("Properties").and_then(Value::as_object);
    let typed = super::typed(properties.unwrap_or(&empty));
    let of = |property: &str| typed.get(property).cloned();
    let attribute = |name: &str| {
        snapshot
            .get("Attributes")
            .and_then(|all| all.get(name))
            .cloned()
    };
    let created = snapshot.get("Created").and_then(Value::as_str);
    let percent = percent(snapshot, now);
    let port = attribute("Endpoint.Port");
    let port = port.and_then(|port| port.as_str().and_then(|port| port.parse::<u64>().ok()));
    json!({
        "DBSnapshotIdentifier": name,
        "DBSnapshotArn": realm.arn("rds", &format!("snapshot:{name}")),
        "DBInstanceIdentifier": snapshot.get("Source"),
        "DbiResourceId": attribute("DbiResourceId"),
        "SnapshotCreateTime": created,
        "OriginalSnapshotCreateTime": snapshot.get("Original").and_then(Value::as_str).or(created),
        "SnapshotType": snapshot.get("Kind"),
        "Status": percent.map_or("available", |_| "creating"),
        "PercentProgress": percent.unwrap_or(100),
        "Engine": of("Engine"),
        "EngineVersion": of("EngineVersion"),
        "LicenseModel": of("LicenseModel"),
        "AllocatedStorage": of("AllocatedStorage"),
        "StorageType": of("StorageType"),
        "Iops": of("Iops"),
        "MasterUsername": of("MasterUsername"),
        "Port": port,
        "AvailabilityZone": format!("{}a", realm.region),
        "Encrypted": of("StorageEncrypted").unwrap_or(Value::Bool(false)),
        "KmsKeyId": of("KmsKeyId"),
        "IAMDatabaseAuthenticationEnabled": of("EnableIAMDatabaseAuthentication").unwrap_or(Value::Bool(false)),
        "SourceRegion": snapshot.get("SourceRegion"),
        "SourceDBSnapshotIdentifier": snapshot.get("CopyOf"),
        "SnapshotTarget": "region",
        "TagList": snapshot.get("Tags").cloned().unwrap_or_else(|| json!([])),
    })
}

/// How far a snapshot is, in per cent; none where it is there.
fn percent(snapshot: &Value, now: Timestamp) -> Option<i64> {
    ready(snapshot).filter(|ready| now < *ready)?;
    let created = snapshot.get("Created").and_then(Value::as_str);
    let begun: Option<Timestamp> = created.and_then(|created| created.parse().ok());
    let passed = now.millis() - begun.unwrap_or(now).millis();
    Some(passed.max(0) * 100 / MILLIS.cast_signed())
}

pub(super) fn describe_of_clusters(state: &State, call: &Call<'_>) -> Result {
    let realm = state.realm_of(call)?;
    let wanted = |argument: &str, filter: &str| {
        let argument = call.arguments.text(argument).map(plain_name);
        let filter = filtered(call, &[filter]);
        move |known: &str| {
            argument.as_ref().is_none_or(|name| name == known)
                && filter
                    .as_ref()
                    .is_none_or(|names| names.iter().any(|name| plain_name(name) == known))
        }
    };
    let is_named = wanted("DBClusterSnapshotIdentifier", "db-cluster-snapshot-id");
    let is_of = wanted("DBClusterIdentifier", "db-cluster-id");
    let all = realm.estate.kept.get(KEPT).into_iter().flatten();
    let found = all.filter(|(name, snapshot)| {
        let is = |key: &str| snapshot.get(key).and_then(Value::as_str);
        is("ResourceType") == Some(CLUSTER)
            && is_named(name)
            && is_of(is("Source").unwrap_or_default())
    });
    let now = state.now();
    let shown = found.map(|(name, snapshot)| shown_of_cluster(realm, name, snapshot, now));
    pages(call, "DBClusterSnapshots", shown)
}

fn shown_of_cluster(realm: &Realm, name: &str, snapshot: &Value, now: Timestamp) -> Value {
    let properties = snapshot.get("Properties").and_then(Value::as_object);
    let empty = Map::new();
    let typed = super::model::typed(CLUSTER, properties.unwrap_or(&empty));
    let of = |property: &str| typed.get(property).cloned();
    let percent = percent(snapshot, now);
    json!({
        "DBClusterSnapshotIdentifier": name,
        "DBClusterSnapshotArn": realm.arn("rds", &format!("cluster-snapshot:{name}")),
        "DBClusterIdentifier": snapshot.get("Source"),
        "SnapshotCreateTime": snapshot.get("Created"),
        "SnapshotType": snapshot.get("Kind"),
        "Status": percent.map_or("available", |_| "creating"),
        "PercentProgress": percent.unwrap_or(100),
        "Engine": of("Engine"),
        "EngineVersion": of("EngineVersion"),
        "MasterUsername": of("MasterUsername"),
        "StorageEncrypted": of("StorageEncrypted").unwrap_or(Value::Bool(false)),
        "KmsKeyId": of("KmsKeyId"),
        "SourceDBClusterSnapshotArn": snapshot.get("CopyOf"),
        "TagList": snapshot.get("Tags").cloned().unwrap_or_else(|| json!([])),
    })
}
