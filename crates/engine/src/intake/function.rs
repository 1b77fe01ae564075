//! The form of functions' arguments.
//!
//! What lives here: one function with its argument, literals only. What does not: names that lead nowhere
//! (`reference`), and what depends on values (`live`).

use stratiform_service::Refusal;
use stratiform_template::{Function, Value, sub_variables};

use super::refused::template_error;
use crate::input::Refused;

/// Is the template one with `AWS::LanguageExtensions`?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Language {
    Plain,
    Extended,
}

/// The functions that the service says it has, in its order.
const SUPPORTED: [&str; 23] = [
    "Fn::Base64",
    "Fn::GetAtt",
    "Fn::GetAZs",
    "Fn::ImportValue",
    "Fn::Join",
    "Fn::Split",
    "Fn::FindInMap",
    "Fn::Select",
    "Ref",
    "Fn::Equals",
    "Fn::If",
    "Fn::Not",
    "Condition",
    "Fn::And",
    "Fn::Or",
    "Fn::Contains",
    "Fn::EachMemberEquals",
    "Fn::EachMemberIn",
    "Fn::ValueOf",
    "Fn::ValueOfAll",
    "Fn::RefAll",
    "Fn::Sub",
    "Fn::Cidr",
];

/// A function that there is not.
pub(super) fn unsupported(name: &str) -> Refused {
    Refusal::UnsupportedFunction {
        name: name.to_owned(),
        supported: SUPPORTED.map(str::to_owned).to_vec(),
    }
    .into()
}

/// Checks the form of a function's argument.
pub(super) fn check(
    function: Function,
    argument: &Value,
    language: Language,
) -> Result<(), Refused> {
    if matches!(function, Function::Length | Function::ToJsonString) && language == Language::Plain
    {
        return Err(unsupported(function.name()));
    }
    match fault(function, argument, language) {
        Some(text) => Err(template_error(text)),
        None => Ok(()),
    }
}

/// What is wrong with the form of an argument.
fn fault(function: Function, argument: &Value, language: Language) -> Option<&'static str> {
    let items = argument.as_list().unwrap_or_default();
    let extended = language == Language::Extended;
    let name = |value: &Value| match value {
        Value::Function(..) => extended,
        other => is_text(other),
    };
    match function {
        Function::Ref => {
            (!name(argument)).then_some("every Ref object must have a single String value.")
        }
        Function::Condition => (!is_text(argument))
            .then_some("every Condition object must have a single String value."),
        Function::GetAtt => {
            let fits = matches!(items, [resource, attribute]
                if name(resource) && (is_text(attribute) || is_given(attribute)));
            (!fits).then_some(
                "every Fn::GetAtt object requires two non-empty parameters, the resource name and the resource attribute",
            )
        }
        Function::Sub => substitution(argument),
        Function::If => match items {
            [condition, _, _] if is_text(condition) => None,
            [condition, ..] if is_text(condition) => {
                Some("Fn::If requires a list argument with three elements")
            }
            _ => Some("Fn::If requires a list argument with the first element being a condition"),
        },
        Function::FindInMap => {
            let count = if extended { 3..=4 } else { 3..=3 };
            let fits = count.contains(&items.len()) && items.iter().take(3).all(is_scalar_or_given);
            (!fits).then_some(
                "every Fn::FindInMap object requires three parameters, the map name, map key and the attribute for return value",
            )
        }
        Function::Join => {
            let fits = matches!(items, [Value::String(_), list] if is_list_or_given(list));
            (!fits).then_some(
                "every Fn::Join object requires two parameters, (1) a string delimiter and (2) a list of strings to be joined or a function that returns a list of strings (such as Fn::GetAZs) to be joined.",
            )
        }
        Function::Split => {
            let fits = matches!(items, [Value::String(_), source] if is_scalar_or_given(source));
            (!fits).then_some(
                "every Fn::Split object requires two parameters, (1) a string delimiter and (2) a string to be split or a function that returns a string to be split.",
            )
        }
        Function::Select => {
            let fits = matches!(items, [index, list] if is_index(index) && is_list_or_given(list));
            (!fits).then_some(
                "Fn::Select requires a list argument with two elements: an integer index and a list",
            )
        }
        Function::Equals => {
            let fits = matches!(items, [one, other] if is_scalar_or_given(one) && is_scalar_or_given(other));
            (!fits).then_some("every Fn::Equals object requires a list of 2 string parameters.")
        }
        Function::And => (!is_several(items)).then_some(
            "every Fn::And object requires a list of at least 2 and at most 10 boolean parameters.",
        ),
        Function::Or => (!is_several(items)).then_some(
            "every Fn::Or object requires a list of at least 2 and at most 10 boolean parameters.",
        ),
        Function::Not => match items {
            [one] if is_given(one) => None,
            [_] => Some("Fn::Not requires a list argument with one function token"),
            _ => Some("Fn::Not requires a list argument with one element"),
        },
        Function::Base64 => (!is_scalar_or_given(argument))
            .then_some("every Fn::Base64 object must have a String-typed value."),
        Function::GetAZs => (!is_scalar_or_given(argument))
            .then_some("every Fn::GetAZs object must have a String-typed value."),
        // From here on the words are not recorded, nor quoted by anybody.
        Function::ImportValue => (!is_scalar_or_given(argument))
            .then_some("every Fn::ImportValue object must have a String-typed value."),
        Function::Cidr => (!is_given(argument) && !(2..=3).contains(&items.len())).then_some(
            "Fn::Cidr requires a list argument with two or three elements: an ip block, a count and the cidr bits",
        ),
        Function::GetStackOutput => {
            let has = |key: &str| argument.as_map().is_some_and(|map| map.contains_key(key));
            (!has("StackName") || !has("OutputName"))
                .then_some("every Fn::GetStackOutput object requires StackName and OutputName")
        }
        Function::Contains
        | Function::EachMemberEquals
        | Function::EachMemberIn
        | Function::ValueOf
        | Function::ValueOfAll
        | Function::RefAll
        | Function::Length
        | Function::ToJsonString
        | Function::Transform => None,
    }
}

/// What is wrong with the argument of `Fn::Sub`.
fn substitution(argument: &Value) -> Option<&'static str> {
    let text = match argument {
        Value::List(items) => match items.as_slice() {
            [Value::String(text), Value::Map(_)] => Some(text.as_str()),
            _ => None,
        },
        other => other.as_str(),
    };
    let Some(text) = text else {
        return Some(
            "One or more Fn::Sub intrinsic functions don't specify expected arguments. Specify a string as first argument, and an optional second argument to specify a mapping of values to replace in the string",
        );
    };
    let fits = |name: &str| {
        let name = name.trim();
        let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"_.:".contains(&byte);
        !name.is_empty() && name.bytes().all(fits)
    };
    (!sub_variables(text).all(fits)).then_some(
        "variable names in Fn::Sub syntax must contain only alphanumeric characters, underscores, periods, and colons",
    )
}

fn is_text(value: &Value) -> bool {
    value.as_str().is_some_and(|text| !text.is_empty())
}

fn is_given(value: &Value) -> bool {
    matches!(value, Value::Function(..))
}

fn is_scalar_or_given(value: &Value) -> bool {
    !matches!(value, Value::Null | Value::List(_) | Value::Map(_))
}

fn is_list_or_given(value: &Value) -> bool {
    matches!(value, Value::List(_)) || is_given(value)
}

fn is_index(value: &Value) -> bool {
    match value {
        Value::Number(number) => number.as_i64().is_some(),
        Value::String(text) => text.trim().parse::<i64>().is_ok(),
        other => is_given(other),
    }
}

/// Whether there are two to ten conditions.
fn is_several(items: &[Value]) -> bool {
    (2..=10).contains(&items.len()) && items.iter().all(is_given)
}
