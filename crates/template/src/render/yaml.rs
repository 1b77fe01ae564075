//! YAML in block style.
//!
//! Short forms where CloudFormation takes them: a tag may not follow a tag, so the outer one of two is written
//! long (`Fn::Base64: !Sub …`); `Fn::Transform` always is, and `Fn::GetStackOutput` around other functions.

use super::scalar::{push_blanks, push_key, push_text};
use super::view::View;
use crate::value::{Function, Value};

/// Where blank lines go.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Spacing {
    /// Nowhere.
    Dense,
    /// Between sections, and between resources.
    Template,
}

/// What stands before a value on its line.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Lead {
    /// `key:`, so that a blank or a line break must follow.
    Key,
    /// `- ` or nothing at all.
    Ready,
}

pub(super) fn render(view: &View<'_>, spacing: Spacing) -> String {
    let mut writer = Writer {
        out: String::with_capacity(4096),
        spacing,
    };
    writer.view(view, 0, Lead::Ready);
    writer.out
}

struct Writer {
    out: String,
    spacing: Spacing,
}

impl Writer {
    /// Writes a view; `indent` is the column of whatever it has to put on lines of its own.
    fn view(&mut self, view: &View<'_>, indent: usize, lead: Lead) {
        match view {
            View::Value(value) => self.value(value, indent, lead),
            View::Text(text) => self.text(text, indent, lead),
            View::Bool(boolean) => self.word(if *boolean { "true" } else { "false" }, lead),
            View::Texts(texts) => self.list(texts.iter(), indent, lead, |writer, text, indent| {
                writer.text(text, indent, Lead::Ready);
            }),
            View::List(items) => self.list(items.iter(), indent, lead, |writer, item, indent| {
                writer.value(item, indent, Lead::Ready);
            }),
            View::Map(map) => self.map(map.iter(), indent, lead, |_, _| false, Self::entry_value),
            View::Fields(fields) => {
                let fields = fields.iter().map(|(name, view)| (*name, view));
                let spaced = |writer: &Self, start: usize| writer.spaced(indent, start);
                self.map(fields, indent, lead, spaced, |writer, view, indent| {
                    writer.view(view, indent, Lead::Key);
                });
            }
        }
    }

    fn entry_value(&mut self, value: &Value, indent: usize) {
        self.value(value, indent, Lead::Key);
    }

    /// Whether a blank line goes before another field of a map that starts at a place in the output.
    fn spaced(&self, indent: usize, start: usize) -> bool {
        match (self.spacing, indent) {
            (Spacing::Template, 0) => true,
            (Spacing::Template, 2) => self.out[..start].ends_with("Resources:\n  "),
            _ => false,
        }
    }

    fn value(&mut self, value: &Value, indent: usize, lead: Lead) {
        match value {
            Value::Null => self.word("null", lead),
            Value::Bool(true) => self.word("true", lead),
            Value::Bool(false) => self.word("false", lead),
            Value::Number(number) => self.word(number.as_str(), lead),
            Value::String(text) => self.text(text, indent, lead),
            Value::List(items) => self.items(items, indent, lead),
            Value::Map(map) => self.map(map.iter(), indent, lead, |_, _| false, Self::entry_value),
            Value::Function(function, argument) => self.function(*function, argument, indent, lead),
        }
    }

    fn function(&mut self, function: Function, argument: &Value, indent: usize, lead: Lead) {
        let Some(tag) = short_tag(function, argument) else {
            let entry = std::iter::once((function.name(), argument));
            return self.map(entry, indent, lead, |_, _| false, Self::entry_value);
        };
        if lead == Lead::Key {
            self.out.push(' ');
        }
        self.out.push('!');
        self.out.push_str(tag);
        match argument {
            Value::List(items) => match dotted(function, items) {
                Some(text) => self.text(&text, indent, Lead::Key),
                None => self.items(items, indent, Lead::Key),
            },
            other => self.value(other, indent, Lead::Key),
        }
    }

    fn word(&mut self, word: &str, lead: Lead) {
        if lead == Lead::Key {
            self.out.push(' ');
        }
        self.out.push_str(word);
        self.out.push('\n');
    }

    fn text(&mut self, text: &str, indent: usize, lead: Lead) {
        if lead == Lead::Key {
            self.out.push(' ');
        }
        push_text(&mut self.out, text, indent);
        self.out.push('\n');
    }

    fn items(&mut self, items: &[Value], indent: usize, lead: Lead) {
        self.list(items.iter(), indent, lead, |writer, item, indent| {
            writer.value(item, indent, Lead::Ready);
        });
    }

    fn list<T>(
        &mut self,
        items: impl ExactSizeIterator<Item = T>,
        indent: usize,
        lead: Lead,
        mut one: impl FnMut(&mut Self, T, usize),
    ) {
        if items.len() == 0 {
            return self.word("[]", lead);
        }
        self.start_block(indent, lead);
        for (index, item) in items.enumerate() {
            if index > 0 {
                self.pad(indent);
            }
            self.out.push_str("- ");
            one(self, item, indent + 2);
        }
    }

    fn map<K: AsRef<str>, T>(
        &mut self,
        entries: impl ExactSizeIterator<Item = (K, T)>,
        indent: usize,
        lead: Lead,
        spaced: impl Fn(&Self, usize) -> bool,
        mut one: impl FnMut(&mut Self, T, usize),
    ) {
        if entries.len() == 0 {
            return self.word("{}", lead);
        }
        self.start_block(indent, lead);
        let spaced = spaced(self, self.out.len());
        for (index, (key, value)) in entries.enumerate() {
            if index > 0 {
                if spaced {
                    self.out.push('\n');
                }
                self.pad(indent);
            }
            push_key(&mut self.out, key.as_ref(), indent);
            one(self, value, indent + 2);
        }
    }

    /// Goes to where the first line of a block collection starts.
    fn start_block(&mut self, indent: usize, lead: Lead) {
        if lead == Lead::Key {
            self.out.push('\n');
            self.pad(indent);
        }
    }

    fn pad(&mut self, indent: usize) {
        push_blanks(&mut self.out, indent);
    }
}

/// The tag of a function whose argument allows the short form.
fn short_tag(function: Function, argument: &Value) -> Option<&'static str> {
    let allowed = match (function, argument) {
        // A macro's parameters are best seen; and CloudFormation refuses functions inside the short form.
        (Function::Transform, _) => false,
        (Function::GetStackOutput, Value::Map(map)) => {
            !map.is_empty() && map.values().all(|value| value.as_str().is_some())
        }
        // A tag makes text of any scalar, so only text may follow it.
        (_, Value::String(_)) => true,
        (Function::Condition, _) => false,
        (_, Value::List(items)) => !items.is_empty(),
        _ => false,
    };
    function.tag().filter(|_| allowed)
}

/// `A.B` for the argument of `Fn::GetAtt`, where that reads back as the same.
fn dotted(function: Function, items: &[Value]) -> Option<String> {
    match (function, items) {
        (Function::GetAtt, [Value::String(logical_id), Value::String(attribute)])
            if !logical_id.contains('.') =>
        {
            Some(format!("{logical_id}.{attribute}"))
        }
        _ => None,
    }
}
