//! What may stand in a property: literals, and intrinsic functions of the right type.
//!
//! [`Prop`] is a property that must be there, [`Opt`] one that may be left out; both are written with
//! `.into()` from a literal, a list, a generated struct or an [`Expr`]. The type parameter is only a promise
//! to the compiler: inside there is a [`Draft`].

use std::borrow::Cow;
use std::marker::PhantomData;

use stratiform_template::{Number, Value};

use crate::draft::{Draft, Reference, Shape};
use crate::resource::{Handle, Resource};

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
#[derive(Clone, Debug)]
pub struct Id<K> {
    kind: PhantomData<fn() -> K>,
}

/// What a resource gives without AWS's schemas saying what it identifies: fine as text, and refused where a known
/// kind is expected, since it is as likely a name as an ARN.
#[derive(Clone, Copy, Debug)]
pub enum UnknownKind {}

/// A list of `T`.
#[derive(Clone, Debug)]
pub struct List<T> {
    items: Vec<Draft>,
    promise: PhantomData<fn() -> T>,
}

/// A map from names to `T`.
#[derive(Clone, Debug)]
pub struct Map<T> {
    entries: Vec<(Cow<'static, str>, Draft)>,
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

/// Says which of Rust's own literals a property takes.
#[diagnostic::on_unimplemented(
    message = "a literal of type `{L}` cannot be used where `{Self}` is expected",
    label = "expected `{Self}`, this is `{L}`",
    note = "for an enum write one of its variants, for a structure its struct; `Prop::untyped` or `Opt::untyped` take anything"
)]
pub trait AcceptsLiteral<L> {}

/// Implemented by nothing: it is there for its message.
#[diagnostic::on_unimplemented(
    message = "a handle is no value",
    label = "write `.reference()`, or an attribute such as `.arn()`"
)]
pub trait AcceptsHandle {}

impl Accepts<String> for String {}
impl<J> Accepts<Id<J>> for String {}
impl<K> Accepts<String> for Id<K> {}
impl<K: AcceptsKind<J>, J> Accepts<Id<J>> for Id<K> {}
impl Accepts<i64> for i64 {}
impl Accepts<i64> for f64 {}
impl Accepts<f64> for f64 {}
impl Accepts<bool> for bool {}
impl Accepts<crate::Tag> for crate::Tag {}
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

    /// The value itself. For generated code.
    pub fn into_draft(self) -> Draft {
        self.draft
    }

    /// Any value at all: the way out where the catalog is behind CloudFormation.
    pub fn untyped(value: impl Into<Json>) -> Self {
        Prop::new(value.into().0)
    }
}

impl<T> Opt<T> {
    /// The value itself, where one is set. For generated code.
    pub fn into_draft(self) -> Option<Draft> {
        self.draft
    }

    /// Any value at all: the way out where the catalog is behind CloudFormation.
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
            Draft::Reference(reference) => Draft::Reference(Reference {
                shape: U::SHAPE,
                ..reference
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

/// Writes `From<$handle>` that no property has the trait for, so that the compiler says what to write instead.
macro_rules! handles {
    ($($handle:ty),+) => { $(
        impl<T: AcceptsHandle, R: Resource> From<$handle> for Prop<T> {
            fn from(handle: $handle) -> Self {
                Prop::new(handle.reference().draft)
            }
        }

        impl<T: AcceptsHandle, R: Resource> From<$handle> for Opt<T> {
            fn from(handle: $handle) -> Self {
                Prop::from(handle).into()
            }
        }
    )+ };
}

handles!(Handle<R>, &Handle<R>);

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

/// Writes `From<$source>` for every property that accepts such a literal, and says how each target takes it.
macro_rules! literals {
    ($($source:ty => $($target:ty),+ : |$value:ident| $draft:expr;)+) => { $(
        impl<'text, T: AcceptsLiteral<$source>> From<$source> for Prop<T> {
            fn from($value: $source) -> Self {
                Prop::new($draft)
            }
        }

        impl<'text, T: AcceptsLiteral<$source>> From<$source> for Opt<T> {
            fn from(value: $source) -> Self {
                Prop::from(value).into()
            }
        }

        $(impl<'text> AcceptsLiteral<$source> for $target {})+
    )+ };
}

literals! {
    &'text str => String, Json: |text| Draft::from(text);
    &'text String => String, Json: |text| Draft::from(text.as_str());
    String => String, Json: |text| Draft::from(text);
    bool => bool, Json: |boolean| Draft::from(boolean);
    i64 => i64, f64, Json: |number| Draft::from(number);
    i32 => i64, f64, Json: |number| Draft::from(i64::from(number));
    u8 => i64, f64, Json: |number| Draft::from(i64::from(number));
    u16 => i64, f64, Json: |number| Draft::from(i64::from(number));
    u32 => i64, f64, Json: |number| Draft::from(i64::from(number));
    f64 => f64, Json: |number| float(number);
}

impl<K> AcceptsLiteral<&str> for Id<K> {}
impl<K> AcceptsLiteral<&String> for Id<K> {}
impl<K> AcceptsLiteral<String> for Id<K> {}

/// A number that JSON cannot write (infinite, not a number) becomes text, which CloudFormation refuses.
fn float(number: f64) -> Draft {
    let text = number.to_string();
    Number::parse(&text).map_or_else(|| Draft::from(text), Draft::from)
}

// Collections into a property -------------------------------------------------------------------------------

/// Writes `From<$source>` for the property of a collection.
macro_rules! collections {
    ($([$($generics:tt)*] $source:ty => $target:ident<T>;)+) => { $(
        impl<$($generics)*> From<$source> for Prop<$target<T>> {
            fn from(members: $source) -> Self {
                Prop::new($target::from_iter(members).into_draft())
            }
        }

        impl<$($generics)*> From<$source> for Opt<$target<T>> {
            fn from(members: $source) -> Self {
                Prop::from(members).into()
            }
        }
    )+ };
}

collections! {
    [T, U: Into<Prop<T>>] Vec<U> => List<T>;
    [T, U: Into<Prop<T>>, const N: usize] [U; N] => List<T>;
    [T, K: Into<String>, V: Into<Prop<T>>] Vec<(K, V)> => Map<T>;
    [T, K: Into<String>, V: Into<Prop<T>>, const N: usize] [(K, V); N] => Map<T>;
}

impl<T> PropertyType for List<T> {
    fn into_draft(self) -> Draft {
        Draft::List(self.items)
    }
}

impl<T> PropertyType for Map<T> {
    fn into_draft(self) -> Draft {
        Draft::Map(self.entries)
    }
}

impl PropertyType for Json {
    fn into_draft(self) -> Draft {
        self.0
    }
}

// Lists, maps, documents ------------------------------------------------------------------------------------

impl<T, U: Into<Prop<T>>> FromIterator<U> for List<T> {
    fn from_iter<I: IntoIterator<Item = U>>(items: I) -> Self {
        List {
            items: items.into_iter().map(|item| item.into().draft).collect(),
            promise: PhantomData,
        }
    }
}

impl<T, U: Into<Prop<T>>> FromIterator<U> for Prop<List<T>> {
    fn from_iter<I: IntoIterator<Item = U>>(items: I) -> Self {
        Prop::new(List::from_iter(items).into_draft())
    }
}

impl<T, U: Into<Prop<T>>> FromIterator<U> for Opt<List<T>> {
    fn from_iter<I: IntoIterator<Item = U>>(items: I) -> Self {
        Prop::from_iter(items).into()
    }
}

impl<T, K: Into<String>, V: Into<Prop<T>>> FromIterator<(K, V)> for Map<T> {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(entries: I) -> Self {
        let entries = entries
            .into_iter()
            .map(|(key, value)| (Cow::Owned(key.into()), value.into().draft));
        Map {
            entries: entries.collect(),
            promise: PhantomData,
        }
    }
}

impl Json {
    /// A map with values of any kind.
    pub fn object<K: Into<String>>(entries: impl IntoIterator<Item = (K, Json)>) -> Json {
        Json(Draft::Map(
            entries
                .into_iter()
                .map(|(key, value)| (Cow::Owned(key.into()), value.0))
                .collect(),
        ))
    }

    /// A list with values of any kind.
    pub fn list(items: impl IntoIterator<Item = Json>) -> Json {
        Json(Draft::List(items.into_iter().map(|item| item.0).collect()))
    }

    /// `null`.
    pub fn null() -> Json {
        Json(Draft::Value(Value::Null))
    }

    /// This document as indented JSON text, references in it substituted by CloudFormation (`Fn::Sub`): what
    /// dashboards and other "JSON in a string" properties take.
    pub fn into_text(self) -> Expr<String> {
        Expr::new(Draft::Text(crate::json::text_parts(self.0)))
    }
}

/// Writes `From<$source>` for `Json` through the property it would be.
macro_rules! json {
    ($($source:ty),*) => { $(
        impl From<$source> for Json {
            fn from(value: $source) -> Self {
                Json(Prop::<Json>::from(value).into_draft())
            }
        }
    )* };
}

json!(&str, &String, String, bool, i64, i32, u8, u16, u32, f64);

impl From<Value> for Json {
    fn from(value: Value) -> Self {
        Json(Draft::Value(value))
    }
}

impl<S> From<Expr<S>> for Json {
    fn from(expression: Expr<S>) -> Self {
        Json(expression.draft)
    }
}

impl<S> From<&Expr<S>> for Json {
    fn from(expression: &Expr<S>) -> Self {
        Json(expression.draft.clone())
    }
}

impl<U: Into<Json>> From<Vec<U>> for Json {
    fn from(items: Vec<U>) -> Self {
        Json::list(items.into_iter().map(Into::into))
    }
}

impl<U: Into<Json>, const N: usize> From<[U; N]> for Json {
    fn from(items: [U; N]) -> Self {
        Json::list(items.into_iter().map(Into::into))
    }
}
