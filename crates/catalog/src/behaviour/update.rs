//! What an update in place does, and which ones AWS refuses.

use super::{ANY, Question, Row, paths};
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
    /// It may replace the resource, or interrupt it.
    Replaces,
    /// A rolling or blue/green deployment.
    Deploys,
}

impl DocumentedUpdate {
    pub(super) fn of(row: &Row) -> Option<DocumentedUpdate> {
        let class = match row.value {
            "none" => Class::None,
            "some" => Class::Some,
            "sometimes" => Class::Sometimes,
            "replaces" => Class::Replaces,
            "deploys" => Class::Deploys,
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

/// Indexes of which one can come or go per update.
#[derive(Clone, Copy, Debug)]
pub struct Indexes {
    /// The list of them: `GlobalSecondaryIndexes`.
    pub list: &'static str,
    /// The property of an index that names it: `IndexName`.
    pub name: &'static str,
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

/// Returns the indexes of which one can come or go per update.
///
/// Source: CloudFormation template reference, `AWS::DynamoDB::Table`, `GlobalSecondaryIndexes`.
pub fn indexes(resource_type: &str) -> Option<Indexes> {
    let row = Question::OneIndexPerUpdate.of(resource_type).first()?;
    let (list, name) = item(row.path)?;
    Some(Indexes {
        list,
        name,
        fixed: Question::FixedInIndex.of(resource_type),
    })
}

/// A list, and a property of its items.
fn item(path: &'static str) -> Option<(&'static str, &'static str)> {
    path.split_once("/*/")
}
