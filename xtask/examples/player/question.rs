//! What is asked of a stack in the end.

use serde_json::Value;

use aws_sdk_cloudformation::types::TemplateStage;

use crate::answer;
use crate::client::{Client, Failure};
use crate::plan::{Described, Question};
use crate::transcript::Transcript;

/// Asks; none where there is nothing that could be asked.
pub(crate) async fn ask(
    client: &Client,
    transcript: &Transcript,
    change_set: Option<&str>,
    question: &Question,
) -> Result<Option<Value>, Failure> {
    let cloudformation = &client.cloudformation;
    let name = &transcript.stack_name;
    let id = transcript.stack_id.as_ref().unwrap_or(name);
    Ok(Some(match question {
        // By name: a deleted stack is still there by its ARN.
        Question::Stack => {
            let answer = cloudformation
                .describe_stacks()
                .stack_name(name)
                .send()
                .await;
            let answer = answer.map_err(|error| Failure::of("DescribeStacks", &error))?;
            answer
                .stacks()
                .first()
                .map(answer::stack)
                .unwrap_or_default()
        }
        Question::StackEvents => {
            let answer = cloudformation
                .describe_stack_events()
                .stack_name(name)
                .send()
                .await;
            let answer = answer.map_err(|error| Failure::of("DescribeStackEvents", &error))?;
            answer.stack_events().iter().map(answer::event).collect()
        }
        Question::StackResources => {
            let answer = cloudformation
                .describe_stack_resources()
                .stack_name(id)
                .send()
                .await;
            let answer = answer.map_err(|error| Failure::of("DescribeStackResources", &error))?;
            answer::resources(answer.stack_resources())
        }
        Question::StackResourceSummaries => {
            let call = cloudformation.list_stack_resources().stack_name(id);
            let items = call.into_paginator().items().send();
            let items = items.collect::<Result<Vec<_>, _>>().await;
            let items = items.map_err(|error| Failure::of("ListStackResources", &error))?;
            answer::summaries(&items)
        }
        Question::StackResource(logical_id) => {
            let call = cloudformation.describe_stack_resource().stack_name(id);
            let answer = call.logical_resource_id(logical_id).send().await;
            let answer = answer.map_err(|error| Failure::of("DescribeStackResource", &error))?;
            let detail = answer.stack_resource_detail();
            detail.map(answer::resource).unwrap_or_default()
        }
        Question::OriginalTemplate => template(client, id, TemplateStage::Original).await?,
        Question::ProcessedTemplate => template(client, id, TemplateStage::Processed).await?,
        Question::TemplateSummary => {
            let answer = cloudformation
                .get_template_summary()
                .stack_name(id)
                .send()
                .await;
            let answer = answer.map_err(|error| Failure::of("GetTemplateSummary", &error))?;
            answer::summary(&answer)
        }
        Question::Exports => {
            let items = cloudformation
                .list_exports()
                .into_paginator()
                .items()
                .send();
            let items = items.collect::<Result<Vec<_>, _>>().await;
            let items = items.map_err(|error| Failure::of("ListExports", &error))?;
            answer::exports(&items, transcript.stack_id.as_deref())
        }
        Question::DeletedChangeSet(described) => {
            let Some(arn) = change_set else {
                return Ok(None);
            };
            let stack = transcript.stack.as_ref();
            let deployed = stack.is_some_and(|one| one["StackStatus"] != "REVIEW_IN_PROGRESS");
            if !deployed && *described == Described::AfterExecution {
                return Ok(None);
            }
            let which = if deployed { "cs-after" } else { arn };
            let stack = deployed.then(|| name.clone());
            let call = cloudformation.delete_change_set().change_set_name(which);
            // Whether there is one to delete is not the question.
            let _ = call.set_stack_name(stack.clone()).send().await;
            let call = cloudformation.describe_change_set().change_set_name(which);
            let answer = call.set_stack_name(stack).send().await;
            let answer = answer.map_err(|error| Failure::of("DescribeChangeSet", &error))?;
            answer::change_set(&answer)
        }
    }))
}

async fn template(client: &Client, id: &str, stage: TemplateStage) -> Result<Value, Failure> {
    let call = client.cloudformation.get_template().stack_name(id);
    let answer = call.template_stage(stage).send().await;
    let answer = answer.map_err(|error| Failure::of("GetTemplate", &error))?;
    Ok(answer::template(&answer))
}
