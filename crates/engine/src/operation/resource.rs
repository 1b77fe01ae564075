//! One resource: what its template says comes to, and what is to be done with it.

use std::sync::Arc;

use indexmap::IndexMap;
use serde_json::Value;
use stratiform_catalog::catalog;
use stratiform_changes::{RecreationFact, Rules};
use stratiform_resolve::{HIDDEN, Resolver, Scope};
use stratiform_service::change::RequiresRecreation;
use stratiform_template::Resource;

use crate::estate::Estate;
use crate::intake::ParameterValue;
use crate::operation::begin::needs;
use crate::operation::{Around, Operation};
use crate::properties::Properties;
use crate::stack::{Record, Stack};
use crate::world::{Unresolved, resolved, value, values};

/// What a resource is to be.
#[derive(Clone, Debug)]
pub(crate) struct Wanted {
    pub(crate) resource_type: String,
    pub(crate) properties: Properties,
    /// The same, where dynamic references to secrets are left as written: what decides whether they are read again.
    /// None where there are none.
    pub(crate) stated: Option<Properties>,
    /// The same, where what nobody may see is hidden; none where there is nothing to hide.
    pub(crate) shown: Option<Properties>,
    pub(crate) metadata: Option<Value>,
    pub(crate) deletion_policy: Option<String>,
    pub(crate) update_replace_policy: Option<String>,
    pub(crate) needs: Vec<String>,
    pub(crate) tags: IndexMap<String, String>,
    /// What it will have that only one can have, once its identity is known.
    pub(crate) holds: Vec<Held>,
    /// Whether its type was asked before whether it takes such properties.
    pub(crate) is_validated: bool,
}

/// Something that only one resource can have.
#[derive(Clone, Debug)]
pub(crate) struct Held {
    pub(crate) key: String,
    /// What messages call it.
    pub(crate) name: String,
}

/// What a change of a resource makes necessary.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Change {
    Nothing,
    /// Only what is no property.
    Attributes,
    InPlace,
    /// A new resource: the schema says so.
    Replacement,
    /// A new resource: the type's own code decides so, once it is asked.
    ReplacementByHandler,
}

impl Stack {
    /// What the template says of resources comes to.
    pub(crate) fn wanted(
        &self,
        operation: &Operation,
        logical_ids: &[&str],
        around: &Around<'_>,
    ) -> Vec<Result<Wanted, Unresolved>> {
        let template = Arc::clone(&operation.target.template);
        let given = texts(&operation.target.parameters);
        let world = around.surroundings(self, &operation.target);
        let scope = Scope::new(&template, &given, &world);
        let resolver = Resolver::new(&scope, &world).revealing();
        let masked = masked(&operation.target.parameters);
        let masked = masked.as_ref();
        let masked = masked.map(|given| Scope::new(&template, given, &world));
        let hiding = masked.as_ref();
        let hiding = hiding.map(|scope| Resolver::new(scope, &world).revealing());
        let estate: &Estate = around.estate;
        let open = |text: &str| estate.resolve_open(text);
        let wanted = |logical_id: &&str| match scope.resource(logical_id) {
            Some(resource) => {
                let mut wanted = wanted(&resolver, resource)?;
                let mut stated = wanted.properties.clone();
                dynamic(&mut stated, &open)?;
                wanted.properties = stated.clone();
                dynamic(&mut wanted.properties, &|text| estate.resolve_dynamic(text))?;
                wanted.stated = (wanted.properties != stated).then_some(stated);
                wanted.shown = wanted.stated.clone();
                if let Some(resolver) = &hiding {
                    let mut shown: Properties = values(resolver, &resource.properties)?.into();
                    dynamic(&mut shown, &open)?;
                    let differs = shown != *wanted.stated.as_ref().unwrap_or(&wanted.properties);
                    wanted.shown = differs.then_some(shown).or(wanted.shown);
                }
                wanted.tags = passed_on(&wanted, &operation.target.tags);
                Ok(wanted)
            }
            None => Err(Unresolved::Other(format!(
                "{logical_id} is not in the template"
            ))),
        };
        logical_ids.iter().map(wanted).collect()
    }
}

fn wanted(resolver: &Resolver<'_, '_>, resource: &Resource) -> Result<Wanted, Unresolved> {
    // The resolver borrows from the template; what it gives is owned from here on.
    let resource_type = resource.resource_type.clone();
    let policy = |policy: &Option<stratiform_template::Value>| match policy {
        Some(policy) => match value(resolver, policy)? {
            Some(Value::String(text)) => Ok(Some(text)),
            _ => Ok(None),
        },
        None => Ok(None),
    };
    let metadata = match &resource.metadata {
        Some(metadata) => value(resolver, metadata)?,
        None => None,
    };
    Ok(Wanted {
        properties: values(resolver, &resource.properties)?.into(),
        stated: None,
        shown: None,
        metadata,
        deletion_policy: policy(&resource.deletion_policy)?,
        update_replace_policy: policy(&resource.update_replace_policy)?,
        needs: needs(resource),
        tags: IndexMap::new(),
        holds: Vec::new(),
        is_validated: false,
        resource_type,
    })
}

/// The values of parameters, as a scope wants them.
pub(crate) fn texts(parameters: &IndexMap<String, ParameterValue>) -> IndexMap<String, String> {
    let texts = parameters.iter();
    texts
        .map(|(name, parameter)| (name.clone(), parameter.value.clone()))
        .collect()
}

/// The same, where what nobody may see is hidden; none where nothing is.
fn masked(parameters: &IndexMap<String, ParameterValue>) -> Option<IndexMap<String, String>> {
    let is_secret = parameters.values().any(|parameter| parameter.no_echo);
    let texts = parameters.iter().map(|(name, parameter)| {
        let text = match parameter.no_echo {
            true => HIDDEN.to_owned(),
            false => parameter.value.clone(),
        };
        (name.clone(), text)
    });
    is_secret.then(|| texts.collect())
}

type Read<'a> = dyn Fn(&str) -> Result<String, String> + 'a;

/// Replaces dynamic references by what they name.
///
/// Source: CloudFormation user guide, "Get values stored in other services using dynamic references".
fn dynamic(properties: &mut Properties, read: &Read<'_>) -> Result<(), Unresolved> {
    if !properties.values().any(has_dynamic) {
        return Ok(());
    }
    properties
        .values_mut()
        .try_for_each(|value| dynamic_value(value, read))
}

fn has_dynamic(value: &Value) -> bool {
    match value {
        Value::String(text) => text.contains("{{resolve:"),
        Value::Array(items) => items.iter().any(has_dynamic),
        Value::Object(entries) => entries.values().any(has_dynamic),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

fn dynamic_value(value: &mut Value, read: &Read<'_>) -> Result<(), Unresolved> {
    match value {
        Value::String(text) if text.contains("{{resolve:") => {
            *text = read(text).map_err(Unresolved::Other)?;
            Ok(())
        }
        Value::Array(items) => items
            .iter_mut()
            .try_for_each(|item| dynamic_value(item, read)),
        Value::Object(entries) => entries
            .values_mut()
            .try_for_each(|entry| dynamic_value(entry, read)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Ok(()),
    }
}

/// The tags of the stack that are passed on to a resource: those that it does not have itself.
fn passed_on(wanted: &Wanted, tags: &IndexMap<String, String>) -> IndexMap<String, String> {
    if tags.is_empty() {
        return IndexMap::new();
    }
    let known = catalog().resource_type(&wanted.resource_type);
    let Some(property) = known.and_then(|known| known.tagging().property) else {
        return IndexMap::new();
    };
    let own = wanted.properties.get(property.first());
    let has = |key: &str| match own {
        Some(Value::Array(items)) => items
            .iter()
            .any(|item| item.get("Key").and_then(Value::as_str) == Some(key)),
        Some(Value::Object(entries)) => entries.contains_key(key),
        _ => false,
    };
    let tags = tags.iter().filter(|(key, _)| !has(key));
    tags.map(|(key, value)| (key.clone(), value.clone()))
        .collect()
}

impl Wanted {
    /// What it takes to make an existing resource this one.
    pub(crate) fn change(&self, record: &Record, region: &str) -> Change {
        let mut change = Change::Nothing;
        if self.metadata != record.metadata
            || self.deletion_policy != record.deletion_policy
            || self.update_replace_policy != record.update_replace_policy
        {
            change = Change::Attributes;
        }
        if self.tags != record.tags {
            change = Change::InPlace;
        }
        // A secret that is another one behind the same reference is read only where something else changes.
        let is_stated_alike = self.stated.is_some() && self.stated == record.stated;
        if self.properties == record.properties || is_stated_alike {
            return change;
        }
        let rules = Rules::of(catalog(), &self.resource_type, region);
        let mut paths = Vec::new();
        differences(
            &mut Vec::new(),
            &record.properties.to_value(),
            &self.properties.to_value(),
            &mut paths,
        );
        let mut by_handler = false;
        for (path, before, after) in &paths {
            let (before, after) = (before.as_ref().map(resolved), after.as_ref().map(resolved));
            let recreation = rules.at(path, before.as_ref(), after.as_ref());
            match recreation.requires {
                RequiresRecreation::Always => return Change::Replacement,
                RequiresRecreation::Conditionally => {
                    by_handler |= replaces(recreation.fact);
                }
                RequiresRecreation::Never => {}
            }
        }
        if by_handler {
            Change::ReplacementByHandler
        } else {
            Change::InPlace
        }
    }
}

pub(crate) type Difference = (Vec<String>, Option<Value>, Option<Value>);

/// The paths at which two values differ. Lists are compared as wholes but for the same positions.
pub(crate) fn differences(
    path: &mut Vec<String>,
    before: &Value,
    after: &Value,
    found: &mut Vec<Difference>,
) {
    match (before, after) {
        (Value::Object(before), Value::Object(after)) => {
            let new = after.keys().filter(|key| !before.contains_key(*key));
            let keys: Vec<&String> = before.keys().chain(new).collect();
            for key in keys {
                path.push(key.clone());
                match (before.get(key), after.get(key)) {
                    (Some(before), Some(after)) => differences(path, before, after, found),
                    (before, after) => {
                        found.push((path.clone(), before.cloned(), after.cloned()));
                    }
                }
                path.pop();
            }
        }
        (Value::Array(before), Value::Array(after)) if before.len() == after.len() => {
            for (index, (before, after)) in before.iter().zip(after).enumerate() {
                path.push(index.to_string());
                differences(path, before, after, found);
                path.pop();
            }
        }
        (before, after) if before != after => {
            found.push((path.clone(), Some(before.clone()), Some(after.clone())));
        }
        _ => {}
    }
}

/// Whether the code of a type makes a new resource where the schema leaves that to it. Where AWS's pages document the
/// update in place, it does not. What its identifier is made from can only be another resource.
fn replaces(fact: RecreationFact) -> bool {
    match fact {
        RecreationFact::ConditionalCreateOnly(_)
        | RecreationFact::Identifies(_)
        | RecreationFact::Documented(..)
        | RecreationFact::CreateOnly(_) => true,
        RecreationFact::InPlace(..)
        | RecreationFact::Refused(_)
        // Update policies are not played here.
        | RecreationFact::ByUpdatePolicy(_)
        | RecreationFact::Updatable
        | RecreationFact::CustomResource
        | RecreationFact::Transformed(_)
        | RecreationFact::Unexpanded
        | RecreationFact::UnknownType
        | RecreationFact::NotAProperty => false,
    }
}
