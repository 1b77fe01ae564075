//! What becomes of the physical resource that leaves a stack or is replaced. Whoever tells it asks here, so that it is told
//! one way.

use stratiform_catalog::behaviour::{self, WhenEmpty, While};
use stratiform_changes::{ChangedResource, Context, Policy};
use stratiform_resolve::Resolved;

/// What becomes of the physical resource that leaves a stack or is replaced?
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Fate {
    /// It stays outside of the stack, as its policy says.
    Retained,
    /// It stays outside of the stack, because AWS refuses to delete it.
    Protected,
    /// It is deleted after a snapshot was taken.
    Snapshot,
    /// It is deleted.
    Deleted,
    /// It is deleted if nothing is in it, and otherwise stays outside of the stack.
    DeletedIfEmpty,
    /// It is a copy, and deleted whatever its policy says.
    CopyDeleted,
}

impl Fate {
    /// What becomes of a resource, if it leaves or is replaced.
    pub fn of(change: &ChangedResource) -> Fate {
        let before = change.before.as_ref();
        let copy = before.is_some_and(|before| is_copy(change, before));
        let retained = change.policy == Policy::Retain && !copy;
        match change.policy {
            _ if retained => Fate::Retained,
            _ if before.is_some_and(|before| is_protected(change, before)) => Fate::Protected,
            _ if copy => Fate::CopyDeleted,
            Policy::Snapshot => Fate::Snapshot,
            Policy::Delete | Policy::Retain
                if before.is_some_and(|before| needs_to_be_empty(change, before)) =>
            {
                Fate::DeletedIfEmpty
            }
            Policy::Delete | Policy::Retain => Fate::Deleted,
        }
    }

    /// Whether it is there afterwards.
    pub fn stays(self) -> bool {
        matches!(self, Fate::Retained | Fate::Protected)
    }
}

/// Whether the data is that of another resource which it copies: deletion policies do not count then, and no snapshot is
/// taken.
fn is_copy(change: &ChangedResource, before: &Context) -> bool {
    behaviour::copies(&change.resource_type)
        .any(|path| before.properties.get(path.as_str()).is_some())
}

fn is_protected(change: &ChangedResource, context: &Context) -> bool {
    let mut refusals = behaviour::refusals(&change.resource_type);
    refusals.any(|refusal| {
        let said = context.properties.get(refusal.path.as_str());
        match (said.and_then(Resolved::known), refusal.protects) {
            (Some(said), While::Is(value)) => said == value,
            _ => false,
        }
    })
}

fn needs_to_be_empty(change: &ChangedResource, before: &Context) -> bool {
    match behaviour::deleted_when_empty(&change.resource_type) {
        None => false,
        Some(WhenEmpty::Always) => true,
        Some(WhenEmpty::Unless(path)) => {
            let said = before.properties.get(path.as_str());
            said.and_then(Resolved::known).as_deref() != Some("true")
        }
    }
}
