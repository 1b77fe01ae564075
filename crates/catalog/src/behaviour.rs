//! What AWS's pages say about updates, per type and property, beyond what schemas say.

use std::sync::LazyLock;

/// Documented facts: type, property, class, what happens, source. The file says where they are from.
static TABLE: &str = include_str!("../data/interruptions.tsv");

/// A documented fact about an update in place.
#[derive(Clone, Copy, Debug)]
pub struct Entry {
    resource_type: &'static str,
    path: &'static str,
    /// What is documented.
    pub class: Class,
    /// What happens, in a few words.
    pub what: &'static str,
    /// The page that says so.
    pub source: &'static str,
}

/// What does AWS document?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// No interruption.
    None,
    /// Some interruption, always.
    Some,
    /// It depends on circumstances.
    Sometimes,
    /// It may replace the resource, or interrupt it.
    Replaces,
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
        "replaces" => Class::Replaces,
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
pub fn documented(resource_type: &str, path: &[String]) -> Option<Entry> {
    let entries = &*ENTRIES;
    let start = entries.partition_point(|entry| entry.resource_type < resource_type);
    let of_type = entries[start..]
        .iter()
        .take_while(|entry| entry.resource_type == resource_type);
    of_type
        .filter(|entry| covers(entry.path, path))
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog;

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
