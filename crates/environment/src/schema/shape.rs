//! The part of JSON Schema that schemars emits for environments, as types.
//!
//! A keyword that is not known here is reported, never skipped: what is not checked must not look checked.

mod keyword;

use std::collections::BTreeMap;

use serde_json::{Map, Value};

pub(crate) use self::keyword::Size;
use self::keyword::{about, size, tag_of, without_null};
use crate::values::text::Format;

/// What a value must be.
#[derive(Debug)]
pub(crate) enum Shape {
    Struct(Vec<Field>),
    Map {
        key: Option<Format>,
        value: Box<Shape>,
        size: Size,
    },
    List {
        item: Box<Shape>,
        size: Size,
        unique: bool,
    },
    Text {
        format: Option<Format>,
        pattern: Option<regex_lite::Regex>,
        size: Size,
    },
    Whole {
        least: Option<i64>,
        most: Option<i64>,
    },
    Number {
        least: Option<f64>,
        most: Option<f64>,
    },
    Bool,
    /// One of some texts or numbers.
    Choice(Vec<Value>),
    /// A map with one key that says which other keys there are.
    Tagged {
        tag: String,
        variants: Vec<Variant>,
    },
}

/// A key of a struct.
#[derive(Debug)]
pub(crate) struct Field {
    pub(crate) name: String,
    pub(crate) shape: Shape,
    pub(crate) required: bool,
    /// The first sentence of its documentation.
    pub(crate) about: String,
}

/// One way to be a [`Shape::Tagged`].
#[derive(Debug)]
pub(crate) struct Variant {
    pub(crate) name: String,
    /// The other keys.
    pub(crate) fields: Vec<Field>,
}

/// Reads schemas; collects what it does not know.
pub(crate) struct Reader<'a> {
    formats: &'a BTreeMap<&'static str, Format>,
    /// Where in the schema, and what.
    pub(crate) unsupported: Vec<String>,
}

/// Keywords that only people read.
const ANNOTATIONS: [&str; 5] = ["title", "description", "default", "examples", "$schema"];

/// Formats that schemars gives to Rust's numbers; their bounds are in `minimum` and `maximum`.
const NUMBER_FORMATS: [&str; 10] = [
    "uint8", "uint16", "uint32", "uint64", "uint", "int8", "int16", "int32", "int64", "double",
];

impl<'a> Reader<'a> {
    pub(crate) fn new(formats: &'a BTreeMap<&'static str, Format>) -> Self {
        Reader {
            formats,
            unsupported: Vec::new(),
        }
    }

    pub(crate) fn shape(&mut self, schema: &Value, at: &str) -> Shape {
        let Some(schema) = schema.as_object() else {
            return self.refuse(at, "a schema that is no object");
        };
        if let Some(inner) = without_null(schema) {
            return self.shape(&inner, at);
        }
        if let Some(choices) = schema.get("enum").and_then(Value::as_array)
            && !self.names_format(schema)
        {
            self.known(
                schema,
                at,
                &["type", "enum", "format", "minimum", "maximum"],
            );
            return Shape::Choice(choices.clone());
        }
        if let Some(variants) = schema.get("oneOf").and_then(Value::as_array) {
            self.known(schema, at, &["oneOf"]);
            return self.one_of(variants, at);
        }
        match schema.get("type").and_then(Value::as_str) {
            Some("object") => self.object(schema, at),
            Some("array") => {
                let keywords = ["type", "items", "minItems", "maxItems", "uniqueItems"];
                self.known(schema, at, &keywords);
                let item = schema.get("items").unwrap_or(&Value::Null);
                Shape::List {
                    item: Box::new(self.shape(item, &format!("{at}[]"))),
                    size: size(schema, "minItems", "maxItems"),
                    unique: schema.get("uniqueItems") == Some(&Value::Bool(true)),
                }
            }
            Some("string") => self.text(schema, at),
            Some("integer") => {
                self.known(schema, at, &["type", "format", "minimum", "maximum"]);
                self.number_format(schema, at);
                Shape::Whole {
                    least: schema.get("minimum").and_then(Value::as_i64),
                    most: schema.get("maximum").and_then(Value::as_i64),
                }
            }
            Some("number") => {
                self.known(schema, at, &["type", "format", "minimum", "maximum"]);
                self.number_format(schema, at);
                Shape::Number {
                    least: schema.get("minimum").and_then(Value::as_f64),
                    most: schema.get("maximum").and_then(Value::as_f64),
                }
            }
            Some("boolean") => {
                self.known(schema, at, &["type"]);
                Shape::Bool
            }
            Some(other) => self.refuse(at, &format!("the type `{other}`")),
            None => self.refuse(at, "an untagged enum, or a type that can be anything"),
        }
    }

    fn object(&mut self, schema: &Map<String, Value>, at: &str) -> Shape {
        let closed = schema.get("additionalProperties") == Some(&Value::Bool(false));
        if let Some(by_pattern) = schema.get("patternProperties").and_then(Value::as_object) {
            let keywords = [
                "type",
                "patternProperties",
                "additionalProperties",
                "minProperties",
                "maxProperties",
            ];
            self.known(schema, at, &keywords);
            let [(pattern, value)] = by_pattern.iter().collect::<Vec<_>>()[..] else {
                return self.refuse(at, "a map with two kinds of keys");
            };
            let key = self
                .formats
                .values()
                .find(|format| format.pattern == pattern);
            if key.is_none() || !closed {
                self.refuse(
                    at,
                    &format!("keys like `{pattern}`, which no format in `formats()` has"),
                );
            }
            return Shape::Map {
                key: key.copied(),
                value: Box::new(self.shape(value, &format!("{at}.*"))),
                size: size(schema, "minProperties", "maxProperties"),
            };
        }
        if let Some(value) = schema
            .get("additionalProperties")
            .filter(|value| value.is_object())
        {
            let keywords = [
                "type",
                "additionalProperties",
                "minProperties",
                "maxProperties",
            ];
            self.known(schema, at, &keywords);
            return Shape::Map {
                key: None,
                value: Box::new(self.shape(value, &format!("{at}.*"))),
                size: size(schema, "minProperties", "maxProperties"),
            };
        }
        if !closed {
            self.refuse(at, "a struct without `#[serde(deny_unknown_fields)]`");
        }
        Shape::Struct(self.fields(schema, at))
    }

    fn fields(&mut self, schema: &Map<String, Value>, at: &str) -> Vec<Field> {
        self.known(
            schema,
            at,
            &["type", "properties", "required", "additionalProperties"],
        );
        let required: Vec<&str> = schema
            .get("required")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .collect();
        let properties = schema.get("properties").and_then(Value::as_object);
        // Sorted, whatever order serde_json keeps: that depends on what else is built with it.
        let properties: Option<BTreeMap<&String, &Value>> =
            properties.map(|properties| properties.iter().collect());
        properties
            .into_iter()
            .flatten()
            .map(|(name, schema)| Field {
                name: name.clone(),
                shape: self.shape(schema, &format!("{at}.{name}")),
                required: required.contains(&name.as_str()),
                about: about(schema),
            })
            .collect()
    }

    fn text(&mut self, schema: &Map<String, Value>, at: &str) -> Shape {
        let keywords = [
            "type",
            "format",
            "pattern",
            "enum",
            "minLength",
            "maxLength",
        ];
        self.known(schema, at, &keywords);
        let format = match schema.get("format").and_then(Value::as_str) {
            None => None,
            Some(name) => {
                let format = self.formats.get(name).copied();
                if format.is_none() {
                    self.refuse(
                        at,
                        &format!("the format `{name}`, which is not in `formats()`"),
                    );
                }
                format
            }
        };
        // A format's check says more than its pattern, which is there for editors.
        let pattern = match schema.get("pattern").and_then(Value::as_str) {
            Some(pattern) if format.is_none() => {
                let regex = regex_lite::Regex::new(pattern);
                if regex.is_err() {
                    self.refuse(at, &format!("the pattern `{pattern}`"));
                }
                regex.ok()
            }
            _ => None,
        };
        Shape::Text {
            format,
            pattern,
            size: size(schema, "minLength", "maxLength"),
        }
    }

    /// An enum: of texts with a description each, or of structs with a tag.
    fn one_of(&mut self, variants: &[Value], at: &str) -> Shape {
        let constants: Option<Vec<Value>> = variants
            .iter()
            .map(
                |variant| match variant.get("enum").and_then(Value::as_array) {
                    Some(several) => Some(several.clone()),
                    None => variant.get("const").map(|only| vec![only.clone()]),
                },
            )
            .collect::<Option<Vec<_>>>()
            .map(|several| several.concat());
        if let Some(constants) = constants {
            for variant in variants.iter().filter_map(Value::as_object) {
                self.known(variant, at, &["type", "const", "enum"]);
            }
            return Shape::Choice(constants);
        }
        let tags: Option<Vec<(&str, &str)>> = variants.iter().map(tag_of).collect();
        let Some(tags) = tags else {
            return self.refuse(at, "an enum that is neither of texts nor tagged");
        };
        let tag = tags
            .first()
            .map(|(tag, _)| (*tag).to_owned())
            .unwrap_or_default();
        let variants = variants.iter().filter_map(Value::as_object).zip(&tags);
        let variants = variants
            .map(|(schema, (tag, name))| Variant {
                name: (*name).to_owned(),
                fields: self.variant_fields(schema, tag, &format!("{at}<{name}>")),
            })
            .collect();
        Shape::Tagged { tag, variants }
    }

    fn variant_fields(&mut self, schema: &Map<String, Value>, tag: &str, at: &str) -> Vec<Field> {
        if schema.get("additionalProperties") != Some(&Value::Bool(false)) {
            self.refuse(at, "a tagged enum without `#[serde(deny_unknown_fields)]`");
        }
        let mut schema = schema.clone();
        if let Some(properties) = schema.get_mut("properties").and_then(Value::as_object_mut) {
            properties.remove(tag);
        }
        self.fields(&schema, at)
    }

    fn names_format(&self, schema: &Map<String, Value>) -> bool {
        let format = schema.get("format").and_then(Value::as_str);
        format.is_some_and(|name| self.formats.contains_key(name))
    }

    fn number_format(&mut self, schema: &Map<String, Value>, at: &str) {
        if let Some(format) = schema.get("format").and_then(Value::as_str)
            && !NUMBER_FORMATS.contains(&format)
        {
            self.refuse(at, &format!("the format `{format}` of a number"));
        }
    }

    fn known(&mut self, schema: &Map<String, Value>, at: &str, keywords: &[&str]) {
        for keyword in schema.keys() {
            if !keywords.contains(&keyword.as_str()) && !ANNOTATIONS.contains(&keyword.as_str()) {
                self.refuse(at, &format!("the keyword `{keyword}`"));
            }
        }
    }

    fn refuse(&mut self, at: &str, what: &str) -> Shape {
        let at = match at.trim_start_matches('.') {
            "" => "the environment",
            at => at,
        };
        self.unsupported.push(format!("{at}: {what}"));
        Shape::Bool
    }
}
