//! Properties held against the schema of their type, as CloudFormation does before and when it calls a handler.
//!
//! What lives here: what is wrong, and where. What does not: the words for it (`validation`), and what only the service
//! behind a type can tell (`refusal`).
//!
//! Functions stand for values that are not known yet, and are not looked at. Patterns, and rules of which one of several must hold, are not looked at.

use serde_json::{Map, Value};
use stratiform_catalog::{Fact, JsonType, Keyword, ResourceType, Schema};

use super::form::text;

/// Something that does not fit, and where: `/ContainerDefinitions/0`; empty for the resource.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Problem {
    pub(super) at: String,
    pub(super) what: What,
}

/// What does not fit?
#[derive(Clone, Debug, PartialEq)]
pub(super) enum What {
    /// A property is missing.
    Missing(String),
    /// A property is not known, or cannot be set.
    Extraneous(String),
    /// It is of another JSON type.
    Type { expected: JsonType, found: Json },
    /// It is none of the values.
    Enum,
    /// The text, or the list, is too short or too long.
    Length {
        limit: &'static str,
        expected: i64,
        found: usize,
    },
    /// The number is too small or too great; the keyword says which.
    Bound(&'static str),
}

/// What is a value?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Json {
    Array,
    Boolean,
    Number,
    Object,
    String,
}

impl Json {
    fn of(value: &Value) -> Option<Json> {
        Some(match value {
            Value::Null => return None,
            Value::Array(_) => Json::Array,
            Value::Bool(_) => Json::Boolean,
            Value::Number(_) => Json::Number,
            Value::Object(_) => Json::Object,
            Value::String(_) => Json::String,
        })
    }
}

/// Returns all that does not fit, what is missing last.
pub(super) fn problems(
    resource_type: ResourceType,
    properties: &Map<String, Value>,
) -> Vec<Problem> {
    let mut walk = Walk {
        resource_type,
        problems: Vec::new(),
    };
    walk.object(resource_type.schema(), properties, "");
    let is_missing = |problem: &Problem| matches!(problem.what, What::Missing(_));
    walk.problems.sort_by_key(is_missing);
    walk.problems
}

struct Walk {
    resource_type: ResourceType,
    problems: Vec<Problem>,
}

impl Walk {
    fn add(&mut self, at: &str, what: What) {
        self.problems.push(Problem {
            at: at.to_owned(),
            what,
        });
    }

    fn value(&mut self, schema: Schema, value: &Value, at: &str) {
        let schema = schema.resolve();
        let Some(found) = Json::of(value).filter(|_| !is_function(value)) else {
            return;
        };
        let types = schema.types();
        if !types.is_empty() && !types.iter().any(|json_type| fits(json_type, value)) {
            let expected = types.iter().next().unwrap_or(JsonType::String);
            self.add(at, What::Type { expected, found });
            return;
        }
        match value {
            Value::Object(members) => self.object(schema, members, at),
            Value::Array(items) => self.array(schema, items, at),
            Value::Null => {}
            Value::Bool(_) | Value::Number(_) | Value::String(_) => {
                self.scalar(schema, &text(value), at)
            }
        }
    }

    fn object(&mut self, schema: Schema, members: &Map<String, Value>, at: &str) {
        let has_patterns = schema.pattern_properties().next().is_some();
        let is_listed = schema.properties().next().is_some();
        for (name, value) in members {
            let below = format!("{at}/{name}");
            match schema.property(name) {
                Some(_) if self.is_read_only(&below) => {
                    self.add(at, What::Extraneous(name.clone()))
                }
                Some(property) => self.value(property, value, &below),
                None => match schema.additional_properties() {
                    Some(additional) => self.value(additional, value, &below),
                    None if has_patterns || !is_listed || schema.allows_additional_properties() => {
                    }
                    None => self.add(at, What::Extraneous(name.clone())),
                },
            }
        }
        for required in schema.required() {
            if members.get(required).is_none_or(Value::is_null)
                && !self.is_read_only(&format!("{at}/{required}"))
            {
                self.add(at, What::Missing(required.to_owned()));
            }
        }
    }

    fn array(&mut self, schema: Schema, items: &[Value], at: &str) {
        self.length(
            schema,
            at,
            items.len(),
            [
                (Keyword::MinItems, "minimum item count"),
                (Keyword::MaxItems, "maximum item count"),
            ],
        );
        if let Some(of_items) = schema.items() {
            for (index, item) in items.iter().enumerate() {
                self.value(of_items, item, &format!("{at}/{index}"));
            }
        }
    }

    fn scalar(&mut self, schema: Schema, value: &str, at: &str) {
        let is_value = |fact: Fact| plain(fact) == value;
        if schema
            .enum_values()
            .is_some_and(|mut values| !values.any(is_value))
        {
            self.add(at, What::Enum);
        }
        if schema.types().contains(JsonType::String) {
            self.length(
                schema,
                at,
                value.chars().count(),
                [
                    (Keyword::MinLength, "minLength"),
                    (Keyword::MaxLength, "maxLength"),
                ],
            );
            return;
        }
        let Ok(number) = value.parse::<f64>() else {
            return;
        };
        let bound = |keyword| schema.keyword(keyword).and_then(Fact::as_float);
        if bound(Keyword::Minimum).is_some_and(|least| number < least) {
            self.add(at, What::Bound("minimum"));
        }
        if bound(Keyword::Maximum).is_some_and(|most| number > most) {
            self.add(at, What::Bound("maximum"));
        }
    }

    fn length(
        &mut self,
        schema: Schema,
        at: &str,
        found: usize,
        limits: [(Keyword, &'static str); 2],
    ) {
        let length = i64::try_from(found).unwrap_or(i64::MAX);
        let [(least_keyword, least_limit), (most_keyword, most_limit)] = limits;
        let bound = |keyword| schema.keyword(keyword).and_then(Fact::as_int);
        let least = bound(least_keyword).filter(|least| length < *least);
        let most = bound(most_keyword).filter(|most| length > *most);
        let broken = least.map(|least| (least, least_limit));
        if let Some((expected, limit)) = broken.or(most.map(|most| (most, most_limit))) {
            self.add(
                at,
                What::Length {
                    limit,
                    expected,
                    found,
                },
            );
        }
    }

    fn is_read_only(&self, at: &str) -> bool {
        let steps = || at.split('/').skip(1);
        self.resource_type.read_only().any(|path| {
            let fits = |(known, step): (&str, &str)| {
                known == step || known == "*" && step.parse::<usize>().is_ok()
            };
            steps().count() == path.segments().count() && path.segments().zip(steps()).all(fits)
        })
    }
}

/// Whether a value is not known yet: an object with one member, which is a function.
fn is_function(value: &Value) -> bool {
    let mut names = value.as_object().into_iter().flat_map(Map::keys);
    let is_function = |name: &String| name == "Ref" || name.starts_with("Fn::");
    names.next().is_some_and(is_function) && names.next().is_none()
}

/// Whether a value is of a type, scalars being text or not.
fn fits(json_type: JsonType, value: &Value) -> bool {
    match (json_type, value) {
        (JsonType::Array, Value::Array(_)) | (JsonType::Object, Value::Object(_)) => true,
        (JsonType::String, Value::String(_) | Value::Bool(_) | Value::Number(_)) => true,
        (JsonType::Boolean, Value::Bool(_)) => true,
        (JsonType::Boolean, Value::String(text)) => {
            ["true", "false"].contains(&text.to_lowercase().as_str())
        }
        (JsonType::Integer, Value::Number(number)) => number.is_i64() || number.is_u64(),
        (JsonType::Integer, Value::String(text)) => text.parse::<i64>().is_ok(),
        (JsonType::Number, Value::Number(_)) => true,
        (JsonType::Number, Value::String(text)) => text.parse::<f64>().is_ok_and(f64::is_finite),
        (
            JsonType::Array
            | JsonType::Boolean
            | JsonType::Integer
            | JsonType::Null
            | JsonType::Number
            | JsonType::Object
            | JsonType::String,
            _,
        ) => false,
    }
}

/// A scalar of a schema as text.
pub(super) fn plain(fact: Fact) -> String {
    match fact.as_text() {
        Some(text) => text.to_owned(),
        None => format!("{fact:?}"),
    }
}
