//! Resources that are stacks of their own.

use super::{Question, Row};
use crate::resource_type::PropertyPath;

/// What does a property say of the stack that such a resource is?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Nested {
    /// Where its template is, or the template itself.
    Template,
    /// The values of its parameters.
    Parameters,
}

impl Nested {
    pub(super) fn of(row: &Row) -> Option<(PropertyPath, Nested)> {
        let nested = match row.value {
            "template" => Nested::Template,
            "parameters" => Nested::Parameters,
            _ => return None,
        };
        Some((row.path()?, nested))
    }
}

/// Returns the properties that say what is in a resource which is a stack of its own, or several.
///
/// Source: CloudFormation template reference, the page of the type.
pub fn nests(resource_type: &str) -> impl Iterator<Item = (PropertyPath, Nested)> {
    let rows = Question::Nests.of(resource_type).iter();
    rows.filter_map(Nested::of)
}
