//! What changes only with other values than those that are supposed: the defaults of parameters, and the place and name
//! of a stack that nobody told. What a stack that exists was given is not known where files are compared: a deployment
//! keeps it.

use std::collections::{BTreeSet, HashSet};
use std::sync::Arc;

use indexmap::IndexSet;
use stratiform_assembly::StackAt;
use stratiform_changes::{ChangedResource, Edit};
use stratiform_finding::words::few_ids;
use stratiform_resolve::Whereabouts;
use stratiform_template::{Function, Member, Parameter, Reference, Resource, Template, Value};

use crate::consequence::{Certainty, Consequence, Kind, Severity};
use crate::not_known::VALUES;
use crate::stack::{Compared, compared};

/// How pseudo parameters begin.
const PSEUDO: &str = "AWS::";

/// The stack's name, as a pseudo parameter.
const NAME: &str = "AWS::StackName";

/// What is the same in all regions of a partition.
const OF_PARTITION: [&str; 2] = ["AWS::Partition", "AWS::URLSuffix"];

/// How to have a place.
const PLACE: &str = "compare with what is deployed (--deployed); where files are compared, give the region (--region) and values (--parameters FILE)";

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
    let hanging = Hanging::new(stacks);
    if !hanging.any(stacks, &seen) {
        return;
    }
    let [before, after] = stacks.map(|stack| without_values(stack, &hanging.parameters));
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
        let others = |names: &IndexSet<&str>| Others::of(hanging.behind(stacks, names), place);
        found.push(all_in_one(&changes, &consequences, others));
    }
}

fn all_in_one(
    changes: &[&ChangedResource],
    consequences: &[&Consequence],
    others: impl FnOnce(&IndexSet<&str>) -> Others,
) -> Consequence {
    let told = consequences
        .iter()
        .filter_map(|found| found.logical_id.as_deref());
    let told: IndexSet<&str> = told.collect();
    let names = changes.iter().map(|change| change.logical_id.as_str());
    let names: IndexSet<&str> = names.chain(told.iter().copied()).collect();
    let others = others(&names);
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
        what: format!("may change {} {}", few_ids(names), others.at),
        why: others.why.to_owned(),
        details: consequences
            .iter()
            .map(|found| found.what.clone())
            .chain(untold.map(|change| detail(change)))
            .collect(),
        help: Some(others.help.to_owned()),
        withheld: Vec::new(),
    }
}

/// How it is said where others count.
struct Others {
    at: String,
    why: &'static str,
    help: &'static str,
}

impl Others {
    fn of(names: BTreeSet<&str>, place: &Whereabouts) -> Others {
        let (pseudo, parameters): (Vec<_>, Vec<_>) =
            names.into_iter().partition(|name| name.starts_with(PSEUDO));
        let values = "where parameters have other values than their defaults";
        let Whereabouts { stack, region, .. } = place;
        let elsewhere = match pseudo.as_slice() {
            [] => {
                return Others {
                    at: values.to_owned(),
                    why: "a deployment keeps the values that the stack has, and these are not known here",
                    help: VALUES,
                };
            }
            [NAME] => format!("where the stack's name is not `{stack}`"),
            more if more.contains(&NAME) => {
                format!("where the stack is not `{stack}` in {region}")
            }
            _ => format!("where the region is not {region}"),
        };
        Others {
            at: match parameters.is_empty() {
                true => elsewhere,
                false => format!("{values}, or {elsewhere}"),
            },
            why: "nobody told which stack the files are and where it is, so that this is supposed",
            help: PLACE,
        }
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

/// Parameters that both sides have with a default, and that nobody gave a value; pseudo parameters whose values both
/// sides only suppose.
fn supposed(stacks: [&StackAt; 2]) -> BTreeSet<&str> {
    let has_default = |stack: &StackAt, name: &str| {
        let declared = stack.template.parameters.get(name);
        declared.is_some_and(|declared| declared.default.is_some())
            && !stack.parameters.contains_key(name)
    };
    let names = stacks[0].template.parameters.keys().map(String::as_str);
    let names = names.filter(|name| stacks.iter().all(|stack| has_default(stack, name)));
    let [old, new] = stacks.map(|stack| &stack.supposed);
    // What is written with a partition instead of `aws` means the same in all of AWS that most people ever see.
    let counts = |name: &str| {
        !OF_PARTITION.contains(&name) || stacks.iter().any(|stack| chooses(&stack.template, name))
    };
    let pseudo = old
        .iter()
        .copied()
        .filter(|name| new.contains(name) && counts(name));
    names.chain(pseudo).collect()
}

/// Whether a condition or a row of a mapping hangs on a name.
fn chooses(template: &Template, name: &str) -> bool {
    let mut chooses = false;
    let mut look = |value: &Value| {
        value.for_each_reference(&mut |one| chooses |= one == Reference::Name(name));
    };
    template
        .conditions
        .values()
        .for_each(|condition| match condition {
            Member::One(value) | Member::Unexpanded(value) => look(value),
        });
    // Without mappings there are no rows to choose.
    let resources = template.each_resource();
    let resources = resources.filter(|_| !template.mappings.is_empty());
    let values = resources.flat_map(|(_, resource)| resource.values());
    values.for_each(|value| {
        value.walk(&mut |value| {
            if let Value::Function(Function::FindInMap, argument) = value {
                look(argument);
            }
        });
    });
    chooses
}

/// What can mean something else with other values of parameters, and another thing on each side.
struct Hanging<'s> {
    /// Parameters whose values are only supposed.
    parameters: BTreeSet<&'s str>,
    /// Mappings that differ.
    mappings: HashSet<&'s str>,
    /// Whether conditions differ, as written or through a mapping.
    conditions: bool,
}

/// What is written of a resource refers to.
#[derive(Default)]
struct Refers {
    to_parameters: bool,
    to_conditions: bool,
    to_mappings: bool,
    /// To a mapping that differs.
    to_other_mappings: bool,
}

impl<'s> Hanging<'s> {
    fn new(stacks: [&'s StackAt; 2]) -> Self {
        let [old, new] = stacks.map(|stack| &stack.template);
        let names = old.mappings.keys().chain(new.mappings.keys());
        let mut hanging = Hanging {
            parameters: supposed(stacks),
            mappings: names
                .map(|name| name.as_str())
                .filter(|name| old.mappings.get(name) != new.mappings.get(name))
                .collect(),
            conditions: old.conditions != new.conditions,
        };
        hanging.conditions |= new.conditions.values().any(|condition| match condition {
            Member::One(condition) => {
                let mut refers = Refers::default();
                condition.for_each_reference(&mut |one| hanging.note(one, &mut refers));
                refers.to_other_mappings
            }
            Member::Unexpanded(_) => true,
        });
        hanging
    }

    /// Whether there is a resource, besides those that were seen to change, that can change with other values.
    fn any(&self, stacks: [&StackAt; 2], seen: &HashSet<&str>) -> bool {
        let [old, new] = stacks.map(|stack| &stack.template.resources);
        let mut all = old.iter().chain(new);
        !self.parameters.is_empty()
            && all.any(|(id, one)| {
                !seen.contains(id.as_str()) && self.has(one, || old.get(id) == new.get(id))
            })
    }

    /// The parameters that resources hang on, by themselves or through conditions.
    fn behind(&self, stacks: [&'s StackAt; 2], resources: &IndexSet<&str>) -> BTreeSet<&'s str> {
        let mut behind = BTreeSet::new();
        let mut conditions = IndexSet::new();
        let mut note =
            |reference: Reference<'s>, conditions: &mut IndexSet<&'s str>| match reference {
                Reference::Name(name) if self.parameters.contains(name) => {
                    behind.insert(name);
                }
                Reference::Condition(name) => {
                    conditions.insert(name);
                }
                _ => {}
            };
        for StackAt { template, .. } in stacks {
            let resources = template
                .each_resource()
                .filter(|(id, _)| resources.contains(id));
            for (_, resource) in resources {
                conditions.extend(resource.condition.as_deref());
                resource.for_each_reference(&mut |one| note(one, &mut conditions));
            }
        }
        let mut next = 0;
        while let Some(name) = conditions.get_index(next).copied() {
            let named = stacks.map(|stack| stack.template.conditions.get(name));
            for Member::One(value) | Member::Unexpanded(value) in named.into_iter().flatten() {
                value.for_each_reference(&mut |one| note(one, &mut conditions));
            }
            next += 1;
        }
        behind
    }

    fn has(&self, resource: &Member<Resource>, is_same: impl FnOnce() -> bool) -> bool {
        let Member::One(resource) = resource else {
            return self.conditions || !self.mappings.is_empty() || !is_same();
        };
        let mut refers = Refers {
            to_conditions: resource.condition.is_some(),
            ..Refers::default()
        };
        resource.for_each_reference(&mut |one| self.note(one, &mut refers));
        let hangs = refers.to_parameters || refers.to_conditions;
        // Most refer to none of that, and need not be compared.
        (hangs || refers.to_mappings)
            && match is_same() {
                true => {
                    self.conditions && refers.to_conditions || refers.to_other_mappings && hangs
                }
                false => true,
            }
    }

    fn note(&self, reference: Reference<'_>, refers: &mut Refers) {
        match reference {
            Reference::Name(name) => refers.to_parameters |= self.parameters.contains(name),
            Reference::Condition(_) => refers.to_conditions = true,
            Reference::Mapping(name) => {
                refers.to_mappings = true;
                refers.to_other_mappings |= self.mappings.contains(name);
            }
            Reference::Anything => {
                refers.to_parameters = true;
                refers.to_mappings = true;
                refers.to_other_mappings |= !self.mappings.is_empty();
            }
            Reference::Attribute { .. } | Reference::Export(_) | Reference::Output(_) => {}
        }
    }
}

/// The stack, where these parameters have no value; a pseudo parameter is one that is declared.
fn without_values(stack: &StackAt, names: &BTreeSet<&str>) -> StackAt {
    let mut stack = stack.clone();
    let template = Arc::make_mut(&mut stack.template);
    for name in names {
        let parameter = template.parameters.entry((*name).to_owned());
        let declared = || Parameter {
            parameter_type: "String".to_owned(),
            ..Parameter::default()
        };
        parameter.or_insert_with(declared).default = None;
    }
    stack
}
