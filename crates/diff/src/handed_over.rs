//! Values that are handed over through Systems Manager: who reads them gets the new one with its next deployment.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use stratiform_catalog::{behaviour, catalog};
use stratiform_changes::{ChangedResource, Context, Edit, RequiresRecreation, Rules};
use stratiform_resolve::{Resolved, Scope};
use stratiform_template::Reference;

use crate::consequence::{Certainty, Consequence, Kind, Severity};
use crate::exports::Pair;
use crate::fate::Fate;
use crate::references::{for_each_dynamic, for_each_text};
use crate::stack::{StackChange, StackDiff, written_out};

/// How dynamic references to parameters of Systems Manager begin.
const DYNAMIC: [&str; 2] = ["{{resolve:ssm:", "{{resolve:ssm-secure:"];

/// Who reads a parameter of Systems Manager.
struct Reader {
    stack: String,
    line: String,
}

/// Adds what becomes of those who read a value that goes or changes.
pub(crate) fn find(pairs: &[Pair<'_>], diffs: &mut [StackDiff]) {
    let handed: Vec<(usize, Handed)> = diffs
        .iter()
        .enumerate()
        .flat_map(|(index, diff)| {
            let changes = diff.resources.iter().filter_map(handed);
            changes.map(move |handed| (index, handed))
        })
        .collect();
    if handed.is_empty() {
        return;
    }
    let mut readers: BTreeMap<&str, Vec<Reader>> = BTreeMap::new();
    let names: HashSet<&str> = handed
        .iter()
        .map(|(_, handed)| handed.name.as_str())
        .collect();
    for pair in pairs {
        for (name, reader) in read(pair, &names) {
            readers.entry(name).or_default().push(reader);
        }
    }
    let found: Vec<(usize, Consequence)> = handed
        .iter()
        .filter_map(|(index, handed)| {
            Some((*index, told(handed, readers.get(handed.name.as_str())?)))
        })
        .collect();
    for (index, mut consequence) in found {
        if let Some(diff) = diffs.get_mut(index) {
            if diff.change == StackChange::Removed {
                consequence.of_removed_stack();
            }
            diff.consequences.push(consequence);
        }
    }
}

/// A parameter of Systems Manager whose value goes or changes.
struct Handed {
    logical_id: String,
    resource_type: String,
    name: String,
    /// Whether it goes, and with it the name.
    gone: bool,
    certainty: Certainty,
}

fn handed(change: &ChangedResource) -> Option<Handed> {
    let parts = behaviour::hands_over(&change.resource_type)?;
    let text = |context: &Option<Context>, property: &str| {
        let value = context.as_ref()?.properties.get(property)?;
        Resolved::known(value).map(|text| text.into_owned())
    };
    let name = text(&change.before, parts.name)?;
    let renamed = || text(&change.after, parts.name).as_deref() != Some(name.as_str());
    let (gone, certainty) = match change.action {
        Edit::Add => return None,
        Edit::Remove if Fate::of(change).stays() => return None,
        Edit::Remove => (true, Certainty::Will),
        Edit::Modify if renamed() => (true, Certainty::Will),
        Edit::Modify => {
            let mut of_value = change
                .expected()
                .filter(|detail| detail.name.as_deref() == Some(parts.value));
            let unknown = of_value
                .next()?
                .after
                .as_ref()
                .is_some_and(Resolved::is_unknown_now);
            (
                false,
                if unknown {
                    Certainty::May
                } else {
                    Certainty::Will
                },
            )
        }
    };
    Some(Handed {
        logical_id: change.logical_id.clone(),
        resource_type: change.resource_type.clone(),
        name,
        gone,
        certainty,
    })
}

fn told(handed: &Handed, readers: &[Reader]) -> Consequence {
    let mut stacks: Vec<&str> = readers.iter().map(|reader| reader.stack.as_str()).collect();
    stacks.sort_unstable();
    stacks.dedup();
    let named: Vec<String> = stacks.iter().map(|stack| format!("`{stack}`")).collect();
    let (one, name) = (stacks.len() == 1, &handed.name);
    let (severity, what) = match handed.gone {
        true => (
            Severity::Danger,
            format!(
                "removes the parameter `{name}` of Systems Manager, without which {} cannot be deployed",
                named.join(" and ")
            ),
        ),
        false => (
            Severity::Attention,
            format!(
                "changes the parameter `{name}` of Systems Manager: {} {} the new value with {} next deployment",
                named.join(" and "),
                if one { "gets" } else { "get" },
                if one { "its" } else { "their" }
            ),
        ),
    };
    Consequence {
        kind: Kind::OtherStacks,
        severity,
        certainty: handed.certainty,
        logical_id: Some(handed.logical_id.clone()),
        resource_type: Some(handed.resource_type.clone()),
        what,
        why: "parameters of Systems Manager are read when the stack that uses them is deployed"
            .to_owned(),
        details: readers.iter().map(|reader| reader.line.clone()).collect(),
        help: None,
        withheld: Vec::new(),
    }
}

/// Who reads one of some parameters in a stack, as it is after the change.
fn read<'n>(pair: &Pair<'_>, names: &HashSet<&'n str>) -> Vec<(&'n str, Reader)> {
    let Some(after) = pair.after else {
        return Vec::new();
    };
    let expanded = written_out(after, &std::collections::BTreeSet::new(), &pair.place);
    let template = expanded.as_ref().unwrap_or(&after.template);
    let scope = Scope::new(template, &after.parameters, &pair.place);
    let stack = &pair.place.stack;
    let reader = |line| Reader {
        stack: stack.clone(),
        line,
    };
    let looked_up = scope.parameters.iter().filter_map(|(parameter, value)| {
        let text = value.text.as_deref().filter(|_| value.is_looked_up())?;
        Some((*parameter, *names.get(text)?))
    });
    let looked_up: BTreeMap<&str, &'n str> = looked_up.collect();
    let mut unused: BTreeMap<&str, &'n str> = looked_up.clone();
    let mut found = Vec::new();
    for (id, resource) in scope.resources() {
        for (property, value) in &resource.properties {
            let mut read: BTreeSet<&'n str> = BTreeSet::new();
            value.for_each_reference(&mut |reference| {
                if let Reference::Name(parameter) = reference
                    && let Some(name) = looked_up.get(parameter)
                {
                    read.insert(name);
                    unused.remove(parameter);
                }
            });
            for_each_text(value, &mut |text| {
                for start in DYNAMIC {
                    for_each_dynamic(text, start, &mut |name| read.extend(names.get(name)));
                }
            });
            if read.is_empty() {
                continue;
            }
            let region = pair.place.region.as_str();
            let rules = Rules::of(catalog(), &resource.resource_type, region);
            let recreation = rules.at(&[property.to_string()], None, None);
            let then = match recreation.requires {
                RequiresRecreation::Always => ", and is replaced then",
                RequiresRecreation::Conditionally => ", and may be replaced then",
                RequiresRecreation::Never => "",
            };
            found.extend(read.into_iter().map(|name| {
                let line = format!("`{id}` in `{stack}` reads it in `{property}`{then}");
                (name, reader(line))
            }));
        }
    }
    found.extend(unused.into_iter().map(|(parameter, name)| {
        let line = format!("the parameter `{parameter}` of `{stack}` reads it");
        (name, reader(line))
    }));
    found
}
