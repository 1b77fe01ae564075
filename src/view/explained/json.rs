//! For programs; docs/explaining.md documents it.

use std::panic::Location;

use serde_json::{Value as Json, json};
use stratiform_changes::Replacement;
use stratiform_template::Value;

use super::{
    Attribute, Change, Explained, How, Imported, Listed, OfResource, OfValue, Referring, Source,
    Subject,
};
use crate::view::sorted::sorted;

/// The shape of the JSON. It changes when a field goes or changes its meaning, not when one is added.
const VERSION: u32 = 1;

/// One object, with an entry per environment.
pub(crate) fn json(explained: &[Explained]) -> String {
    let environments: Vec<Json> = explained.iter().map(one).collect();
    let whole = json!({"version": VERSION, "environments": environments});
    format!("{:#}\n", sorted(whole))
}

fn one(explained: &Explained) -> Json {
    let mut object = json!({
        "environment": explained.environment,
        "stack": explained.stack,
        "stackName": explained.name,
        "notKnown": sources(&explained.not_known),
    });
    let (key, subject) = match &explained.subject {
        Subject::Stack(resources) => {
            let resources: Vec<Json> = resources.iter().map(listed).collect();
            ("resources", resources.into())
        }
        Subject::Resource(resource) => ("resource", of_resource(resource)),
        Subject::Value(value) => ("value", of_value(value)),
    };
    if let Some(object) = object.as_object_mut() {
        object.insert(key.to_owned(), subject);
    }
    object
}

pub(in crate::view) fn place(place: &Location<'_>) -> Json {
    json!({"file": place.file(), "line": place.line()})
}

fn listed(resource: &Listed) -> Json {
    json!({
        "logicalId": resource.logical_id,
        "type": resource.resource_type,
        "declared": resource.declared.map(place),
        "thereBecauseOf": sources(&resource.there),
    })
}

fn of_resource(resource: &OfResource) -> Json {
    let attributes = |all: &[Attribute]| -> Vec<Json> { all.iter().map(attribute).collect() };
    with(
        listed(&resource.of),
        json!({
            "settings": attributes(&resource.settings),
            "properties": attributes(&resource.properties),
            "alsoReplacedBy": resource.also_replaced_by,
            "imports": imports(&resource.imported),
            "referredToBy": referring(&resource.referring),
        }),
    )
}

fn attribute(attribute: &Attribute) -> Json {
    json!({
        "name": attribute.name,
        "value": written(&attribute.value),
        "from": sources(&attribute.from),
        "effect": attribute.effect.map(super::Effect::word),
    })
}

fn of_value(value: &OfValue) -> Json {
    with(
        listed(&value.of),
        json!({
            "path": value.path,
            "value": value.value.as_ref().map(written),
            "from": sources(&value.from),
            "change": value.change.as_ref().map(change),
            "imports": imports(&value.imported),
            "referredToBy": referring(&value.referring),
        }),
    )
}

fn imports(imported: &[Imported]) -> Vec<Json> {
    let imported = imported.iter().map(|imported| {
        json!({
            "stack": imported.stack,
            "output": imported.output,
            "logicalId": imported.logical_id,
            "attribute": imported.attribute,
        })
    });
    imported.collect()
}

/// A value with functions in their long form.
fn written(value: &Value) -> Json {
    serde_json::from_str(&value.to_json()).unwrap_or_default()
}

fn with(mut object: Json, more: Json) -> Json {
    if let (Some(object), Json::Object(more)) = (object.as_object_mut(), more) {
        object.extend(more);
    }
    object
}

pub(in crate::view) fn sources(sources: &[Source]) -> Vec<Json> {
    let sources = sources.iter().map(|source| {
        let (file, line) = source.at.as_ref().map(|(file, line)| (file, line)).unzip();
        json!({"path": source.path, "value": source.value, "file": file, "line": line})
    });
    sources.collect()
}

fn change(change: &Change) -> Json {
    let consequences = change.consequences.iter().map(|found| {
        json!({
            "kind": found.kind,
            "severity": found.severity,
            "certainty": found.certainty,
            "logicalId": found.logical_id,
            "what": found.what,
            "why": found.why,
            "details": found.details,
        })
    });
    let touched = change.touched.iter().map(|touched| {
        let replacement = match touched.replacement {
            Replacement::WillNot => "never",
            Replacement::May => "maybe",
            Replacement::Will => "always",
        };
        json!({"stack": touched.stack, "logicalId": touched.logical_id, "replacement": replacement})
    });
    json!({
        "effect": change.effect.word(),
        "consequences": consequences.collect::<Vec<_>>(),
        "alsoChanges": touched.collect::<Vec<_>>(),
    })
}

fn referring(all: &[Referring]) -> Vec<Json> {
    let all = all.iter().map(|it| {
        let ways = it.ways.iter().map(|how| match how {
            How::Ref => json!({"how": "ref"}),
            How::Attribute(name) => json!({"how": "attribute", "attribute": name}),
            How::DependsOn => json!({"how": "depends-on"}),
            How::Output(export) => json!({"how": "output", "export": export}),
            How::Import(output) => json!({"how": "import", "output": output}),
        });
        json!({"stack": it.stack, "name": it.name, "ways": ways.collect::<Vec<_>>()})
    });
    all.collect()
}
