//! What a deployer asks the services around CloudFormation, answered from the resources that are there.
//!
//! What lives here: which services there are. What does not: their protocols (`endpoint`).

mod s3;
mod ssm;
mod sts;

use crate::call::{Call, Result, unsupported};
use crate::state::State;

/// Answers a call of a service that is not CloudFormation.
pub(crate) fn answer(state: &mut State, call: &mut Call<'_>) -> Result {
    match call.request.service.as_str() {
        "sts" => sts::answer(state, call),
        "ssm" => ssm::answer(state, call),
        "s3" => s3::answer(state, call),
        service => {
            let message = format!("The embedded engine has no service {service}");
            Err(unsupported(call, "UnknownOperationException", message))
        }
    }
}
