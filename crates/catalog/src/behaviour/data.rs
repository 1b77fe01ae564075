//! Where data is, and what becomes of it.

use super::{ANY, Question, paths};
use crate::catalog;
use crate::resource_type::PropertyPath;

/// Tells whether CloudFormation can take a snapshot of such a resource before it deletes it.
///
/// Source: CloudFormation template reference, "DeletionPolicy attribute".
pub fn takes_snapshot(resource_type: &str) -> bool {
    Question::TakesSnapshot.is_answered(resource_type)
}

/// Tells whether CloudFormation takes a snapshot where there is no `DeletionPolicy`. It does not where
/// [`data_elsewhere`] names a property that is set.
///
/// Source: CloudFormation template reference, "DeletionPolicy attribute".
pub fn snapshot_by_default(resource_type: &str) -> bool {
    Question::SnapshotByDefault.is_answered(resource_type)
}

/// Returns the property that, where it is set, names the resource which has the data: `DBClusterIdentifier` of an
/// instance of a database cluster.
///
/// Source: CloudFormation template reference, the page of the type.
pub fn data_elsewhere(resource_type: &str) -> Option<PropertyPath> {
    paths(Question::DataElsewhere.of(resource_type)).next()
}

/// Tells whether data is lost with such a resource. `false` for a type that the catalog does not know.
///
/// Source: the catalog ([`crate::ResourceType::is_stateful`]); for types that it leaves out, the page of the type.
pub fn holds_data(resource_type: &str) -> bool {
    Question::HoldsData.is_answered(resource_type)
        || catalog()
            .resource_type(resource_type)
            .is_some_and(|known| known.is_stateful())
}

/// Tells whether the data is only what happened (logs), so that whoever goes on needs none of it.
pub fn holds_history(resource_type: &str) -> bool {
    Question::HoldsHistory.is_answered(resource_type)
}

/// Returns the properties of which one, where it is set, makes such a resource a copy: the data is that of the source.
/// Deletion policies do not count then, and no snapshot is taken.
///
/// Source: CloudFormation template reference, the page of the type.
pub fn copies(resource_type: &str) -> impl Iterator<Item = PropertyPath> {
    paths(Question::Copies.of(resource_type))
}

/// When does AWS delete a resource only if nothing is in it?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WhenEmpty {
    /// Always.
    Always,
    /// Unless this property is `true`.
    Unless(PropertyPath),
}

/// Returns when AWS refuses to delete such a resource because something is in it; `None` if it never does.
///
/// Source: CloudFormation template reference, the page of the type.
pub fn deleted_when_empty(resource_type: &str) -> Option<WhenEmpty> {
    let row = Question::DeletedWhenEmpty.of(resource_type).first()?;
    Some(row.path().map_or(WhenEmpty::Always, WhenEmpty::Unless))
}

/// Returns the properties that fill a new resource with the data of a snapshot. They mean that in every type.
///
/// Source: CloudFormation template reference, the pages of the types.
pub fn restores_from() -> impl Iterator<Item = PropertyPath> {
    paths(Question::RestoresFrom.of(ANY))
}
