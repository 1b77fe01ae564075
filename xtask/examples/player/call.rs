//! Calls about stacks and change sets, each to its end: all pages, and a status that is final.

use serde_json::Value;

use crate::answer;
use crate::client::{Client, Failure};
use crate::plan::{Capabilities, StackInput};
use crate::request;
use crate::transcript::Views;

/// What a call comes to.
pub(crate) type Done<T = ()> = Result<T, Failure>;

/// How often a status is looked at: at full speed, everything is over at the first look.
const LOOKS: u32 = 100;

impl Client {
    /// The change set, once its status is final.
    pub(crate) async fn described(&self, arn: &str) -> Done<Value> {
        let mut described = Value::Null;
        for _ in 0..LOOKS {
            described = self.view(arn, false).await?;
            let status = described["Status"].as_str().unwrap_or_default();
            if !status.ends_with("_PENDING") && !status.ends_with("_IN_PROGRESS") {
                return Ok(described);
            }
        }
        Err(Failure::Trouble(format!(
            "a change set stays {}",
            described["Status"]
        )))
    }

    pub(crate) async fn views(&self, arn: &str) -> Done<Views> {
        Ok(Views {
            values: self.view(arn, true).await?,
            plain: self.view(arn, false).await?,
        })
    }

    /// One view, all its pages.
    pub(crate) async fn view(&self, arn: &str, values: bool) -> Done<Value> {
        let mut whole: Option<Value> = None;
        let mut token = None;
        loop {
            let call = self.cloudformation.describe_change_set();
            let answer = call
                .change_set_name(arn)
                .include_property_values(values)
                .set_next_token(token)
                .send()
                .await
                .map_err(|error| Failure::of("DescribeChangeSet", &error))?;
            let mut page = answer::change_set(&answer);
            match &mut whole {
                None => whole = Some(page),
                Some(whole) => {
                    let more = page["Changes"].as_array_mut().map(std::mem::take);
                    if let Some(changes) = whole["Changes"].as_array_mut() {
                        changes.extend(more.unwrap_or_default());
                    }
                }
            }
            token = answer.next_token;
            if token.is_none() {
                return Ok(whole.unwrap_or_default());
            }
        }
    }

    pub(crate) async fn execute_change_set(&self, arn: &str) -> Done {
        let call = self.cloudformation.execute_change_set();
        let answer = call.change_set_name(arn).send().await;
        answer.map_err(|error| Failure::of("ExecuteChangeSet", &error))?;
        Ok(())
    }

    /// A stack besides, or the stack itself without its change set.
    pub(crate) async fn create(&self, name: &str, stack: &StackInput) -> Done {
        let call = self.cloudformation.create_stack();
        let answer = call
            .stack_name(name)
            .template_body(&stack.template)
            .set_parameters(request::parameters(stack))
            .set_capabilities(request::capabilities(Capabilities::All))
            .send()
            .await
            .map_err(|error| Failure::of("CreateStack", &error))?;
        self.stack_of(answer.stack_id()).await.map(drop)
    }

    pub(crate) async fn stack_of(&self, stack_id: Option<&str>) -> Done<Value> {
        let mut stack = Value::Null;
        for _ in 0..LOOKS {
            let call = self.cloudformation.describe_stacks();
            let answer = call
                .set_stack_name(stack_id.map(str::to_owned))
                .send()
                .await;
            let answer = answer.map_err(|error| Failure::of("DescribeStacks", &error))?;
            stack = answer
                .stacks()
                .first()
                .map(answer::stack)
                .unwrap_or_default();
            let status = stack["StackStatus"].as_str().unwrap_or_default();
            if status == "REVIEW_IN_PROGRESS" || !status.ends_with("_IN_PROGRESS") {
                return Ok(stack);
            }
        }
        Err(Failure::Trouble(format!(
            "a stack stays {}",
            stack["StackStatus"]
        )))
    }

    pub(crate) async fn events(&self, stack_id: &str) -> Done<Vec<Value>> {
        let call = self.cloudformation.describe_stack_events();
        let call = call.stack_name(stack_id);
        let events = call
            .into_paginator()
            .items()
            .send()
            .collect::<Result<Vec<_>, _>>()
            .await;
        let mut events = events.map_err(|error| Failure::of("DescribeStackEvents", &error))?;
        events.reverse();
        Ok(events.iter().map(answer::event).collect())
    }
}
