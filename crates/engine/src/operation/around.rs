//! What an operation needs besides its stack.

use std::collections::{BTreeMap, BTreeSet};

use stratiform_resolve::Whereabouts;
use stratiform_service::{AccountId, Region, StackId, Timestamp};

use crate::agenda::{Agenda, Due, Moment, Place};
use crate::estate::Estate;
use crate::fault::Faults;
use crate::handled::Handled;
use crate::ids::Ids;
use crate::operation::nested::Errand;
use crate::provider;
use crate::stack::{Deployment, Stack};
use crate::state::{Export, Owner};
use crate::world::Surroundings;

/// What an operation needs besides its stack.
pub(crate) struct Around<'a> {
    pub(crate) now: Timestamp,
    pub(crate) realm: usize,
    pub(crate) account: &'a AccountId,
    pub(crate) region: &'a Region,
    pub(crate) ids: &'a mut Ids,
    pub(crate) agenda: &'a mut Agenda,
    pub(crate) taken: &'a mut BTreeMap<String, Owner>,
    pub(crate) faults: &'a mut Faults,
    pub(crate) exports: &'a mut BTreeMap<String, Export>,
    /// The names of the stacks that use an export, under its key.
    pub(crate) importers: &'a mut BTreeMap<String, BTreeSet<String>>,
    pub(crate) outputs: &'a mut BTreeMap<String, BTreeMap<String, String>>,
    pub(crate) estate: &'a mut Estate,
    /// What handlers did.
    pub(crate) handled: &'a mut Vec<Handled>,
    /// What other stacks are to do afterwards.
    pub(crate) deferred: &'a mut Vec<Deferred>,
}

/// What another stack is to do once this one has been dealt with.
#[derive(Clone, Debug)]
pub(crate) enum Deferred {
    /// A stack in another one is created, updated or deleted for a task of that.
    Nested {
        realm: usize,
        parent: StackId,
        root: StackId,
        logical_id: String,
        what: Errand,
    },
    /// A stack in another one is done: what it was told to do succeeded, or why it did not.
    Returned {
        realm: usize,
        child: StackId,
        parent: StackId,
        logical_id: String,
        outcome: Result<(), String>,
    },
}

impl Around<'_> {
    /// The key of something in this realm.
    pub(crate) fn key(&self, name: &str) -> String {
        format!("{}/{}/{name}", self.account, self.region)
    }

    /// Puts something of an operation on the agenda.
    pub(crate) fn later(&mut self, stack: &Stack, millis: u64, what: Moment) {
        let Some(operation) = &stack.operation else {
            return;
        };
        let due = Due::Operation {
            place: Place {
                realm: self.realm,
                stack: stack.id.to_string(),
            },
            round: operation.round,
            what,
        };
        self.agenda.put(after(self.now, millis), due);
    }

    /// Where a resource is made.
    pub(crate) fn site<'s>(&'s self, stack: &'s Stack, logical_id: &'s str) -> provider::Place<'s> {
        provider::Place {
            partition: self.region.partition(),
            region: self.region.as_str(),
            account: self.account.as_str(),
            stack: stack.name.as_str(),
            logical_id,
        }
    }

    /// The world of a stack with a deployment.
    pub(crate) fn surroundings<'s>(
        &'s self,
        stack: &'s Stack,
        deployment: &'s Deployment,
    ) -> Surroundings<'s> {
        Surroundings {
            place: Whereabouts {
                stack: stack.name.to_string(),
                region: self.region.clone(),
                account: Some(self.account.clone()),
            },
            stack_id: stack.id.as_str(),
            notification_arns: &deployment.notification_arns,
            resources: &stack.resources,
            exports: self.exports,
            outputs: self.outputs,
            parameters: &deployment.parameters,
        }
    }
}

/// A moment so many milliseconds later.
pub(crate) fn after(moment: Timestamp, millis: u64) -> Timestamp {
    let millis = i64::try_from(millis).unwrap_or(i64::MAX);
    let later = moment.millis().checked_add(millis);
    later.and_then(Timestamp::from_millis).unwrap_or(moment)
}
