//! The stacks of an environment together: what one stack's change does to the others.

use std::collections::BTreeMap;

use stratiform_template::{Function, Member, Template, Value};

use crate::change::{ChangeType, Replacement};
use crate::consequence::{Certainty, Consequence, Kind, Severity, moves, sort};
use crate::input::{Place, Side};
use crate::resolve::{Resolver, Scope};
use crate::resolved::{Resolved, Segment, Time};
use crate::stack::{OutputChange, StackDiff, diff};

/// One stack before and after.
#[derive(Clone, Debug)]
pub struct Pair<'t> {
    /// Where the stack is.
    pub place: Place,
    /// The stack before; `None` where it is new.
    pub before: Option<Side<'t>>,
    /// The stack after; `None` where it is no longer among the stacks.
    pub after: Option<Side<'t>>,
}

/// A use of another stack's value.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Import {
    /// The stack that uses it.
    stack: String,
    /// The resource or output that uses it.
    user: String,
    strength: Strength,
}

/// Does a use hold on to the value?
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Strength {
    /// `Fn::ImportValue`: CloudFormation refuses to change or delete what is imported.
    Strong,
    /// `Fn::GetStackOutput`: read on each deployment of the user.
    Weak,
}

/// Uses by what is used: an export's name, or `stack.output`.
type Imports = BTreeMap<String, Vec<Import>>;

/// Compares all stacks of an environment, in the order given: the order of deployment.
pub fn diff_environment(pairs: &[Pair<'_>]) -> Vec<StackDiff> {
    let mut diffs: Vec<StackDiff> = pairs
        .iter()
        .map(|pair| diff(pair.before.as_ref(), pair.after.as_ref(), &pair.place))
        .collect();
    if diffs
        .iter()
        .any(|diff| diff.outputs.iter().any(|output| output.before.is_some()))
    {
        let before = imports(pairs, |pair| pair.before.as_ref());
        let after = imports(pairs, |pair| pair.after.as_ref());
        for diff in &mut diffs {
            let found: Vec<Consequence> = diff
                .outputs
                .iter()
                .flat_map(|output| others(diff, output, &before, &after))
                .collect();
            diff.consequences.extend(found);
        }
    }
    let located: Vec<moves::Located<'_>> = diffs
        .iter()
        .flat_map(|diff| {
            diff.resources
                .iter()
                .map(|change| (diff.name.as_str(), change))
        })
        .collect();
    let moved: Vec<(String, Consequence)> = moves::find(&located)
        .into_iter()
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
    diffs
}

/// Adds what is known from elsewhere: stacks outside of the environment that import an export which goes or changes.
pub fn imported_elsewhere(stack: &mut StackDiff, export: &str, importers: &[String]) {
    if importers.is_empty() {
        return;
    }
    let outputs = stack.outputs.iter().filter(|output| {
        let before = output
            .before
            .as_ref()
            .and_then(|before| before.export.as_ref()?.known());
        before.as_deref() == Some(export)
    });
    let found: Vec<Consequence> = outputs
        .map(|output| in_use(stack, output, export, importers, Vec::new()))
        .collect();
    stack.consequences.extend(found);
    sort(&mut stack.consequences);
}

/// All uses of other stacks' values on one side.
fn imports<'p, 't: 'p>(
    pairs: &'p [Pair<'t>],
    side: impl Fn(&'p Pair<'t>) -> Option<&'p Side<'t>>,
) -> Imports {
    let mut imports = Imports::new();
    for pair in pairs {
        let Some(side) = side(pair) else { continue };
        let scope = Scope::new(side, &pair.place);
        for_each_member(side.template, &mut |user, value| {
            for_each_import(value, &mut |function, argument| {
                let Some((used, strength)) = name_of(&scope, function, argument) else {
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

/// Calls a function with every value of a template, and the resource or output that it is in.
fn for_each_member<'t>(template: &'t Template, visit: &mut impl FnMut(&'t str, &'t Value)) {
    for (id, member) in &template.resources {
        match member {
            Member::One(resource) => {
                resource
                    .properties
                    .values()
                    .for_each(|value| visit(id, value));
                resource.metadata.iter().for_each(|value| visit(id, value));
            }
            Member::ForEach(body) => visit(id, body),
        }
    }
    for (id, member) in &template.outputs {
        match member {
            Member::One(output) => visit(id, &output.value),
            Member::ForEach(body) => visit(id, body),
        }
    }
}

fn for_each_import<'t>(value: &'t Value, visit: &mut impl FnMut(Function, &'t Value)) {
    match value {
        Value::Function(function, argument) => {
            if matches!(function, Function::ImportValue | Function::GetStackOutput) {
                visit(*function, argument);
            }
            for_each_import(argument, visit);
        }
        Value::List(items) => items.iter().for_each(|item| for_each_import(item, visit)),
        Value::Map(entries) => entries
            .values()
            .for_each(|value| for_each_import(value, visit)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn name_of<'t>(
    scope: &Scope<'t>,
    function: Function,
    argument: &'t Value,
) -> Option<(String, Strength)> {
    let resolved = Resolver::before(scope).resolve(argument)?;
    if function == Function::ImportValue {
        return Some((resolved.known()?.into_owned(), Strength::Strong));
    }
    let part = |key: &str| Some(resolved.get(key)?.known()?.into_owned());
    Some((
        format!("{}.{}", part("StackName")?, part("OutputName")?),
        Strength::Weak,
    ))
}

/// What an output's change does to the stacks that use it.
fn others(
    diff: &StackDiff,
    output: &OutputChange,
    before: &Imports,
    after: &Imports,
) -> Vec<Consequence> {
    let Some(old) = &output.before else {
        return Vec::new();
    };
    let mut found = Vec::new();
    if let Some(export) = old.export.as_ref().and_then(Resolved::known) {
        let users = |imports: &Imports| imports.get(export.as_ref()).cloned().unwrap_or_default();
        let (now, then) = (users(before), users(after));
        if !then.is_empty() || !now.is_empty() && output.change_type == ChangeType::Modify {
            let users = if then.is_empty() { now } else { then };
            found.push(in_use(
                diff,
                output,
                &export,
                &stacks(&users),
                lines(&users),
            ));
        } else if !now.is_empty() {
            found.push(Consequence {
                details: lines(&now),
                help: Some(format!(
                    "deploy {} first; then this export is free to go",
                    joined(&stacks(&now))
                )),
                ..of(
                    output,
                    Severity::Warning,
                    Certainty::May,
                    format!(
                        "removes the export `{export}`, which {} imports until it is deployed",
                        joined(&stacks(&now))
                    ),
                    "CloudFormation refuses to remove an export that is still imported",
                )
            });
        }
    }
    let weak = format!("{}.{}", diff.name, output.logical_id);
    if let Some(users) = after.get(&weak) {
        let (severity, what) = match output.change_type {
            ChangeType::Remove => (
                Severity::Danger,
                format!(
                    "removes the output `{}`, which {} reads: its next deployment fails",
                    output.logical_id,
                    joined(&stacks(users))
                ),
            ),
            ChangeType::Add | ChangeType::Modify => (
                Severity::Attention,
                format!(
                    "changes the output `{}`: {} keeps the old value until it is deployed",
                    output.logical_id,
                    joined(&stacks(users))
                ),
            ),
        };
        found.push(Consequence {
            details: lines(users),
            ..of(
                output,
                severity,
                Certainty::Will,
                what,
                "`Fn::GetStackOutput` is read when the stack that uses it is deployed",
            )
        });
    }
    found
}

/// An export that goes or changes while it is imported.
fn in_use(
    diff: &StackDiff,
    output: &OutputChange,
    export: &str,
    importers: &[String],
    details: Vec<String>,
) -> Consequence {
    let kept = output
        .after
        .as_ref()
        .and_then(|after| after.export.as_ref()?.known());
    let removed = output.after.is_none() || kept.as_deref() != Some(export);
    let verb = if removed { "removes" } else { "changes" };
    Consequence {
        details,
        help: Some(
            "take two steps: first let nothing import it (with its value written out, or another output), then \
             change it"
                .to_owned(),
        ),
        ..of(
            output,
            Severity::Danger,
            if removed { Certainty::Will } else { certainty(diff, output) },
            format!("{verb} the export `{export}`, which {} imports", joined(importers)),
            "CloudFormation refuses to change or remove an export that is imported, and rolls the stack back",
        )
    }
}

/// Whether an output's value certainly changes: one that hangs on a resource which may be replaced may stay.
fn certainty(diff: &StackDiff, output: &OutputChange) -> Certainty {
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
    output: &OutputChange,
    severity: Severity,
    certainty: Certainty,
    what: String,
    why: &str,
) -> Consequence {
    Consequence {
        kind: Kind::OtherStacks,
        severity,
        certainty,
        logical_id: Some(output.logical_id.clone()),
        resource_type: None,
        what,
        why: why.to_owned(),
        details: Vec::new(),
        help: None,
    }
}

fn stacks(imports: &[Import]) -> Vec<String> {
    let mut stacks: Vec<String> = imports.iter().map(|import| import.stack.clone()).collect();
    stacks.sort();
    stacks.dedup();
    stacks
}

fn lines(imports: &[Import]) -> Vec<String> {
    let lines = imports
        .iter()
        .map(|import| format!("`{}` in stack `{}` uses it", import.user, import.stack));
    let mut lines: Vec<String> = lines.collect();
    lines.dedup();
    lines
}

fn joined(stacks: &[String]) -> String {
    let named: Vec<String> = stacks.iter().map(|stack| format!("`{stack}`")).collect();
    match named.as_slice() {
        [] => "no stack".to_owned(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}
