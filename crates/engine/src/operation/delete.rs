//! Deletions: of a stack, of what a creation left, and of what an update leaves over.

use std::collections::HashMap;

use stratiform_service::{Reason, ResourceStatus, StackStatus};

use crate::agenda::Moment;
use crate::event::{OperationStatus, Subject, Told};
use crate::fault::FaultedAction;
use crate::operation::task::Work;
use crate::operation::{
    Around, Failed, Failure, Fate, Leftover, OnFailure, Operation, OperationKind, Origin, Purpose,
    Reality, Stage, TaskState, Validation,
};
use crate::provider::{self, Action};
use crate::stack::{Deployment, Mode, Stack};

/// How often a cleanup tries to delete a resource.
///
/// Source: CloudFormation user guide, "Troubleshooting CloudFormation".
const ATTEMPTS: u32 = 3;

impl Stack {
    /// Begins to delete the stack.
    pub(crate) fn begin_deletion(
        &mut self,
        token: Option<String>,
        spared: Vec<String>,
        forced: bool,
        around: &mut Around<'_>,
    ) {
        let status_before = self.status;
        self.cancel_running(around);
        self.open(OperationKind::DeleteStack, around);
        self.operation = Some(Box::new(Operation {
            purpose: Purpose::Delete,
            stage: Stage::Deleting,
            round: self.history.len(),
            token,
            change_set: None,
            target: Deployment::default(),
            previous: Deployment::default(),
            on_failure: OnFailure::DoNothing,
            retain_except_on_create: false,
            mode: Mode::Standard,
            policy_during: None,
            adopted: indexmap::IndexMap::new(),
            validation: Validation::OnTheWay,
            reality: Reality::Ignored,
            actual: indexmap::IndexMap::new(),
            reviewed: indexmap::IndexMap::new(),
            tasks: Vec::new(),
            running: 0,
            before: indexmap::IndexMap::new(),
            leftovers: Vec::new(),
            failures: Vec::new(),
            cause: None,
            spared,
            forced,
            status_before: Some(status_before),
            not_cleaned: false,
        }));
        self.deleted = Some(around.now);
        self.tell_operation(OperationStatus::InProgress, around.now, around.ids);
        let reason = Some(Reason::UserInitiated {}.to_string());
        self.settle(StackStatus::DeleteInProgress, reason, around);
        around.later(self, 500, Moment::Begin);
    }

    /// Sets out the deletion of all resources, unless others use what the stack exports.
    pub(crate) fn set_out_deletion(&mut self, around: &mut Around<'_>) {
        let Some(operation) = &self.operation else {
            return;
        };
        if operation.purpose == Purpose::Delete
            && let Some(reason) = self.exports_in_use(around)
        {
            let status = operation.status_before.unwrap_or(self.status);
            self.deleted = None;
            self.finish(status, Some(reason), around);
            return;
        }
        let is_new = operation.purpose == Purpose::Create;
        let retain_except_on_create = operation.retain_except_on_create;
        let in_vain = operation.leftovers.clone();
        let spared = operation.spared.clone();
        let existing = self.resources.iter().filter(|(_, record)| {
            record.exists() || record.identity.is_none() && record.has_failed()
        });
        let leftovers = existing.map(|(logical_id, record)| Leftover {
            logical_id: logical_id.clone(),
            record: record.clone(),
            fate: match is_new {
                _ if spared.contains(logical_id) => Fate::Retain,
                true => Fate::of_new(record, retain_except_on_create),
                false => Fate::of_removed(record),
            },
            origin: Origin::Listed,
            attempts: 0,
        });
        let leftovers: Vec<Leftover> = leftovers.chain(in_vain).collect();
        if let Some(operation) = &mut self.operation {
            operation.leftovers = leftovers;
        }
        self.set_out_leftovers(around);
    }

    /// Sets out what an update leaves over.
    pub(crate) fn set_out_cleanup(&mut self, around: &mut Around<'_>) {
        let removed = self.removed(around);
        let leftovers = removed.into_iter().filter_map(|logical_id| {
            let record = self.resources.get(&logical_id)?.clone();
            Some(Leftover {
                fate: Fate::of_removed(&record),
                logical_id,
                record,
                origin: Origin::Listed,
                attempts: 0,
            })
        });
        let leftovers: Vec<Leftover> = leftovers.collect();
        if let Some(operation) = &mut self.operation {
            operation.leftovers.extend(leftovers);
        }
        self.set_out_leftovers(around);
    }

    /// Sets out the deletion of all leftovers: each after those that refer to it.
    pub(crate) fn set_out_leftovers(&mut self, around: &mut Around<'_>) {
        let Some(operation) = &mut self.operation else {
            return;
        };
        let mut users: HashMap<&str, Vec<usize>> = HashMap::new();
        for (index, leftover) in operation.leftovers.iter().enumerate() {
            for need in &leftover.record.needs {
                users.entry(need.as_str()).or_default().push(index);
            }
        }
        let tasks = operation
            .leftovers
            .iter()
            .enumerate()
            .map(|(index, leftover)| {
                let users = users.get(leftover.logical_id.as_str());
                let users = users.into_iter().flatten().copied();
                (
                    leftover.logical_id.clone(),
                    users.filter(|user| *user != index).collect(),
                )
            });
        let tasks = tasks.collect();
        operation.set_out(tasks);
        let ready = operation.ready();
        self.delete_all(ready, around);
        self.go_on(around);
    }

    pub(crate) fn delete_all(&mut self, mut ready: Vec<usize>, around: &mut Around<'_>) {
        ready.reverse();
        while let Some(index) = ready.pop() {
            ready.extend(self.delete_one(index, around));
        }
    }

    fn leftover(&self, index: usize) -> Option<Leftover> {
        let operation = self.operation.as_ref()?;
        operation.leftovers.get(index).cloned()
    }

    /// Begins to delete a resource. Returns the tasks that are ready where that takes no time.
    fn delete_one(&mut self, index: usize, around: &mut Around<'_>) -> Vec<usize> {
        let Some(leftover) = self.leftover(index) else {
            return Vec::new();
        };
        if leftover.record.identity.is_none() {
            self.tell_left(&leftover, ResourceStatus::DeleteComplete, None, around);
            self.forget(&leftover);
            return self.over(index, TaskState::Done);
        }
        if leftover.fate == Fate::Retain {
            self.tell_left(&leftover, ResourceStatus::DeleteSkipped, None, around);
            self.release(&leftover.record, around);
            self.forget(&leftover);
            return self.over(index, TaskState::Done);
        }
        self.tell_left(&leftover, ResourceStatus::DeleteInProgress, None, around);
        if self.deletes_nested(index, &leftover, around) {
            return Vec::new();
        }
        let course = provider::course(
            &leftover.record.resource_type,
            Action::Delete,
            &leftover.record.properties,
        );
        self.begun(index, Work::Delete(leftover.fate));
        around.later(self, course.millis, Moment::Done { task: index });
        Vec::new()
    }

    /// A resource is deleted, or cannot be.
    pub(crate) fn deleted_one(
        &mut self,
        index: usize,
        logical_id: &str,
        fate: Fate,
        around: &mut Around<'_>,
    ) {
        let Some(leftover) = self.leftover(index) else {
            return;
        };
        let record = &leftover.record;
        let fault = self.fault(
            FaultedAction::Delete,
            logical_id,
            &record.resource_type,
            around,
        );
        let early = (fate == Fate::Snapshot && record.is_being_created()).then(|| {
            let id = record.physical_id().unwrap_or_default();
            let message =
                format!("Instance {id} is currently creating - a final snapshot cannot be taken.");
            provider::handler_reason(&message, "InvalidRequest", around.ids)
        });
        let reason = fault.map(|fault| fault.reason).or(early).or_else(|| {
            let physical_id = record.physical_id().unwrap_or_default();
            let mut ids = around.ids.clone();
            let properties = around.estate.properties(record);
            let reason = provider::refuses_deletion(
                &record.resource_type,
                physical_id,
                &properties,
                &mut ids,
            );
            *around.ids = ids;
            reason
        });
        let ready = match reason {
            Some(reason) => self.undeletable(index, &leftover, reason, around),
            None => {
                if fate == Fate::Snapshot {
                    around.snapshot(self, &leftover);
                }
                self.tell_left(&leftover, ResourceStatus::DeleteComplete, None, around);
                self.let_go(&leftover.record, around);
                self.forget(&leftover);
                self.over(index, TaskState::Done)
            }
        };
        self.delete_all(ready, around);
        self.go_on(around);
    }

    /// A resource cannot be deleted. Returns the tasks that go on without.
    pub(crate) fn undeletable(
        &mut self,
        index: usize,
        leftover: &Leftover,
        reason: String,
        around: &mut Around<'_>,
    ) -> Vec<usize> {
        self.tell_left(leftover, ResourceStatus::DeleteFailed, Some(reason), around);
        let Some(operation) = &mut self.operation else {
            return Vec::new();
        };
        match operation.stage {
            Stage::Cleanup | Stage::BackCleanup => {
                operation.stop(index, TaskState::Waiting);
                let attempts = operation.leftovers.get_mut(index).map(|leftover| {
                    leftover.attempts += 1;
                    leftover.attempts
                });
                if attempts.is_some_and(|attempts| attempts < ATTEMPTS) {
                    return vec![index];
                }
                operation.not_cleaned = true;
                self.release(&leftover.record, around);
                self.forget(leftover);
                self.over(index, TaskState::Failed)
            }
            _ if operation.forced => {
                self.release(&leftover.record, around);
                self.over(index, TaskState::Failed)
            }
            _ => {
                operation.failures.push(Failure {
                    logical_id: leftover.logical_id.clone(),
                    what: Failed::Delete,
                });
                // What it refers to is deleted all the same (cloudformation-coverage-roadmap#852).
                self.over(index, TaskState::Failed)
            }
        }
    }

    /// Tells of a leftover. Deletions of a cleanup have no properties and no form of their own.
    fn tell_left(
        &mut self,
        leftover: &Leftover,
        status: ResourceStatus,
        reason: Option<String>,
        around: &mut Around<'_>,
    ) {
        let stage = self.operation.as_ref().map(|operation| operation.stage);
        let is_cleanup = matches!(stage, Some(Stage::Cleanup | Stage::BackCleanup));
        if leftover.origin == Origin::Listed
            && let Some(record) = self.resources.get_mut(&leftover.logical_id)
        {
            record.status = status;
            record.reason.clone_from(&reason);
            record.updated = around.now;
        }
        let record = &leftover.record;
        let told = Told {
            subject: Subject {
                logical_id: leftover.logical_id.clone(),
                resource_type: record.resource_type.clone(),
                physical_id: record.physical_id().map(str::to_owned),
                properties: (!is_cleanup).then(|| record.shown().clone()),
            },
            status,
            reason,
            detail: None,
        };
        self.tell_of(told, around.now, around.ids);
    }

    /// The stack does not list a resource any more, where it goes on without.
    fn forget(&mut self, leftover: &Leftover) {
        let stage = self.operation.as_ref().map(|operation| operation.stage);
        let is_cleanup = matches!(stage, Some(Stage::Cleanup | Stage::BackCleanup));
        if is_cleanup && leftover.origin == Origin::Listed {
            self.resources.shift_remove(&leftover.logical_id);
        }
    }

    /// All resources are deleted that can be.
    pub(crate) fn all_deleted(&mut self, around: &mut Around<'_>) {
        let Some(operation) = &self.operation else {
            return;
        };
        let has_failed = !operation.failures.is_empty();
        let reason = has_failed.then(|| operation.reason());
        let rolls_back =
            operation.purpose == Purpose::Create && operation.on_failure != OnFailure::Delete;
        let status = match (rolls_back, has_failed) {
            (true, false) => StackStatus::RollbackComplete,
            (true, true) => StackStatus::RollbackFailed,
            (false, false) => StackStatus::DeleteComplete,
            (false, true) => StackStatus::DeleteFailed,
        };
        if rolls_back {
            self.deleted = Some(around.now);
        }
        if status == StackStatus::DeleteComplete {
            self.deleted = Some(around.now);
            self.change_set_id = None;
            self.withdraw(around);
        }
        self.finish(status, reason, around);
    }
}
