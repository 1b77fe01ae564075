//! Documents of any shape, from Rust values; [`json!`](crate::json!) writes them in JSON's notation.

use stratiform_template::{Text, Value};

use super::{Expr, Json, Prop};
use crate::value::draft::Draft;

impl Json {
    /// A map with values of any kind.
    pub fn object<K: Into<String>>(entries: impl IntoIterator<Item = (K, Json)>) -> Json {
        Json(Draft::Map(
            entries
                .into_iter()
                .map(|(key, value)| (Text::from(key.into()), value.0))
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
        Expr::new(Draft::Text(crate::value::json::text_parts(self.0)))
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
