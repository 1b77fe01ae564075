//! What is around a template, and answers what the template cannot.

use std::borrow::Cow;
use std::fmt;

use stratiform_service::{AccountId, Region};

use crate::resolved::Resolved;
use crate::text::{Segment, Time, Use};

/// What a [`Resolver`](crate::Resolver) asks about what is not in the template. Whatever has no answer stays unknown.
///
/// A [`Whereabouts`] alone is a world in which nothing else is known. Implementations answer with the two lives of a
/// resource, with physical IDs, or with what they keep of other stacks.
pub trait World: fmt::Debug + Sync {
    /// Where the stack is: what the pseudo parameters say.
    fn place(&self) -> &Whereabouts;

    /// A pseudo parameter that the place does not say: `StackId`, `NotificationARNs`.
    fn pseudo(&self, _name: &str) -> Option<Resolved<'static>> {
        None
    }

    /// `Ref` (no attribute) or `Fn::GetAtt` of a resource.
    fn resource(&self, logical_id: &str, attribute: Option<&str>) -> Resolved<'static> {
        reference(logical_id, attribute, Time::Now, None)
    }

    /// The value of such a reference, where all of it is known.
    fn held(&self, logical_id: &str, attribute: Option<&str>) -> Option<String> {
        let reference = self.resource(logical_id, attribute);
        reference.known().map(Cow::into_owned)
    }

    /// `Fn::ImportValue`: the value of an export.
    fn export(&self, _name: &str) -> Option<Resolved<'static>> {
        None
    }

    /// `Fn::GetStackOutput`: an output of a stack.
    fn output(&self, _wanted: &StackOutput<'_>) -> Option<Resolved<'static>> {
        None
    }

    /// `Fn::GetAZs`: the names of a region's availability zones.
    fn zones(&self, _region: &str) -> Option<Vec<String>> {
        None
    }

    /// The value of a parameter whose type names one of Systems Manager; a list as text with commas.
    fn looked_up(&self, _name: &str) -> Option<String> {
        None
    }
}

/// An output of another stack, as `Fn::GetStackOutput` names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StackOutput<'a> {
    /// The stack's name, or its ARN.
    pub stack: &'a str,
    /// The output's key.
    pub output: &'a str,
    /// Its region, where it is another one.
    pub region: Option<&'a str>,
    /// The ARN of the role that reads it, where it is another account's.
    pub role: Option<&'a str>,
}

/// Where a stack is: what pseudo parameters say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Whereabouts {
    /// The stack's name.
    pub stack: String,
    /// The region.
    pub region: Region,
    /// The account, where it is known.
    pub account: Option<AccountId>,
}

impl World for Whereabouts {
    fn place(&self) -> &Whereabouts {
        self
    }

    fn held(&self, _logical_id: &str, _attribute: Option<&str>) -> Option<String> {
        None
    }
}

/// A reference to a resource as a value: which of its lives is meant, and what the value is now, where that is known.
pub fn reference(
    logical_id: &str,
    attribute: Option<&str>,
    time: Time,
    now: Option<String>,
) -> Resolved<'static> {
    let used = match attribute {
        None => Use::Reference(logical_id.to_owned()),
        Some(attribute) => Use::Attribute(logical_id.to_owned(), attribute.to_owned()),
    };
    let segment = Segment::Resource {
        logical_id: logical_id.to_owned(),
        attribute: attribute.map(str::to_owned),
        time,
        now,
    };
    Resolved::text(vec![segment], vec![used])
}
