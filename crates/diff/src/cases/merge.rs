//! What is found case by case, as one answer: what holds in all cases will be, what holds in some may be, and what holds
//! in none is dropped.

use std::collections::{BTreeMap, HashMap, HashSet};

use indexmap::IndexMap;
use stratiform_changes::{ChangedAttribute, ChangedResource, Decided, Edit, Replacement};
use stratiform_resolve::{Resolved, Style};

use super::{Case, Cases};
use crate::consequence::nouns::named;
use crate::consequence::{Certainty, Consequence, Kind, Severity};
use crate::stack::{Compared, OutputChange};

/// The answer for all cases; `whole` is that for nothing supposed.
pub(crate) fn merged(whole: Compared, cases: &Cases, each: &[(Case, Compared)]) -> Compared {
    let all: Vec<Case> = each.iter().map(|(case, _)| case.clone()).collect();
    let mut consequences = consequences(cases, &all, each);
    let existing = existing(&whole.resources, cases, &all, each);
    let is_told = |id: &Option<String>| consequences.iter().any(|told| told.logical_id == *id);
    let existing: Vec<_> = existing
        .filter(|found| !is_told(&found.logical_id))
        .collect();
    consequences.extend(existing);
    let resources = resources(whole.resources, cases, &all, each);
    let (outputs, more) = outputs(whole.outputs, cases, &all, each);
    consequences.extend(more);
    Compared {
        resources,
        outputs,
        consequences,
    }
}

fn resources(
    whole: Vec<ChangedResource>,
    cases: &Cases,
    all: &[Case],
    each: &[(Case, Compared)],
) -> Vec<ChangedResource> {
    let by_name: Vec<HashMap<&str, &ChangedResource>> = each
        .iter()
        .map(|(_, found)| {
            let changes = found
                .resources
                .iter()
                .filter(|change| change.action == Edit::Modify);
            changes
                .map(|change| (change.logical_id.as_str(), change))
                .collect()
        })
        .collect();
    let decided = whole.into_iter().map(|mut change| {
        if change.action == Edit::Modify {
            let id = change.logical_id.as_str();
            let found: Vec<_> = by_name.iter().map(|names| names.get(id).copied()).collect();
            let details = |whole| details(whole, cases, all, &found);
            change.values = details(std::mem::take(&mut change.values));
            change.propagated = details(std::mem::take(&mut change.propagated));
        }
        change
    });
    decided.collect()
}

/// Details as the cases have them: the values of the cases where they agree.
fn details(
    whole: Vec<ChangedAttribute>,
    cases: &Cases,
    all: &[Case],
    found: &[Option<&ChangedResource>],
) -> Vec<ChangedAttribute> {
    let mut told = HashSet::new();
    let mut details = Vec::new();
    for detail in whole {
        let below: Vec<Vec<&ChangedAttribute>> = found
            .iter()
            .map(|change| {
                let expected = change.iter().flat_map(|change| change.expected());
                expected
                    .filter(|other| overlap(&other.path, &detail.path))
                    .collect()
            })
            .collect();
        let mut there = below.iter().filter(|details| !details.is_empty());
        let Some(first) = there.next() else {
            continue;
        };
        let replacements = || below.iter().map(|details| replacement(details));
        let worst = replacements().max().unwrap_or(Replacement::WillNot);
        let worst = match replacements().min() {
            Some(Replacement::Will) => Replacement::Will,
            _ => worst.min(Replacement::May),
        };
        let some: Vec<&Case> = all
            .iter()
            .zip(&below)
            .filter(|(_, details)| !details.is_empty())
            .map(|(case, _)| case)
            .collect();
        let only_in = (some.len() < all.len()).then(|| cases.only_in(all, &some));
        let decided = |replacement| {
            Some(Decided {
                replacement,
                only_in: only_in.clone(),
            })
        };
        let shown = shown(first);
        let agree = there.all(|details| self::shown(details) == shown);
        if !agree {
            details.push(ChangedAttribute {
                decided: decided(worst),
                ..detail
            });
        } else if told.insert(detail.path.clone()) {
            details.extend(first.iter().map(|first| ChangedAttribute {
                decided: decided(first.replacement().min(worst)),
                ..(*first).clone()
            }));
        }
    }
    details
}

fn replacement(details: &[&ChangedAttribute]) -> Replacement {
    let each = details.iter().map(|detail| detail.replacement());
    each.max().unwrap_or(Replacement::WillNot)
}

fn shown(details: &[&ChangedAttribute]) -> Vec<(Vec<String>, [Option<String>; 2])> {
    let value =
        |value: &Option<Resolved<'_>>| value.as_ref().map(|value| value.shown(Style::Expression));
    let details = details.iter();
    details
        .map(|detail| {
            (
                detail.path.clone(),
                [value(&detail.before), value(&detail.after)],
            )
        })
        .collect()
}

/// Whether one path leads to the other.
fn overlap(one: &[String], two: &[String]) -> bool {
    one.iter().zip(two).all(|(one, two)| one == two)
}

/// Consequences that are the same thing.
type Key<'c> = (Kind, Option<&'c str>, &'c str);

fn consequences(cases: &Cases, all: &[Case], each: &[(Case, Compared)]) -> Vec<Consequence> {
    let mut found: IndexMap<Key<'_>, Vec<(&Case, &Consequence)>> = IndexMap::new();
    let mut unknown: BTreeMap<Kind, &Consequence> = BTreeMap::new();
    for (case, compared) in each {
        for consequence in &compared.consequences {
            // What is told once for all resources, and only counts what nothing is known of.
            if consequence.logical_id.is_none() && consequence.certainty == Certainty::Unknown {
                let longest = unknown.entry(consequence.kind).or_insert(consequence);
                if longest.details.len() < consequence.details.len() {
                    *longest = consequence;
                }
                continue;
            }
            let key = (
                consequence.kind,
                consequence.logical_id.as_deref(),
                consequence.what.as_str(),
            );
            found.entry(key).or_default().push((case, consequence));
        }
    }
    let merged = found.into_values().filter_map(|found| {
        let (_, worst) = found
            .iter()
            .max_by_key(|(_, found)| (found.severity, found.certainty, found.withheld.len()))?;
        let certainty = found.iter().map(|(_, found)| found.certainty).min()?;
        let some: Vec<&Case> = found.iter().map(|(case, _)| *case).collect();
        let worst = Consequence {
            certainty,
            ..(*worst).clone()
        };
        Some(match some.len() < all.len() {
            false => worst,
            true => only_in(&cases.only_in(all, &some), worst),
        })
    });
    merged.chain(unknown.into_values().cloned()).collect()
}

/// What comes or goes in some of the cases, and is there in the answer for nothing supposed as if it did neither.
fn existing<'a>(
    whole: &'a [ChangedResource],
    cases: &'a Cases,
    all: &'a [Case],
    each: &'a [(Case, Compared)],
) -> impl Iterator<Item = Consequence> + 'a {
    let mut found: IndexMap<&str, Vec<(&Case, &ChangedResource)>> = IndexMap::new();
    for (case, compared) in each {
        let exists = |change: &&ChangedResource| change.action != Edit::Modify;
        for change in compared.resources.iter().filter(exists) {
            found
                .entry(&change.logical_id)
                .or_default()
                .push((case, change));
        }
    }
    let is_known = |id: &str| {
        whole
            .iter()
            .any(|change| change.logical_id == id && change.action != Edit::Modify)
    };
    found.retain(|id, _| !is_known(id));
    found.into_values().filter_map(|changes| {
        let (_, change) = *changes.first()?;
        let some: Vec<&Case> = changes.iter().map(|(case, _)| *case).collect();
        let verb = match change.action {
            Edit::Add => "makes",
            Edit::Remove | Edit::Modify => "removes",
        };
        let name = named(&change.resource_type, &change.logical_id);
        let what = format!("{}: {verb} {name}", cases.only_in(all, &some));
        let why = "whether it exists is not known here";
        Some(Consequence::of(
            change,
            Kind::Unknown,
            Severity::Attention,
            Certainty::May,
            what,
            why,
        ))
    })
}

/// What happens in some of the cases only.
fn only_in(cases: &str, found: Consequence) -> Consequence {
    Consequence {
        // What may not happen at all is one step less bad.
        severity: match found.severity {
            Severity::Danger => Severity::Warning,
            Severity::Warning => Severity::Attention,
            other => other,
        },
        certainty: found.certainty.min(Certainty::May),
        what: format!("{cases}: {}", found.what),
        ..found
    }
}

/// The outputs that change in some of the cases, and what goes or changes in cases only.
fn outputs(
    whole: Vec<OutputChange>,
    cases: &Cases,
    all: &[Case],
    each: &[(Case, Compared)],
) -> (Vec<OutputChange>, Vec<Consequence>) {
    let mut changed: IndexMap<&str, Vec<(&Case, &OutputChange)>> = IndexMap::new();
    for (case, compared) in each {
        for output in &compared.outputs {
            changed
                .entry(output.logical_id.as_str())
                .or_default()
                .push((case, output));
        }
    }
    let kept: Vec<OutputChange> = whole
        .into_iter()
        .filter(|output| changed.contains_key(output.logical_id.as_str()))
        .collect();
    let more = changed.iter().filter_map(|(name, changes)| {
        let was_there = |output: &&OutputChange| output.before.is_some();
        let (_, output) = changes.iter().find(|(_, output)| was_there(output))?;
        if kept.iter().any(|kept| kept.logical_id == *name) {
            return None;
        }
        let some = changes.iter().filter(|(_, output)| was_there(output));
        let some: Vec<&Case> = some.map(|(case, _)| *case).collect();
        let verb = match output.change_type {
            Edit::Remove => "removes",
            Edit::Add | Edit::Modify => "changes",
        };
        let found = Consequence {
            kind: Kind::OtherStacks,
            severity: Severity::Attention,
            certainty: Certainty::May,
            logical_id: Some((*name).to_owned()),
            resource_type: None,
            what: format!("{verb} the output `{name}`"),
            why: "it depends on a condition that is not known here".to_owned(),
            details: Vec::new(),
            help: None,
            withheld: Vec::new(),
        };
        Some(match some.len() < all.len() {
            true => only_in(&cases.only_in(all, &some), found),
            false => found,
        })
    });
    let more = more.collect();
    (kept, more)
}
