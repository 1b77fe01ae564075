//! The wording of problems: how kinds, bounds and values are called.

use std::fmt;

use serde_json::Value;
use stratiform_finding::words::{joined, listed, meant};
use stratiform_template::Scalar;

use crate::load::merge::{Kind, Tree};
use crate::path::Path;
use crate::schema::shape::{Field, Shape};

/// A path in backticks, or what people call the whole.
pub(crate) fn name(path: &Path) -> String {
    if path.steps().is_empty() {
        "the environment".to_owned()
    } else {
        format!("`{path}`")
    }
}

/// A part as people call it: `the text "x"`.
pub(crate) struct Found<'a>(pub(crate) &'a Tree);

impl fmt::Display for Found<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0.kind {
            Kind::Map(_) => formatter.write_str("a map"),
            Kind::List(_) => formatter.write_str("a list"),
            Kind::Scalar(Scalar::Null) => formatter.write_str("empty"),
            Kind::Scalar(Scalar::Bool(boolean)) => write!(formatter, "`{boolean}`"),
            Kind::Scalar(Scalar::Number(number)) => write!(formatter, "the number {number}"),
            Kind::Scalar(Scalar::String(text)) => write!(formatter, "the text \"{text}\""),
        }
    }
}

/// What a shape wants, with its article.
pub(crate) fn noun(shape: &Shape) -> String {
    match shape {
        Shape::Struct(_) | Shape::Map { .. } | Shape::Tagged { .. } => "a map",
        Shape::List { .. } => "a list",
        Shape::Text {
            format: Some(format),
            ..
        } => return format!("text ({})", format.noun),
        Shape::Text { .. } => "text",
        Shape::Whole { .. } => "a whole number",
        Shape::Number { .. } => "a number",
        Shape::Bool => "`true` or `false`",
        Shape::Choice(choices) => noun_of(choices.first()),
    }
    .to_owned()
}

/// What the choices of a list are.
pub(crate) fn noun_of(choice: Option<&Value>) -> &'static str {
    match choice {
        Some(Value::Number(_)) => "a number",
        _ => "text",
    }
}

/// The choices in one line: texts in backticks, numbers as they are.
pub(crate) fn allowed(choices: &[Value]) -> String {
    let list = match choices.first() {
        Some(Value::String(_)) => listed(choices.iter().map(shown)),
        _ => joined(choices),
    };
    format!("allowed: {list}")
}

/// Kinds of scalars that can be compared with each other.
pub(crate) fn kind_of(value: &Value) -> Option<&'static str> {
    match value {
        Value::String(_) => Some("text"),
        Value::Number(_) => Some("number"),
        Value::Bool(_) => Some("boolean"),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

/// A value as it is written in YAML.
pub(crate) fn shown(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

pub(crate) fn scalar(scalar: &Scalar) -> String {
    match scalar {
        Scalar::Null => "null".to_owned(),
        Scalar::Bool(boolean) => boolean.to_string(),
        Scalar::Number(number) => number.to_string(),
        Scalar::String(text) => text.clone(),
    }
}

/// `1 to 35`, `at least 1`, `at most 35`.
pub(crate) fn bounds<T: fmt::Display>(least: Option<&T>, most: Option<&T>) -> String {
    match (least, most) {
        (Some(least), Some(most)) => format!("{least} to {most}"),
        (Some(least), None) => format!("at least {least}"),
        (None, Some(most)) => format!("at most {most}"),
        (None, None) => "a number".to_owned(),
    }
}

/// Which of the choices was probably meant.
pub(crate) fn choose(written: &Value, choices: &[Value]) -> String {
    if let Some(number) = written.as_f64() {
        let numbers = || choices.iter().filter_map(Value::as_f64);
        let below = numbers()
            .filter(|choice| *choice < number)
            .max_by(f64::total_cmp);
        let above = numbers()
            .filter(|choice| *choice > number)
            .min_by(f64::total_cmp);
        return match (below, above) {
            (Some(below), Some(above)) => format!("the nearest are {below} and {above}"),
            (Some(only), None) | (None, Some(only)) => format!("the nearest is {only}"),
            (None, None) => "write one of these".to_owned(),
        };
    }
    let text = shown(written);
    let similar = text.replace(['-', ' '], "_").to_lowercase();
    let names: Vec<String> = choices.iter().map(shown).collect();
    let names = || names.iter().map(String::as_str);
    meant(&text, names())
        .or_else(|| meant(&similar, names()))
        .unwrap_or_else(|| "write one of these".to_owned())
}

/// How to write what was written in the type that is needed.
pub(crate) fn retype(tree: &Tree, shape: &Shape) -> String {
    let map =
        || "write `key: value` lines under it, with more indentation and without `-`".to_owned();
    let list = || "write each item on a line of its own, after `- `".to_owned();
    match (shape, &tree.kind) {
        (Shape::Struct(_) | Shape::Map { .. } | Shape::Tagged { .. }, _) => map(),
        (Shape::List { .. }, Kind::Scalar(text)) => format!("write a list: `[{}]`", scalar(text)),
        (Shape::List { .. }, _) => list(),
        (Shape::Text { .. } | Shape::Choice(_), Kind::Scalar(Scalar::Number(number))) => {
            format!("put it in quotes: \"{number}\"")
        }
        (Shape::Text { .. } | Shape::Choice(_), Kind::Scalar(Scalar::Bool(_))) => {
            "put it in quotes, as you wrote it".to_owned()
        }
        (Shape::Text { .. } | Shape::Choice(_), _) => "write one text after the colon".to_owned(),
        (Shape::Whole { .. } | Shape::Number { .. }, Kind::Scalar(Scalar::String(text)))
            if text.parse::<f64>().is_ok() && !text.starts_with('0') =>
        {
            format!("write it without quotes: {text}")
        }
        (Shape::Whole { .. }, Kind::Scalar(Scalar::Number(_))) => {
            "write it without a fraction".to_owned()
        }
        (Shape::Whole { .. } | Shape::Number { .. }, _) => {
            "write digits only, without a unit".to_owned()
        }
        (Shape::Bool, _) => "write `true` or `false`, without quotes".to_owned(),
    }
}

/// A key with the smallest value that would do: `budget: {monthly_usd: 1}`. What people have to think of is named
/// in angle brackets.
pub(crate) fn smallest(key: &str, shape: &Shape) -> String {
    format!("{key}: {}", smallest_value(shape))
}

fn smallest_value(shape: &Shape) -> String {
    let fields = |fields: &[Field]| {
        let required = fields.iter().filter(|field| field.required);
        let written: Vec<String> = required
            .map(|field| smallest(&field.name, &field.shape))
            .collect();
        written
    };
    match shape {
        Shape::Struct(of_struct) => format!("{{{}}}", fields(of_struct).join(", ")),
        Shape::Tagged { tag, variants } => match variants.first() {
            Some(first) => {
                let written = std::iter::once(format!("{tag}: {}", first.name));
                let written: Vec<String> = written.chain(fields(&first.fields)).collect();
                format!("{{{}}}", written.join(", "))
            }
            None => "{}".to_owned(),
        },
        Shape::Map { key, value, size } if size.least > 0 => {
            let key = key.map_or("a key", |key| key.noun);
            format!("{{<{key}>: {}}}", smallest_value(value))
        }
        Shape::Map { .. } => "{}".to_owned(),
        Shape::List { item, size, .. } if size.least > 0 => format!("[{}]", smallest_value(item)),
        Shape::List { .. } => "[]".to_owned(),
        Shape::Text {
            format: Some(format),
            ..
        } => format!("<{}>", format.noun),
        Shape::Text { .. } => "<text>".to_owned(),
        Shape::Whole { least, most } => {
            let one = least.unwrap_or(1).max(1);
            most.map_or(one, |most| one.min(most)).to_string()
        }
        Shape::Number { least, most } => {
            let one = least.unwrap_or(1.0).max(1.0);
            most.map_or(one, |most| one.min(most)).to_string()
        }
        Shape::Bool => "false".to_owned(),
        Shape::Choice(choices) => choices.first().map(shown).unwrap_or_default(),
    }
}

/// A sentence to go on with after a colon: `The VPC` → `the VPC`, but `VPC` stays.
pub(crate) fn lower_first(sentence: &str) -> String {
    let mut characters = sentence.chars();
    match (characters.next(), characters.clone().next()) {
        (Some(first), Some(second)) if !second.is_uppercase() => {
            first.to_lowercase().chain(characters).collect()
        }
        _ => sentence.to_owned(),
    }
}
