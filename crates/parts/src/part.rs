//! How a part is declared.

/// Declares a part: a struct for `props!`, with options that are required, and others: those with a default say it in
/// their documentation.
macro_rules! part {
    (
        $(#[$about:meta])*
        pub struct $part:ident {
            required { $($(#[$required_doc:meta])+ $required:ident: $required_type:ty,)* }
            optional { $($(#[$doc:meta])+ $option:ident: $type:ty $(= $default:expr)?,)* }
        }
    ) => {
        $(#[$about])*
        #[derive(Clone, Debug)]
        pub struct $part {
            $(
                $(#[$required_doc])+
                #[doc = "\n\nRequired."]
                pub $required: $required_type,
            )*
            $(
                $(#[$doc])+
                $(#[doc = concat!("\n\nDefault: `", stringify!($default), "`.")])?
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
                    $($option: part!(@initial $type $(, $default)?),)*
                }
            }
        }
    };
    (@initial $type:ty) => { <$type as crate::part::Unset>::unset() };
    (@initial $type:ty, $default:expr) => { <$type as From<_>>::from($default) };
}

pub(crate) use part;

use stratiform_stack::generated::Fields;
use stratiform_stack::{Expr, Opt, PolicyDocument, Prop, Statements, Tag};

use crate::resources::{ec2, ecs, elasticloadbalancingv2, kms, logs, rds, s3, sqs};
use crate::{Http, LogKeyHandles, Logs};

/// What an option is before it is set.
pub(crate) trait Unset {
    fn unset() -> Self;
}

/// Writes [`Unset`] for types that have a word for nothing.
macro_rules! unset {
    ($([$($generics:ident)?] $type:ty => $nothing:expr;)+) => { $(
        impl<$($generics)?> Unset for $type {
            fn unset() -> Self {
                $nothing
            }
        }
    )+ };
}

unset! {
    [T] Prop<T> => Prop::unset();
    [T] Opt<T> => Opt::unset();
    [T] Vec<T> => Vec::new();
    [] PolicyDocument => PolicyDocument::default();
    [] Statements => Statements::default();
    [] Option<Http> => None;
    [] Option<LogKeyHandles> => None;
    [] Logs => Fields::unset();
    [] ec2::Vpc => Fields::unset();
    [] ecs::Service => Fields::unset();
    [] ecs::TaskDefinition => Fields::unset();
    [] ecs::task_definition::ContainerDefinition => Fields::unset();
    [] elasticloadbalancingv2::LoadBalancer => Fields::unset();
    [] kms::Key => Fields::unset();
    [] logs::LogGroup => Fields::unset();
    [] rds::DbInstance => Fields::unset();
    [] s3::Bucket => Fields::unset();
    [] sqs::Queue => Fields::unset();
}

/// A number where AWS takes digits.
pub(crate) fn digits(number: Prop<i64>) -> Expr<String> {
    match number.as_integer() {
        Some(number) => Prop::from(number.to_string()).into_expr(),
        None => number.into_expr().cast(),
    }
}

/// The tag that consoles show: `<prefix>-<what>`.
pub(crate) fn name_tag(prefix: &str, what: &str) -> [Tag; 1] {
    let dash = if prefix.is_empty() { "" } else { "-" };
    [Tag::new("Name", format!("{prefix}{dash}{what}"))]
}
