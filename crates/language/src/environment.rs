//! The files of environments: what their JSON Schema says of a place in one.

use std::ops::Range;

use serde_json::Value;
use stratiform_finding::words::listed;
use stratiform_template::{Node, NodeKind, parse_yaml};

use crate::completion::{Completion, Kind, Question};
use crate::hover::Hover;
use crate::sketch::{Role, read, unquoted};

/// How deep alternatives may be in each other.
const DEEPEST: usize = 8;

/// What may be written at the cursor, by the schema of the file.
pub fn complete_environment(schema: &Value, text: &str, cursor: usize) -> Vec<Completion> {
    let (_, Some(spot)) = read(text, Some(cursor)) else {
        return Vec::new();
    };
    let question = Question::new(text, cursor, &spot);
    let places = at(schema, &spot.path);
    let mut found: Vec<Completion> = Vec::new();
    let mut add = |proposal: Completion| {
        if !found.iter().any(|known| known.label == proposal.label) {
            found.push(proposal);
        }
    };
    for place in &places {
        let properties = place.get("properties").and_then(Value::as_object);
        for (name, property) in properties.into_iter().flatten() {
            if question.may_be_key() && question.is_new(name) {
                let mut proposal = question.key(Kind::Property, name, has_parts(property));
                proposal.detail = first_sentence(description(property));
                add(proposal);
            }
        }
        let other = place.get("additionalProperties");
        for name in place.get("propertyNames").into_iter().flat_map(values) {
            if question.may_be_key() && question.is_new(&name) {
                let is_map = other.is_some_and(has_parts);
                add(question.key(Kind::Property, &name, is_map));
            }
        }
        if question.may_be_value() {
            for value in values(place) {
                add(question.value(Kind::Value, &value));
            }
        }
    }
    found.sort_by(|one, other| one.label.cmp(&other.label));
    found
}

/// What the schema says of what the cursor is on.
pub fn hover_environment(schema: &Value, text: &str, cursor: usize) -> Option<Hover> {
    let (path, range) = path_at(text, cursor)?;
    let places = at(schema, &path);
    let about = places.iter().map(|place| description(place));
    let about = about
        .filter(|about| !about.is_empty())
        .max_by_key(|about| about.len());
    let mut markdown = format!("**{}**", path.join("."));
    let types: Vec<&str> = places.iter().flat_map(|place| types(place)).collect();
    if let Some(first) = types.first() {
        markdown += &format!(" · {first}");
    }
    if let Some(about) = about {
        markdown += &format!("\n\n{about}");
    }
    let values: Vec<String> = places.iter().flat_map(|place| values(place)).collect();
    if !values.is_empty() && values != ["true", "false"] {
        markdown += &format!("\n\nOne of {}.", listed(values));
    }
    (!places.is_empty()).then_some(Hover { markdown, range })
}

/// The path of the key or value that the cursor is on, and its place.
pub fn path_at(text: &str, cursor: usize) -> Option<(Vec<String>, Range<usize>)> {
    let (_, spot) = read(text, Some(cursor));
    let spot = spot?;
    let token = text.get(spot.token.clone())?;
    let mut path = spot.path;
    if spot.role == Role::Key {
        path.push(unquoted(token).to_owned());
    }
    (!token.is_empty() && !path.is_empty()).then_some((path, spot.token))
}

/// The place of the key that a path ends in; none where the text does not have it.
pub fn key_at(text: &str, path: &[String]) -> Option<Range<usize>> {
    let node = parse_yaml(text).ok()?;
    let (last, above) = path.split_last()?;
    let parent: &Node = node.at(above.iter().map(String::as_str))?;
    match &parent.kind {
        NodeKind::Map(entries) => {
            let entry = entries.iter().find(|entry| entry.key == *last)?;
            Some(entry.key_span.range())
        }
        NodeKind::List(items) => {
            let item = items.get(last.parse::<usize>().ok()?)?;
            Some(item.span.range())
        }
        NodeKind::Scalar(_) => None,
    }
}

/// The schemas of a place: all alternatives that there are.
fn at<'v>(schema: &'v Value, path: &[String]) -> Vec<&'v Value> {
    let mut places = alternatives(schema, 0);
    for step in path {
        let below = places.iter().flat_map(|place| below(place, step));
        places = below.flat_map(|place| alternatives(place, 0)).collect();
    }
    places
}

fn alternatives(schema: &Value, depth: usize) -> Vec<&Value> {
    let mut all = vec![schema];
    if depth < DEEPEST {
        let keywords = ["anyOf", "oneOf", "allOf"].into_iter();
        let several = keywords.filter_map(|keyword| schema.get(keyword)?.as_array());
        all.extend(several.flatten().flat_map(|it| alternatives(it, depth + 1)));
    }
    all
}

fn below<'v>(schema: &'v Value, step: &str) -> Vec<&'v Value> {
    if let Some(property) = schema.get("properties").and_then(|all| all.get(step)) {
        return vec![property];
    }
    let is_index = step.bytes().all(|byte| byte.is_ascii_digit());
    if let Some(items) = schema.get("items").filter(|_| is_index) {
        return vec![items];
    }
    let patterns = schema.get("patternProperties").and_then(Value::as_object);
    let patterns = patterns.into_iter().flat_map(serde_json::Map::values);
    let other = schema.get("additionalProperties");
    patterns.chain(other).filter(|it| it.is_object()).collect()
}

/// The values that there are to choose from.
fn values(schema: &Value) -> Vec<String> {
    let text = |value: &Value| match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(boolean) => Some(boolean.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    };
    let listed = schema.get("enum").and_then(Value::as_array);
    let only = schema.get("const");
    let values: Vec<String> = listed
        .into_iter()
        .flatten()
        .chain(only)
        .filter_map(text)
        .collect();
    match values.is_empty() && types(schema).contains(&"boolean") {
        true => ["true", "false"].map(str::to_owned).to_vec(),
        false => values,
    }
}

fn types(schema: &Value) -> Vec<&str> {
    let types = match schema.get("type") {
        Some(Value::Array(several)) => several.iter().filter_map(Value::as_str).collect(),
        Some(Value::String(only)) => vec![only.as_str()],
        _ => Vec::new(),
    };
    types.into_iter().filter(|name| *name != "null").collect()
}

fn has_parts(schema: &Value) -> bool {
    let types = types(schema);
    types.contains(&"object") || types.contains(&"array") || schema.get("properties").is_some()
}

fn description(schema: &Value) -> &str {
    let text = schema.get("description").and_then(Value::as_str);
    text.unwrap_or_default()
}

fn first_sentence(text: &str) -> String {
    let end = text.find(". ").or_else(|| text.find(".\n"));
    let first = text.get(..end.unwrap_or(text.len())).unwrap_or_default();
    first.trim_end_matches('.').replace('\n', " ")
}

#[cfg(test)]
mod tests;
