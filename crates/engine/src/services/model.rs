//! Properties of resources as services show them, and back.
//!
//! What lives here: scalars, which are text in the engine, as the numbers and truth values that the schema of their type
//! says; and names, which begin with a small letter in services such as ECS. What does not: members that a service calls
//! otherwise than CloudFormation does; each service has its own.

use serde_json::{Map, Number, Value};
use stratiform_catalog::{JsonType, Schema, catalog};

use crate::provider::Identity;

/// Names that do not simply begin with a small letter.
///
/// Source: the service model of `ecs` in botocore 1.43.11.
const IRREGULAR: [(&str, &str); 4] = [
    ("EFSVolumeConfiguration", "efsVolumeConfiguration"),
    (
        "FSxWindowsFileServerVolumeConfiguration",
        "fsxWindowsFileServerVolumeConfiguration",
    ),
    ("FilesystemId", "fileSystemId"),
    ("S3FilesVolumeConfiguration", "s3filesVolumeConfiguration"),
];

/// How are members called?
#[derive(Clone, Copy, PartialEq, Eq)]
enum Names {
    /// As in templates.
    Template,
    /// With a small letter first.
    Small,
}

/// Properties with numbers and truth values.
pub(super) fn typed(resource_type: &str, properties: &Map<String, Value>) -> Map<String, Value> {
    shown(schema(resource_type), properties, Names::Template)
}

/// The same with names that begin with a small letter.
pub(super) fn small(resource_type: &str, properties: &Map<String, Value>) -> Map<String, Value> {
    shown(schema(resource_type), properties, Names::Small)
}

/// Members as a service has them, as properties: scalars are text, and names are those of templates. What is no property is
/// left out.
pub(super) fn properties(resource_type: &str, members: &Map<String, Value>) -> Map<String, Value> {
    let Some(schema) = schema(resource_type) else {
        return Map::new();
    };
    let known = members.iter().filter_map(|(name, value)| {
        let (name, below) = property_called(schema, name)?;
        Some((name.to_owned(), taken(Some(below), value)))
    });
    known.collect()
}

/// A value whose scalars are text.
pub(super) fn plain(value: &Value) -> Value {
    match value {
        Value::Null | Value::String(_) => value.clone(),
        Value::Bool(_) | Value::Number(_) => Value::String(value.to_string()),
        Value::Array(items) => Value::Array(items.iter().map(plain).collect()),
        Value::Object(members) => Value::Object(
            members
                .iter()
                .map(|(name, value)| (name.clone(), plain(value)))
                .collect(),
        ),
    }
}

/// A resource as its handler reads it: properties, and attributes below the names that their dots say.
pub(super) fn whole(
    resource_type: &str,
    identity: &Identity,
    properties: &Map<String, Value>,
) -> Map<String, Value> {
    let mut all = properties.clone();
    for (name, value) in identity.attributes.iter() {
        put(&mut all, name, value);
    }
    typed(resource_type, &all)
}

fn put(members: &mut Map<String, Value>, name: &str, value: &Value) {
    match name.split_once('.') {
        None => {
            members.entry(name).or_insert_with(|| value.clone());
        }
        Some((first, rest)) => {
            let below = members
                .entry(first)
                .or_insert_with(|| Value::Object(Map::new()));
            if let Value::Object(below) = below {
                put(below, rest, value);
            }
        }
    }
}

/// A copy without what is null.
pub(super) fn dense(value: Value) -> Value {
    match value {
        Value::Object(members) => {
            let there = members.into_iter().filter(|(_, value)| !value.is_null());
            Value::Object(there.map(|(name, value)| (name, dense(value))).collect())
        }
        Value::Array(items) => Value::Array(items.into_iter().map(dense).collect()),
        other => other,
    }
}

fn schema(resource_type: &str) -> Option<Schema> {
    let known = catalog().resource_type(resource_type);
    known.map(|known| known.schema())
}

fn small_name(name: &str) -> String {
    if let Some((_, small)) = IRREGULAR.iter().find(|(known, _)| *known == name) {
        return (*small).to_owned();
    }
    let mut letters = name.chars();
    let first = letters.next().map(|letter| letter.to_ascii_lowercase());
    first.into_iter().chain(letters).collect()
}

/// The property that a service calls so.
fn property_called(schema: Schema, name: &str) -> Option<(&'static str, Schema)> {
    let mut properties = schema.resolve().properties();
    properties.find(|(known, _)| *known == name || small_name(known) == name)
}

/// What is below a name that is data, as in a map.
fn entry(schema: Schema) -> Option<Schema> {
    let mut patterns = schema.pattern_properties();
    patterns
        .next()
        .map(|(_, below)| below)
        .or_else(|| schema.additional_properties())
}

fn shown(schema: Option<Schema>, members: &Map<String, Value>, names: Names) -> Map<String, Value> {
    let schema = schema.map(Schema::resolve);
    let members = members.iter().map(|(name, value)| {
        let property = schema.and_then(|schema| schema.property(name));
        let below = property.or_else(|| schema.and_then(entry));
        let name = match names {
            Names::Small if property.is_some() => small_name(name),
            Names::Small | Names::Template => name.clone(),
        };
        (name, shown_value(below, value, names))
    });
    members.collect()
}

fn shown_value(schema: Option<Schema>, value: &Value, names: Names) -> Value {
    let schema = schema.map(Schema::resolve);
    match value {
        Value::Object(members) => Value::Object(shown(schema, members, names)),
        Value::Array(items) => {
            let below = schema.and_then(Schema::items);
            Value::Array(
                items
                    .iter()
                    .map(|item| shown_value(below, item, names))
                    .collect(),
            )
        }
        Value::String(text) => {
            let kind = schema.and_then(|schema| schema.types().single());
            kind.and_then(|kind| scalar(kind, text))
                .unwrap_or_else(|| value.clone())
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => value.clone(),
    }
}

/// What a text stands for.
fn scalar(kind: JsonType, text: &str) -> Option<Value> {
    match kind {
        JsonType::Boolean => text.parse().ok().map(Value::Bool),
        JsonType::Integer => text.parse::<i64>().ok().map(Value::from),
        JsonType::Number => match text.parse::<i64>() {
            Ok(whole) => Some(Value::from(whole)),
            Err(_) => Number::from_f64(text.parse().ok()?).map(Value::Number),
        },
        JsonType::Array | JsonType::Null | JsonType::Object | JsonType::String => None,
    }
}

fn taken(schema: Option<Schema>, value: &Value) -> Value {
    let schema = schema.map(Schema::resolve);
    match value {
        Value::Object(members) => {
            let members = members.iter().map(|(name, value)| {
                let known = schema.and_then(|schema| property_called(schema, name));
                match known {
                    Some((name, below)) => (name.to_owned(), taken(Some(below), value)),
                    None => (name.clone(), taken(schema.and_then(entry), value)),
                }
            });
            Value::Object(members.collect())
        }
        Value::Array(items) => {
            let below = schema.and_then(Schema::items);
            Value::Array(items.iter().map(|item| taken(below, item)).collect())
        }
        scalar => plain(scalar),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{dense, properties, small, typed};

    const SERVICE: &str = "AWS::ECS::Service";
    const DEFINITION: &str = "AWS::ECS::TaskDefinition";

    fn object(value: Value) -> serde_json::Map<String, Value> {
        value.as_object().cloned().unwrap()
    }

    #[test]
    fn names_and_scalars_come_and_go() {
        let written = object(json!({
            "DesiredCount": "2",
            "EnableExecuteCommand": "true",
            "LoadBalancers": [{"ContainerName": "api", "ContainerPort": "8080"}],
        }));
        let shown = small(SERVICE, &written);
        assert_eq!(
            Value::Object(shown.clone()),
            json!({
                "desiredCount": 2,
                "enableExecuteCommand": true,
                "loadBalancers": [{"containerName": "api", "containerPort": 8080}],
            })
        );
        assert_eq!(properties(SERVICE, &shown), written);
    }

    #[test]
    fn keys_of_maps_are_data() {
        let written = object(json!({
            "ContainerDefinitions": [{"DockerLabels": {"Team": "a"}, "Cpu": "1"}],
        }));
        let shown = small(DEFINITION, &written);
        assert_eq!(
            Value::Object(shown.clone()),
            json!({"containerDefinitions": [{"dockerLabels": {"Team": "a"}, "cpu": 1}]})
        );
        assert_eq!(properties(DEFINITION, &shown), written);
    }

    #[test]
    fn what_is_no_number_stays_text() {
        let alarm = object(json!({"Threshold": "0.5", "Period": "soon", "Other": "1"}));
        assert_eq!(
            Value::Object(typed("AWS::CloudWatch::Alarm", &alarm)),
            json!({"Threshold": 0.5, "Period": "soon", "Other": "1"})
        );
        assert_eq!(
            dense(json!({"a": null, "b": [{"c": null}]})),
            json!({"b": [{}]})
        );
    }
}
