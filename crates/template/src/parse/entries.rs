//! The entries of a map while it is read: unique keys, in linear time.

use std::collections::HashMap;

use stratiform_finding::Span;

use crate::node::Entry;

/// Below this many entries a scan is faster than a table.
const SCANNED: usize = 16;

#[derive(Default)]
pub(super) struct Entries {
    list: Vec<Entry>,
    positions: HashMap<String, usize>,
}

impl Entries {
    /// Where a key was written, if it was.
    pub(super) fn find(&self, key: &str) -> Option<Span> {
        let entry = self.list.get(self.position(key)?)?;
        Some(entry.key_span)
    }

    fn position(&self, key: &str) -> Option<usize> {
        if self.list.len() <= SCANNED {
            self.list.iter().position(|entry| entry.key == key)
        } else {
            self.positions.get(key).copied()
        }
    }

    /// Puts an entry in place of the one that has its key.
    pub(super) fn replace(&mut self, entry: Entry) {
        let position = self.position(&entry.key);
        if let Some(there) = position.and_then(|position| self.list.get_mut(position)) {
            *there = entry;
        }
    }

    /// Adds an entry whose key is new.
    pub(super) fn push(&mut self, entry: Entry) {
        self.list.push(entry);
        let first = match self.list.len().cmp(&(SCANNED + 1)) {
            std::cmp::Ordering::Less => return,
            std::cmp::Ordering::Equal => 0,
            std::cmp::Ordering::Greater => self.list.len() - 1,
        };
        for (position, entry) in self.list.iter().enumerate().skip(first) {
            self.positions.insert(entry.key.clone(), position);
        }
    }

    pub(super) fn len(&self) -> usize {
        self.list.len()
    }

    pub(super) fn into_vec(self) -> Vec<Entry> {
        self.list
    }
}
