//! One stack before and after.

use std::collections::{BTreeSet, HashSet};

use stratiform_assembly::StackAt;
use stratiform_catalog::catalog;
use stratiform_changes::{ChangedResource, Edit, Replacement, Side, Sides, Times, changes};
use stratiform_resolve::{
    Compare, Resolved, Resolver, Scope, Supposed, Whereabouts, expand_but, unexpanded, with_globals,
};
use stratiform_template::{Member, Output, Template};

use crate::arrival;
use crate::cases::merge::merged;
use crate::cases::{Case, Cases, given, supposed_place};
use crate::consequence::{Consequence, Kind, Severity, consequences, missing_values, sort};
use crate::disposable;
use crate::not_known::notes;
use crate::note::Note;
use crate::other_values;
use crate::renames::Rename;
use crate::settings::StackSettings;

/// What happens to a stack.
#[derive(Clone, Debug)]
pub struct StackDiff {
    /// The stack's name.
    pub name: String,
    /// What happens to it as a whole.
    pub change: StackChange,
    /// The resources that change.
    pub resources: Vec<ChangedResource>,
    /// The outputs that change.
    pub outputs: Vec<OutputChange>,
    /// The parameters whose values change.
    pub parameters: Vec<ParameterChange>,
    /// What all that means, worst first.
    pub consequences: Vec<Consequence>,
    /// What has to be known for reading all this.
    pub notes: Vec<Note>,
    /// How many resources there are, before and after.
    pub totals: (usize, usize),
    /// What was renamed, and is therefore made anew.
    pub renames: Vec<Rename>,
    /// Whether CloudFormation refuses to delete the stack, where that is known. It tells what matters most.
    pub is_protected: Option<bool>,
}

/// What happens to a stack as a whole?
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum StackChange {
    /// It is there before and after, and the same.
    Unchanged,
    /// It is there before and after.
    Updated,
    /// It is made.
    Created,
    /// It is not among the stacks any more. Nothing deletes it by itself.
    Removed,
}

/// An output that changes.
#[derive(Clone, Debug)]
pub struct OutputChange {
    /// The output's logical ID.
    pub logical_id: String,
    /// Whether it comes, goes or becomes another.
    pub change_type: Edit,
    /// Value and export before.
    pub before: Option<OutputValue>,
    /// Value and export after.
    pub after: Option<OutputValue>,
}

/// The value of an output.
#[derive(Clone, Debug)]
pub struct OutputValue {
    /// The value.
    pub value: Resolved<'static>,
    /// The name that it is exported under.
    pub export: Option<Resolved<'static>>,
}

/// A parameter whose value changes. Values of `NoEcho` parameters are secrets, and shown as such.
#[derive(Clone, Debug)]
pub struct ParameterChange {
    /// The parameter.
    pub name: String,
    /// The value before.
    pub before: Option<Resolved<'static>>,
    /// The value after.
    pub after: Option<Resolved<'static>>,
}

impl StackDiff {
    /// The worst of the consequences.
    pub fn severity(&self) -> Severity {
        let severities = self
            .consequences
            .iter()
            .map(|consequence| consequence.severity);
        severities.max().unwrap_or_default()
    }

    /// Whether the resources are replaced, the worst of all.
    pub fn replacement(&self) -> Replacement {
        let each = self.resources.iter().map(ChangedResource::replacement);
        each.max().unwrap_or(Replacement::WillNot)
    }

    /// How many resources change, and how.
    pub fn counts(&self) -> Counts {
        let mut counts = Counts::default();
        for resource in &self.resources {
            match (resource.action, resource.replacement()) {
                (Edit::Add, _) => counts.added += 1,
                (Edit::Remove, _) => counts.removed += 1,
                (Edit::Modify, _) if !resource.is_expected() => {}
                (Edit::Modify, Replacement::WillNot) => counts.modified += 1,
                (Edit::Modify, Replacement::May) => counts.may_be_replaced += 1,
                (Edit::Modify, Replacement::Will) => counts.replaced += 1,
            }
        }
        counts
    }
}

/// How many resources change, and how.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Resources that are made.
    pub added: usize,
    /// Resources that are updated in place.
    pub modified: usize,
    /// Resources that are replaced.
    pub replaced: usize,
    /// Resources that may be replaced.
    pub may_be_replaced: usize,
    /// Resources that go.
    pub removed: usize,
}

/// Compares a stack before with the stack after; at most one of them may be missing.
pub fn diff(before: Option<&StackAt>, after: Option<&StackAt>, place: &Whereabouts) -> StackDiff {
    let change = match (before, after) {
        (None, _) => StackChange::Created,
        (_, None) => StackChange::Removed,
        _ => StackChange::Updated,
    };
    let nothing = StackAt::of(place.stack.as_str(), Template::default());
    let settings = before
        .zip(after)
        .map(|(before, after)| StackSettings::new(before, after));
    let is_protected = [before, after]
        .into_iter()
        .flatten()
        .filter_map(|stack| stack.termination_protection)
        .reduce(|one, two| one || two);
    let stacks = [before.unwrap_or(&nothing), after.unwrap_or(&nothing)];
    let [old, new] = both_written_out(stacks, place);
    let sides = Sides::new(
        scoped(stacks[0], old.as_ref(), place),
        scoped(stacks[1], new.as_ref(), place),
        catalog(),
    );
    let (before, after) = (&sides.before.scope, &sides.after.scope);
    let (
        Compared {
            mut resources,
            outputs,
            mut consequences,
        },
        cases,
    ) = in_all_cases(Compared::between(&sides, place), stacks, &sides, place);
    let parameters = parameters(before, after, place);
    let expected = resources.iter().any(ChangedResource::is_expected);
    missing_values::find(before, after, &mut consequences);
    if change == StackChange::Updated {
        other_values::find(stacks, &resources, place, &mut consequences);
    }
    let same = !expected
        && outputs.is_empty()
        && parameters.is_empty()
        && settings.is_none_or(StackSettings::are_same)
        && consequences.is_empty();
    let mut notes = notes(before, after, &resources, &consequences, &cases);
    notes.extend(arrival::notes(&resources, before, after));
    if let Some(settings) = settings {
        settings.find(&sides, &mut consequences, &mut notes);
    }
    if change == StackChange::Removed {
        notes.push(Note {
            what: "no deployment deletes a stack: it stays until somebody deletes it".to_owned(),
            help: None,
        });
        // With the whole stack goes what was open and what was allowed.
        consequences.retain(|found| {
            matches!(
                found.kind,
                Kind::DataLoss | Kind::Interruption | Kind::OtherStacks | Kind::ProtectionLost
            )
        });
        consequences
            .iter_mut()
            .for_each(Consequence::of_removed_stack);
    }
    if is_protected == Some(false) {
        disposable::weigh(&mut consequences, before);
    }
    sort(&mut consequences);
    mark_refused(&mut resources, &consequences);
    StackDiff {
        name: place.stack.clone(),
        change: if same && change == StackChange::Updated {
            StackChange::Unchanged
        } else {
            change
        },
        notes,
        consequences,
        resources,
        outputs,
        parameters,
        totals: (before.resources().count(), after.resources().count()),
        renames: Vec::new(),
        is_protected,
    }
}

/// Marks what is refused for certain.
fn mark_refused(resources: &mut [ChangedResource], consequences: &[Consequence]) {
    let refused = consequences.iter().filter(|found| found.is_refusal());
    let refused: HashSet<&str> = refused
        .filter_map(|found| found.logical_id.as_deref())
        .collect();
    for change in resources {
        change.refused = change.action != Edit::Remove && refused.contains(&*change.logical_id);
    }
}

/// What is found between two sides.
pub(crate) struct Compared {
    pub(crate) resources: Vec<ChangedResource>,
    pub(crate) outputs: Vec<OutputChange>,
    pub(crate) consequences: Vec<Consequence>,
}

impl Compared {
    fn between(sides: &Sides<'_>, place: &Whereabouts) -> Compared {
        let (resources, times) = changes(sides);
        Compared {
            outputs: outputs(sides, &times),
            consequences: consequences(&resources, sides, place),
            resources,
        }
    }
}

/// What is found between two stacks in all cases; nothing where what is found with nothing supposed is enough.
pub(crate) fn compared(
    stacks: [&StackAt; 2],
    place: &Whereabouts,
    is_enough: impl FnOnce(&Compared) -> bool,
) -> Option<Compared> {
    let [old, new] = both_written_out(stacks, place);
    let sides = Sides::new(
        scoped(stacks[0], old.as_ref(), place),
        scoped(stacks[1], new.as_ref(), place),
        catalog(),
    );
    let whole = Compared::between(&sides, place);
    (!is_enough(&whole)).then(|| in_all_cases(whole, stacks, &sides, place).0)
}

/// What is found in all cases of what is not known, and which ones that are.
fn in_all_cases(
    whole: Compared,
    stacks: [&StackAt; 2],
    sides: &Sides<'_>,
    place: &Whereabouts,
) -> (Compared, Cases) {
    let cases = Cases::of(sides, &whole);
    let each: Vec<(Case, Compared)> = cases
        .each()
        .map(|case| {
            let found = in_case(stacks, &cases.supposed(&case), place);
            (case, found)
        })
        .collect();
    let found = match each.is_empty() {
        true => whole,
        false => merged(whole, &cases, &each),
    };
    (found, cases)
}

/// What is found in one case of what is not known.
fn in_case(stacks: [&StackAt; 2], supposed: &Supposed, place: &Whereabouts) -> Compared {
    let place = &supposed_place(place, supposed);
    let [before, after] = stacks.map(|stack| given(stack, supposed));
    let [old, new] = both_written_out([&before, &after], place);
    let side = |stack, expanded| {
        let side = scoped(stack, expanded, place);
        Side {
            scope: side.scope.supposing(supposed, place),
            ..side
        }
    };
    let sides = Sides::new(
        side(&before, old.as_ref()),
        side(&after, new.as_ref()),
        catalog(),
    );
    Compared::between(&sides, place)
}

/// The templates of both sides with their loops written out, where they have any. A loop whose items are known on one
/// side only is none that is: what it makes could not be compared.
fn both_written_out(stacks: [&StackAt; 2], place: &Whereabouts) -> [Option<Template>; 2] {
    let written = stacks.map(|stack| written_out(stack, &BTreeSet::new(), place));
    let templates = [0, 1].map(|side| written[side].as_ref().unwrap_or(&stacks[side].template));
    let kept: BTreeSet<&str> = templates.into_iter().flat_map(unexpanded).collect();
    match kept.is_empty() {
        true => written,
        false => stacks.map(|stack| written_out(stack, &kept, place)),
    }
}

/// The template of a stack with all but some of its loops written out, and what its resources have in common in each of
/// them; `None` where it has neither.
pub(crate) fn written_out(
    stack: &StackAt,
    kept: &BTreeSet<&str>,
    place: &Whereabouts,
) -> Option<Template> {
    if stack.template.transform.is_empty() {
        return None;
    }
    let merged = with_globals(&stack.template);
    let template = merged.as_ref().unwrap_or(&stack.template);
    let scope = Scope::new(template, &stack.parameters, place);
    let expanded = expand_but(&Resolver::new(&scope, place), kept);
    expanded.or(merged)
}

/// A side of the change: the stack with its template, or with the one that it was written out to.
fn scoped<'t>(
    stack: &'t StackAt,
    expanded: Option<&'t Template>,
    place: &'t Whereabouts,
) -> Side<'t> {
    let template = expanded.unwrap_or(&stack.template);
    Side::new(template, &stack.parameters, &stack.tags, place)
}

fn outputs<'t>(sides: &Sides<'t>, times: &Times<'t>) -> Vec<OutputChange> {
    let (before, after) = (&sides.before.scope, &sides.after.scope);
    let (now, then) = (sides.before_it(), sides.during_it(times));
    let (old, new) = (Resolver::new(before, &now), Resolver::new(after, &then));
    let names = before.template.outputs.keys();
    let more = after
        .template
        .outputs
        .keys()
        .filter(|name| !before.template.outputs.contains_key(*name));
    names
        .chain(more)
        .filter_map(|name| {
            let (old, new) = (output(&old, name), output(&new, name));
            let change_type = match (&old, &new) {
                (None, None) => return None,
                (None, Some(_)) => Edit::Add,
                (Some(_), None) => Edit::Remove,
                (Some(old), Some(new)) if old.same(new) => return None,
                _ => Edit::Modify,
            };
            Some(OutputChange {
                logical_id: name.clone(),
                change_type,
                before: old,
                after: new,
            })
        })
        .collect()
}

fn output<'t>(resolver: &Resolver<'_, 't>, name: &str) -> Option<OutputValue> {
    let scope = resolver.scope;
    let Member::One(output) = scope.template.outputs.get(name)? else {
        return None;
    };
    let Output {
        value,
        export,
        condition,
        ..
    } = output;
    if !scope.exists(condition.as_deref()) {
        return None;
    }
    Some(OutputValue {
        value: resolver.resolve(value).part()?.into_owned(),
        export: export
            .as_ref()
            .and_then(|name| resolver.resolve(name).part())
            .map(Resolved::into_owned),
    })
}

impl OutputValue {
    fn same(&self, other: &OutputValue) -> bool {
        let exports = match (&self.export, &other.export) {
            (None, None) => true,
            (Some(one), Some(two)) => one.same(two, Compare::Values),
            _ => false,
        };
        exports && self.value.same(&other.value, Compare::Values)
    }
}

fn parameters(before: &Scope<'_>, after: &Scope<'_>, place: &Whereabouts) -> Vec<ParameterChange> {
    let value = |scope: &Scope<'_>, name: &str| {
        let parameter = scope.parameters.get(name)?;
        Some(parameter.resolved(name, place).into_owned())
    };
    let names = before.template.parameters.keys();
    let more = after
        .template
        .parameters
        .keys()
        .filter(|name| !before.template.parameters.contains_key(*name));
    names
        .chain(more)
        .filter_map(|name| {
            let (old, new) = (value(before, name), value(after, name));
            let same = match (&old, &new) {
                (Some(old), Some(new)) => old.same(new, Compare::Values),
                _ => false,
            };
            (!same).then(|| ParameterChange {
                name: name.clone(),
                before: old,
                after: new,
            })
        })
        .collect()
}
