//! Change sets: what a deployment would do to a stack, and its execution.

mod making;
mod nested;
mod reality;

use std::ops::Deref;

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use stratiform_changes::ChangeSetView;
use stratiform_resolve::Whereabouts;
use stratiform_service::change::ResourceChange;
use stratiform_service::change_set::{
    ChangeSetType, DeploymentConfig, DeploymentConfigMode, OnStackFailure, Parameter,
    StackDriftStatus, Tag,
};
use stratiform_service::{
    ChangeSet, ChangeSetId, ChangeSetName, ChangeSetStatus, ExecutionStatus, StackId, StackStatus,
    Timestamp,
};

use crate::intake::ParameterValue;
use crate::operation::{Adopted, Stage};
use crate::stack::{Deployment, Stack};
use crate::state::Realm;

/// The mode of a change set that looks at resources as they really are.
const REVERT_DRIFT: &str = "REVERT_DRIFT";

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
    /// Whether resources have drifted; none where nobody looked.
    pub(crate) drift: Option<StackDriftStatus>,
    /// The change set of the stack around this one, and of the outermost.
    pub(crate) parent: Option<(ChangeSetId, ChangeSetId)>,
    /// The change sets of the stacks in this one, by logical ID.
    pub(crate) children: IndexMap<String, Child>,
    /// Whether nobody finds it by its name any more.
    pub(crate) is_gone: bool,
}

/// A change set of a stack in another one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Child {
    pub(crate) stack: StackId,
    pub(crate) change_set: ChangeSetId,
}

impl ChangeSetRecord {
    /// Whether it looks at resources as they really are.
    pub(crate) fn reverts_drift(&self) -> bool {
        self.deployment_mode.as_deref() == Some(REVERT_DRIFT)
    }

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
            deployment_config: Some(self.config.clone().unwrap_or(DeploymentConfig {
                disable_rollback: Some(false),
                mode: Some(DeploymentConfigMode::Standard.into()),
            })),
            deployment_mode: self.deployment_mode.clone(),
            description: self.description.clone(),
            execution_status: self.execution.into(),
            import_existing_resources: self.import_existing.then_some(true),
            include_nested_stacks: Some(self.include_nested_stacks),
            next_token: None,
            notification_arns: deployment.notification_arns.clone(),
            on_stack_failure: self.on_stack_failure.map(Into::into),
            parameters: parameters(&deployment.parameters),
            parent_change_set_id: self.parent.as_ref().map(|(parent, _)| parent.clone()),
            rollback_configuration: deployment.rollback.clone(),
            root_change_set_id: self.parent.as_ref().map(|(_, root)| root.clone()),
            stack_drift_status: self.drift.map(Into::into),
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
        // What nobody may see is not seen behind a name either.
        resolved_value: value.resolved.clone().filter(|_| !value.no_echo),
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
                .map(Deref::deref)
                .filter(|found| found.status != ChangeSetStatus::DeleteComplete);
        }
        let mut change_sets = self.change_sets.values().rev().map(Deref::deref);
        change_sets.find(|found| {
            found.has_name() && found.name.as_str() == name && Some(found.stack.as_str()) == stack
        })
    }

    /// The change sets of a stack that can be found by their names.
    pub(crate) fn change_sets_of<'a>(
        &'a self,
        stack: &'a str,
    ) -> impl Iterator<Item = &'a ChangeSetRecord> {
        let change_sets = self.change_sets.values().map(Deref::deref);
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
