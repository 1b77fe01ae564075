//! What happens by itself, and when.

use std::collections::BinaryHeap;

use serde::{Deserialize, Serialize};
use stratiform_service::Timestamp;

/// What happens by itself, the first first. What is due at the same moment happens in the order in which it was put
/// here.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Agenda {
    entries: BinaryHeap<Entry>,
    put: u64,
    /// How many entries are alarms.
    alarms: usize,
}

/// Where a stack is: in which realm, under which ARN.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Place {
    pub(crate) realm: usize,
    pub(crate) stack: String,
}

/// Something that happens by itself.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) enum Due {
    /// A change set is made.
    ChangeSet { realm: usize, change_set: String },
    /// Something of an operation goes on. One that is in another round does not hear of it.
    Operation {
        place: Place,
        round: usize,
        what: Moment,
    },
    /// A look for drift is over.
    Drift { place: Place, detection: String },
    /// An alarm goes off.
    Alarm { name: String },
    /// Something outside of stacks is done.
    Estate { realm: usize, what: String },
}

/// What goes on in an operation?
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Moment {
    /// The first resources start.
    Begin,
    /// A resource has its physical ID.
    Initiated { task: usize },
    /// A resource is configured, and is waited for.
    Check { task: usize },
    /// A resource is done, for good or ill.
    Done { task: usize },
    /// It took too long.
    Timeout,
    /// The alarms have been watched for long enough.
    Monitored,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Entry {
    at: Timestamp,
    number: u64,
    due: Due,
}

impl Agenda {
    /// Puts something on the agenda.
    pub(crate) fn put(&mut self, at: Timestamp, due: Due) {
        self.put += 1;
        self.alarms += usize::from(matches!(due, Due::Alarm { .. }));
        self.entries.push(Entry {
            at,
            number: self.put,
            due,
        });
    }

    /// The next moment at which something happens. An alarm alone is nothing to wait for: it goes off when its time
    /// comes.
    pub(crate) fn next(&self) -> Option<Timestamp> {
        let is_moving = self.entries.len() > self.alarms;
        self.entries
            .peek()
            .filter(|_| is_moving)
            .map(|entry| entry.at)
    }

    /// Takes what is due next, if it is due by then.
    pub(crate) fn take(&mut self, until: Timestamp) -> Option<(Timestamp, Due)> {
        if self.entries.peek()?.at > until {
            return None;
        }
        let Entry { at, due, .. } = self.entries.pop()?;
        self.alarms -= usize::from(matches!(due, Due::Alarm { .. }));
        Some((at, due))
    }
}

impl Entry {
    fn key(&self) -> (Timestamp, u64) {
        (self.at, self.number)
    }
}

impl PartialEq for Entry {
    fn eq(&self, other: &Self) -> bool {
        self.key() == other.key()
    }
}

impl Eq for Entry {}

impl PartialOrd for Entry {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Entry {
    /// What is due first is the greatest, as the heap wants it.
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        other.key().cmp(&self.key())
    }
}
