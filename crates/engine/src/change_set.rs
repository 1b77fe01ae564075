//! Change sets: what a deployment would do to a stack, and its execution.

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use stratiform_catalog::catalog;
use stratiform_changes::{ChangeSetView, ChangedResource, Side, Sides, changes, describe};
use stratiform_resolve::{Resolved, Scope, Segment, Time, Whereabouts};
use stratiform_service::change::{Action, ResourceChange};
use stratiform_service::change_set::{
    ChangeSetType, DeploymentConfig, OnStackFailure, Parameter, Tag,
};
use stratiform_service::{
    ChangeSet, ChangeSetId, ChangeSetName, ChangeSetStatus, ExecutionStatus, PhysicalId, Reason,
    StackId, StackStatus, Timestamp,
};
use stratiform_template::Template;

use crate::early;
use crate::event::Invalid;
use crate::intake::{self, ParameterValue};
use crate::operation::{Adopted, Stage};
use crate::stack::{Deployment, Record, Stack};
use crate::state::{Owner, Realm, State};
use crate::world::Surroundings;

/// A change set.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct ChangeSetRecord {
    pub(crate) id: ChangeSetId,
    pub(crate) name: ChangeSetName,
    pub(crate) stack: StackId,
    pub(crate) kind: ChangeSetType,
    pub(crate) status: ChangeSetStatus,
    pub(crate) execution: ExecutionStatus,
    pub(crate) reason: Option<String>,
    /// What is told with the values.
    pub(crate) warning: Option<String>,
    pub(crate) created: Timestamp,
    /// The call that made it: the same one again is answered in the same way.
    pub(crate) call: Value,
    pub(crate) description: Option<String>,
    pub(crate) deployment: Deployment,
    pub(crate) plain: Vec<ResourceChange>,
    pub(crate) values: Vec<ResourceChange>,
    pub(crate) include_nested_stacks: bool,
    pub(crate) on_stack_failure: Option<OnStackFailure>,
    pub(crate) import_existing: bool,
    pub(crate) config: Option<DeploymentConfig>,
    pub(crate) deployment_mode: Option<String>,
    pub(crate) disable_validation: bool,
    pub(crate) adopted: IndexMap<String, Adopted>,
    /// Whether nobody finds it by its name any more.
    pub(crate) is_gone: bool,
}

impl ChangeSetRecord {
    /// Whether it can be found by its name.
    pub(crate) fn has_name(&self) -> bool {
        !self.is_gone
    }

    /// As `DescribeChangeSet` answers.
    pub(crate) fn described(&self, stack: &Stack, view: ChangeSetView) -> ChangeSet {
        let changes = match view {
            ChangeSetView::WithValues => &self.values,
            ChangeSetView::WithoutValues => &self.plain,
        };
        let deployment = &self.deployment;
        ChangeSet {
            capabilities: deployment.capabilities.clone(),
            change_set_id: self.id.clone(),
            change_set_name: self.name.clone(),
            changes: changes.iter().cloned().map(Into::into).collect(),
            creation_time: self.created,
            deployment_config: self.config.clone(),
            deployment_mode: self.deployment_mode.clone(),
            description: self.description.clone(),
            execution_status: self.execution.into(),
            import_existing_resources: self.import_existing.then_some(true),
            include_nested_stacks: Some(self.include_nested_stacks),
            next_token: None,
            notification_arns: deployment.notification_arns.clone(),
            on_stack_failure: self.on_stack_failure.map(Into::into),
            parameters: parameters(&deployment.parameters),
            parent_change_set_id: None,
            rollback_configuration: deployment.rollback.clone(),
            root_change_set_id: None,
            stack_drift_status: None,
            stack_id: stack.id.clone(),
            stack_name: stack.name.clone(),
            status: self.status.into(),
            status_reason: match view {
                ChangeSetView::WithValues => self.reason.clone().or_else(|| self.warning.clone()),
                ChangeSetView::WithoutValues => self.reason.clone(),
            },
            tags: tags(&deployment.tags),
        }
    }
}

/// Parameters as they are shown.
pub(crate) fn parameters(values: &IndexMap<String, ParameterValue>) -> Vec<Parameter> {
    let shown = values.iter().map(|(key, value)| Parameter {
        parameter_key: key.clone(),
        parameter_value: Some(match value.no_echo {
            true => stratiform_resolve::HIDDEN.to_owned(),
            false => value.value.clone(),
        }),
        resolved_value: value.resolved.clone(),
        use_previous_value: None,
    });
    shown.collect()
}

/// Tags as they are shown.
pub(crate) fn tags(tags: &IndexMap<String, String>) -> Vec<Tag> {
    let tags = tags.iter().map(|(key, value)| Tag {
        key: key.clone(),
        value: value.clone(),
    });
    tags.collect()
}

impl Realm {
    /// The change set of a stack by its name, or any by its ARN.
    pub(crate) fn change_set(&self, name: &str, stack: Option<&str>) -> Option<&ChangeSetRecord> {
        if name.starts_with("arn:") {
            return self
                .change_sets
                .get(name)
                .filter(|found| found.status != ChangeSetStatus::DeleteComplete);
        }
        let mut change_sets = self.change_sets.values().rev();
        change_sets.find(|found| {
            found.has_name() && found.name.as_str() == name && Some(found.stack.as_str()) == stack
        })
    }

    /// The change sets of a stack that can be found by their names.
    pub(crate) fn change_sets_of<'a>(
        &'a self,
        stack: &'a str,
    ) -> impl Iterator<Item = &'a ChangeSetRecord> {
        let change_sets = self.change_sets.values();
        change_sets.filter(move |found| found.has_name() && found.stack.as_str() == stack)
    }

    /// What a change set becomes when the operation that it began is over.
    pub(crate) fn settle_change_sets(&mut self, stack: &str) {
        let Some(stack) = self.stacks.get(stack) else {
            return;
        };
        let is_over = stack
            .operation
            .as_ref()
            .is_none_or(|operation| operation.stage == Stage::Halted);
        let executed = stack.executing.as_ref().filter(|_| is_over);
        let Some(change_set) = executed.and_then(|id| self.change_sets.get_mut(id)) else {
            return;
        };
        change_set.execution = match stack.status {
            StackStatus::CreateComplete
            | StackStatus::UpdateComplete
            | StackStatus::ImportComplete => ExecutionStatus::ExecuteComplete,
            _ => ExecutionStatus::ExecuteFailed,
        };
        let id = stack.id.to_string();
        if let Some(stack) = self.stacks.get_mut(&id) {
            stack.executing = None;
        }
    }

    /// A stack is changed otherwise: what its change sets say does not hold any more.
    pub(crate) fn outdate_change_sets(&mut self, stack: &str) {
        for change_set in self.change_sets.values_mut() {
            if change_set.stack.as_str() == stack
                && change_set.execution == ExecutionStatus::Available
            {
                change_set.execution = ExecutionStatus::Obsolete;
            }
        }
    }

    /// The change sets of a stack go, but for the one that is executed: that is found by its ARN only.
    pub(crate) fn drop_change_sets(&mut self, stack: &str, executed: Option<&str>) {
        for change_set in self.change_sets.values_mut() {
            if change_set.stack.as_str() != stack || change_set.is_gone {
                continue;
            }
            change_set.is_gone = true;
            if Some(change_set.id.as_str()) != executed {
                change_set.status = ChangeSetStatus::DeleteComplete;
            }
        }
    }

    /// Where a stack is.
    pub(crate) fn place_of(&self, stack: &Stack) -> Whereabouts {
        Whereabouts {
            stack: stack.name.to_string(),
            region: self.region.clone(),
            account: Some(self.account.clone()),
        }
    }
}

/// What was found out for a change set.
pub(crate) struct Computed {
    pub(crate) adopted: IndexMap<String, Adopted>,
    /// What does not pass the validation before a deployment.
    pub(crate) invalid: Vec<Invalid>,
    pub(crate) deployment: Deployment,
    pub(crate) plain: Vec<ResourceChange>,
    pub(crate) values: Vec<ResourceChange>,
    /// Whether there is anything to do.
    pub(crate) changes: bool,
    pub(crate) warning: Option<String>,
}

impl Computed {
    /// A resource that would come is one that exists already.
    fn adopt(&mut self, logical_id: &str, owner: Owner) {
        for changes in [&mut self.plain, &mut self.values] {
            let mut changes = changes.iter_mut();
            let change = changes.find(|change| change.logical_resource_id.as_str() == logical_id);
            if let Some(change) = change {
                change.action = Action::Import.into();
                change.physical_resource_id = PhysicalId::new(&owner.physical_id).ok();
            }
        }
        let adopted = Adopted {
            resource_type: owner.resource_type,
            physical_id: owner.physical_id,
        };
        self.adopted.insert(logical_id.to_owned(), adopted);
    }
}

impl State {
    /// Makes a change set that was asked for.
    pub(crate) fn make_change_set(&mut self, realm: usize, id: &str) {
        let computed = self.compute(realm, id);
        let Some(change_set) = self
            .realms
            .get_mut(realm)
            .and_then(|realm| realm.change_sets.get_mut(id))
            .filter(|change_set| change_set.status == ChangeSetStatus::CreatePending)
        else {
            return;
        };
        match computed {
            Some(Ok(computed)) if !computed.invalid.is_empty() => {
                change_set.status = ChangeSetStatus::Failed;
                change_set.deployment = computed.deployment;
                change_set.reason = Some(early::reason(&computed.invalid));
                let (id, stack) = (change_set.id.to_string(), change_set.stack.to_string());
                self.tell_invalid(realm, &stack, &id, &computed.invalid);
            }
            Some(Ok(computed)) if computed.changes => {
                change_set.adopted = computed.adopted;
                change_set.status = ChangeSetStatus::CreateComplete;
                change_set.execution = ExecutionStatus::Available;
                change_set.deployment = computed.deployment;
                change_set.plain = computed.plain;
                change_set.values = computed.values;
                change_set.warning = computed.warning;
            }
            Some(Ok(computed)) => {
                let reason = match computed.deployment.transformed {
                    true => Reason::NoUpdates {},
                    false => Reason::NoChanges {},
                };
                change_set.status = ChangeSetStatus::Failed;
                change_set.deployment = computed.deployment;
                change_set.reason = Some(reason.to_string());
            }
            Some(Err(reason)) => {
                change_set.status = ChangeSetStatus::Failed;
                change_set.reason = Some(reason);
            }
            None => {
                change_set.status = ChangeSetStatus::Failed;
                change_set.reason = Some("The stack is gone.".to_owned());
            }
        }
    }

    fn compute(&self, realm: usize, id: &str) -> Option<Result<Computed, String>> {
        let realm = self.realms.get(realm)?;
        let change_set = realm.change_sets.get(id)?;
        let stack = realm.stacks.get(change_set.stack.as_str())?;
        let mut deployment = change_set.deployment.clone();
        let place = realm.place_of(stack);
        let processed = intake::read(&deployment.original).and_then(|intake| {
            let world = self.world(stack, &deployment, &place);
            intake::process(&intake, &deployment.parameters, &world)
        });
        match processed {
            Ok(template) => {
                deployment.template = template.into();
                let mut computed = self.computed(realm, stack, deployment, &change_set.adopted);
                if !change_set.disable_validation {
                    self.validate(realm, stack, change_set, &mut computed);
                }
                Some(Ok(computed))
            }
            Err(refused) => Some(Err(refused.message)),
        }
    }

    fn tell_invalid(&mut self, realm: usize, stack: &str, change_set: &str, invalid: &[Invalid]) {
        let now = self.now();
        let realm = self.realms.get_mut(realm);
        if let Some(stack) = realm.and_then(|realm| realm.stacks.get_mut(stack)) {
            for invalid in invalid {
                stack.tell_validation(invalid, Some(change_set), now, &mut self.ids);
            }
        }
    }

    /// Holds a change set against what can be known before it is executed.
    fn validate(
        &self,
        realm: &Realm,
        stack: &Stack,
        change_set: &ChangeSetRecord,
        computed: &mut Computed,
    ) {
        let deployment = computed.deployment.clone();
        let place = realm.place_of(stack);
        let world = self.world(stack, &deployment, &place);
        let given = texts(&deployment.parameters);
        let scope = Scope::new(&deployment.template, &given, &world);
        computed.invalid = early::validate_properties(&scope, &world).invalid;
        for (invalid, owner) in early::taken_names(&scope, &world, &self.taken) {
            let resource = scope.resource(&invalid.logical_id);
            let policy = resource.and_then(|resource| resource.deletion_policy.as_ref()?.as_str());
            let is_kept = matches!(policy, Some("Retain" | "RetainExceptOnCreate"));
            let is_own = owner.stack.as_ref() == Some(&stack.id);
            if is_own || computed.adopted.contains_key(&invalid.logical_id) {
                continue;
            }
            if change_set.import_existing && owner.stack.is_none() && is_kept {
                computed.adopt(&invalid.logical_id, owner);
            } else {
                computed.invalid.push(invalid);
            }
        }
    }

    /// What a deployment would do to a stack.
    pub(crate) fn computed(
        &self,
        realm: &Realm,
        stack: &Stack,
        deployment: Deployment,
        adopted: &IndexMap<String, Adopted>,
    ) -> Computed {
        let place = realm.place_of(stack);
        let world = |deployment| self.world(stack, deployment, &place);
        let is_new = stack.status == StackStatus::ReviewInProgress;
        let nothing = Deployment::default();
        let before = if is_new { &nothing } else { &stack.deployment };
        let (old, new) = (world(before), world(&deployment));
        let (was, is) = (texts(&before.parameters), texts(&deployment.parameters));
        let sides = Sides::new(
            Side::new(&before.template, &was, &before.tags, &old),
            Side::new(&deployment.template, &is, &deployment.tags, &new),
            catalog(),
        );
        let (mut found, _) = changes(&sides);
        let warning = expanded(&mut found);
        let told = |view| {
            let mut told = describe(&found, view);
            for change in &mut told {
                complete(change, stack, adopted);
            }
            told
        };
        let (plain, values) = (
            told(ChangeSetView::WithoutValues),
            told(ChangeSetView::WithValues),
        );
        let has_changes = is_new
            || !plain.is_empty()
            || !values.is_empty()
            || before.tags != deployment.tags
            || before.notification_arns != deployment.notification_arns
            || before.rollback != deployment.rollback
            || outputs_differ(&before.template, &deployment.template);
        drop(sides);
        Computed {
            adopted: adopted.clone(),
            invalid: Vec::new(),
            deployment,
            plain,
            values,
            changes: has_changes,
            warning,
        }
    }

    /// The world of a stack with a deployment.
    pub(crate) fn world<'a>(
        &'a self,
        stack: &'a Stack,
        deployment: &'a Deployment,
        place: &Whereabouts,
    ) -> Surroundings<'a> {
        Surroundings {
            place: place.clone(),
            stack_id: stack.id.as_str(),
            notification_arns: &deployment.notification_arns,
            resources: &stack.resources,
            exports: &self.exports,
            outputs: &self.outputs,
            parameters: &deployment.parameters,
        }
    }
}

fn texts(parameters: &IndexMap<String, ParameterValue>) -> IndexMap<String, String> {
    let texts = parameters.iter();
    texts
        .map(|(key, parameter)| (key.clone(), parameter.value.clone()))
        .collect()
}

/// Whether outputs are others: then there is something to do, although no resource changes.
fn outputs_differ(before: &Template, after: &Template) -> bool {
    before.outputs != after.outputs
}

/// What only the stack knows of a change.
fn complete(change: &mut ResourceChange, stack: &Stack, adopted: &IndexMap<String, Adopted>) {
    let logical_id = change.logical_resource_id.as_str();
    let record = stack
        .resources
        .get(logical_id)
        .filter(|record| record.exists());
    change.physical_resource_id = record
        .and_then(Record::physical_id)
        .and_then(|id| PhysicalId::new(id).ok());
    if let Some(adopted) = adopted.get(logical_id) {
        change.action = Action::Import.into();
        change.physical_resource_id = PhysicalId::new(&adopted.physical_id).ok();
    }
}

/// What cannot be expanded counts as known after the change only; why it cannot be is told with the values.
///
/// Recorded: imports that nobody exports yet, and joins of what is split from an attribute.
fn expanded(found: &mut [ChangedResource]) -> Option<String> {
    let mut warning = None;
    for change in found {
        let mut why = None;
        let contexts = [&mut change.before, &mut change.after];
        for context in contexts.into_iter().flatten() {
            defer(&mut context.properties, &mut why);
        }
        for detail in &mut change.values {
            for value in [&mut detail.before, &mut detail.after]
                .into_iter()
                .flatten()
            {
                defer(value, &mut why);
            }
        }
        if let Some(why) = why {
            warning.get_or_insert_with(|| {
                let why = format!(
                    "ChangeSet creation failed for resource [{}] because: {why}",
                    change.logical_id
                );
                Reason::ValuesIncomplete { why }.to_string()
            });
        }
    }
    warning
}

fn defer(value: &mut Resolved<'static>, why: &mut Option<String>) {
    match value {
        Resolved::Null | Resolved::Literal(_) => {}
        Resolved::Text(text) => {
            for segment in &mut text.segments {
                if let Segment::Unknown { what, time, .. } = segment {
                    *time = Time::AfterApply;
                    let reason = reason_of(what);
                    *why = why.take().or(reason);
                }
            }
        }
        Resolved::List(items) => items.iter_mut().for_each(|item| defer(item, why)),
        Resolved::Map(entries) => entries.values_mut().for_each(|entry| defer(entry, why)),
    }
}

fn reason_of(what: &str) -> Option<String> {
    if let Some(export) = what.strip_prefix("Fn::ImportValue ") {
        return Some(format!("No export named {export}"));
    }
    what.starts_with("Fn::Join ").then(|| {
        "Template error: every Fn::Join object requires two parameters, (1) a string delimiter and (2) a list of strings to be joined or a function that returns a list of strings (such as Fn::GetAZs) to be joined.".to_owned()
    })
}
