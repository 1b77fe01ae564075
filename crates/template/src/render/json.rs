//! JSON.

use super::scalar::push_blanks;
use super::view::View;
use crate::value::Value;

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Layout {
    Compact,
    Pretty,
}

pub(super) fn render(view: &View<'_>, layout: Layout) -> String {
    let mut writer = Writer {
        out: String::with_capacity(4096),
        layout,
        indent: 0,
    };
    writer.view(view);
    if layout == Layout::Pretty {
        writer.out.push('\n');
    }
    writer.out
}

struct Writer {
    out: String,
    layout: Layout,
    indent: usize,
}

impl Writer {
    fn view(&mut self, view: &View<'_>) {
        match view {
            View::Value(value) => self.value(value),
            View::Text(text) => self.text(text),
            View::Bool(boolean) => self.out.push_str(if *boolean { "true" } else { "false" }),
            View::Texts(texts) => self.list(texts.iter(), |writer, text| writer.text(text)),
            View::List(items) => self.list(items.iter(), Self::value),
            View::Map(map) => self.map(map.iter(), Self::value),
            View::Fields(fields) => {
                let fields = fields.iter().map(|(name, view)| (*name, view));
                self.map(fields, Self::view);
            }
        }
    }

    fn value(&mut self, value: &Value) {
        match value {
            Value::Null => self.out.push_str("null"),
            Value::Bool(true) => self.out.push_str("true"),
            Value::Bool(false) => self.out.push_str("false"),
            Value::Number(number) => self.out.push_str(number.as_str()),
            Value::String(text) => self.text(text),
            Value::List(items) => self.list(items.iter(), Self::value),
            Value::Map(map) => self.map(map.iter(), Self::value),
            Value::Function(function, argument) => {
                self.map(std::iter::once((function.name(), &**argument)), Self::value);
            }
        }
    }

    fn list<T>(&mut self, items: impl ExactSizeIterator<Item = T>, one: impl Fn(&mut Self, T)) {
        if items.len() == 0 {
            return self.out.push_str("[]");
        }
        self.open('[');
        for (index, item) in items.enumerate() {
            self.next(index);
            one(self, item);
        }
        self.close(']');
    }

    fn map<K: AsRef<str>, T>(
        &mut self,
        entries: impl ExactSizeIterator<Item = (K, T)>,
        one: impl Fn(&mut Self, T),
    ) {
        if entries.len() == 0 {
            return self.out.push_str("{}");
        }
        self.open('{');
        for (index, (key, value)) in entries.enumerate() {
            self.next(index);
            self.text(key.as_ref());
            self.out.push(':');
            if self.layout == Layout::Pretty {
                self.out.push(' ');
            }
            one(self, value);
        }
        self.close('}');
    }

    fn open(&mut self, bracket: char) {
        self.out.push(bracket);
        self.indent += 2;
    }

    fn close(&mut self, bracket: char) {
        self.indent -= 2;
        self.new_line();
        self.out.push(bracket);
    }

    fn next(&mut self, index: usize) {
        if index > 0 {
            self.out.push(',');
        }
        self.new_line();
    }

    fn new_line(&mut self) {
        if self.layout == Layout::Pretty {
            self.out.push('\n');
            push_blanks(&mut self.out, self.indent);
        }
    }

    fn text(&mut self, text: &str) {
        use std::fmt::Write as _;

        self.out.push('"');
        // Hardly any text has something to escape, and one pass without a branch says so.
        let mut special = false;
        for &byte in text.as_bytes() {
            special |= byte < b' ' || matches!(byte, b'"' | b'\\' | 0x7F);
        }
        if !special {
            self.out.push_str(text);
            self.out.push('"');
            return;
        }
        let mut rest = text;
        while let Some(length) = rest
            .bytes()
            .position(|byte| matches!(byte, b'"' | b'\\' | 0..=0x1F | 0x7F))
        {
            // The byte found is ASCII, so both sides of it are character boundaries.
            self.out.push_str(&rest[..length]);
            // Writing to a `String` cannot fail.
            let _ = match rest.as_bytes()[length] {
                b'"' => write!(self.out, "\\\""),
                b'\\' => write!(self.out, "\\\\"),
                b'\n' => write!(self.out, "\\n"),
                b'\r' => write!(self.out, "\\r"),
                b'\t' => write!(self.out, "\\t"),
                byte => write!(self.out, "\\u{byte:04x}"),
            };
            rest = &rest[length + 1..];
        }
        self.out.push_str(rest);
        self.out.push('"');
    }
}
