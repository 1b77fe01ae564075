//! What came of looking at a template.

use stratiform_finding::Finding;

/// What is wrong with a template, and what could not be looked at.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// In the order of the sections; each has the path of what is wrong, and no place.
    pub findings: Vec<Finding>,
    /// How many resources were held against the catalog.
    pub checked: usize,
    /// What was not.
    pub not_checked: Vec<NotChecked>,
}

/// Something that nobody could look at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotChecked {
    /// Why not.
    pub reason: Reason,
    /// Keys and list positions from the top of the template.
    pub path: Vec<String>,
}

/// Why something was not looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Reason {
    /// What a macro makes of it is known only when it is deployed.
    Macro,
    /// A loop over something that is known only when it is deployed.
    Loop,
    /// A type that the catalog does not have: somebody's own.
    Type,
    /// The catalog has nothing of the region.
    Region,
    /// More combinations of conditions than could be looked at.
    Cases,
    /// A rule of the user's whose answer hangs on what is not known.
    Rule,
}

impl Reason {
    /// Every reason.
    pub const ALL: [Reason; 6] = [
        Reason::Macro,
        Reason::Loop,
        Reason::Type,
        Reason::Region,
        Reason::Cases,
        Reason::Rule,
    ];

    /// What there is of it, as one word: `2 macros`.
    pub fn noun(self) -> &'static str {
        match self {
            Reason::Macro => "macro",
            Reason::Loop => "loop",
            Reason::Type => "type",
            Reason::Region => "region",
            Reason::Cases => "set of combinations",
            Reason::Rule => "rule",
        }
    }
}
