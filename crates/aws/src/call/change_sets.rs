//! Calls about change sets.

use aws_sdk_cloudformation::error::ProvideErrorMetadata;
use aws_sdk_cloudformation::types::{self, DeploymentConfig, DeploymentConfigMode, DeploymentMode};
use stratiform_deploy::Reply;
use stratiform_deploy::call::{
    ChangeSetSummary, NewChangeSet, OnDrift, ParameterValue, TemplateSource,
};
use stratiform_service::change_set::{self, RollbackConfiguration};
use stratiform_service::{ChangeSetId, StackId};

use super::change_set as page;
use super::reading::moment;
use crate::aws::Aws;
use crate::error::{Call as Operation, Error, refusal};

impl Aws {
    /// Makes a change set. One of the same name that is there, from an earlier run or from an attempt whose answer was
    /// lost, is answered whatever it holds: names are those of runs.
    ///
    /// Nested stacks have no change sets of their own, and what happens after a failure is said when it is executed.
    ///
    /// Source: [CreateChangeSet](https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateChangeSet.html).
    pub(super) async fn create_change_set(&self, new: &NewChangeSet) -> Result<Reply, Error> {
        let operation = Operation::new("CreateChangeSet", &new.stack);
        let request = self.cloudformation.create_change_set();
        let request = request.stack_name(&new.stack).change_set_name(&new.name);
        let request = request.client_token(client_token(new));
        let request = match &new.template {
            TemplateSource::Body(body) => request.template_body(body),
            TemplateSource::Url(url) => request.template_url(url),
        };
        let capabilities = new.capabilities.iter();
        let capabilities = capabilities.map(|name| name.as_str().into()).collect();
        let kind = new.change_set_type.as_str().into();
        let description = Some(&new.description).filter(|text| !text.is_empty());
        let topics = Some(&new.notification_arns).filter(|topics| !topics.is_empty());
        let request = request
            .change_set_type(kind)
            .include_nested_stacks(false)
            .set_description(description.cloned())
            .set_parameters(Some(parameters(new)))
            .set_capabilities(Some(capabilities))
            // All of them: an empty list takes away what the stack has.
            .set_tags(Some(tags(new)))
            .set_role_arn(new.role.clone())
            .set_notification_arns(topics.cloned())
            .set_rollback_configuration(new.rollback.as_ref().map(rollback))
            .set_deployment_config(deployment(new.mode))
            .set_import_existing_resources(new.import_existing.then_some(true))
            .set_deployment_mode(match new.drift {
                OnDrift::Ignore => None,
                OnDrift::Revert => Some(DeploymentMode::RevertDrift),
            });
        match request.send().await {
            Ok(made) => Ok(Reply::ChangeSetMade {
                change_set: operation.part(made.id(), "Id")?,
                stack: operation.part(made.stack_id(), "StackId")?,
            }),
            Err(error) if error.code() == Some("AlreadyExistsException") => {
                let found = self.existing_change_set(new).await?;
                found.ok_or_else(|| operation.error(&error))
            }
            Err(error) => Err(operation.error(&error)),
        }
    }

    async fn existing_change_set(&self, new: &NewChangeSet) -> Result<Option<Reply>, Error> {
        let operation = Operation::new("DescribeChangeSet", &new.name);
        let request = self.cloudformation.describe_change_set();
        let request = request.stack_name(&new.stack).change_set_name(&new.name);
        match request.send().await {
            Ok(found) => Ok(Some(Reply::ChangeSetMade {
                change_set: operation.part(found.change_set_id(), "ChangeSetId")?,
                stack: operation.part(found.stack_id(), "StackId")?,
            })),
            Err(error) if is_missing(error.code()) => Ok(None),
            Err(error) => Err(operation.error(&error)),
        }
    }

    /// The change sets of a stack that were not executed.
    ///
    /// Source: [ListChangeSets](https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ListChangeSets.html).
    pub(super) async fn list_change_sets(&self, stack: &StackId) -> Result<Reply, Error> {
        let operation = Operation::new("ListChangeSets", stack.stack_name());
        let mut found = Vec::new();
        let mut token = None;
        loop {
            let request = self.cloudformation.list_change_sets();
            let request = request.stack_name(stack.as_str());
            let page = request.set_next_token(token.clone()).send().await;
            let page = page.map_err(|error| operation.error(&error))?;
            for summary in page.summaries() {
                found.push(ChangeSetSummary {
                    name: operation.required(summary.change_set_name(), "ChangeSetName")?,
                    description: summary.description().map(str::to_owned),
                    status: summary
                        .status()
                        .map(|status| status.as_str().to_owned())
                        .unwrap_or_default(),
                    execution: summary
                        .execution_status()
                        .map(|status| status.as_str().to_owned())
                        .unwrap_or_default(),
                    created: moment(summary.creation_time()),
                });
            }
            token = operation.next_page(token.as_deref(), page.next_token())?;
            if token.is_none() {
                return Ok(Reply::ChangeSets(found));
            }
        }
    }

    /// A change set with the values of properties, and with the changes of all its pages.
    ///
    /// Source: [DescribeChangeSet](https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeChangeSet.html).
    pub(super) async fn describe_change_set(&self, id: &ChangeSetId) -> Result<Reply, Error> {
        let operation = Operation::new("DescribeChangeSet", id.change_set_name());
        let mut whole: Option<stratiform_service::ChangeSet> = None;
        let mut token = None;
        loop {
            let request = self.cloudformation.describe_change_set();
            let request = request
                .change_set_name(id.as_str())
                .include_property_values(true);
            let read = request.set_next_token(token.clone()).send().await;
            let read = read.map_err(|error| operation.error(&error))?;
            token = operation.next_page(token.as_deref(), read.next_token())?;
            let page = page::read(&operation, &read)?;
            let so_far = match whole.take() {
                Some(mut so_far) => {
                    so_far.changes.extend(page.changes);
                    so_far
                }
                None => page,
            };
            if token.is_none() {
                return Ok(Reply::ChangeSet(Box::new(so_far)));
            }
            whole = Some(so_far);
        }
    }

    /// Executes a change set. A failure brings the stack back to what it was, in either mode.
    ///
    /// Source: [ExecuteChangeSet](https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ExecuteChangeSet.html).
    pub(super) async fn execute_change_set(
        &self,
        id: &ChangeSetId,
        token: &str,
    ) -> Result<Reply, Error> {
        let operation = Operation::new("ExecuteChangeSet", id.change_set_name());
        let request = self.cloudformation.execute_change_set();
        let request = request
            .change_set_name(id.as_str())
            .client_request_token(token);
        let answer = request.disable_rollback(false).send().await;
        answer
            .map(|_| Reply::Done)
            .map_err(|error| operation.error(&error))
    }

    /// Source: [DeleteChangeSet](https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DeleteChangeSet.html).
    pub(super) async fn delete_change_set(&self, id: &ChangeSetId) -> Result<Reply, Error> {
        let operation = Operation::new("DeleteChangeSet", id.change_set_name());
        let request = self.cloudformation.delete_change_set();
        match request.change_set_name(id.as_str()).send().await {
            Ok(_) => Ok(Reply::Done),
            Err(error) if is_missing(error.code()) => Ok(Reply::Done),
            Err(error) if refusal(&error).is_some_and(|refusal| refusal.is_stack_missing()) => {
                Ok(Reply::Done)
            }
            Err(error) => Err(operation.error(&error)),
        }
    }
}

fn is_missing(code: Option<&str>) -> bool {
    code == Some("ChangeSetNotFound")
}

/// What makes two calls one call: the same name in the same stack. At most 128 letters, digits and hyphens.
fn client_token(new: &NewChangeSet) -> String {
    // FNV-1a. Two stacks of one run have change sets of one name.
    let hash = new.stack.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    let name: String = new.name.chars().take(111).collect();
    format!("{name}-{hash:016x}")
}

fn parameters(new: &NewChangeSet) -> Vec<types::Parameter> {
    let all = new.parameters.iter().map(|(name, value)| {
        let parameter = types::Parameter::builder().parameter_key(name);
        match value {
            ParameterValue::Value(value) => parameter.parameter_value(value),
            ParameterValue::Previous => parameter.use_previous_value(true),
        }
        .build()
    });
    all.collect()
}

fn tags(new: &NewChangeSet) -> Vec<types::Tag> {
    let all = new.tags.iter();
    all.map(|(key, value)| types::Tag::builder().key(key).value(value).build())
        .collect()
}

fn rollback(configuration: &RollbackConfiguration) -> types::RollbackConfiguration {
    let triggers = configuration.rollback_triggers.iter().map(|trigger| {
        let built = types::RollbackTrigger::builder().arn(&trigger.arn);
        built.r#type(&trigger.trigger_type).build()
    });
    let minutes = configuration.monitoring_time_in_minutes;
    types::RollbackConfiguration::builder()
        // An empty list takes away what the stack has.
        .set_rollback_triggers(Some(triggers.collect()))
        .set_monitoring_time_in_minutes(minutes.and_then(|minutes| i32::try_from(minutes).ok()))
        .build()
}

/// How it is deployed. In express mode nothing goes back where that is not said.
fn deployment(mode: change_set::DeploymentConfigMode) -> Option<DeploymentConfig> {
    match mode {
        change_set::DeploymentConfigMode::Standard => None,
        change_set::DeploymentConfigMode::Express => Some(
            DeploymentConfig::builder()
                .mode(DeploymentConfigMode::Express)
                .disable_rollback(false)
                .build(),
        ),
    }
}
