//! How a part is declared.

/// Declares a part: a struct for `props!`, with options that are required and options that have a default, which its
/// documentation then says.
macro_rules! part {
    (
        $(#[$about:meta])*
        pub struct $part:ident {
            required { $($(#[$required_doc:meta])+ $required:ident: $required_type:ty,)* }
            optional { $($(#[$doc:meta])+ $option:ident: $type:ty = $default:expr,)* }
        }
    ) => {
        $(#[$about])*
        #[derive(Clone, Debug)]
        pub struct $part {
            $($(#[$required_doc])+ pub $required: $required_type,)*
            $(
                $(#[$doc])+
                #[doc = concat!("\n\nDefault: `", stringify!($default), "`")]
                pub $option: $type,
            )*
        }

        impl stratiform_stack::generated::Fields for $part {
            const REQUIRED: &'static [(&'static str, &'static str)] = &[$((
                stringify!($required),
                concat!("`", stringify!($part), "` needs `", stringify!($required), "`, which is required"),
            ),)*];

            fn unset() -> Self {
                $part {
                    $($required: crate::part::Unset::unset(),)*
                    $($option: $default,)*
                }
            }
        }
    };
}

pub(crate) use part;

use stratiform_stack::generated::Fields;
use stratiform_stack::{PolicyDocument, Prop, Tag};

use crate::resources::ecs::task_definition::ContainerDefinition;

/// What `props!` puts in the place of what it is about to set.
pub(crate) trait Unset {
    fn unset() -> Self;
}

impl<T> Unset for Prop<T> {
    fn unset() -> Self {
        Prop::unset()
    }
}

impl<T> Unset for Vec<T> {
    fn unset() -> Self {
        Vec::new()
    }
}

impl Unset for PolicyDocument {
    fn unset() -> Self {
        PolicyDocument::default()
    }
}

impl Unset for ContainerDefinition {
    fn unset() -> Self {
        nothing()
    }
}

/// A property's struct with nothing set: the default of an option that changes properties.
pub(crate) fn nothing<T: Fields>() -> T {
    T::unset()
}

/// A number where AWS takes digits.
pub(crate) fn digits(number: Prop<i64>) -> Prop<String> {
    match number.as_integer() {
        Some(number) => number.to_string().into(),
        None => number.into_expr().cast::<String>().into(),
    }
}

/// The tag that consoles show: `<prefix>-<what>`.
pub(crate) fn name_tag(prefix: &str, what: &str) -> [Tag; 1] {
    let dash = if prefix.is_empty() { "" } else { "-" };
    [Tag::new("Name", format!("{prefix}{dash}{what}"))]
}
