//! Resources of every type of the catalog, with what they require and one property more, right and wrong.

use std::collections::HashSet;

use serde_json::{Map, Value, json};
use stratiform_catalog::{JsonType, Keyword, ResourceType, Schema, catalog};

use super::case::{Case, number_of};
use super::corpus::{REGION, Spoiler};

/// How many properties of a type are tried; some of their changes each.
const PROPERTIES: usize = 1;

/// How many of the changes of a property are kept.
const CHANGES: usize = 2;

/// How deep a property goes.
const DEPTH: usize = 6;

/// The parameter that stands where a text must have a form.
const TEXT: &str = "Text";

/// For each type that exists in the region: the least that it needs, and some properties with changes.
pub(super) fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for resource_type in catalog().resource_types() {
        if let Some(here) = catalog().resource_type_in(resource_type.name(), REGION) {
            of_type(here, &mut cases);
        }
    }
    cases
}

fn of_type(resource_type: ResourceType, cases: &mut Vec<Case>) {
    let origin = format!("generated/{}", resource_type.name().replace("::", "."));
    let schema = resource_type.schema();
    let least = object(schema, 0);
    cases.push(Case::found(
        origin.clone(),
        REGION,
        format!(
            "{:#}",
            template(resource_type, &Value::Object(least.clone()))
        ),
    ));
    let read_only = |name: &str| resource_type.read_only().any(|path| path.as_str() == name);
    let mut properties: Vec<(&str, Schema)> = schema
        .resolve()
        .properties()
        .filter(|(name, _)| !read_only(name))
        .collect();
    properties.sort_by_key(|(name, _)| number_of(&format!("{origin} {name}")));
    for (name, property) in properties.into_iter().take(PROPERTIES) {
        let mut with = least.clone();
        let value = with
            .entry(name)
            .or_insert_with(|| sample(property, 0))
            .clone();
        let mut made = Vec::new();
        let mut spoiler = Spoiler {
            origin: origin.clone(),
            region: REGION,
            resource_type: resource_type.name(),
            logical_id: "It",
            host: &template(resource_type, &Value::Object(with.clone())),
            known: &mut HashSet::new(),
            cases: &mut made,
        };
        spoiler.each(&value, Some(property), &mut vec![name.to_owned()]);
        // Few of them, and other ones for other properties.
        made.sort_by_key(|case| number_of(&case.name));
        made.truncate(CHANGES);
        cases.extend(made);
    }
}

fn template(resource_type: ResourceType, properties: &Value) -> Value {
    let mut template = json!({
        "Resources": {"It": {"Type": resource_type.name(), "Properties": properties}},
    });
    if let Some(transform) = resource_type.transform() {
        template["Transform"] = json!(transform);
    }
    if properties
        .to_string()
        .contains(&format!("\"Ref\":\"{TEXT}\""))
    {
        template["Parameters"] = json!({TEXT: {"Type": "String"}});
    }
    template
}

/// A value that a schema takes, as far as that can be told: what must have a form is a parameter.
fn sample(schema: Schema, depth: usize) -> Value {
    let schema = schema.resolve();
    let types = schema.types();
    let fact = |fact: stratiform_catalog::Fact| {
        fact.as_text()
            .map(|text| json!(text))
            .or_else(|| fact.as_int().map(|number| json!(number)))
            .or_else(|| fact.as_bool().map(|truth| json!(truth)))
    };
    if let Some(only) = schema.const_value().and_then(fact) {
        return only;
    }
    if let Some(first) = schema
        .enum_values()
        .and_then(|mut values| values.find_map(fact))
    {
        return first;
    }
    let number = |keyword| schema.keyword(keyword).and_then(|fact| fact.as_int());
    let object_like = types.contains(JsonType::Object) || schema.properties().next().is_some();
    if depth < DEPTH && object_like {
        return Value::Object(object(schema, depth));
    }
    if depth < DEPTH && types.contains(JsonType::Array) {
        let item = schema
            .items()
            .map_or_else(|| json!("a"), |items| sample(items, depth + 1));
        return json!([item]);
    }
    if types.contains(JsonType::Boolean) {
        return json!(true);
    }
    if types.contains(JsonType::Integer) || types.contains(JsonType::Number) {
        return json!(number(Keyword::Minimum).unwrap_or(1).max(0));
    }
    // Lengths are kept by a word; of the rest nobody can tell without knowing what it names.
    let plain = schema.pattern().is_none()
        && schema.format().is_none()
        && schema.relationship().is_none()
        && number(Keyword::MinLength).is_none_or(|least| least <= 4)
        && number(Keyword::MaxLength).is_none_or(|most| most >= 4);
    if plain {
        json!("word")
    } else {
        json!({"Ref": TEXT})
    }
}

/// What an object requires, and of one that requires nothing the first property.
fn object(schema: Schema, depth: usize) -> Map<String, Value> {
    let schema = schema.resolve();
    let mut entries: Map<String, Value> = schema
        .required()
        .filter_map(|name| Some((name.to_owned(), sample(schema.property(name)?, depth + 1))))
        .collect();
    if entries.is_empty()
        && depth > 0
        && let Some((name, property)) = schema.properties().next()
    {
        entries.insert(name.to_owned(), sample(property, depth + 1));
    }
    entries
}
