//! Which parts there is room for.

use std::cmp::Reverse;

use serde::Serialize;
use stratiform_changes::Replacement;
use stratiform_diff::Severity;
use stratiform_finding::words::counted;

/// What matters most gets room first.
pub(super) type Rank = (Severity, Replacement);

/// Something that is said if there is room for it.
#[derive(Debug)]
pub(super) struct Part<T> {
    /// What it belongs to: the position of an environment or a stack.
    pub of: usize,
    pub data: T,
    rank: Rank,
    size: usize,
}

impl<T: Serialize> Part<T> {
    pub(super) fn new(of: usize, rank: Rank, data: T) -> Self {
        // Layout comes on top of that; `markdown` measures the page and gives less room if need be.
        let size = serde_json::to_string(&data).map_or(0, |text| text.len());
        Part {
            of,
            data,
            rank,
            size,
        }
    }
}

/// Room for a number of characters, and what did not find any: `3 diffs`.
#[derive(Debug)]
pub(super) struct Room {
    pub left: usize,
    pub left_out: Vec<String>,
}

impl Room {
    /// The parts that there is room for, in their own order.
    pub(super) fn take<'p, T>(&mut self, parts: &'p [Part<T>], noun: &str) -> Vec<&'p Part<T>> {
        let mut order: Vec<usize> = (0..parts.len()).collect();
        order.sort_by_key(|index| Reverse(parts[*index].rank));
        order.retain(|index| {
            let rest = self.left.checked_sub(parts[*index].size);
            self.left = rest.unwrap_or(self.left);
            rest.is_some()
        });
        order.sort_unstable();
        match parts.len() - order.len() {
            0 => {}
            missing => self.left_out.push(counted(missing, noun)),
        }
        order.into_iter().map(|index| &parts[index]).collect()
    }
}
