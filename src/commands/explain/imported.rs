//! What a value takes from other stacks.

use stratiform_assembly::{Assembly, StackAt};
use stratiform_template::{Member, Output, Reference, Value};

use crate::view::explained::Imported;

/// What a value imports, each once: the output, and the resource that it is of.
pub(super) fn imported(assembly: &Assembly, value: &Value) -> Vec<Imported> {
    let mut found = Vec::new();
    value.for_each_reference(&mut |reference| {
        let output = match reference {
            Reference::Export(export) => exported(assembly, export),
            Reference::Output(argument) => put_out(assembly, argument),
            _ => None,
        };
        let imported = output.map(|(stack, name, output)| of(assembly, stack, name, output));
        found.extend(imported.filter(|imported| !found.contains(imported)));
    });
    found
}

type Found<'a> = (&'a StackAt, &'a str, &'a Output);

fn outputs(stack: &StackAt) -> impl Iterator<Item = Found<'_>> {
    let outputs = stack.template.outputs.iter();
    outputs.filter_map(move |(name, output)| match output {
        Member::One(output) => Some((stack, name.as_str(), output)),
        Member::Unexpanded(_) => None,
    })
}

fn exported<'a>(assembly: &'a Assembly, export: &Value) -> Option<Found<'a>> {
    let mut all = assembly.stacks.iter().flat_map(outputs);
    all.find(|(_, _, output)| output.export.as_ref() == Some(export))
}

fn put_out<'a>(assembly: &'a Assembly, argument: &Value) -> Option<Found<'a>> {
    let entry = |key: &str| argument.as_map()?.get(key)?.as_str();
    let (stack, wanted) = (entry("StackName")?, entry("OutputName")?);
    let mut all = outputs(assembly.stack(stack)?);
    all.find(|(_, name, _)| *name == wanted)
}

fn of(assembly: &Assembly, stack: &StackAt, name: &str, output: &Output) -> Imported {
    let mut resource = None;
    output.value.for_each_reference(&mut |reference| {
        let named = match reference {
            Reference::Name(id) => Some((id, None)),
            Reference::Attribute {
                logical_id,
                attribute,
            } => Some((logical_id, attribute)),
            _ => None,
        };
        let is_there = |(id, _): &(&str, _)| stack.template.resources.contains_key(*id);
        resource = resource.or(named.filter(is_there));
    });
    Imported {
        stack: assembly.key(&stack.name).to_owned(),
        output: name.to_owned(),
        logical_id: resource.map(|(id, _)| id.to_owned()),
        attribute: resource.and_then(|(_, attribute)| attribute.map(str::to_owned)),
    }
}
