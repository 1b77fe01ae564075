//! Stacks in stacks: a resource of the type `AWS::CloudFormation::Stack` is a stack of its own, which is told what to
//! do and says when it is done.
//!
//! Source: CloudFormation user guide, "Embed stacks within other stacks using nested stacks".

use indexmap::IndexMap;
use serde_json::Value;
use stratiform_service::{ResourceStatus, StackStatus};

use crate::change_set::Child;
use crate::operation::forward::made;
use crate::operation::resource::Wanted;
use crate::operation::task::{Made, Work};
use crate::operation::{Around, Deferred, Leftover, Stage, TaskState};
use crate::properties::Properties;
use crate::provider::Identity;
use crate::stack::{Record, Stack};

/// What a stack in another one is told to do.
#[derive(Clone, Debug)]
pub(crate) enum Errand {
    Create {
        /// The stack that was made for its change set, where there is one.
        reviewed: Option<Child>,
        properties: Properties,
        tags: IndexMap<String, String>,
    },
    Update {
        stack: String,
        reviewed: Option<Child>,
        properties: Properties,
        tags: IndexMap<String, String>,
    },
    Delete {
        stack: String,
    },
    /// What it has left over is not needed any more.
    CleanUp {
        stack: String,
    },
    Cancel {
        stack: String,
    },
    RollBack {
        stack: String,
    },
}

impl Stack {
    fn send(&self, logical_id: &str, what: Errand, around: &mut Around<'_>) {
        around.deferred.push(Deferred::Nested {
            realm: around.realm,
            parent: self.id.clone(),
            root: self.root.clone().unwrap_or_else(|| self.id.clone()),
            logical_id: logical_id.to_owned(),
            what,
        });
    }

    fn reviewed(&self, logical_id: &str) -> Option<Child> {
        let operation = self.operation.as_ref()?;
        operation.reviewed.get(logical_id).cloned()
    }

    pub(crate) fn create_nested(
        &mut self,
        index: usize,
        logical_id: &str,
        wanted: Wanted,
        around: &mut Around<'_>,
    ) {
        let reviewed = self.reviewed(logical_id);
        let what = Errand::Create {
            reviewed,
            properties: wanted.properties.clone(),
            tags: self.deployment.tags.clone(),
        };
        let made = made(wanted, Identity::default(), None);
        self.begun(index, Work::Create(Box::new(made)));
        self.send(logical_id, what, around);
    }

    pub(crate) fn update_nested(
        &mut self,
        index: usize,
        logical_id: &str,
        wanted: Wanted,
        identity: Identity,
        around: &mut Around<'_>,
    ) {
        let reviewed = self.reviewed(logical_id);
        let what = Errand::Update {
            stack: identity.physical_id.clone(),
            reviewed,
            properties: wanted.properties.clone(),
            tags: self.deployment.tags.clone(),
        };
        let made = made(wanted, identity, None);
        self.begun(index, Work::Update(Box::new(made)));
        self.send(logical_id, what, around);
    }

    /// Tells all stacks in this one that they will not go back any more.
    pub(crate) fn release_nested(&self, around: &mut Around<'_>) {
        let nested = self
            .resources
            .iter()
            .filter(|(_, record)| record.is_nested_stack());
        for (logical_id, record) in nested {
            if let Some(stack) = record.physical_id().filter(|_| record.exists()) {
                let stack = stack.to_owned();
                self.send(logical_id, Errand::CleanUp { stack }, around);
            }
        }
    }

    pub(crate) fn cancel_nested(&self, logical_id: &str, around: &mut Around<'_>) {
        let Some(stack) = self.nested(logical_id) else {
            return;
        };
        self.send(logical_id, Errand::Cancel { stack }, around);
    }

    fn nested(&self, logical_id: &str) -> Option<String> {
        let record = self.resources.get(logical_id)?;
        record
            .is_nested_stack()
            .then(|| record.physical_id().map(str::to_owned))?
    }

    /// Tells a nested stack to go back, where the resource is one.
    pub(crate) fn restores_nested(
        &mut self,
        index: usize,
        logical_id: &str,
        before: &Record,
        around: &mut Around<'_>,
    ) -> bool {
        let Some(stack) = self.nested(logical_id).filter(|_| before.is_nested_stack()) else {
            return false;
        };
        self.begun(index, Work::Restore);
        self.send(logical_id, Errand::RollBack { stack }, around);
        true
    }

    /// Tells a nested stack to go, where the leftover is one.
    pub(crate) fn deletes_nested(
        &mut self,
        index: usize,
        leftover: &Leftover,
        around: &mut Around<'_>,
    ) -> bool {
        if !leftover.record.is_nested_stack() {
            return false;
        }
        let Some(stack) = leftover.record.physical_id().map(str::to_owned) else {
            return false;
        };
        self.begun(index, Work::Delete(leftover.fate));
        self.send(&leftover.logical_id, Errand::Delete { stack }, around);
        true
    }

    /// A nested stack has its ARN.
    pub(crate) fn nested_began(
        &mut self,
        logical_id: &str,
        stack: Result<String, String>,
        around: &mut Around<'_>,
    ) {
        let Some(index) = self.task_of(logical_id) else {
            return;
        };
        match stack {
            Ok(stack) => {
                if let Some(record) = self.resources.get_mut(logical_id) {
                    record.identity = Some(Identity {
                        physical_id: stack.clone(),
                        reference: stack,
                        ..Identity::default()
                    });
                }
                let reason = stratiform_service::Reason::CreationInitiated {}.to_string();
                let status = ResourceStatus::CreateInProgress;
                self.mark(logical_id, status, Some(reason), None, around);
            }
            Err(reason) => self.returned(index, logical_id, Err(reason), IndexMap::new(), around),
        }
    }

    fn task_of(&self, logical_id: &str) -> Option<usize> {
        let operation = self.operation.as_ref()?;
        operation
            .tasks
            .iter()
            .position(|task| task.logical_id == logical_id && task.state == TaskState::Running)
    }

    /// A nested stack did what it was told to do, or did not.
    pub(crate) fn nested_returned(
        &mut self,
        logical_id: &str,
        outcome: Result<(), String>,
        outputs: IndexMap<String, Value>,
        around: &mut Around<'_>,
    ) {
        if let Some(index) = self.task_of(logical_id) {
            self.returned(index, logical_id, outcome, outputs, around);
        }
    }

    fn returned(
        &mut self,
        index: usize,
        logical_id: &str,
        outcome: Result<(), String>,
        outputs: IndexMap<String, Value>,
        around: &mut Around<'_>,
    ) {
        let work = self
            .operation
            .as_ref()
            .and_then(|operation| operation.tasks.get(index)?.work.clone());
        let current = self
            .resources
            .get(logical_id)
            .and_then(|record| record.identity.clone());
        let with_outputs = |made: Made| {
            let identity = current.unwrap_or(made.identity);
            let attributes = outputs
                .into_iter()
                .map(|(key, value)| (format!("Outputs.{key}"), value));
            Made {
                identity: Identity {
                    attributes: attributes.collect(),
                    ..identity
                },
                refused: outcome.clone().err(),
                ..made
            }
        };
        let ready = match work {
            Some(Work::Create(made)) => {
                self.created(index, logical_id, with_outputs(*made), around)
            }
            Some(Work::Update(made)) => {
                self.updated_to(index, logical_id, with_outputs(*made), around)
            }
            Some(Work::Restore) => match outcome {
                Ok(()) => return self.restored(index, logical_id, around),
                Err(reason) => {
                    let status = ResourceStatus::UpdateFailed;
                    self.mark(logical_id, status, Some(reason), None, around);
                    self.failed_back(index, logical_id);
                    return self.go_on(around);
                }
            },
            Some(Work::Delete(fate)) => match outcome {
                Ok(()) => return self.deleted_one(index, logical_id, fate, around),
                Err(reason) => return self.nested_stays(index, reason, around),
            },
            Some(Work::Replace(_) | Work::Import(_)) | None => return,
        };
        let is_forward = self
            .operation
            .as_ref()
            .is_some_and(|operation| operation.stage == Stage::Forward);
        if is_forward {
            self.start_all(ready, around);
            self.go_on(around);
        }
    }

    /// Why a stack in another one did not do what it was told.
    ///
    /// Source: failures that several public issues quote.
    pub(crate) fn nested_failure(&self) -> String {
        let (id, status) = (&self.id, self.status.as_str());
        let reason = self.failure_told();
        let created = self
            .history
            .first()
            .is_some_and(|_| self.history.len() <= 2)
            && matches!(
                self.status,
                StackStatus::CreateFailed
                    | StackStatus::RollbackComplete
                    | StackStatus::RollbackFailed
            );
        match self.status {
            StackStatus::DeleteFailed => {
                format!("Embedded stack {id} was not successfully deleted: {reason}")
            }
            _ if created => format!("Embedded stack {id} was not successfully created: {reason}"),
            _ => format!(
                "Embedded stack {id} was not successfully updated. Currently in {status} with reason: {reason}"
            ),
        }
    }

    /// The reason with which the stack turned back.
    fn failure_told(&self) -> String {
        let told = self
            .events
            .iter()
            .rev()
            .find_map(|event| event.failure_of_stack());
        let told = told.unwrap_or_default();
        told.trim_end_matches("Rollback requested by user.")
            .to_owned()
    }

    pub(crate) fn nested_stays(&mut self, index: usize, reason: String, around: &mut Around<'_>) {
        let leftover = self
            .operation
            .as_ref()
            .and_then(|operation| operation.leftovers.get(index).cloned());
        let Some(leftover) = leftover else {
            return;
        };
        let ready = self.undeletable(index, &leftover, reason, around);
        self.delete_all(ready, around);
        self.go_on(around);
    }
}
