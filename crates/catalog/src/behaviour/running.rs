//! What keeps something running, and who notices when it does not.

use super::{Question, Row};
use crate::resource_type::PropertyPath;

/// A value of a property with which something stops.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stop {
    /// The property.
    pub path: PropertyPath,
    /// The value.
    pub value: &'static str,
    /// What is so then, in a few words: `no task runs`.
    pub what: &'static str,
    /// The page that says so.
    pub source: &'static str,
}

/// A property that leads those who use a resource: with another value, they go elsewhere or nowhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Redirect {
    /// The property.
    pub path: PropertyPath,
    /// What is so then, in a few words: `traffic takes another way`.
    pub what: &'static str,
    /// The page that says so.
    pub source: &'static str,
}

/// Returns the properties that stop something, each with the value that does so.
///
/// Source: CloudFormation template reference, the page of the type.
pub fn stops(resource_type: &str) -> impl Iterator<Item = Stop> {
    let rows = Question::StopsAt.of(resource_type).iter();
    rows.filter_map(|row| {
        Some(Stop {
            path: row.path()?,
            value: row.value,
            what: row.what,
            source: row.source,
        })
    })
}

/// Returns the properties that lead those who use such a resource.
///
/// Source: CloudFormation template reference, the page of the type.
pub fn redirects(resource_type: &str) -> impl Iterator<Item = Redirect> {
    let rows = Question::Redirects.of(resource_type).iter();
    rows.filter_map(|row| {
        Some(Redirect {
            path: row.path()?,
            what: row.what,
            source: row.source,
        })
    })
}

/// Returns what is so without such a resource, in a few words, where somebody uses it all the time: `its tasks end`.
///
/// Source: CloudFormation template reference, the page of the type.
pub fn serves(resource_type: &str) -> Option<&'static str> {
    Some(Question::Serves.of(resource_type).first()?.what)
}

/// What others read of a resource, by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HandsOver {
    /// The property with the value.
    pub value: &'static str,
    /// The property with the name.
    pub name: &'static str,
}

/// Returns what the templates of other stacks read of such a resource by its name, when they are deployed.
///
/// Source: CloudFormation template reference, "Systems Manager parameter types".
pub fn hands_over(resource_type: &str) -> Option<HandsOver> {
    let row = Question::HandsOver.of(resource_type).first()?;
    Some(HandsOver {
        value: row.path,
        name: row.value,
    })
}

/// How the changes of a resource come to those who use it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GoesLive {
    /// The property that names what is deployed; nothing where that is the resource itself.
    pub part_of: Option<PropertyPath>,
    /// The type of which a new resource is needed: `AWS::ApiGateway::Deployment`.
    pub with: &'static str,
    at_once: &'static str,
}

impl GoesLive {
    pub(super) fn of(row: &Row) -> GoesLive {
        let (with, at_once) = row.value.split_once(" but ").unwrap_or((row.value, ""));
        GoesLive {
            part_of: row.path(),
            with,
            at_once,
        }
    }

    /// Returns the properties whose changes count at once all the same.
    pub fn at_once(self) -> impl Iterator<Item = &'static str> {
        self.at_once.split(' ')
    }
}

/// Returns how the changes of such a resource come to those who use it, where that takes more than the change.
///
/// Source: the page of the type with which they come.
pub fn goes_live(resource_type: &str) -> Option<GoesLive> {
    let row = Question::GoesLiveWith.of(resource_type).first()?;
    Some(GoesLive::of(row))
}

/// Returns the switch with which such a resource deploys all that changes by itself.
///
/// Source: CloudFormation template reference, the page of the type.
pub fn deploys_itself(resource_type: &str) -> Option<PropertyPath> {
    super::paths(Question::DeploysItself.of(resource_type)).next()
}

/// A number that something else sets, too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scaled {
    /// The property: `DesiredCount`.
    pub path: PropertyPath,
    /// The type of what sets it.
    pub by: &'static str,
    /// The switch in `UpdatePolicy` with which CloudFormation leaves the number alone.
    pub unless: Option<PropertyPath>,
    /// The page that says so.
    pub source: &'static str,
}

/// Returns the numbers that scaling sets, and that any update sets back to what is written.
///
/// Source: the pages that the table names.
pub fn scaled(resource_type: &str) -> impl Iterator<Item = Scaled> {
    let rows = Question::ScaledBy.of(resource_type).iter();
    rows.filter_map(|row| {
        let (by, unless) = row.value.split_once(" unless ").unzip();
        Some(Scaled {
            path: row.path()?,
            by: by.unwrap_or(row.value),
            unless: unless.map(PropertyPath),
            source: row.source,
        })
    })
}
