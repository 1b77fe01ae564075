//! What happens to physical resources that leave the stack or are replaced.

use stratiform_catalog::behaviour;
use stratiform_resolve::Resolved;
use stratiform_template::Resource;

use crate::change::{Context, Policy, PolicyOrigin};

/// Whether a resource without a `DeletionPolicy` is kept as a snapshot.
pub fn snapshot_by_default(resource_type: &str, properties: &Resolved<'_>) -> bool {
    let elsewhere = || {
        let path = behaviour::data_elsewhere(resource_type)?;
        properties.get(path.as_str())
    };
    behaviour::snapshot_by_default(resource_type) && elsewhere().is_none()
}

/// What happens to a resource that leaves the stack.
///
/// Source: CloudFormation template reference, "DeletionPolicy attribute".
pub(super) fn deletion_policy(resource: &Resource, context: &Context) -> (Policy, PolicyOrigin) {
    let standalone = snapshot_by_default(&resource.resource_type, &context.properties);
    let default = if standalone {
        Policy::Snapshot
    } else {
        Policy::Delete
    };
    policy(
        resource,
        resource.deletion_policy.is_some(),
        context.deletion_policy.as_deref(),
        default,
    )
}

/// What happens to the physical resource that is replaced.
///
/// Source: CloudFormation template reference, "UpdateReplacePolicy attribute".
pub(super) fn replace_policy(resource: &Resource, context: &Context) -> (Policy, PolicyOrigin) {
    policy(
        resource,
        resource.update_replace_policy.is_some(),
        context.update_replace_policy.as_deref(),
        Policy::Delete,
    )
}

fn policy(
    resource: &Resource,
    written: bool,
    text: Option<&str>,
    default: Policy,
) -> (Policy, PolicyOrigin) {
    let snapshots = behaviour::takes_snapshot(&resource.resource_type);
    match text {
        Some("Retain" | "RetainExceptOnCreate") => (Policy::Retain, PolicyOrigin::Template),
        Some("Snapshot") if snapshots => (Policy::Snapshot, PolicyOrigin::Template),
        Some(_) => (Policy::Delete, PolicyOrigin::Template),
        None if written => (Policy::Delete, PolicyOrigin::Unknown),
        None => (default, PolicyOrigin::Default),
    }
}
