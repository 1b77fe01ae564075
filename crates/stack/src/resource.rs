//! Resources and the handles that stand for them.

use std::borrow::Cow;
use std::cell::RefCell;
use std::ops::Deref;
use std::panic::Location;
use std::rc::Rc;

use stratiform_template::Value;

use crate::draft::{Draft, Identity, Reference};
use crate::function::Condition;
use crate::property::{Expr, Json, PropertyType};

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
    fn on_replacement(self) -> ReplacePolicy {
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
    pub(crate) identity: Rc<Identity>,
    pub(crate) resource_type: String,
    pub(crate) properties: Vec<(Cow<'static, str>, Draft)>,
    pub(crate) location: &'static Location<'static>,
    pub(crate) condition: Option<Rc<Identity>>,
    pub(crate) depends_on: Vec<Rc<Identity>>,
    pub(crate) deletion_policy: Option<DeletionPolicy>,
    pub(crate) update_replace_policy: Option<ReplacePolicy>,
    pub(crate) creation_policy: Option<Draft>,
    pub(crate) update_policy: Option<Draft>,
    pub(crate) metadata: Option<Draft>,
}

/// Stands for a resource: its attributes are methods, and using one in another stack connects the stacks.
#[derive(Debug)]
pub struct Handle<R: Resource> {
    resource: Rc<RefCell<ResourceDraft>>,
    identity: Rc<Identity>,
    attributes: R::Attributes,
}

impl<R: Resource> Handle<R> {
    pub(crate) fn new(resource: Rc<RefCell<ResourceDraft>>) -> Self {
        let identity = resource.borrow().identity.clone();
        Handle {
            resource,
            attributes: identity.clone().into(),
            identity,
        }
    }

    /// What `Ref` gives.
    pub fn reference(&self) -> Expr<R::Reference> {
        Expr::new(Draft::Reference(Reference::to(self.identity.clone())))
    }

    /// The logical ID.
    pub fn logical_id(&self) -> &str {
        &self.identity.logical_id
    }

    /// Sets what happens when the resource is removed or its stack deleted.
    pub fn deletion_policy(&self, policy: DeletionPolicy) -> &Self {
        self.resource.borrow_mut().deletion_policy = Some(policy);
        self
    }

    /// Sets what happens to the old resource when a change replaces it.
    pub fn update_replace_policy(&self, policy: ReplacePolicy) -> &Self {
        self.resource.borrow_mut().update_replace_policy = Some(policy);
        self
    }

    /// Sets what happens to the resource, and to its data, whenever it goes: deleted, removed or replaced.
    pub fn on_removal(&self, policy: DeletionPolicy) -> &Self {
        self.deletion_policy(policy)
            .update_replace_policy(policy.on_replacement())
    }

    /// Creates this resource after another one, where no reference says so already.
    pub fn depends_on<O: Resource>(&self, other: &Handle<O>) -> &Self {
        self.resource
            .borrow_mut()
            .depends_on
            .push(other.identity.clone());
        self
    }

    /// Makes the resource exist only where a condition holds.
    pub fn condition(&self, condition: &Condition) -> &Self {
        self.resource.borrow_mut().condition = Some(condition.identity.clone());
        self
    }

    /// Sets `CreationPolicy`.
    pub fn creation_policy(&self, policy: impl Into<Json>) -> &Self {
        self.resource.borrow_mut().creation_policy = Some(policy.into().0);
        self
    }

    /// Sets `UpdatePolicy`.
    pub fn update_policy(&self, policy: impl Into<Json>) -> &Self {
        self.resource.borrow_mut().update_policy = Some(policy.into().0);
        self
    }

    /// Sets `Metadata`.
    pub fn metadata(&self, metadata: impl Into<Json>) -> &Self {
        self.resource.borrow_mut().metadata = Some(metadata.into().0);
        self
    }
}

// Not derived: a handle can be cloned whatever the resource is.
impl<R: Resource> Clone for Handle<R> {
    fn clone(&self) -> Self {
        Handle::new(self.resource.clone())
    }
}

impl<R: Resource> Deref for Handle<R> {
    type Target = R::Attributes;

    fn deref(&self) -> &R::Attributes {
        &self.attributes
    }
}

/// A resource of a type that the catalog does not know yet.
#[derive(Clone, Debug)]
pub struct Untyped {
    resource_type: String,
    properties: Json,
}

impl Untyped {
    /// A resource of any type with any properties (a map); nothing else is checked before CloudFormation sees
    /// it.
    pub fn new(resource_type: &str, properties: impl Into<Json>) -> Self {
        let properties = match properties.into().0 {
            Draft::Value(Value::Map(entries)) => {
                let entries = entries.into_iter();
                Draft::Map(
                    entries
                        .map(|(key, value)| (key.into(), Draft::Value(value)))
                        .collect(),
                )
            }
            other => other,
        };
        Untyped {
            resource_type: resource_type.to_owned(),
            properties: Json(properties),
        }
    }
}

/// The attributes of an [`Untyped`] resource.
#[derive(Debug)]
pub struct UntypedAttributes(Rc<Identity>);

impl UntypedAttributes {
    /// `Fn::GetAtt` of any attribute.
    pub fn attribute(&self, name: &str) -> Expr<String> {
        let reference =
            Reference::attribute(self.0.clone(), name.to_owned(), crate::draft::Shape::Single);
        Expr::new(Draft::Reference(reference))
    }
}

impl From<Rc<Identity>> for UntypedAttributes {
    fn from(identity: Rc<Identity>) -> Self {
        UntypedAttributes(identity)
    }
}

impl Resource for Untyped {
    type Reference = String;
    type Attributes = UntypedAttributes;

    fn resource_type(&self) -> &str {
        &self.resource_type
    }

    fn into_properties(self) -> Draft {
        self.properties.0
    }
}

/// The attributes of a type that has none.
#[derive(Debug)]
pub struct NoAttributes;

impl From<Rc<Identity>> for NoAttributes {
    fn from(_: Rc<Identity>) -> Self {
        NoAttributes
    }
}

/// A tag: the property type that most resource types share.
#[derive(Clone, Debug)]
pub struct Tag {
    key: crate::Prop<String>,
    value: crate::Prop<String>,
}

impl Tag {
    /// A tag of a key (at most 128 characters) and a value (at most 256).
    pub fn new(key: impl Into<crate::Prop<String>>, value: impl Into<crate::Prop<String>>) -> Self {
        Tag {
            key: key.into(),
            value: value.into(),
        }
    }
}

impl PropertyType for Tag {
    fn into_draft(self) -> Draft {
        Draft::object(vec![
            ("Key", Some(self.key.into_draft())),
            ("Value", Some(self.value.into_draft())),
        ])
    }
}

/// One attribute of a resource as an expression. For generated code.
pub fn attribute<T: crate::property::Shaped>(
    identity: &Rc<Identity>,
    name: &'static str,
) -> Expr<T> {
    Expr::new(Draft::Reference(Reference::attribute(
        identity.clone(),
        name,
        T::SHAPE,
    )))
}

/// The view of one resource that an aspect gets.
#[derive(Debug)]
pub struct ResourceView<'a> {
    pub(crate) resource: &'a mut ResourceDraft,
}

impl ResourceView<'_> {
    /// The short name of the stack: `database`.
    pub fn stack(&self) -> &str {
        &self.resource.identity.stack
    }

    /// The logical ID.
    pub fn logical_id(&self) -> &str {
        &self.resource.identity.logical_id
    }

    /// CloudFormation's name of the type.
    pub fn resource_type(&self) -> &str {
        &self.resource.resource_type
    }

    /// Whether a property is set.
    pub fn has(&self, property: &str) -> bool {
        self.resource
            .properties
            .iter()
            .any(|(key, _)| key == property)
    }

    /// Sets a property where it is not set yet.
    pub fn set_default(&mut self, property: &'static str, value: impl Into<Json>) {
        if !self.has(property) {
            self.set(property, value);
        }
    }

    /// Sets a property, whatever it was before.
    pub fn set(&mut self, property: &'static str, value: impl Into<Json>) {
        let value = value.into().0;
        let properties = &mut self.resource.properties;
        match properties.iter_mut().find(|(key, _)| key == property) {
            Some((_, before)) => *before = value,
            None => properties.push((property.into(), value)),
        }
    }
}
