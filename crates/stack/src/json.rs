//! Documents of any shape: the [`json!`](crate::json!) notation, and JSON as text with references in it.

use stratiform_template::Value;

use crate::draft::{Draft, Part};

/// A document in JSON's own notation, with Rust expressions where values stand.
///
/// ```
/// use stratiform_stack::{json, pseudo};
/// let document = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Region": pseudo::region()}]});
/// ```
#[macro_export]
macro_rules! json {
    (null) => { $crate::Json::null() };
    ({ $($entries:tt)* }) => {{
        #[allow(unused_mut, clippy::allow_attributes, reason = "an empty map pushes nothing")]
        let mut entries: ::std::vec::Vec<(&str, $crate::Json)> = ::std::vec::Vec::new();
        $crate::json_entries!(entries $($entries)*);
        $crate::Json::object(entries)
    }};
    ([ $($items:tt)* ]) => {{
        #[allow(unused_mut, clippy::allow_attributes, reason = "an empty list pushes nothing")]
        let mut items: ::std::vec::Vec<$crate::Json> = ::std::vec::Vec::new();
        $crate::json_items!(items $($items)*);
        $crate::Json::list(items)
    }};
    ($value:expr) => { $crate::Json::from($value) };
}

/// The entries of a map for [`json!`].
#[doc(hidden)]
#[macro_export]
macro_rules! json_entries {
    ($entries:ident) => {};
    ($entries:ident $key:literal : null $(, $($rest:tt)*)?) => {
        $entries.push(($key, $crate::Json::null()));
        $crate::json_entries!($entries $($($rest)*)?);
    };
    ($entries:ident $key:literal : { $($inner:tt)* } $(, $($rest:tt)*)?) => {
        $entries.push(($key, $crate::json!({ $($inner)* })));
        $crate::json_entries!($entries $($($rest)*)?);
    };
    ($entries:ident $key:literal : [ $($inner:tt)* ] $(, $($rest:tt)*)?) => {
        $entries.push(($key, $crate::json!([ $($inner)* ])));
        $crate::json_entries!($entries $($($rest)*)?);
    };
    ($entries:ident $key:literal : $value:expr $(, $($rest:tt)*)?) => {
        $entries.push(($key, $crate::Json::from($value)));
        $crate::json_entries!($entries $($($rest)*)?);
    };
}

/// The items of a list for [`json!`].
#[doc(hidden)]
#[macro_export]
macro_rules! json_items {
    ($items:ident) => {};
    ($items:ident null $(, $($rest:tt)*)?) => {
        $items.push($crate::Json::null());
        $crate::json_items!($items $($($rest)*)?);
    };
    ($items:ident { $($inner:tt)* } $(, $($rest:tt)*)?) => {
        $items.push($crate::json!({ $($inner)* }));
        $crate::json_items!($items $($($rest)*)?);
    };
    ($items:ident [ $($inner:tt)* ] $(, $($rest:tt)*)?) => {
        $items.push($crate::json!([ $($inner)* ]));
        $crate::json_items!($items $($($rest)*)?);
    };
    ($items:ident $value:expr $(, $($rest:tt)*)?) => {
        $items.push($crate::Json::from($value));
        $crate::json_items!($items $($($rest)*)?);
    };
}

/// A document as indented JSON text; what CloudFormation must evaluate stays a value in its place.
pub(crate) fn text_parts(document: Draft) -> Vec<Part> {
    let mut writer = Writer {
        parts: Vec::new(),
        text: String::new(),
    };
    writer.draft(document, 0);
    writer.flush();
    writer.parts
}

struct Writer {
    parts: Vec<Part>,
    text: String,
}

impl Writer {
    fn draft(&mut self, draft: Draft, depth: usize) {
        match draft {
            Draft::Value(value) => self.value(value, depth),
            Draft::List(items) => self.members('[', ']', items, depth, |writer, item| {
                writer.draft(item, depth + 1);
            }),
            Draft::Map(entries) => {
                self.members('{', '}', entries, depth, |writer, (key, value)| {
                    writer.string(&key);
                    writer.text.push_str(": ");
                    writer.draft(value, depth + 1);
                })
            }
            Draft::Text(parts) => {
                self.text.push('"');
                for part in parts {
                    match part {
                        Part::Literal(text) => self.escaped(&text),
                        Part::Value(value) => self.evaluated(value),
                    }
                }
                self.text.push('"');
            }
            Draft::Function(..) | Draft::Reference(_) => {
                self.text.push('"');
                self.evaluated(draft);
                self.text.push('"');
            }
        }
    }

    fn value(&mut self, value: Value, depth: usize) {
        match value {
            Value::Null => self.text.push_str("null"),
            Value::Bool(boolean) => self.text.push_str(if boolean { "true" } else { "false" }),
            Value::Number(number) => self.text.push_str(number.as_str()),
            Value::String(text) => self.string(&text),
            Value::List(items) => {
                self.draft(
                    Draft::List(items.into_iter().map(Draft::Value).collect()),
                    depth,
                );
            }
            Value::Map(entries) => {
                let entries = entries
                    .into_iter()
                    .map(|(key, value)| (key.into(), Draft::Value(value)));
                self.draft(Draft::Map(entries.collect()), depth);
            }
            Value::Function(function, argument) => {
                self.draft(
                    Draft::Function(function, Box::new(Draft::Value(*argument))),
                    depth,
                );
            }
        }
    }

    fn members<T>(
        &mut self,
        open: char,
        close: char,
        members: Vec<T>,
        depth: usize,
        mut member: impl FnMut(&mut Self, T),
    ) {
        self.text.push(open);
        let empty = members.is_empty();
        for (position, item) in members.into_iter().enumerate() {
            self.text.push_str(if position == 0 { "\n" } else { ",\n" });
            self.indent(depth + 1);
            member(self, item);
        }
        if !empty {
            self.text.push('\n');
            self.indent(depth);
        }
        self.text.push(close);
    }

    fn indent(&mut self, depth: usize) {
        self.text.extend(std::iter::repeat_n("  ", depth));
    }

    fn string(&mut self, text: &str) {
        self.text.push('"');
        self.escaped(text);
        self.text.push('"');
    }

    fn escaped(&mut self, text: &str) {
        for character in text.chars() {
            match character {
                '"' => self.text.push_str("\\\""),
                '\\' => self.text.push_str("\\\\"),
                '\n' => self.text.push_str("\\n"),
                '\r' => self.text.push_str("\\r"),
                '\t' => self.text.push_str("\\t"),
                control if control < ' ' => self
                    .text
                    .push_str(&format!("\\u{:04x}", u32::from(control))),
                other => self.text.push(other),
            }
        }
    }

    fn evaluated(&mut self, value: Draft) {
        self.flush();
        self.parts.push(Part::Value(value));
    }

    fn flush(&mut self) {
        if !self.text.is_empty() {
            self.parts
                .push(Part::Literal(std::mem::take(&mut self.text)));
        }
    }
}
