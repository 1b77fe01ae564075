//! What CloudFormation does not look at when it looks for drift, and who changes things past it as a matter of course.

use super::{NOTHING, Question};
use crate::resource_type::PropertyPath;

/// Somebody who changes a property past CloudFormation as a matter of course.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mover {
    /// The property.
    pub path: PropertyPath,
    /// Where.
    pub given: Given,
    /// Who, in a few words.
    pub who: &'static str,
    /// The page that says so.
    pub source: &'static str,
}

impl Mover {
    /// Whether drift-aware change sets leave it as it is there: their page says so.
    pub fn is_left_alone(self) -> bool {
        self.source == "drift-aware-change-sets"
    }
}

/// Where is a property changed past CloudFormation?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Given {
    /// Anywhere.
    Always,
    /// Where the stack has a resource of this type.
    Type(&'static str),
    /// Where the resource has this property.
    Property(&'static str),
}

/// Whether CloudFormation leaves such resources out when it looks for drift.
///
/// Source: CloudFormation user guide, "Resource type support for imports and drift detection".
pub fn is_left_out_of_drift(resource_type: &str) -> bool {
    Question::NoDrift.is_answered(resource_type)
}

/// Returns who changes which property of such a resource past CloudFormation. Who scales it is asked of
/// [`scaled`](super::scaled).
///
/// Source: the pages that the table names.
pub fn movers(resource_type: &str) -> impl Iterator<Item = Mover> {
    let rows = Question::MovedBy.of(resource_type).iter();
    rows.filter_map(|row| {
        Some(Mover {
            path: row.path()?,
            given: match row.value {
                NOTHING => Given::Always,
                name if name.contains("::") => Given::Type(name),
                name => Given::Property(name),
            },
            who: row.what,
            source: row.source,
        })
    })
}
