//! What keeps something running, and who notices when it does not.

use super::Question;
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
