//! The stacks of an environment together: what one stack's change does to the others.

use std::collections::{BTreeMap, BTreeSet};

use stratiform_assembly::StackAt;
use stratiform_changes::{Edit, Replacement};
use stratiform_resolve::{Resolver, Scope, Segment, Time, Whereabouts};
use stratiform_template::{Member, Reference, Value};

use crate::consequence::{Certainty, Consequence, Kind, Severity, moves, sort};
use crate::handed_over;
use crate::nested;
use crate::order::steps;
use crate::renames;
use crate::stack::{OutputChange, StackChange, StackDiff, written_out};

/// One stack before and after.
#[derive(Clone, Debug)]
pub struct Pair<'s> {
    /// Where the stack is.
    pub place: Whereabouts,
    /// The stack before; `None` where it is new.
    pub before: Option<&'s StackAt>,
    /// The stack after; `None` where it is no longer among the stacks.
    pub after: Option<&'s StackAt>,
}

/// A use of another stack's value.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Import {
    /// The stack that uses it.
    pub(crate) stack: String,
    /// The resource or output that uses it.
    user: String,
    pub(crate) strength: Strength,
}

/// Does a use hold on to the value?
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Strength {
    /// `Fn::ImportValue`: CloudFormation refuses to change or delete what is imported.
    Strong,
    /// `Fn::GetStackOutput`: read on each deployment of the user.
    Weak,
}

/// Uses by what is used: an export's name, or `stack.output`.
pub(crate) type Imports = BTreeMap<String, Vec<Import>>;

/// Compares all stacks of an environment, in the order given: the order of deployment.
pub fn diff_environment(pairs: &[Pair<'_>]) -> Vec<StackDiff> {
    let inside = nested::inside(pairs);
    let pairs_in_order = pairs.iter().enumerate();
    let mut diffs: Vec<StackDiff> = pairs_in_order
        .map(|(index, pair)| nested::compared(index, pair, &inside))
        .collect();
    nested::told(&mut diffs, &inside);
    if diffs
        .iter()
        .any(|diff| diff.outputs.iter().any(|output| output.before.is_some()))
    {
        let before = imports(pairs, |pair| pair.before);
        let gone = pairs.iter().filter(|pair| pair.after.is_none());
        let gone: Vec<&str> = gone.map(|pair| pair.place.stack.as_str()).collect();
        let after = imports(pairs, |pair| pair.after);
        let steps = steps(pairs, &diffs, &before, &after);
        for (diff, steps) in diffs.iter_mut().zip(&steps) {
            let mut found = exports(diff, &before, &after, &gone, steps);
            found.extend(
                diff.outputs
                    .iter()
                    .filter_map(|output| read(diff, output, &after)),
            );
            if diff.change == StackChange::Removed {
                found.iter_mut().for_each(Consequence::of_removed_stack);
            }
            diff.consequences.extend(found);
        }
    }
    handed_over::find(pairs, &mut diffs);
    let located: Vec<moves::Located<'_>> = diffs
        .iter()
        .flat_map(|diff| {
            diff.resources
                .iter()
                .map(|change| (diff.name.as_str(), change))
        })
        .collect();
    let moved: Vec<(String, Consequence)> = moves::across(&located)
        .into_iter()
        .chain(moves::names_across(&located))
        .map(|(stack, consequence)| (stack.to_owned(), consequence))
        .collect();
    for (stack, consequence) in moved {
        if let Some(diff) = diffs.iter_mut().find(|diff| diff.name == stack) {
            diff.consequences.push(consequence);
        }
    }
    for diff in &mut diffs {
        sort(&mut diff.consequences);
    }
    renames::tell(&mut diffs);
    let consequences = diffs.iter_mut().flat_map(|diff| &mut diff.consequences);
    consequences.for_each(Consequence::cut_values);
    diffs
}

/// Adds what is known from elsewhere: stacks outside of the environment that import an export which goes or changes.
pub fn imported_elsewhere(stack: &mut StackDiff, export: &str, importers: &[String]) {
    let output = stack
        .outputs
        .iter()
        .find(|output| exported(output).as_deref() == Some(export));
    let Some(output) = output.filter(|_| !importers.is_empty()) else {
        return;
    };
    let removed = is_removed(output, export);
    let verb = if removed { "removes" } else { "changes" };
    let consequence = Consequence {
        help: Some(
            "they are not part of this environment: their owners have to let go first".to_owned(),
        ),
        ..of(
            Some(output.logical_id.clone()),
            Severity::Danger,
            if removed {
                Certainty::Will
            } else {
                certainty(stack, output)
            },
            format!(
                "{verb} the export `{export}`, imported by {}",
                joined(importers)
            ),
            "CloudFormation was asked (ListImports), and refuses to change or remove what is imported",
        )
    };
    stack.consequences.push(consequence);
    sort(&mut stack.consequences);
}

/// All uses of other stacks' values on one side.
pub(crate) fn imports<'s>(
    pairs: &[Pair<'s>],
    side: impl Fn(&Pair<'s>) -> Option<&'s StackAt>,
) -> Imports {
    let mut imports = Imports::new();
    for pair in pairs {
        let Some(side) = side(pair) else { continue };
        let expanded = written_out(side, &BTreeSet::new(), &pair.place);
        let template = expanded.as_ref().unwrap_or(&side.template);
        let scope = Scope::new(template, &side.parameters, &pair.place);
        let resolver = Resolver::new(&scope, &pair.place);
        for_each_member(&scope, &mut |user, value| {
            value.for_each_reference(&mut |reference| {
                let Some((used, strength)) = name_of(&resolver, reference) else {
                    return;
                };
                imports.entry(used).or_default().push(Import {
                    stack: pair.place.stack.clone(),
                    user: user.to_owned(),
                    strength,
                });
            });
        });
    }
    imports
}

/// Calls a function with every value of what exists on a side, and the resource or output that it is in.
fn for_each_member<'t>(scope: &Scope<'t>, visit: &mut impl FnMut(&'t str, &'t Value)) {
    for (id, resource) in scope.resources() {
        resource
            .properties
            .values()
            .for_each(|value| visit(id, value));
        resource.metadata.iter().for_each(|value| visit(id, value));
    }
    for (id, member) in &scope.template.outputs {
        match member {
            Member::One(output) if scope.exists(output.condition.as_deref()) => {
                visit(id, &output.value)
            }
            Member::One(_) => {}
            Member::Unexpanded(body) => visit(id, body),
        }
    }
    for member in scope.template.resources.values() {
        if let Member::Unexpanded(body) = member {
            visit("a loop", body);
        }
    }
}

/// The export's name, or `stack.output`, where a reference is one to another stack and its name is known.
pub(crate) fn name_of<'t>(
    resolver: &Resolver<'_, 't>,
    reference: Reference<'t>,
) -> Option<(String, Strength)> {
    match reference {
        Reference::Export(name) => {
            let name = resolver.resolve(name).part()?;
            Some((name.known()?.into_owned(), Strength::Strong))
        }
        Reference::Output(output) => {
            let output = resolver.resolve(output).part()?;
            let part = |key: &str| Some(output.get(key)?.known()?.into_owned());
            let (stack, output) = (part("StackName")?, part("OutputName")?);
            Some((format!("{stack}.{output}"), Strength::Weak))
        }
        Reference::Name(_)
        | Reference::Attribute { .. }
        | Reference::Mapping(_)
        | Reference::Condition(_)
        | Reference::Anything => None,
    }
}

/// What happens to exports that other stacks of the environment import, taken together: they usually change for the
/// same reason.
fn exports(
    diff: &StackDiff,
    before: &Imports,
    after: &Imports,
    gone: &[&str],
    steps: &[String],
) -> Vec<Consequence> {
    let mut found: BTreeMap<ExportChange, Vec<UsedExport<'_>>> = BTreeMap::new();
    for output in &diff.outputs {
        let Some(name) = exported(output) else {
            continue;
        };
        let users = |imports: &Imports| {
            let users = imports.get(&name).cloned().unwrap_or_default();
            users
                .into_iter()
                .filter(|user| user.strength == Strength::Strong)
                .collect::<Vec<_>>()
        };
        let (now, then) = (users(before), users(after));
        let (change, users) = match (is_removed(output, &name), then.is_empty()) {
            (true, false) => (ExportChange::Missed, then),
            (true, true) => (ExportChange::MissedUntilDeployed, now),
            (false, false) => (ExportChange::Changed, then),
            (false, true) => (ExportChange::Changed, now),
        };
        if !users.is_empty() {
            found.entry(change).or_default().push(UsedExport {
                output,
                name,
                users,
            });
        }
    }
    found
        .into_iter()
        .map(|(change, exports)| together(diff, change, &exports, gone, steps))
        .collect()
}

/// An export that changes, and who imports it.
struct UsedExport<'d> {
    output: &'d OutputChange,
    name: String,
    users: Vec<Import>,
}

impl UsedExport<'_> {
    /// One line for each stack that imports it.
    fn lines(&self) -> Vec<String> {
        let line = |stack: String| {
            let users = self.users.iter().filter(|user| user.stack == stack);
            let mut users: Vec<&str> = users.map(|user| user.user.as_str()).collect();
            users.dedup();
            let more = match users.len() - 1 {
                0 => String::new(),
                more => format!(" and {more} more"),
            };
            format!("`{}`: `{}`{more} in `{stack}`", self.name, users[0])
        };
        stacks(&self.users).into_iter().map(line).collect()
    }
}

/// What happens to an export that is imported?
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum ExportChange {
    /// It goes, and is still imported after the change.
    Missed,
    /// It has another value.
    Changed,
    /// It goes, and so do its imports, once their stacks are deployed.
    MissedUntilDeployed,
}

fn together(
    diff: &StackDiff,
    change: ExportChange,
    exports: &[UsedExport<'_>],
    gone: &[&str],
    steps: &[String],
) -> Consequence {
    let users: Vec<Import> = exports
        .iter()
        .flat_map(|export| export.users.clone())
        .collect();
    let stacks = stacks(&users);
    let importers = joined(&stacks);
    let import = if stacks.len() == 1 {
        "imports"
    } else {
        "import"
    };
    let what = match exports {
        [export] => format!("the export `{}`", export.name),
        exports => format!("{} exports", exports.len()),
    };
    let details = exports.iter().flat_map(UsedExport::lines).collect();
    let each = exports.iter().map(|export| certainty(diff, export.output));
    let certain = each.max().unwrap_or(Certainty::May);
    let (severity, certainty, what, help) = match change {
        ExportChange::Missed => (
            Severity::Danger,
            Certainty::Will,
            format!("removes {what}, which {importers} still {import}"),
            "take the imports away first, and deploy that".to_owned(),
        ),
        ExportChange::MissedUntilDeployed if !steps.is_empty() => (
            Severity::Danger,
            Certainty::Will,
            format!(
                "removes {what}, which {importers} {import}, and brings what {} needs first: no order of the stacks works",
                if stacks.len() == 1 {
                    "that stack"
                } else {
                    "one of them"
                },
            ),
            format!(
                "`deploy` takes the steps by itself: deploy {}",
                steps.join(", then ")
            ),
        ),
        ExportChange::MissedUntilDeployed => (
            Severity::Warning,
            Certainty::May,
            format!("removes {what}, which {importers} {import} until deployed again"),
            match stacks.iter().all(|stack| gone.contains(&stack.as_str())) {
                true => format!("delete {importers} first; nothing else lets go of it"),
                false => format!("deploy {importers} first; then nothing holds on to it"),
            },
        ),
        ExportChange::Changed => (
            match certain {
                Certainty::Will => Severity::Danger,
                Certainty::May | Certainty::Unknown => Severity::Attention,
            },
            certain,
            format!("changes {what}, which {importers} {import}"),
            format!(
                "take two steps: first let {importers} hold the value as text, then change it; `deploy` does so by itself"
            ),
        ),
    };
    let logical_id = match exports {
        [export] => Some(export.output.logical_id.clone()),
        _ => None,
    };
    Consequence {
        details,
        help: Some(help),
        ..of(
            logical_id,
            severity,
            certainty,
            what,
            "CloudFormation refuses to change or remove an export that is imported",
        )
    }
}

/// The name that an output is exported under before the change.
pub(crate) fn exported(output: &OutputChange) -> Option<String> {
    Some(
        output
            .before
            .as_ref()?
            .export
            .as_ref()?
            .known()?
            .into_owned(),
    )
}

pub(crate) fn is_removed(output: &OutputChange, export: &str) -> bool {
    let kept = output
        .after
        .as_ref()
        .and_then(|after| after.export.as_ref()?.known());
    kept.as_deref() != Some(export)
}

/// What an output's change does to the stacks that read it when they are deployed.
fn read(diff: &StackDiff, output: &OutputChange, after: &Imports) -> Option<Consequence> {
    output.before.as_ref()?;
    let users = after.get(&format!("{}.{}", diff.name, output.logical_id))?;
    let users = users.iter().filter(|user| user.strength == Strength::Weak);
    let users: Vec<Import> = users.cloned().collect();
    if users.is_empty() {
        return None;
    }
    let readers = joined(&stacks(&users));
    let name = &output.logical_id;
    let (severity, what) = match output.change_type {
        Edit::Remove => (
            Severity::Danger,
            format!("removes the output `{name}`, without which {readers} cannot be deployed"),
        ),
        Edit::Add | Edit::Modify => (
            Severity::Attention,
            format!(
                "changes the output `{name}`: {readers} keeps the old value until deployed again"
            ),
        ),
    };
    let lines = users
        .iter()
        .map(|user| format!("`{}` in stack `{}`", user.user, user.stack));
    Some(Consequence {
        details: lines.collect(),
        ..of(
            Some(name.clone()),
            severity,
            Certainty::Will,
            what,
            "`Fn::GetStackOutput` is read when the stack that uses it is deployed",
        )
    })
}

/// Whether an output's value certainly changes: one that hangs on a resource which may be replaced may stay.
pub(crate) fn certainty(diff: &StackDiff, output: &OutputChange) -> Certainty {
    let mut certainty = Certainty::Will;
    if let Some(after) = &output.after {
        after.value.for_each_text(&mut |text| {
            for segment in &text.segments {
                if let Segment::Resource {
                    logical_id,
                    time: Time::AfterApply,
                    ..
                } = segment
                {
                    let change = diff
                        .resources
                        .iter()
                        .find(|change| change.logical_id == *logical_id);
                    if change.is_some_and(|change| change.replacement() == Replacement::May) {
                        certainty = Certainty::May;
                    }
                }
            }
        });
    }
    certainty
}

fn of(
    logical_id: Option<String>,
    severity: Severity,
    certainty: Certainty,
    what: String,
    why: &str,
) -> Consequence {
    Consequence {
        kind: Kind::OtherStacks,
        severity,
        certainty,
        logical_id,
        resource_type: None,
        what,
        why: why.to_owned(),
        details: Vec::new(),
        help: None,
        withheld: Vec::new(),
    }
}

fn stacks(imports: &[Import]) -> Vec<String> {
    let mut stacks: Vec<String> = imports.iter().map(|import| import.stack.clone()).collect();
    stacks.sort();
    stacks.dedup();
    stacks
}

fn joined(stacks: &[String]) -> String {
    let named: Vec<String> = stacks.iter().map(|stack| format!("`{stack}`")).collect();
    match named.as_slice() {
        [] => "no stack".to_owned(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}
