//! Who refers to a resource: in its stack, and through exports and outputs in the others.

use stratiform_assembly::{Assembly, StackAt};
use stratiform_template::{Member, Output, Reference, Resource, Value};

use crate::view::explained::{How, Referring};

/// Everything that refers to a resource, in the order of the stacks.
pub(super) fn referring(assembly: &Assembly, stack: &StackAt, logical_id: &str) -> Vec<Referring> {
    let key = assembly.key(&stack.name);
    let mut found = Vec::new();
    for (id, resource) in stack.template.each_resource() {
        let ways = ways(resource, logical_id);
        if !ways.is_empty() {
            found.push(Referring {
                stack: key.to_owned(),
                name: id.to_owned(),
                ways,
            });
        }
    }
    for (name, output) in &stack.template.outputs {
        let Member::One(output) = output else {
            continue;
        };
        if !names(&output.value, logical_id) {
            continue;
        }
        let export = output.export.as_ref().and_then(Value::as_str);
        found.push(Referring {
            stack: key.to_owned(),
            name: format!("output {name}"),
            ways: vec![How::Output(export.map(str::to_owned))],
        });
        found.extend(importing(assembly, stack, (name, output)));
    }
    found
}

/// How a resource refers to another, each way once.
fn ways(resource: &Resource, logical_id: &str) -> Vec<How> {
    let mut ways = Vec::new();
    let mut add = |how: How| {
        if !ways.contains(&how) {
            ways.push(how);
        }
    };
    resource.for_each_reference(&mut |reference| match reference {
        Reference::Name(name) if name == logical_id => add(How::Ref),
        Reference::Attribute {
            logical_id: name,
            attribute,
        } if name == logical_id => add(How::Attribute(attribute.unwrap_or("?").to_owned())),
        _ => {}
    });
    if resource.depends_on.iter().any(|id| id == logical_id) {
        add(How::DependsOn);
    }
    ways
}

fn names(value: &Value, logical_id: &str) -> bool {
    let mut found = false;
    value.for_each_reference(&mut |reference| {
        found |= match reference {
            Reference::Name(name)
            | Reference::Attribute {
                logical_id: name, ..
            } => name == logical_id,
            _ => false,
        };
    });
    found
}

/// The resources of other stacks that take an output.
fn importing(assembly: &Assembly, of: &StackAt, (name, output): (&str, &Output)) -> Vec<Referring> {
    let is_it = |reference: &Reference<'_>| match reference {
        Reference::Export(export) => Some(*export) == output.export.as_ref(),
        Reference::Output(argument) => {
            let entry = |key: &str| argument.as_map()?.get(key)?.as_str();
            (entry("StackName"), entry("OutputName")) == (Some(&of.name), Some(name))
        }
        _ => false,
    };
    let mut found = Vec::new();
    for stack in &assembly.stacks {
        for (id, resource) in stack.template.each_resource() {
            let mut takes = false;
            resource.for_each_reference(&mut |reference| takes |= is_it(&reference));
            if takes {
                found.push(Referring {
                    stack: assembly.key(&stack.name).to_owned(),
                    name: id.to_owned(),
                    ways: vec![How::Import(name.to_owned())],
                });
            }
        }
    }
    found
}
