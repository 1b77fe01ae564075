//! What changes only with other values of parameters than their defaults. What a stack that exists was given is not known
//! where files are compared: a deployment keeps it.

use std::collections::HashSet;
use std::sync::Arc;

use indexmap::IndexSet;
use stratiform_assembly::StackAt;
use stratiform_changes::{ChangedResource, Edit};
use stratiform_finding::words::few_ids;
use stratiform_resolve::Whereabouts;
use stratiform_template::{Member, Reference, Resource, Template};

use crate::consequence::{Certainty, Consequence, Kind, Severity};
use crate::not_known::VALUES;
use crate::stack::{Compared, compared};

/// Names the resources that change with other values, besides those that change with the defaults.
pub(crate) fn find(
    stacks: [&StackAt; 2],
    resources: &[ChangedResource],
    place: &Whereabouts,
    found: &mut Vec<Consequence>,
) {
    let [old, new] = stacks.map(|stack| &stack.template);
    let seen: HashSet<&str> = resources
        .iter()
        .map(|change| change.logical_id.as_str())
        .collect();
    let same_sections = old.conditions == new.conditions && old.mappings == new.mappings;
    // What is written the same follows from something else, or is a nested stack, which every update reaches.
    let is_more = |logical_id: &str| {
        let is_same = || old.resources.get(logical_id) == new.resources.get(logical_id);
        !(seen.contains(logical_id) || same_sections && is_same())
    };
    let names = with_defaults(stacks);
    let mut all = old.resources.iter().chain(&new.resources);
    if names.is_empty() || !all.any(|(id, one)| is_more(id) && hangs_on_values(one, &names)) {
        return;
    }
    let [before, after] = stacks.map(|stack| without_defaults(stack, &names));
    let same_conditions = same_conditions(old, new);
    let is_more_of =
        |change: &&ChangedResource| change.is_expected() && is_more(&change.logical_id);
    // What exists in some cases only is not seen without them, where conditions differ.
    let is_all =
        |found: &Compared| same_conditions && !found.resources.iter().any(|one| is_more_of(&one));
    let Some(with_others) = compared([&before, &after], place, is_all) else {
        return;
    };
    let changes: Vec<&ChangedResource> = with_others.resources.iter().filter(is_more_of).collect();
    // What exists in some cases only is no change of its own, but a consequence.
    let consequences: Vec<&Consequence> = with_others
        .consequences
        .iter()
        .filter(|found| found.logical_id.as_deref().is_some_and(is_more))
        .collect();
    if !changes.is_empty() || !consequences.is_empty() {
        found.push(all_in_one(&changes, &consequences));
    }
}

fn all_in_one(changes: &[&ChangedResource], consequences: &[&Consequence]) -> Consequence {
    let told = consequences
        .iter()
        .filter_map(|found| found.logical_id.as_deref());
    let told: IndexSet<&str> = told.collect();
    let names = changes.iter().map(|change| change.logical_id.as_str());
    let names: IndexSet<&str> = names.chain(told.iter().copied()).collect();
    let worst = consequences.iter().map(|found| found.severity).max();
    let untold = changes
        .iter()
        .filter(|change| !told.contains(change.logical_id.as_str()));
    Consequence {
        kind: Kind::Unknown,
        severity: worst
            .unwrap_or_default()
            .clamp(Severity::Attention, Severity::Warning),
        certainty: Certainty::May,
        logical_id: None,
        resource_type: None,
        what: format!(
            "may change {} where parameters have other values than their defaults",
            few_ids(names)
        ),
        why: "a deployment keeps the values that the stack has, and these are not known here"
            .to_owned(),
        details: consequences
            .iter()
            .map(|found| found.what.clone())
            .chain(untold.map(|change| detail(change)))
            .collect(),
        help: Some(VALUES.to_owned()),
        withheld: Vec::new(),
    }
}

/// Whether what exists hangs on the same conditions on both sides.
fn same_conditions(before: &Template, after: &Template) -> bool {
    let has_other = |(logical_id, old): (&str, &Resource)| match after.resources.get(logical_id) {
        Some(Member::One(new)) => new.condition != old.condition,
        Some(Member::Unexpanded(_)) | None => false,
    };
    before.conditions == after.conditions && !before.each_resource().any(has_other)
}

fn detail(change: &ChangedResource) -> String {
    let what = match change.action {
        Edit::Add => "is new",
        Edit::Remove => "goes",
        Edit::Modify => "changes",
    };
    format!("`{}` ({}) {what}", change.logical_id, change.resource_type)
}

/// Parameters that both sides have with a default, and that nobody gave a value.
fn with_defaults<'s>(stacks: [&'s StackAt; 2]) -> HashSet<&'s str> {
    let has_default = |stack: &StackAt, name: &str| {
        let declared = stack.template.parameters.get(name);
        declared.is_some_and(|declared| declared.default.is_some())
            && !stack.parameters.contains_key(name)
    };
    let names = stacks[0].template.parameters.keys().map(String::as_str);
    names
        .filter(|name| stacks.iter().all(|stack| has_default(stack, name)))
        .collect()
}

/// Whether what is written of a resource can mean something else with other values of parameters.
fn hangs_on_values(resource: &Member<Resource>, parameters: &HashSet<&str>) -> bool {
    let Member::One(resource) = resource else {
        return true;
    };
    let mut hangs = resource.condition.is_some();
    resource.for_each_reference(&mut |reference| {
        hangs |= match reference {
            Reference::Name(name) => parameters.contains(name),
            Reference::Mapping(_) | Reference::Condition(_) | Reference::Anything => true,
            Reference::Attribute { .. } | Reference::Export(_) | Reference::Output(_) => false,
        };
    });
    hangs
}

fn without_defaults(stack: &StackAt, names: &HashSet<&str>) -> StackAt {
    let mut stack = stack.clone();
    let template = Arc::make_mut(&mut stack.template);
    for (name, parameter) in &mut template.parameters {
        if names.contains(name.as_str()) {
            parameter.default = None;
        }
    }
    stack
}
