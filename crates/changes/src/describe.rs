//! Changes as `DescribeChangeSet` would answer them, in its own field names.
//!
//! Source: CloudFormation API reference, "ResourceChange"; recorded change sets.

use serde_json::{Map, Value, json};
use stratiform_resolve::{Resolved, Style};

use crate::change::{Action, Attribute, Context, Detail, Replacement, ResourceChange, predicted};

/// Which of `DescribeChangeSet`'s two answers is meant? They differ in the real service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum View {
    /// With `IncludePropertyValues`: follows values. A resource whose values stay the same is not listed.
    WithValues,
    /// Without: follows references. A resource that points at a changed one is listed.
    WithoutValues,
}

/// The changes of one stack: the `ResourceChange` of each entry of `Changes`.
pub fn describe(changes: &[ResourceChange], view: View) -> Vec<Value> {
    changes
        .iter()
        .filter_map(|change| resource_change(change, view))
        .collect()
}

fn resource_change(change: &ResourceChange, view: View) -> Option<Value> {
    let details = match view {
        View::WithValues => &change.values,
        View::WithoutValues => &change.references,
    };
    if change.action == Action::Modify && details.is_empty() {
        return None;
    }
    let replacement = predicted(details);
    let mut entry = Map::new();
    let mut put = |key: &str, value: Value| entry.insert(key.to_owned(), value);
    match change.action {
        Action::Add => None,
        Action::Remove => put("PolicyAction", json!(change.policy.as_str())),
        Action::Modify if replacement == Replacement::Will => put(
            "PolicyAction",
            json!(format!("ReplaceAnd{}", change.policy.as_str())),
        ),
        Action::Modify => None,
    };
    put("Action", json!(change.action.as_str()));
    put("LogicalResourceId", json!(change.logical_id));
    put("ResourceType", json!(change.resource_type));
    if change.action == Action::Modify {
        put("Replacement", json!(replacement.as_str()));
    }
    put("Scope", json!(scope(details)));
    put(
        "Details",
        details.iter().map(|one| detail(one, view)).collect(),
    );
    if view == View::WithValues {
        let style = match change.action {
            Action::Remove => Style::Removed,
            Action::Add | Action::Modify => Style::ChangeSet,
        };
        if let Some(before) = &change.before {
            put("BeforeContext", json!(context(before, style)));
        }
        if let Some(after) = &change.after {
            put("AfterContext", json!(context(after, style)));
        }
    }
    Some(Value::Object(entry))
}

fn scope(details: &[Detail]) -> Vec<&'static str> {
    let mut scope: Vec<Attribute> = details.iter().map(|detail| detail.attribute).collect();
    scope.sort();
    scope.dedup();
    scope.into_iter().map(Attribute::as_str).collect()
}

fn detail(detail: &Detail, view: View) -> Value {
    let mut target = Map::new();
    let mut put = |key: &str, value: String| target.insert(key.to_owned(), Value::String(value));
    put("Attribute", detail.attribute.as_str().to_owned());
    if let Some(name) = &detail.name {
        put("Name", name.clone());
    }
    put(
        "RequiresRecreation",
        detail.recreation.requires.as_str().to_owned(),
    );
    if view == View::WithValues {
        put("Path", detail.pointer());
        let shown = |value: &Resolved<'_>| value.shown(Style::ChangeSet);
        if let Some(before) = &detail.before {
            put("BeforeValue", shown(before));
        }
        if let Some(after) = &detail.after {
            put("AfterValue", shown(after));
        }
        put(
            "AttributeChangeType",
            detail.change_type.as_str().to_owned(),
        );
    }
    let mut entry = json!({
        "Target": target,
        "Evaluation": detail.evaluation.as_str(),
        "ChangeSource": detail.source.as_str(),
    });
    if let Some(entity) = &detail.causing_entity {
        entry["CausingEntity"] = json!(entity);
    }
    entry
}

/// A resource as JSON text, as CloudFormation gives it.
fn context(context: &Context, style: Style) -> String {
    let mut entry = Map::new();
    entry.insert("Properties".to_owned(), context.properties.to_json(style));
    if let Some(policy) = &context.deletion_policy {
        entry.insert("DeletionPolicy".to_owned(), json!(policy));
    }
    if let Some(policy) = &context.update_replace_policy {
        entry.insert("UpdateReplacePolicy".to_owned(), json!(policy));
    }
    if let Some(metadata) = &context.metadata {
        entry.insert("Metadata".to_owned(), metadata.to_json(style));
    }
    Value::Object(entry).to_string()
}
