//! What a stack policy protects, as data: resources by their identity, and the updates that are refused.
//!
//! Source: CloudFormation user guide, "Prevent updates to stack resources".

use std::panic::Location;

use crate::value::draft::Target;
use crate::value::property::Json;

/// A kind of update that a stack policy can refuse.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Update {
    /// The resource changes and stays the same resource, interrupted or not.
    Modify,
    /// The resource gives way to a new one.
    Replace,
    /// The resource goes, since the template does not have it any more.
    Delete,
    /// Any of these.
    Any,
}

impl Update {
    /// CloudFormation's word.
    pub fn as_str(self) -> &'static str {
        match self {
            Update::Modify => "Update:Modify",
            Update::Replace => "Update:Replace",
            Update::Delete => "Update:Delete",
            Update::Any => "Update:*",
        }
    }
}

/// What was said about the updates of a stack, in the order in which it was said.
#[derive(Debug, Default)]
pub(crate) struct StackPolicyDraft {
    pub(crate) document: Option<PolicyDocumentDraft>,
    pub(crate) protections: Vec<Protection>,
}

/// A policy that somebody wrote as a document, and where.
#[derive(Debug)]
pub(crate) struct PolicyDocumentDraft {
    pub(crate) document: Json,
    pub(crate) location: &'static Location<'static>,
}

/// Resources, and the updates of them that are refused.
#[derive(Debug)]
pub(crate) struct Protection {
    pub(crate) resources: Vec<Target>,
    pub(crate) updates: Vec<Update>,
    pub(crate) location: &'static Location<'static>,
}
