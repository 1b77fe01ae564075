//! How a change set is made.

use indexmap::IndexMap;
use stratiform_catalog::catalog;
use stratiform_changes::{ChangeSetView, ChangedResource, Side, Sides, changes, describe};
use stratiform_resolve::{Resolved, Scope, Segment, Time, Whereabouts};
use stratiform_service::change::{Action, ResourceChange};
use stratiform_service::change_set::{ChangeSetType, StackDriftStatus};
use stratiform_service::{ChangeSetStatus, ExecutionStatus, PhysicalId, Reason, StackStatus};
use stratiform_template::Template;

use crate::change_set::{ChangeSetRecord, Child};
use crate::early;
use crate::event::Invalid;
use crate::intake::{self, ParameterValue};
use crate::operation::Adopted;
use crate::stack::{Deployment, Record, Stack};
use crate::state::{Owner, Realm, State};
use crate::world::Surroundings;
/// What was found out for a change set.
pub(crate) struct Computed {
    pub(crate) adopted: IndexMap<String, Adopted>,
    /// What does not pass the validation before a deployment.
    pub(crate) invalid: Vec<Invalid>,
    /// Why it fails all the same.
    pub(crate) refused: Option<String>,
    pub(crate) deployment: Deployment,
    pub(crate) plain: Vec<ResourceChange>,
    pub(crate) values: Vec<ResourceChange>,
    /// Whether there is anything to do.
    pub(crate) changes: bool,
    pub(crate) warning: Option<String>,
    pub(crate) drift: Option<StackDriftStatus>,
    pub(crate) children: IndexMap<String, Child>,
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
        let mut computed = self.compute(realm, id);
        if let Some(Ok(made)) = &mut computed
            && let Err(reason) = self.make_nested(realm, id, made)
        {
            computed = Some(Err(reason));
        }
        let Some(change_set) = self
            .realms
            .get_mut(realm)
            .and_then(|realm| realm.change_sets.get_mut(id))
            .filter(|change_set| change_set.status == ChangeSetStatus::CreatePending)
        else {
            return;
        };
        match computed {
            Some(Ok(computed)) if computed.refused.is_some() => {
                change_set.status = ChangeSetStatus::Failed;
                change_set.deployment = computed.deployment;
                change_set.reason = computed.refused;
            }
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
                change_set.drift = computed.drift;
                change_set.children = computed.children;
                if change_set.parent.is_some() {
                    change_set.execution = ExecutionStatus::Unavailable;
                    change_set.reason = Some("Executable from root change set".to_owned());
                }
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
        let processed = intake::read(deployment.text()).and_then(|intake| {
            let world = self.world(stack, &deployment, &place);
            intake::process(&intake, &deployment.parameters, &world)
        });
        match processed {
            Ok(template) => {
                deployment.template = template.into();
                let mut computed = self.computed(realm, stack, deployment, &change_set.adopted);
                if change_set.reverts_drift() {
                    self.look_at_reality(realm, stack, &mut computed);
                }
                computed.refused = beside_import(change_set, &computed);
                if !change_set.disable_validation && computed.refused.is_none() {
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
        let mut unprotected = Vec::new();
        for (invalid, owner) in
            early::taken_names(&scope, &world, &self.taken, change_set.import_existing)
        {
            let resource = scope.resource(&invalid.logical_id);
            let policy = resource.and_then(|resource| resource.deletion_policy.as_ref()?.as_str());
            let is_kept = matches!(policy, Some("Retain" | "RetainExceptOnCreate"));
            let is_own = owner.stack.as_ref() == Some(&stack.id);
            if is_own || computed.adopted.contains_key(&invalid.logical_id) {
                continue;
            }
            let is_free = change_set.import_existing && owner.stack.is_none();
            if is_free && is_kept {
                computed.adopt(&invalid.logical_id, owner);
            } else if is_free {
                unprotected.push(format!(
                    "{} ({{{}}})",
                    invalid.logical_id, invalid.identified
                ));
            } else {
                computed.invalid.push(invalid);
            }
        }
        // Source: aws-cdk-cli#1367.
        computed.refused = (!unprotected.is_empty()).then(|| {
            format!(
                "CloudFormation is attempting to import some resources because they already exist in your account. The resources must have the DeletionPolicy attribute set to 'Retain' or 'RetainExceptOnCreate' in the template for successful import. The affected resources are {}",
                unprotected.join(", ")
            )
        });
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
            refused: None,
            deployment,
            plain,
            values,
            changes: has_changes,
            warning,
            drift: None,
            children: IndexMap::new(),
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

pub(super) fn texts(parameters: &IndexMap<String, ParameterValue>) -> IndexMap<String, String> {
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
        let contexts = [&mut change.before, &mut change.after, &mut change.described];
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

/// Why an import is refused that does something else besides.
///
/// Source: several public issues quote it.
fn beside_import(change_set: &ChangeSetRecord, computed: &Computed) -> Option<String> {
    if change_set.kind != ChangeSetType::Import {
        return None;
    }
    let others = computed
        .values
        .iter()
        .filter(|change| change.action != Action::Import);
    let others: Vec<&str> = others
        .map(|change| change.logical_resource_id.as_str())
        .collect();
    (!others.is_empty()).then(|| {
        format!(
            "You have modified resources [{}] in your template that are not being imported. Update, create or delete operations cannot be executed during import operations.",
            others.join(", ")
        )
    })
}
