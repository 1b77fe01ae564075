//! What could not be known, and what that means for the answer.

use std::collections::BTreeSet;

use indexmap::IndexMap;
use stratiform_catalog::catalog;
use stratiform_changes::ChangedResource;
use stratiform_finding::words::nearest;
use stratiform_resolve::{Scope, Segment, unexpanded};
use stratiform_template::Template;

use crate::cases::Cases;
use crate::consequence::Consequence;
use crate::note::Note;
use crate::unvalued::unvalued;

/// How to have values for parameters.
pub(crate) const VALUES: &str = "compare with what is deployed (--deployed); where files are compared, give values (--parameters FILE)";

/// Notes about two sides and what changes between them.
pub(crate) fn notes(
    before: &Scope<'_>,
    after: &Scope<'_>,
    changes: &[ChangedResource],
    consequences: &[Consequence],
    cases: &Cases,
) -> Vec<Note> {
    // What differs of what is not written out is a consequence, and is said there.
    let is_said = |name: &str| {
        let name = format!("`{name}`");
        let unknown = |found: &&Consequence| found.logical_id.is_none();
        consequences
            .iter()
            .filter(unknown)
            .any(|found| found.what.contains(&name))
    };
    let mut notes = Vec::new();
    let mut missing = unvalued(before, after, changes);
    let mut looked_at: BTreeSet<&str> = cases.parameters().collect();
    // A new one has no value from before that could differ: that it needs one is a consequence.
    looked_at.retain(|name| {
        name.starts_with("AWS::")
            || (after.parameters.contains_key(name) && before.parameters.contains_key(name))
    });
    missing.retain(|name| !looked_at.contains(name));
    if !looked_at.is_empty() {
        notes.push(Note {
            what: format!(
                "{} no value here: what each value that matters comes to is looked at",
                subject("the parameter", "the parameters", &looked_at, "has", "have"),
            ),
            help: Some(VALUES.to_owned()),
        });
    }
    if !missing.is_empty() {
        notes.push(Note {
            what: format!(
                "{} no value here: what is made from {} is compared as it is written",
                subject("the parameter", "the parameters", &missing, "has", "have"),
                if missing.len() == 1 { "it" } else { "them" }
            ),
            help: Some(VALUES.to_owned()),
        });
    }
    let defaults = after.parameters.iter().filter(|(name, new)| {
        let old = before.parameters.get(*name);
        let changed = old.is_some_and(|old| old.text != new.text);
        changed && !new.is_given && old.is_some_and(|old| !old.is_given)
    });
    let defaults: BTreeSet<&str> = defaults.map(|(name, _)| *name).collect();
    if !defaults.is_empty() {
        notes.push(Note {
            what: format!(
                "{} another default, which counts only where the deployment does not keep the value there is",
                subject("the parameter", "the parameters", &defaults, "has", "have")
            ),
            help: None,
        });
    }
    let looked_up = after
        .parameters
        .iter()
        .filter(|(_, parameter)| parameter.is_looked_up());
    let looked_up: BTreeSet<&str> = looked_up.map(|(name, _)| *name).collect();
    if !looked_up.is_empty() {
        notes.push(Note {
            what: format!(
                "{} read from Systems Manager when deploying: another value there is not seen here",
                subject("the parameter", "the parameters", &looked_up, "is", "are")
            ),
            help: None,
        });
    }
    let macros: BTreeSet<String> = [before.template, after.template]
        .into_iter()
        .flat_map(macros)
        .filter(|name| !is_said(name))
        .collect();
    if !macros.is_empty() {
        let macros: BTreeSet<&str> = macros.iter().map(String::as_str).collect();
        notes.push(Note {
            what: format!(
                "{} not expanded here: the templates are compared as they are written",
                subject("the macro", "the macros", &macros, "is", "are")
            ),
            help: Some("compare processed templates: `aws cloudformation get-template --template-stage Processed`".to_owned()),
        });
    }
    let loops: BTreeSet<&str> = unexpanded(after.template)
        .filter(|name| !is_said(name))
        .collect();
    if !loops.is_empty() {
        notes.push(Note {
            what: format!(
                "{} written the same before and after: what comes of it is not known here",
                subject("", "", &loops, "is", "are").trim_start()
            ),
            help: None,
        });
    }
    notes.extend(faults(changes));
    let types = changes.iter().map(|change| change.resource_type.as_str());
    let mut unknown: BTreeSet<&str> = types.collect();
    unknown.retain(|name| !name.starts_with("Custom::") && catalog().resource_type(name).is_none());
    if !unknown.is_empty() {
        notes.push(Note {
            what: format!(
                "the catalog does not know {}: whether a change replaces such a resource is unknown",
                listed(&unknown)
            ),
            help: meant(&unknown),
        });
    }
    notes
}

/// How many malformed functions are named; more of them say nothing new.
const MAX_FAULTS: usize = 10;

/// Functions that CloudFormation will refuse, in what changes.
fn faults(changes: &[ChangedResource]) -> Vec<Note> {
    let mut found: IndexMap<(String, String), String> = IndexMap::new();
    for change in changes {
        let Some(context) = change.after.as_ref() else {
            continue;
        };
        context.properties.for_each_text(&mut |text| {
            let faults = text.segments.iter().filter_map(|segment| match segment {
                Segment::Unknown { fault, .. } => fault.as_ref(),
                Segment::Known(_) | Segment::Resource { .. } | Segment::Secret(_) => None,
            });
            for fault in faults {
                let place = format!("{}.{}", change.logical_id, fault.path.join("."));
                found.insert((fault.what.clone(), place), fault.help.clone());
            }
        });
    }
    let count = found.len();
    let notes = found.into_iter().take(MAX_FAULTS);
    let notes = notes.map(|((message, place), help)| Note {
        what: format!("{message} at `{place}`: it is compared as it is written"),
        help: Some(help),
    });
    let more = (count > MAX_FAULTS).then(|| Note {
        what: format!(
            "{} more functions have arguments of the wrong form",
            count - MAX_FAULTS
        ),
        help: None,
    });
    notes.chain(more).collect()
}

/// The types that were probably meant instead of unknown ones.
fn meant(unknown: &BTreeSet<&str>) -> Option<String> {
    let types = || catalog().resource_types().map(|known| known.name());
    let near: BTreeSet<&str> = unknown
        .iter()
        .filter_map(|name| nearest(name, types()))
        .collect();
    (!near.is_empty()).then(|| format!("did you mean {}?", listed(&near)))
}

/// The macros of a template that only AWS can expand: what they make is not compared, here or anywhere. Those that
/// stand inside of a resource (`Fn::Transform`) are not among them.
pub fn macros(template: &Template) -> impl Iterator<Item = String> {
    let names = template.transform_names().flatten();
    let others = names.filter(|name| *name != "AWS::LanguageExtensions");
    others.map(str::to_owned)
}

fn subject(one: &str, many: &str, names: &BTreeSet<&str>, verb: &str, verbs: &str) -> String {
    match names.len() {
        1 => format!("{one} {} {verb}", listed(names)),
        _ => format!("{many} {} {verbs}", listed(names)),
    }
}

fn listed(names: &BTreeSet<&str>) -> String {
    let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    names.join(", ")
}
