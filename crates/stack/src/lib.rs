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
pub mod kinds;
mod policy;
mod props;
mod resource;
mod settings;
mod stack;
mod synthesis;
mod tag;
mod value;

pub use stratiform_assembly::{Assembly, StackAt};
pub use stratiform_service::Region;

pub use app::App;
pub use policy::{Actions, PolicyDocument, Principal, Statement, Statements, condition};
pub use resource::definition::{Define, Definition};
pub use resource::handle::{AnyHandle, Handle, Handles};
pub use resource::untyped::Untyped;
pub use resource::{DeletionPolicy, ReplacePolicy, Resource};
pub use settings::{References, Settings};
pub use stack::Stack;
pub use stack::capabilities::capabilities;
pub use stack::parameter::Parameter;
pub use stack::protection::Update;
/// The properties of a resource, or of a part of one, written as a struct literal.
///
/// A value stands as it is: text, a number, a variant of an enum, what an environment says, an `Option`. A literal
/// of another structure is written without `props!` where it is a value itself or a member of a list. What is not
/// named is not set; what is required and not named does not compile, and the compiler says its name. With `..base`
/// at the end, the rest is as it is there.
///
/// ```ignore
/// let queue = stack.add(
///     "Queue",
///     props!(sqs::Queue {
///         visibility_timeout: 30,
///         kms_master_key_id: key.arn(),
///         tags: [Tag::new("team", "orders")],
///     }),
/// );
/// ```
pub use stratiform_props::props;

/// The same without the question whether all is there that is required: for [`App::defaults`].
///
/// ```ignore
/// app.defaults(partial!(sqs::Queue { kms_data_key_reuse_period_seconds: 300 }));
/// ```
pub use stratiform_props::partial;
pub use tag::Tag;
pub use value::function::{
    Condition, and, arn, availability_zones, base64, cidr, either, equals, find_in_map,
    import_value, join, not, or, pseudo, select, split,
};
pub use value::property::{Arn, Expr, Id, Json, List, Map, Opt, Prop};

/// What generated code needs and nobody writes by hand.
#[doc(hidden)]
pub mod generated {
    pub use crate::policy::wildcard::matches;
    pub use crate::props::{Fields, Overlay, complete, member};
    pub use crate::resource::handle::{Gives, One};
    pub use crate::resource::{Attributes, NoAttributes, Resource, attribute};
    pub use crate::tag::Tag;
    pub use crate::value::draft::{Draft, Target};
    pub use crate::value::function::{placeholders, substitute};
    pub use crate::value::property::{
        Accepts, AcceptsKind, Arn, Digits, Known, PropertyType, UnknownKind,
    };
    pub use crate::{Expr, Id, Json, List, Map, Opt, Prop};
}
