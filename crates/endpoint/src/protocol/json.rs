//! JSON: with the operation in a header (ECS, ECR, Systems Manager, Secrets Manager, Cloud Control), and the bodies of
//! AWS Backup.
//!
//! Times are numbers there; `time` says which texts are times.

use axum::http::{HeaderName, StatusCode};
use serde_json::{Map, Value, json};
use stratiform_engine::Refused;

use crate::protocol::{JsonVersion, is_operation, time};
use crate::reply::Reply;
use crate::trouble::Trouble;

/// The operation that `X-Amz-Target` names: `AmazonSSM.GetParameter`.
///
/// # Errors
/// It names none.
pub(crate) fn operation(target: &str) -> Result<String, Trouble> {
    let operation = target.rsplit_once('.').map(|(_, operation)| operation);
    match operation.filter(|operation| is_operation(operation)) {
        Some(operation) => Ok(operation.to_owned()),
        None => Err(Trouble::NoOperation),
    }
}

/// The parameters in a body; none are an empty object.
///
/// # Errors
/// The body is no JSON, or no object.
pub(crate) fn parse(body: &[u8]) -> Result<Value, Trouble> {
    if body.is_empty() {
        return Ok(Value::Object(Map::new()));
    }
    match serde_json::from_slice(body) {
        Ok(value @ Value::Object(_)) => Ok(value),
        Ok(_) => Err(Trouble::Malformed("the body is no JSON object".to_owned())),
        // Where it is wrong, and not what stands there: that may be a secret.
        Err(error) => Err(Trouble::Malformed(format!(
            "the body is no JSON, at line {} column {}",
            error.line(),
            error.column()
        ))),
    }
}

/// The answer to a call.
pub(crate) fn answer(version: JsonVersion, result: Value) -> Reply {
    let body = timed("", result).to_string();
    Reply::new(StatusCode::OK, version.content_type(), body)
}

/// The answer to a call that is refused.
pub(crate) fn refusal(version: JsonVersion, status: StatusCode, refused: &Refused) -> Reply {
    Reply::new(status, version.content_type(), envelope(refused))
}

/// The answer to a call of AWS Backup.
pub(crate) fn rest_answer(result: Value) -> Reply {
    let body = timed("", result).to_string();
    Reply::new(StatusCode::OK, "application/json", body)
}

/// The answer to one that is refused: the code is in a header, too.
pub(crate) fn rest_refusal(status: StatusCode, refused: &Refused) -> Reply {
    let reply = Reply::new(status, "application/json", envelope(refused));
    reply.with(HeaderName::from_static("x-amzn-errortype"), &refused.code)
}

fn envelope(refused: &Refused) -> String {
    json!({"__type": refused.code, "message": refused.message}).to_string()
}

impl JsonVersion {
    fn content_type(self) -> &'static str {
        match self {
            JsonVersion::One => "application/x-amz-json-1.0",
            JsonVersion::OneOne => "application/x-amz-json-1.1",
        }
    }
}

/// A value in which times are numbers.
fn timed(name: &str, value: Value) -> Value {
    match value {
        Value::String(text) => match time::moment(name, &text) {
            Some(moment) => time::seconds(moment),
            None => Value::String(text),
        },
        Value::Array(items) => {
            Value::Array(items.into_iter().map(|item| timed(name, item)).collect())
        }
        Value::Object(members) => {
            let members = members.into_iter().filter(|(_, value)| !value.is_null());
            let members = members.map(|(name, value)| {
                let value = timed(&name, value);
                (name, value)
            });
            Value::Object(members.collect())
        }
        other => other,
    }
}
