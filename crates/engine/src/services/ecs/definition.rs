//! Task definitions: those that are there, and those that were.

use serde_json::{Value, json};

use crate::call::{Call, Result};
use crate::estate::{Estate, Living};
use crate::input::Refused;
use crate::services::model;
use crate::services::page::page;
use crate::state::{Realm, State};

pub(super) const DEFINITION: &str = "AWS::ECS::TaskDefinition";

/// Where those are kept that were deregistered.
const KEPT: &str = "task-definitions";

/// `family` and number in the ARN of a task definition.
pub(super) fn parts(arn: &str) -> (&str, u64) {
    let name = arn.rsplit('/').next().unwrap_or(arn);
    let (family, number) = name.rsplit_once(':').unwrap_or((name, ""));
    (family, number.parse().unwrap_or(0))
}

/// The ARN of a task definition that is there, by ARN, `family:number` or the newest of a `family`.
pub(super) fn find(realm: &Realm, asked: &str) -> Option<String> {
    let (family, number) = match asked.contains(':') {
        true => parts(asked),
        false => (asked, 0),
    };
    let arns = realm.estate.all(DEFINITION).map(|(arn, _)| arn);
    let found = arns.filter(|arn| {
        let (known, revision) = parts(arn);
        known == family && (number == 0 || revision == number)
    });
    found.max_by_key(|arn| parts(arn).1).map(str::to_owned)
}

/// Whether a task definition was there, and was deregistered.
pub(super) fn is_kept(realm: &Realm, asked: &str) -> bool {
    let kept = realm.estate.kept.get(KEPT).into_iter().flatten();
    let mut kept = kept.map(|(arn, _)| parts(arn));
    kept.any(|known| known == parts(asked))
}

/// A task definition that is gone is inactive, and can be looked at.
pub(crate) fn keep_definition(estate: &mut Estate, arn: &str, living: &Living) {
    let kept = json!({
        "Properties": living.properties,
        "Registered": living.since,
    });
    estate.keep(KEPT, arn, kept);
}

pub(super) fn describe(state: &State, call: &Call<'_>) -> Result {
    let realm = state.realm_of(call)?;
    let asked = call.arguments.needed("taskDefinition")?;
    let living = find(realm, asked);
    if let Some(arn) = living {
        let living = realm.estate.living(DEFINITION, &arn).ok_or_else(missing)?;
        let registered = json!(living.since);
        let shown = shown(&arn, &living.properties, "ACTIVE", &registered);
        return Ok(json!({ "taskDefinition": shown, "tags": [] }));
    }
    let (family, number) = parts(asked);
    let kept = realm.estate.kept.get(KEPT).into_iter().flatten();
    let mut kept = kept.filter(|(arn, _)| parts(arn) == (family, number));
    let (arn, kept) = kept.next().ok_or_else(missing)?;
    let properties = kept.get("Properties").and_then(Value::as_object);
    let properties = properties.ok_or_else(missing)?;
    let registered = kept.get("Registered").cloned().unwrap_or_default();
    let shown = shown(arn, properties, "INACTIVE", &registered);
    Ok(json!({ "taskDefinition": shown, "tags": [] }))
}

/// Somebody registers a revision outside of all stacks.
pub(super) fn register(state: &mut State, call: &Call<'_>) -> Result {
    call.arguments.needed("family")?;
    let Value::Object(mut members) = call.arguments.all() else {
        return Err(missing());
    };
    members.remove("tags");
    let properties = model::properties(DEFINITION, &members);
    let made = state.make_outside(call, DEFINITION, properties)?;
    let arn = made.ok_or_else(missing)?.physical_id;
    let living = state.realm_of(call)?.estate.living(DEFINITION, &arn);
    let living = living.ok_or_else(missing)?;
    let registered = json!(living.since);
    let shown = shown(&arn, &living.properties, "ACTIVE", &registered);
    Ok(json!({ "taskDefinition": shown, "tags": [] }))
}

pub(super) fn list(state: &State, call: &Call<'_>) -> Result {
    let prefix = call.arguments.text("familyPrefix");
    let realm = state.realm_of(call)?;
    let arns = realm.estate.all(DEFINITION).map(|(arn, _)| arn);
    let arns = arns.filter(|arn| prefix.is_none_or(|prefix| parts(arn).0 == prefix));
    let mut arns: Vec<&str> = arns.collect();
    arns.sort_by_key(|arn| parts(arn));
    let arns = arns.into_iter().map(Value::from);
    let (arns, next) = page(arns, call.arguments.text("nextToken"), 100);
    Ok(json!({ "taskDefinitionArns": arns, "nextToken": next }))
}

fn missing() -> Refused {
    Refused::new("ClientException", "Unable to describe task definition.")
}

fn shown(
    arn: &str,
    properties: &serde_json::Map<String, Value>,
    status: &str,
    registered: &Value,
) -> Value {
    let (family, revision) = parts(arn);
    let mut shown = model::small(DEFINITION, properties);
    shown.remove("tags");
    if let Some(own) = json!({
        "taskDefinitionArn": arn,
        "family": family,
        "revision": revision,
        "status": status,
        "registeredAt": registered,
    })
    .as_object()
    {
        shown.extend(own.clone());
    }
    for list in ["volumes", "placementConstraints"] {
        shown.entry(list).or_insert_with(|| json!([]));
    }
    let required = shown.get("requiresCompatibilities").cloned();
    shown
        .entry("compatibilities")
        .or_insert_with(|| required.unwrap_or_else(|| json!(["EC2"])));
    Value::Object(shown)
}

/// The images that task definitions use, and since when.
pub(crate) fn images(estate: &Estate) -> Vec<(String, Value)> {
    let of = |properties: &serde_json::Map<String, Value>| -> Vec<String> {
        let containers = properties
            .get("ContainerDefinitions")
            .and_then(Value::as_array);
        let containers = containers.into_iter().flatten();
        let images = containers.filter_map(|container| container.get("Image")?.as_str());
        images.map(str::to_owned).collect()
    };
    let there = estate.all(DEFINITION);
    let there = there.map(|(_, living)| (of(&living.properties), json!(living.since)));
    let gone = estate.kept.get(KEPT).into_iter().flatten();
    let gone = gone.filter_map(|(_, kept)| {
        let properties = kept.get("Properties")?.as_object()?;
        Some((of(properties), kept.get("Registered")?.clone()))
    });
    let all = there
        .chain(gone)
        .flat_map(|(images, since)| images.into_iter().map(move |image| (image, since.clone())));
    all.collect()
}
