//! What the declaration of a parameter allows.

use std::borrow::Cow;

use stratiform_template::{Parameter, Value};

use crate::pattern;

/// The text of a scalar, as CloudFormation passes it on.
pub(crate) fn scalar(value: &Value) -> Option<Cow<'_, str>> {
    match value {
        Value::String(text) => Some(Cow::Borrowed(text)),
        Value::Number(number) => Some(Cow::Borrowed(number.as_str())),
        Value::Bool(boolean) => Some(Cow::Borrowed(if *boolean { "true" } else { "false" })),
        Value::Null | Value::List(_) | Value::Map(_) | Value::Function(..) => None,
    }
}

/// Whether the value is read from the Systems Manager parameter that the text names.
pub(crate) fn is_looked_up(declared: &Parameter) -> bool {
    declared
        .parameter_type
        .starts_with("AWS::SSM::Parameter::Value<")
}

/// Whether `Ref` gives a list.
pub(crate) fn is_list(declared: &Parameter) -> bool {
    let name = declared.parameter_type.as_str();
    let name = name
        .strip_prefix("AWS::SSM::Parameter::Value<")
        .unwrap_or(name);
    name.starts_with("CommaDelimitedList") || name.starts_with("List<")
}

/// The texts that `Ref` can give, where the template lists them; the default first.
pub(crate) fn choices(declared: &Parameter) -> Option<Vec<Cow<'_, str>>> {
    if is_looked_up(declared) || is_list(declared) {
        return None;
    }
    let listed = declared.constraints.get("AllowedValues")?.as_list()?;
    let listed: Option<Vec<Cow<'_, str>>> = listed.iter().map(scalar).collect();
    let mut choices: Vec<Cow<'_, str>> = Vec::new();
    for text in default(declared).into_iter().chain(listed?) {
        if !choices.contains(&text) {
            choices.push(text);
        }
    }
    Some(choices)
}

/// The text that `Ref` gives where nobody gives another.
pub(crate) fn default(declared: &Parameter) -> Option<Cow<'_, str>> {
    if is_looked_up(declared) || is_list(declared) {
        return None;
    }
    scalar(declared.default.as_ref()?)
}

/// Whether a parameter may have a text; nothing where that cannot be said.
pub(crate) fn allows(declared: &Parameter, text: &str) -> Option<bool> {
    let limit = |name: &str| -> Option<f64> {
        let limit = declared.constraints.get(name)?;
        scalar(limit)?.trim().parse().ok()
    };
    let length = text.chars().count() as f64;
    let too_short = limit("MinLength").is_some_and(|least| length < least);
    let too_long = limit("MaxLength").is_some_and(|most| length > most);
    if too_short || too_long {
        return Some(false);
    }
    if declared.parameter_type == "Number" {
        let Ok(number) = text.trim().parse::<f64>() else {
            return Some(false);
        };
        let too_small = limit("MinValue").is_some_and(|least| number < least);
        let too_large = limit("MaxValue").is_some_and(|most| number > most);
        if too_small || too_large {
            return Some(false);
        }
    }
    match declared
        .constraints
        .get("AllowedPattern")
        .and_then(Value::as_str)
    {
        Some(pattern) => pattern::covers(pattern, text),
        None => Some(true),
    }
}
