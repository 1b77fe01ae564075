//! Drift: how resources are, beside how their stack made them.
//!
//! Source: CloudFormation user guide, "Detect unmanaged configuration changes with drift detection".

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use stratiform_catalog::behaviour::{Given, is_left_out_of_drift, movers, scaled};
use stratiform_catalog::catalog;
use stratiform_service::Timestamp;
use stratiform_service::change::ResourceDriftIgnoredReason;

use crate::agenda::{Due, Place};
use crate::estate::Estate;
use crate::properties::Properties;
use crate::stack::{Checked, Record, Stack};
use crate::state::State;

/// A look for drift.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Detection {
    pub(crate) id: String,
    pub(crate) begun: Timestamp,
    /// The resources that are looked at; all where none is named.
    pub(crate) wanted: Vec<String>,
    pub(crate) outcome: Option<Outcome>,
}

/// What a look for drift found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Outcome {
    at: Timestamp,
    drifted: usize,
}

impl Detection {
    pub(crate) fn is_done(&self) -> bool {
        self.outcome.is_some()
    }

    /// When it was over.
    pub(crate) fn ended(&self) -> Option<Timestamp> {
        self.outcome.as_ref().map(|outcome| outcome.at)
    }

    pub(crate) fn drifted(&self) -> usize {
        self.outcome.as_ref().map_or(0, |outcome| outcome.drifted)
    }

    /// How the stack is.
    pub(crate) fn stack_status(&self) -> &'static str {
        match self.drifted() {
            0 => "IN_SYNC",
            _ => "DRIFTED",
        }
    }
}

/// Whether the service looks at resources of a type: it has to be able to read them, and not to leave them out.
pub(crate) fn is_supported(resource_type: &str) -> bool {
    let known = catalog().resource_type(resource_type);
    !is_left_out_of_drift(resource_type)
        && known.is_some_and(|known| {
            let mut handlers = known.handlers();
            handlers.any(|handler| handler == stratiform_catalog::Handler::Read)
        })
}

impl Stack {
    /// Looks at resources. Returns how many of them have drifted.
    pub(crate) fn look(&mut self, wanted: &[String], estate: &Estate, now: Timestamp) -> usize {
        let mut drifted = 0;
        for (logical_id, record) in &mut self.resources {
            let is_wanted = wanted.is_empty() || wanted.contains(logical_id);
            if !record.exists() || !is_wanted || !is_supported(&record.resource_type) {
                continue;
            }
            let checked = checked(record, estate, now);
            drifted += usize::from(matches!(checked.status.as_str(), "MODIFIED" | "DELETED"));
            record.checked = Some(checked);
        }
        drifted
    }
}

/// How a resource is beside how it should be.
fn checked(record: &Record, estate: &Estate, now: Timestamp) -> Checked {
    let expected = visible(record, &record.properties);
    let physical_id = record.physical_id().unwrap_or_default();
    let Some(living) = estate.living(&record.resource_type, physical_id) else {
        return Checked {
            status: "DELETED".to_owned(),
            at: now,
            actual: None,
            expected,
        };
    };
    // Only what the template says is compared.
    let actual = living.properties.iter();
    let actual = actual.filter(|(key, _)| expected.contains_key(*key));
    let actual: Map<String, Value> = actual
        .map(|(key, value)| (key.clone(), value.clone()))
        .collect();
    let status = if actual == expected {
        "IN_SYNC"
    } else {
        "MODIFIED"
    };
    Checked {
        status: status.to_owned(),
        at: now,
        actual: Some(actual),
        expected,
    }
}

/// The properties that can be read back.
fn visible(record: &Record, properties: &Map<String, Value>) -> Map<String, Value> {
    let known = catalog().resource_type(&record.resource_type);
    let hidden = |key: &str| {
        known.is_some_and(|known| {
            let mut write_only = known.write_only();
            write_only.any(|path| path.is_top_level() && path.first() == key)
        })
    };
    let properties = properties.iter().filter(|(key, _)| !hidden(key));
    properties
        .map(|(key, value)| (key.clone(), value.clone()))
        .collect()
}

/// What a drift-aware change set takes a resource to be: what is there, as far as the template speaks of it and nobody
/// else's word counts; and what of it is left alone. `after` are the properties that it is to have.
///
/// Source: CloudFormation user guide, "Using drift-aware change sets", considerations: write-only and immutable properties
/// are as they were deployed, what AWS manages and tags that the template does not name stay as they are.
pub(crate) fn reality(
    resource_type: &str,
    before: &Map<String, Value>,
    after: Option<&Map<String, Value>>,
    actual: &Map<String, Value>,
) -> (Map<String, Value>, Vec<Ignored>) {
    let known = catalog().resource_type(resource_type);
    let is_top = |mut paths: Box<dyn Iterator<Item = stratiform_catalog::PropertyPath>>,
                  key: &str| {
        paths.any(|path| path.is_top_level() && path.first() == key)
    };
    let (mut real, mut ignored) = (Map::new(), Vec::new());
    let keys = before.keys().chain(actual.keys());
    let of_template = |key: &&String| {
        before.contains_key(*key) || after.is_some_and(|after| after.contains_key(*key))
    };
    for key in keys.filter(of_template) {
        let (deployed, there) = (before.get(key), actual.get(key));
        let stays = after.is_none_or(|after| after.get(key) == deployed);
        let reason = match known {
            Some(known) if is_top(Box::new(known.write_only()), key) => {
                Some(Some(ResourceDriftIgnoredReason::WriteOnlyProperty))
            }
            _ if deployed == there => None,
            _ if stays && is_managed(resource_type, key, before) => {
                Some(Some(ResourceDriftIgnoredReason::ManagedByAws))
            }
            Some(known) if is_top(Box::new(known.create_only()), key) => Some(None),
            _ => None,
        };
        let value = match reason {
            Some(_) => deployed.cloned(),
            None if key == "Tags" => {
                there.map(|tags| named(tags, [before, after.unwrap_or(before)]))
            }
            None => there.cloned(),
        };
        if let Some(Some(reason)) = reason {
            let path = format!("/Properties/{key}");
            if !ignored.contains(&(path.clone(), reason)) {
                ignored.push((path, reason));
            }
        }
        if let Some(value) = value {
            real.insert(key.clone(), value);
        }
    }
    (real, ignored)
}

/// Keeps what is there and no template speaks of: properties, and tags of other keys.
pub(crate) fn keep_foreign(properties: &mut Properties, there: Option<&Properties>) {
    for (key, value) in there.into_iter().flat_map(|there| there.iter()) {
        match properties.get_mut(key) {
            None => drop(properties.insert(key.clone(), value.clone())),
            Some(Value::Array(tags)) if key == "Tags" => {
                let own = tags.clone();
                let is_own = |tag: &&Value| own.iter().any(|own| own.get("Key") == tag.get("Key"));
                let foreign = value.as_array().into_iter().flatten();
                tags.extend(foreign.filter(|tag| !is_own(tag)).cloned());
            }
            Some(_) => {}
        }
    }
}

/// What is left alone, and why.
pub(crate) type Ignored = (String, ResourceDriftIgnoredReason);

/// Whether AWS changes a property by itself.
fn is_managed(resource_type: &str, key: &str, properties: &Map<String, Value>) -> bool {
    let mut scaled = scaled(resource_type);
    let mut movers = movers(resource_type);
    scaled.any(|scaled| scaled.path.as_str() == key)
        || movers.any(|mover| {
            let is_given = match mover.given {
                Given::Always | Given::Type(_) => true,
                Given::Property(name) => properties.contains_key(name),
            };
            mover.is_left_alone() && is_given && mover.path.as_str() == key
        })
}

/// The tags whose keys a template names.
fn named(tags: &Value, templates: [&Map<String, Value>; 2]) -> Value {
    let Some(items) = tags.as_array() else {
        return tags.clone();
    };
    let is_named = |tag: &&Value| {
        let mut all = templates.into_iter();
        all.any(|template| {
            let named = template.get("Tags").and_then(Value::as_array);
            let mut named = named.into_iter().flatten();
            named.any(|named| named.get("Key") == tag.get("Key"))
        })
    };
    Value::Array(items.iter().filter(is_named).cloned().collect())
}

/// What differs, as `PropertyDifferences`.
pub(crate) fn differences(checked: &Checked) -> Vec<Value> {
    let mut found = Vec::new();
    if let Some(actual) = &checked.actual {
        let (expected, actual) = (
            Value::Object(checked.expected.clone()),
            Value::Object(actual.clone()),
        );
        compare("", Some(&expected), Some(&actual), &mut found);
    }
    found
}

fn compare(path: &str, expected: Option<&Value>, actual: Option<&Value>, found: &mut Vec<Value>) {
    match (expected, actual) {
        (Some(Value::Object(expected)), Some(Value::Object(actual))) => {
            let keys = expected
                .keys()
                .chain(actual.keys().filter(|key| !expected.contains_key(*key)));
            for key in keys {
                compare(
                    &format!("{path}/{key}"),
                    expected.get(key),
                    actual.get(key),
                    found,
                );
            }
        }
        (Some(Value::Array(expected)), Some(Value::Array(actual))) => {
            for index in 0..expected.len().max(actual.len()) {
                let path = format!("{path}/{index}");
                compare(&path, expected.get(index), actual.get(index), found);
            }
        }
        (expected, actual) if expected != actual => {
            let kind = match (expected, actual) {
                (None, _) => "ADD",
                (_, None) => "REMOVE",
                (Some(_), Some(_)) => "NOT_EQUAL",
            };
            let text = |value: Option<&Value>| match value {
                None => "null".to_owned(),
                Some(Value::String(text)) => text.clone(),
                Some(value) => value.to_string(),
            };
            found.push(json!({
                "PropertyPath": path,
                "ExpectedValue": text(expected),
                "ActualValue": text(actual),
                "DifferenceType": kind,
            }));
        }
        _ => {}
    }
}

impl State {
    /// A look for drift is over.
    pub(crate) fn finish_detection(&mut self, place: &Place, id: &str) {
        let now = self.now();
        let Some(realm) = self.realms.get_mut(place.realm) else {
            return;
        };
        let Some(stack) = realm.stacks.get_mut(&place.stack) else {
            return;
        };
        let mut detections = stack.detections.iter();
        let wanted = detections
            .find(|detection| detection.id == id)
            .map(|detection| detection.wanted.clone());
        let drifted = stack.look(&wanted.unwrap_or_default(), &realm.estate, now);
        let mut detections = stack.detections.iter_mut();
        if let Some(detection) = detections.find(|detection| detection.id == id) {
            detection.outcome = Some(Outcome { at: now, drifted });
        }
    }

    /// Begins to look for drift.
    pub(crate) fn begin_detection(&mut self, place: &Place, wanted: Vec<String>) -> String {
        let id = self.ids.uuid();
        let now = self.now();
        let stack = self
            .realms
            .get_mut(place.realm)
            .and_then(|realm| realm.stacks.get_mut(&place.stack));
        if let Some(stack) = stack {
            stack.detections.push(Detection {
                id: id.clone(),
                begun: now,
                wanted,
                outcome: None,
            });
        }
        let due = Due::Drift {
            place: place.clone(),
            detection: id.clone(),
        };
        self.agenda.put(crate::operation::after(now, 3_000), due);
        id
    }
}
