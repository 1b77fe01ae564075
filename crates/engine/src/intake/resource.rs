//! What a resource says of itself: its type, and its policies.

use indexmap::IndexSet;
use stratiform_catalog::{behaviour, catalog};
use stratiform_template::{Template, Value};

use super::refused::{format_error, template_error};
use super::transform;
use crate::input::Refused;

/// What may be done with a resource that goes.
const DELETION_POLICIES: [&str; 4] = ["Delete", "Retain", "RetainExceptOnCreate", "Snapshot"];

/// What may be done with a resource that is replaced.
const REPLACE_POLICIES: [&str; 3] = ["Delete", "Retain", "Snapshot"];

/// Checks the types and policies of all resources.
pub(super) fn check(template: &Template) -> Result<(), Refused> {
    for (name, resource) in template.each_resource() {
        let resource_type = resource.resource_type.as_str();
        let deletion = policy(
            "DeletionPolicy",
            resource.deletion_policy.as_ref(),
            &DELETION_POLICIES,
            name,
        )?;
        if deletion == Some("Snapshot") && !behaviour::takes_snapshot(resource_type) {
            return Err(template_error(&format!(
                "resource type {resource_type} does not support deletion policy Snapshot"
            )));
        }
        policy(
            "UpdateReplacePolicy",
            resource.update_replace_policy.as_ref(),
            &REPLACE_POLICIES,
            name,
        )?;
    }
    types(template)
}

/// The policy, where it is literal. A function may stand there with and without language extensions: recorded
/// 2026-01-23, though no page says so.
fn policy<'t>(
    attribute: &str,
    value: Option<&'t Value>,
    allowed: &[&str],
    resource: &str,
) -> Result<Option<&'t str>, Refused> {
    match value {
        None | Some(Value::Function(..)) => Ok(None),
        Some(Value::String(text)) if allowed.contains(&text.as_str()) => Ok(Some(text)),
        Some(Value::String(text)) => Err(template_error(&format!(
            "Unrecognized {attribute} {text} for resource {resource}"
        ))),
        Some(Value::Null | Value::Bool(_) | Value::Number(_) | Value::List(_) | Value::Map(_)) => {
            Err(format_error(&format!(
                "Every {attribute} member must be a string."
            )))
        }
    }
}

/// Types of AWS's that there are not. Those of others may have been registered.
fn types(template: &Template) -> Result<(), Refused> {
    if transform::has_macros(template) {
        return Ok(());
    }
    let types = template
        .each_resource()
        .map(|(_, resource)| resource.resource_type.as_str());
    let unknown: IndexSet<&str> = types.filter(|name| !is_recognized(name)).collect();
    if unknown.is_empty() {
        return Ok(());
    }
    let unknown: Vec<&str> = unknown.into_iter().collect();
    Err(format_error(&format!(
        "Unrecognized resource types: [{}]",
        unknown.join(", ")
    )))
}

fn is_recognized(resource_type: &str) -> bool {
    match resource_type.split_once("::") {
        Some(("AWS" | "Alexa", _)) => catalog().resource_type(resource_type).is_some(),
        Some(("Custom", name)) => !name.is_empty(),
        Some((_, rest)) => rest.contains("::"),
        None => false,
    }
}
