//! What is another between two assemblies of one environment: the keys to each difference.

use indexmap::IndexMap;
use stratiform_assembly::Assembly;
use stratiform_template::{Map, Member, Output, Parameter, Resource, Section, Template, Value};

use super::Keys;

/// How many keys lead to a resource: stack, section, logical ID.
pub(super) const RESOURCE: usize = 3;

/// How far does a difference go?
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Extent {
    /// Something comes into a list, and what is there stays.
    More,
    /// All that stands there is another, or comes or goes.
    All,
}

/// The differences between the stacks of two assemblies. Stacks are known by their keys: another app has other names.
pub(super) fn moved(now: &Assembly, other: &Assembly) -> Vec<(Keys, Extent)> {
    let mut found = Found::default();
    for stack in &now.stacks {
        let key = now.key(&stack.name);
        let mut others = other.stacks.iter();
        let other = others.find(|stack| other.key(&stack.name) == key);
        found.inside(key, |found| match other {
            Some(other) => found.templates(&stack.template, &other.template),
            None => found.all(),
        });
    }
    found.moved
}

/// A resource as a map of its attributes.
pub(crate) fn attributes(resource: &Resource) -> Value {
    let mut map = Map::new();
    let text = |text: &String| Value::from(text.as_str());
    map.insert("Type", text(&resource.resource_type));
    let depends_on = resource.depends_on.iter().map(text).collect();
    let attributes = [
        ("Condition", resource.condition.as_ref().map(text)),
        (
            "DependsOn",
            (!resource.depends_on.is_empty()).then_some(Value::List(depends_on)),
        ),
        ("DeletionPolicy", resource.deletion_policy.clone()),
        (
            "UpdateReplacePolicy",
            resource.update_replace_policy.clone(),
        ),
        ("CreationPolicy", resource.creation_policy.clone()),
        ("UpdatePolicy", resource.update_policy.clone()),
        ("Metadata", resource.metadata.clone()),
        ("Properties", Some(Value::Map(resource.properties.clone()))),
    ];
    for (name, value) in attributes {
        map.extend(value.map(|value| (name, value)));
    }
    Value::Map(map)
}

#[derive(Default)]
struct Found {
    keys: Keys,
    moved: Vec<(Keys, Extent)>,
}

impl Found {
    fn inside(&mut self, key: &str, go: impl FnOnce(&mut Found)) {
        self.keys.push(key.to_owned());
        go(self);
        self.keys.pop();
    }

    fn all(&mut self) {
        self.moved.push((self.keys.clone(), Extent::All));
    }

    fn templates(&mut self, now: &Template, other: &Template) {
        if now == other {
            return;
        }
        self.section("Resources", &now.resources, &other.resources, attributes);
        self.section("Outputs", &now.outputs, &other.outputs, output);
        self.section(
            "Conditions",
            &now.conditions,
            &other.conditions,
            Value::clone,
        );
        self.named("Parameters", &now.parameters, &other.parameters, parameter);
    }

    fn section<T: PartialEq>(
        &mut self,
        name: &str,
        now: &Section<T>,
        other: &Section<T>,
        value: impl Fn(&T) -> Value,
    ) {
        self.named(name, now, other, |member| match member {
            Member::One(member) => value(member),
            Member::Unexpanded(value) => value.clone(),
        });
    }

    fn named<T: PartialEq>(
        &mut self,
        name: &str,
        now: &IndexMap<String, T>,
        other: &IndexMap<String, T>,
        value: impl Fn(&T) -> Value,
    ) {
        self.inside(name, |found| {
            for (id, member) in now {
                found.inside(id, |found| match other.get(id) {
                    Some(other) if member == other => {}
                    Some(other) => found.values(&value(member), &value(other)),
                    None => found.all(),
                });
            }
            for id in other.keys().filter(|id| !now.contains_key(*id)) {
                found.inside(id, Found::all);
            }
        });
    }

    fn values(&mut self, now: &Value, other: &Value) {
        if now == other {
            return;
        }
        match (now, other) {
            (Value::Map(now), Value::Map(other)) => {
                for (key, value) in now {
                    self.inside(key, |found| match other.get(key) {
                        Some(other) => found.values(value, other),
                        None => found.all(),
                    });
                }
                for key in other.keys().filter(|key| !now.contains_key(key)) {
                    self.inside(key, Found::all);
                }
            }
            (Value::List(now), Value::List(other)) => self.lists(now, other),
            (Value::Function(function, now), Value::Function(same, other)) if function == same => {
                self.inside(function.name(), |found| found.values(now, other));
            }
            _ => self.all(),
        }
    }

    /// Items of lists of one length are compared place by place; otherwise it is asked which are there no more.
    fn lists(&mut self, now: &[Value], other: &[Value]) {
        let is_as_long = now.len() == other.len();
        for (place, item) in now.iter().enumerate() {
            self.inside(&place.to_string(), |found| match other.get(place) {
                Some(other) if is_as_long => found.values(item, other),
                _ if other.contains(item) => {}
                _ => found.all(),
            });
        }
        if !is_as_long {
            self.moved.push((self.keys.clone(), Extent::More));
        }
    }
}

fn output(output: &Output) -> Value {
    let text = |text: &String| Value::from(text.as_str());
    let mut map = Map::new();
    let attributes = [
        ("Description", output.description.as_ref().map(text)),
        ("Condition", output.condition.as_ref().map(text)),
        ("Value", Some(output.value.clone())),
        ("Export", output.export.clone()),
    ];
    for (name, value) in attributes {
        map.extend(value.map(|value| (name, value)));
    }
    Value::Map(map)
}

fn parameter(parameter: &Parameter) -> Value {
    let mut map = parameter.constraints.clone();
    map.insert("Type", parameter.parameter_type.as_str().into());
    map.extend(
        parameter
            .default
            .clone()
            .map(|value| ("Default".to_owned(), value)),
    );
    let description = parameter.description.as_deref().map(Value::from);
    map.extend(description.map(|value| ("Description".to_owned(), value)));
    map.extend(
        parameter
            .no_echo
            .map(|value| ("NoEcho".to_owned(), value.into())),
    );
    Value::Map(map)
}
