//! Calls that bring stacks back, and those that guard them.

use serde_json::json;
use stratiform_service::status::{Allowed, Operation as Asked};
use stratiform_service::{Refusal, StackStatus};

use crate::call::stack::{missing_realm, used_now};
use crate::call::{Call, Result};
use crate::input::Refused;
use crate::operation::OnFailure;
use crate::stack::{Mode, Stack};
use crate::state::State;

/// Nobody recorded how the service says that an update was cancelled. See `docs/engine.md`.
const CANCELLED: &str = "Stack update cancelled";

impl State {
    pub(crate) fn cancel_update_stack(&mut self, call: &mut Call<'_>) -> Result {
        let stack = self.stack_of(call)?;
        if State::repeated(stack, call)? {
            return Ok(json!({}));
        }
        allowed(stack, Asked::CancelUpdate, "CancelUpdateStack")?;
        let place = self.place_of(call)?;
        self.with_stack(&place, call.effects, |stack, around| {
            if let Some(operation) = &mut stack.operation {
                operation.on_failure = OnFailure::Rollback;
            }
            stack.call_off(CANCELLED.to_owned(), around);
        });
        Ok(json!({}))
    }

    pub(crate) fn continue_update_rollback(&mut self, call: &mut Call<'_>) -> Result {
        let arguments = call.arguments;
        let stack = self.stack_of(call)?;
        if State::repeated(stack, call)? {
            return Ok(json!({}));
        }
        // The service's own name of the call.
        allowed(stack, Asked::ContinueUpdateRollback, "RollbackUpdatedStack")?;
        if arguments.is("ForceRollback")?
            && arguments
                .list("ResourcesToSkip")
                .is_some_and(|ids| !ids.is_empty())
        {
            return Err(Refused::validation(
                "ForceRollback and ResourcesToSkip cannot be specified together",
            ));
        }
        let mut spared = arguments.texts("ResourcesToSkip").unwrap_or_default();
        for logical_id in &spared {
            let record = stack.resources.get(logical_id);
            if !logical_id.contains('.') && !record.is_some_and(crate::stack::Record::has_failed) {
                return Err(Refused::validation(format!(
                    "The following resources to skip are not in UPDATE_FAILED state: [{logical_id}]"
                )));
            }
        }
        if arguments.is("ForceRollback")? {
            let failed = stack
                .resources
                .iter()
                .filter(|(_, record)| record.has_failed());
            spared.extend(failed.map(|(id, _)| id.clone()));
        }
        let token = arguments.text("ClientRequestToken").map(str::to_owned);
        let place = self.place_of(call)?;
        let used = used_now(call);
        self.with_stack(&place, call.effects, |stack, around| {
            stack.remember_token(token.as_deref(), used);
            stack.continue_rollback(token, spared, around);
        });
        Ok(json!({}))
    }

    pub(crate) fn rollback_stack(&mut self, call: &mut Call<'_>) -> Result {
        let arguments = call.arguments;
        let stack = self.stack_of(call)?;
        if State::repeated(stack, call)? {
            return Ok(json!({ "StackId": stack.id }));
        }
        if stack.is_halted() && stack.mode == Mode::Express {
            return Err(Refused::validation(
                "RollbackStack is not supported for stacks that were last updated using EXPRESS deployment mode and are in a failed state",
            ));
        }
        allowed(stack, Asked::Rollback, "RollbackStack")?;
        let token = arguments.text("ClientRequestToken").map(str::to_owned);
        let retain_except_on_create = arguments.is("RetainExceptOnCreate")?;
        let place = self.place_of(call)?;
        let used = used_now(call);
        let answer = self.with_stack(&place, call.effects, |stack, around| {
            stack.remember_token(token.as_deref(), used);
            stack.roll_back_halted(token, retain_except_on_create, around);
            json!({ "StackId": stack.id, "OperationId": stack.operation_id() })
        });
        answer.ok_or_else(missing_realm)
    }

    pub(crate) fn update_termination_protection(&mut self, call: &mut Call<'_>) -> Result {
        let protection = call.arguments.is("EnableTerminationProtection")?;
        let place = self.place_of(call)?;
        let stack = self.stack_of(call)?;
        if matches!(
            stack.status,
            StackStatus::DeleteInProgress | StackStatus::DeleteComplete
        ) {
            return Err(Refusal::CannotBeUpdated {
                stack_id: stack.id.to_string(),
                status: stack.status.into(),
            }
            .into());
        }
        if stack.parent.is_some() {
            return Err(Refused::validation(
                "Termination protection cannot be enabled on nested stacks",
            ));
        }
        let answer = self.with_stack(&place, call.effects, |stack, _| {
            stack.protection = protection;
            json!({ "StackId": stack.id })
        });
        answer.ok_or_else(missing_realm)
    }

    pub(crate) fn set_stack_policy(&mut self, call: &mut Call<'_>) -> Result {
        let place = self.place_of(call)?;
        let policy = self.policy_of(call, "StackPolicyBody", "StackPolicyURL")?;
        self.with_stack(&place, call.effects, |stack, _| stack.policy = policy);
        Ok(json!({}))
    }

    pub(crate) fn get_stack_policy(&mut self, call: &mut Call<'_>) -> Result {
        let stack = self.stack_of(call)?;
        Ok(match &stack.policy {
            Some(policy) => json!({ "StackPolicyBody": policy }),
            None => json!({}),
        })
    }
}

fn allowed(stack: &Stack, asked: Asked, name: &str) -> std::result::Result<(), Refused> {
    match stack.status.allows(asked) {
        Allowed::Yes | Allowed::WithoutRollback | Allowed::Unknown => Ok(()),
        Allowed::No => Err(Refusal::WrongStatus {
            operation: name.to_owned(),
        }
        .into()),
    }
}
