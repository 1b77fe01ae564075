//! Calls about templates.

use serde_json::json;
use stratiform_service::{Refusal, StackStatus};

use crate::call::{Call, Result};
use crate::input::Refused;
use crate::intake;
use crate::stack::Deployment;
use crate::state::State;

impl State {
    pub(crate) fn get_template(&mut self, call: &mut Call<'_>) -> Result {
        let arguments = call.arguments;
        let (name, change_set) = (arguments.text("StackName"), arguments.text("ChangeSetName"));
        let realm = self.realm_of(call)?;
        let deployment = match (name, change_set) {
            (None, None) => {
                return Err(Refused::validation(
                    "StackName is required if ChangeSetName is not specified.",
                ));
            }
            (None, Some(id)) if !id.starts_with("arn:") => {
                return Err(Refused::validation("StackName is a required parameter."));
            }
            (name, Some(id)) => {
                let stack = name.and_then(|name| realm.stack(name));
                let found = realm.change_set(id, stack.map(|stack| stack.id.as_str()));
                let found = found.ok_or_else(|| {
                    Refused::from(Refusal::ChangeSetMissing {
                        change_set: id.to_owned(),
                    })
                })?;
                &found.deployment
            }
            (Some(_), None) => {
                let stack = self.stack_of(call)?;
                let reviewed = realm.change_sets_of(stack.id.as_str()).last();
                match (stack.status, reviewed) {
                    (StackStatus::ReviewInProgress, Some(change_set)) => &change_set.deployment,
                    _ => &stack.deployment,
                }
            }
        };
        let body = match arguments.text("TemplateStage") {
            Some("Processed") => processed(deployment),
            _ => deployment.original.clone(),
        };
        Ok(json!({ "TemplateBody": body, "StagesAvailable": ["Original", "Processed"] }))
    }

    pub(crate) fn get_template_summary(&mut self, call: &mut Call<'_>) -> Result {
        let arguments = call.arguments;
        if arguments.text("StackName").is_some() {
            let stack = self.stack_of(call)?;
            if stack.status == StackStatus::ReviewInProgress {
                return Err(Refusal::SummaryOfReview {}.into());
            }
            let intake = intake::read(&stack.deployment.original)?;
            return Ok(intake::summary(&intake));
        }
        let body = self.body(call, None)?;
        let intake = intake::read(&body)?;
        Ok(intake::summary(&intake))
    }

    pub(crate) fn validate_template(&mut self, call: &mut Call<'_>) -> Result {
        let body = self.body(call, None)?;
        let intake = intake::read(&body)?;
        intake::validate(&intake.template)?;
        Ok(intake::validation(&intake))
    }
}

/// A processed template: as it was sent, where nothing was processed.
fn processed(deployment: &Deployment) -> String {
    match deployment.transformed {
        true => intake::template_json(&deployment.template).to_string(),
        false => deployment.original.clone(),
    }
}
