//! How properties are written: as a struct literal, in [`props!`](crate::props!).
//!
//! What does not live here: which values a property takes (`value/property.rs`).

use crate::value::property::Prop;

/// What the generated structs tell [`props!`](crate::props!).
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no properties",
    label = "expected a resource such as `sqs::Queue`, or one of its property types"
)]
pub trait Fields: Sized {
    /// The fields that are required, each with what to say where it is missing.
    const REQUIRED: &'static [(&'static str, &'static str)];

    /// Nothing set, not even what is required.
    fn unset() -> Self;
}

/// A structure of which some is set, over one that has the rest.
pub trait Overlay: Sized {
    /// What is set here, and what is not from `rest`.
    fn over(self, rest: Self) -> Self;
}

/// One member of a list. For [`props!`](crate::props!).
pub fn member<T, V: Into<Prop<T>>>(value: V) -> Prop<T> {
    value.into()
}

/// Whether everything required is named. For [`props!`](crate::props!).
#[track_caller]
pub const fn complete(required: &[(&str, &str)], named: &[&str]) {
    let mut rest = required;
    while let [(field, message), after @ ..] = rest {
        assert!(contains(named, field), "{}", *message);
        rest = after;
    }
}

const fn contains(names: &[&str], name: &str) -> bool {
    let mut rest = names;
    while let [first, after @ ..] = rest {
        if equal(first.as_bytes(), name.as_bytes()) {
            return true;
        }
        rest = after;
    }
    false
}

const fn equal(left: &[u8], right: &[u8]) -> bool {
    let (mut left, mut right) = (left, right);
    loop {
        (left, right) = match (left, right) {
            ([], []) => return true,
            ([one, left @ ..], [other, right @ ..]) if *one == *other => (left, right),
            _ => return false,
        };
    }
}
