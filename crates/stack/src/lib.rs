//! Typed stacks.
//!
//! What lives here: [`App`] and [`Stack`], the handles of resources and the types of their properties, and
//! [`App::synthesize`], which turns them into templates: references between stacks become exports and imports,
//! and stacks get their deployment order.
//!
//! What does not: the resource types themselves (a crate lists what it uses, and `stratiform-codegen`
//! generates those), files, and the command line.

// What an app gives us is input: an index or a borrow that it can make fail is a defect.
#![cfg_attr(not(test), deny(clippy::indexing_slicing))]

mod app;
mod aspect;
mod capabilities;
mod draft;
mod function;
mod handle;
mod json;
mod parameter;
mod policy;
mod property;
mod protection;
mod resource;
mod settings;
mod stack;
mod synthesis;
mod tag;
mod untyped;

pub use stratiform_assembly::{Assembly, StackAt};

pub use app::App;
pub use aspect::ResourceView;
pub use function::{
    Condition, and, arn, availability_zones, base64, cidr, either, equals, find_in_map,
    import_value, join, not, or, pseudo, select, split,
};
pub use handle::{AnyHandle, Handle};
pub use parameter::Parameter;
pub use policy::{PolicyDocument, Principal, Statement};
pub use property::{Expr, Id, Json, List, Map, Opt, Prop};
pub use protection::Update;
pub use resource::{DeletionPolicy, ReplacePolicy, Resource};
pub use settings::{References, Settings};
pub use stack::Stack;
pub use tag::Tag;
pub use untyped::Untyped;

/// What generated code needs and nobody writes by hand.
#[doc(hidden)]
pub mod generated {
    pub use crate::draft::{Draft, Identity};
    pub use crate::function::{placeholders, substitute};
    pub use crate::property::{Accepts, AcceptsKind, PropertyType, UnknownKind};
    pub use crate::resource::{NoAttributes, Resource, attribute};
    pub use crate::tag::Tag;
    pub use crate::{Expr, Id, Json, List, Map, Opt, Prop};
    pub use std::rc::Rc;
}
