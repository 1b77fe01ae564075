//! Handles: what stands for a resource once it is in its stack.

use std::ops::Deref;

use stratiform_template::Text;

use crate::resource::{Attributes, Resource};
use crate::value::draft::{Draft, Reference, Target};
use crate::value::property::{Expr, Opt, Prop, Shaped};

/// Stands for a resource: its attributes are methods, and using one in another stack connects the stacks.
///
/// A plain value, as a number is: it is copied, and knows nothing but which resource it stands for.
#[derive(Debug)]
pub struct Handle<R: Resource> {
    attributes: R::Attributes,
}

impl<R: Resource> Handle<R> {
    pub(crate) fn new(target: Target) -> Self {
        Handle {
            attributes: R::Attributes::of(target),
        }
    }

    /// What `Ref` gives.
    pub fn reference(&self) -> Expr<R::Reference> {
        Expr::new(Draft::reference(Reference::to(self.attributes.target())))
    }
}

// Not derived: a handle can be copied whatever the resource is.
impl<R: Resource> Clone for Handle<R> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<R: Resource> Copy for Handle<R> {}

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
    fn target(&self) -> Target;
}

impl<R: Resource> AnyHandle for Handle<R> {}

impl<R: Resource> Identified for Handle<R> {
    fn target(&self) -> Target {
        self.attributes.target()
    }
}

/// One handle or several: `table`, `[&table, &queue]` of one type, what an iterator collected.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no handle",
    label = "expected what `stack.add(…)` gave, or a list of such"
)]
pub trait Handles {
    /// The resources.
    fn targets(&self) -> Vec<Target>;
}

impl<R: Resource> Handles for Handle<R> {
    fn targets(&self) -> Vec<Target> {
        vec![self.attributes.target()]
    }
}

impl<H: Handles + ?Sized> Handles for &H {
    fn targets(&self) -> Vec<Target> {
        (**self).targets()
    }
}

/// Writes [`Handles`] for what holds several.
macro_rules! several {
    ($([$($generics:tt)*] $several:ty),+) => { $(
        impl<H: Handles, $($generics)*> Handles for $several {
            fn targets(&self) -> Vec<Target> {
                self.iter().flat_map(Handles::targets).collect()
            }
        }
    )+ };
}

several!([] [H], [const N: usize] [H; N], [] Vec<H>, [] Option<H>);

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

/// What no property takes. That a handle might give it, too, keeps the compiler from taking the only kind that a
/// resource gives for what is expected: then the mistake would be shown at the list, and not at the handle in it.
#[derive(Debug)]
pub enum Nothing {}

// Not recommended: nobody can write it.
#[diagnostic::do_not_recommend]
impl<R: Resource> Gives<Nothing> for R {
    type Choice = Nothing;
    const ATTRIBUTE: Option<&'static str> = None;
}

impl<R: Resource> Handle<R> {
    fn given<T: Shaped>(&self) -> Draft
    where
        R: Gives<T>,
    {
        let target = self.attributes.target();
        Draft::reference(match R::ATTRIBUTE {
            Some(attribute) => Reference::attribute(target, Text::new_static(attribute), T::SHAPE),
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
