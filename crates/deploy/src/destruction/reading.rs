//! How a stack stands and what it has, before anything is deleted.

use std::collections::VecDeque;

use stratiform_service::status::{Direction, Ending as StackEnding, Phase};
use stratiform_service::{LogicalId, StackEvent};

use super::step::{Step, deletion_prefix};
use super::{Destruction, Ending, Fate, Inventory, News, Protection};
use crate::call::{self, Database, Stack};
use crate::plan::PREFIX;
use crate::stack::{Operation, Purpose};

/// Whether RDS refuses to delete it.
const DELETION_PROTECTION: &str = "DeletionProtection";

impl Destruction {
    pub(super) fn found(&mut self, index: usize, stack: Option<Box<Stack>>) {
        let status = stack.as_ref().map(|stack| stack.status.clone());
        self.tell(index, News::Found(status));
        let Some(stack) = stack else {
            return self.end(index, Ending::Absent);
        };
        match stack.status.phase() {
            Phase::Settled(StackEnding::Gone) => self.end(index, Ending::Absent),
            Phase::Settled(StackEnding::Reviewed) => {
                self.stacks[index].inventory = Some(Inventory::empty(&stack));
                self.to(index, Step::Ready);
            }
            Phase::Settled(
                StackEnding::Applied
                | StackEnding::RolledBack
                | StackEnding::NeverCreated
                | StackEnding::Halfway
                | StackEnding::RollbackStuck
                | StackEnding::CreationStuck
                | StackEnding::Broken
                | StackEnding::Unknown,
            ) => self.to(index, Step::ReadTemplate(stack)),
            Phase::Moving(Direction::Away) => self.to(index, Step::Whose(stack)),
            Phase::Moving(
                Direction::Forward | Direction::CleaningUp | Direction::Back | Direction::Unknown,
            ) => self.busy(index, &stack),
        }
    }

    fn busy(&mut self, index: usize, stack: &Stack) {
        let busy = Protection::Busy {
            status: stack.status.clone(),
            run: stack.tags.get(&format!("{PREFIX}run")).cloned(),
        };
        self.end(index, Ending::Protected(vec![busy]));
    }

    /// A deletion is going on: an earlier run's, or somebody else's.
    pub(super) fn whose(&mut self, index: usize, stack: Box<Stack>, events: Vec<StackEvent>) {
        let mut tokens = events.into_iter().rev();
        let token = tokens.find_map(|event| event.client_request_token);
        let own = deletion_prefix(&self.plan.conduct.run);
        match token.filter(|token| token.starts_with(&own)) {
            Some(token) => {
                self.tell(index, News::Resumed);
                self.stacks[index].resumes = Some(token);
                self.stacks[index].inventory = Some(Inventory::empty(&stack));
                self.to(index, Step::ReadTemplate(stack));
            }
            None => self.busy(index, &stack),
        }
    }

    pub(super) fn listed(
        &mut self,
        index: usize,
        stack: &Stack,
        template: &str,
        resources: &[call::Resource],
    ) {
        self.stacks[index].inventory = Some(Inventory::of(stack, template, resources));
        if self.resume(index) {
            return;
        }
        let exports = stack.outputs.values();
        let exports = exports.filter_map(|(_, export)| export.clone()).collect();
        self.to(index, Step::ReadImporters(exports));
        self.next_export(index, None);
    }

    /// Follows the deletion of an earlier run, where there is one: it runs, whatever is known of it.
    pub(super) fn resume(&mut self, index: usize) -> bool {
        let stack = &self.stacks[index];
        let (Some(token), Some(inventory)) = (&stack.resumes, &stack.inventory) else {
            return false;
        };
        let operation = Operation::new(inventory.stack.clone(), token.clone(), Purpose::Delete);
        self.to(index, Step::Follow(operation));
        true
    }

    /// Takes in who imports the first export; goes on with the next.
    pub(super) fn next_export(&mut self, index: usize, importers: Option<Vec<String>>) {
        let Step::ReadImporters(mut exports) = self.stacks[index].step.clone() else {
            return;
        };
        if let Some(by) = importers
            && let Some(export) = exports.pop_front()
            && !by.is_empty()
            && let Some(inventory) = &mut self.stacks[index].inventory
        {
            inventory.importers.push((export, by));
        }
        if !exports.is_empty() {
            return self.to(index, Step::ReadImporters(exports));
        }
        let items = self.stacks[index].inventory.iter();
        let databases = items.flat_map(|inventory| &inventory.items).filter(|item| {
            item.resource_type == "AWS::RDS::DBInstance"
                && item.holds_data
                && item.fate != Fate::Stays
        });
        let databases: VecDeque<(LogicalId, String)> = databases
            .map(|item| (item.logical_id.clone(), item.physical_id.to_string()))
            .collect();
        self.to(index, Step::ReadDatabases(databases));
        self.next_database(index, None);
    }

    /// Takes in how the first database is; goes on with the next. What RDS says counts more than the template: protection
    /// can be switched by hand.
    pub(super) fn next_database(&mut self, index: usize, answer: Option<Option<Database>>) {
        let Step::ReadDatabases(mut databases) = self.stacks[index].step.clone() else {
            return;
        };
        if let Some(database) = answer
            && let Some((logical_id, _)) = databases.pop_front()
            && let (Some(database), Some(inventory)) = (database, &mut self.stacks[index].inventory)
        {
            inventory.protect(&logical_id, database.deletion_protection);
        }
        match databases.is_empty() {
            true => self.to(index, Step::Ready),
            false => self.to(index, Step::ReadDatabases(databases)),
        }
    }
}

impl Inventory {
    fn protect(&mut self, id: &LogicalId, is_protected: bool) {
        let is_it = |protection: &Protection| {
            matches!(protection, Protection::Resource { logical_id, property, .. }
                if logical_id == id && property == DELETION_PROTECTION)
        };
        let is_known = self.protections.iter().any(is_it);
        if is_protected && !is_known {
            self.protections.push(Protection::Resource {
                logical_id: id.clone(),
                resource_type: "AWS::RDS::DBInstance".to_owned(),
                what: "deletion protection".to_owned(),
                property: DELETION_PROTECTION.to_owned(),
            });
        } else if !is_protected {
            self.protections.retain(|protection| !is_it(protection));
        }
    }
}
