//! Which value of an environment's file made a value of a template: found out by trying.
//!
//! Synthesis is a function of the environment's values. A value that is the same as the expected one is given another
//! value, and the stacks are synthesized again: where the property follows, it comes from there. Nothing is guessed; what
//! cannot be tried has no line of YAML.

use serde_json::Value as Json;
use stratiform_assembly::Assembly;
use stratiform_environment::{Effective, Environment, Loaded, Origin};
use stratiform_template::Value;

use crate::Define;
use crate::assemblies::synthesis::assemble;
use crate::view::drift::{Difference, Key};

/// How often a whole environment is synthesized for that, at most.
const TRIES: usize = 64;

/// An environment that is tried with other values.
pub(super) struct Tracing<'a, E> {
    define: Define<E>,
    loaded: &'a Loaded<E>,
    assembly: &'a Assembly,
    values: Vec<Effective>,
    tries: usize,
}

impl<'a, E: Environment> Tracing<'a, E> {
    pub(super) fn new(define: Define<E>, loaded: &'a Loaded<E>, assembly: &'a Assembly) -> Self {
        Tracing {
            define,
            loaded,
            assembly,
            values: loaded.values().collect(),
            tries: 0,
        }
    }

    /// The value that the expected one of a difference comes from, where that can be found out.
    pub(super) fn trace(&mut self, stack: &str, difference: &Difference) -> Option<Key> {
        let expected = text(difference.expected.as_ref()?)?;
        let place = (
            stack,
            difference.logical_id.as_str(),
            difference.path.as_str(),
        );
        if written(self.assembly, place)? != expected {
            // The code has changed since: what it says now made nothing of what is there.
            return None;
        }
        let actual = difference.actual.as_ref().and_then(text);
        let values = self.values.iter();
        let same: Vec<Effective> = values
            .filter(|value| text(&value.value).is_some_and(|value| value == expected))
            .cloned()
            .collect();
        same.into_iter().find_map(|value| {
            let adopted = actual
                .as_deref()
                .and_then(|actual| like(&value.value, actual));
            let tried = adopted
                .iter()
                .chain(others(&value.value).iter())
                .cloned()
                .collect::<Vec<_>>();
            let follows = tried.into_iter().find_map(|other| {
                let now = self.with(&value, other.clone(), place)?;
                (now != expected).then_some((other, now))
            });
            let (other, now) = follows?;
            let is_adopted = actual.as_deref() == Some(now.as_str());
            Some(Key {
                path: value.path.to_string(),
                value: value.value.clone(),
                at: match &value.origin {
                    Origin::File { name, line } => Some((name.clone(), *line)),
                    Origin::BuiltIn => None,
                },
                adopted: is_adopted.then_some(other),
            })
        })
    }

    /// What stands in a place of a template where one of the environment's values is another.
    fn with(
        &mut self,
        value: &Effective,
        other: Json,
        place: (&str, &str, &str),
    ) -> Option<String> {
        if self.tries == TRIES {
            return None;
        }
        self.tries += 1;
        let loaded = self.loaded.with(&value.path, other)?;
        let assembly = assemble(self.define, &loaded).ok()?;
        written(&assembly, place)
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

/// Other values of the same kind.
fn others(value: &Json) -> Vec<Json> {
    match value {
        Json::Bool(value) => vec![(!value).into()],
        Json::Number(number) => {
            let number = number.as_i64();
            let others = number.map(|number| [number + 1, number - 1]);
            others.into_iter().flatten().map(Json::from).collect()
        }
        Json::String(text) => vec![format!("{text}1").into()],
        Json::Null | Json::Array(_) | Json::Object(_) => Vec::new(),
    }
}

/// The scalar that a template has in a place: stack, logical ID and `/VisibilityTimeout`.
fn written(assembly: &Assembly, (stack, logical_id, path): (&str, &str, &str)) -> Option<String> {
    let template = &assembly.stack(stack)?.template;
    let mut resources = template.each_resource();
    let (_, resource) = resources.find(|(id, _)| *id == logical_id)?;
    let mut steps = path.split('/').skip(1);
    let mut value = resource.properties.get(steps.next()?)?;
    for step in steps {
        value = match value {
            Value::Map(map) => map.get(step)?,
            Value::List(items) => items.get(step.parse::<usize>().ok()?)?,
            _ => return None,
        };
    }
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.as_str().to_owned()),
        Value::Bool(value) => Some(value.to_string()),
        Value::Null | Value::List(_) | Value::Map(_) | Value::Function(..) => None,
    }
}
