//! All of IAM's actions, what each gives, and the keys that conditions may test.
//!
//! Here live the actions of every service, as they are spelled (newer ones in small letters), and the keys of its own that
//! requests have, read from `data/access.tsv`, which `cargo xtask catalog` writes. What actions act on says `action`.
//!
//! Nothing is read before somebody asks, and then only the lines of the service.

use std::collections::BTreeMap;
use std::sync::LazyLock;

static TABLE: &str = include_str!("../data/access.tsv");

/// The word before keys.
const KEY: &str = "key";

static SERVICES: LazyLock<BTreeMap<&str, &str>> = LazyLock::new(|| {
    let blocks = TABLE.split("\nservice\t").skip(1);
    blocks.filter_map(|block| block.split_once('\n')).collect()
});

/// What an action gives to whoever may do it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Access {
    /// To see what there is.
    List,
    /// To see what is in it.
    Read,
    /// To change tags.
    Tag,
    /// To make, change and delete.
    Write,
    /// To change who may do what.
    Permit,
    /// Nobody says yet.
    Unknown,
}

impl Access {
    fn from_word(word: &str) -> Option<Access> {
        match word {
            "list" => Some(Access::List),
            "read" => Some(Access::Read),
            "tag" => Some(Access::Tag),
            "write" => Some(Access::Write),
            "permit" => Some(Access::Permit),
            "unknown" => Some(Access::Unknown),
            _ => None,
        }
    }
}

/// Returns all actions of a service (`sqs`, in letters of any size) as they are spelled, without the service; nothing
/// for a service that IAM does not have.
///
/// ```
/// use stratiform_catalog::access::{self, Access};
///
/// let mut actions = access::actions("sqs").unwrap();
/// assert!(actions.any(|action| action == ("ReceiveMessage", Access::Read)));
/// assert!(access::actions("nobody").is_none());
/// ```
pub fn actions(service: &str) -> Option<impl Iterator<Item = (&'static str, Access)>> {
    let lines = lines(service)?.filter_map(|(word, names)| Some((Access::from_word(word)?, names)));
    Some(lines.flat_map(|(level, actions)| actions.split(' ').map(move |name| (name, level))))
}

/// Returns the keys of a service's own that conditions may test (`ViaService` of `kms`), without the service; `*` is any
/// text: `ResourceTag/*`. Nothing for a service that IAM does not have.
///
/// ```
/// use stratiform_catalog::access;
///
/// assert!(access::keys("kms").unwrap().any(|key| key == "ViaService"));
/// assert_eq!(access::keys("sqs").unwrap().count(), 0);
/// assert!(access::keys("nobody").is_none());
/// ```
pub fn keys(service: &str) -> Option<impl Iterator<Item = &'static str>> {
    let lines = lines(service)?.filter(|(word, _)| *word == KEY);
    Some(lines.flat_map(|(_, keys)| keys.split(' ')))
}

/// What is said of a service: words, each with names.
fn lines(service: &str) -> Option<impl Iterator<Item = (&'static str, &'static str)>> {
    let lines = SERVICES.get(service.to_ascii_lowercase().as_str())?;
    Some(lines.lines().filter_map(|line| line.split_once('\t')))
}

/// Returns the names of all services, sorted.
pub fn services() -> impl Iterator<Item = &'static str> {
    SERVICES.keys().copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_is_read() {
        for (service, lines) in SERVICES.iter() {
            for line in lines.lines() {
                let (level, names) = line.split_once('\t').unwrap();
                let is_known = level == KEY || Access::from_word(level).is_some();
                assert!(is_known, "{service}: {line}");
                assert!(names.split(' ').all(|name| !name.is_empty()), "{service}");
            }
        }
        let all: usize = services().filter_map(actions).map(Iterator::count).sum();
        assert!(all > 20_000, "{all}");
        let all: usize = services().filter_map(keys).map(Iterator::count).sum();
        assert!(all > 1_000, "{all}");
    }

    /// What handlers name and IAM's other table knows is here, too.
    #[test]
    fn both_tables_agree() {
        let mut missing = Vec::new();
        for service in services() {
            let known: Vec<String> = actions(service)
                .into_iter()
                .flatten()
                .map(|(name, _)| name.to_ascii_lowercase())
                .collect();
            let named = crate::action::actions(service).map(|action| action.name);
            missing.extend(
                named
                    .filter(|name| !known.contains(&name.to_ascii_lowercase()))
                    .map(|name| format!("{service}:{name}")),
            );
        }
        assert_eq!(missing, [""; 0]);
    }
}
