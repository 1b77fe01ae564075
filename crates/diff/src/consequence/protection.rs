//! Is something less protected than before?

use stratiform_changes::{Attribute, ChangedResource, Edit, snapshot_by_default};
use stratiform_resolve::Resolved;

use super::nouns::named;
use super::{Certainty, Consequence, Kind, Severity};

/// A property that protects, and how it stops doing so.
struct Protection {
    /// The property, or a path below one.
    path: &'static str,
    /// When it is lost.
    lost: Lost,
    /// What is lost, after "takes away": `deletion protection`.
    what: &'static str,
}

/// When is a protection lost?
enum Lost {
    /// The value was this and is another, or none.
    Not(&'static str),
    /// The number becomes smaller.
    Lowered,
    /// The property goes.
    Gone,
}

const fn protection(path: &'static str, lost: Lost, what: &'static str) -> Protection {
    Protection { path, lost, what }
}

/// Properties that mean the same in every type that has them.
const PROTECTIONS: [Protection; 32] = [
    protection(
        "MessageRetentionPeriod",
        Lost::Lowered,
        "the messages that are older than they are now kept",
    ),
    protection(
        "RetentionPeriodHours",
        Lost::Lowered,
        "the records that are older than they are now kept",
    ),
    protection(
        "DeletionProtection",
        Lost::Not("true"),
        "deletion protection",
    ),
    protection(
        "DeletionProtection",
        Lost::Not("ACTIVE"),
        "deletion protection",
    ),
    protection(
        "DeletionProtectionEnabled",
        Lost::Not("true"),
        "deletion protection",
    ),
    protection(
        "DeletionProtectionCheck",
        Lost::Not("true"),
        "deletion protection",
    ),
    protection(
        "DisableApiTermination",
        Lost::Not("true"),
        "termination protection",
    ),
    protection(
        "BackupRetentionPeriod",
        Lost::Lowered,
        "the backups that are older than they are now kept",
    ),
    protection(
        "AutomatedSnapshotRetentionPeriod",
        Lost::Lowered,
        "the snapshots that are older than they are now kept",
    ),
    protection(
        "SnapshotRetentionLimit",
        Lost::Lowered,
        "the snapshots that are more than are now kept",
    ),
    protection(
        "AutomaticBackupRetentionDays",
        Lost::Lowered,
        "the backups that are older than they are now kept",
    ),
    protection(
        "RetentionInDays",
        Lost::Lowered,
        "the events that are older than they are now kept",
    ),
    protection(
        "DeleteAutomatedBackups",
        Lost::Not("false"),
        "automated backups: they go with the database",
    ),
    protection(
        "PointInTimeRecoverySpecification/PointInTimeRecoveryEnabled",
        Lost::Not("true"),
        "point-in-time recovery",
    ),
    protection(
        "BackupPolicy/Status",
        Lost::Not("ENABLED"),
        "automatic backups",
    ),
    protection(
        "VersioningConfiguration/Status",
        Lost::Not("Enabled"),
        "versioning: what is overwritten is gone",
    ),
    protection("ObjectLockEnabled", Lost::Not("true"), "object lock"),
    protection("StorageEncrypted", Lost::Not("true"), "encryption"),
    protection("Encrypted", Lost::Not("true"), "encryption"),
    protection("EncryptionEnabled", Lost::Not("true"), "encryption"),
    protection(
        "AtRestEncryptionEnabled",
        Lost::Not("true"),
        "encryption at rest",
    ),
    protection(
        "TransitEncryptionEnabled",
        Lost::Not("true"),
        "encryption in transit",
    ),
    protection(
        "SSESpecification/SSEEnabled",
        Lost::Not("true"),
        "encryption with an own key",
    ),
    protection("SqsManagedSseEnabled", Lost::Not("true"), "encryption"),
    protection(
        "BucketEncryption",
        Lost::Gone,
        "the encryption that was chosen",
    ),
    protection(
        "EncryptionConfiguration",
        Lost::Gone,
        "the encryption that was chosen",
    ),
    protection("KmsKeyId", Lost::Gone, "encryption with an own key"),
    protection("KmsMasterKeyId", Lost::Gone, "encryption with an own key"),
    protection(
        "EnableKeyRotation",
        Lost::Not("true"),
        "rotation of the key",
    ),
    protection("MultiAZ", Lost::Not("true"), "the standby in another zone"),
    protection(
        "ImageTagMutability",
        Lost::Not("IMMUTABLE"),
        "immutable image tags",
    ),
    protection("ActionsEnabled", Lost::Not("true"), "the alarm's actions"),
];

/// Load balancer attributes and deployment settings, which are pairs or nested.
const NESTED: [Protection; 3] = [
    protection(
        "DeploymentConfiguration/DeploymentCircuitBreaker/Enable",
        Lost::Not("true"),
        "the circuit breaker of deployments",
    ),
    protection(
        "DeploymentConfiguration/Alarms/Enable",
        Lost::Not("true"),
        "the alarms that stop a bad deployment",
    ),
    protection(
        "ImageScanningConfiguration/ScanOnPush",
        Lost::Not("true"),
        "scanning of pushed images",
    ),
];

/// Types that protect by being there.
///
/// Source: AWS's pages of the types.
const GUARDS: [(&str, &str); 14] = [
    (
        "AWS::ApplicationAutoScaling::ScalingPolicy",
        "scales on demand",
    ),
    ("AWS::Backup::BackupPlan", "makes backups"),
    ("AWS::Backup::BackupSelection", "chooses what is backed up"),
    ("AWS::Budgets::Budget", "watches the cost"),
    ("AWS::CloudTrail::Trail", "records who did what"),
    ("AWS::CloudWatch::Alarm", "tells when something is wrong"),
    (
        "AWS::CloudWatch::CompositeAlarm",
        "tells when something is wrong",
    ),
    ("AWS::Config::ConfigRule", "checks configuration"),
    ("AWS::EC2::FlowLog", "records traffic"),
    ("AWS::GuardDuty::Detector", "watches for attacks"),
    ("AWS::SecretsManager::RotationSchedule", "rotates a secret"),
    ("AWS::WAFRegional::WebACLAssociation", "filters requests"),
    ("AWS::WAFv2::WebACL", "filters requests"),
    ("AWS::WAFv2::WebACLAssociation", "filters requests"),
];

pub(super) fn find(change: &ChangedResource, found: &mut Vec<Consequence>) {
    match change.action {
        Edit::Add => {}
        Edit::Remove => removed(change, found),
        Edit::Modify => {
            properties(change, found);
            policies(change, found);
        }
    }
}

fn removed(change: &ChangedResource, found: &mut Vec<Consequence>) {
    let guard = GUARDS
        .iter()
        .find(|(resource_type, _)| *resource_type == change.resource_type);
    if let Some((_, does)) = guard {
        let name = named(&change.resource_type, &change.logical_id);
        found.push(Consequence::of(
            change,
            Kind::ProtectionLost,
            Severity::Warning,
            Certainty::Will,
            format!("removes {name}, which {does}"),
            "the resource leaves the template",
        ));
    }
}

fn properties(change: &ChangedResource, found: &mut Vec<Consequence>) {
    let (Some(before), Some(after)) = (&change.before, &change.after) else {
        return;
    };
    let name = named(&change.resource_type, &change.logical_id);
    for protection in PROTECTIONS.iter().chain(&NESTED) {
        let old = at(&before.properties, protection.path);
        let new = at(&after.properties, protection.path);
        let shown = |value: Option<&Resolved<'_>>| match value {
            Some(value) => value.shown(stratiform_resolve::Style::Expression),
            None => "not set".to_owned(),
        };
        let Some(certainty) = is_lost(&protection.lost, old, new) else {
            continue;
        };
        let verb = match certainty {
            Certainty::Will => "takes",
            Certainty::May | Certainty::Unknown => "may take",
        };
        // What is older than a retention period that becomes shorter is deleted.
        let (kind, what) = match protection.lost {
            Lost::Lowered => (
                Kind::DataLoss,
                format!("deletes of {name} {}", protection.what),
            ),
            Lost::Not(_) | Lost::Gone => (
                Kind::ProtectionLost,
                format!("{verb} away from {name}: {}", protection.what),
            ),
        };
        found.push(Consequence::of(
            change,
            kind,
            Severity::Warning,
            certainty,
            what,
            format!(
                "`{}` was `{}` and becomes `{}`",
                protection.path.replace('/', "."),
                shown(old),
                shown(new)
            ),
        ));
    }
}

/// The value at a path; where the way there is not known, that.
fn at<'r, 't>(properties: &'r Resolved<'t>, path: &str) -> Option<&'r Resolved<'t>> {
    path.split('/')
        .try_fold(properties, |value, key| match value.is_opaque() {
            true => Some(value),
            false => value.get(key),
        })
}

fn is_lost(
    lost: &Lost,
    old: Option<&Resolved<'_>>,
    new: Option<&Resolved<'_>>,
) -> Option<Certainty> {
    let old = old?;
    match lost {
        Lost::Not(value) => {
            if old.known()? != *value {
                return None;
            }
            match new.map(Resolved::known) {
                Some(Some(new)) if new == *value => None,
                Some(None) => Some(Certainty::May),
                Some(Some(_)) | None => Some(Certainty::Will),
            }
        }
        Lost::Lowered => {
            let number = |value: &Resolved<'_>| value.known()?.parse::<f64>().ok();
            (number(new?)? < number(old)?).then_some(Certainty::Will)
        }
        Lost::Gone => new.is_none().then_some(Certainty::Will),
    }
}

/// Policies that kept data and do not any more.
fn policies(change: &ChangedResource, found: &mut Vec<Consequence>) {
    for (attribute, name) in [
        (Attribute::DeletionPolicy, "DeletionPolicy"),
        (Attribute::UpdateReplacePolicy, "UpdateReplacePolicy"),
    ] {
        let Some(detail) = change
            .values
            .iter()
            .find(|detail| detail.attribute == attribute)
        else {
            continue;
        };
        let text = |value: &Option<Resolved<'static>>| {
            value
                .as_ref()
                .and_then(|value| value.known().map(|text| text.into_owned()))
        };
        let (old, new) = (text(&detail.before), text(&detail.after));
        // Without a word, some databases are kept as a snapshot all the same.
        let by_default = attribute == Attribute::DeletionPolicy
            && change
                .after
                .as_ref()
                .is_some_and(|after| snapshot_by_default(&change.resource_type, &after.properties));
        let new = new.or_else(|| by_default.then(|| "Snapshot".to_owned()));
        let keeps = |policy: &Option<String>| {
            matches!(
                policy.as_deref(),
                Some("Retain" | "RetainExceptOnCreate" | "Snapshot")
            )
        };
        if keeps(&old) && !keeps(&new) {
            let resource = named(&change.resource_type, &change.logical_id);
            found.push(Consequence::of(
                change,
                Kind::ProtectionLost,
                Severity::Warning,
                Certainty::Will,
                format!("no longer keeps {resource} when it goes"),
                format!(
                    "`{name}` was `{}` and becomes `{}`",
                    old.unwrap_or_default(),
                    new.unwrap_or_else(|| "not set".to_owned())
                ),
            ));
        }
    }
}
