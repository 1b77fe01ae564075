//! Resource providers: what types of resources do when CloudFormation calls them.
//!
//! What lives here: identifiers and attributes ([`create`], [`update`], [`attribute`]), how long things take ([`course`]),
//! what must be unique ([`unique`]) and what is refused ([`validate`], [`refuses_update`], [`refuses_deletion`]). All of it is
//! pure: it follows from a type, properties, a place and new IDs. What does not live here: stacks, events, time, and whose
//! something is that is already taken.
//!
//! What is known of single types is in `data/resources.tsv`; the rest follows from the catalog's schemas, so that every type
//! has something to show. Property values arrive as CloudFormation passes them on: scalars are text.

mod course;
mod filter;
mod form;
mod name;
mod plausible;
mod random;
mod recipe;
mod refusal;
mod schema;
mod table;
#[cfg(test)]
mod tests;
mod unique;
mod validation;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use stratiform_catalog::{ReplacementStrategy, ResourceType, behaviour, catalog};

use crate::ids::Ids;
use crate::shared::Shared;
use form::{Filling, property};
use recipe::recipe;

pub use course::Action;
pub(crate) use course::{Course, course};
pub(crate) use refusal::{
    already_exists, handler_reason, not_found, refuses_deletion, refuses_update,
};
pub(crate) use unique::{Unique, custom_name, unique, unique_of_properties};
pub(crate) use validation::{Fault, validate};

/// Where a resource is made.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place<'a> {
    pub(crate) partition: &'a str,
    pub(crate) region: &'a str,
    pub(crate) account: &'a str,
    /// The stack's name.
    pub(crate) stack: &'a str,
    pub(crate) logical_id: &'a str,
}

/// A resource as its type makes it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Identity {
    /// What `DescribeStackResources` shows.
    pub(crate) physical_id: String,
    /// What `Ref` gives.
    pub(crate) reference: String,
    /// What `Fn::GetAtt` gives of what cannot be set: text, or a list of text. Names have dots: `Endpoint.Address`.
    pub(crate) attributes: Shared<BTreeMap<String, Value>>,
}

/// Makes a resource.
///
/// Types whose resources are numbered revisions begin with 1; see [`Identity::series`].
pub(crate) fn create(
    resource_type: &str,
    properties: &Map<String, Value>,
    place: &Place<'_>,
    ids: &mut Ids,
) -> Identity {
    let recipe = recipe(resource_type);
    let name = name::name(&recipe.naming, properties, place, ids);
    let mut filling = Filling::new(place, properties, ids);
    filling.name = name;
    let mut physical_id = recipe.physical.text(&mut filling);
    if physical_id.is_empty() {
        physical_id.clone_from(&filling.name);
    }
    filling.physical_id.clone_from(&physical_id);
    let reference = match &recipe.reference {
        Some(form) => form.text(&mut filling),
        None => physical_id.clone(),
    };
    let mut attributes = BTreeMap::new();
    for (name, form) in &recipe.attributes {
        if let Some(value) = form.value(&mut filling) {
            attributes.insert(name.clone(), value);
        }
    }
    Identity {
        physical_id,
        reference,
        attributes: attributes.into(),
    }
}

/// What a resource is after an update in place: IDs stay, and so does what is random; what follows from properties follows
/// from the new ones, and what counts updates goes on.
pub(crate) fn update(
    identity: &Identity,
    resource_type: &str,
    properties: &Map<String, Value>,
    place: &Place<'_>,
    ids: &mut Ids,
) -> Identity {
    let recipe = recipe(resource_type);
    let mut filling = Filling::new(place, properties, ids);
    filling.physical_id.clone_from(&identity.physical_id);
    // What is not made again has its name from before.
    filling.name.clone_from(&identity.reference);
    let mut attributes = BTreeMap::new();
    for (name, form) in &recipe.attributes {
        let before = identity.attributes.get(name);
        let is_another = is_another_each_time(name);
        let counted = before.filter(|_| is_another).and_then(next);
        let after = match (counted, before) {
            (Some(next), _) => Some(next),
            (None, Some(before)) if form.is_made_once(properties) && !is_another => {
                Some(before.clone())
            }
            (None, _) => form.value(&mut filling),
        };
        if let Some(after) = after {
            attributes.insert(name.clone(), after);
        }
    }
    Identity {
        attributes: attributes.into(),
        ..identity.clone()
    }
}

/// Whether an attribute is another one after every update; of those that the catalog does not know, the ID of a version.
fn is_another_each_time(name: &str) -> bool {
    behaviour::counts_up(name) || name == "VersionId"
}

/// The number after this one.
fn next(value: &Value) -> Option<Value> {
    let number: u64 = value.as_str()?.parse().ok()?;
    Some(Value::String(number.checked_add(1)?.to_string()))
}

/// Returns what `Fn::GetAtt` gives of a resource that is there; none where its type does not support the attribute.
///
/// A property that can be set and is not has its default, or nothing: an empty text.
pub(crate) fn attribute(
    resource_type: &str,
    identity: &Identity,
    properties: &Map<String, Value>,
    name: &str,
) -> Option<Value> {
    if let Some(value) = identity.attributes.get(name) {
        return Some(value.clone());
    }
    let members = members(identity, name);
    if !members.is_empty() {
        return Some(Value::Object(members));
    }
    if !supports_attribute(resource_type, name) {
        return None;
    }
    if let Some(value) = property(properties, name) {
        return Some(value.clone());
    }
    let Some(found) = catalog().resource_type(resource_type) else {
        return Some(Value::String(format!("{}-{name}", identity.physical_id)));
    };
    if found.open_attributes().any(|open| open.name == "*") {
        return Some(Value::String(format!("{}-{name}", identity.physical_id)));
    }
    let known = found.attribute(name).and_then(|attribute| attribute.schema);
    let default = known.and_then(|schema| schema.resolve().default_value());
    Some(Value::String(
        default.map(schema::plain).unwrap_or_default(),
    ))
}

/// What is below a name.
fn members(identity: &Identity, name: &str) -> Map<String, Value> {
    let below = |(known, value): (&String, &Value)| {
        let member = known.strip_prefix(name)?.strip_prefix('.')?;
        Some((member.to_owned(), value.clone()))
    };
    identity.attributes.iter().filter_map(below).collect()
}

/// Tells whether a type supports an attribute. Types that nobody knows, and custom resources, support any.
pub(crate) fn supports_attribute(resource_type: &str, name: &str) -> bool {
    match catalog().resource_type(resource_type) {
        None => !name.is_empty(),
        Some(found) => {
            let is_written = recipe(resource_type)
                .attributes
                .iter()
                .any(|(known, _)| known == name);
            is_written || found.attribute(name).is_some()
        }
    }
}

/// Tells whether a replacement deletes the old resource before it makes the new one.
pub(crate) fn deletes_first(resource_type: &str) -> bool {
    let strategy = catalog()
        .resource_type(resource_type)
        .map(ResourceType::replacement_strategy);
    match strategy {
        Some(ReplacementStrategy::DeleteThenCreate) => true,
        Some(ReplacementStrategy::CreateThenDelete) | None => false,
    }
}

impl Identity {
    /// Returns what its revisions have in common, if it is a revision that has a number: `arn:…:task-definition/api`.
    ///
    /// The number of the next one is known only to whoever knows the ones before; [`Identity::numbered`] takes it.
    pub(crate) fn series(&self, resource_type: &str) -> Option<&str> {
        if !behaviour::is_revision(resource_type) {
            return None;
        }
        let (series, number) = self.physical_id.rsplit_once(':')?;
        number.parse::<u64>().is_ok().then_some(series)
    }

    /// The same as another revision of its series.
    #[must_use]
    pub(crate) fn numbered(self, resource_type: &str, number: u64) -> Identity {
        let Some(series) = self.series(resource_type) else {
            return self;
        };
        let physical_id = format!("{series}:{number}");
        let renumbered = |value: Value| match value {
            Value::String(text) if text == self.physical_id => Value::String(physical_id.clone()),
            Value::String(text) if text == "1" => Value::String(number.to_string()),
            other => other,
        };
        let attributes = BTreeMap::clone(&self.attributes).into_iter();
        Identity {
            attributes: attributes
                .map(|(name, value)| (name, renumbered(value)))
                .collect(),
            reference: match self.reference == self.physical_id {
                true => physical_id.clone(),
                false => self.reference.clone(),
            },
            physical_id,
        }
    }
}
