//! Whether two programs synthesized the same resources: only then is comparing them honest.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use stratiform_finding::one_line;
use stratiform_template::{Member, Template, parse};

use super::error::BenchError;

/// Full name of a stack → its resources.
type Stacks = BTreeMap<String, Resources>;

/// Logical ID → type and names of the properties.
type Resources = BTreeMap<String, (String, BTreeSet<String>)>;

/// Reads what `stratiform synth` wrote: `prod/network.yaml`, of stack `<app>-prod-network`.
pub(super) fn ours(folder: &Path, app: &str) -> Result<Stacks, BenchError> {
    let mut stacks = Stacks::new();
    for environment in names(folder)? {
        for file in names(&folder.join(&environment))? {
            if let Some(stack) = file.strip_suffix(".yaml") {
                let path = folder.join(&environment).join(&file);
                stacks.insert(format!("{app}-{environment}-{stack}"), read(&path)?);
            }
        }
    }
    Ok(stacks)
}

/// Reads what the CDK wrote: `<stack>.template.json`.
pub(super) fn cdk(folder: &Path) -> Result<Stacks, BenchError> {
    let mut stacks = Stacks::new();
    for file in names(folder)? {
        if let Some(stack) = file.strip_suffix(".template.json") {
            stacks.insert(stack.to_owned(), read(&folder.join(&file))?);
        }
    }
    Ok(stacks)
}

fn names(folder: &Path) -> Result<Vec<String>, BenchError> {
    let mut names = Vec::new();
    for entry in fs::read_dir(folder).map_err(BenchError::file("read", folder))? {
        let entry = entry.map_err(BenchError::file("read", folder))?;
        names.push(entry.file_name().to_string_lossy().into_owned());
    }
    names.sort();
    Ok(names)
}

fn read(path: &Path) -> Result<Resources, BenchError> {
    let text = fs::read_to_string(path).map_err(BenchError::file("read", path))?;
    let wrong = |why: String| BenchError::Template {
        path: path.to_owned(),
        why,
    };
    let node = parse(&text).map_err(|error| wrong(error.to_string()))?;
    let template = Template::from_node(&node).map_err(|findings| wrong(one_line(&findings)))?;
    let resources = template.resources.into_iter();
    let resources = resources.filter_map(|(logical_id, member)| match member {
        Member::One(resource) => {
            let properties = resource
                .properties
                .keys()
                .map(|name| name.to_string())
                .collect();
            Some((logical_id, (resource.resource_type, properties)))
        }
        Member::Unexpanded(_) => None,
    });
    Ok(resources.collect())
}

/// What is in one and not in the other, a line each; and what both have in common.
pub(super) fn compare(ours: &Stacks, theirs: &Stacks) -> (Vec<String>, String) {
    let mut differences = Vec::new();
    let empty = Resources::new();
    let stacks: BTreeSet<&String> = ours.keys().chain(theirs.keys()).collect();
    for stack in &stacks {
        let (ours, theirs) = (
            ours.get(*stack).unwrap_or(&empty),
            theirs.get(*stack).unwrap_or(&empty),
        );
        let (ours_by_type, theirs_by_type) = (by_type(ours), by_type(theirs));
        let types: BTreeSet<&str> = ours_by_type
            .keys()
            .chain(theirs_by_type.keys())
            .copied()
            .collect();
        for resource_type in types {
            let count = |by_type: &BTreeMap<&str, usize>| {
                by_type.get(resource_type).copied().unwrap_or_default()
            };
            let (ours, theirs) = (count(&ours_by_type), count(&theirs_by_type));
            if ours != theirs {
                differences.push(format!(
                    "{stack}: {resource_type}: {ours} here, {theirs} there"
                ));
            }
        }
        for (logical_id, (resource_type, properties)) in ours {
            let Some((other_type, other)) = theirs.get(logical_id) else {
                continue;
            };
            if resource_type == other_type && properties != other {
                let only = |these: &BTreeSet<String>, those: &BTreeSet<String>| {
                    let only: Vec<_> = these.difference(those).map(String::as_str).collect();
                    if only.is_empty() {
                        "nothing".to_owned()
                    } else {
                        only.join(", ")
                    }
                };
                differences.push(format!(
                    "{stack}: {logical_id}: only here {}, only there {}",
                    only(properties, other),
                    only(other, properties)
                ));
            }
        }
    }
    let resources: usize = ours.values().map(BTreeMap::len).sum();
    let types: BTreeSet<&str> = ours
        .values()
        .flat_map(|stack| by_type(stack).into_keys())
        .collect();
    let summary = format!(
        "{} stacks, {resources} resources of {} types",
        ours.len(),
        types.len()
    );
    (differences, summary)
}

fn by_type(resources: &Resources) -> BTreeMap<&str, usize> {
    let mut counts = BTreeMap::new();
    for (resource_type, _) in resources.values() {
        *counts.entry(resource_type.as_str()).or_default() += 1;
    }
    counts
}
