//! Back: every resource that an update touched becomes what it was.

use std::collections::HashMap;

use stratiform_service::{Reason, ResourceStatus, StackStatus};

use crate::agenda::Moment;
use crate::fault::FaultedAction;
use crate::operation::task::Work;
use crate::operation::{
    Around, Failed, Fate, Leftover, OperationKind, Origin, Purpose, Stage, TaskState,
};
use crate::provider::{self, Action};
use crate::stack::{Record, Stack};

/// Milliseconds that it takes to point back to a resource that is still there.
const POINT_BACK: u64 = 1_000;

impl Stack {
    /// Sets out what is to become as it was, and starts what waits for nothing.
    pub(crate) fn set_out_back(&mut self, around: &mut Around<'_>) {
        let Some(mut operation) = self.operation.take() else {
            return;
        };
        // The old ones of what was replaced are needed again.
        operation
            .leftovers
            .retain(|leftover| leftover.origin == Origin::InVain);
        let touched: Vec<(String, Record)> = operation
            .before
            .iter()
            .filter_map(|(id, before)| Some((id.clone(), before.clone()?)))
            .filter(|(id, before)| {
                let now = self.resources.get(id);
                now.is_none_or(|now| !now.is_as(before) || now.has_failed())
            })
            .collect();
        let names = touched.iter().enumerate();
        let positions: HashMap<&str, usize> =
            names.map(|(index, (id, _))| (id.as_str(), index)).collect();
        let tasks = touched.iter().map(|(id, before)| {
            let needs = before.needs.iter();
            let needs = needs.filter_map(|need| positions.get(need.as_str()).copied());
            (id.clone(), needs.collect())
        });
        operation.set_out(tasks.collect());
        let ready = operation.ready();
        self.operation = Some(operation);
        self.restore_all(ready, around);
        self.go_on(around);
    }

    fn restore_all(&mut self, mut ready: Vec<usize>, around: &mut Around<'_>) {
        while let Some(index) = ready.pop() {
            ready.extend(self.restore(index, around));
        }
    }

    fn restore(&mut self, index: usize, around: &mut Around<'_>) -> Vec<usize> {
        let Some((logical_id, before)) = self.as_before(index) else {
            return self.over(index, TaskState::Done);
        };
        let is_spared = self
            .operation
            .as_ref()
            .is_some_and(|operation| operation.spared.contains(&logical_id));
        if is_spared {
            // It is said to be as it was, whether or not it is.
            if let Some(record) = self.resources.get_mut(&logical_id) {
                let updated = record.updated;
                *record = Record { updated, ..before };
            }
            self.mark(
                &logical_id,
                ResourceStatus::UpdateComplete,
                None,
                None,
                around,
            );
            return self.over(index, TaskState::Done);
        }
        let resource_type = before.resource_type.clone();
        let now = self.resources.get(&logical_id);
        let is_same = now.is_some_and(|now| now.identity == before.identity);
        self.mark(
            &logical_id,
            ResourceStatus::UpdateInProgress,
            None,
            None,
            around,
        );
        if self.restores_nested(index, &logical_id, &before, around) {
            return Vec::new();
        }
        self.begins_again(&logical_id, &before, around);
        let course = provider::course(&resource_type, Action::Update, &before.properties);
        let millis = if is_same { course.millis } else { POINT_BACK };
        self.begun(index, Work::Restore);
        around.later(self, millis, Moment::Done { task: index });
        Vec::new()
    }

    fn as_before(&self, index: usize) -> Option<(String, Record)> {
        let operation = self.operation.as_ref()?;
        let task = operation.tasks.get(index)?;
        let before = operation.before.get(&task.logical_id)?.clone()?;
        Some((task.logical_id.clone(), before))
    }

    /// A resource is what it was, or cannot become that.
    pub(crate) fn restored(&mut self, index: usize, logical_id: &str, around: &mut Around<'_>) {
        let Some((_, before)) = self.as_before(index) else {
            return;
        };
        let resource_type = before.resource_type.clone();
        let fault = self.fault(FaultedAction::Update, logical_id, &resource_type, around);
        if let Some(fault) = fault {
            let reason = Some(fault.reason);
            self.mark(
                logical_id,
                ResourceStatus::UpdateFailed,
                reason,
                None,
                around,
            );
            self.failed_back(index, logical_id);
            self.go_on(around);
            return;
        }
        self.take_back(logical_id, before, around);
        self.mark(
            logical_id,
            ResourceStatus::UpdateComplete,
            None,
            None,
            around,
        );
        let ready = self.over(index, TaskState::Done);
        self.restore_all(ready, around);
        self.go_on(around);
    }

    pub(crate) fn failed_back(&mut self, index: usize, logical_id: &str) {
        if let Some(operation) = &mut self.operation {
            operation.stop(index, TaskState::Failed);
            operation.failures.push(crate::operation::Failure {
                logical_id: logical_id.to_owned(),
                what: Failed::Update,
            });
        }
    }

    /// The stack has a resource as it was; one that took its place was made in vain.
    pub(crate) fn take_back(&mut self, logical_id: &str, before: Record, around: &mut Around<'_>) {
        let Some(now) = self.resources.get(logical_id).cloned() else {
            self.resources.insert(logical_id.to_owned(), before);
            return;
        };
        if now.physical_id() == before.physical_id() {
            self.give_up(&now, around);
            self.hold_record(logical_id, &before, around);
        } else if let Some(operation) = &mut self.operation
            && now.identity.is_some()
        {
            operation.leftovers.push(Leftover {
                logical_id: logical_id.to_owned(),
                record: now,
                fate: Fate::Delete,
                origin: Origin::InVain,
                attempts: 0,
            });
        }
        self.resources.insert(logical_id.to_owned(), before);
        self.as_it_was(logical_id, around);
    }

    /// A resource that somebody else had changed is that again, or is gone again.
    fn as_it_was(&self, logical_id: &str, around: &mut Around<'_>) {
        let operation = self.operation.as_ref();
        let actual = operation.and_then(|operation| operation.actual.get(logical_id));
        let (Some(actual), Some(record)) = (actual, self.resources.get(logical_id)) else {
            return;
        };
        let physical_id = record.physical_id().unwrap_or_default();
        match actual {
            Some(properties) => {
                let living = around.estate.living_mut(&record.resource_type, physical_id);
                if let Some(living) = living {
                    living.properties = properties.clone();
                }
            }
            None => around.estate.remove(&record.resource_type, physical_id),
        }
    }

    /// All is as it was; what was made in vain is deleted.
    pub(crate) fn back_done(&mut self, around: &mut Around<'_>) {
        let Some(operation) = &mut self.operation else {
            return;
        };
        operation.stage = Stage::BackCleanup;
        let is_import = operation.purpose == Purpose::Import;
        let retain_except_on_create = operation.retain_except_on_create;
        let new = operation
            .before
            .iter()
            .filter(|(_, before)| before.is_none());
        let mut leftovers = Vec::new();
        for (logical_id, _) in new {
            if let Some(record) = self.resources.get(logical_id) {
                let fate = match is_import {
                    // What was adopted is left alone again.
                    true => Fate::Retain,
                    false => Fate::of_new(record, retain_except_on_create),
                };
                leftovers.push(Leftover {
                    logical_id: logical_id.clone(),
                    record: record.clone(),
                    fate,
                    origin: Origin::Listed,
                    attempts: 0,
                });
            }
        }
        operation.leftovers.extend(leftovers);
        if !is_import {
            let status = StackStatus::UpdateRollbackCompleteCleanupInProgress;
            self.settle(status, None, around);
        }
        self.set_out_leftovers(around);
    }

    pub(crate) fn back_cleaned(&mut self, around: &mut Around<'_>) {
        let status = match self.is_import() {
            true => StackStatus::ImportRollbackComplete,
            false => StackStatus::UpdateRollbackComplete,
        };
        self.finish(status, None, around);
    }

    /// `ContinueUpdateRollback`.
    pub(crate) fn continue_rollback(
        &mut self,
        token: Option<String>,
        spared: Vec<String>,
        around: &mut Around<'_>,
    ) {
        self.turn(OperationKind::ContinueRollback, Stage::Back, around);
        if let Some(operation) = &mut self.operation {
            operation.spared = spared;
            operation.token = token;
        }
        let reason = Some(Reason::UserInitiated {}.to_string());
        self.settle(StackStatus::UpdateRollbackInProgress, reason, around);
        self.set_out_back(around);
    }

    /// `RollbackStack`.
    pub(crate) fn roll_back_halted(
        &mut self,
        token: Option<String>,
        retain_except_on_create: bool,
        around: &mut Around<'_>,
    ) {
        let Some(operation) = &mut self.operation else {
            return;
        };
        operation.token = token;
        operation.retain_except_on_create |= retain_except_on_create;
        let reason = Reason::UserInitiated {}.to_string();
        // What failed while it updated a creation that had failed goes all the way.
        let purpose = match self.status {
            StackStatus::CreateFailed => Purpose::Create,
            _ => operation.purpose,
        };
        match purpose {
            Purpose::Create => self.roll_back_creation(reason, around),
            Purpose::Update | Purpose::Import | Purpose::Delete => {
                self.roll_back_update(StackStatus::UpdateRollbackInProgress, reason, around);
            }
        }
    }
}
