//! Does something not answer for a while? What AWS documents per type and property, and what nobody documents.

use std::sync::LazyLock;

use super::nouns::named;
use super::{Certainty, Consequence, Kind, Severity};
use crate::change::{Action, Attribute, Detail, Replacement, ResourceChange};

/// Documented facts: type, property, class, what happens, source. The file says where they are from.
static TABLE: &str = include_str!("../../data/interruptions.tsv");

/// A documented fact about an update in place.
#[derive(Clone, Copy, Debug)]
struct Entry {
    resource_type: &'static str,
    path: &'static str,
    class: Class,
    what: &'static str,
    source: &'static str,
}

/// What does AWS document?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Class {
    /// No interruption.
    None,
    /// Some interruption, always.
    Some,
    /// It depends on circumstances.
    Sometimes,
    /// A rolling or blue/green deployment.
    Deploys,
}

/// The table, sorted by type and path as the file is.
static ENTRIES: LazyLock<Vec<Entry>> = LazyLock::new(|| TABLE.lines().filter_map(entry).collect());

fn entry(line: &'static str) -> Option<Entry> {
    let mut columns = line.split('\t');
    let resource_type = columns.next().filter(|text| !text.starts_with('#'))?;
    let path = columns.next()?;
    let class = match columns.next()? {
        "none" => Class::None,
        "some" => Class::Some,
        "sometimes" => Class::Sometimes,
        "deploys" => Class::Deploys,
        _ => return None,
    };
    Some(Entry {
        resource_type,
        path,
        class,
        what: columns.next()?,
        source: columns.next()?,
    })
}

/// What is documented for a property: the entry with the longest path that leads to it.
fn documented(resource_type: &str, detail: &Detail) -> Option<Entry> {
    let entries = &*ENTRIES;
    let start = entries.partition_point(|entry| entry.resource_type < resource_type);
    let of_type = entries[start..]
        .iter()
        .take_while(|entry| entry.resource_type == resource_type);
    of_type
        .filter(|entry| covers(entry.path, &detail.path[1..]))
        .max_by_key(|entry| entry.path.len())
        .copied()
}

/// Whether an entry's path leads to a property.
fn covers(entry: &str, path: &[String]) -> bool {
    let steps: Vec<&str> = entry.split('/').collect();
    entry == "*"
        || steps.len() <= path.len()
            && steps
                .iter()
                .zip(path)
                .all(|(step, key)| *step == "*" || step == key)
}

/// Finds documented interruptions; what nobody documents is said once for all resources.
pub(super) fn find(changes: &[ResourceChange], found: &mut Vec<Consequence>) {
    let mut unknown = Vec::new();
    for change in changes {
        // A replacement is another story, told elsewhere.
        if change.action != Action::Modify || change.replacement() == Replacement::Will {
            continue;
        }
        let properties = change
            .properties()
            .filter(|detail| detail.attribute == Attribute::Properties && detail.path.len() > 1);
        let mut said: Vec<&str> = Vec::new();
        for detail in properties {
            let property = detail.path[1..].join("/");
            match documented(&change.resource_type, detail) {
                None => unknown.push(format!(
                    "`{}` ({}): `{property}`",
                    change.logical_id, change.resource_type
                )),
                Some(entry) if said.contains(&entry.what) => {}
                Some(entry) => {
                    found.extend(consequence(change, &property, entry));
                    said.push(entry.what);
                }
            }
        }
    }
    if !unknown.is_empty() {
        let count = unknown.len();
        unknown.dedup();
        found.push(Consequence {
            kind: Kind::Interruption,
            severity: Severity::Note,
            certainty: Certainty::Unknown,
            logical_id: None,
            resource_type: None,
            what: format!(
                "changes {count} {} of which it is unknown whether that interrupts",
                if count == 1 { "property" } else { "properties" }
            ),
            why: "neither the schemas nor the pages that were read say so".to_owned(),
            details: unknown,
            help: None,
        });
    }
}

fn consequence(change: &ResourceChange, property: &str, entry: Entry) -> Option<Consequence> {
    let name = named(&change.resource_type, &change.logical_id);
    let (severity, certainty, what) = match entry.class {
        Class::None => return None,
        Class::Some => (
            Severity::Warning,
            Certainty::Will,
            format!("interrupts {name}"),
        ),
        Class::Sometimes => (
            Severity::Attention,
            Certainty::May,
            format!("may interrupt {name}"),
        ),
        Class::Deploys => (
            Severity::Note,
            Certainty::Will,
            format!("starts a deployment of {name}"),
        ),
    };
    Some(Consequence::of(
        change,
        Kind::Interruption,
        severity,
        certainty,
        format!("{what}: {}", entry.what),
        format!("`{property}` changes; documented in `{}`", entry.source),
    ))
}

#[cfg(test)]
mod tests {
    use stratiform_catalog::catalog;

    use super::*;

    #[test]
    fn every_line_is_read_and_sorted() {
        let lines = TABLE
            .lines()
            .filter(|line| !line.is_empty() && !line.starts_with('#'));
        assert_eq!(lines.count(), ENTRIES.len());
        assert!(ENTRIES.is_sorted_by_key(|entry| entry.resource_type));
    }

    #[test]
    fn every_type_and_property_exists() {
        for entry in ENTRIES.iter() {
            let known = catalog().resource_type(entry.resource_type);
            let schema = known.map(|known| known.schema());
            let first = entry.path.split('/').next().unwrap_or_default();
            let exists =
                schema.is_some_and(|schema| first == "*" || schema.property(first).is_some());
            assert!(exists, "{}/{}", entry.resource_type, entry.path);
        }
    }

    #[test]
    fn the_longest_path_speaks() {
        let path = |steps: &[&str]| {
            steps
                .iter()
                .map(|step| (*step).to_owned())
                .collect::<Vec<_>>()
        };
        assert!(covers("A/*/B", &path(&["A", "0", "B", "C"])));
        assert!(covers("*", &path(&["A"])));
        assert!(!covers("A/B", &path(&["A"])));
        assert!(!covers("A/B", &path(&["A", "C"])));
    }
}
