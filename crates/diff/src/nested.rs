//! Nested stacks whose templates are among the files that are compared: each is looked into, with the values that its
//! parent gives it.

use std::sync::Arc;

use stratiform_assembly::StackAt;
use stratiform_catalog::behaviour::{Nested, nests};
use stratiform_resolve::{Compare, Resolved, Resolver, Scope, Style};
use stratiform_template::Resource;

use crate::consequence::Kind;
use crate::exports::Pair;
use crate::note::Note;
use crate::stack::{StackDiff, diff};

/// A nested stack, both of whose templates are at hand.
pub(crate) struct Inside {
    /// The stack that it is a resource of.
    parent: String,
    logical_id: String,
    /// Which of the pairs has the template before, and which the one after.
    pairs: [usize; 2],
    /// Whether all values that it is given are known, or the same.
    is_sure: bool,
    before: StackAt,
    after: StackAt,
}

/// The nested stacks whose templates are at hand.
pub(crate) fn inside(pairs: &[Pair<'_>]) -> Vec<Inside> {
    let mut found: Vec<Inside> = Vec::new();
    for pair in pairs {
        let (Some(before), Some(after)) = (pair.before, pair.after) else {
            continue;
        };
        if !has_nested(before) {
            continue;
        }
        let [old, new] = [before, after]
            .map(|stack| Scope::new(&stack.template, &stack.parameters, &pair.place));
        for (logical_id, resource) in new.resources() {
            let Some(resources) = old.resource(logical_id).map(|old| [old, resource]) else {
                continue;
            };
            let resolvers = [&old, &new].map(|scope| Resolver::new(scope, &pair.place));
            let names = [0, 1].map(|side| template_of(&resolvers[side], resources[side]));
            let [Some(first), Some(then)] = &names else {
                continue;
            };
            let named = |name: &str, side: fn(&Pair<'_>) -> bool| {
                pairs
                    .iter()
                    .position(|pair| side(pair) && pair.place.stack == name)
            };
            let places = named(first, |pair| pair.before.is_some())
                .zip(named(then, |pair| pair.after.is_some()));
            let Some((first, then)) = places else {
                continue;
            };
            let (Some(before), Some(after)) = (pairs[first].before, pairs[then].after) else {
                continue;
            };
            let is_taken = found.iter().any(|other| other.pairs[1] == then);
            if is_taken || pairs[then].place.stack == pair.place.stack {
                continue;
            }
            let values = [0, 1].map(|side| values_of(&resolvers[side], resources[side]));
            found.push(Inside {
                is_sure: is_sure(&values),
                parent: pair.place.stack.clone(),
                logical_id: logical_id.to_owned(),
                pairs: [first, then],
                before: given(before, &values[0]),
                after: given(after, &values[1]),
            });
        }
    }
    found
}

/// Compares one of the pairs: a nested stack with the template that it had before, whatever that is called.
pub(crate) fn compared(index: usize, pair: &Pair<'_>, inside: &[Inside]) -> StackDiff {
    if let Some(nested) = inside.iter().find(|nested| nested.pairs[1] == index) {
        let mut found = diff(Some(&nested.before), Some(&nested.after), &pair.place);
        found.notes.push(nested.note());
        return found;
    }
    let was = inside.iter().find(|nested| nested.pairs[0] == index);
    match was.filter(|_| pair.after.is_none()) {
        // What it became is told there.
        Some(nested) => {
            let mut found = diff(pair.before, pair.before, &pair.place);
            found.notes.push(nested.note());
            found
        }
        None => diff(pair.before, pair.after, &pair.place),
    }
}

/// What is not known of a nested stack is known where it was looked into.
pub(crate) fn told(diffs: &mut [StackDiff], inside: &[Inside]) {
    for nested in inside.iter().filter(|nested| nested.is_sure) {
        let parent = diffs.iter_mut().find(|diff| diff.name == nested.parent);
        if let Some(parent) = parent {
            parent.consequences.retain(|found| {
                found.kind != Kind::Unknown || found.logical_id.as_ref() != Some(&nested.logical_id)
            });
        }
    }
}

impl Inside {
    fn note(&self) -> Note {
        let (old, new) = (&self.before.name, &self.after.name);
        let (id, parent) = (&self.logical_id, &self.parent);
        let with = match old == new {
            true => String::new(),
            false => format!(", which was `{old}` and becomes `{new}`"),
        };
        Note {
            what: format!("this is the template of the nested stack `{id}` of `{parent}`{with}"),
            help: None,
        }
    }
}

fn has_nested(stack: &StackAt) -> bool {
    let mut resources = stack.template.each_resource();
    resources.any(|(_, resource)| nests(&resource.resource_type).next().is_some())
}

/// The name of the file in which a nested stack has its template, without its ending.
fn template_of(resolver: &Resolver<'_, '_>, resource: &Resource) -> Option<String> {
    let mut templates =
        nests(&resource.resource_type).filter(|(_, nested)| *nested == Nested::Template);
    let (path, _) = templates.next()?;
    let place = resolver
        .resolve(resource.properties.get(path.as_str())?)
        .part()?;
    let place = place.shown(Style::Expression);
    let place = place.split(['?', '#']).next()?;
    let file = place.rsplit('/').next()?;
    let stem = file.rsplit_once('.').map_or(file, |(stem, _)| stem);
    (!stem.is_empty() && !stem.contains('$')).then(|| stem.to_owned())
}

/// The values that a nested stack is given.
fn values_of<'t>(resolver: &Resolver<'_, 't>, resource: &'t Resource) -> Option<Resolved<'t>> {
    let mut parameters =
        nests(&resource.resource_type).filter(|(_, nested)| *nested == Nested::Parameters);
    let (path, _) = parameters.next()?;
    resolver
        .resolve(resource.properties.get(path.as_str())?)
        .part()
}

/// Whether what is not known of the values is the same before and after.
fn is_sure([before, after]: &[Option<Resolved<'_>>; 2]) -> bool {
    let Some(after) = after else { return true };
    after.entries().all(|(name, value)| {
        let old = before.as_ref().and_then(|before| before.get(name));
        text(value).is_some() || old.is_some_and(|old| old.same(value, Compare::Values))
    })
}

/// A stack with the values that its parent gives it. Of what is not known, no default counts.
fn given(stack: &StackAt, values: &Option<Resolved<'_>>) -> StackAt {
    let mut given = stack.clone();
    for (name, value) in values.iter().flat_map(Resolved::entries) {
        match text(value) {
            Some(text) => {
                given.parameters.insert(name.to_owned(), text);
            }
            None => {
                given.parameters.shift_remove(name);
                let template = Arc::make_mut(&mut given.template);
                if let Some(parameter) = template.parameters.get_mut(name) {
                    parameter.default = None;
                }
            }
        }
    }
    given
}

/// The text of a parameter: a list has commas.
fn text(value: &Resolved<'_>) -> Option<String> {
    let texts = value
        .items()
        .iter()
        .map(|item| Some(item.known()?.into_owned()));
    Some(texts.collect::<Option<Vec<_>>>()?.join(","))
}
