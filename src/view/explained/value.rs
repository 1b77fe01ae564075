//! A value of a template on one line, in the short forms that people read.

use stratiform_finding::words::visible;
use stratiform_template::{Function, Value};

/// `!GetAtt Key.Arn`, `[a, b]`, `{Key: team}`.
pub(super) fn flow(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Bool(value) => value.to_string(),
        Value::Number(number) => number.to_string(),
        Value::String(text) if text.is_empty() => "\"\"".to_owned(),
        // Of a text of several lines, such as a document, the layout says nothing.
        Value::String(text) => match text.contains('\n') {
            true => {
                let words: Vec<&str> = text.split_whitespace().collect();
                visible(&words.join(" ")).into_owned()
            }
            false => visible(text).into_owned(),
        },
        Value::List(items) => format!("[{}]", flows(items)),
        Value::Map(entries) => {
            let entries = entries.iter();
            let entries = entries.map(|(key, value)| format!("{}: {}", visible(key), flow(value)));
            format!("{{{}}}", entries.collect::<Vec<_>>().join(", "))
        }
        Value::Function(Function::GetAtt, argument) => match argument.as_list() {
            Some([id, attribute]) => format!("!GetAtt {}.{}", flow(id), flow(attribute)),
            _ => format!("!GetAtt {}", flow(argument)),
        },
        Value::Function(function, argument) => match function.tag() {
            Some(tag) => format!("!{tag} {}", flow(argument)),
            None => format!("{{{}: {}}}", function.name(), flow(argument)),
        },
    }
}

fn flows(items: &[Value]) -> String {
    let items: Vec<String> = items.iter().map(flow).collect();
    items.join(", ")
}
