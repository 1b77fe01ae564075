//! Resources: what a type has to tell, and what is kept of a resource while its stack is built.
//!
//! What does not live here: the handles that stand for them (`handle.rs`), and what aspects see (`aspect.rs`).

pub(crate) mod aspect;
pub(crate) mod handle;
pub(crate) mod untyped;

use std::borrow::Cow;
use std::cell::RefCell;
use std::panic::Location;
use std::rc::Rc;

use crate::value::draft::{Draft, Identity, Reference};
use crate::value::property::{Expr, Shaped};

/// A resource's properties, of a type that CloudFormation knows. Implemented by the generated structs.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a resource",
    label = "expected a resource such as `sqs::Queue`",
    note = "property types (`sqs::queue::…`) go into the properties of a resource"
)]
pub trait Resource {
    /// What `Ref` gives.
    type Reference;

    /// The attributes that `Fn::GetAtt` can ask for, as methods.
    type Attributes: From<Rc<Identity>>;

    /// CloudFormation's name of the type: `AWS::SQS::Queue`.
    fn resource_type(&self) -> &str;

    /// The properties: a map.
    fn into_properties(self) -> Draft;
}

/// What happens to a resource, or to what it replaces, when it goes.
///
/// Source: CloudFormation template reference, "DeletionPolicy attribute".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeletionPolicy {
    /// It is deleted.
    Delete,
    /// It stays, outside every stack.
    Retain,
    /// It stays, but goes if the operation that creates it rolls back.
    RetainExceptOnCreate,
    /// A last snapshot is taken; then it is deleted.
    Snapshot,
}

impl DeletionPolicy {
    /// CloudFormation's word.
    pub fn as_str(self) -> &'static str {
        match self {
            DeletionPolicy::Delete => "Delete",
            DeletionPolicy::Retain => "Retain",
            DeletionPolicy::RetainExceptOnCreate => "RetainExceptOnCreate",
            DeletionPolicy::Snapshot => "Snapshot",
        }
    }
}

/// What happens to the old resource when a change replaces it.
///
/// Source: CloudFormation template reference, "UpdateReplacePolicy attribute".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReplacePolicy {
    /// It is deleted.
    Delete,
    /// It stays, outside every stack.
    Retain,
    /// A last snapshot is taken; then it is deleted.
    Snapshot,
}

impl ReplacePolicy {
    /// CloudFormation's word.
    pub fn as_str(self) -> &'static str {
        match self {
            ReplacePolicy::Delete => "Delete",
            ReplacePolicy::Retain => "Retain",
            ReplacePolicy::Snapshot => "Snapshot",
        }
    }
}

impl DeletionPolicy {
    /// The same on replacement, where nothing is being created that could roll back.
    pub(crate) fn on_replacement(self) -> ReplacePolicy {
        match self {
            DeletionPolicy::Delete => ReplacePolicy::Delete,
            DeletionPolicy::Retain | DeletionPolicy::RetainExceptOnCreate => ReplacePolicy::Retain,
            DeletionPolicy::Snapshot => ReplacePolicy::Snapshot,
        }
    }
}

/// A resource that is being built.
///
/// What never changes stands outside of the cell, so that a handle is cloned and a view is asked without
/// borrowing anything. The cell is borrowed only inside functions that call nobody else's code: never across an
/// aspect or a conversion that somebody else wrote, which may use the same resource again.
#[derive(Debug)]
pub(crate) struct ResourceDraft {
    pub(crate) identity: Rc<Identity>,
    pub(crate) resource_type: String,
    pub(crate) content: RefCell<ResourceContent>,
}

/// What handles and aspects change of a resource.
#[derive(Debug, Default)]
pub(crate) struct ResourceContent {
    pub(crate) properties: Vec<(Cow<'static, str>, Draft)>,
    pub(crate) condition: Option<Rc<Identity>>,
    pub(crate) depends_on: Vec<Dependency>,
    pub(crate) deletion_policy: Option<DeletionPolicy>,
    pub(crate) update_replace_policy: Option<ReplacePolicy>,
    pub(crate) creation_policy: Option<Draft>,
    pub(crate) update_policy: Option<Draft>,
    pub(crate) metadata: Option<Draft>,
}

/// A resource that another one waits for, and where that is written.
#[derive(Debug)]
pub(crate) struct Dependency {
    pub(crate) on: Rc<Identity>,
    pub(crate) location: &'static Location<'static>,
}

/// The attributes of a type that has none.
#[derive(Debug)]
pub struct NoAttributes;

impl From<Rc<Identity>> for NoAttributes {
    fn from(_: Rc<Identity>) -> Self {
        NoAttributes
    }
}

/// One attribute of a resource as an expression. For generated code.
pub fn attribute<T: Shaped>(identity: &Rc<Identity>, name: &'static str) -> Expr<T> {
    Expr::new(Draft::Reference(Reference::attribute(
        identity.clone(),
        name,
        T::SHAPE,
    )))
}
