//! What the declaration of a parameter asks of its value.
//!
//! Source: CloudFormation user guide, "Parameters"; the texts are recorded, or quoted by several clients.

use stratiform_service::Refusal;
use stratiform_template::{Parameter, Value};

use super::declaration::{self, Kind, Shape};
use super::pattern;
use crate::input::Refused;

/// A parameter by its name.
#[derive(Clone, Copy, Debug)]
pub(super) struct Subject<'t> {
    pub name: &'t str,
    pub parameter: &'t Parameter,
}

/// Checks a value against all constraints; in the template's own words where it has any.
pub(super) fn check(subject: Subject<'_>, value: &str) -> Result<(), Refused> {
    let Some(broken) = broken(subject, value) else {
        return Ok(());
    };
    let words = subject.parameter.constraints.get("ConstraintDescription");
    Err(match words.and_then(declaration::text) {
        Some(constraint) => Refusal::ParameterUnsatisfied {
            name: subject.name.to_owned(),
            constraint,
        },
        None => broken,
    }
    .into())
}

/// The first constraint that a value breaks.
fn broken(subject: Subject<'_>, value: &str) -> Option<Refusal> {
    // What has no such type is refused for that.
    let kind = declaration::kind(&subject.parameter.parameter_type)?;
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
    let mut texts = allowed.as_list()?.iter().filter_map(declaration::text);
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
    let text = subject
        .parameter
        .constraints
        .get(key)
        .and_then(declaration::text)?;
    Some((as_number(&text)?, text))
}

/// The number that a text is. Words for what is no number are none.
fn as_number(text: &str) -> Option<f64> {
    let is_written = |byte: u8| byte.is_ascii_digit() || b"+-.eE".contains(&byte);
    let text = text.trim();
    text.bytes().all(is_written).then(|| text.parse().ok())?
}

impl Subject<'_> {
    /// Whether the value is the name of a parameter of Systems Manager.
    pub(super) fn is_looked_up(self) -> bool {
        declaration::kind(&self.parameter.parameter_type) == Some(Kind::LookedUp)
    }

    /// Whether nobody may see the value.
    pub(super) fn no_echo(self) -> bool {
        self.parameter.no_echo == Some(true)
    }

    /// The default, as text.
    pub(super) fn default(self) -> Option<String> {
        declaration::default(self.parameter)
    }
}

/// Whether a declaration allows only some values, and which.
pub(super) fn allowed_values(parameter: &Parameter) -> Option<Vec<String>> {
    let allowed = parameter.constraints.get("AllowedValues")?;
    allowed
        .as_list()
        .map(|items: &[Value]| items.iter().filter_map(declaration::text).collect())
}
