//! Documents inside of templates, written as maps or as text: policies, state machines.
//!
//! In text, CloudFormation puts values in places that are not known here (`${Function.Arn}`, the items of `Fn::Join`).
//! They become [holes](hole): values that can be anything.

use stratiform_template::{Function, Path, Value, parse};

use super::part::Visit;
use super::{Look, Looked};

/// A value that nobody knows: a reference to nothing.
fn hole() -> Value {
    Value::function(Function::Ref, "")
}

/// Where a hole is in a text. Nobody writes it: it is for private use.
const HOLE: char = '\u{F8FF}';

impl<'s, 't> Look<'s, 't> {
    /// Goes into a document. What is found in text stands where the text does, with its way inside of it.
    pub(crate) fn document(
        &mut self,
        value: &Value,
        path: &Path<'_>,
        go: Visit<'_, 's, 't>,
    ) -> Looked<'t> {
        self.inside(value, path, &mut |look, value, path| {
            if let Value::Map(_) = value {
                return go(look, value, path);
            }
            let Some(read) = written(value).and_then(|text| read(&text)) else {
                return Ok(());
            };
            look.at_each(path, |look| look.in_text(&read, path, go))
        })
    }

    fn in_text(&mut self, read: &Value, path: &Path<'_>, go: Visit<'_, 's, 't>) -> Looked<'t> {
        let before = self.found.len();
        let looked = go(self, read, path);
        let depth = path.steps().len();
        for finding in self.found.iter_mut().skip(before) {
            let way = finding.path.split_off(depth.min(finding.path.len()));
            if !way.is_empty() {
                finding.what = format!("{} (`{}` in the text)", finding.what, way.join("/"));
            }
        }
        looked
    }
}

/// The text that a value comes to, with holes where it is not known.
fn written(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.to_string()),
        Value::Function(Function::Sub, argument) => {
            let text = match argument.as_ref() {
                Value::List(items) => items.first()?.as_str()?,
                text => text.as_str()?,
            };
            Some(without_variables(text))
        }
        Value::Function(Function::Join, argument) => {
            let [Value::String(delimiter), Value::List(items)] = argument.as_list()? else {
                return None;
            };
            let parts = items.iter().map(|item| match item {
                Value::String(text) => text.to_string(),
                Value::Function(Function::Sub, _) => written(item).unwrap_or(HOLE.to_string()),
                _ => HOLE.to_string(),
            });
            Some(parts.collect::<Vec<_>>().join(delimiter))
        }
        _ => None,
    }
}

/// The text of `Fn::Sub` with a hole for each variable.
fn without_variables(text: &str) -> String {
    let mut written = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("${") {
        written += before;
        match after.split_once('}') {
            Some((name, after)) => {
                match name.strip_prefix('!') {
                    Some(literal) => {
                        written += &format!("${{{literal}}}");
                    }
                    None => written.push(HOLE),
                }
                rest = after;
            }
            None => {
                written += "${";
                rest = after;
            }
        }
    }
    written + rest
}

/// The document that a text is; none where it is none, or nobody can know.
fn read(text: &str) -> Option<Value> {
    let is_json = text.trim_start().starts_with('{');
    let quoted = if is_json {
        quoted(text)
    } else {
        text.to_owned()
    };
    let node = parse(&quoted).ok()?;
    let value = Value::from_node(&node).ok()?;
    let mut is_known = true;
    let value = value.map(&mut |value| match value {
        Value::String(text) if text.contains(HOLE) => hole(),
        Value::Map(entries) => {
            is_known &= !entries.keys().any(|key| key.contains(HOLE));
            Value::Map(entries)
        }
        value => value,
    });
    (is_known && matches!(value, Value::Map(_))).then_some(value)
}

/// Whether a text that is written out is no document whatever comes into it: neither JSON nor YAML of a map.
pub(crate) fn is_no_document(text: &str) -> bool {
    let is_begun = text.trim_start().starts_with('{');
    !is_begun && !text.contains("{{resolve:") && read(text).is_none()
}

/// JSON with what is put into it later in quotes, where it stands outside of any: `{"a": ${b}}`.
fn quoted(text: &str) -> String {
    let mut written = String::with_capacity(text.len());
    let mut in_quotes = false;
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '\\' if in_quotes => {
                written.push(letter);
                written.extend(letters.next());
            }
            '"' => {
                in_quotes = !in_quotes;
                written.push(letter);
            }
            HOLE if !in_quotes => written += &format!("\"{HOLE}\""),
            '$' if !in_quotes && letters.peek() == Some(&'{') => {
                for letter in letters.by_ref() {
                    if letter == '}' {
                        break;
                    }
                }
                written += &format!("\"{HOLE}\"");
            }
            _ => written.push(letter),
        }
    }
    written
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_known_is_a_hole() {
        let text = r#"{"a": "x${B}y", "c": ${D}, "e": "${!f}", "g": "\"${H}"}"#;
        let value = Value::function(Function::Sub, text);
        let read = written(&value).and_then(|text| read(&text));
        let read = read.map(|value| value.to_json());
        let expected = r#"{"a":{"Ref":""},"c":{"Ref":""},"e":"${f}","g":{"Ref":""}}"#;
        assert_eq!(read.as_deref(), Some(expected));
    }

    #[test]
    fn what_is_no_document_is_none() {
        for text in ["", "{", "text", "[]", "{\"${A}\": 1}"] {
            let value = Value::function(Function::Sub, text);
            assert_eq!(written(&value).and_then(|text| read(&text)), None, "{text}");
        }
    }
}
