//! Kinds of text: IDs, names and ARNs of particular resources, of all that the catalog knows.
//!
//! They are one set for every crate with generated types: a handle that one crate gives fits the properties that
//! another one has.

use crate::value::property::{AcceptsKind, Arn};

/// Declares kinds. Each accepts itself; a choice accepts its members; [`Arn`] accepts every ARN.
macro_rules! kinds {
    (
        arns { $($arn:ident: $arn_of:literal,)+ }
        others { $($other:ident: $other_of:literal,)+ }
        choices { $($choice:ident: $($accepted:ident)+,)+ }
    ) => {
        $(kind!($arn, concat!("`", $arn_of, "`."));)+
        $(kind!($other, concat!("`", $other_of, "`."));)+
        $(kind!($choice, concat!("One of these:", $(" [`", stringify!($accepted), "`]"),+));)+
        $(impl AcceptsKind<$arn> for $arn {})+
        $(impl AcceptsKind<$other> for $other {})+
        $(impl AcceptsKind<$choice> for $choice {})+
        $($(impl AcceptsKind<$accepted> for $choice {})+)+
        $(impl AcceptsKind<$arn> for Arn {})+
    };
}

macro_rules! kind {
    ($name:ident, $documentation:expr) => {
        #[doc = $documentation]
        #[allow(missing_debug_implementations, reason = "nobody has one")]
        pub enum $name {}
    };
}

include!("kinds/all.rs");
