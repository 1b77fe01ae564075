//! Calls of operations, and their answers.
//!
//! What lives here: which operations there are, and faults of calls. The modules below answer them. What does not: the
//! protocols in which calls come (`endpoint`).

mod arguments;
mod change_set;
mod deployment;
mod describe;
mod drift;
mod events;
mod recover;
mod stack;
mod template;

pub(crate) use describe::PAGE;

use serde_json::{Value, json};

use crate::fault::ApiFault;
use crate::input::{Answer, Delivery, Effect, Refused, Request};
use crate::state::State;
use arguments::Arguments;

/// What an operation answers.
pub(crate) type Result = std::result::Result<Value, Refused>;

/// A call that is being answered.
pub(crate) struct Call<'a> {
    pub(crate) realm: usize,
    pub(crate) request: &'a Request,
    pub(crate) arguments: Arguments<'a>,
    pub(crate) effects: &'a mut Vec<Effect>,
}

/// Answers a call, unless it is made to fail.
pub(crate) fn answer(state: &mut State, request: &Request, effects: &mut Vec<Effect>) -> Answer {
    let whole = |result| Answer {
        result,
        delivery: Delivery::Whole,
    };
    let fault = state.faults.hit_call(&request.operation);
    match fault {
        Some(ApiFault::Throttle) => {
            return whole(Err(Refused::new("Throttling", "Rate exceeded")));
        }
        Some(ApiFault::Denied) => return whole(Err(denied(request))),
        Some(ApiFault::InternalFailure) => {
            return whole(Err(Refused {
                code: "InternalFailure".to_owned(),
                message: "An internal error occurred".to_owned(),
                http_status: 500,
            }));
        }
        Some(ApiFault::Timeout) => {
            return Answer {
                result: Ok(json!({})),
                delivery: Delivery::Never,
            };
        }
        Some(ApiFault::Cut | ApiFault::Lost) | None => {}
    }
    let realm = state.realm(&request.account, &request.region);
    let arguments = Arguments::new(&request.parameters);
    let call = Call {
        realm,
        request,
        arguments,
        effects,
    };
    let result = state.dispatch(call);
    let delivery = match fault {
        Some(ApiFault::Cut) => Delivery::Cut,
        Some(ApiFault::Lost) => Delivery::Late,
        _ => Delivery::Whole,
    };
    Answer { result, delivery }
}

/// That whoever calls may not, as IAM says it.
fn denied(request: &Request) -> Refused {
    let Request {
        service, operation, ..
    } = request;
    Refused {
        code: "AccessDenied".to_owned(),
        message: format!(
            "User: arn:aws:iam::{}:user/somebody is not authorized to perform: {service}:{operation} because no identity-based \
             policy allows the {service}:{operation} action",
            request.account
        ),
        http_status: 403,
    }
}

impl State {
    fn dispatch(&mut self, mut call: Call<'_>) -> Result {
        match call.request.service.as_str() {
            "cloudformation" => self.cloudformation(&mut call),
            _ => crate::services::answer(self, &mut call),
        }
    }

    fn cloudformation(&mut self, call: &mut Call<'_>) -> Result {
        match call.request.operation.as_str() {
            "CreateStack" => self.create_stack(call),
            "UpdateStack" => self.update_stack(call),
            "DeleteStack" => self.delete_stack(call),
            "CancelUpdateStack" => self.cancel_update_stack(call),
            "ContinueUpdateRollback" => self.continue_update_rollback(call),
            "RollbackStack" => self.rollback_stack(call),
            "UpdateTerminationProtection" => self.update_termination_protection(call),
            "SetStackPolicy" => self.set_stack_policy(call),
            "GetStackPolicy" => self.get_stack_policy(call),
            "CreateChangeSet" => self.create_change_set(call),
            "DescribeChangeSet" => self.describe_change_set(call),
            "DescribeChangeSetHooks" => self.describe_change_set_hooks(call),
            "ExecuteChangeSet" => self.execute_change_set(call),
            "DeleteChangeSet" => self.delete_change_set(call),
            "ListChangeSets" => self.list_change_sets(call),
            "DescribeStacks" => self.describe_stacks(call),
            "ListStacks" => self.list_stacks(call),
            "DescribeStackResource" => self.describe_stack_resource(call),
            "DescribeStackResources" => self.describe_stack_resources(call),
            "ListStackResources" => self.list_stack_resources(call),
            "DescribeStackEvents" => self.describe_stack_events(call),
            "DescribeEvents" => self.describe_events(call),
            "ListExports" => self.list_exports(call),
            "ListImports" => self.list_imports(call),
            "DescribeAccountLimits" => Ok(describe::account_limits()),
            "GetTemplate" => self.get_template(call),
            "GetTemplateSummary" => self.get_template_summary(call),
            "ValidateTemplate" => self.validate_template(call),
            "DetectStackDrift" => self.detect_stack_drift(call),
            "DetectStackResourceDrift" => self.detect_stack_resource_drift(call),
            "DescribeStackDriftDetectionStatus" => self.describe_detection(call),
            "DescribeStackResourceDrifts" => self.describe_stack_resource_drifts(call),
            operation => {
                let message =
                    format!("Could not find operation {operation} for version 2010-05-15");
                Err(unsupported(call, "InvalidAction", message))
            }
        }
    }
}

/// A stack that is not there any more.
pub(crate) fn missing() -> Refused {
    stack::missing_realm()
}

/// An operation that is not there is said once, outside.
pub(crate) fn unsupported(call: &mut Call<'_>, code: &str, message: String) -> Refused {
    call.effects.push(Effect::Unsupported {
        service: call.request.service.clone(),
        operation: call.request.operation.clone(),
    });
    Refused::new(code, message)
}
