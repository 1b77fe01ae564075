//! What a template says of its parameters: types, and the attributes that there are.

use stratiform_service::Refusal;
use stratiform_template::{Parameter, Template, Value};

use super::constraint::{self, Subject};
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

/// How the types of parameters that hold the name of one of Systems Manager's start.
const LOOKED_UP: &str = "AWS::SSM::Parameter::Value<";

/// Is a value one, or several with commas?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    One,
    List,
}

/// What kind of value a parameter has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Text(Shape),
    Number(Shape),
    /// The name of a parameter of Systems Manager: constraints are about the name.
    LookedUp,
}

/// The kind of a parameter; none where there is no such type.
pub(super) fn kind(parameter_type: &str) -> Option<Kind> {
    let is_aws = |name: &str| name.starts_with("AWS::");
    match parameter_type {
        "String" => Some(Kind::Text(Shape::One)),
        "Number" => Some(Kind::Number(Shape::One)),
        "List<Number>" => Some(Kind::Number(Shape::List)),
        "CommaDelimitedList" | "List<String>" => Some(Kind::Text(Shape::List)),
        name if name.starts_with(LOOKED_UP) => name.ends_with('>').then_some(Kind::LookedUp),
        name => {
            let item = name
                .strip_prefix("List<")
                .and_then(|rest| rest.strip_suffix('>'));
            match item {
                Some(item) => is_aws(item).then_some(Kind::Text(Shape::List)),
                None => is_aws(name).then_some(Kind::Text(Shape::One)),
            }
        }
    }
}

/// Checks the declarations alone, values aside.
pub(super) fn check(template: &Template) -> Result<(), Refused> {
    for (name, parameter) in &template.parameters {
        let mut attributes = parameter.constraints.keys();
        let unknown = attributes.find(|key| !CONSTRAINTS.contains(&key.as_str()));
        if let Some(name) = unknown.filter(|_| !transform::has_macros(template)) {
            let name = name.clone();
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
            constraint::check(Subject { name, parameter }, &value)?;
        }
    }
    Ok(())
}

/// The default of a parameter, as text.
pub(super) fn default(parameter: &Parameter) -> Option<String> {
    text(parameter.default.as_ref()?)
}

/// The text of a scalar, as the service passes it on.
pub(super) fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(boolean) => Some(boolean.to_string()),
        Value::Null | Value::List(_) | Value::Map(_) | Value::Function(..) => None,
    }
}
