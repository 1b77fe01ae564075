//! Rust's own literals in properties.

use stratiform_template::{Number, Value};

use super::{AcceptsLiteral, Digits, Id, Json, Opt, Prop};
use crate::value::draft::Draft;

/// Writes `From<$source>` for every property that accepts such a literal, and says how each target takes it.
macro_rules! literals {
    ($($source:ty => $($target:ty),+ : |$value:ident| $draft:expr;)+) => { $(
        impl<'text, T: AcceptsLiteral<$source>> From<$source> for Prop<T> {
            fn from($value: $source) -> Self {
                Prop::new(T::taken($draft))
            }
        }

        impl<'text, T: AcceptsLiteral<$source>> From<$source> for Opt<T> {
            fn from(value: $source) -> Self {
                Prop::from(value).into()
            }
        }

        $(
            // What else takes such a literal is no help to whoever wrote it here.
            #[diagnostic::do_not_recommend]
            impl<'text> AcceptsLiteral<$source> for $target {}
        )+
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
    Json => Json: |document| document.0;
}

/// Text of digits, and numbers that become text.
macro_rules! digits {
    ($($text:ty),+; $($number:ty),+) => {
        $(
            #[diagnostic::do_not_recommend]
            impl AcceptsLiteral<$text> for Digits {}
        )+

        $(
            #[diagnostic::do_not_recommend]
            impl AcceptsLiteral<$number> for Digits {
            fn taken(literal: Draft) -> Draft {
                match literal {
                    Draft::Value(Value::Number(number)) => Draft::from(number.as_str()),
                    other => other,
                }
            }
        })+
    };
}

digits!(&str, &String, String; i64, i32, u8, u16, u32);

#[diagnostic::do_not_recommend]
impl<K> AcceptsLiteral<&str> for Id<K> {}
#[diagnostic::do_not_recommend]
impl<K> AcceptsLiteral<&String> for Id<K> {}
#[diagnostic::do_not_recommend]
impl<K> AcceptsLiteral<String> for Id<K> {}

/// A number that JSON cannot write (infinite, not a number) becomes text, which CloudFormation refuses.
fn float(number: f64) -> Draft {
    let text = number.to_string();
    Number::parse(&text).map_or_else(|| Draft::from(text), Draft::from)
}
