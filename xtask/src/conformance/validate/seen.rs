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
        let (one, two) = (self.steps(), other.steps());
        self.is_around(other)
            || match (one.split_last(), two.split_last()) {
                (Some((_, one)), Some((_, two))) => one == two && one.len() > 1,
                _ => false,
            }
    }

    /// Whether the place of one is that of the other, or in it.
    pub(super) fn is_around(&self, other: &Seen) -> bool {
        let (one, two) = (self.steps(), other.steps());
        one.starts_with(&two) || two.starts_with(&one)
    }

    /// The path, with the parts of keys that have a dot: AWS's validator writes paths with dots.
    fn steps(&self) -> Vec<&str> {
        self.path.iter().flat_map(|step| step.split('.')).collect()
    }

    /// With a path that begins once at the top, where AWS's validator has its beginning twice.
    pub(super) fn beginning_once(mut self) -> Seen {
        if let [section, name, again, repeated, ..] = self.path.as_slice()
            && section == again
            && name == repeated
        {
            self.path.drain(..2);
        }
        self
    }

    /// The place as text.
    pub(super) fn place(&self) -> String {
        self.path.join("/")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(path: &str) -> Seen {
        Seen {
            rule: "E3012".to_owned(),
            level: String::new(),
            path: path.split('/').map(str::to_owned).collect(),
            message: String::new(),
        }
    }

    #[test]
    fn a_place_is_near_what_it_is_in_and_what_is_beside_it() {
        let here = seen("Resources/A/Properties/B/0");
        for near in [
            "Resources/A/Properties/B/0",
            "Resources/A/Properties",
            "Resources/A/Properties/B/0/Fn::If/1",
            "Resources/A/Properties/B/1",
        ] {
            assert!(here.is_near(&seen(near)), "{near}");
            assert!(seen(near).is_near(&here), "{near}");
        }
        for far in ["Resources/B/Properties", "Resources/A/Properties/C"] {
            assert!(!here.is_near(&seen(far)), "{far}");
        }
    }

    #[test]
    fn a_key_with_a_dot_is_the_same_as_two_keys() {
        assert!(seen("Resources/A/a.b/c").is_near(&seen("Resources/A/a/b/c/d")));
    }

    #[test]
    fn a_path_that_begins_twice_begins_once() {
        let twice = seen("Conditions/A/Conditions/A/Fn::And").beginning_once();
        assert_eq!(twice.place(), "Conditions/A/Fn::And");
        let once = seen("Conditions/A/Fn::And/0").beginning_once();
        assert_eq!(once.place(), "Conditions/A/Fn::And/0");
    }
}
