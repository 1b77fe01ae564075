//! What a template says of its parameters: types, and the attributes that there are.

use stratiform_resolve::declared::{breaks, default, kind, text};
use stratiform_service::Refusal;
use stratiform_template::Template;

use super::refused::format_error;
use super::transform;
use crate::input::Refused;

/// The attributes of a parameter that constrain it.
const CONSTRAINTS: [&str; 7] = [
    "AllowedPattern",
    "AllowedValues",
    "ConstraintDescription",
    "MinLength",
    "MaxLength",
    "MinValue",
    "MaxValue",
];

/// Checks the declarations alone, values aside.
pub(super) fn check(template: &Template) -> Result<(), Refused> {
    for (name, parameter) in &template.parameters {
        let mut attributes = parameter.constraints.keys();
        let unknown = attributes.find(|key| !CONSTRAINTS.contains(&key.as_str()));
        if let Some(name) = unknown.filter(|_| !transform::has_macros(template)) {
            let name = name.to_string();
            return Err(Refusal::UnknownParameterAttribute { name }.into());
        }
        // What is wrong with the name is said first.
        let is_named = name.bytes().all(|byte| byte.is_ascii_alphanumeric());
        if is_named && kind(&parameter.parameter_type).is_none() {
            return Err(format_error(&format!(
                "Unrecognized parameter type: {}",
                parameter.parameter_type
            )));
        }
    }
    Ok(())
}

/// Checks that every default satisfies the constraints of its parameter.
pub(super) fn defaults(template: &Template) -> Result<(), Refused> {
    for (name, parameter) in &template.parameters {
        if parameter
            .default
            .as_ref()
            .is_some_and(|default| text(default).is_none())
        {
            return Err(format_error("Every Default member must be a string."));
        }
        if let Some(value) = default(parameter) {
            breaks(name, parameter, &value).map_or(Ok(()), |broken| Err(Refused::from(broken)))?;
        }
    }
    Ok(())
}
