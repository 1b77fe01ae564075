//! All of IAM's actions, what each gives, whether it can be limited, and the keys that conditions may test.
//!
//! Here live the actions of every service, as they are spelled (newer ones in small letters), and the keys of its own that
//! requests have, read from `data/access.tsv`, which `cargo xtask catalog` writes. What actions act on says `action`.
//!
//! Nothing is read before somebody asks, and then only the lines of the service.

use std::collections::{BTreeMap, HashMap};
use std::sync::{LazyLock, OnceLock};

static TABLE: &str = include_str!("../data/access.tsv");

/// The word before keys.
const KEY: &str = "key";

/// What a word ends with, where the actions are allowed on everything or not at all.
const EVERYWHERE: &str = "-any";

/// The lines of each service, and its actions by name in small letters once somebody has asked for one.
static SERVICES: LazyLock<BTreeMap<&str, (&str, OnceLock<ByName>)>> = LazyLock::new(|| {
    let blocks = TABLE.split("\nservice\t").skip(1);
    let blocks = blocks.filter_map(|block| block.split_once('\n'));
    blocks
        .map(|(service, lines)| (service, (lines, OnceLock::new())))
        .collect()
});

type ByName = HashMap<String, Permission>;

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

/// How far an action can be limited to some resources.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// It can be allowed on some resources, and on others not.
    Resources,
    /// It is allowed on everything or not at all; what limits it are conditions.
    Everything,
}

/// An action, as whoever allows it has to see it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Permission {
    /// The name as it is spelled, without the service: `PutObject`.
    pub name: &'static str,
    /// What it gives.
    pub access: Access,
    /// Whether it can be limited.
    pub reach: Reach,
}

impl Access {
    fn from_word(word: &str) -> Option<Access> {
        match word.strip_suffix(EVERYWHERE).unwrap_or(word) {
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
    Some(permissions(service)?.map(|action| (action.name, action.access)))
}

/// Returns the same, and whether each can be limited to some resources.
pub fn permissions(service: &str) -> Option<impl Iterator<Item = Permission>> {
    Some(lines(service)?.flat_map(|(word, names)| read(word, names)))
}

/// Finds an action, in letters of any size.
///
/// ```
/// use stratiform_catalog::access::{self, Access, Reach};
///
/// let put = access::permission("s3:putobject").unwrap();
/// assert_eq!((put.name, put.access, put.reach), ("PutObject", Access::Write, Reach::Resources));
/// let buckets = access::permission("s3:ListAllMyBuckets").unwrap();
/// assert_eq!((buckets.access, buckets.reach), (Access::List, Reach::Everything));
/// assert!(access::permission("s3:Put*").is_none());
/// ```
pub fn permission(action: &str) -> Option<Permission> {
    let (service, name) = action.split_once(':')?;
    let (lines, by_name) = SERVICES.get(service.to_ascii_lowercase().as_str())?;
    let by_name = by_name.get_or_init(|| {
        let lines = lines.lines().filter_map(|line| line.split_once('\t'));
        let all = lines.flat_map(|(word, names)| read(word, names));
        all.map(|action| (action.name.to_ascii_lowercase(), action))
            .collect()
    });
    by_name.get(&name.to_ascii_lowercase()).copied()
}

/// The actions of a line; none where it has keys.
fn read(word: &'static str, names: &'static str) -> impl Iterator<Item = Permission> {
    let reach = match word.ends_with(EVERYWHERE) {
        true => Reach::Everything,
        false => Reach::Resources,
    };
    let access = Access::from_word(word).into_iter();
    access.flat_map(move |access| {
        names.split(' ').map(move |name| Permission {
            name,
            access,
            reach,
        })
    })
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
    let (lines, _) = SERVICES.get(service.to_ascii_lowercase().as_str())?;
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
        for (service, (lines, _)) in SERVICES.iter() {
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

    /// Well-known ones, each of another kind.
    #[test]
    fn each_says_what_it_gives_and_how_far_it_reaches() {
        use Reach::{Everything, Resources};
        for (action, access, reach) in [
            ("cloudwatch:PutMetricData", Access::Write, Everything),
            ("ec2:CreateTags", Access::Tag, Resources),
            ("ec2:DescribeInstances", Access::List, Everything),
            ("ecr:GetAuthorizationToken", Access::Read, Everything),
            ("iam:PassRole", Access::Write, Resources),
            ("iam:PutRolePolicy", Access::Permit, Resources),
            ("kms:CreateKey", Access::Write, Everything),
            ("s3:GetObject", Access::Read, Resources),
            ("s3:PutBucketPolicy", Access::Permit, Resources),
            ("sqs:SendMessage", Access::Write, Resources),
        ] {
            let known = permission(action).map(|action| (action.access, action.reach));
            assert_eq!(known, Some((access, reach)), "{action}");
        }
        for nobody in ["sqs", "sqs:", "sqs:RecieveMessage", "nobody:Knows"] {
            assert_eq!(permission(nobody), None, "{nobody}");
        }
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
