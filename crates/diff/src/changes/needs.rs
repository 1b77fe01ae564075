//! What a resource's values are made from, by name.

use stratiform_template::{Function, Resource, Value, sub_variables};

/// Something that a value is made from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Need<'t> {
    /// A parameter or a resource.
    Name(&'t str),
    /// A mapping.
    Mapping(&'t str),
    /// A condition.
    Condition(&'t str),
    /// A name that is itself an expression: it could be any.
    Anything,
}

/// Calls a function with everything that a resource needs.
pub(super) fn for_each_need<'t>(resource: &'t Resource, visit: &mut impl FnMut(Need<'t>)) {
    for value in resource.properties.values() {
        needs_of(value, visit);
    }
    let others = [
        &resource.metadata,
        &resource.creation_policy,
        &resource.update_policy,
        &resource.deletion_policy,
        &resource.update_replace_policy,
    ];
    for value in others.into_iter().flatten() {
        needs_of(value, visit);
    }
}

fn needs_of<'t>(value: &'t Value, visit: &mut impl FnMut(Need<'t>)) {
    match value {
        Value::Function(function, argument) => {
            let first = argument.as_list().and_then(|items| items.first());
            let named = |need: fn(&'t str) -> Need<'t>, name: Option<&'t Value>| {
                name.and_then(Value::as_str).map_or(Need::Anything, need)
            };
            match function {
                Function::Ref => visit(named(Need::Name, Some(argument))),
                Function::GetAtt => visit(named(Need::Name, first)),
                Function::FindInMap => visit(named(Need::Mapping, first)),
                Function::If => visit(named(Need::Condition, first)),
                Function::Condition => visit(named(Need::Condition, Some(argument))),
                Function::Sub => {
                    let text = first.unwrap_or(argument).as_str();
                    for variable in text.into_iter().flat_map(sub_variables) {
                        let name = variable.trim();
                        visit(Need::Name(
                            name.split_once('.').map_or(name, |(name, _)| name),
                        ));
                    }
                }
                _ => {}
            }
            needs_of(argument, visit);
        }
        Value::List(items) => items.iter().for_each(|item| needs_of(item, visit)),
        Value::Map(entries) => entries.values().for_each(|value| needs_of(value, visit)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}
