//! Keys that stand twice in one map, where that is no error.

use stratiform_finding::Span;

use crate::node::Node;

/// What is done about a key that stands twice in one map.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Repeats {
    /// It is an error.
    Refused,
    /// The last one counts, as CloudFormation has it, and is noted.
    Noted,
}

/// A key that stands more than once in one map. The last one counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RepeatedKey {
    /// The map that it is in: keys and list positions from the top, functions in the long form.
    pub path: Vec<String>,
    /// The key.
    pub key: String,
    /// Where it stands; two or more places, in the order of the text.
    pub places: Vec<Span>,
}

/// A text as a tree, and what was written in vain.
#[derive(Clone, Debug, PartialEq)]
pub struct Document {
    /// The tree. Each key stands once in its map, with the last value that was written.
    pub node: Node,
    /// The keys that stand more than once.
    pub repeated: Vec<RepeatedKey>,
}

/// Keeps track of where a reader is, and of what stands twice there.
#[derive(Debug)]
pub(super) struct Noted {
    repeats: Repeats,
    path: Vec<String>,
    found: Vec<RepeatedKey>,
}

/// The repeated keys of one map: where each first stands, and which of the notes is about it.
pub(super) type InMap = std::collections::HashMap<Span, usize>;

impl Noted {
    pub(super) fn new(repeats: Repeats) -> Self {
        Noted {
            repeats,
            path: Vec::new(),
            found: Vec::new(),
        }
    }

    pub(super) fn is_refused(&self) -> bool {
        self.repeats == Repeats::Refused
    }

    pub(super) fn enter(&mut self, step: impl FnOnce() -> String) {
        if !self.is_refused() {
            self.path.push(step());
        }
    }

    pub(super) fn leave(&mut self) {
        self.path.pop();
    }

    /// Notes that a key, last seen at one place, is at another.
    pub(super) fn note(&mut self, in_map: &mut InMap, key: &str, before: Span, here: Span) {
        let known = in_map.remove(&before);
        let position = known.unwrap_or(self.found.len());
        match self.found.get_mut(position) {
            Some(repeated) => repeated.places.push(here),
            None => self.found.push(RepeatedKey {
                path: self.path.clone(),
                key: key.to_owned(),
                places: vec![before, here],
            }),
        }
        in_map.insert(here, position);
    }

    pub(super) fn finish(mut self, node: Node) -> Document {
        self.found
            .sort_by_key(|repeated| repeated.places.first().copied());
        Document {
            node,
            repeated: self.found,
        }
    }
}
