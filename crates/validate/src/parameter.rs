//! What the declaration of a parameter allows.

use std::borrow::Cow;

use stratiform_template::{Parameter, Value};

use crate::pattern;

/// The texts that `Ref` can give, where the template lists them; the default first.
pub(crate) fn choices(declared: &Parameter) -> Option<Vec<Cow<'_, str>>> {
    if declared.is_looked_up() || declared.is_list() {
        return None;
    }
    let listed = declared.constraints.get("AllowedValues")?.as_list()?;
    let listed: Option<Vec<Cow<'_, str>>> = listed.iter().map(Value::scalar).collect();
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
    if declared.is_looked_up() || declared.is_list() {
        return None;
    }
    declared.default.as_ref()?.scalar()
}

/// The texts, with commas between them, of a parameter that is a list, where nobody gives others.
pub(crate) fn list_default(declared: &Parameter) -> Option<Cow<'_, str>> {
    if declared.is_looked_up() || !declared.is_list() {
        return None;
    }
    declared.default.as_ref()?.scalar()
}

/// Whether a parameter may have a text; nothing where that cannot be said.
pub(crate) fn allows(declared: &Parameter, text: &str) -> Option<bool> {
    let limit = |name: &str| -> Option<f64> {
        let limit = declared.constraints.get(name)?;
        limit.scalar()?.trim().parse().ok()
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
