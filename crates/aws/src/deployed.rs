//! A stack as CloudFormation has it.

use aws_sdk_cloudformation::types::TemplateStage;
use futures_util::{StreamExt, TryStreamExt, stream};
use indexmap::IndexMap;
use stratiform_deploy::call::Stack;

use crate::aws::Aws;
use crate::error::{Call, Error};

/// How many stacks are read at the same time: more would only be throttled.
const AT_ONCE: usize = 4;

/// A stack that exists.
///
/// It takes several calls to read it: while the status is [moving](stratiform_service::status::Phase::Moving), the parts
/// may be of different moments.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeployedStack {
    /// What CloudFormation says of it.
    pub stack: Stack,
    /// The template as it was given, in YAML or JSON.
    pub template: String,
}

impl Aws {
    /// Reads stacks by name; each answer stands where its name does, and is none where nothing is deployed: no
    /// such stack, a deleted one, or one that only has its first change set.
    ///
    /// Calls [DescribeStacks] and [GetTemplate], for up to 4 stacks at a time.
    ///
    /// # Errors
    /// A call fails, for any stack.
    ///
    /// [DescribeStacks]: https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeStacks.html
    /// [GetTemplate]: https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_GetTemplate.html
    pub async fn deployed(&self, names: &[String]) -> Result<Vec<Option<DeployedStack>>, Error> {
        stream::iter(names)
            .map(|name| self.deployed_stack(name))
            .buffered(AT_ONCE)
            .try_collect()
            .await
    }

    /// Reads a stack's template as it is after its transforms, in JSON: [GetTemplate] once more, which only those
    /// need who cannot expand the transforms themselves.
    ///
    /// # Errors
    /// The call fails.
    ///
    /// [GetTemplate]: https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_GetTemplate.html
    pub async fn processed_template(&self, stack: &DeployedStack) -> Result<String, Error> {
        let DeployedStack { stack, .. } = stack;
        self.template(&stack.name, stack.id.as_str(), TemplateStage::Processed)
            .await
    }

    /// Reads a stack's policy, a JSON document; none where every update is allowed: [GetStackPolicy].
    ///
    /// # Errors
    /// The call fails.
    ///
    /// [GetStackPolicy]: https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_GetStackPolicy.html
    pub async fn stack_policy(&self, stack: &DeployedStack) -> Result<Option<String>, Error> {
        let DeployedStack { stack, .. } = stack;
        self.get_stack_policy(&stack.name, stack.id.as_str()).await
    }

    pub(crate) async fn get_stack_policy(
        &self,
        name: &str,
        stack_id: &str,
    ) -> Result<Option<String>, Error> {
        let call = Call::new("GetStackPolicy", name);
        let request = self.cloudformation.get_stack_policy();
        let reply = request.stack_name(stack_id).send().await;
        let reply = reply.map_err(|error| call.error(&error))?;
        Ok(reply
            .stack_policy_body
            .filter(|body| !body.trim().is_empty()))
    }

    async fn deployed_stack(&self, name: &str) -> Result<Option<DeployedStack>, Error> {
        let Some(stack) = self
            .stack(name)
            .await?
            .filter(|stack| stack.status.exists())
        else {
            return Ok(None);
        };
        // From here on by ARN, so that a stack that is replaced meanwhile is not mixed with its successor.
        let template = self.template(name, stack.id.as_str(), TemplateStage::Original);
        let template = template.await?;
        Ok(Some(DeployedStack { stack, template }))
    }

    pub(crate) async fn template(
        &self,
        name: &str,
        stack_id: &str,
        stage: TemplateStage,
    ) -> Result<String, Error> {
        let call = Call::new("GetTemplate", name);
        let request = self.cloudformation.get_template().stack_name(stack_id);
        let reply = request.template_stage(stage).send().await;
        let reply = reply.map_err(|error| call.error(&error))?;
        call.required(reply.template_body(), "TemplateBody")
    }
}

/// A list as a map, without the parts that have no key.
pub(crate) fn keyed<Part, Value>(
    parts: &[Part],
    key: impl Fn(&Part) -> Option<&str>,
    value: impl Fn(&Part) -> Value,
) -> IndexMap<String, Value> {
    let parts = parts.iter();
    parts
        .filter_map(|part| Some((key(part)?.to_owned(), value(part))))
        .collect()
}
