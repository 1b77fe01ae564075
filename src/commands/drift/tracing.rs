//! Which values of an environment's file made the value that a template expects, and which other one would expect what
//! is there.

use std::cell::OnceCell;

use serde_json::Value as Json;
use stratiform_assembly::Assembly;
use stratiform_environment::{Loaded, Origin, Variable, Variation};

use crate::definition::Definition;
use crate::provenance::{Keys, Provenance, Synthesis, scalar, tried, value_at};
use crate::view::drift::{Difference, Key};

/// An environment that is tried with other values, once somebody asks.
pub(super) struct Tracing<'a> {
    define: &'a dyn Definition,
    loaded: &'a Loaded,
    assembly: &'a Assembly,
    provenance: OnceCell<Provenance>,
}

impl<'a> Tracing<'a> {
    pub(super) fn new(
        define: &'a dyn Definition,
        loaded: &'a Loaded,
        assembly: &'a Assembly,
    ) -> Self {
        Tracing {
            define,
            loaded,
            assembly,
            provenance: OnceCell::new(),
        }
    }

    /// The values that the expected one of a difference comes from: first one that can be set to what is there, then one
    /// that is written as the template has it.
    pub(super) fn trace(&self, stack: &str, difference: &Difference) -> Vec<Key> {
        let keys = self.keys(stack, difference);
        let expected = difference.expected.as_ref().and_then(text);
        if expected.is_none() || written(self.assembly, &keys) != expected {
            // The code has changed since: what it says now made nothing of what is there.
            return Vec::new();
        }
        let actual = difference.actual.as_ref().and_then(text);
        let provenance = self.provenance.get_or_init(|| {
            Provenance::of(Synthesis::own(self.define), self.loaded, self.assembly)
        });
        let origins = provenance.origins(&keys).into_iter();
        let mut found: Vec<Key> = origins
            .filter_map(|variable| {
                let actual = actual.as_deref();
                Some(Key {
                    path: variable.path.to_string(),
                    value: variable.value.clone()?,
                    at: match &variable.origin {
                        Origin::File { name, line } => Some((name.clone(), *line)),
                        Origin::BuiltIn => None,
                    },
                    adopted: actual.and_then(|actual| self.adopted(variable, &keys, actual)),
                })
            })
            .collect();
        found.sort_by_key(|key| (key.adopted.is_none(), text(&key.value) != expected));
        found
    }

    /// The keys to what differs, in the templates.
    fn keys(&self, stack: &str, difference: &Difference) -> Keys {
        let resource = [
            self.assembly.key(stack),
            "Resources",
            &difference.logical_id,
        ];
        let below = difference.path.split('/').skip(1);
        let keys = resource.into_iter().chain(["Properties"]).chain(below);
        keys.map(str::to_owned).collect()
    }

    /// The value with which the template expects what is there.
    fn adopted(&self, variable: &Variable, keys: &[String], actual: &str) -> Option<Json> {
        let value = like(variable.value.as_ref()?, actual)?;
        let variation = Variation {
            path: variable.path.clone(),
            value: Some(value.clone()),
        };
        let other = tried(Synthesis::own(self.define), self.loaded, &variation)?;
        (written(&other, keys)?.as_str() == actual).then_some(value)
    }
}

/// A scalar as text, as CloudFormation compares them.
fn text(value: &Json) -> Option<String> {
    match value {
        Json::String(text) => Some(text.clone()),
        Json::Bool(value) => Some(value.to_string()),
        Json::Number(number) => Some(number.to_string()),
        Json::Null | Json::Array(_) | Json::Object(_) => None,
    }
}

/// A text as a value of the same kind as another one.
fn like(value: &Json, text: &str) -> Option<Json> {
    match value {
        Json::String(_) => Some(text.into()),
        Json::Bool(_) | Json::Number(_) => {
            let read: Json = serde_json::from_str(text).ok()?;
            let same = (read.is_boolean() && value.is_boolean())
                || (read.is_number() && value.is_number());
            same.then_some(read)
        }
        Json::Null | Json::Array(_) | Json::Object(_) => None,
    }
}

/// The scalar that a template has in a place, as text.
fn written(assembly: &Assembly, keys: &[String]) -> Option<String> {
    scalar(&value_at(assembly, keys)?)
}
