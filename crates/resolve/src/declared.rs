//! What the declaration of a parameter asks of its value.
//!
//! Source: CloudFormation user guide, "Parameters"; the texts are recorded, or quoted by several clients.

mod pattern;

use stratiform_service::Refusal;
use stratiform_template::{Parameter, Value};

/// How the types of parameters that hold the name of one of Systems Manager's start.
const LOOKED_UP: &str = "AWS::SSM::Parameter::Value<";

/// Is a value one, or several with commas?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// One.
    One,
    /// Several.
    List,
}

/// What kind of value a parameter has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Text, or something of AWS's by its ID or name.
    Text(Shape),
    /// Numbers.
    Number(Shape),
    /// The name of a parameter of Systems Manager: constraints are about the name.
    LookedUp,
}

/// A parameter by its name.
#[derive(Clone, Copy, Debug)]
struct Subject<'t> {
    name: &'t str,
    parameter: &'t Parameter,
}

/// How CloudFormation refuses a value of a parameter for its declaration, in the template's own words where it has any;
/// none where it takes the value.
pub fn breaks(name: &str, parameter: &Parameter, value: &str) -> Option<Refusal> {
    let broken = broken(Subject { name, parameter }, value)?;
    let words = parameter.constraints.get("ConstraintDescription");
    Some(match words.and_then(text) {
        Some(constraint) => Refusal::ParameterUnsatisfied {
            name: name.to_owned(),
            constraint,
        },
        None => broken,
    })
}

/// The first constraint that a value breaks.
fn broken(subject: Subject<'_>, value: &str) -> Option<Refusal> {
    // What has no such type is refused for that.
    let kind = kind(&subject.parameter.parameter_type)?;
    let shape = match kind {
        Kind::Text(shape) | Kind::Number(shape) => shape,
        Kind::LookedUp => Shape::One,
    };
    let items: Vec<&str> = match shape {
        Shape::One => vec![value],
        Shape::List => value.split(',').map(str::trim).collect(),
    };
    items.into_iter().find_map(|item| {
        allowed(subject, item).or_else(|| match kind {
            Kind::Number(_) => number(subject, item),
            Kind::Text(_) | Kind::LookedUp => {
                length(subject, item).or_else(|| matching(subject, item))
            }
        })
    })
}

fn allowed(subject: Subject<'_>, value: &str) -> Option<Refusal> {
    let allowed = subject.parameter.constraints.get("AllowedValues")?;
    let mut texts = allowed.as_list()?.iter().filter_map(text);
    let name = subject.name.to_owned();
    (!texts.any(|text| text == value)).then_some(Refusal::ParameterNotAllowed { name })
}

fn number(subject: Subject<'_>, value: &str) -> Option<Refusal> {
    let name = subject.name.to_owned();
    let Some(number) = as_number(value) else {
        return Some(Refusal::ParameterNotANumber { name });
    };
    if let Some((_, least)) = bound(subject, "MinValue").filter(|(least, _)| number < *least) {
        return Some(Refusal::ParameterTooSmall { name, least });
    }
    bound(subject, "MaxValue")
        .filter(|(most, _)| number > *most)
        .map(|(_, most)| Refusal::ParameterTooLarge { name, most })
}

fn length(subject: Subject<'_>, value: &str) -> Option<Refusal> {
    let name = subject.name.to_owned();
    let length = value.chars().count() as f64;
    if let Some((_, characters)) = bound(subject, "MinLength").filter(|(least, _)| length < *least)
    {
        return Some(Refusal::ParameterTooShort { name, characters });
    }
    bound(subject, "MaxLength")
        .filter(|(most, _)| length > *most)
        .map(|(_, characters)| Refusal::ParameterTooLong { name, characters })
}

fn matching(subject: Subject<'_>, value: &str) -> Option<Refusal> {
    let pattern = subject.parameter.constraints.get("AllowedPattern")?;
    let pattern = pattern.as_str()?;
    (!pattern::matches(pattern, value)).then(|| Refusal::ParameterNotMatching {
        name: subject.name.to_owned(),
        pattern: pattern.to_owned(),
    })
}

/// The number of a bound, and how it is written.
fn bound(subject: Subject<'_>, key: &str) -> Option<(f64, String)> {
    let text = subject.parameter.constraints.get(key).and_then(text)?;
    Some((as_number(&text)?, text))
}

/// The number that a text is. Words for what is no number are none.
fn as_number(text: &str) -> Option<f64> {
    let is_written = |byte: u8| byte.is_ascii_digit() || b"+-.eE".contains(&byte);
    let text = text.trim();
    text.bytes().all(is_written).then(|| text.parse().ok())?
}

/// Whether a declaration allows only some values, and which.
pub fn allowed_values(parameter: &Parameter) -> Option<Vec<String>> {
    let allowed = parameter.constraints.get("AllowedValues")?;
    allowed
        .as_list()
        .map(|items: &[Value]| items.iter().filter_map(text).collect())
}

/// The kind of a parameter; none where there is no such type.
pub fn kind(parameter_type: &str) -> Option<Kind> {
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

/// The default of a parameter, as text.
pub fn default(parameter: &Parameter) -> Option<String> {
    text(parameter.default.as_ref()?)
}

/// The text of a scalar, as the service passes it on.
pub fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.to_string()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(boolean) => Some(boolean.to_string()),
        Value::Null | Value::List(_) | Value::Map(_) | Value::Function(..) => None,
    }
}
