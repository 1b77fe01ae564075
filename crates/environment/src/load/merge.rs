//! Layers laid over each other: one tree, in which every part knows its file and its place there.
//!
//! Maps are merged key by key; scalars and lists replace what was there; `null` removes a key. The first
//! layer is merged like the others, so that `null` means the same in it: not there.

use std::collections::HashMap;

use indexmap::IndexMap;
use stratiform_template::{Node, NodeKind, Scalar, Span};

use crate::path::{Path, Step};

/// Where a part was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Written {
    /// The layer, from 0.
    pub(crate) layer: usize,
    /// Where in it.
    pub(crate) span: Span,
}

/// A part of the merged environment.
#[derive(Clone, Debug)]
pub(crate) struct Tree {
    pub(crate) kind: Kind,
    /// Where it was last written.
    pub(crate) place: Written,
}

#[derive(Clone, Debug)]
pub(crate) enum Kind {
    Scalar(Scalar),
    List(Vec<Tree>),
    Map(Map),
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Map {
    /// What is there, in the order of first mention.
    members: IndexMap<String, Member>,
    /// What a `null` removed, and where.
    removed: HashMap<String, Written>,
}

#[derive(Clone, Debug)]
pub(crate) struct Member {
    pub(crate) key: String,
    /// Every layer's mention of the key, the last one last; never empty.
    pub(crate) mentions: Vec<Written>,
    pub(crate) value: Tree,
}

impl Member {
    /// Where the key was last written.
    pub(crate) fn key_place(&self) -> Written {
        self.mentions.last().copied().unwrap_or(self.value.place)
    }
}

impl Map {
    /// What is there, in the order of first mention.
    pub(crate) fn members(&self) -> impl ExactSizeIterator<Item = &Member> {
        self.members.values()
    }

    pub(crate) fn get(&self, key: &str) -> Option<&Member> {
        self.members.get(key)
    }

    /// What a key has, to be changed.
    pub(super) fn value_mut(&mut self, key: &str) -> Option<&mut Tree> {
        self.members.get_mut(key).map(|member| &mut member.value)
    }

    /// What all keys have, to be changed.
    pub(super) fn values_mut(&mut self) -> impl Iterator<Item = &mut Tree> {
        self.members.values_mut().map(|member| &mut member.value)
    }

    /// Where a key is among the others.
    pub(crate) fn position(&self, key: &str) -> Option<usize> {
        self.members.get_index_of(key)
    }

    /// Where a `null` removed a key.
    pub(crate) fn removal(&self, key: &str) -> Option<Written> {
        self.removed.get(key).copied()
    }

    /// Lays a later layer's map over this one: each key is looked at once, whatever is there already.
    fn lay(&mut self, over: Map) {
        if !over.removed.is_empty() {
            self.members
                .retain(|key, _| !over.removed.contains_key(key));
            self.removed.extend(over.removed);
        }
        for (key, member) in over.members {
            self.removed.remove(&key);
            match self.members.get_mut(&key) {
                Some(below) => {
                    below.mentions.extend(member.mentions);
                    below.value.lay(member.value);
                }
                None => {
                    self.members.insert(key, member);
                }
            }
        }
    }
}

impl Tree {
    /// A layer on its own.
    pub(crate) fn of(node: &Node, layer: usize) -> Tree {
        let kind = match &node.kind {
            NodeKind::Scalar(scalar) => Kind::Scalar(scalar.clone()),
            NodeKind::List(items) => {
                Kind::List(items.iter().map(|item| Tree::of(item, layer)).collect())
            }
            NodeKind::Map(entries) => {
                let mut map = Map::default();
                for entry in entries {
                    let place = Written {
                        layer,
                        span: entry.key_span,
                    };
                    if entry.value.kind == NodeKind::Scalar(Scalar::Null) {
                        map.removed.insert(entry.key.clone(), place);
                    } else {
                        let member = Member {
                            key: entry.key.clone(),
                            mentions: vec![place],
                            value: Tree::of(&entry.value, layer),
                        };
                        map.members.insert(entry.key.clone(), member);
                    }
                }
                Kind::Map(map)
            }
        };
        Tree {
            kind,
            place: Written {
                layer,
                span: node.span,
            },
        }
    }

    /// Lays a later layer over this one.
    pub(crate) fn lay(&mut self, over: Tree) {
        match (&mut self.kind, over.kind) {
            (Kind::Map(below), Kind::Map(above)) => {
                self.place = over.place;
                below.lay(above);
            }
            (_, kind) => {
                *self = Tree {
                    kind,
                    place: over.place,
                }
            }
        }
    }

    /// The part that a path leads to.
    pub(crate) fn at(&self, path: &Path) -> Option<&Tree> {
        path.steps()
            .iter()
            .try_fold(self, |tree, step| tree.step(step))
    }

    fn step(&self, step: &Step) -> Option<&Tree> {
        match (&self.kind, step) {
            (Kind::Map(map), Step::Key(key)) => map.get(key).map(|member| &member.value),
            (Kind::List(items), Step::Position(position)) => items.get(*position),
            _ => None,
        }
    }

    /// The place to point at for a path, and whether the path itself is there: a scalar or a list where it
    /// is written, a map where its key is, and what is nowhere at the nearest thing around it.
    pub(crate) fn locate(&self, path: &Path) -> (Written, bool) {
        let mut place = self.place;
        place.span.end = place.span.start;
        let mut tree = self;
        for step in path.steps() {
            if let (Kind::Map(map), Step::Key(key)) = (&tree.kind, step)
                && let Some(removal) = map.removal(key)
            {
                return (removal, false);
            }
            let Some(next) = tree.step(step) else {
                return (place, false);
            };
            place = match (&tree.kind, step, &next.kind) {
                (Kind::Map(map), Step::Key(key), Kind::Map(_) | Kind::List(_)) => {
                    map.get(key).map_or(next.place, Member::key_place)
                }
                _ => next.place,
            };
            tree = next;
        }
        (place, true)
    }

    /// The part as JSON.
    pub(crate) fn to_json(&self) -> serde_json::Value {
        use serde_json::Value;
        match &self.kind {
            Kind::Scalar(Scalar::Null) => Value::Null,
            Kind::Scalar(Scalar::Bool(boolean)) => (*boolean).into(),
            // A JSON number always is one; one that is too large for JSON's reader is text, and is refused.
            Kind::Scalar(Scalar::Number(number)) => serde_json::from_str(number.as_str())
                .unwrap_or_else(|_| Value::String(number.to_string())),
            Kind::Scalar(Scalar::String(text)) => text.as_str().into(),
            Kind::List(items) => items.iter().map(Tree::to_json).collect(),
            Kind::Map(map) => map
                .members()
                .map(|member| (member.key.clone(), member.value.to_json()))
                .collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use stratiform_template::parse_yaml;

    use super::*;

    fn merged(layers: &[&str]) -> Tree {
        let trees = layers
            .iter()
            .enumerate()
            .map(|(layer, text)| Tree::of(&parse_yaml(text).expect("YAML"), layer));
        trees
            .reduce(|mut below, above| {
                below.lay(above);
                below
            })
            .expect("a layer")
    }

    #[track_caller]
    fn check(layers: &[&str], expected: serde_json::Value) {
        assert_eq!(merged(layers).to_json(), expected);
    }

    #[test]
    fn maps_are_merged_key_by_key() {
        check(
            &["a: {b: 1, c: {d: 2}}", "a: {c: {e: 3}}", "f: 4"],
            json!({"a": {"b": 1, "c": {"d": 2, "e": 3}}, "f": 4}),
        );
    }

    #[test]
    fn scalars_and_lists_replace() {
        check(
            &["a: 1\nb: [1, 2]", "a: 2\nb: [3]"],
            json!({"a": 2, "b": [3]}),
        );
        check(&["a: {b: 1}", "a: 2"], json!({"a": 2}));
        check(&["a: 2", "a: {b: 1}"], json!({"a": {"b": 1}}));
    }

    #[test]
    fn null_removes_in_any_layer() {
        check(&["a: 1\nb: 2", "a: null"], json!({"b": 2}));
        check(&["a: {b: ~, c: 1}"], json!({"a": {"c": 1}}));
        check(&["a: {b: 1}", "a: ~", "a: {c: 1}"], json!({"a": {"c": 1}}));
        check(&["b: 1", "a: {b: ~}"], json!({"a": {}, "b": 1}));
    }

    #[test]
    fn every_part_knows_its_layer_and_line() {
        let tree = merged(&["a:\n  b: 1\n  c: 2", "a:\n  c: 3"]);
        let line = |path: &str| {
            let place = tree.at(&Path::from(path)).expect("a value").place;
            (place.layer, place.span.line)
        };
        assert_eq!(line("a.b"), (0, 2));
        assert_eq!(line("a.c"), (1, 2));
        assert_eq!(tree.locate(&Path::from("a")).0.layer, 1);
        assert!(!tree.locate(&Path::from("a.d")).1);
    }
}
