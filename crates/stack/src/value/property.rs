//! What may stand in a property: literals, and intrinsic functions of the right type.
//!
//! [`Prop`] is a property that must be there, [`Opt`] one that may be left out; `props!` makes both from a
//! literal, a list, a generated struct, a handle or an [`Expr`]. The type parameter is only a promise to the
//! compiler: inside there is a [`Draft`].
//!
//! What does not live here: what a handle stands for (`handle.rs`).

mod collection;
mod document;
mod literal;

use std::fmt;
use std::marker::PhantomData;

use stratiform_template::{Text, Value};

use crate::value::draft::{Draft, Reference, Shape};

/// The value of a required property.
#[derive(Clone, Debug)]
pub struct Prop<T> {
    draft: Draft,
    promise: PhantomData<fn() -> T>,
}

/// The value of an optional property: unset by default.
#[derive(Clone, Debug)]
pub struct Opt<T> {
    draft: Option<Draft>,
    promise: PhantomData<fn() -> T>,
}

/// An intrinsic function that gives a `T` when CloudFormation evaluates it.
#[derive(Clone, Debug)]
pub struct Expr<T> {
    pub(crate) draft: Draft,
    promise: PhantomData<fn() -> T>,
}

/// Text of a known kind, such as a VPC's ID or a key's ARN: the kinds come from the catalog's `format`.
pub struct Id<K> {
    kind: PhantomData<fn() -> K>,
}

// Not derived: a kind says nothing but its name.
impl<K> Clone for Id<K> {
    fn clone(&self) -> Self {
        Id { kind: PhantomData }
    }
}

impl<K> fmt::Debug for Id<K> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Id")
    }
}

/// What a resource gives without AWS's schemas saying what it identifies: fine as text, and refused where a known
/// kind is expected, since it is as likely a name as an ARN.
#[derive(Clone, Copy, Debug)]
pub enum UnknownKind {}

/// The kind of every ARN, whatever it is the ARN of.
#[derive(Clone, Copy, Debug)]
pub enum Arn {}

/// A kind that is an ARN.
pub trait ArnKind {}

#[diagnostic::do_not_recommend]
impl Known for Arn {}

/// Text that is a number: a property that takes digits takes numbers, too.
#[derive(Clone, Copy, Debug)]
pub enum Digits {}

/// A list of `T`.
#[derive(Clone, Debug)]
pub struct List<T> {
    items: Vec<Draft>,
    promise: PhantomData<fn() -> T>,
}

/// A map from names to `T`.
#[derive(Clone, Debug)]
pub struct Map<T> {
    entries: Vec<(Text, Draft)>,
    promise: PhantomData<fn() -> T>,
}

/// A document of any shape.
#[derive(Clone, Debug)]
pub struct Json(pub(crate) Draft);

/// A type of its own that a property may have: the generated structs and enums, lists, maps, documents.
pub trait PropertyType {
    /// The literal as a draft.
    fn into_draft(self) -> Draft;
}

/// Says which references may stand where: `Id<VpcId>: Accepts<Id<VpcId>>`, but not `Accepts<Id<SubnetId>>`.
#[diagnostic::on_unimplemented(
    message = "a reference of type `{S}` cannot be used where `{Self}` is expected",
    label = "this reference gives `{S}`",
    note = "pass an attribute that gives the expected kind, or `.cast()` it where you know better"
)]
pub trait Accepts<S> {}

/// Says which kinds of text a kind of text accepts: itself, and for a choice of kinds each of them.
#[diagnostic::on_unimplemented(
    message = "a reference to a `{J}` cannot be used where a `{Self}` is expected",
    label = "this reference is a `{J}`",
    note = "pass an attribute that gives the expected kind, or `.cast()` it where you know better"
)]
pub trait AcceptsKind<J> {}

/// Kinds that say what a text identifies: all but [`UnknownKind`].
#[diagnostic::on_unimplemented(
    message = "nobody says what this reference identifies: a name, an ID or an ARN",
    label = "it is not known to be of the kind that is expected here",
    note = "pass an attribute that gives the expected kind, or `.cast()` it where you know better"
)]
pub trait Known {}

// Not recommended: the compiler would list what has nothing to do with the mistake.
#[diagnostic::do_not_recommend]
impl<K: Known> AcceptsKind<K> for K {}
#[diagnostic::do_not_recommend]
impl<K: ArnKind> AcceptsKind<K> for Arn {}
// That it is not known is told once, by `Known`.
#[diagnostic::do_not_recommend]
impl<K> AcceptsKind<UnknownKind> for K {}

/// Says which of Rust's own literals a property takes.
#[diagnostic::on_unimplemented(
    message = "a literal of type `{L}` cannot be used where `{Self}` is expected",
    label = "expected `{Self}`, this is `{L}`",
    note = "text is in quotes, a number is not; for an enum write one of its variants, for a structure its struct; `Prop::untyped` or `Opt::untyped` take anything"
)]
pub trait AcceptsLiteral<L> {
    /// The literal as the property takes it.
    fn taken(literal: Draft) -> Draft {
        literal
    }
}

impl Accepts<String> for String {}
impl<J> Accepts<Id<J>> for String {}
impl<K> Accepts<String> for Id<K> {}
impl<K: AcceptsKind<J>, J: Known> Accepts<Id<J>> for Id<K> {}
impl Accepts<String> for Digits {}
impl Accepts<i64> for Digits {}
impl<J> Accepts<Id<J>> for Digits {}
impl Accepts<i64> for i64 {}
impl Accepts<i64> for f64 {}
impl Accepts<f64> for f64 {}
impl Accepts<bool> for bool {}
impl<T: Accepts<S>, S> Accepts<List<S>> for List<T> {}
impl<T: Accepts<S>, S> Accepts<Map<S>> for Map<T> {}
impl<S> Accepts<S> for Json {}

impl<T> Prop<T> {
    pub(crate) fn new(draft: Draft) -> Self {
        Prop {
            draft,
            promise: PhantomData,
        }
    }

    /// What `props!` puts in the place of what it is about to set. For generated code.
    #[doc(hidden)]
    pub fn unset() -> Self {
        Prop::new(Draft::Value(Value::Null))
    }

    /// The value itself. For generated code.
    pub fn into_draft(self) -> Draft {
        self.draft
    }

    /// The value as an expression, to pass it on to every property that accepts its kind.
    pub fn into_expr(self) -> Expr<T> {
        Expr::new(self.draft)
    }

    /// This value where it is set, the other one where not. For generated code.
    #[doc(hidden)]
    pub fn over(self, rest: Self) -> Self {
        match self.draft {
            Draft::Value(Value::Null) => rest,
            _ => self,
        }
    }

    /// Any value at all, held against nothing: the way out where the catalog is behind CloudFormation.
    pub fn untyped(value: impl Into<Json>) -> Self {
        Prop::new(Draft::Untyped(Box::new(value.into().0)))
    }
}

impl Prop<String> {
    /// The text, where it is known when synthesizing: nothing for an intrinsic function.
    pub fn as_text(&self) -> Option<&str> {
        text(&self.draft)
    }
}

impl Prop<i64> {
    /// The number, where it is known when synthesizing: nothing for an intrinsic function.
    pub fn as_integer(&self) -> Option<i64> {
        match &self.draft {
            Draft::Value(Value::Number(number)) => number.as_i64(),
            _ => None,
        }
    }
}

impl Opt<String> {
    /// The text, where it is set, and known when synthesizing.
    pub fn as_text(&self) -> Option<&str> {
        self.draft.as_ref().and_then(text)
    }
}

fn text(draft: &Draft) -> Option<&str> {
    match draft {
        Draft::Value(value) => value.as_str(),
        _ => None,
    }
}

impl<T> Opt<T> {
    /// Not set. For generated code.
    #[doc(hidden)]
    pub fn unset() -> Self {
        Opt::default()
    }

    /// The value itself, where one is set. For generated code.
    pub fn into_draft(self) -> Option<Draft> {
        self.draft
    }

    /// The value, where one is set.
    pub fn into_prop(self) -> Option<Prop<T>> {
        self.draft.map(Prop::new)
    }

    /// This value where one is set, the other one where not. For generated code.
    #[doc(hidden)]
    pub fn over(self, rest: Self) -> Self {
        Opt {
            draft: self.draft.or(rest.draft),
            promise: PhantomData,
        }
    }

    /// Any value at all, held against nothing: the way out where the catalog is behind CloudFormation.
    pub fn untyped(value: impl Into<Json>) -> Self {
        Prop::untyped(value).into()
    }
}

impl<T> Default for Opt<T> {
    fn default() -> Self {
        Opt {
            draft: None,
            promise: PhantomData,
        }
    }
}

impl<T> From<Prop<T>> for Opt<T> {
    fn from(property: Prop<T>) -> Self {
        Opt {
            draft: Some(property.draft),
            promise: PhantomData,
        }
    }
}

impl<T> Expr<T> {
    /// The intrinsic function that a draft holds.
    pub fn new(draft: impl Into<Draft>) -> Self {
        Expr {
            draft: draft.into(),
            promise: PhantomData,
        }
    }

    /// The same function with another promise, where you know better than the catalog.
    pub fn cast<U: Shaped>(self) -> Expr<U> {
        let draft = match self.draft {
            Draft::Reference(reference) => Draft::reference(Reference {
                shape: U::SHAPE,
                ..*reference
            }),
            other => other,
        };
        Expr {
            draft,
            promise: PhantomData,
        }
    }
}

impl<K> Expr<Id<K>> {
    /// The same as plain text, where different kinds stand side by side.
    pub fn text(self) -> Expr<String> {
        self.cast()
    }
}

/// How a type crosses stacks: as one value, or as a list. For generated code.
pub trait Shaped {
    /// The shape of a reference that gives this type.
    const SHAPE: Shape = Shape::Single;
}

impl Shaped for String {}
impl Shaped for Digits {}
impl Shaped for i64 {}
impl Shaped for f64 {}
impl Shaped for bool {}
impl Shaped for Json {}
impl<K> Shaped for Id<K> {}
impl<T> Shaped for Map<T> {}
impl<T> Shaped for List<T> {
    const SHAPE: Shape = Shape::List;
}

// Into a property -------------------------------------------------------------------------------------------

impl<T: PropertyType> From<T> for Prop<T> {
    fn from(literal: T) -> Self {
        Prop::new(literal.into_draft())
    }
}

impl<T: Accepts<S>, S> From<Expr<S>> for Prop<T> {
    fn from(expression: Expr<S>) -> Self {
        Prop::new(expression.draft)
    }
}

impl<T: Accepts<S>, S> From<&Expr<S>> for Prop<T> {
    fn from(expression: &Expr<S>) -> Self {
        Prop::new(expression.draft.clone())
    }
}

impl<T: PropertyType> From<T> for Opt<T> {
    fn from(literal: T) -> Self {
        Prop::from(literal).into()
    }
}

impl<T: Accepts<S>, S> From<Expr<S>> for Opt<T> {
    fn from(expression: Expr<S>) -> Self {
        Prop::from(expression).into()
    }
}

impl<T: Accepts<S>, S> From<&Expr<S>> for Opt<T> {
    fn from(expression: &Expr<S>) -> Self {
        Prop::from(expression).into()
    }
}

/// Sets the property where there is a value.
impl<T, U: Into<Opt<T>>> From<Option<U>> for Opt<T> {
    fn from(value: Option<U>) -> Self {
        value.map_or_else(Opt::default, Into::into)
    }
}
