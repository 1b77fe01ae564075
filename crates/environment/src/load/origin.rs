//! Where each value is from.

use serde_json::Value;
use stratiform_finding::Source;

use crate::load::merge::{Kind, Tree};
use crate::path::Path;

/// A value that is in force.
#[derive(Clone, Debug, PartialEq)]
pub struct Effective {
    /// Where it is in the environment: `services.api.cpu`.
    pub path: Path,
    /// The value. A list is one value, unless its items have keys.
    pub value: Value,
    /// Where it is from.
    pub origin: Origin,
}

/// Where a value is from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// A layer, and the line there.
    File {
        /// The layer's name.
        name: String,
        /// The line, from 1.
        line: usize,
    },
    /// No file says it: the default of the Rust type.
    BuiltIn,
}

/// Every leaf of a value, in the order of the tree; what the tree does not have comes last in its map.
pub(crate) fn values(value: &Value, tree: &Tree, sources: &[Source]) -> Vec<Effective> {
    let mut found = Vec::new();
    collect(value, Some(tree), &Path::default(), sources, &mut found);
    found
}

fn collect(
    value: &Value,
    tree: Option<&Tree>,
    path: &Path,
    sources: &[Source],
    found: &mut Vec<Effective>,
) {
    match value {
        Value::Object(entries) if !entries.is_empty() => {
            let written = match tree.map(|tree| &tree.kind) {
                Some(Kind::Map(map)) => Some(map),
                _ => None,
            };
            let mut entries: Vec<(&String, &Value)> = entries.iter().collect();
            entries.sort_by_cached_key(|(key, _)| {
                let place = written.and_then(|map| map.position(key));
                (place.unwrap_or(usize::MAX), *key)
            });
            for (key, value) in entries {
                let path = path.key(key);
                collect(
                    value,
                    below(tree, &Path::default().key(key)),
                    &path,
                    sources,
                    found,
                );
            }
        }
        Value::Array(items) if items.iter().any(Value::is_object) => {
            for (position, value) in items.iter().enumerate() {
                let step = Path::default().position(position);
                collect(
                    value,
                    below(tree, &step),
                    &path.position(position),
                    sources,
                    found,
                );
            }
        }
        leaf => found.push(Effective {
            path: path.clone(),
            value: leaf.clone(),
            origin: match tree {
                Some(tree) => Origin::File {
                    name: sources[tree.place.layer].name.to_string(),
                    line: tree.place.span.line,
                },
                None => Origin::BuiltIn,
            },
        }),
    }
}

fn below<'a>(tree: Option<&'a Tree>, step: &Path) -> Option<&'a Tree> {
    tree.and_then(|tree| tree.at(step))
}
