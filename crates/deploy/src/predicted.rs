//! What our own diff said, and where a change set is worse.

use serde::{Deserialize, Serialize};
use stratiform_service::change::{Action, Attribute, Replacement};
use stratiform_service::{ChangeSet, LogicalId, ResourceChange};

/// What happens to resources, by our own diff.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Prediction {
    /// Those that change.
    pub changes: Vec<Predicted>,
}

/// What happens to a resource.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Predicted {
    /// The resource.
    pub logical_id: LogicalId,
    /// How bad it is.
    pub impact: Impact,
}

/// What happens to a resource, worst last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Impact {
    /// Only tags of its stack are passed on to it, as with every deployment.
    Tagged,
    /// It is made, or adopted.
    Made,
    /// It is changed in place.
    Updated,
    /// A new one may take its place.
    MayBeReplaced,
    /// A new one takes its place.
    Replaced,
    /// It goes.
    Removed,
}

/// A change that is worse than what was predicted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Worse {
    /// The resource.
    pub logical_id: LogicalId,
    /// What was predicted; none where it was not to change.
    pub predicted: Option<Impact>,
    /// What the change set does.
    pub found: Impact,
}

impl Prediction {
    /// Where a change set is worse. That a resource is touched by the tags of the deployment alone is not.
    pub fn worse(&self, change_set: &ChangeSet) -> Vec<Worse> {
        let changes = change_set
            .changes
            .iter()
            .map(|change| &change.resource_change);
        let worse = changes.filter_map(|change| {
            let found = impact(change);
            let predicted = self
                .changes
                .iter()
                .find(|predicted| predicted.logical_id == change.logical_resource_id)
                .map(|predicted| predicted.impact);
            let is_worse = match predicted {
                Some(predicted) => found > predicted,
                None => found > Impact::Tagged,
            };
            is_worse.then(|| Worse {
                logical_id: change.logical_resource_id.clone(),
                predicted,
                found,
            })
        });
        worse.collect()
    }
}

/// What a change set does to a resource. What is not known here counts as the worst that it may be.
pub fn impact(change: &ResourceChange) -> Impact {
    match change.action.known() {
        Some(Action::Add | Action::Import | Action::SyncWithActual) => Impact::Made,
        Some(Action::Remove) => Impact::Removed,
        Some(Action::Modify) => {
            let replacement = change.replacement.as_ref().and_then(|word| word.known());
            match replacement {
                Some(Replacement::Will) => Impact::Replaced,
                Some(Replacement::May) => Impact::MayBeReplaced,
                Some(Replacement::WillNot) if only_tags(change) => Impact::Tagged,
                Some(Replacement::WillNot) => Impact::Updated,
                None => Impact::MayBeReplaced,
            }
        }
        Some(Action::Dynamic) | None => Impact::MayBeReplaced,
    }
}

/// Whether nothing but tags changes.
fn only_tags(change: &ResourceChange) -> bool {
    let mut scope = change.scope.iter();
    !change.scope.is_empty() && scope.all(|attribute| attribute.known() == Some(Attribute::Tags))
}
