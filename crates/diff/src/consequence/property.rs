//! What a resource says at a place, and whether that changes.

use stratiform_catalog::PropertyPath;
use stratiform_changes::{Attribute, ChangedAttribute, ChangedResource, Context};
use stratiform_resolve::Resolved;

/// The value at a path; where the way there is not known, that.
pub(super) fn at<'r, 't>(
    properties: &'r Resolved<'t>,
    path: PropertyPath,
) -> Option<&'r Resolved<'t>> {
    path.segments()
        .try_fold(properties, |value, key| match value.is_opaque() {
            true => Some(value),
            false => value.get(key),
        })
}

/// The value that a resource has at a path on one side.
pub(super) fn of(context: &Option<Context>, path: PropertyPath) -> Option<&Resolved<'static>> {
    at(&context.as_ref()?.properties, path)
}

/// What changes at a path: at it, below it, or above it.
pub(super) fn changes(
    change: &ChangedResource,
    path: PropertyPath,
) -> impl Iterator<Item = &ChangedAttribute> {
    change.expected().filter(move |detail| {
        let below = detail.path.get(1..).unwrap_or_default();
        detail.attribute == Attribute::Properties
            && !below.is_empty()
            && below
                .iter()
                .zip(path.segments())
                .all(|(step, known)| step == known)
    })
}

/// How a path is told: `A.B`.
pub(super) fn told(path: PropertyPath) -> String {
    path.as_str().replace('/', ".")
}
