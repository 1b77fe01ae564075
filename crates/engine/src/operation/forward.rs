//! Forward: resources are made, changed, replaced and adopted, each after those that it refers to.

use stratiform_service::{Reason, ResourceStatus};

use crate::agenda::Moment;
use crate::drift::{is_supported, reality};
use crate::event::NESTED_STACK;
use crate::fault::FaultedAction;
use crate::operation::policy::UpdateAction;
use crate::operation::resource::{Change, Wanted};
use crate::operation::task::{Made, Work};
use crate::operation::{Around, Failed, Reality, TaskState};
use crate::properties::Properties;
use crate::provider::{self, Action, Course, Identity};
use crate::services::{self, Occasion};
use crate::stack::{Mode, Record, Stack};
use crate::world::Unresolved;

/// Milliseconds from the first event of a resource to the one that has its physical ID, at most.
const INITIATED: u64 = 1_000;

impl Stack {
    /// Starts tasks, and all that become ready by that: a resource that stays as it is takes no time.
    pub(crate) fn start_all(&mut self, mut ready: Vec<usize>, around: &mut Around<'_>) {
        while !ready.is_empty() {
            let Some(operation) = &self.operation else {
                return;
            };
            let names: Vec<&str> = ready
                .iter()
                .filter_map(|index| operation.tasks.get(*index))
                .map(|task| task.logical_id.as_str())
                .collect();
            let wanted = self.wanted(operation, &names, around);
            let mut next = Vec::new();
            for (index, wanted) in std::mem::take(&mut ready).into_iter().zip(wanted) {
                next.extend(self.start(index, wanted, around));
                if self.has_failed() && self.cancels() {
                    return;
                }
            }
            ready = next;
        }
    }

    fn is_validated(&self, index: usize) -> bool {
        let operation = self.operation.as_ref();
        let task = operation.and_then(|operation| operation.tasks.get(index));
        task.is_some_and(|task| task.is_validated)
    }

    fn logical_id(&self, index: usize) -> Option<String> {
        let task = self.operation.as_ref()?.tasks.get(index)?;
        Some(task.logical_id.clone())
    }

    /// Starts a task. Returns the tasks that are ready where there is nothing to do.
    fn start(
        &mut self,
        index: usize,
        wanted: Result<Wanted, Unresolved>,
        around: &mut Around<'_>,
    ) -> Vec<usize> {
        let Some(logical_id) = self.logical_id(index) else {
            return Vec::new();
        };
        self.clear_away(&logical_id, around);
        let record = self.resources.get(&logical_id).cloned();
        let record = record.and_then(|record| {
            let wanted = wanted.as_ref().ok();
            let after = wanted.map(|wanted| &wanted.properties);
            self.as_it_is(&logical_id, record, after, around)
        });
        let exists = record.filter(Record::exists);
        let wanted = match wanted {
            Ok(wanted) => Wanted {
                is_validated: self.is_validated(index),
                ..wanted
            },
            Err(error) => {
                let reason = match error {
                    Unresolved::Export(name) => Reason::ExportMissing { export: name }.to_string(),
                    Unresolved::Other(reason) => reason,
                };
                self.refuse(index, &logical_id, exists.is_some(), None, reason, around);
                return Vec::new();
            }
        };
        match exists {
            None => {
                let adopted = self
                    .operation
                    .as_ref()
                    .and_then(|operation| operation.adopted.get(&logical_id).cloned());
                match adopted {
                    Some(adopted) => self.adopt(index, &logical_id, wanted, &adopted, around),
                    None => self.create(index, &logical_id, wanted, around),
                }
                Vec::new()
            }
            Some(record) => match wanted.change(&record, around.region.as_str()) {
                Change::Nothing if wanted.resource_type != NESTED_STACK => {
                    self.keep(index, &logical_id, &wanted)
                }
                change => {
                    self.change(index, &logical_id, &record, wanted, change, around);
                    Vec::new()
                }
            },
        }
    }

    /// A resource whose creation failed, and stayed because rollback was off, has no stable state: it goes before it is
    /// made again. The service deletes it on the next operation; here that takes no time and is not told.
    fn clear_away(&mut self, logical_id: &str, around: &mut Around<'_>) {
        let record = self.resources.get(logical_id);
        let failed = record.filter(|record| {
            record.status == ResourceStatus::CreateFailed && record.identity.is_some()
        });
        if let Some(record) = failed.cloned() {
            self.let_go(&record, around);
            if let Some(record) = self.resources.get_mut(logical_id) {
                record.identity = None;
            }
        }
    }

    /// A resource as it really is, where that counts: with the properties that somebody else gave it, or not at all.
    fn as_it_is(
        &mut self,
        logical_id: &str,
        record: Record,
        after: Option<&Properties>,
        around: &Around<'_>,
    ) -> Option<Record> {
        if !self.reverts_drift() || !record.exists() || !is_supported(&record.resource_type) {
            return Some(record);
        }
        let physical_id = record.physical_id().unwrap_or_default();
        let living = around.estate.living(&record.resource_type, physical_id);
        let actual = living.map(|living| living.properties.clone());
        if let Some(operation) = &mut self.operation {
            operation
                .actual
                .insert(logical_id.to_owned(), actual.clone());
        }
        actual.map(|actual| {
            let after = after.map(|after| &**after);
            let (real, _) = reality(&record.resource_type, &record.properties, after, &actual);
            Record {
                properties: real.into(),
                ..record
            }
        })
    }

    /// Whether its operation looks at resources as they really are.
    pub(crate) fn reverts_drift(&self) -> bool {
        self.operation
            .as_ref()
            .is_some_and(|operation| operation.reality == Reality::Reverted)
    }

    /// A resource stays as it is; only what it refers to may be written otherwise.
    fn keep(&mut self, index: usize, logical_id: &str, wanted: &Wanted) -> Vec<usize> {
        if let Some(record) = self.resources.get_mut(logical_id)
            && (record.needs != wanted.needs
                || wanted.stated.is_none() && record.properties != wanted.properties)
        {
            let before = record.clone();
            record.needs.clone_from(&wanted.needs);
            // What somebody else made of it is what is wanted now; a secret stays as it was read.
            if wanted.stated.is_none() {
                record.properties = wanted.properties.clone();
            }
            self.remember(logical_id, Some(before));
        }
        let operation = self.operation.as_mut();
        operation.map_or_else(Vec::new, |operation| operation.over(index, TaskState::Done))
    }

    /// Remembers a resource as it was, the first time that it is touched.
    pub(crate) fn remember(&mut self, logical_id: &str, before: Option<Record>) {
        if let Some(operation) = &mut self.operation
            && !operation.before.contains_key(logical_id)
        {
            operation.before.insert(logical_id.to_owned(), before);
        }
    }

    /// A task fails before anything happens.
    fn refuse(
        &mut self,
        index: usize,
        logical_id: &str,
        exists: bool,
        wanted: Option<&Wanted>,
        reason: String,
        around: &mut Around<'_>,
    ) {
        let before = self.resources.get(logical_id).cloned();
        self.remember(logical_id, before);
        let (status, what) = match exists {
            true => (ResourceStatus::UpdateFailed, Failed::Update),
            false => (ResourceStatus::CreateFailed, Failed::Create),
        };
        if !exists {
            let record = match wanted {
                Some(wanted) => wanted.record(around),
                None => {
                    let resource_type = self.type_of(logical_id);
                    Record::empty(resource_type, around.now)
                }
            };
            self.resources.insert(logical_id.to_owned(), record);
        }
        self.mark(logical_id, status, Some(reason), None, around);
        self.failed(index, logical_id, what, around);
    }

    fn type_of(&self, logical_id: &str) -> String {
        let operation = self.operation.as_ref();
        let template = operation.map(|operation| operation.target.template.clone());
        let resource = template.as_deref().and_then(|template| {
            template
                .each_resource()
                .find(|(id, _)| *id == logical_id)
                .map(|(_, resource)| resource.resource_type.clone())
        });
        resource.unwrap_or_default()
    }

    fn create(
        &mut self,
        index: usize,
        logical_id: &str,
        mut wanted: Wanted,
        around: &mut Around<'_>,
    ) {
        let before = self.resources.get(logical_id).cloned();
        self.remember(logical_id, before);
        self.resources
            .insert(logical_id.to_owned(), wanted.record(around));
        self.mark(
            logical_id,
            ResourceStatus::CreateInProgress,
            None,
            None,
            around,
        );
        if wanted.resource_type == NESTED_STACK {
            self.create_nested(index, logical_id, wanted, around);
            return;
        }
        let identity = self.identity(logical_id, &wanted, around);
        wanted.holds = around.held(&wanted, &identity);
        let refused = self.refuses_creation(logical_id, &wanted, around);
        let fault = match refused {
            Some(_) => None,
            None => self.begins(
                (FaultedAction::Create, Occasion::Creation),
                logical_id,
                &wanted,
                &identity,
                around,
            ),
        };
        let course = self.course(&wanted, Action::Create);
        let invalid = refused.as_ref().is_some_and(|refused| refused.at_once);
        let refused = refused.map(|refused| refused.reason);
        let made = made(
            wanted,
            identity,
            refused.or(fault.as_ref().map(|fault| fault.reason.clone())),
        );
        self.begun(index, Work::Create(Box::new(made)));
        self.schedule(
            index,
            course,
            fault.and_then(|fault| fault.after),
            invalid,
            around,
        );
    }

    fn change(
        &mut self,
        index: usize,
        logical_id: &str,
        record: &Record,
        mut wanted: Wanted,
        change: Change,
        around: &mut Around<'_>,
    ) {
        let Some(identity) = record.identity.clone() else {
            return;
        };
        self.remember(logical_id, Some(record.clone()));
        let action = match change {
            Change::Nothing | Change::Attributes | Change::InPlace => UpdateAction::Modify,
            Change::Replacement | Change::ReplacementByHandler => UpdateAction::Replace,
        };
        let replaces = action == UpdateAction::Replace;
        let denied = self.denied(logical_id, &wanted.resource_type, action);
        let refused = denied.or_else(|| {
            let disabled = !self.cancels();
            (replaces && disabled).then(|| Reason::ReplacementWithoutRollback {}.to_string())
        });
        if let Some(reason) = refused {
            self.refuse(index, logical_id, true, None, reason, around);
            return;
        }
        if wanted.resource_type == NESTED_STACK {
            self.mark(
                logical_id,
                ResourceStatus::UpdateInProgress,
                None,
                None,
                around,
            );
            self.update_nested(index, logical_id, wanted, identity, around);
            return;
        }
        if replaces {
            if change == Change::ReplacementByHandler {
                self.mark(
                    logical_id,
                    ResourceStatus::UpdateInProgress,
                    None,
                    None,
                    around,
                );
            }
            let reason = Reason::Replacing {}.to_string();
            self.mark(
                logical_id,
                ResourceStatus::UpdateInProgress,
                Some(reason),
                None,
                around,
            );
            let made_anew = self.identity(logical_id, &wanted, around);
            wanted.holds = around.held(&wanted, &made_anew);
            let refused = self.refuses_replacement(logical_id, record, &wanted, around);
            let fault = match refused {
                Some(_) => None,
                None => self.begins(
                    (FaultedAction::Update, Occasion::Creation),
                    logical_id,
                    &wanted,
                    &made_anew,
                    around,
                ),
            };
            let course = self.course(&wanted, Action::Create);
            let at_once = refused.as_ref().is_some_and(|refused| refused.at_once);
            let refused = refused.map(|refused| refused.reason);
            let reason = refused.or(fault.as_ref().map(|fault| fault.reason.clone()));
            self.begun(
                index,
                Work::Replace(Box::new(made(wanted, made_anew, reason))),
            );
            self.schedule(
                index,
                course,
                fault.and_then(|fault| fault.after),
                at_once,
                around,
            );
            return;
        }
        self.mark(
            logical_id,
            ResourceStatus::UpdateInProgress,
            None,
            None,
            around,
        );
        let site = around.site(self, logical_id);
        let mut ids = around.ids.clone();
        let identity = match change {
            Change::Nothing | Change::Attributes => identity,
            Change::InPlace | Change::Replacement | Change::ReplacementByHandler => {
                provider::update(
                    &identity,
                    &wanted.resource_type,
                    &wanted.properties,
                    &site,
                    &mut ids,
                )
            }
        };
        wanted.holds = around.held(&wanted, &identity);
        let refused = wanted.valid(logical_id, &mut ids).err();
        let refused = refused.map(|fault| fault.reason);
        let refused = refused.or_else(|| {
            let is_there = self.holds(&identity, &wanted.resource_type, around);
            let touches = change == Change::InPlace && !is_there;
            touches.then(|| {
                provider::not_found(&wanted.resource_type, &identity.physical_id, &mut ids)
            })
        });
        let refused = refused.or_else(|| {
            provider::refuses_update(
                &wanted.resource_type,
                &record.properties,
                &wanted.properties,
                &mut ids,
            )
        });
        *around.ids = ids;
        let fault = match refused {
            Some(_) => None,
            None => self.begins(
                (FaultedAction::Update, Occasion::Update),
                logical_id,
                &wanted,
                &identity,
                around,
            ),
        };
        let course = match change {
            Change::Nothing | Change::Attributes => Course {
                millis: INITIATED,
                consistency_check: None,
            },
            Change::InPlace | Change::Replacement | Change::ReplacementByHandler => {
                self.course(&wanted, Action::Update)
            }
        };
        let at_once = refused.is_some();
        let reason = refused.or(fault.as_ref().map(|fault| fault.reason.clone()));
        self.begun(
            index,
            Work::Update(Box::new(made(wanted, identity, reason))),
        );
        self.schedule(
            index,
            course,
            fault.and_then(|fault| fault.after),
            at_once,
            around,
        );
    }

    /// The identity of a new resource.
    fn identity(&self, logical_id: &str, wanted: &Wanted, around: &mut Around<'_>) -> Identity {
        let site = around.site(self, logical_id);
        let mut ids = around.ids.clone();
        let identity = provider::create(&wanted.resource_type, &wanted.properties, &site, &mut ids);
        *around.ids = ids;
        around.estate.numbered(&wanted.resource_type, identity)
    }

    /// How long something takes: in express mode nobody waits for more than the configuration.
    fn course(&self, wanted: &Wanted, action: Action) -> Course {
        let mut course = provider::course(&wanted.resource_type, action, &wanted.properties);
        course.millis += services::wait(&wanted.resource_type, &wanted.properties);
        let mode = self.operation.as_ref().map(|operation| operation.mode);
        match (mode, course.consistency_check) {
            (Some(Mode::Express), Some(check)) => Course {
                millis: check,
                consistency_check: None,
            },
            (Some(Mode::Express), None) => Course {
                millis: course.millis.min(2 * INITIATED),
                consistency_check: None,
            },
            _ => course,
        }
    }

    pub(crate) fn begun(&mut self, index: usize, work: Work) {
        if let Some(operation) = &mut self.operation {
            operation.begun(index, work);
        }
    }

    /// Puts what happens to a resource on the agenda.
    fn schedule(
        &mut self,
        index: usize,
        course: Course,
        fails_after: Option<u64>,
        at_once: bool,
        around: &mut Around<'_>,
    ) {
        if at_once {
            around.later(
                self,
                INITIATED.min(course.millis / 2),
                Moment::Done { task: index },
            );
            return;
        }
        let millis = fails_after.unwrap_or(course.millis);
        let initiated = INITIATED.min(course.millis / 2);
        if initiated <= millis {
            around.later(self, initiated, Moment::Initiated { task: index });
        }
        if let Some(check) = course.consistency_check.filter(|check| *check < millis) {
            around.later(self, check, Moment::Check { task: index });
        }
        around.later(self, millis, Moment::Done { task: index });
    }

    /// Adopts a resource that exists.
    fn adopt(
        &mut self,
        index: usize,
        logical_id: &str,
        mut wanted: Wanted,
        adopted: &crate::operation::Adopted,
        around: &mut Around<'_>,
    ) {
        self.remember(logical_id, None);
        self.resources
            .insert(logical_id.to_owned(), wanted.record(around));
        let living = around
            .estate
            .living(&adopted.resource_type, &adopted.physical_id);
        let (identity, refused) = match living {
            Some(living) if living.stack.is_none() => (living.identity.clone(), None),
            Some(_) => (
                Identity::default(),
                Some(format!(
                    "{} already exists in another stack",
                    adopted.physical_id
                )),
            ),
            None => (
                Identity::default(),
                Some(provider::not_found(
                    &adopted.resource_type,
                    &adopted.physical_id,
                    around.ids,
                )),
            ),
        };
        if refused.is_none()
            && let Some(record) = self.resources.get_mut(logical_id)
        {
            record.identity = Some(identity.clone());
        }
        let reason = Some("Resource import started.".to_owned());
        self.mark(
            logical_id,
            ResourceStatus::ImportInProgress,
            reason,
            None,
            around,
        );
        wanted.holds = around.held(&wanted, &identity);
        self.begun(
            index,
            Work::Import(Box::new(made(wanted, identity, refused))),
        );
        around.later(self, INITIATED, Moment::Done { task: index });
    }
}

pub(crate) fn made(wanted: Wanted, identity: Identity, refused: Option<String>) -> Made {
    Made {
        identity,
        properties: wanted.properties,
        stated: wanted.stated,
        shown: wanted.shown,
        metadata: wanted.metadata,
        deletion_policy: wanted.deletion_policy,
        update_replace_policy: wanted.update_replace_policy,
        needs: wanted.needs,
        tags: wanted.tags,
        holds: wanted.holds.into_iter().map(|held| held.key).collect(),
        refused,
    }
}

impl Wanted {
    /// A resource that is to be like this, and does not exist yet.
    pub(crate) fn record(&self, around: &Around<'_>) -> Record {
        Record {
            properties: self.properties.clone(),
            stated: self.stated.clone(),
            shown: self.shown.clone(),
            metadata: self.metadata.clone(),
            deletion_policy: self.deletion_policy.clone(),
            update_replace_policy: self.update_replace_policy.clone(),
            tags: self.tags.clone(),
            needs: self.needs.clone(),
            ..Record::empty(self.resource_type.clone(), around.now)
        }
    }
}
