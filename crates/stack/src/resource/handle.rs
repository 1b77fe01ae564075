//! Handles: what stands for a resource once it is in its stack.

use std::ops::Deref;
use std::panic::Location;
use std::rc::Rc;

use crate::resource::{
    DeletionPolicy, Dependency, ReplacePolicy, Resource, ResourceContent, ResourceDraft,
};
use crate::value::draft::{Draft, Identity, Reference};
use crate::value::function::Condition;
use crate::value::property::{Expr, Json, Opt, Prop, Shaped};

/// Stands for a resource: its attributes are methods, and using one in another stack connects the stacks.
#[derive(Debug)]
pub struct Handle<R: Resource> {
    resource: Rc<ResourceDraft>,
    attributes: R::Attributes,
}

impl<R: Resource> Handle<R> {
    pub(crate) fn new(resource: Rc<ResourceDraft>) -> Self {
        Handle {
            attributes: resource.identity.clone().into(),
            resource,
        }
    }

    /// Changes what is kept of the resource. Everything that `change` needs is converted before, since nobody
    /// else's code may run while the content is borrowed.
    fn change(&self, change: impl FnOnce(&mut ResourceContent)) -> &Self {
        change(&mut self.resource.content.borrow_mut());
        self
    }

    /// What `Ref` gives.
    pub fn reference(&self) -> Expr<R::Reference> {
        Expr::new(Draft::Reference(Reference::to(
            self.resource.identity.clone(),
        )))
    }

    /// The logical ID.
    pub fn logical_id(&self) -> &str {
        &self.resource.identity.logical_id
    }

    /// Sets what happens when the resource is removed or its stack deleted.
    pub fn deletion_policy(&self, policy: DeletionPolicy) -> &Self {
        self.change(|content| content.deletion_policy = Some(policy))
    }

    /// Sets what happens to the old resource when a change replaces it.
    pub fn update_replace_policy(&self, policy: ReplacePolicy) -> &Self {
        self.change(|content| content.update_replace_policy = Some(policy))
    }

    /// Sets what happens to the resource, and to its data, whenever it goes: deleted, removed or replaced.
    pub fn on_removal(&self, policy: DeletionPolicy) -> &Self {
        self.deletion_policy(policy)
            .update_replace_policy(policy.on_replacement())
    }

    /// Creates this resource after another one, where no reference says so already.
    ///
    /// A resource of another stack is a mistake, reported with the place of this call.
    #[track_caller]
    pub fn depends_on<O: Resource>(&self, other: &Handle<O>) -> &Self {
        let dependency = Dependency {
            on: other.resource.identity.clone(),
            location: Location::caller(),
        };
        self.change(|content| content.depends_on.push(dependency))
    }

    /// Makes the resource exist only where a condition holds.
    pub fn condition(&self, condition: &Condition) -> &Self {
        let identity = condition.identity.clone();
        self.change(|content| content.condition = Some(identity))
    }

    /// Sets `CreationPolicy`.
    pub fn creation_policy(&self, policy: impl Into<Json>) -> &Self {
        let policy = policy.into().0;
        self.change(|content| content.creation_policy = Some(policy))
    }

    /// Sets `UpdatePolicy`.
    pub fn update_policy(&self, policy: impl Into<Json>) -> &Self {
        let policy = policy.into().0;
        self.change(|content| content.update_policy = Some(policy))
    }

    /// Sets `Metadata`.
    pub fn metadata(&self, metadata: impl Into<Json>) -> &Self {
        let metadata = metadata.into().0;
        self.change(|content| content.metadata = Some(metadata))
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

/// A handle of a resource of any type, for where only the resource counts: `[&instance, &key]`.
///
/// Every [`Handle`] is one, and nothing else can be.
pub trait AnyHandle: Identified {}

/// Says which resource a handle stands for; not public, so that nobody else makes handles.
pub trait Identified {
    /// The resource.
    fn identity(&self) -> &Rc<Identity>;
}

impl<R: Resource> AnyHandle for Handle<R> {}

impl<R: Resource> Identified for Handle<R> {
    fn identity(&self) -> &Rc<Identity> {
        &self.resource.identity
    }
}

/// What a handle stands for where a `T` is expected: the one of its `Ref` and attributes that identifies the
/// resource as such. Implemented by generated code.
#[diagnostic::on_unimplemented(
    message = "a handle of `{Self}` is no value where `{T}` is expected",
    label = "nothing that identifies a `{Self}` is of this kind",
    note = "write `.reference()`, or an attribute such as `.arn()`; `.cast()` it where you know better"
)]
pub trait Gives<T>: Resource {
    /// [`One`], or what several are called.
    type Choice;
    /// The attribute; nothing for `Ref`.
    const ATTRIBUTE: Option<&'static str>;
}

/// Where a handle can stand for one thing only.
#[derive(Debug)]
pub enum One {}

/// Implemented by [`One`] alone: it is there for its message.
#[diagnostic::on_unimplemented(
    message = "a handle can stand for several things here: `{Self}`",
    label = "write the one that is meant, such as `.arn()`"
)]
pub trait Chosen {}

impl Chosen for One {}

impl<R: Resource> Handle<R> {
    fn given<T: Shaped>(&self) -> Draft
    where
        R: Gives<T>,
    {
        let target = self.resource.identity.clone();
        Draft::Reference(match R::ATTRIBUTE {
            Some(attribute) => Reference::attribute(target, attribute, T::SHAPE),
            None => Reference::to(target),
        })
    }
}

/// Writes `From<$handle>` for properties.
macro_rules! handles {
    ($($handle:ty),+) => { $(
        impl<T: Shaped, R: Gives<T, Choice: Chosen>> From<$handle> for Prop<T> {
            fn from(handle: $handle) -> Self {
                Prop::new(handle.given())
            }
        }

        impl<T: Shaped, R: Gives<T, Choice: Chosen>> From<$handle> for Opt<T> {
            fn from(handle: $handle) -> Self {
                Prop::from(handle).into()
            }
        }
    )+ };
}

handles!(Handle<R>, &Handle<R>);
