//! Where operations begin.

use std::collections::HashMap;

use indexmap::IndexMap;
use stratiform_resolve::Scope;
use stratiform_service::status::DetailedStatus;
use stratiform_service::{Reason, ResourceStatus, StackStatus};
use stratiform_template::{Reference, Resource};

use crate::agenda::Moment;
use crate::change_set::Child;
use crate::early::{Validated, validate_properties};
use crate::event::OperationStatus;
use crate::operation::resource::texts;
use crate::operation::{
    Adopted, Around, OnFailure, Operation, OperationKind, Purpose, Reality, Stage, Validation,
};
use crate::stack::{Begun, Deployment, Mode, Stack};

/// How an operation is to be carried out.
#[derive(Clone, Debug)]
pub(crate) struct Options {
    pub(crate) token: Option<String>,
    pub(crate) change_set: Option<String>,
    pub(crate) on_failure: OnFailure,
    pub(crate) retain_except_on_create: bool,
    pub(crate) mode: Mode,
    pub(crate) policy_during: Option<String>,
    pub(crate) adopted: IndexMap<String, Adopted>,
    pub(crate) validation: Validation,
    pub(crate) reality: Reality,
    /// Why it fails as soon as it has begun.
    pub(crate) doom: Option<String>,
    pub(crate) reviewed: IndexMap<String, Child>,
}

impl Default for Options {
    fn default() -> Self {
        Options {
            token: None,
            change_set: None,
            on_failure: OnFailure::Rollback,
            retain_except_on_create: false,
            mode: Mode::Standard,
            policy_during: None,
            adopted: IndexMap::new(),
            validation: Validation::OnTheWay,
            reality: Reality::Ignored,
            doom: None,
            reviewed: IndexMap::new(),
        }
    }
}

/// Milliseconds from the beginning of an operation to its first resources.
const BEGIN: u64 = 500;

impl Stack {
    /// Begins to make the stack, to change it, or to adopt resources, as a deployment says.
    pub(crate) fn begin(
        &mut self,
        purpose: Purpose,
        target: Deployment,
        options: Options,
        around: &mut Around<'_>,
    ) {
        // An update of what failed halfway goes back to where that began.
        let halted = self.operation.take();
        let (previous, before) = match halted.filter(|halted| halted.stage == Stage::Halted) {
            Some(halted) => (halted.previous, halted.before),
            None => (self.deployment.clone(), IndexMap::new()),
        };
        let (kind, status) = match purpose {
            Purpose::Create => (OperationKind::CreateStack, StackStatus::CreateInProgress),
            Purpose::Update => (OperationKind::UpdateStack, StackStatus::UpdateInProgress),
            Purpose::Import => (OperationKind::UpdateStack, StackStatus::ImportInProgress),
            Purpose::Delete => (OperationKind::DeleteStack, StackStatus::DeleteInProgress),
        };
        let status_before = Some(self.status);
        self.open(kind, around);
        self.operation = Some(Box::new(Operation {
            purpose,
            stage: Stage::Forward,
            round: self.history.len(),
            token: options.token,
            change_set: options.change_set.clone(),
            target: target.clone(),
            previous,
            on_failure: options.on_failure,
            retain_except_on_create: options.retain_except_on_create,
            mode: options.mode,
            policy_during: options.policy_during,
            adopted: options.adopted,
            validation: options.validation,
            reality: options.reality,
            actual: IndexMap::new(),
            reviewed: options.reviewed,
            tasks: Vec::new(),
            running: 0,
            before,
            leftovers: Vec::new(),
            failures: Vec::new(),
            cause: options.doom,
            spared: Vec::new(),
            forced: false,
            status_before,
            not_cleaned: false,
        }));
        self.disable_rollback = options.on_failure == OnFailure::DoNothing;
        self.mode = options.mode;
        self.change_set_id = options.change_set;
        if purpose != Purpose::Create || self.change_set_id.is_some() {
            self.updated = Some(around.now);
        }
        self.deployment = target;
        self.tell_operation(OperationStatus::InProgress, around.now, around.ids);
        self.settle(status, Some(Reason::UserInitiated {}.to_string()), around);
        self.reason = None;
        if let (Purpose::Create, Some(minutes)) = (purpose, self.timeout_minutes) {
            around.later(self, u64::from(minutes) * 60_000, Moment::Timeout);
        }
        around.later(self, BEGIN, Moment::Begin);
    }

    /// A stack is there for its first change set.
    pub(crate) fn review(&mut self, around: &mut Around<'_>) {
        let reason = Some(Reason::UserInitiated {}.to_string());
        self.settle(StackStatus::ReviewInProgress, reason, around);
    }

    /// Opens the next entry of the stack's history.
    pub(crate) fn open(&mut self, kind: OperationKind, around: &mut Around<'_>) {
        self.history.push(Begun {
            kind,
            id: around.ids.uuid(),
            start: around.now,
            end: None,
            failed: false,
        });
    }

    /// Gives the stack a status, and tells of it.
    pub(crate) fn settle(
        &mut self,
        status: StackStatus,
        reason: Option<String>,
        around: &mut Around<'_>,
    ) {
        self.settle_in_detail(status, reason, None, around);
    }

    /// The same, with what the status alone does not say.
    pub(crate) fn settle_in_detail(
        &mut self,
        status: StackStatus,
        reason: Option<String>,
        detail: Option<DetailedStatus>,
        around: &mut Around<'_>,
    ) {
        self.status = status;
        self.detail = detail;
        self.reason.clone_from(&reason);
        if let Ok(told) = status.as_str().parse::<ResourceStatus>() {
            self.tell(told, reason, detail, around.now, around.ids);
        }
    }

    /// Sets out what is to be done with each resource, and starts those that wait for nothing.
    pub(crate) fn set_out_forward(&mut self, around: &mut Around<'_>) {
        let Some(mut operation) = self.operation.take() else {
            return;
        };
        let template = operation.target.template.clone();
        let (tasks, cause, validated) = {
            let given = texts(&operation.target.parameters);
            let world = around.surroundings(self, &operation.target);
            let scope = Scope::new(&template, &given, &world);
            let existing: Vec<(&str, &Resource)> = scope.resources().collect();
            let validated = match operation.validation {
                Validation::Before => validate_properties(&scope, &world),
                Validation::OnTheWay => Validated::default(),
            };
            (tasks(&existing), self.impossible(&scope, &world), validated)
        };
        operation.set_out(tasks);
        for task in &mut operation.tasks {
            task.is_validated = validated.passed.contains(&task.logical_id);
        }
        operation.cause = operation.cause.or(cause);
        let alarm = self.alarm_off(&operation, around);
        operation.cause = operation.cause.or(alarm);
        let is_doomed = operation.cause.is_some();
        let ready = operation.ready();
        self.operation = Some(operation);
        if !validated.invalid.is_empty() {
            self.refuse_invalid(&validated.invalid, around);
            return;
        }
        if is_doomed {
            self.fail(around);
            return;
        }
        if self.refuse_removal(around) {
            return;
        }
        self.start_all(ready, around);
        self.go_on(around);
    }
}

/// The resources with the positions of those that they refer to.
fn tasks(existing: &[(&str, &Resource)]) -> Vec<(String, Vec<usize>)> {
    let positions: HashMap<&str, usize> = existing
        .iter()
        .enumerate()
        .map(|(index, (id, _))| (*id, index))
        .collect();
    let task = |(id, resource): &(&str, &Resource)| {
        let needs = needs(resource);
        let needs = needs
            .iter()
            .filter_map(|name| positions.get(name.as_str()).copied());
        ((*id).to_owned(), needs.collect())
    };
    existing.iter().map(task).collect()
}

/// All names that a resource refers to; not all of them are resources.
pub(crate) fn needs(resource: &Resource) -> Vec<String> {
    let mut needs = Vec::new();
    resource.for_each_reference(&mut |reference| match reference {
        Reference::Name(name)
        | Reference::Attribute {
            logical_id: name, ..
        } => needs.push(name.to_owned()),
        Reference::Mapping(_)
        | Reference::Condition(_)
        | Reference::Export(_)
        | Reference::Output(_)
        | Reference::Anything => {}
    });
    needs.extend(resource.depends_on.iter().cloned());
    needs.sort();
    needs.dedup();
    needs
}
