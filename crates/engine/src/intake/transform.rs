//! Transforms: which ones a template names, and the template that they make of it.
//!
//! What lives here: the choice. What does not: language extensions themselves (`language`). Other transforms are not
//! here at all: `AWS::Serverless-2016-10-31`, `AWS::Include`, `AWS::SecretsManager-…`, `AWS::CodeDeployBlueGreen`, and
//! macros, which are code of the user's. They fail, and say so.

use indexmap::{IndexMap, IndexSet};
use stratiform_resolve::World;
use stratiform_service::Refusal;
use stratiform_template::{Function, Map, Member, Section, Template, Value};

use super::language;
use super::parameter::ParameterValue;
use super::read::Intake;
use super::surroundings::Surroundings;
use crate::input::Refused;

/// The transform that adds loops and more functions.
pub(super) const LANGUAGE_EXTENSIONS: &str = "AWS::LanguageExtensions";

/// The key of a transform inside the template.
const EMBEDDED: &str = "Fn::Transform";

/// Writes out what a template stands for: the same template where it names no transform.
///
/// # Errors
/// A transform that fails, or that the embedded engine does not have. The message is the reason of the change set or
/// the stack.
pub(crate) fn process(
    intake: &Intake,
    parameters: &IndexMap<String, ParameterValue>,
    world: &dyn World,
) -> Result<Template, Refused> {
    let template = &intake.template;
    let names = intake.transforms.iter();
    let mut others = names.filter(|name| *name != LANGUAGE_EXTENSIONS);
    if let Some(name) = others.next() {
        return Err(not_here(name.clone(), world).into());
    }
    if is_extended(template) {
        return language::process(template, &Surroundings { world, parameters });
    }
    Ok(template.clone())
}

/// The processed template as `GetTemplate` answers it.
pub(crate) fn template_json(template: &Template) -> serde_json::Value {
    // The text is JSON; its numbers are those of the template, and so is its depth.
    serde_json::from_str(&template.to_json()).unwrap_or_default()
}

/// A transform that the embedded engine does not have.
fn not_here(name: String, world: &dyn World) -> Refusal {
    let account = world.place().account.as_ref();
    match (name.starts_with("AWS::"), name.contains("::"), account) {
        (false, false, Some(account)) => Refusal::TransformFailed {
            transform: format!("{account}::{name}"),
            why: "the embedded engine runs no macros.".to_owned(),
        },
        (false, _, _) => Refusal::TransformFailed {
            transform: name,
            why: "the embedded engine runs no macros.".to_owned(),
        },
        (true, _, _) => Refusal::TransformFailed {
            transform: name,
            why: "the embedded engine does not have this transform.".to_owned(),
        },
    }
}

/// The names of the transforms that a template declares, and of those inside of it, each once.
pub(super) fn names(template: &Template) -> Vec<String> {
    let mut names: IndexSet<&str> = template.transform_names().flatten().collect();
    for_each_embedded(template, &mut |transform| {
        names.insert(name_of(transform).unwrap_or(EMBEDDED));
    });
    names.into_iter().map(str::to_owned).collect()
}

/// Checks that every transform has a literal name.
pub(super) fn check_names(template: &Template) -> Result<(), Refused> {
    let mut named = template
        .transform
        .iter()
        .all(|value| name_of(value).is_some());
    for_each_embedded(template, &mut |transform| {
        named &= name_of(transform).is_some()
    });
    match named {
        true => Ok(()),
        false => Err(Refusal::TransformNameNotText {}.into()),
    }
}

/// Whether loops and more functions mean something in a template.
pub(super) fn is_extended(template: &Template) -> bool {
    template.has_transform(LANGUAGE_EXTENSIONS)
}

/// Whether a template names transforms that may give anything a meaning.
pub(super) fn has_macros(template: &Template) -> bool {
    let mut names = template.transform_names();
    let mut has_macros = names.any(|name| name != Some(LANGUAGE_EXTENSIONS));
    for_each_embedded(template, &mut |_| has_macros = true);
    has_macros
}

/// Whether a key starts a loop.
pub(super) fn is_loop(key: &str) -> bool {
    key.starts_with("Fn::ForEach::")
}

/// Whether there is a loop anywhere in a template.
pub(super) fn has_loops(template: &Template) -> bool {
    let mut found = false;
    for_each_key(template, &mut |key, _| found |= is_loop(key));
    found
}

/// The name of a transform: the text, or the `Name` of a map.
fn name_of(value: &Value) -> Option<&str> {
    match value {
        Value::Map(entries) => entries.get("Name")?.as_str(),
        other => other.as_str(),
    }
}

/// Calls a function with every transform inside a template. One key may have several of them: recorded.
fn for_each_embedded<'t>(template: &'t Template, visit: &mut impl FnMut(&'t Value)) {
    for_each_key(template, &mut |key, value| {
        if key.starts_with(EMBEDDED) {
            let several = value.as_list().unwrap_or(std::slice::from_ref(value));
            several.iter().for_each(&mut *visit);
        }
    });
}

/// Calls a function with every key of a template's maps and sections below which something may be written out: functions
/// count as maps.
fn for_each_key<'t>(template: &'t Template, visit: &mut impl FnMut(&'t str, &'t Value)) {
    let free = [&template.unknown, &template.mappings, &template.metadata];
    for entries in free {
        keys_of_map(entries, visit);
    }
    keys_of_section(&template.conditions, visit, |value, visit| {
        keys_of(value, visit)
    });
    keys_of_section(&template.resources, visit, |resource, visit| {
        keys_of_map(&resource.unknown, visit);
        keys_of_map(&resource.properties, visit);
        let others = [
            &resource.metadata,
            &resource.creation_policy,
            &resource.update_policy,
            &resource.deletion_policy,
            &resource.update_replace_policy,
        ];
        others
            .into_iter()
            .flatten()
            .for_each(|value| keys_of(value, visit));
    });
    keys_of_section(&template.outputs, visit, |output, visit| {
        keys_of(&output.value, visit);
        output.export.iter().for_each(|value| keys_of(value, visit));
    });
}

fn keys_of_section<'t, T, V: FnMut(&'t str, &'t Value)>(
    section: &'t Section<T>,
    visit: &mut V,
    one: impl Fn(&'t T, &mut V),
) {
    for (name, member) in section {
        match member {
            Member::One(member) => one(member, visit),
            Member::Unexpanded(value) => {
                visit(name, value);
                keys_of(value, visit);
            }
        }
    }
}

fn keys_of_map<'t>(entries: &'t Map, visit: &mut impl FnMut(&'t str, &'t Value)) {
    for (key, value) in entries {
        visit(key, value);
        keys_of(value, visit);
    }
}

fn keys_of<'t>(value: &'t Value, visit: &mut impl FnMut(&'t str, &'t Value)) {
    value.walk(&mut |value| match value {
        Value::Map(entries) => entries.iter().for_each(|(key, value)| visit(key, value)),
        Value::Function(Function::Transform, argument) => visit(EMBEDDED, argument),
        Value::Function(..)
        | Value::Null
        | Value::Bool(_)
        | Value::Number(_)
        | Value::String(_)
        | Value::List(_) => {}
    });
}
