//! Resources: what a type has to tell, and what is kept of a resource while its stack is built.
//!
//! What does not live here: what stands beside properties (`definition.rs`), and the handles that stand for
//! resources (`handle.rs`).

pub(crate) mod definition;
pub(crate) mod handle;
pub(crate) mod untyped;

use std::fmt;
use std::panic::Location;

use stratiform_finding::{Code, Finding, Place};

use stratiform_template::Text;

use crate::resource::definition::ResourceSettings;
use crate::value::draft::{Draft, Reference, Target};
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
    type Attributes: Attributes;

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
#[derive(Debug)]
pub(crate) struct ResourceDraft {
    pub(crate) target: Target,
    pub(crate) resource_type: Text,
    pub(crate) properties: Properties,
    /// None where nothing stands beside the properties.
    pub(crate) settings: Option<Box<ResourceSettings>>,
}

/// Properties by name, in order.
pub(crate) type Properties = Vec<(Text, Draft)>;

/// The properties of what is named, which are a map where nobody made them by hand.
pub(crate) fn properties(
    what: impl fmt::Display,
    properties: Draft,
    location: &'static Location<'static>,
) -> Result<Properties, Box<Finding>> {
    match properties {
        Draft::Map(properties) => Ok(properties),
        _ => Err(Box::new(
            Finding::new(
                Code::UntypedProperties,
                format!("the properties of {what} are no map"),
                "write `json!({\"Name\": value})`",
            )
            .at(Place::rust(location, "declared here")),
        )),
    }
}

/// The attributes that `Fn::GetAtt` can ask a resource for. Implemented by generated code.
pub trait Attributes: Copy {
    /// Those of the resource that is there.
    fn of(target: Target) -> Self;

    /// Whose they are.
    fn target(&self) -> Target;
}

/// The attributes of a type that has none.
#[derive(Clone, Copy, Debug)]
pub struct NoAttributes(Target);

impl Attributes for NoAttributes {
    fn of(target: Target) -> Self {
        NoAttributes(target)
    }

    fn target(&self) -> Target {
        self.0
    }
}

/// One attribute of a resource as an expression. For generated code.
pub fn attribute<T: Shaped>(target: Target, name: &'static str) -> Expr<T> {
    Expr::new(Draft::reference(Reference::attribute(
        target,
        Text::new_static(name),
        T::SHAPE,
    )))
}
