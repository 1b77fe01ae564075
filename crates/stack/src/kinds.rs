//! Kinds of text: IDs, names and ARNs of particular resources, of all that the catalog knows.
//!
//! They are one set for every crate with generated types: a handle that one crate gives fits the properties that
//! another one has.

use crate::value::property::{AcceptsKind, ArnKind, Known};

/// Declares kinds. A choice accepts its members, [`Arn`](crate::Arn) every ARN.
macro_rules! kinds {
    (
        arns { $($arn:ident: $arn_of:literal,)+ }
        others { $($other:ident: $other_of:literal,)+ }
        choices { $($choice:ident: $($accepted:ident)+,)+ }
    ) => {
        $(kind!($arn, concat!("`", $arn_of, "`."));)+
        $(kind!($other, concat!("`", $other_of, "`."));)+
        $(kind!($choice, concat!("One of these:", $(" [`", stringify!($accepted), "`]"),+));)+
        $($(#[diagnostic::do_not_recommend] impl AcceptsKind<$accepted> for $choice {})+)+
        $(impl ArnKind for $arn {})+
    };
}

macro_rules! kind {
    ($name:ident, $documentation:expr) => {
        #[doc = $documentation]
        pub enum $name {}
        #[diagnostic::do_not_recommend]
        impl Known for $name {}
    };
}

include!("kinds/all.rs");
