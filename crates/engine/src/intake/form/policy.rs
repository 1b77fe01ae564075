//! The form of a stack policy.

use serde_json::{Map, Value};
use stratiform_service::Refusal;

use super::text;
use crate::input::Refused;

/// What a policy can be about.
const ACTIONS: [&str; 4] = [
    "Update:*",
    "Update:Modify",
    "Update:Replace",
    "Update:Delete",
];

/// Checks a stack policy and reads it; `member` is its name in the call. One without statements is none that says
/// anything, and fine: recorded.
///
/// # Errors
/// What is no policy.
pub(crate) fn stack_policy(member: &str, body: &str) -> Result<Value, Refused> {
    text(member, body, 1, 16_384)?;
    match serde_json::from_str(body) {
        Ok(Value::Object(policy)) if is_policy(&policy) => Ok(Value::Object(policy)),
        Ok(_) | Err(_) => Err(Refusal::InvalidStackPolicy {}.into()),
    }
}

fn is_policy(policy: &Map<String, Value>) -> bool {
    match policy.get("Statement") {
        None => policy.is_empty(),
        Some(Value::Array(statements)) => statements.iter().all(is_statement),
        Some(one) => is_statement(one),
    }
}

fn is_statement(statement: &Value) -> bool {
    let Value::Object(statement) = statement else {
        return false;
    };
    let is = |key: &str, allowed: &[&str]| {
        let value = statement.get(key).and_then(Value::as_str);
        value.is_some_and(|text| allowed.contains(&text))
    };
    let actions = match (statement.get("Action"), statement.get("NotAction")) {
        (Some(actions), None) | (None, Some(actions)) => all(actions, is_action),
        (Some(_), Some(_)) | (None, None) => false,
    };
    // A statement without resources is about none.
    let resources = ["Resource", "NotResource"].into_iter();
    let mut resources = resources.filter_map(|key| statement.get(key));
    is("Effect", &["Allow", "Deny"])
        && is("Principal", &["*"])
        && actions
        && resources.all(|value| all(value, is_resource))
        && statement.get("Condition").is_none_or(Value::is_object)
}

/// Whether a text, or every text of a list, is one of some kind.
fn all(value: &Value, is: fn(&str) -> bool) -> bool {
    match value {
        Value::String(text) => is(text),
        Value::Array(items) => items.iter().all(|item| item.as_str().is_some_and(is)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_) => false,
    }
}

fn is_action(action: &str) -> bool {
    action == "*"
        || ACTIONS
            .iter()
            .any(|known| known.eq_ignore_ascii_case(action))
}

fn is_resource(resource: &str) -> bool {
    resource == "*" || resource.starts_with("LogicalResourceId/")
}
