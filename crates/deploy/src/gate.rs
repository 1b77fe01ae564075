//! Nothing that holds data goes without being named.

use serde::{Deserialize, Serialize};
use stratiform_catalog::behaviour;
use stratiform_service::change::{Action, PolicyAction, Replacement};
use stratiform_service::{ChangeSet, LogicalId, ResourceChange};

use crate::plan::{Allowance, Loss, stack_of};

/// A resource with data that a change set takes away.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Blocked {
    /// The resource.
    pub logical_id: LogicalId,
    /// Its type.
    pub resource_type: String,
    /// How it goes.
    pub loss: Loss,
    /// Whether that is sure: CloudFormation itself does not always know.
    pub is_certain: bool,
}

impl Blocked {
    /// What has to be said for it to go: `replace:database/Instance`.
    pub fn allowance(&self, stack: &str) -> String {
        let stack = stack_of(stack);
        let how = match self.loss {
            Loss::Replace => "replace",
            Loss::Delete => "delete",
            Loss::Interrupt => "interrupt",
        };
        format!("{how}:{stack}/{}", self.logical_id)
    }
}

/// The resources with data that would go, but for those that are named. A resource that the stack lets go and that
/// stays is not lost.
pub fn blocked(change_set: &ChangeSet, stack: &str, allowed: &[Allowance]) -> Vec<Blocked> {
    let stack = stack_of(stack);
    let changes = change_set.changes.iter();
    let losses = changes.filter_map(|change| loss(&change.resource_change));
    losses
        .filter(|blocked| {
            !allowed.iter().any(|allowance| {
                allowance.stack == stack
                    && allowance.logical_id == blocked.logical_id
                    && allowance.loss == blocked.loss
            })
        })
        .collect()
}

fn loss(change: &ResourceChange) -> Option<Blocked> {
    let holds_data = behaviour::holds_data(&change.resource_type);
    let policy = change.policy_action.as_ref().and_then(|word| word.known());
    let stays = matches!(
        policy,
        Some(PolicyAction::Retain | PolicyAction::ReplaceAndRetain)
    );
    // Whether a nested stack, or a word that is new, takes data along is not known: it counts as if it did.
    if stays || !holds_data {
        return None;
    }
    let (loss, is_certain) = match change.action.known() {
        Some(Action::Remove) => (Loss::Delete, true),
        Some(Action::Modify) => match change.replacement.as_ref().and_then(|word| word.known()) {
            Some(Replacement::WillNot) => return None,
            Some(Replacement::Will) => (Loss::Replace, true),
            Some(Replacement::May) | None => (Loss::Replace, false),
        },
        Some(Action::Add | Action::Import | Action::SyncWithActual) => return None,
        Some(Action::Dynamic) | None => (Loss::Replace, false),
    };
    Some(Blocked {
        logical_id: change.logical_resource_id.clone(),
        resource_type: change.resource_type.clone(),
        loss,
        is_certain,
    })
}
