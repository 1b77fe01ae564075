//! Single keywords of a schema.

use serde_json::{Map, Value};

/// The schema of `T` in the schema of `Option<T>`; `None` for any other. In a merged environment nothing is
/// null: what is null is not there.
pub(super) fn without_null(schema: &Map<String, Value>) -> Option<Value> {
    let mut schema = schema.clone();
    if let Some(Value::Array(types)) = schema.get("type") {
        let types: Vec<&Value> = types.iter().filter(|one| *one != "null").collect();
        let [only] = types[..] else { return None };
        let only = only.clone();
        schema.insert("type".to_owned(), only);
        if let Some(Value::Array(choices)) = schema.get_mut("enum") {
            choices.retain(|choice| !choice.is_null());
        }
        return Some(Value::Object(schema));
    }
    let any_of = schema.remove("anyOf")?;
    let is_null = |schema: &&Value| schema.get("type").is_some_and(|one| one == "null");
    let mut others = any_of.as_array()?.iter().filter(|schema| !is_null(schema));
    match (others.next(), others.next()) {
        (Some(only), None) => Some(only.clone()),
        _ => None,
    }
}

/// The tag of a variant, and its value: the property that must be there and can be one thing only.
pub(super) fn tag_of(variant: &Value) -> Option<(&str, &str)> {
    let properties = variant.get("properties")?.as_object()?;
    properties
        .iter()
        .find_map(|(name, schema)| Some((name.as_str(), schema.get("const")?.as_str()?)))
}

/// How long a text is, how many items or keys there are.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Size {
    pub(crate) least: usize,
    pub(crate) most: usize,
}

pub(super) fn size(schema: &Map<String, Value>, least: &str, most: &str) -> Size {
    let number = |keyword: &str| {
        let number = schema.get(keyword).and_then(Value::as_u64);
        number.and_then(|number| usize::try_from(number).ok())
    };
    Size {
        least: number(least).unwrap_or(0),
        most: number(most).unwrap_or(usize::MAX),
    }
}

/// The first sentence of a schema's description, in one line and without its full stop.
pub(super) fn about(schema: &Value) -> String {
    let description = schema
        .get("description")
        .and_then(Value::as_str)
        .unwrap_or_default();
    let line = description
        .split("\n\n")
        .next()
        .unwrap_or_default()
        .replace('\n', " ");
    let sentence = line.split(". ").next().unwrap_or_default();
    sentence.trim_end_matches('.').to_owned()
}
