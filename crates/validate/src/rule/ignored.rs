//! What a service takes, and does not look at.
//!
//! Sources, each beside what it is about. cfn-lint: W3698, W3699, W3704, W3705.

use stratiform_finding::Code;
use stratiform_finding::words::shortened;
use stratiform_template::Path;

use crate::schema::{Entries, Look, Looked};

/// EC2 user guide, "Block device mappings for volumes": a name that EC2 knows only of an instance's own disks.
pub(super) fn instance<'t>(look: &mut Look<'_, 't>, properties: &'t Entries, path: &Path<'_>) {
    disks(look, properties, &[], path);
}

/// The same of a launch template.
pub(super) fn launch_template<'t>(
    look: &mut Look<'_, 't>,
    properties: &'t Entries,
    path: &Path<'_>,
) {
    disks(look, properties, &["LaunchTemplateData"], path);
}

/// The same of what a fleet launches.
pub(super) fn fleet<'t>(look: &mut Look<'_, 't>, properties: &'t Entries, path: &Path<'_>) {
    let way = ["SpotFleetRequestConfigData", "LaunchSpecifications", "*"];
    disks(look, properties, &way, path);
}

fn disks<'t>(look: &mut Look<'_, 't>, properties: &'t Entries, way: &[&str], path: &Path<'_>) {
    let way = [way, &["BlockDeviceMappings", "*"]].concat();
    beside(look, properties, &way, ("VirtualName", "Ebs"), path);
}

/// CloudFront API reference, `CacheBehavior`: a policy decides what is part of the cache's key, or these values do.
pub(super) fn distribution<'t>(look: &mut Look<'_, 't>, properties: &'t Entries, path: &Path<'_>) {
    for way in [
        &["DistributionConfig", "DefaultCacheBehavior"][..],
        &["DistributionConfig", "CacheBehaviors", "*"][..],
    ] {
        beside(
            look,
            properties,
            way,
            ("ForwardedValues", "CachePolicyId"),
            path,
        );
    }
}

/// RDS user guide, "Working with read replicas for RDS for Oracle", and the same for Db2: no other engine has modes.
pub(super) fn database<'t>(look: &mut Look<'_, 't>, properties: &'t Entries, path: &Path<'_>) {
    const WITH_MODES: [&str; 3] = ["oracle", "custom-oracle", "db2"];
    let _ = look.at_each(path, |look| {
        if look.given(properties, "ReplicaMode")?.is_none() {
            return Ok(());
        }
        let engine = look.word_of(properties, "Engine")?;
        let has_modes = |engine: &str| WITH_MODES.iter().any(|known| engine.starts_with(known));
        if let Some(engine) = engine.filter(|engine| !has_modes(&engine.to_ascii_lowercase())) {
            let what = format!("`ReplicaMode` of a replica in `{}`", shortened(&engine));
            let why = "only Oracle and Db2 have modes of replicas";
            let path = path.key("ReplicaMode");
            look.warn(&path, Code::IgnoredProperty, what, why, "take it away");
        }
        Ok(())
    });
}

/// API Gateway API reference, `Stage`: settings of a method without any setting are none.
pub(super) fn stage<'t>(look: &mut Look<'_, 't>, properties: &'t Entries, path: &Path<'_>) {
    let way = ["MethodSettings", "*"];
    let _ = look.along(properties, &way, path, &mut |look, value, path| {
        look.at_each(path, |look| {
            let Some(entries) = look.entries(value)? else {
                return Ok(());
            };
            for (name, value) in entries {
                let names_method = ["HttpMethod", "ResourcePath"].contains(&name.as_str());
                if !names_method && look.settled(value)?.is_some() {
                    return Ok(());
                }
            }
            if !entries.is_empty() && !look.may_grow(entries) {
                let what = "an item of `MethodSettings` has no settings";
                let why = "API Gateway drops it";
                let help = "add one, such as `LoggingLevel`, or take the item away";
                look.warn(path, Code::IgnoredProperty, what, why, help);
            }
            Ok(())
        })
    });
}

/// Tells of a property that nobody looks at where another is there.
fn beside<'t>(
    look: &mut Look<'_, 't>,
    properties: &'t Entries,
    way: &[&str],
    (ignored, other): (&str, &str),
    path: &Path<'_>,
) {
    let _ = look.along(properties, way, path, &mut |look, value, path| {
        look.at_each(path, |look| -> Looked<'t> {
            let Some(entries) = look.entries(value)? else {
                return Ok(());
            };
            let has_both =
                look.given(entries, ignored)?.is_some() && look.given(entries, other)?.is_some();
            if has_both {
                let what = format!("`{ignored}` stands beside `{other}`");
                let why = format!("nobody looks at it where `{other}` is there");
                let path = path.key(ignored);
                look.warn(&path, Code::IgnoredProperty, what, why, "take it away");
            }
            Ok(())
        })
    });
}
