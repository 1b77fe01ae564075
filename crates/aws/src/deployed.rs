//! A stack as CloudFormation has it.

use aws_sdk_cloudformation::types::{self, Parameter, Stack, Tag, TemplateStage};
use futures_util::{StreamExt, TryStreamExt, stream};
use indexmap::IndexMap;
use stratiform_service::{StackStatus, Word};

use crate::aws::Aws;
use crate::error::{Call, Error, refusal};

/// How many stacks are read at the same time: more would only be throttled.
const AT_ONCE: usize = 4;

/// A stack that exists.
///
/// It takes several calls to read it: while the status is [moving](stratiform_service::status::Phase::Moving), the parts
/// may be of different moments.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeployedStack {
    /// Its name.
    pub name: String,
    /// Its ARN, which no later stack of the same name has.
    pub stack_id: String,
    /// Its status; the SDK's list of them is older than what AWS sends.
    pub status: Word<StackStatus>,
    /// The template as it was given, in YAML or JSON.
    pub template: String,
    /// Values by parameter.
    pub parameters: IndexMap<String, DeployedParameter>,
    /// Values by tag key.
    pub tags: IndexMap<String, String>,
    /// Outputs by output key. CloudFormation leaves them out while a rollback is in progress.
    pub outputs: IndexMap<String, DeployedOutput>,
    /// Whether CloudFormation refuses to delete the stack.
    pub termination_protection: bool,
}

/// What CloudFormation says of a parameter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DeployedParameter {
    /// The value; empty text where CloudFormation sends none.
    Known(String),
    /// The parameter's type names a parameter of Systems Manager.
    Resolved {
        /// The name of the parameter in Systems Manager, which is what was given.
        name: String,
        /// Its value at the last deployment, which is what the template sees.
        value: String,
    },
    /// `NoEcho`: nobody is told. A value that really is `****` looks the same.
    Hidden,
}

/// An output's value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeployedOutput {
    /// The value.
    pub value: String,
    /// The name under which other stacks import it.
    pub export: Option<String>,
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
        self.template(&stack.name, &stack.stack_id, TemplateStage::Processed)
            .await
    }

    /// Reads a stack's policy, a JSON document; none where every update is allowed: [GetStackPolicy].
    ///
    /// # Errors
    /// The call fails.
    ///
    /// [GetStackPolicy]: https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_GetStackPolicy.html
    pub async fn stack_policy(&self, stack: &DeployedStack) -> Result<Option<String>, Error> {
        self.get_stack_policy(&stack.name, &stack.stack_id).await
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
        let call = Call::new("DescribeStacks", name);
        let Some(stack) = self.describe_stack(&call, name).await? else {
            return Ok(None);
        };
        let status = stack.stack_status().map(|status| status.as_str());
        let status = Word::<StackStatus>::new(&call.required(status, "StackStatus")?);
        if !status.exists() {
            return Ok(None);
        }
        // From here on by ARN, so that a stack that is replaced meanwhile is not mixed with its successor.
        let stack_id = call.required(stack.stack_id(), "StackId")?;
        let template = self.template(name, &stack_id, TemplateStage::Original);
        let template = template.await?;
        Ok(Some(DeployedStack {
            name: call.required(stack.stack_name(), "StackName")?,
            status,
            template,
            parameters: keyed(
                stack.parameters(),
                Parameter::parameter_key,
                parameter_value,
            ),
            tags: keyed(stack.tags(), Tag::key, |tag| {
                tag.value().unwrap_or_default().to_owned()
            }),
            outputs: keyed(stack.outputs(), types::Output::output_key, output),
            termination_protection: stack.enable_termination_protection().unwrap_or_default(),
            stack_id,
        }))
    }

    pub(crate) async fn describe_stack(
        &self,
        call: &Call,
        name: &str,
    ) -> Result<Option<Stack>, Error> {
        let request = self.cloudformation.describe_stacks().stack_name(name);
        match request.send().await {
            Ok(reply) => match reply.stacks.unwrap_or_default().pop() {
                Some(stack) => Ok(Some(stack)),
                None => Err(call.unreadable("the answer has no stack")),
            },
            Err(error) if refusal(&error).is_some_and(|refusal| refusal.is_stack_missing()) => {
                Ok(None)
            }
            Err(error) => Err(call.error(&error)),
        }
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

fn parameter_value(parameter: &Parameter) -> DeployedParameter {
    const HIDDEN: &str = "****";
    let given = parameter.parameter_value().unwrap_or_default();
    match parameter.resolved_value() {
        // Where one of the two is hidden, the other was not meant to be seen.
        resolved if given == HIDDEN || resolved == Some(HIDDEN) => DeployedParameter::Hidden,
        Some(value) => DeployedParameter::Resolved {
            name: given.to_owned(),
            value: value.to_owned(),
        },
        None => DeployedParameter::Known(given.to_owned()),
    }
}

fn output(output: &types::Output) -> DeployedOutput {
    DeployedOutput {
        value: output.output_value().unwrap_or_default().to_owned(),
        export: output.export_name().map(str::to_owned),
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
