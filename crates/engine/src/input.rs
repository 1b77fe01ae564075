//! What goes into the state machine, and what comes out.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use stratiform_service::{AccountId, Refusal, Region};

use crate::fault::Fault;
use crate::handled::Handled;
use crate::state::State;

/// What can happen to the state from outside.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", tag = "input")]
pub enum Input {
    /// A client calls an operation.
    Call(Request),
    /// Somebody has something fail.
    Fault(Fault),
    /// Nothing fails any more that was to fail, and alarms that had to go off are quiet; but for those that are on their way.
    Calm,
    /// Only time passes.
    Tick,
}

/// A call of an operation of a service.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Request {
    /// The account of the caller.
    pub account: AccountId,
    /// The region that is called.
    pub region: Region,
    /// The service, as in the scope of a signature: `cloudformation`, `ecs`, `monitoring`.
    pub service: String,
    /// The operation: `DescribeStacks`.
    pub operation: String,
    /// The parameters, as the service's model has them, whatever the protocol: scalars may be text, and an empty text
    /// may stand for an empty list.
    #[serde(default)]
    pub parameters: Value,
}

/// What the names of operations begin with that change nothing.
const READING: [&str; 6] = ["Describe", "Estimate", "Get", "Head", "List", "Validate"];

/// Operations that change nothing, whatever their name.
const ALSO_READING: [&str; 2] = ["AssumeRole", "AssumeRoleWithWebIdentity"];

impl Input {
    /// Tells whether the input only asks: the state after it is the one at its moment without it.
    ///
    /// One thing is not seen here: a fault that is to hit an operation a number of times counts its calls. See
    /// [`State::is_changed_by`].
    pub fn is_read_only(&self) -> bool {
        match self {
            Input::Tick => true,
            Input::Fault(_) | Input::Calm => false,
            Input::Call(request) => {
                let operation = request.operation.as_str();
                READING.iter().any(|start| operation.starts_with(start))
                    || ALSO_READING.contains(&operation)
            }
        }
    }
}

impl State {
    /// Tells whether an input changes more than the moment: what is to be kept has to have it.
    pub fn is_changed_by(&self, input: &Input) -> bool {
        let is_counted = match input {
            Input::Call(request) => self.faults.counts(&request.operation),
            Input::Fault(_) | Input::Calm | Input::Tick => false,
        };
        is_counted || !input.is_read_only()
    }
}

/// What is to be done outside.
#[derive(Clone, Debug, PartialEq)]
#[must_use]
pub enum Effect {
    /// The caller gets an answer.
    Answer(Answer),
    /// A topic is told of an event.
    Notify {
        /// The topic's ARN.
        topic: String,
        /// The message.
        message: String,
    },
    /// A handler of a resource type did something. There is nothing to do.
    Handled(Handled),
    /// An operation was called that is not there.
    Unsupported {
        /// The service.
        service: String,
        /// The operation.
        operation: String,
    },
}

/// The answer to a call.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    /// The result, as the service's model has it: an object without nulls.
    pub result: Result<Value, Refused>,
    /// How it reaches the caller.
    pub delivery: Delivery,
}

/// How does an answer reach the caller?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Delivery {
    /// Whole, and at once.
    Whole,
    /// The connection is cut in the middle of it.
    Cut,
    /// After the caller gave up.
    Late,
    /// Not at all.
    Never,
}

/// A call that is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{code}: {message}")]
pub struct Refused {
    /// The service's code: `ValidationError`.
    pub code: String,
    /// The service's message.
    pub message: String,
    /// The status of the answer over HTTP.
    pub http_status: u16,
}

impl Refused {
    /// A refusal with the status 400.
    pub fn new(code: impl Into<String>, message: impl Into<String>) -> Refused {
        Refused {
            code: code.into(),
            message: message.into(),
            http_status: 400,
        }
    }

    /// CloudFormation's most frequent one.
    pub fn validation(message: impl Into<String>) -> Refused {
        Refused::new("ValidationError", message)
    }
}

impl From<Refusal> for Refused {
    fn from(refusal: Refusal) -> Self {
        Refused {
            code: refusal.code().to_owned(),
            message: refusal.to_string(),
            http_status: refusal.http_status(),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;
    use stratiform_service::Timestamp;

    use super::{Input, Request};
    use crate::state::State;

    fn call(operation: &str) -> Input {
        Input::Call(Request {
            account: "123456789012".parse().unwrap(),
            region: "eu-west-1".parse().unwrap(),
            service: "any".to_owned(),
            operation: operation.to_owned(),
            parameters: Value::Null,
        })
    }

    #[test]
    fn what_asks_changes_nothing() {
        for operation in [
            "DescribeStacks",
            "GetParameter",
            "ListTasks",
            "HeadObject",
            "AssumeRole",
        ] {
            assert!(call(operation).is_read_only(), "{operation}");
        }
        for operation in [
            "CreateStack",
            "PutObject",
            "DetectStackDrift",
            "Publish",
            "UpdateService",
        ] {
            assert!(!call(operation).is_read_only(), "{operation}");
        }
    }

    #[test]
    fn what_is_counted_changes_something() {
        let mut state = State::new(1, Timestamp::EPOCH);
        assert!(!state.is_changed_by(&call("DescribeStacks")));
        state.add_fault("api:DescribeStacks=500:times=1".parse().unwrap());
        assert!(state.is_changed_by(&call("DescribeStacks")));
        assert!(!state.is_changed_by(&call("ListStacks")));
    }
}
