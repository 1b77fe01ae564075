//! How the work on a resource goes on, and how it ends.

use stratiform_service::status::DetailedStatus;
use stratiform_service::{Reason, ResourceStatus};

use crate::event::{Subject, Told};
use crate::operation::task::{Made, Work};
use crate::operation::{
    Around, Failed, Failure, Fate, Leftover, OnFailure, Origin, Purpose, TaskState,
};
use crate::stack::{Mode, Record, Stack};

impl Stack {
    pub(crate) fn has_failed(&self) -> bool {
        let operation = self.operation.as_ref();
        operation.is_some_and(|operation| !operation.failures.is_empty())
    }

    /// Whether a failure stops all else.
    pub(crate) fn cancels(&self) -> bool {
        let operation = self.operation.as_ref();
        operation.is_some_and(|operation| operation.on_failure != OnFailure::DoNothing)
    }

    /// A resource has its physical ID.
    pub(crate) fn initiated(&mut self, index: usize, around: &mut Around<'_>) {
        let Some((logical_id, work)) = self.work(index) else {
            return;
        };
        let reason = Some(Reason::CreationInitiated {}.to_string());
        match work {
            Work::Create(made) => {
                self.hold(&logical_id, &made, around);
                if let Some(record) = self.resources.get_mut(&logical_id) {
                    record.identity = Some(made.identity);
                    record.holds = made.holds;
                }
                self.mark(
                    &logical_id,
                    ResourceStatus::CreateInProgress,
                    reason,
                    None,
                    around,
                );
            }
            Work::Replace(made) => {
                self.hold(&logical_id, &made, around);
                self.tell_of_new(&logical_id, &made, reason, None, around);
            }
            Work::Import(_) | Work::Update(_) | Work::Restore | Work::Delete(_) => {}
        }
    }

    /// A resource is configured, and is waited for.
    pub(crate) fn checked(&mut self, index: usize, around: &mut Around<'_>) {
        let Some((logical_id, work)) = self.work(index) else {
            return;
        };
        let reason = Some(Reason::ConsistencyCheck {}.to_string());
        let detail = Some(DetailedStatus::ConfigurationComplete);
        let status = match work {
            Work::Create(_) => ResourceStatus::CreateInProgress,
            Work::Update(_) => ResourceStatus::UpdateInProgress,
            Work::Replace(made) => {
                return self.tell_of_new(&logical_id, &made, reason, detail, around);
            }
            Work::Import(_) | Work::Restore | Work::Delete(_) => return,
        };
        self.mark(&logical_id, status, reason, detail, around);
        if let Some(record) = self.resources.get_mut(&logical_id) {
            record.reason = None;
        }
    }

    /// A resource is done, for good or ill.
    pub(crate) fn done(&mut self, index: usize, around: &mut Around<'_>) {
        let Some((logical_id, work)) = self.finished(index) else {
            return;
        };
        let ready = match work {
            Work::Create(made) => self.created(index, &logical_id, *made, around),
            Work::Import(made) => self.imported(index, &logical_id, *made, around),
            Work::Update(made) => self.updated_to(index, &logical_id, *made, around),
            Work::Replace(made) => self.replaced(index, &logical_id, *made, around),
            Work::Restore => return self.restored(index, &logical_id, around),
            Work::Delete(fate) => return self.deleted_one(index, &logical_id, fate, around),
        };
        if self.has_failed() && self.cancels() {
            return;
        }
        self.start_all(ready, around);
        self.go_on(around);
    }

    pub(crate) fn work(&self, index: usize) -> Option<(String, Work)> {
        let operation = self.operation.as_ref()?;
        if !operation.is_running(index) {
            return None;
        }
        let task = operation.tasks.get(index)?;
        Some((task.logical_id.clone(), task.work.clone()?))
    }

    /// What a task did. What its type refuses stays with it: whoever calls off what is running asks what it was.
    fn finished(&mut self, index: usize) -> Option<(String, Work)> {
        let operation = self.operation.as_mut()?;
        if !operation.is_running(index) {
            return None;
        }
        let task = operation.tasks.get_mut(index)?;
        let is_made = match task.work.as_ref()? {
            Work::Create(made) | Work::Update(made) | Work::Replace(made) => made.refused.is_none(),
            Work::Import(_) | Work::Restore | Work::Delete(_) => false,
        };
        let work = match is_made {
            true => task.work.take(),
            false => task.work.clone(),
        };
        Some((task.logical_id.clone(), work?))
    }

    pub(crate) fn over(&mut self, index: usize, state: TaskState) -> Vec<usize> {
        let operation = self.operation.as_mut();
        operation.map_or_else(Vec::new, |operation| operation.over(index, state))
    }

    pub(crate) fn created(
        &mut self,
        index: usize,
        logical_id: &str,
        made: Made,
        around: &mut Around<'_>,
    ) -> Vec<usize> {
        if let Some(reason) = made.refused {
            self.mark(
                logical_id,
                ResourceStatus::CreateFailed,
                Some(reason),
                None,
                around,
            );
            self.failed(index, logical_id, Failed::Create, around);
            return Vec::new();
        }
        if let Some(record) = self.resources.get_mut(logical_id) {
            record.identity = Some(made.identity);
            record.holds = made.holds;
        }
        let reason = self.express_note();
        self.mark(
            logical_id,
            ResourceStatus::CreateComplete,
            reason,
            None,
            around,
        );
        self.over(index, TaskState::Done)
    }

    pub(crate) fn updated_to(
        &mut self,
        index: usize,
        logical_id: &str,
        made: Made,
        around: &mut Around<'_>,
    ) -> Vec<usize> {
        if let Some(reason) = made.refused {
            self.mark(
                logical_id,
                ResourceStatus::UpdateFailed,
                Some(reason),
                None,
                around,
            );
            self.failed(index, logical_id, Failed::Update, around);
            return Vec::new();
        }
        if let Some(record) = self.resources.get(logical_id) {
            let record = record.clone();
            self.give_up(&record, around);
        }
        self.hold(logical_id, &made, around);
        self.become_made(logical_id, made, around);
        let reason = self.express_note();
        self.mark(
            logical_id,
            ResourceStatus::UpdateComplete,
            reason,
            None,
            around,
        );
        self.over(index, TaskState::Done)
    }

    fn replaced(
        &mut self,
        index: usize,
        logical_id: &str,
        made: Made,
        around: &mut Around<'_>,
    ) -> Vec<usize> {
        if let Some(reason) = made.refused {
            self.mark(
                logical_id,
                ResourceStatus::UpdateFailed,
                Some(reason),
                None,
                around,
            );
            self.failed(index, logical_id, Failed::Update, around);
            return Vec::new();
        }
        let old = self.resources.get(logical_id).cloned();
        let policy = made.update_replace_policy.clone();
        self.become_made(logical_id, made, around);
        if let (Some(record), Some(operation)) = (old, &mut self.operation) {
            let fate = Fate::of_replaced(policy.as_deref(), &record.resource_type);
            operation.leftovers.push(Leftover {
                logical_id: logical_id.to_owned(),
                record,
                fate,
                origin: Origin::Replaced,
                attempts: 0,
            });
        }
        let reason = self.express_note();
        self.mark(
            logical_id,
            ResourceStatus::UpdateComplete,
            reason,
            None,
            around,
        );
        self.over(index, TaskState::Done)
    }

    /// What is told of resources that nobody waited for.
    ///
    /// Source: aws-cdk-cli#1931.
    fn express_note(&self) -> Option<String> {
        let operation = self.operation.as_ref()?;
        (operation.mode == Mode::Express).then(|| {
            "Resource operation completed using Express Mode. It may continue becoming available in the background."
                .to_owned()
        })
    }

    /// A resource is from now on as it was made.
    pub(crate) fn become_made(&mut self, logical_id: &str, made: Made, around: &Around<'_>) {
        if let Some(record) = self.resources.get_mut(logical_id) {
            record.identity = Some(made.identity);
            record.properties = made.properties;
            record.stated = made.stated;
            record.shown = made.shown;
            record.metadata = made.metadata;
            record.deletion_policy = made.deletion_policy;
            record.update_replace_policy = made.update_replace_policy;
            record.needs = made.needs;
            record.tags = made.tags;
            record.holds = made.holds;
            record.updated = around.now;
        }
    }

    /// Gives a resource a status, and tells of it.
    pub(crate) fn mark(
        &mut self,
        logical_id: &str,
        status: ResourceStatus,
        reason: Option<String>,
        detail: Option<DetailedStatus>,
        around: &mut Around<'_>,
    ) {
        let Some(record) = self.resources.get_mut(logical_id) else {
            return;
        };
        record.status = status;
        record.reason.clone_from(&reason);
        record.updated = around.now;
        let told = Told {
            subject: Subject {
                logical_id: logical_id.to_owned(),
                resource_type: record.resource_type.clone(),
                physical_id: record.physical_id().map(str::to_owned),
                properties: detail.is_none().then(|| record.shown().clone()),
            },
            status,
            reason,
            detail,
        };
        self.tell_of(told, around.now, around.ids);
    }

    /// Tells of a resource that is not yet the one that the stack has.
    fn tell_of_new(
        &mut self,
        logical_id: &str,
        made: &Made,
        reason: Option<String>,
        detail: Option<DetailedStatus>,
        around: &mut Around<'_>,
    ) {
        let Some(record) = self.resources.get_mut(logical_id) else {
            return;
        };
        record.status = ResourceStatus::UpdateInProgress;
        record.updated = around.now;
        let told = Told {
            subject: Subject {
                logical_id: logical_id.to_owned(),
                resource_type: record.resource_type.clone(),
                physical_id: Some(made.identity.physical_id.clone()),
                properties: detail.is_none().then(|| made.shown().clone()),
            },
            status: ResourceStatus::UpdateInProgress,
            reason,
            detail,
        };
        self.tell_of(told, around.now, around.ids);
    }

    /// A resource failed.
    pub(crate) fn failed(
        &mut self,
        index: usize,
        logical_id: &str,
        what: Failed,
        around: &mut Around<'_>,
    ) {
        if let Some(operation) = &mut self.operation {
            operation.stop(index, TaskState::Failed);
            operation.failures.push(Failure {
                logical_id: logical_id.to_owned(),
                what,
            });
        }
        // Where nothing is called off, whoever started the task goes on with the others.
        if self.cancels() {
            self.fail(around);
        }
    }

    /// Calls off all that is running.
    pub(crate) fn cancel_running(&mut self, around: &mut Around<'_>) {
        let Some(operation) = &self.operation else {
            return;
        };
        let running: Vec<(usize, String)> = operation
            .tasks
            .iter()
            .enumerate()
            .filter(|(_, task)| task.state == TaskState::Running)
            .map(|(index, task)| (index, task.logical_id.clone()))
            .collect();
        for (index, logical_id) in running {
            let work = self.work(index).map(|(_, work)| work);
            let (status, reason, what) = match work {
                Some(Work::Create(_)) => (
                    ResourceStatus::CreateFailed,
                    Reason::CreationCancelled {},
                    Failed::Create,
                ),
                Some(Work::Import(_)) => (
                    ResourceStatus::ImportFailed,
                    Reason::CreationCancelled {},
                    Failed::Import,
                ),
                Some(Work::Update(_)) => (
                    ResourceStatus::UpdateFailed,
                    Reason::UpdateCancelled {},
                    Failed::Update,
                ),
                Some(Work::Replace(made)) => {
                    self.abandon(&logical_id, &made, around);
                    (
                        ResourceStatus::UpdateFailed,
                        Reason::UpdateCancelled {},
                        Failed::Update,
                    )
                }
                Some(Work::Restore | Work::Delete(_)) | None => continue,
            };
            self.cancel_nested(&logical_id, around);
            self.mark(&logical_id, status, Some(reason.to_string()), None, around);
            if let Some(operation) = &mut self.operation {
                operation.stop(index, TaskState::Cancelled);
                operation.failures.push(Failure { logical_id, what });
            }
        }
    }

    /// What was begun in place of another resource is deleted.
    fn abandon(&mut self, logical_id: &str, made: &Made, around: &Around<'_>) {
        let Some(record) = self.resources.get(logical_id) else {
            return;
        };
        if !self.holds(&made.identity, &record.resource_type, around) {
            return;
        }
        let record = Record {
            identity: Some(made.identity.clone()),
            properties: made.properties.clone(),
            needs: made.needs.clone(),
            holds: made.holds.clone(),
            ..record.clone()
        };
        if let Some(operation) = &mut self.operation {
            operation.leftovers.push(Leftover {
                logical_id: logical_id.to_owned(),
                record,
                fate: Fate::Delete,
                origin: Origin::InVain,
                attempts: 0,
            });
        }
    }

    fn imported(
        &mut self,
        index: usize,
        logical_id: &str,
        made: Made,
        around: &mut Around<'_>,
    ) -> Vec<usize> {
        if let Some(reason) = made.refused {
            self.mark(
                logical_id,
                ResourceStatus::ImportFailed,
                Some(reason),
                None,
                around,
            );
            self.failed(index, logical_id, Failed::Import, around);
            return Vec::new();
        }
        self.hold(logical_id, &made, around);
        if let Some(record) = self.resources.get_mut(logical_id) {
            record.holds = made.holds;
        }
        let reason = Some("Resource import completed.".to_owned());
        self.mark(
            logical_id,
            ResourceStatus::ImportComplete,
            reason,
            None,
            around,
        );
        self.over(index, TaskState::Done)
    }

    /// Whether the operation adopts resources and does nothing else.
    pub(crate) fn is_import(&self) -> bool {
        let operation = self.operation.as_ref();
        operation.is_some_and(|operation| operation.purpose == Purpose::Import)
    }
}
