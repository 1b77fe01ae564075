//! A change set of the SDK as one of ours.

use aws_sdk_cloudformation::operation::describe_change_set::DescribeChangeSetOutput;
use aws_sdk_cloudformation::types;
use stratiform_service::change::{
    Change, Detail, Drift, ModuleInfo, ResourceChange, ResourceDriftIgnoredAttribute, Target,
};
use stratiform_service::change_set::{
    DeploymentConfig, Parameter, RollbackConfiguration, RollbackTrigger, Tag,
};
use stratiform_service::{ChangeSet, ChangeSetId, PhysicalId, Word};

use super::reading::{moment, word};
use crate::error::{Call as Operation, Error};

/// A page. Its token is left out: who reads all pages has none.
pub(super) fn read(
    operation: &Operation,
    read: &DescribeChangeSetOutput,
) -> Result<ChangeSet, Error> {
    let owned = |text: Option<&str>| text.map(str::to_owned);
    let other = |id: Option<&str>| id.and_then(|id| ChangeSetId::new(id).ok());
    let status = read.status().map(|status| status.as_str());
    let execution = read.execution_status().map(|status| status.as_str());
    let drift = read.stack_drift_status().map(|status| status.as_str());
    let on_failure = read.on_stack_failure().map(|action| action.as_str());
    let capabilities = read.capabilities().iter();
    // One that is made has changes, be they none. Where they are missing, nobody could approve it.
    let is_made = status == Some(types::ChangeSetStatus::CreateComplete.as_str());
    if is_made && read.changes.is_none() {
        return Err(operation.unreadable("the answer has no Changes"));
    }
    let changes = read.changes().iter();
    Ok(ChangeSet {
        capabilities: capabilities.map(|name| name.as_str().to_owned()).collect(),
        change_set_id: operation.part(read.change_set_id(), "ChangeSetId")?,
        change_set_name: operation.part(read.change_set_name(), "ChangeSetName")?,
        changes: changes
            .map(|change| of_change(operation, change))
            .collect::<Result<_, _>>()?,
        creation_time: operation.moment(read.creation_time(), "CreationTime")?,
        deployment_config: read.deployment_config().map(|config| DeploymentConfig {
            disable_rollback: config.disable_rollback(),
            mode: word(config.mode().map(|mode| mode.as_str())),
        }),
        deployment_mode: owned(read.deployment_mode().map(|mode| mode.as_str())),
        description: owned(read.description()),
        execution_status: Word::new(&operation.required(execution, "ExecutionStatus")?),
        import_existing_resources: read.import_existing_resources(),
        include_nested_stacks: read.include_nested_stacks(),
        next_token: None,
        notification_arns: read.notification_arns().to_vec(),
        on_stack_failure: word(on_failure),
        parameters: read.parameters().iter().map(parameter).collect(),
        parent_change_set_id: other(read.parent_change_set_id()),
        rollback_configuration: read
            .rollback_configuration()
            .map_or_else(RollbackConfiguration::default, rollback),
        root_change_set_id: other(read.root_change_set_id()),
        stack_drift_status: word(drift),
        stack_id: operation.part(read.stack_id(), "StackId")?,
        stack_name: operation.part(read.stack_name(), "StackName")?,
        status: Word::new(&operation.required(status, "Status")?),
        status_reason: owned(read.status_reason()),
        tags: read.tags().iter().map(tag).collect(),
    })
}

fn parameter(parameter: &types::Parameter) -> Parameter {
    let owned = |text: Option<&str>| text.map(str::to_owned);
    Parameter {
        parameter_key: owned(parameter.parameter_key()).unwrap_or_default(),
        parameter_value: owned(parameter.parameter_value()),
        resolved_value: owned(parameter.resolved_value()),
        use_previous_value: parameter.use_previous_value(),
    }
}

fn tag(tag: &types::Tag) -> Tag {
    Tag {
        key: tag.key().unwrap_or_default().to_owned(),
        value: tag.value().unwrap_or_default().to_owned(),
    }
}

fn rollback(read: &types::RollbackConfiguration) -> RollbackConfiguration {
    let minutes = read.monitoring_time_in_minutes();
    let triggers = read.rollback_triggers().iter();
    RollbackConfiguration {
        monitoring_time_in_minutes: minutes.and_then(|minutes| u32::try_from(minutes).ok()),
        rollback_triggers: triggers
            .map(|trigger| RollbackTrigger {
                arn: trigger.arn().unwrap_or_default().to_owned(),
                trigger_type: trigger.r#type().unwrap_or_default().to_owned(),
            })
            .collect(),
    }
}

/// A change. One of something that is no resource cannot be left out: it would be deployed all the same.
fn of_change(operation: &Operation, change: &types::Change) -> Result<Change, Error> {
    let kind = change.r#type().map_or("Resource", |kind| kind.as_str());
    let Some(resource) = change.resource_change() else {
        return Err(operation.unreadable(&format!("the answer has a change of a `{kind}`")));
    };
    let hooks = change.hook_invocation_count();
    Ok(Change {
        hook_invocation_count: hooks.and_then(|count| u32::try_from(count).ok()),
        resource_change: of_resource(operation, resource)?,
        change_type: Word::new(kind),
    })
}

fn of_resource(
    operation: &Operation,
    change: &types::ResourceChange,
) -> Result<ResourceChange, Error> {
    let owned = |text: Option<&str>| text.map(str::to_owned);
    let action = change.action().map(|action| action.as_str());
    let id = change.logical_resource_id();
    let policy = change.policy_action().map(|action| action.as_str());
    let drift = change.resource_drift_status();
    let details = change.details().iter();
    let ignored = change.resource_drift_ignored_attributes().iter();
    let scope = change.scope().iter();
    Ok(ResourceChange {
        action: Word::new(&operation.required(action, "Action")?),
        after_context: owned(change.after_context()),
        before_context: owned(change.before_context()),
        change_set_id: change
            .change_set_id()
            .and_then(|id| ChangeSetId::new(id).ok()),
        details: details
            .map(|detail| of_detail(operation, detail))
            .collect::<Result<_, _>>()?,
        logical_resource_id: operation.part(id, "LogicalResourceId")?,
        module_info: change.module_info().map(|module| ModuleInfo {
            logical_id_hierarchy: owned(module.logical_id_hierarchy()),
            type_hierarchy: owned(module.type_hierarchy()),
        }),
        physical_resource_id: change
            .physical_resource_id()
            .and_then(|id| PhysicalId::new(id).ok()),
        policy_action: word(policy),
        previous_deployment_context: owned(change.previous_deployment_context()),
        replacement: word(change.replacement().map(|replacement| replacement.as_str())),
        resource_drift_ignored_attributes: ignored
            .map(|ignored| ResourceDriftIgnoredAttribute {
                path: owned(ignored.path()).unwrap_or_default(),
                reason: Word::new(ignored.reason().map_or("", |reason| reason.as_str())),
            })
            .collect(),
        resource_drift_status: word(drift.map(|status| status.as_str())),
        resource_type: operation.required(change.resource_type(), "ResourceType")?,
        scope: scope.map(|part| Word::new(part.as_str())).collect(),
    })
}

fn of_detail(operation: &Operation, detail: &types::ResourceChangeDetail) -> Result<Detail, Error> {
    let owned = |text: Option<&str>| text.map(str::to_owned);
    let Some(target) = detail.target() else {
        return Err(operation.unreadable("the answer has no Target"));
    };
    let attribute = target.attribute().map(|attribute| attribute.as_str());
    let recreation = target.requires_recreation();
    let change_type = target.attribute_change_type();
    Ok(Detail {
        causing_entity: owned(detail.causing_entity()),
        change_source: word(detail.change_source().map(|source| source.as_str())),
        evaluation: word(detail.evaluation().map(|evaluation| evaluation.as_str())),
        target: Target {
            after_value: owned(target.after_value()),
            after_value_from: word(target.after_value_from().map(|from| from.as_str())),
            attribute: Word::new(&operation.required(attribute, "Attribute")?),
            attribute_change_type: word(change_type.map(|kind| kind.as_str())),
            before_value: owned(target.before_value()),
            before_value_from: word(target.before_value_from().map(|from| from.as_str())),
            drift: target.drift().map(|drift| Drift {
                actual_value: owned(drift.actual_value()),
                drift_detection_timestamp: moment(drift.drift_detection_timestamp()),
                previous_value: owned(drift.previous_value()),
            }),
            name: owned(target.name()),
            path: owned(target.path()),
            requires_recreation: word(recreation.map(|recreation| recreation.as_str())),
        },
    })
}
