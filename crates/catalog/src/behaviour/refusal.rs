//! Which updates AWS refuses, as it documents.

use super::{ANY, NOTHING, Question, Row, update::item};
use crate::resource_type::PropertyPath;

/// An update that AWS refuses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The property; nothing where it is about the resource as a whole.
    pub path: Option<PropertyPath>,
    /// Which updates of it.
    pub when: When,
    /// Only while a property had this value before the update.
    pub only_while: Option<(PropertyPath, &'static str)>,
    /// What to do instead, where that is more than to make another resource.
    pub instead: Option<&'static str>,
    /// The page that says so.
    pub source: &'static str,
}

/// Which updates of a property does AWS refuse?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// All of them. What is not written counts as this value, where there is one.
    Changed(Option<&'static str>),
    /// From this value to this one; nothing stands for any.
    From(Option<&'static str>, Option<&'static str>),
    /// Those that add or remove it.
    ComesOrGoes,
    /// From one value to another.
    Renamed,
    /// Those that come together with changes of one of these.
    With(Properties),
    /// Those that come together with changes of others than these.
    NotAlone(Properties),
    /// The replacement of a resource that has the property.
    Replaced,
}

/// Some properties.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Properties(&'static str);

impl Properties {
    /// Returns each of them.
    pub fn paths(self) -> impl Iterator<Item = PropertyPath> {
        self.0.split(' ').map(PropertyPath)
    }
}

impl Refusal {
    pub(super) fn of(row: &Row) -> Option<Refusal> {
        let (value, only_while) = match row.value.split_once(" while ") {
            Some((value, state)) => {
                let (path, state) = state.split_once('=')?;
                (value, Some((PropertyPath(path), state)))
            }
            None => (row.value, None),
        };
        let (word, rest) = value.split_once(' ').unwrap_or((value, ""));
        let some = |value: &'static str| (value != ANY).then_some(value);
        let when = match (word, rest) {
            (NOTHING, "") => When::Changed(None),
            ("unless", value) => When::Changed(Some(value)),
            ("from", values) => {
                let (from, to) = values.split_once(" to ")?;
                When::From(some(from), some(to))
            }
            ("comes-or-goes", "") => When::ComesOrGoes,
            ("renamed", "") => When::Renamed,
            ("with", others) => When::With(Properties(others)),
            ("not-alone", others) => When::NotAlone(Properties(others)),
            ("replaced", "") => When::Replaced,
            _ => return None,
        };
        Some(Refusal {
            path: row.path(),
            when,
            only_while,
            instead: (row.what != NOTHING).then_some(row.what),
            source: row.source,
        })
    }
}

/// Returns the updates of such a resource that AWS refuses. Those of properties whose change makes another resource
/// (createOnly in the catalog) are not among them.
///
/// Source: the pages that the table names.
pub fn refused_updates(resource_type: &str) -> impl Iterator<Item = Refusal> {
    let resource_type = match resource_type.starts_with("Custom::") {
        true => "AWS::CloudFormation::CustomResource",
        false => resource_type,
    };
    let rows = Question::RefusesUpdate.of(resource_type).iter();
    rows.filter_map(Refusal::of)
}

/// Items of a list that stay once they are there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StayingItems {
    /// The list of them: `Schema`.
    pub list: &'static str,
    /// The property that names an item: `Name`.
    pub name: &'static str,
    /// Whether they can be changed, and only not be removed.
    pub can_change: bool,
    /// The page that says so.
    pub source: &'static str,
}

impl StayingItems {
    pub(super) fn of(row: &Row) -> Option<StayingItems> {
        let (list, name) = item(row.path)?;
        Some(StayingItems {
            list,
            name,
            can_change: match row.value {
                NOTHING => false,
                "removed" => true,
                _ => return None,
            },
            source: row.source,
        })
    }
}

/// Returns the lists whose items can come, and not go.
///
/// Source: the pages that the table names.
pub fn staying_items(resource_type: &str) -> impl Iterator<Item = StayingItems> {
    let rows = Question::ItemsStay.of(resource_type).iter();
    rows.filter_map(StayingItems::of)
}

/// A version that can become later and not earlier.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Upgrade {
    /// The property with the version.
    pub path: PropertyPath,
    /// How far one update goes.
    pub step: UpgradeStep,
    /// The page that says so.
    pub source: &'static str,
}

/// How far does one upgrade go?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UpgradeStep {
    /// To any later version, as far as is known.
    Any,
    /// To the next minor version at most.
    Minor,
}

impl Upgrade {
    pub(super) fn of(row: &Row) -> Option<Upgrade> {
        Some(Upgrade {
            path: row.path()?,
            step: match row.value {
                NOTHING => UpgradeStep::Any,
                "minor-by-minor" => UpgradeStep::Minor,
                _ => return None,
            },
            source: row.source,
        })
    }
}

/// Returns the versions that can become later and not earlier.
///
/// Source: the pages that the table names.
pub fn upgrades(resource_type: &str) -> impl Iterator<Item = Upgrade> {
    let rows = Question::NeverBack.of(resource_type).iter();
    rows.filter_map(Upgrade::of)
}
