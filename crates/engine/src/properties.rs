//! Properties of a resource: a resource, its events and what is outside of stacks have the same ones.

use serde_json::{Map, Value};

use crate::shared::Shared;

/// Properties with values.
pub(crate) type Properties = Shared<Map<String, Value>>;

impl Shared<Map<String, Value>> {
    /// The properties as a value.
    pub(crate) fn to_value(&self) -> Value {
        Value::Object(Map::clone(self))
    }
}
