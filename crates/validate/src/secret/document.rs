//! The way through a tree of YAML or JSON that is no template: an environment's file, or any other.

use stratiform_finding::{Finding, Place};
use stratiform_template::{Entry, Function, Node, NodeKind, Path, Scalar, Step};

use super::finding;
use super::name::under_name;
use super::template::PAIRS;
use super::text::in_text;

/// The secrets that are written out in a tree, each with its path and its place in the text that was given.
pub fn in_document(node: &Node) -> Vec<Finding> {
    let mut found = Vec::new();
    walk(node, "", None, &mut found);
    found
}

fn walk(node: &Node, name: &str, path: Option<&Path<'_>>, found: &mut Vec<Finding>) {
    let below = |step| Path { up: path, step };
    match &node.kind {
        NodeKind::Scalar(Scalar::String(text)) => told(text, name, node, path, found),
        NodeKind::Scalar(_) => {}
        NodeKind::List(items) => {
            for (position, item) in items.iter().enumerate() {
                walk(item, name, Some(&below(Step::Index(position))), found);
            }
        }
        NodeKind::Map(entries) => {
            // What refers to something is none.
            if let [Entry { key, .. }] = entries.as_slice()
                && Function::from_name(key).is_some_and(Function::is_reference)
            {
                return;
            }
            let pair = pair(node);
            for entry in entries {
                let name = match pair {
                    Some((value, name)) if value == entry.key => name,
                    Some(_) | None => &entry.key,
                };
                walk(
                    &entry.value,
                    name,
                    Some(&below(Step::Key(&entry.key))),
                    found,
                );
            }
        }
    }
}

/// The key of a value, and the name that stands beside it.
fn pair(node: &Node) -> Option<(&'static str, &str)> {
    let text = |key: &str| node.get(key)?.as_str();
    let mut pairs = PAIRS.into_iter();
    pairs.find_map(|(name, value)| node.get(value).and(Some((value, text(name)?))))
}

fn told(text: &str, name: &str, node: &Node, path: Option<&Path<'_>>, found: &mut Vec<Finding>) {
    let written = in_text(text);
    let count = |part: &str| part.chars().count();
    let (kind, characters) = match written.first() {
        Some(secret) => (secret.kind, text.get(secret.range.clone()).map_or(0, count)),
        None => match under_name(name, text) {
            Some(kind) => (kind, count(text)),
            None => return,
        },
    };
    let finding = finding(kind, characters).at(Place::given(node.span, ""));
    found.push(Finding {
        path: path.map(Path::steps).unwrap_or_default(),
        ..finding
    });
}
