//! The JSON Schema of an environment: one for checking, and the same made fit for editors.

pub(crate) mod shape;

use std::collections::BTreeMap;

use schemars::generate::SchemaSettings;
use serde_json::{Map, Value};

use crate::schema::shape::{Reader, Shape};
use crate::values::text::{Format, Text};
use crate::{
    AccountId, AppName, BesidesName, CheckId, Cidr, Covered, Date, EmailAddress, Environment,
    EnvironmentName, EnvironmentType, FolderName, GitHubEnvironment, GitHubRepository, GitRef,
    ParameterOfStack, PolicyArn, PolicyName, Region, ServiceWithImage, Settings, SourcePath,
    TagKey, TagValue, Topic, VariableName,
};

/// The schema of one layer's file, for editors: `environments/schema.json`.
///
/// It is the schema that is checked, but for what only a whole environment has: no key is required, `null`
/// is allowed where it removes something, and the values of a [`Format`] are listed, as values and as keys. Keys are
/// sorted, so that the same types give the same bytes.
pub fn schema<E: Environment>() -> String {
    EnvironmentType::<E>::known().schema()
}

/// What in `E` the check does not know; an app has a test that this is empty.
///
/// Loading refuses such a type too: nothing is left unchecked in silence.
pub fn unsupported<E: Environment>() -> Vec<String> {
    EnvironmentType::<E>::known()
        .shape()
        .err()
        .unwrap_or_default()
}

impl<E> EnvironmentType<E> {
    /// The schema of one layer's file, as [`schema`] gives it.
    pub fn schema(self) -> String {
        let mut schema = (self.schema)();
        for_layers(&mut schema, &self.formats());
        let sorted = sorted(&schema);
        // Maps with text as keys, and nothing that can fail: a JSON value always has a text.
        let text = serde_json::to_string_pretty(&sorted).unwrap_or_default();
        text + "\n"
    }

    /// What a whole environment must be.
    pub(crate) fn shape(self) -> Result<Shape, Vec<String>> {
        let formats = self.formats();
        let schema = (self.schema)();
        let mut reader = Reader::new(&formats);
        let shape = reader.shape(&schema, "");
        if schema
            .pointer(&format!("/properties/{}", Settings::SECTION))
            .is_none()
        {
            let missing = format!("the environment: no field `{}`", Settings::SECTION);
            reader.unsupported.push(missing);
        }
        reader.unsupported.extend(self.shadowed());
        match reader.unsupported {
            nothing if nothing.is_empty() => Ok(shape),
            unsupported => Err(unsupported),
        }
    }

    /// All formats that may be named, this crate's and the app's.
    fn formats(self) -> BTreeMap<&'static str, Format> {
        let all = own().into_iter().chain((self.formats)());
        all.map(|format| (format.name, format)).collect()
    }

    /// Formats that have a name of which there is another one: a value would be checked by either of them.
    fn shadowed(self) -> Vec<String> {
        let all: Vec<Format> = own().into_iter().chain((self.formats)()).collect();
        let looks = |format: &Format| (format.noun, format.pattern);
        let again = all.iter().enumerate().filter(|(index, format)| {
            let mut before = all.iter().take(*index);
            before.any(|other| other.name == format.name && looks(other) != looks(format))
        });
        again
            .map(|(_, format)| {
                let name = format.name;
                format!(
                    "the format {name} ({}): another one is called so; rename the app's",
                    format.noun
                )
            })
            .collect()
    }
}

/// This crate's formats.
fn own() -> Vec<Format> {
    vec![
        AccountId::FORMAT,
        AppName::FORMAT,
        BesidesName::FORMAT,
        CheckId::FORMAT,
        FolderName::FORMAT,
        Topic::FORMAT,
        VariableName::FORMAT,
        Cidr::FORMAT,
        Covered::FORMAT,
        Date::FORMAT,
        EmailAddress::FORMAT,
        EnvironmentName::FORMAT,
        GitHubEnvironment::FORMAT,
        GitHubRepository::FORMAT,
        GitRef::FORMAT,
        PolicyArn::FORMAT,
        PolicyName::FORMAT,
        Region::FORMAT,
        ServiceWithImage::FORMAT,
        ParameterOfStack::FORMAT,
        SourcePath::FORMAT,
        TagKey::FORMAT,
        TagValue::FORMAT,
    ]
}

/// The schema of a whole environment, without references, so that neither we nor editors have to follow any.
pub(crate) fn root<E: Environment>() -> Value {
    let settings = SchemaSettings::draft07().with(|settings| settings.inline_subschemas = true);
    settings.into_generator().into_root_schema_for::<E>().into()
}

fn for_layers(schema: &mut Value, formats: &BTreeMap<&'static str, Format>) {
    let Some(object) = schema.as_object_mut() else {
        return;
    };
    let required = object.remove("required").unwrap_or_default();
    let required: Vec<&str> = required
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    object.remove("minProperties");
    if let Some(format) = object.get("format").and_then(Value::as_str) {
        let choices = formats.get(format).map(|format| (format.choices)());
        if let Some(choices) = choices.filter(|choices| !choices.is_empty()) {
            object.insert("enum".to_owned(), choices.into());
        }
    }
    if let Some(properties) = object.get_mut("properties").and_then(Value::as_object_mut) {
        for (name, property) in properties {
            for_layers(property, formats);
            if !required.contains(&name.as_str()) {
                allow_null(property);
            }
        }
    }
    for keyword in ["additionalProperties", "patternProperties"] {
        let values: Vec<&mut Value> = match object.get_mut(keyword) {
            Some(Value::Object(by_pattern)) if keyword == "patternProperties" => {
                by_pattern.values_mut().collect()
            }
            Some(value @ Value::Object(_)) => vec![value],
            _ => Vec::new(),
        };
        for value in values {
            for_layers(value, formats);
            allow_null(value);
        }
    }
    list_names(object, formats);
    // Items are not merged: each is whole, and what it requires stays required.
    if let Some(items) = object.get_mut("items") {
        list_choices(items, formats);
    }
    // Without what they require, several variants can fit.
    for keyword in ["oneOf", "anyOf"] {
        if let Some(Value::Array(mut variants)) = object.remove(keyword) {
            for variant in &mut variants {
                for_layers(variant, formats);
            }
            object.insert("anyOf".to_owned(), Value::Array(variants));
        }
    }
}

/// Lists the keys of a map that are the values of a format. Editors offer them only where nothing else is said of other
/// keys.
fn list_names(object: &mut Map<String, Value>, formats: &BTreeMap<&'static str, Format>) {
    let patterns = object.get("patternProperties").and_then(Value::as_object);
    let mut patterns = patterns.into_iter().flatten();
    let (Some((pattern, value)), None) = (patterns.next(), patterns.next()) else {
        return;
    };
    let mut all = formats.values();
    let Some(format) = all.find(|format| format.pattern == pattern) else {
        return;
    };
    let names = (format.choices)();
    if !names.is_empty() {
        let value = value.clone();
        object.remove("patternProperties");
        object.insert("additionalProperties".to_owned(), value);
        let names = serde_json::json!({ "enum": names });
        object.insert("propertyNames".to_owned(), names);
    }
}

/// Lists the values of formats, and changes nothing else.
fn list_choices(schema: &mut Value, formats: &BTreeMap<&'static str, Format>) {
    match schema {
        Value::Object(object) => {
            if let Some(format) = object.get("format").and_then(Value::as_str) {
                let choices = formats.get(format).map(|format| (format.choices)());
                if let Some(choices) = choices.filter(|choices| !choices.is_empty()) {
                    object.insert("enum".to_owned(), choices.into());
                }
            }
            for value in object.values_mut() {
                list_choices(value, formats);
            }
        }
        Value::Array(items) => {
            for item in items {
                list_choices(item, formats);
            }
        }
        _ => {}
    }
}

fn allow_null(schema: &mut Value) {
    let Some(object) = schema.as_object_mut() else {
        return;
    };
    if let Some(Value::Array(choices)) = object.get_mut("enum")
        && !choices.contains(&Value::Null)
    {
        choices.push(Value::Null);
    }
    if let Some(Value::Array(variants)) = object.get_mut("anyOf") {
        let null = serde_json::json!({ "type": "null" });
        if !variants.contains(&null) {
            variants.push(null);
        }
    }
    if let Some(Value::String(only)) = object.get("type") {
        let types = Value::from(vec![only.clone(), "null".to_owned()]);
        object.insert("type".to_owned(), types);
    }
}

fn sorted(value: &Value) -> Value {
    match value {
        Value::Object(object) => {
            let entries: BTreeMap<&String, Value> = object
                .iter()
                .map(|(key, value)| (key, sorted(value)))
                .collect();
            Value::Object(
                entries
                    .into_iter()
                    .map(|(key, value)| (key.clone(), value))
                    .collect::<Map<_, _>>(),
            )
        }
        Value::Array(items) => items.iter().map(sorted).collect(),
        other => other.clone(),
    }
}
