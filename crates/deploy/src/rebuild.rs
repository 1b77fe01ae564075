//! Whether an environment can be rebuilt in another region, from git and backups alone.
//!
//! What lives here: from templates, and what the other region answered, to what is there and what is missing; how long it
//! took. What does not: asking, and deploying it (that is a deployment like any other, somewhere else).

mod back;
mod backup;
mod earlier;
mod offered;
mod region;
mod timeline;

use serde::Serialize;

use crate::guard::Verdict;

pub use back::{Room, fresh, room, standing};
pub use backup::{Backup, Chosen, Wish, backup, key};
pub use earlier::earlier;
pub use offered::{Ordered, Zones, orderable, ordered, zones};
pub use region::{names, parts, values};
pub use timeline::{Phase, Timeline, timeline};

/// One thing that a rebuild needs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Point {
    /// Which.
    pub id: PointId,
    /// Whether it is there: missing blocks, and what is not known is skipped.
    pub verdict: Verdict,
    /// What was found.
    pub reason: String,
    /// What to do; empty where nothing is to be done.
    pub remedy: String,
}

/// What does a rebuild need?
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum PointId {
    /// That there is something to go back from, and room for it.
    Home,
    /// That no stacks of an earlier time are there, with the data of then.
    Stacks,
    /// Types and properties that the region has.
    Region,
    /// Names that nobody else has.
    Names,
    /// Values of parameters.
    Parameters,
    /// Data to begin with.
    Backup,
    /// The keys that read it.
    Keys,
}

impl PointId {
    /// All of them, in the order in which they are told.
    pub const ALL: [PointId; 7] = [
        PointId::Home,
        PointId::Stacks,
        PointId::Region,
        PointId::Names,
        PointId::Parameters,
        PointId::Backup,
        PointId::Keys,
    ];

    /// Its name.
    pub fn as_str(self) -> &'static str {
        match self {
            PointId::Home => "home",
            PointId::Stacks => "stacks",
            PointId::Region => "region",
            PointId::Names => "names",
            PointId::Parameters => "parameters",
            PointId::Backup => "backup",
            PointId::Keys => "keys",
        }
    }
}

impl Point {
    fn passes(id: PointId, reason: impl Into<String>) -> Point {
        Point {
            id,
            verdict: Verdict::Pass,
            reason: reason.into(),
            remedy: String::new(),
        }
    }
}
