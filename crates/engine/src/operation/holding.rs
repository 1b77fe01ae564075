//! What resources hold while they exist: names that only one can have, and their place in the world outside.

use crate::drift::keep_foreign;
use crate::estate::Living;
use crate::fault::FaultedAction;
use crate::handled::Handled;
use crate::ids::Ids;
use crate::operation::resource::{Held, Wanted};
use crate::operation::task::Made;
use crate::operation::{Around, Leftover};
use crate::provider::{self, Fault, Identity, Unique};
use crate::services::Occasion;
use crate::stack::{Record, Stack};
use crate::state::Owner;
use crate::world::scoped;

/// Why a resource cannot be made.
#[derive(Clone, Debug)]
pub(crate) struct RefusedCreation {
    pub(crate) reason: String,
    /// Whether it fails before it has a physical ID.
    pub(crate) at_once: bool,
}

/// A fault that hits.
#[derive(Clone, Debug)]
pub(crate) struct Hit {
    pub(crate) reason: String,
    /// After how many milliseconds.
    pub(crate) after: Option<u64>,
}

impl Around<'_> {
    /// What a resource of this identity has that only one can have.
    pub(crate) fn held(&self, wanted: &Wanted, identity: &Identity) -> Vec<Held> {
        let unique = provider::unique(&wanted.resource_type, identity, &wanted.properties);
        let (account, region) = (self.account.as_str(), self.region.as_str());
        let held = |unique: Unique| Held {
            key: scoped(account, region, unique.scope, &unique.key),
            name: unique.name,
        };
        unique.into_iter().map(held).collect()
    }

    /// Takes a snapshot of a resource that goes.
    pub(crate) fn snapshot(&mut self, stack: &Stack, leftover: &Leftover) {
        let name = format!(
            "{}-snapshot-{}-{}",
            stack.name,
            leftover.logical_id.to_lowercase(),
            self.ids.lower(12)
        );
        let (now, record) = (self.now, &leftover.record);
        self.estate.snapshot(&name, record, now);
    }
}

impl Wanted {
    /// Asks the type whether it takes such properties, unless that was asked before anything was tried.
    pub(crate) fn valid(&self, logical_id: &str, ids: &mut Ids) -> Result<(), Fault> {
        match self.is_validated {
            true => Ok(()),
            false => provider::validate(&self.resource_type, logical_id, &self.properties, ids),
        }
    }
}

impl Stack {
    /// A resource holds what it needs from now on.
    pub(crate) fn hold(&self, logical_id: &str, made: &Made, around: &mut Around<'_>) {
        let Some(record) = self.resources.get(logical_id) else {
            return;
        };
        let mut properties = made.properties.clone();
        if self.reverts_drift() {
            let physical_id = &made.identity.physical_id;
            let there = around.estate.living(&record.resource_type, physical_id);
            keep_foreign(&mut properties, there.map(|living| &living.properties));
        }
        let living = Living {
            identity: made.identity.clone(),
            properties,
            tags: made.tags.clone(),
            stack: Some(self.id.clone()),
            logical_id: logical_id.to_owned(),
            since: around.now,
            changed: around.now,
        };
        self.put(&record.resource_type, &made.holds, living, around);
    }

    pub(crate) fn hold_record(&self, logical_id: &str, record: &Record, around: &mut Around<'_>) {
        let Some(identity) = &record.identity else {
            return;
        };
        let living = Living {
            identity: identity.clone(),
            properties: record.properties.clone(),
            tags: record.tags.clone(),
            stack: Some(self.id.clone()),
            logical_id: logical_id.to_owned(),
            since: around.now,
            changed: around.now,
        };
        self.put(&record.resource_type, &record.holds, living, around);
    }

    fn put(&self, resource_type: &str, holds: &[String], living: Living, around: &mut Around<'_>) {
        for key in holds {
            let owner = Owner {
                stack: Some(self.id.clone()),
                resource_type: resource_type.to_owned(),
                physical_id: living.identity.physical_id.clone(),
            };
            around.taken.insert(key.clone(), owner);
        }
        Handled::put(self.name.as_str(), resource_type, &living, around);
        around.estate.put(resource_type, living);
    }

    /// A resource that is gone holds nothing.
    pub(crate) fn let_go(&self, record: &Record, around: &mut Around<'_>) {
        self.give_up(record, around);
        if let Some(identity) = &record.identity {
            let (name, physical_id) = (self.name.as_str(), &identity.physical_id);
            Handled::removed(name, &record.resource_type, physical_id, around);
            around.estate.remove(&record.resource_type, physical_id);
        }
    }

    /// A resource that will be another one gives up what only one can have.
    pub(crate) fn give_up(&self, record: &Record, around: &mut Around<'_>) {
        for key in &record.holds {
            let owner = around.taken.get(key);
            if owner.is_some_and(|owner| Some(owner.physical_id.as_str()) == record.physical_id()) {
                around.taken.remove(key);
            }
        }
    }

    /// A resource that is left behind belongs to no stack.
    pub(crate) fn release(&self, record: &Record, around: &mut Around<'_>) {
        for key in &record.holds {
            if let Some(owner) = around.taken.get_mut(key)
                && Some(owner.physical_id.as_str()) == record.physical_id()
            {
                owner.stack = None;
            }
        }
        let physical_id = record.physical_id().unwrap_or_default();
        around.estate.release(&record.resource_type, physical_id);
    }

    /// Whether a resource exists outside already.
    pub(crate) fn holds(
        &self,
        identity: &Identity,
        resource_type: &str,
        around: &Around<'_>,
    ) -> bool {
        around
            .estate
            .living(resource_type, &identity.physical_id)
            .is_some()
    }

    /// Why a resource cannot be made: its type refuses it, or somebody else has what only one can have.
    pub(crate) fn refuses_creation(
        &self,
        logical_id: &str,
        wanted: &Wanted,
        around: &mut Around<'_>,
    ) -> Option<RefusedCreation> {
        if let Err(fault) = wanted.valid(logical_id, around.ids) {
            return Some(RefusedCreation {
                reason: fault.reason,
                at_once: !fault.has_physical_id,
            });
        }
        let missing = around
            .estate
            .missing(&wanted.resource_type, &wanted.properties);
        if let Some(message) = missing {
            return Some(RefusedCreation {
                reason: provider::handler_reason(&message, "NotFound", around.ids),
                at_once: true,
            });
        }
        let (name, owner) = self.owner(wanted, around)?;
        let reason = match &owner.stack {
            Some(stack) => format!("{name} already exists in stack {stack}"),
            None => provider::already_exists(&wanted.resource_type, &name, around.ids),
        };
        Some(RefusedCreation {
            reason,
            at_once: true,
        })
    }

    /// Who has what a resource would need for itself alone, and what that is called.
    fn owner(&self, wanted: &Wanted, around: &Around<'_>) -> Option<(String, Owner)> {
        wanted.holds.iter().find_map(|held| {
            let owner = around.taken.get(&held.key)?;
            Some((held.name.clone(), owner.clone()))
        })
    }

    /// Why a resource cannot take the place of another one: that one still has its name.
    pub(crate) fn refuses_replacement(
        &self,
        logical_id: &str,
        record: &Record,
        wanted: &Wanted,
        around: &mut Around<'_>,
    ) -> Option<RefusedCreation> {
        let own = self
            .owner(wanted, around)
            .filter(|(_, owner)| Some(owner.physical_id.as_str()) == record.physical_id());
        match own {
            Some(_) if provider::deletes_first(&wanted.resource_type) => None,
            Some((name, _)) => {
                let name = provider::custom_name(&wanted.resource_type, &wanted.properties)
                    .unwrap_or(name);
                Some(RefusedCreation {
                    reason: format!(
                        "CloudFormation cannot update a stack when a custom-named resource requires replacing. Rename {name} and update the stack again."
                    ),
                    at_once: true,
                })
            }
            None => self.refuses_creation(logical_id, wanted, around),
        }
    }

    /// A fault that hits an action on a resource.
    pub(crate) fn fault(
        &self,
        action: FaultedAction,
        logical_id: &str,
        resource_type: &str,
        around: &mut Around<'_>,
    ) -> Option<Hit> {
        let after = around
            .faults
            .hit(action, self.name.as_str(), logical_id, resource_type)?;
        let message = match action {
            FaultedAction::Create => "The creation was made to fail",
            FaultedAction::Update => "The update was made to fail",
            FaultedAction::Delete => "The deletion was made to fail",
        };
        Some(Hit {
            reason: provider::handler_reason(message, "GeneralServiceException", around.ids),
            after: after.map(|seconds| u64::from(seconds) * 1000),
        })
    }

    /// An action on a resource begins outside. Returns what makes it fail: a fault, or a deployment that will.
    pub(crate) fn begins(
        &self,
        (action, occasion): (FaultedAction, Occasion),
        logical_id: &str,
        wanted: &Wanted,
        identity: &Identity,
        around: &mut Around<'_>,
    ) -> Option<Hit> {
        let made = (identity.physical_id.as_str(), &*wanted.properties);
        let kind = &wanted.resource_type;
        self.fault(action, logical_id, kind, around)
            .or_else(|| self.deploys(occasion, logical_id, kind, made, around))
    }

    /// A resource begins to become what it was.
    pub(crate) fn begins_again(&self, logical_id: &str, before: &Record, around: &mut Around<'_>) {
        if let Some(identity) = &before.identity {
            let made = (identity.physical_id.as_str(), &*before.properties);
            let kind = &before.resource_type;
            self.deploys(Occasion::Restoration, logical_id, kind, made, around);
        }
    }

    /// A removal that the stack's policy forbids fails, and with it the update.
    pub(crate) fn refuse_removal(&mut self, around: &mut Around<'_>) -> bool {
        let Some((logical_id, reason)) = self.denied_removal(around) else {
            return false;
        };
        let before = self.resources.get(&logical_id).cloned();
        self.remember(&logical_id, before);
        let status = stratiform_service::ResourceStatus::UpdateFailed;
        self.mark(&logical_id, status, Some(reason), None, around);
        if let Some(operation) = &mut self.operation {
            operation.failures.push(crate::operation::Failure {
                logical_id,
                what: crate::operation::Failed::Update,
            });
        }
        self.fail(around);
        true
    }
}
