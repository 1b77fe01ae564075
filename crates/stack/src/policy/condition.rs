//! Conditions of IAM statements: what a request is tested for, in words that the compiler knows.
//!
//! `string_equals(key::SOURCE_ACCOUNT, pseudo::account_id())`: an operator, a key of the request, and the values of
//! which one must be there. The operator decides which keys it compares, and with what: a flag is compared with
//! `true` or `false`, an ARN with a handle. Keys of AWS itself are in [`key`]; those of services are text.
//!
//! Sources: IAM user guide, "IAM JSON policy elements: Condition operators", "Set operators for multi-valued context
//! keys".

pub mod key;
pub mod kind;

use std::marker::PhantomData;

use stratiform_template::Text;

use crate::resource::handle::{Chosen, Gives, Handle};
use crate::value::draft::Draft;
use crate::value::property::{Arn, Expr, Id, Prop};

pub use key::Key;

/// One test of a request, for [`Statement::when`](crate::Statement::when).
#[derive(Clone, Debug)]
pub struct Test {
    pub(super) operator: Text,
    pub(super) key: String,
    pub(super) values: Draft,
}

/// Whether a key is there at all; no other word of an operator goes with it.
#[derive(Clone, Debug)]
pub struct Presence(Test);

/// Values that a key of a kind is compared with: one, or several of which any will do.
#[derive(Clone, Debug)]
pub struct Values<K> {
    draft: Draft,
    kind: PhantomData<fn() -> K>,
}

impl Test {
    fn new(operator: &'static str, key: String, values: Draft) -> Test {
        Test {
            operator: Text::new_static(operator),
            key,
            values,
        }
    }

    /// The test passes, too, where the request does not have the key: `StringEqualsIfExists`.
    #[must_use]
    pub fn if_exists(self) -> Test {
        Test {
            operator: format!("{}IfExists", self.operator).into(),
            ..self
        }
    }

    /// Of a key with several values, each must pass; so does a request without the key. `ForAllValues:StringEquals`.
    #[must_use]
    pub fn for_all_values(self) -> Test {
        self.of_several("ForAllValues")
    }

    /// Of a key with several values, one must pass: `ForAnyValue:StringEquals`.
    #[must_use]
    pub fn for_any_value(self) -> Test {
        self.of_several("ForAnyValue")
    }

    fn of_several(self, which: &str) -> Test {
        Test {
            operator: format!("{which}:{}", self.operator).into(),
            ..self
        }
    }
}

impl From<Presence> for Test {
    fn from(presence: Presence) -> Self {
        presence.0
    }
}

/// Writes the function of each operator.
macro_rules! operators {
    ($($(#[$doc:meta])+ $name:ident($kind:ident) = $operator:literal;)+) => {
        /// The names of all that have a kind.
        pub(super) const OPERATORS: &[&str] = &[$($operator,)+];

        $(
        $(#[$doc])+
        pub fn $name(key: impl key::Of<kind::$kind>, values: impl Into<Values<kind::$kind>>) -> Test {
            Test::new($operator, key.name(), values.into().draft)
        }
    )+ };
}

operators! {
    /// The text is one of these.
    string_equals(Text) = "StringEquals";
    /// The text is none of these.
    string_not_equals(Text) = "StringNotEquals";
    /// The text is one of these, in letters of any size.
    string_equals_ignore_case(Text) = "StringEqualsIgnoreCase";
    /// The text is none of these, in letters of any size.
    string_not_equals_ignore_case(Text) = "StringNotEqualsIgnoreCase";
    /// The text matches one of these; `*` is anything, `?` one character.
    string_like(Text) = "StringLike";
    /// The text matches none of these; `*` is anything, `?` one character.
    string_not_like(Text) = "StringNotLike";
    /// The number is one of these.
    numeric_equals(Number) = "NumericEquals";
    /// The number is none of these.
    numeric_not_equals(Number) = "NumericNotEquals";
    /// The number is less.
    numeric_less_than(Number) = "NumericLessThan";
    /// The number is less or the same.
    numeric_less_than_equals(Number) = "NumericLessThanEquals";
    /// The number is greater.
    numeric_greater_than(Number) = "NumericGreaterThan";
    /// The number is greater or the same.
    numeric_greater_than_equals(Number) = "NumericGreaterThanEquals";
    /// It is this moment: `2026-12-01T00:00:00Z`, or seconds since 1970.
    date_equals(Moment) = "DateEquals";
    /// It is not this moment.
    date_not_equals(Moment) = "DateNotEquals";
    /// It is before this moment.
    date_less_than(Moment) = "DateLessThan";
    /// It is this moment or before.
    date_less_than_equals(Moment) = "DateLessThanEquals";
    /// It is after this moment.
    date_greater_than(Moment) = "DateGreaterThan";
    /// It is this moment or after.
    date_greater_than_equals(Moment) = "DateGreaterThanEquals";
    /// The bytes are these, in Base64.
    binary_equals(Binary) = "BinaryEquals";
    /// The address is in one of these blocks.
    ip_address(Address) = "IpAddress";
    /// The address is in none of these blocks.
    not_ip_address(Address) = "NotIpAddress";
    /// The ARN matches one of these, part by part; `*` and `?` may stand in each. The same as [`arn_like`].
    arn_equals(ResourceName) = "ArnEquals";
    /// The ARN matches none of these. The same as [`arn_not_like`].
    arn_not_equals(ResourceName) = "ArnNotEquals";
    /// The ARN matches one of these, part by part; `*` and `?` may stand in each.
    arn_like(ResourceName) = "ArnLike";
    /// The ARN matches none of these.
    arn_not_like(ResourceName) = "ArnNotLike";
    /// The flag is this: `boolean(key::SECURE_TRANSPORT, false)`. IAM's operator `Bool`.
    boolean(Flag) = "Bool";
}

/// The request does not have the key, or (`false`) has it and it is not empty. IAM's operator `Null`.
pub fn null(key: impl key::Of<kind::Any>, absent: bool) -> Presence {
    let absent = Values::<kind::Flag>::from(absent);
    Presence(Test::new("Null", key.name(), absent.draft))
}

impl<K> Values<K> {
    fn new(draft: Draft) -> Self {
        Values {
            draft,
            kind: PhantomData,
        }
    }
}

impl<K: kind::Written> From<&str> for Values<K> {
    fn from(text: &str) -> Self {
        Values::new(Draft::from(text))
    }
}

impl<K: kind::Written> From<&String> for Values<K> {
    fn from(text: &String) -> Self {
        Values::from(text.as_str())
    }
}

impl<K: kind::Written> From<String> for Values<K> {
    fn from(text: String) -> Self {
        Values::new(Draft::from(text))
    }
}

impl<K, S> From<Expr<S>> for Values<K> {
    fn from(expression: Expr<S>) -> Self {
        Values::new(expression.draft)
    }
}

impl<K, S> From<&Expr<S>> for Values<K> {
    fn from(expression: &Expr<S>) -> Self {
        Values::new(expression.draft.clone())
    }
}

impl<R: Gives<Id<Arn>, Choice: Chosen>> From<&Handle<R>> for Values<kind::ResourceName> {
    fn from(handle: &Handle<R>) -> Self {
        Values::new(Prop::<Id<Arn>>::from(handle).into_draft())
    }
}

impl From<bool> for Values<kind::Flag> {
    fn from(flag: bool) -> Self {
        // A policy's values are text.
        Values::new(Draft::from(if flag { "true" } else { "false" }))
    }
}

/// Numbers, as text: a policy's values are text.
macro_rules! numbers {
    ($($number:ty),+) => { $(
        impl From<$number> for Values<kind::Number> {
            fn from(number: $number) -> Self {
                Values::new(Draft::from(number.to_string()))
            }
        }
    )+ };
}

numbers!(i64, i32, u32, u16, u8);

impl<K, U: Into<Values<K>>> From<Vec<U>> for Values<K> {
    fn from(values: Vec<U>) -> Self {
        let values = values.into_iter().map(|value| value.into().draft);
        Values::new(Draft::List(values.collect()))
    }
}

impl<K, U: Into<Values<K>>, const N: usize> From<[U; N]> for Values<K> {
    fn from(values: [U; N]) -> Self {
        let values = values.into_iter().map(|value| value.into().draft);
        Values::new(Draft::List(values.collect()))
    }
}
