//! Days that belong together: backups that are cold and then deleted, tiers of archives.
//!
//! Source: template reference, `AWS::Backup::BackupPlan LifecycleResourceType`: a backup stays cold for 90 days; S3 user
//! guide, "Managing S3 Intelligent-Tiering". cfn-lint: E3504, E3061.

use stratiform_finding::Code;
use stratiform_template::Path;

use crate::schema::{Entries, Look, Looked};

/// How many days a backup stays in cold storage at least.
const COLD: f64 = 90.0;

/// Looks at the rules of a backup plan.
pub(super) fn backup<'t>(look: &mut Look<'_, 't>, properties: &'t Entries, path: &Path<'_>) {
    let ways = [
        &["BackupPlan", "BackupPlanRule", "*", "Lifecycle"][..],
        &[
            "BackupPlan",
            "BackupPlanRule",
            "*",
            "CopyActions",
            "*",
            "Lifecycle",
        ][..],
    ];
    for way in ways {
        let _ = look.along(
            properties,
            way,
            path,
            &mut |look, value, path| match value.as_map() {
                Some(lifecycle) => look.at_each(path, |look| cold(look, lifecycle, path)),
                None => Ok(()),
            },
        );
    }
}

fn cold<'t>(look: &mut Look<'_, 't>, lifecycle: &Entries, path: &Path<'_>) -> Looked<'t> {
    let cold = look.number_of(lifecycle, "MoveToColdStorageAfterDays")?;
    let (Some(cold), Some(deleted)) = (cold, look.number_of(lifecycle, "DeleteAfterDays")?) else {
        return Ok(());
    };
    // Without a number of days there is no cold storage, and without an end no deletion.
    if cold >= 0.0 && deleted >= 0.0 && deleted < cold + COLD {
        let what = format!(
            "the backup is deleted {} days after it became cold",
            deleted - cold
        );
        let why = format!("it stays cold for at least {COLD} days");
        let help = format!("give it {} or more", cold + COLD);
        look.tell(
            &path.key("DeleteAfterDays"),
            Code::ValueOutOfRange,
            what,
            why,
            help,
        );
    }
    Ok(())
}

/// The days of each tier.
const TIERS: [(&str, f64, f64); 2] = [
    ("ARCHIVE_ACCESS", 90.0, 730.0),
    ("DEEP_ARCHIVE_ACCESS", 180.0, 730.0),
];

/// Looks at the tiers of a bucket.
pub(super) fn tiers<'t>(look: &mut Look<'_, 't>, properties: &'t Entries, path: &Path<'_>) {
    let way = ["IntelligentTieringConfigurations", "*", "Tierings", "*"];
    let _ = look.along(
        properties,
        &way,
        path,
        &mut |look, value, path| match value.as_map() {
            Some(tier) => look.at_each(path, |look| days(look, tier, path)),
            None => Ok(()),
        },
    );
}

fn days<'t>(look: &mut Look<'_, 't>, tier: &Entries, path: &Path<'_>) -> Looked<'t> {
    let name = look.word_of(tier, "AccessTier")?;
    let (Some(name), Some(days)) = (name, look.number_of(tier, "Days")?) else {
        return Ok(());
    };
    let known = TIERS.iter().find(|(known, ..)| *known == name);
    if let Some((name, least, most)) = known
        && !(*least..=*most).contains(&days)
    {
        let what = format!("things move to `{name}` after {days} days");
        let why = format!("from {least} to {most}");
        let help = format!("give it from {least} to {most}");
        look.tell(&path.key("Days"), Code::ValueOutOfRange, what, why, help);
    }
    Ok(())
}
