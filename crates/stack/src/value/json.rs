//! Documents of any shape: the [`json!`](crate::json!) notation, and JSON as text with references in it.

use stratiform_template::Value;

use crate::value::draft::{Draft, Part};

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

/// A document as JSON text, indented where a line would be too long for a reader; what CloudFormation must
/// evaluate stays a value in its place.
pub(crate) fn text_parts(document: Draft) -> Vec<Part> {
    let mut writer = Writer {
        parts: Vec::new(),
        text: String::new(),
    };
    writer.draft(document, Layout::Indented { depth: 0 });
    writer.flush();
    writer.parts
}

/// A list or a map up to this long stands on one line.
const LINE: usize = 140;

/// How the members of a list or a map are set apart.
#[derive(Clone, Copy)]
enum Layout {
    /// By a line break.
    Indented { depth: usize },
    /// By a space.
    OneLine,
}

impl Layout {
    /// The layout of a list or a map that stands in this one.
    fn of(self, length: usize) -> Layout {
        if length <= LINE {
            Layout::OneLine
        } else {
            self
        }
    }

    fn inner(self) -> Layout {
        match self {
            Layout::Indented { depth } => Layout::Indented { depth: depth + 1 },
            Layout::OneLine => Layout::OneLine,
        }
    }
}

/// About how long a draft is on one line.
fn length(draft: &Draft) -> usize {
    // How long an evaluated value is, nobody knows yet.
    const EVALUATED: usize = 16;
    match draft {
        Draft::Value(value) => match value {
            Value::Null | Value::Bool(_) => 5,
            Value::Number(number) => number.as_str().len(),
            Value::String(text) => text.len() + 2,
            // Measured when it is opened, which makes it a draft.
            Value::List(_) | Value::Map(_) | Value::Function(..) => LINE + 1,
        },
        Draft::List(items) => items.iter().map(|item| length(item) + 2).sum(),
        Draft::Map(entries) => {
            let entries = entries.iter();
            entries
                .map(|(key, value)| key.len() + length(value) + 6)
                .sum()
        }
        Draft::Text(parts) => {
            let parts = parts.iter().map(|part| match part {
                Part::Literal(text) => text.len(),
                Part::Value(value) => length(value),
            });
            parts.sum::<usize>() + 2
        }
        Draft::Untyped(inner) => length(inner),
        Draft::Statement(statement) => length(&statement.content),
        Draft::Function(..) | Draft::Reference(_) | Draft::Condition(_) => EVALUATED,
    }
}

struct Writer {
    parts: Vec<Part>,
    text: String,
}

impl Writer {
    fn draft(&mut self, draft: Draft, layout: Layout) {
        let layout = layout.of(length(&draft));
        match draft {
            Draft::Value(value) => self.value(value, layout),
            Draft::List(items) => self.members(['[', ']'], items, layout, Writer::draft),
            Draft::Map(entries) => {
                self.members(
                    ['{', '}'],
                    entries,
                    layout,
                    |writer, (key, value), layout| {
                        writer.string(&key);
                        writer.text.push_str(": ");
                        writer.draft(value, layout);
                    },
                );
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
            Draft::Untyped(inner) => self.draft(*inner, layout),
            Draft::Statement(statement) => self.draft(*statement.content, layout),
            Draft::Function(..) | Draft::Reference(_) | Draft::Condition(_) => {
                self.text.push('"');
                self.evaluated(draft);
                self.text.push('"');
            }
        }
    }

    fn value(&mut self, value: Value, layout: Layout) {
        match value {
            Value::Null => self.text.push_str("null"),
            Value::Bool(boolean) => self.text.push_str(if boolean { "true" } else { "false" }),
            Value::Number(number) => self.text.push_str(number.as_str()),
            Value::String(text) => self.string(&text),
            Value::List(items) => {
                self.draft(
                    Draft::List(items.into_iter().map(Draft::Value).collect()),
                    layout,
                );
            }
            Value::Map(entries) => {
                let entries = entries
                    .into_iter()
                    .map(|(key, value)| (key, Draft::Value(value)));
                self.draft(Draft::Map(entries.collect()), layout);
            }
            Value::Function(function, argument) => {
                self.draft(
                    Draft::Function(function, Box::new(Draft::Value(*argument))),
                    layout,
                );
            }
        }
    }

    fn members<T>(
        &mut self,
        [open, close]: [char; 2],
        members: Vec<T>,
        layout: Layout,
        mut member: impl FnMut(&mut Self, T, Layout),
    ) {
        self.text.push(open);
        let empty = members.is_empty();
        for (position, item) in members.into_iter().enumerate() {
            match layout {
                Layout::Indented { depth } => {
                    self.text.push_str(if position == 0 { "\n" } else { ",\n" });
                    self.indent(depth + 1);
                }
                Layout::OneLine => self.text.push_str(if position == 0 { "" } else { ", " }),
            }
            member(self, item, layout.inner());
        }
        if let Layout::Indented { depth } = layout
            && !empty
        {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Json, pseudo};

    fn text(document: Json) -> String {
        let parts = text_parts(document.0).into_iter().map(|part| match part {
            Part::Literal(text) => text,
            Part::Value(_) => "<evaluated>".to_owned(),
        });
        parts.collect()
    }

    #[test]
    #[expect(
        clippy::vec_init_then_push,
        reason = "clippy sees into `json!` only in the crate that defines it"
    )]
    fn what_fits_on_a_line_stands_on_one() {
        let long = "x".repeat(LINE);
        let document = json!({"short": [1, {"a": pseudo::region()}], "long": [long.as_str(), {}]});
        let expected = [
            r#"{"#,
            r#"  "short": [1, {"a": "<evaluated>"}],"#,
            r#"  "long": ["#,
            &format!(r#"    "{long}","#),
            r#"    {}"#,
            r#"  ]"#,
            r#"}"#,
        ];
        assert_eq!(text(document), expected.join("\n"));
        assert_eq!(text(json!({"a": [true, null]})), r#"{"a": [true, null]}"#);
    }
}
