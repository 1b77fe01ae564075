//! When a secret becomes another one.

use super::{NOTHING, Question, Row, paths};
use crate::resource_type::PropertyPath;

/// A property whose change gives a secret another value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Renewal {
    /// The property.
    pub path: PropertyPath,
    /// Who chooses the value.
    pub chosen_by: ChosenBy,
    /// The page that says so.
    pub source: &'static str,
}

/// Who chooses the value of a secret?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChosenBy {
    /// The template.
    Template,
    /// AWS, at random.
    Aws,
}

impl Renewal {
    pub(super) fn of(row: &Row) -> Option<Renewal> {
        Some(Renewal {
            path: row.path()?,
            chosen_by: match row.value {
                NOTHING => ChosenBy::Template,
                "random" => ChosenBy::Aws,
                _ => return None,
            },
            source: row.source,
        })
    }
}

/// Returns the properties whose change, whatever it is, gives a secret another value at once.
///
/// Source: CloudFormation template reference, the page of the type.
pub fn renewals(resource_type: &str) -> impl Iterator<Item = Renewal> {
    let rows = Question::Renews.of(resource_type).iter();
    rows.filter_map(Renewal::of)
}

/// Returns the property that names a resource, where a reference to such a resource is one to that.
///
/// Source: CloudFormation template reference, the page of the type, "Return values".
pub fn stands_for(resource_type: &str) -> Option<PropertyPath> {
    paths(Question::StandsFor.of(resource_type)).next()
}

/// Returns what is so for those who were given such a resource, once another one takes its place, in a few words: `whoever
/// uses the old key is refused`.
///
/// Source: CloudFormation template reference, the page of the type.
pub fn credential(resource_type: &str) -> Option<&'static str> {
    Some(Question::Credential.of(resource_type).first()?.what)
}
