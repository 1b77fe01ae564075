//! What one of the three says about a template: a rule, a place, words.

use serde::{Deserialize, Serialize};
use stratiform_finding::Level;

/// A finding of anybody's.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(super) struct Seen {
    /// cfn-lint's or AWS's number, or our code.
    pub(super) rule: String,
    /// AWS's level, which its numbers do not tell.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(super) level: String,
    /// Keys and positions from the top of the template.
    pub(super) path: Vec<String>,
    pub(super) message: String,
}

impl Seen {
    /// How much it matters.
    pub(super) fn severity(&self) -> Level {
        match self.level.as_str() {
            "FATAL" | "ERROR" | "Error" => Level::Error,
            "WARN" | "Warning" => Level::Warning,
            "INFO" | "DEBUG" | "Note" => Level::Note,
            // cfn-lint's numbers say it.
            _ => match self.rule.as_bytes().first() {
                Some(b'W') => Level::Warning,
                Some(b'I') => Level::Note,
                _ => Level::Error,
            },
        }
    }

    /// Whether two are about one place: the same one, one in the other, or two members of one thing.
    pub(super) fn is_near(&self, other: &Seen) -> bool {
        let (one, two) = (&self.path, &other.path);
        let (short, long) = if one.len() < two.len() {
            (one, two)
        } else {
            (two, one)
        };
        if long.starts_with(short) {
            return true;
        }
        match (one.split_last(), two.split_last()) {
            (Some((_, one)), Some((_, two))) => one == two && one.len() > 1,
            _ => false,
        }
    }

    /// The place as text.
    pub(super) fn place(&self) -> String {
        self.path.join("/")
    }
}
