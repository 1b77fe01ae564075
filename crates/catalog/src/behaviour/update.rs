//! What an update in place does, and which ones AWS refuses.

use super::{ANY, NOTHING, Question, Row, paths};
use crate::resource_type::PropertyPath;

/// A documented fact about an update in place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DocumentedUpdate {
    /// What is documented.
    pub class: Class,
    /// What happens, in a few words.
    pub what: &'static str,
    /// The page that says so.
    pub source: &'static str,
}

/// What does AWS document?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// No interruption.
    None,
    /// Some interruption, always.
    Some,
    /// It depends on circumstances.
    Sometimes,
    /// What becomes another is taken away and added again; what only comes or goes interrupts nothing.
    Exchanges,
    /// It may replace the resource, or interrupt it.
    Replaces,
    /// A rolling or blue/green deployment.
    Deploys,
    /// Nothing yet: what there is stays as it is, and what is made later is another.
    Later,
}

impl DocumentedUpdate {
    pub(super) fn of(row: &Row) -> Option<DocumentedUpdate> {
        let class = match row.value {
            "none" => Class::None,
            "some" => Class::Some,
            "sometimes" => Class::Sometimes,
            "exchanges" => Class::Exchanges,
            "replaces" => Class::Replaces,
            "deploys" => Class::Deploys,
            "later" => Class::Later,
            _ => return None,
        };
        Some(DocumentedUpdate {
            class,
            what: row.what,
            source: row.source,
        })
    }
}

/// Returns what is documented for a property, given by its keys: the fact with the longest path that leads to it.
///
/// Source: CloudFormation template reference, user guides and API models; the table lists them.
pub fn documented(resource_type: &str, path: &[String]) -> Option<DocumentedUpdate> {
    let rows = Question::Update.of(resource_type).iter();
    let row = rows
        .filter(|row| covers(row.path, path))
        .max_by_key(|row| row.path.len())?;
    DocumentedUpdate::of(row)
}

/// What does it mean that a property goes, or gets another value, where that is not what [`documented`] says of any
/// change?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Transition {
    /// A new resource takes the place of the old one; the page that says so.
    New(&'static str),
    /// An update in place.
    InPlace(DocumentedUpdate),
}

/// Returns what is documented for a property that goes, or has another value after the change.
///
/// Source: CloudFormation template reference, the page of the type.
pub fn transition(resource_type: &str, path: &[String], goes: bool) -> Option<Transition> {
    let question = match goes {
        true => Question::WhenRemoved,
        false => Question::WhenChanged,
    };
    let mut rows = question.of(resource_type).iter();
    rows.find(|row| covers(row.path, path))
        .and_then(Transition::of)
}

impl Transition {
    pub(super) fn of(row: &Row) -> Option<Transition> {
        match row.value {
            "new" => Some(Transition::New(row.source)),
            _ => DocumentedUpdate::of(row).map(Transition::InPlace),
        }
    }
}

/// Whether a fact's path leads to a property.
pub(super) fn covers(known: &str, path: &[String]) -> bool {
    let mut keys = path.iter();
    known == ANY
        || known
            .split('/')
            .all(|step| keys.next().is_some_and(|key| step == ANY || step == key))
}

/// An update policy of the template that decides about an update.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UpdatePolicy {
    /// Where it stands in `UpdatePolicy`: `AutoScalingReplacingUpdate/WillReplace`.
    pub path: PropertyPath,
    /// What it does.
    pub effect: PolicyEffect,
    /// The page that says so.
    pub source: &'static str,
}

/// What does an update policy do?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PolicyEffect {
    /// With `true` the update is one in place; otherwise the resource is replaced.
    InPlace,
    /// With `true` the resource is replaced.
    Replaces,
    /// Where it is there, what the resource consists of is replaced bit by bit, in these words: `instances`.
    Rolls(&'static str),
}

impl UpdatePolicy {
    pub(super) fn of(row: &Row) -> Option<UpdatePolicy> {
        let (effect, path) = row.value.split_once(' ')?;
        Some(UpdatePolicy {
            path: PropertyPath(path),
            effect: match effect {
                "in-place" => PolicyEffect::InPlace,
                "replaces" => PolicyEffect::Replaces,
                "rolls" => PolicyEffect::Rolls(row.what),
                _ => return None,
            },
            source: row.source,
        })
    }
}

/// Returns the update policies that decide about the update of a property, given by its keys; the one that has
/// precedence comes first.
///
/// Source: CloudFormation template reference, "UpdatePolicy attribute".
pub fn update_policies(resource_type: &str, path: &[String]) -> impl Iterator<Item = UpdatePolicy> {
    let rows = Question::UpdatePolicy.of(resource_type).iter();
    rows.filter(|row| covers(row.path, path))
        .filter_map(UpdatePolicy::of)
}

/// Returns the numbers that can become greater and not smaller.
///
/// Source: CloudFormation template reference, the page of the type; Amazon RDS user guide, "Working with storage".
pub fn only_grows(resource_type: &str) -> impl Iterator<Item = PropertyPath> {
    paths(Question::OnlyGrows.of(resource_type))
}

/// Versions whose major part changes only where that is allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MajorUpgrade {
    /// The property with the version: `EngineVersion`.
    pub version: &'static str,
    /// The property that must be `true`: `AllowMajorVersionUpgrade`.
    pub allowed_by: PropertyPath,
}

/// Returns what AWS wants to see before it changes the major version.
///
/// Source: CloudFormation template reference, `AllowMajorVersionUpgrade` of the types.
pub fn major_upgrade(resource_type: &str) -> Option<MajorUpgrade> {
    let row = Question::AllowsMajorUpgrade.of(resource_type).first()?;
    Some(MajorUpgrade {
        version: row.value,
        allowed_by: row.path()?,
    })
}

/// Indexes, and what is like them, of which one can come or go per update.
#[derive(Clone, Copy, Debug)]
pub struct Indexes {
    /// The list of them: `GlobalSecondaryIndexes`.
    pub list: &'static str,
    /// The property of an index that names it: `IndexName`.
    pub name: &'static str,
    /// What such an index is called: `global secondary index`.
    pub noun: &'static str,
    /// The property with which the limit does not hold, where there is one.
    pub unless: Option<PropertyPath>,
    fixed: &'static [Row],
}

impl Indexes {
    /// Returns the properties of an index that cannot be changed while it stays: `KeySchema`.
    pub fn fixed(self) -> impl Iterator<Item = &'static str> {
        let items = self.fixed.iter().filter_map(|row| item(row.path));
        items
            .filter(move |(list, _)| *list == self.list)
            .map(|(_, property)| property)
    }
}

/// Returns the lists of indexes, and of what is like them, of which one can come or go per update.
///
/// Source: CloudFormation template reference, the pages of the tables of DynamoDB.
pub fn indexes(resource_type: &str) -> impl Iterator<Item = Indexes> {
    let rows = Question::OneIndexPerUpdate.of(resource_type).iter();
    let fixed = Question::FixedInIndex.of(resource_type);
    rows.filter_map(move |row| {
        let (list, name) = item(row.path)?;
        Some(Indexes {
            list,
            name,
            noun: row.what,
            unless: (row.value != NOTHING).then_some(PropertyPath(row.value)),
            fixed,
        })
    })
}

/// A list, and a property of its items.
pub(super) fn item(path: &'static str) -> Option<(&'static str, &'static str)> {
    path.split_once("/*/")
}
