//! Calls about stacks.

use aws_sdk_cloudformation::types::{self, StackStatus as Listed, TemplateStage};
use stratiform_deploy::Reply;
use stratiform_deploy::call::{Drift, Resource, Stack};
use stratiform_service::{PhysicalId, Refusal, StackId, StackStatus, Word};

use super::reading::moment;
use crate::aws::Aws;
use crate::deployed::keyed;
use crate::error::{Call as Operation, Error, refusal};

impl Aws {
    /// Source: [DescribeStacks](https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeStacks.html).
    pub(crate) async fn stack(&self, name: &str) -> Result<Option<Stack>, Error> {
        let operation = Operation::new("DescribeStacks", called(name));
        let request = self.cloudformation.describe_stacks().stack_name(name);
        match request.send().await {
            Ok(reply) => match reply.stacks() {
                [.., stack] => read(&operation, stack).map(Some),
                [] => Err(operation.unreadable("the answer has no stack")),
            },
            Err(error) if refusal(&error).is_some_and(|refusal| refusal.is_stack_missing()) => {
                Ok(None)
            }
            Err(error) => Err(operation.error(&error)),
        }
    }

    pub(super) async fn original_template(&self, stack: &StackId) -> Result<Reply, Error> {
        let stage = TemplateStage::Original;
        let text = self.template(stack.stack_name(), stack.as_str(), stage);
        text.await.map(Reply::Template)
    }

    pub(super) async fn policy(&self, stack: &StackId) -> Result<Reply, Error> {
        let found = self.get_stack_policy(stack.stack_name(), stack.as_str());
        found.await.map(Reply::Policy)
    }

    /// Source: [ListStackResources](https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ListStackResources.html).
    pub(super) async fn list_stack_resources(&self, stack: &StackId) -> Result<Reply, Error> {
        let operation = Operation::new("ListStackResources", stack.stack_name());
        let mut resources = Vec::new();
        let mut token = None;
        loop {
            let request = self.cloudformation.list_stack_resources();
            let request = request
                .stack_name(stack.as_str())
                .set_next_token(token.clone());
            let page = request.send().await;
            let page = page.map_err(|error| operation.error(&error))?;
            for found in page.stack_resource_summaries() {
                resources.push(resource(&operation, found)?);
            }
            token = operation.next_page(token.as_deref(), page.next_token())?;
            if token.is_none() {
                return Ok(Reply::Resources(resources));
            }
        }
    }

    /// Source: [DeleteStack](https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DeleteStack.html).
    pub(super) async fn delete_stack(&self, stack: &StackId, token: &str) -> Result<Reply, Error> {
        let operation = Operation::new("DeleteStack", stack.stack_name());
        let request = self.cloudformation.delete_stack();
        let request = request
            .stack_name(stack.as_str())
            .client_request_token(token);
        match request.send().await {
            Ok(_) => Ok(Reply::Done),
            Err(error) if refusal(&error).is_some_and(|refusal| refusal.is_stack_missing()) => {
                Ok(Reply::Done)
            }
            Err(error) => Err(operation.error(&error)),
        }
    }

    /// Source: [ContinueUpdateRollback](https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ContinueUpdateRollback.html).
    pub(super) async fn continue_update_rollback(
        &self,
        stack: &StackId,
        skip: &[String],
        token: &str,
    ) -> Result<Reply, Error> {
        let operation = Operation::new("ContinueUpdateRollback", stack.stack_name());
        let request = self.cloudformation.continue_update_rollback();
        let request = request.stack_name(stack.as_str());
        let request = request.client_request_token(token);
        let skip = (!skip.is_empty()).then(|| skip.to_vec());
        let answer = request.set_resources_to_skip(skip).send().await;
        let answer = answer.map(|_| ()).map_err(|error| operation.error(&error));
        self.done_or_on_the_way(stack, answer).await
    }

    /// Source: [RollbackStack](https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_RollbackStack.html).
    pub(super) async fn rollback_stack(
        &self,
        stack: &StackId,
        token: &str,
    ) -> Result<Reply, Error> {
        let operation = Operation::new("RollbackStack", stack.stack_name());
        let request = self.cloudformation.rollback_stack();
        let request = request.stack_name(stack.as_str());
        let answer = request.client_request_token(token).send().await;
        let answer = answer.map(|_| ()).map_err(|error| operation.error(&error));
        self.done_or_on_the_way(stack, answer).await
    }

    /// Source: [CancelUpdateStack](https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CancelUpdateStack.html).
    pub(super) async fn cancel_update_stack(
        &self,
        stack: &StackId,
        token: &str,
    ) -> Result<Reply, Error> {
        let operation = Operation::new("CancelUpdateStack", stack.stack_name());
        let request = self.cloudformation.cancel_update_stack();
        let request = request.stack_name(stack.as_str());
        let answer = request.client_request_token(token).send().await;
        let answer = answer.map(|_| ()).map_err(|error| operation.error(&error));
        self.done_or_on_the_way(stack, answer).await
    }

    /// Done; also where the call is refused because the stack is going back already, as it is when the answer to an
    /// attempt was lost. Whoever follows the stack sees how that ends.
    async fn done_or_on_the_way(
        &self,
        stack: &StackId,
        answer: Result<(), Error>,
    ) -> Result<Reply, Error> {
        let error = match answer {
            Ok(()) => return Ok(Reply::Done),
            Err(error) => error,
        };
        let is_wrong_status = match &error {
            Error::Refused(failed) => {
                let code = failed.code.as_deref().unwrap_or_default();
                let refusal = Refusal::read(code, &failed.message);
                matches!(refusal, Some(Refusal::WrongStatus { .. }))
            }
            _ => false,
        };
        if !is_wrong_status {
            return Err(error);
        }
        match self.stack(stack.as_str()).await {
            Ok(Some(found)) if found.status.known().is_some_and(is_going_back) => Ok(Reply::Done),
            _ => Err(error),
        }
    }

    /// The stacks that were deleted in the last 90 days, the newest first.
    ///
    /// Source: [ListStacks](https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ListStacks.html).
    pub(super) async fn deleted_stacks(&self) -> Result<Reply, Error> {
        let operation = Operation::new("ListStacks", "DELETE_COMPLETE");
        let mut found = Vec::new();
        let mut token = None;
        loop {
            let request = self.cloudformation.list_stacks();
            let request = request.stack_status_filter(Listed::DeleteComplete);
            let page = request.set_next_token(token.clone()).send().await;
            let page = page.map_err(|error| operation.error(&error))?;
            for stack in page.stack_summaries() {
                found.push(operation.part(stack.stack_id(), "StackId")?);
            }
            token = operation.next_page(token.as_deref(), page.next_token())?;
            if token.is_none() {
                return Ok(Reply::DeletedStacks(found));
            }
        }
    }

    /// Source: [SetStackPolicy](https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_SetStackPolicy.html).
    pub(super) async fn set_stack_policy(
        &self,
        stack: &StackId,
        policy: &str,
    ) -> Result<Reply, Error> {
        let operation = Operation::new("SetStackPolicy", stack.stack_name());
        let request = self.cloudformation.set_stack_policy();
        let request = request.stack_name(stack.as_str());
        let answer = request.stack_policy_body(policy).send().await;
        answer
            .map(|_| Reply::Done)
            .map_err(|error| operation.error(&error))
    }

    /// Source: [UpdateTerminationProtection](https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_UpdateTerminationProtection.html).
    pub(super) async fn update_termination_protection(
        &self,
        stack: &StackId,
        protected: bool,
    ) -> Result<Reply, Error> {
        let operation = Operation::new("UpdateTerminationProtection", stack.stack_name());
        let request = self.cloudformation.update_termination_protection();
        let request = request.stack_name(stack.as_str());
        let answer = request.enable_termination_protection(protected).send();
        let answer = answer.await.map(|_| Reply::Done);
        answer.map_err(|error| operation.error(&error))
    }
}

fn is_going_back(status: StackStatus) -> bool {
    matches!(
        status,
        StackStatus::RollbackInProgress
            | StackStatus::UpdateRollbackInProgress
            | StackStatus::UpdateRollbackCompleteCleanupInProgress
    )
}

/// A stack's name, also where its ARN is given.
fn called(name: &str) -> &str {
    name.strip_prefix("arn:")
        .and_then(|arn| arn.split('/').nth(1))
        .unwrap_or(name)
}

fn read(operation: &Operation, stack: &types::Stack) -> Result<Stack, Error> {
    let text = |text: Option<&str>| text.unwrap_or_default().to_owned();
    let status = stack.stack_status().map(|status| status.as_str());
    Ok(Stack {
        id: operation.part(stack.stack_id(), "StackId")?,
        name: operation.required(stack.stack_name(), "StackName")?,
        status: Word::new(&operation.required(status, "StackStatus")?),
        reason: stack.stack_status_reason().map(str::to_owned),
        created: operation.moment(stack.creation_time(), "CreationTime")?,
        updated: moment(stack.last_updated_time()),
        parameters: keyed(
            stack.parameters(),
            types::Parameter::parameter_key,
            |parameter| text(parameter.parameter_value()),
        ),
        resolved: stack
            .parameters()
            .iter()
            .filter_map(|parameter| {
                let name = parameter.parameter_key()?;
                Some((name.to_owned(), parameter.resolved_value()?.to_owned()))
            })
            .collect(),
        tags: keyed(stack.tags(), types::Tag::key, |tag| text(tag.value())),
        outputs: keyed(stack.outputs(), types::Output::output_key, |output| {
            let export = output.export_name().map(str::to_owned);
            (text(output.output_value()), export)
        }),
        notification_arns: stack.notification_arns().to_vec(),
        termination_protection: stack.enable_termination_protection().unwrap_or_default(),
        drift: stack.drift_information().and_then(drift),
    })
}

/// What is known of a stack's drift; none where nobody looked.
fn drift(found: &types::StackDriftInformation) -> Option<Drift> {
    let status = found.stack_drift_status()?.as_str();
    (status != "NOT_CHECKED").then(|| Drift {
        status: status.to_owned(),
        checked: moment(found.last_check_timestamp()),
    })
}

fn resource(operation: &Operation, found: &types::StackResourceSummary) -> Result<Resource, Error> {
    let logical_id = found.logical_resource_id();
    let status = found.resource_status().map(|status| status.as_str());
    Ok(Resource {
        reason: found.resource_status_reason().map(str::to_owned),
        changed: moment(found.last_updated_timestamp()),
        logical_id: operation.part(logical_id, "LogicalResourceId")?,
        // AWS sends an empty text where there is none.
        physical_id: found
            .physical_resource_id()
            .and_then(|id| PhysicalId::new(id).ok()),
        resource_type: operation.required(found.resource_type(), "ResourceType")?,
        status: Word::new(&operation.required(status, "ResourceStatus")?),
    })
}
