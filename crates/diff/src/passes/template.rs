//! Templates on the way from one to another.

use std::collections::BTreeSet;

use indexmap::IndexMap;
use stratiform_assembly::StackAt;
use stratiform_resolve::{Resolver, Scope, Whereabouts};
use stratiform_template::{Function, Member, Output, Reference, Resource, Template, Value};

use super::{Held, ImportedAgain};
use crate::exports::name_of;

/// A stack in which the values of exports stand as text.
pub(super) fn holding(
    stack: &StackAt,
    values: &IndexMap<String, Held>,
    place: &Whereabouts,
) -> StackAt {
    let scope = Scope::new(&stack.template, &stack.parameters, place);
    let resolver = Resolver::new(&scope, place);
    let mut hold = |value: Value| match &value {
        Value::Function(Function::ImportValue, name) => {
            let name = name_of(&resolver, Reference::Export(name));
            let held = name.and_then(|(name, _)| values.get(&name));
            held.map_or(value, |held| Value::from(held.value.as_str()))
        }
        _ => value,
    };
    let mut held = Template::clone(&stack.template);
    for resource in held.resources.values_mut() {
        match resource {
            Member::One(resource) => each_value(resource, &mut hold),
            Member::Unexpanded(body) => change(body, &mut hold),
        }
    }
    for output in held.outputs.values_mut() {
        match output {
            Member::One(output) => change(&mut output.value, &mut hold),
            Member::Unexpanded(body) => change(body, &mut hold),
        }
    }
    StackAt {
        template: held.into(),
        ..stack.clone()
    }
}

fn each_value(resource: &mut Resource, map: &mut impl FnMut(Value) -> Value) {
    let properties = resource.properties.values_mut();
    for value in properties.chain(resource.metadata.as_mut()) {
        change(value, map);
    }
}

fn change(value: &mut Value, map: &mut impl FnMut(Value) -> Value) {
    *value = std::mem::replace(value, Value::Null).map(map);
}

/// What a stack imports of what was held; `first` is the pass of the first station.
pub(super) fn imported_again(
    stack: &StackAt,
    held: &IndexMap<String, Held>,
    place: &Whereabouts,
    first: usize,
) -> Vec<ImportedAgain> {
    let mut found: Vec<ImportedAgain> = Vec::new();
    if held.is_empty() {
        return found;
    }
    for_each_import(stack, place, &mut |value, name| {
        if let Some(held) = name.and_then(|name| held.get(&name))
            && found.iter().all(|known| known.name != *value)
        {
            found.push(ImportedAgain {
                name: value.clone(),
                exporter: first + held.station,
                output: held.output.clone(),
            });
        }
    });
    found
}

/// Whether a stack imports something by this name, or by one that is not known.
pub(super) fn imports(stack: &StackAt, export: &str, place: &Whereabouts) -> bool {
    let mut found = false;
    for_each_import(stack, place, &mut |_, name| {
        found |= name.is_none_or(|name| name == export);
    });
    found
}

/// Calls a function with the name of each import, as it is written and as it is known.
fn for_each_import(
    stack: &StackAt,
    place: &Whereabouts,
    visit: &mut impl FnMut(&Value, Option<String>),
) {
    let scope = Scope::new(&stack.template, &stack.parameters, place);
    let resolver = Resolver::new(&scope, place);
    let mut look = |value: &Value| {
        value.for_each_reference(&mut |reference| {
            if let Reference::Export(written) = reference {
                visit(written, name_of(&resolver, reference).map(|(name, _)| name));
            }
        });
    };
    for resource in stack.template.resources.values() {
        match resource {
            Member::One(resource) => resource.values().for_each(&mut look),
            Member::Unexpanded(body) => look(body),
        }
    }
    for output in stack.template.outputs.values() {
        match output {
            Member::One(output) => look(&output.value),
            Member::Unexpanded(body) => look(body),
        }
    }
}

/// A stack with outputs of an earlier one, and with all that they need of it.
pub(super) fn keeping<'k>(
    after: &StackAt,
    before: &StackAt,
    outputs: impl Iterator<Item = &'k String>,
) -> StackAt {
    let before = &before.template;
    let mut kept = Template::clone(&after.template);
    let mut needed: Vec<String> = Vec::new();
    for key in outputs {
        if let Some(output) = before.outputs.get(key) {
            if let Member::One(Output {
                value, condition, ..
            }) = output
            {
                needed.extend(names(value));
                needed.extend(condition.clone());
            }
            kept.outputs.insert(key.clone(), output.clone());
        }
    }
    let mut seen = BTreeSet::new();
    while let Some(name) = needed.pop() {
        if !seen.insert(name.clone()) {
            continue;
        }
        if let Some(parameter) = before.parameters.get(&name) {
            kept.parameters
                .entry(name.clone())
                .or_insert_with(|| parameter.clone());
        }
        if let Some(mapping) = before.mappings.get(&name)
            && !kept.mappings.contains_key(&name)
        {
            kept.mappings.insert(name.as_str(), mapping.clone());
        }
        if let Some(condition) = before.conditions.get(&name)
            && !kept.conditions.contains_key(&name)
        {
            if let Member::One(value) = condition {
                needed.extend(names(value));
            }
            kept.conditions.insert(name.clone(), condition.clone());
        }
        if let Some(resource) = before.resources.get(&name)
            && !kept.resources.contains_key(&name)
        {
            if let Member::One(resource) = resource {
                needed.extend(resource.properties.values().flat_map(names));
                needed.extend(resource.depends_on.iter().cloned());
                needed.extend(resource.condition.clone());
            }
            kept.resources.insert(name, resource.clone());
        }
    }
    StackAt {
        template: kept.into(),
        ..after.clone()
    }
}

/// The names that a value refers to.
fn names(value: &Value) -> Vec<String> {
    let mut names = Vec::new();
    value.for_each_reference(&mut |reference| match reference {
        Reference::Name(name)
        | Reference::Attribute {
            logical_id: name, ..
        }
        | Reference::Mapping(name)
        | Reference::Condition(name) => names.push(name.to_owned()),
        Reference::Export(_) | Reference::Output(_) | Reference::Anything => {}
    });
    if let Value::Function(Function::Condition, name) = value {
        names.extend(name.as_str().map(str::to_owned));
    }
    names
}
