//! How long data is kept, and what deletes it.

use super::update::item;
use super::{ANY, NOTHING, Question, Row};
use crate::resource_type::PropertyPath;

/// A number that says how long, or how much, of a resource's data is kept: when it gets smaller, what is more is deleted.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Retention {
    /// The property.
    pub path: PropertyPath,
    /// What counts where nothing is written.
    pub unwritten: Unwritten,
    /// The data that goes, in a few words.
    pub what: &'static str,
    /// The page that says so.
    pub source: &'static str,
}

/// What counts where no retention is written?
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Unwritten {
    /// All is kept.
    Forever,
    /// So many days, hours or copies.
    Number(f64),
    /// Nothing was found that says so.
    NotKnown,
}

impl Retention {
    pub(super) fn of(row: &Row) -> Option<Retention> {
        Some(Retention {
            path: row.path()?,
            unwritten: match row.value {
                NOTHING => Unwritten::NotKnown,
                "forever" => Unwritten::Forever,
                number => Unwritten::Number(number.parse().ok()?),
            },
            what: row.what,
            source: row.source,
        })
    }
}

/// Returns the numbers that say how long, or how much, of a resource's data is kept. What is said of one type comes before
/// what is said of all.
///
/// Source: CloudFormation template reference, the pages of the types.
pub fn retentions(resource_type: &str) -> impl Iterator<Item = Retention> {
    let of_type = Question::Retains.of(resource_type).iter();
    let of_any = Question::Retains.of(ANY).iter();
    of_type.chain(of_any).filter_map(Retention::of)
}

/// Rules in a list that delete data after a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Expiration {
    /// The list of rules: `LifecycleConfiguration/Rules`.
    pub list: PropertyPath,
    /// The property of a rule that says when: `ExpirationInDays`.
    pub when: PropertyPath,
    /// The property and value with which a rule counts.
    pub counts: (&'static str, &'static str),
    /// The properties of a rule that say for what it counts, separated by blanks.
    within: &'static str,
    /// The data that goes, in a few words.
    pub what: &'static str,
    /// The page that says so.
    pub source: &'static str,
}

impl Expiration {
    pub(super) fn of(row: &Row) -> Option<Expiration> {
        let (list, when) = item(row.path)?;
        let (counts, within) = row.value.split_once(' ')?;
        Some(Expiration {
            list: PropertyPath(list),
            when: PropertyPath(when),
            counts: counts.split_once('=')?,
            within,
            what: row.what,
            source: row.source,
        })
    }

    /// Returns the properties of a rule that say for what it counts.
    pub fn within(self) -> impl Iterator<Item = &'static str> {
        self.within.split(' ')
    }
}

/// Returns the rules that delete data of such a resource after a time.
///
/// Source: CloudFormation template reference, the page of the type.
pub fn expirations(resource_type: &str) -> impl Iterator<Item = Expiration> {
    let rows = Question::Expires.of(resource_type).iter();
    rows.filter_map(Expiration::of)
}

/// A property with which AWS deletes data of a resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Deletion {
    /// The property.
    pub path: PropertyPath,
    /// The value with which it does; nothing stands for any.
    pub at: Option<&'static str>,
    /// The data that goes, in a few words.
    pub what: &'static str,
    /// The page that says so.
    pub source: &'static str,
}

/// Returns the properties with which AWS deletes data of such a resource, by and by.
///
/// Source: CloudFormation template reference, the page of the type.
pub fn deletions(resource_type: &str) -> impl Iterator<Item = Deletion> {
    let rows = Question::DeletesAt.of(resource_type).iter();
    rows.filter_map(|row| {
        Some(Deletion {
            path: row.path()?,
            at: (row.value != ANY).then_some(row.value),
            what: row.what,
            source: row.source,
        })
    })
}
