//! A plan, step by step. A refusal ends the call that the case is about; the questions at the end are asked all the
//! same.

use std::collections::BTreeMap;

use serde_json::json;

use crate::call::Done;
use crate::client::{Client, Failure};
use crate::plan::{
    Capabilities, ChangeSetPlan, Deletion, Described, Direct, Execution, First, Kind, Main,
    Options, Plan, Question, SsmParameter, StackInput,
};
use crate::question;
use crate::request;
use crate::transcript::{Refused, Reply, Transcript, Views};

/// Plays a plan. What comes back besides is what nobody expected.
pub(crate) async fn play(
    client: &Client,
    plan: &Plan,
    transcript: &mut Transcript,
) -> Result<(), String> {
    let mut player = Player {
        client,
        plan,
        transcript,
        change_set: None,
    };
    match player.until_the_call().await {
        Ok(true) => match player.main().await {
            Err(Failure::Refused(refused)) => player.transcript.refused = Some(refused),
            Err(Failure::Trouble(trouble)) => return Err(trouble),
            Ok(()) => {}
        },
        Ok(false) => {}
        Err(failure) => return Err(failure.to_string()),
    }
    player.ask(&plan.questions).await?;
    player.end().await
}

struct Player<'p> {
    client: &'p Client,
    plan: &'p Plan,
    transcript: &'p mut Transcript,
    /// The ARN of the change set of the case.
    change_set: Option<String>,
}

impl Player<'_> {
    /// Everything before the call that the case is about; whether it can be made.
    async fn until_the_call(&mut self) -> Done<bool> {
        self.put(&self.plan.put_before)?;
        for (number, stack) in self.plan.other_stacks.iter().enumerate() {
            let name = format!("{}-other-{number}", self.plan.stack_name);
            self.client.create(&name, stack).await?;
        }
        match &self.plan.first {
            First::Nothing => {}
            First::Deployed { stack, then_put } => {
                let views = self.deploy(stack, "cs-before").await?;
                let reason = views.plain["StatusReason"]
                    .as_str()
                    .unwrap_or_default()
                    .to_owned();
                self.transcript.creation = Some(views);
                let status = self.status().unwrap_or("none").to_owned();
                if status != "CREATE_COMPLETE" {
                    let failed = format!("the stack before: {status} {reason}");
                    self.transcript.set_up_failed = Some(failed);
                    return Ok(false);
                }
                self.put(then_put)?;
            }
            First::DeployedAlready(stack) => drop(self.deploy(stack, "cs-first").await?),
            First::DeployedAndDeleted(stack) => {
                self.deploy(stack, "cs-gone").await?;
                self.delete().await?;
            }
        }
        Ok(true)
    }

    async fn main(&mut self) -> Done {
        match &self.plan.main {
            Main::CreateStack(direct) => self.create_stack(direct).await,
            Main::UpdateStack(direct) => self.update_stack(direct).await,
            Main::ValidateTemplate(template) => {
                let call = self.client.cloudformation.validate_template();
                let answer = call.template_body(template).send().await;
                answer.map_err(|error| Failure::of("ValidateTemplate", &error))?;
                Ok(())
            }
            Main::GetTemplateSummary(template) => {
                let call = self.client.cloudformation.get_template_summary();
                let answer = call.template_body(template).send().await;
                answer.map_err(|error| Failure::of("GetTemplateSummary", &error))?;
                Ok(())
            }
            Main::ChangeSet(plan) => self.change_set(plan).await,
        }
    }

    async fn create_stack(&mut self, direct: &Direct) -> Done {
        let Options {
            disable_rollback,
            enable_termination_protection,
            notification_arns,
            on_failure,
            resource_types,
            role_arn,
            stack_policy_body,
            timeout_in_minutes,
            ..
        } = direct.options.clone();
        let call = self.client.cloudformation.create_stack();
        let answer = call
            .stack_name(&self.plan.stack_name)
            .template_body(&direct.stack.template)
            .set_parameters(request::parameters(&direct.stack))
            .set_capabilities(request::capabilities(direct.capabilities))
            .set_tags(request::tags(&direct.options))
            .set_disable_rollback(disable_rollback)
            .set_enable_termination_protection(enable_termination_protection)
            .set_notification_arns(notification_arns)
            .set_on_failure(on_failure.as_deref().map(Into::into))
            .set_resource_types(resource_types)
            .set_role_arn(role_arn)
            .set_stack_policy_body(stack_policy_body)
            .set_timeout_in_minutes(timeout_in_minutes)
            .send()
            .await
            .map_err(|error| Failure::of("CreateStack", &error))?;
        self.transcript.stack_id = answer.stack_id;
        self.settle().await
    }

    async fn update_stack(&mut self, direct: &Direct) -> Done {
        let Options {
            disable_rollback,
            notification_arns,
            resource_types,
            role_arn,
            stack_policy_body,
            stack_policy_during_update_body,
            use_previous_template,
            ..
        } = direct.options.clone();
        let template = (use_previous_template != Some(true)).then(|| direct.stack.template.clone());
        let call = self.client.cloudformation.update_stack();
        let answer = call
            .stack_name(&self.plan.stack_name)
            .set_template_body(template)
            .set_use_previous_template(use_previous_template)
            .set_parameters(request::parameters(&direct.stack))
            .set_capabilities(request::capabilities(direct.capabilities))
            .set_tags(request::tags(&direct.options))
            .set_disable_rollback(disable_rollback)
            .set_notification_arns(notification_arns)
            .set_resource_types(resource_types)
            .set_role_arn(role_arn)
            .set_stack_policy_body(stack_policy_body)
            .set_stack_policy_during_update_body(stack_policy_during_update_body)
            .send()
            .await
            .map_err(|error| Failure::of("UpdateStack", &error))?;
        self.transcript.stack_id = answer.stack_id;
        self.settle().await
    }

    async fn change_set(&mut self, plan: &ChangeSetPlan) -> Done {
        let by_id = self.transcript.stack_id.clone().filter(|_| plan.by_id);
        let stack = by_id.unwrap_or_else(|| self.plan.stack_name.clone());
        let arn = self
            .create_change_set(&stack, &plan.stack, plan.kind, &plan.name, &plan.options)
            .await?;
        self.change_set = Some(arn.clone());
        let described = self.client.described(&arn).await?;
        let status = described["Status"].as_str().unwrap_or_default().to_owned();
        self.transcript.change_set_status = Some(status.clone());
        if let Execution::CreatedDirectly = plan.execution {
            self.client
                .create(&self.plan.stack_name, &plan.stack)
                .await?;
        }
        // Without an operation, too: a new stack may be there for the sake of its change set only.
        self.settle().await?;
        if plan.described == Described::Before {
            self.transcript.change_set = Some(self.client.views(&arn).await?);
        }
        if status != "CREATE_COMPLETE" && !plan.may_fail {
            // What is said instead of a change set is the refusal.
            self.transcript.refused = Some(Refused {
                operation: "CreateChangeSet".to_owned(),
                code: "ChangeSetFailed".to_owned(),
                message: described["StatusReason"]
                    .as_str()
                    .unwrap_or_default()
                    .to_owned(),
            });
            // There is a stack to look at only where one was before.
            self.forget_review();
            return Ok(());
        }
        self.execute(plan, &arn).await?;
        if plan.described == Described::AfterExecution {
            self.transcript.change_set = Some(self.client.views(&arn).await?);
        }
        Ok(())
    }

    async fn execute(&mut self, plan: &ChangeSetPlan, arn: &str) -> Done {
        match &plan.execution {
            Execution::None | Execution::CreatedDirectly => return Ok(()),
            Execution::Executed => {}
            Execution::ExecutedAfterExport(name) => {
                let template = json!({
                    "Resources": {"P": {
                        "Type": "AWS::SSM::Parameter",
                        "Properties": {"Type": "String", "Value": "x"},
                    }},
                    "Outputs": {"O": {"Value": "x", "Export": {"Name": name}}},
                });
                let stack = StackInput {
                    template: template.to_string(),
                    parameters: Vec::new(),
                };
                let name = format!("{}-export", self.plan.stack_name);
                self.client.create(&name, &stack).await?;
            }
        }
        match self.client.execute_change_set(arn).await {
            Ok(()) => self.settle().await,
            Err(Failure::Refused(refused)) if plan.execution_may_be_refused => {
                self.transcript.execution_refused = Some(refused);
                Ok(())
            }
            Err(failure) => Err(failure),
        }
    }

    /// A change set of a new stack, its views, and its execution.
    async fn deploy(&mut self, stack: &StackInput, name: &str) -> Done<Views> {
        let of_stack = self.plan.stack_name.clone();
        let arn = self
            .create_change_set(&of_stack, stack, Kind::Create, name, &Options::default())
            .await?;
        let described = self.client.described(&arn).await?;
        let views = self.client.views(&arn).await?;
        if described["Status"] == "CREATE_COMPLETE" {
            self.client.execute_change_set(&arn).await?;
            self.settle().await?;
        }
        Ok(views)
    }

    async fn create_change_set(
        &mut self,
        of_stack: &str,
        stack: &StackInput,
        kind: Kind,
        name: &str,
        options: &Options,
    ) -> Done<String> {
        let previous = options.use_previous_template;
        let template = (previous != Some(true)).then(|| stack.template.clone());
        let call = self.client.cloudformation.create_change_set();
        let answer = call
            .stack_name(of_stack)
            .change_set_name(name)
            .change_set_type(request::kind(kind))
            .set_template_body(template)
            .set_use_previous_template(previous)
            .set_parameters(request::parameters(stack))
            .set_capabilities(request::capabilities(Capabilities::All))
            .set_tags(request::tags(options))
            .set_description(options.description.clone())
            .set_import_existing_resources(options.import_existing_resources)
            .set_include_nested_stacks(options.include_nested_stacks)
            .set_notification_arns(options.notification_arns.clone())
            .set_on_stack_failure(options.on_stack_failure.as_deref().map(Into::into))
            .set_resource_types(options.resource_types.clone())
            .set_role_arn(options.role_arn.clone())
            .send()
            .await
            .map_err(|error| Failure::of("CreateChangeSet", &error))?;
        self.transcript.stack_id = answer.stack_id;
        Ok(answer.id.unwrap_or_default())
    }

    fn put(&self, parameters: &[SsmParameter]) -> Done {
        let mut parameters = parameters.iter();
        parameters.try_for_each(|one| self.client.put_parameter(one).map_err(Failure::Trouble))
    }

    /// Waits for the end of an operation on the stack of the case.
    async fn settle(&mut self) -> Done {
        let stack_id = self.transcript.stack_id.clone();
        self.transcript.stack = Some(self.client.stack_of(stack_id.as_deref()).await?);
        Ok(())
    }

    fn status(&self) -> Option<&str> {
        self.transcript.stack.as_ref()?["StackStatus"].as_str()
    }

    fn forget_review(&mut self) {
        if self.status() == Some("REVIEW_IN_PROGRESS") {
            self.transcript.stack = None;
        }
    }

    async fn delete(&mut self) -> Done {
        let stack = self.transcript.stack_id.clone();
        let call = self
            .client
            .cloudformation
            .delete_stack()
            .set_stack_name(stack.clone());
        let answer = call.send().await;
        answer.map_err(|error| Failure::of("DeleteStack", &error))?;
        self.client.stack_of(stack.as_deref()).await.map(drop)
    }

    /// What is left once everything was asked: perhaps the deletion, and the events.
    async fn end(&mut self) -> Result<(), String> {
        if self.transcript.stack_id.is_none() {
            return Ok(());
        }
        if self.plan.delete == Deletion::Yes && self.transcript.stack.is_some() {
            match self.delete().await {
                Ok(()) | Err(Failure::Refused(_)) => {}
                Err(Failure::Trouble(trouble)) => return Err(trouble),
            }
            self.ask(&self.plan.after_deletion).await?;
        }
        let stack_id = self.transcript.stack_id.clone().unwrap_or_default();
        self.transcript.events = self
            .client
            .events(&stack_id)
            .await
            .map_err(|failure| failure.to_string())?;
        Ok(())
    }

    async fn ask(&mut self, questions: &BTreeMap<String, Question>) -> Result<(), String> {
        for (name, question) in questions {
            let change_set = self.change_set.as_deref();
            let answer = question::ask(self.client, self.transcript, change_set, question).await;
            let reply = match answer {
                Ok(Some(answer)) => Reply::Answer(answer),
                Ok(None) => continue,
                Err(Failure::Refused(refused)) => Reply::Refused(refused),
                Err(Failure::Trouble(trouble)) => return Err(trouble),
            };
            self.transcript.answers.insert(name.clone(), reply);
        }
        Ok(())
    }
}
