//! What goes into the state machine, and what comes out.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use stratiform_service::{AccountId, Refusal, Region};

use crate::fault::Fault;

/// What can happen to the state from outside.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", tag = "input")]
pub enum Input {
    /// A client calls an operation.
    Call(Request),
    /// Somebody has something fail.
    Fault(Fault),
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
