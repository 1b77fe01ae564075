//! What a value comes to.

use stratiform_finding::Finding;

use crate::resolved::Resolved;
use crate::text::{Segment, Text};

/// What a value comes to, once its functions are evaluated.
#[derive(Clone, Debug)]
pub enum Outcome<'t> {
    /// A value; parts of it may still not be known ([`Segment::Unknown`]).
    Value(Resolved<'t>),
    /// Nothing, as `AWS::NoValue` is: what it would be the value of is not there.
    Absent,
    /// A value of which nothing is known but what it is made from.
    Unknown(Text),
    /// A function that CloudFormation refuses; it stands for a value that is not known.
    Malformed {
        /// What it is made from.
        text: Text,
        /// What is wrong; its path leads from where the resolver began.
        finding: Box<Finding>,
    },
}

impl<'t> Outcome<'t> {
    /// The outcome as a part of a larger value, which keeps what is wrong with it; `None` where there is none.
    pub fn part(self) -> Option<Resolved<'t>> {
        match self {
            Outcome::Value(value) => Some(value),
            Outcome::Absent => None,
            Outcome::Unknown(text) => Some(Resolved::Text(Box::new(text))),
            Outcome::Malformed { mut text, finding } => {
                let unknown = text.segments.iter_mut().find_map(|segment| match segment {
                    Segment::Unknown { fault, .. } => Some(fault),
                    Segment::Known(_) | Segment::Resource { .. } | Segment::Secret(_) => None,
                });
                if let Some(fault) = unknown {
                    *fault = Some(finding);
                }
                Some(Resolved::Text(Box::new(text)))
            }
        }
    }
}

impl<'t> From<Resolved<'t>> for Outcome<'t> {
    fn from(value: Resolved<'t>) -> Self {
        Outcome::Value(value)
    }
}
