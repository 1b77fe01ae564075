//! Properties of a resource, shared: a resource, its events and what is outside of stacks have the same ones.

use std::ops::{Deref, DerefMut};
use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Map, Value};

/// Properties with values. Copies are cheap; whoever changes one has an own one from then on.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Properties(Arc<Map<String, Value>>);

impl Properties {
    /// The properties as a value.
    pub(crate) fn to_value(&self) -> Value {
        Value::Object(self.0.as_ref().clone())
    }
}

impl Deref for Properties {
    type Target = Map<String, Value>;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl DerefMut for Properties {
    fn deref_mut(&mut self) -> &mut Self::Target {
        Arc::make_mut(&mut self.0)
    }
}

impl From<Map<String, Value>> for Properties {
    fn from(properties: Map<String, Value>) -> Self {
        Properties(Arc::new(properties))
    }
}

impl Serialize for Properties {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Properties {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Map::deserialize(deserializer).map(Properties::from)
    }
}
