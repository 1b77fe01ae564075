//! What changes in a stack, as text and Markdown list it: one by one, or of many only the names.

use std::collections::{BTreeMap, HashSet};

use stratiform_changes::{ChangedResource, Edit};
use stratiform_diff::{OutputChange, Rename, StackDiff};
use stratiform_finding::words::{counted, joined, plural};
use stratiform_resolve::{Resolved, Style};

use super::digest::{Detail, Entry, named, several};
use super::property::{self, Beside, Property};
use super::words;
use crate::view::reviewed::Origins;

/// Up to so many that come or go are listed one by one.
const FEW: usize = 3;

/// Something in the list of what changes.
#[derive(Debug)]
pub(super) enum Changed<'r> {
    /// A resource, with its properties.
    Resource(&'r ChangedResource, Beside<'r>),
    /// A resource of which everything else was said.
    Named(&'r ChangedResource),
    /// Resources or outputs of which the names say enough.
    Several { sign: &'static str, what: String },
    /// An output or a parameter.
    Property(Property),
}

/// Everything, one by one.
pub(super) fn all<'r>(diff: &'r StackDiff, origins: &'r Origins) -> Vec<Changed<'r>> {
    let beside = Beside {
        renames: &[],
        origins,
    };
    let resources = words::resources(diff).map(|change| Changed::Resource(change, beside));
    let outputs = diff.outputs.iter().flat_map(property::of_output);
    let parameters = diff.parameters.iter().map(property::of_parameter);
    resources
        .chain(outputs.chain(parameters).map(Changed::Property))
        .collect()
}

/// What a reviewer looks at: of a rename how many, of many that come or go the names, as far as entries have not said
/// them.
pub(super) fn brief<'r>(
    (diff, origins): (&'r StackDiff, &'r Origins),
    entries: &[Entry],
    detail: Detail,
) -> Vec<Changed<'r>> {
    let mut changed = resources((diff, origins), entries, detail);
    changed.extend(outputs(diff));
    let renamed: HashSet<&str> = diff
        .renames
        .iter()
        .flat_map(|rename| renamed_parameters(diff, rename))
        .flatten()
        .collect();
    let parameters = diff.parameters.iter();
    let parameters = parameters.filter(|it| !renamed.contains(it.name.as_str()));
    let parameters = parameters.map(property::of_parameter);
    let (named, others): (Vec<_>, Vec<_>) =
        parameters.partition(|it| it.before.is_none() && it.after.is_none());
    changed.extend(others.into_iter().map(Changed::Property));
    for sign in ["-", "+"] {
        let names = named.iter().filter(|it| it.sign == sign);
        let names: Vec<String> = names.map(|it| it.path.replace("parameter ", "")).collect();
        if !names.is_empty() {
            let what = format!("{} {}", plural(names.len(), "parameter"), several(&names));
            changed.push(Changed::Several { sign, what });
        }
    }
    changed
}

fn resources<'r>(
    (diff, origins): (&'r StackDiff, &'r Origins),
    entries: &[Entry],
    detail: Detail,
) -> Vec<Changed<'r>> {
    let beside = Beside {
        renames: &diff.renames,
        origins,
    };
    let pairs = || diff.renames.iter().flat_map(|rename| &rename.pairs);
    let renamed: HashSet<&str> = pairs()
        .flat_map(|(gone, come)| [gone.as_str(), come.as_str()])
        .collect();
    let is_renamed = |change: &ChangedResource| {
        change.action != Edit::Modify && renamed.contains(change.logical_id.as_str())
    };
    let others = words::resources(diff).filter(|change| !is_renamed(change));
    let others: Vec<&ChangedResource> = others.collect();
    let are_few = |edit| others.iter().filter(|change| change.action == edit).count() <= FEW;
    let (few_come, few_go) = (are_few(Edit::Add), are_few(Edit::Remove));
    let mut changed = Vec::new();
    // What was said is enough where there is much to say.
    let said = match detail {
        Detail::Short => named(entries),
        Detail::Whole => HashSet::new(),
    };
    let is_said = |change: &ChangedResource| said.contains(change.logical_id.as_str());
    let mut groups: BTreeMap<(&str, String), Vec<&str>> = BTreeMap::new();
    for change in others {
        let outcome = words::outcome(change);
        let (sign, what) = match change.action {
            Edit::Add if !few_come => ("+", change.resource_type.clone()),
            Edit::Remove if !few_go => ("-", outcome.replacen("removed: ", "", 1)),
            Edit::Add if is_said(change) => {
                changed.push(Changed::Named(change));
                continue;
            }
            Edit::Remove if is_said(change) => continue,
            Edit::Add | Edit::Remove | Edit::Modify => {
                changed.push(Changed::Resource(change, beside));
                continue;
            }
        };
        let names = groups.entry((sign, what)).or_default();
        names.push(&change.logical_id);
    }
    changed.extend(diff.renames.iter().map(|rename| of_rename(diff, rename)));
    changed.extend(groups.into_iter().filter_map(|((sign, what), names)| {
        let count = names.len();
        let names = unsaid(&names, &said)?;
        let what = match sign {
            "+" => format!("{count} × {what}: {names}"),
            _ => format!("{} {what}: {names}", counted(count, "resource")),
        };
        let sign = if sign == "+" { "+" } else { "-" };
        Some(Changed::Several { sign, what })
    }));
    changed
}

/// The names that no entry said, and how many it did; nothing where they are all said.
fn unsaid(names: &[&str], said: &HashSet<&str>) -> Option<String> {
    let (said, unsaid): (Vec<&str>, Vec<&str>) =
        names.iter().partition(|name| said.contains(*name));
    let unsaid: Vec<String> = unsaid.iter().map(|name| format!("`{name}`")).collect();
    match (said.len(), several(&unsaid)) {
        (_, names) if names.is_empty() => None,
        (0, names) => Some(names),
        (said, names) => Some(format!("{names}; {said} of them are named above")),
    }
}

/// How many resources a rename is of, and how many outputs go with them.
fn of_rename<'r>(diff: &StackDiff, rename: &Rename) -> Changed<'r> {
    let (old, new) = (&rename.old, &rename.new);
    let counts = [
        (rename.pairs.len(), "resource"),
        (renamed_outputs(diff, rename).len(), "output"),
        (renamed_parameters(diff, rename).len(), "parameter"),
    ];
    let counts = counts.into_iter().filter(|(count, _)| *count > 0);
    let counts = joined(counts.map(|(count, noun)| counted(count, noun)));
    Changed::Several {
        sign: "-/+",
        what: format!("`{old}…` → `{new}…`  {counts}"),
    }
}

/// The outputs that have another name because what they are of has one: before and after.
fn renamed_outputs<'r>(diff: &'r StackDiff, rename: &Rename) -> Vec<[&'r str; 2]> {
    let of = |edit| {
        let outputs = diff.outputs.iter().filter(move |it| it.change_type == edit);
        outputs.map(|output| output.logical_id.as_str())
    };
    renamed(of(Edit::Remove), of(Edit::Add), rename)
}

/// The same of parameters.
fn renamed_parameters<'r>(diff: &'r StackDiff, rename: &Rename) -> Vec<[&'r str; 2]> {
    let all = || diff.parameters.iter();
    let gone = all()
        .filter(|it| it.after.is_none())
        .map(|it| it.name.as_str());
    let come = all()
        .filter(|it| it.before.is_none())
        .map(|it| it.name.as_str());
    renamed(gone, come, rename)
}

fn renamed<'r>(
    gone: impl Iterator<Item = &'r str>,
    come: impl Iterator<Item = &'r str>,
    rename: &Rename,
) -> Vec<[&'r str; 2]> {
    let come: HashSet<&str> = come.collect();
    let pair = |old| Some([old, *come.get(rename.renamed(old).as_str())?]);
    gone.filter_map(pair).collect()
}

/// Outputs: each export in a line, but for those that a rename speaks of.
fn outputs(diff: &StackDiff) -> Vec<Changed<'_>> {
    let renames = diff.renames.iter();
    let renamed: HashSet<&str> = renames
        .flat_map(|rename| renamed_outputs(diff, rename))
        .flatten()
        .collect();
    let mut changed = Vec::new();
    for (edit, sign) in [(Edit::Modify, "~"), (Edit::Remove, "-"), (Edit::Add, "+")] {
        let is_listed = |output: &&OutputChange| {
            let is_renamed = renamed.contains(output.logical_id.as_str());
            output.change_type == edit && !(is_renamed && edit != Edit::Modify)
        };
        let outputs: Vec<&OutputChange> = diff.outputs.iter().filter(is_listed).collect();
        if edit == Edit::Modify || outputs.len() <= FEW {
            let properties = outputs.into_iter().flat_map(property::of_output);
            changed.extend(properties.map(Changed::Property));
            continue;
        }
        let names: Vec<String> = outputs
            .iter()
            .map(|output| format!("`{}`", name(output)))
            .collect();
        let what = format!("{}: {}", counted(names.len(), "output"), several(&names));
        changed.push(Changed::Several { sign, what });
    }
    changed
}

/// What others know an output by.
fn name(output: &OutputChange) -> String {
    let value = output.after.as_ref().or(output.before.as_ref());
    let export = value.and_then(|value| value.export.as_ref());
    let shown = export.map(|export: &Resolved<'_>| export.shown(Style::Expression));
    shown.unwrap_or_else(|| output.logical_id.clone())
}
