//! Volumes whose `Iops` nobody reads.
//!
//! Source: EBS user guide, "Amazon EBS volume types": operations are bought for `io1`, `io2` and `gp3`. cfn-lint: W3671.

use stratiform_finding::Code;
use stratiform_template::Path;

use crate::schema::{Entries, Look, Looked};

/// Types of volumes that have as many operations as their size gives them.
const FIXED: [&str; 4] = ["gp2", "sc1", "st1", "standard"];

/// Where volumes stand.
const WAYS: [&[&str]; 3] = [
    &["BlockDeviceMappings", "*", "Ebs"],
    &["LaunchTemplateData", "BlockDeviceMappings", "*", "Ebs"],
    &[
        "SpotFleetRequestConfigData",
        "LaunchSpecifications",
        "*",
        "BlockDeviceMappings",
        "*",
        "Ebs",
    ],
];

/// Looks at the volumes of instances.
pub(super) fn check<'t>(look: &mut Look<'_, 't>, properties: &'t Entries, path: &Path<'_>) {
    for way in WAYS {
        let _ = look.along(
            properties,
            way,
            path,
            &mut |look, value, path| match value.as_map() {
                Some(volume) => look.at_each(path, |look| ignored(look, volume, path)),
                None => Ok(()),
            },
        );
    }
}

fn ignored<'t>(look: &mut Look<'_, 't>, volume: &Entries, path: &Path<'_>) -> Looked<'t> {
    if look.given(volume, "Iops")?.is_none() {
        return Ok(());
    }
    if let Some(kind) = look.word_of(volume, "VolumeType")?
        && FIXED.contains(&kind.to_ascii_lowercase().as_str())
    {
        let what = format!("`Iops` changes nothing of a volume of type `{kind}`");
        let why = "operations are bought for `io1`, `io2` and `gp3`";
        look.warn(
            &path.key("Iops"),
            Code::IgnoredProperty,
            what,
            why,
            "take it away, or use `gp3`",
        );
    }
    Ok(())
}
