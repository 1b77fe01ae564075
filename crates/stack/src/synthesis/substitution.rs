//! Text with values in it, as `Fn::Sub` says it.

use indexmap::IndexMap;
use stratiform_template::{Function, Value};

/// The argument of an `Fn::Sub` under construction.
#[derive(Default)]
pub(super) struct Substitution {
    pieces: Vec<Piece>,
}

/// A part of the text.
enum Piece {
    /// Text as it is.
    Literal(String),
    /// Text in `Fn::Sub`'s own notation.
    Notation(String),
    /// What stands in `${…}`.
    Name(String),
    /// What `${…}` cannot say, and so needs a variable.
    Variable(Value),
}

impl Substitution {
    /// Adds text that stands for itself.
    pub(super) fn literal(&mut self, text: String) {
        self.pieces.push(Piece::Literal(text));
    }

    /// Adds a value, in the shortest notation there is for it.
    pub(super) fn value(&mut self, value: Value) {
        let piece = match &value {
            Value::String(text) => Piece::Literal(text.clone()),
            Value::Bool(boolean) => Piece::Literal(boolean.to_string()),
            Value::Number(number) => Piece::Literal(number.to_string()),
            Value::Function(function, argument) => match (function, &**argument) {
                (Function::Ref, Value::String(name)) => Piece::Name(name.clone()),
                (Function::GetAtt, Value::List(path)) => {
                    let path: Vec<&str> = path.iter().filter_map(Value::as_str).collect();
                    Piece::Name(path.join("."))
                }
                (Function::Sub, Value::String(text)) => Piece::Notation(text.clone()),
                _ => Piece::Variable(value),
            },
            Value::Null | Value::List(_) | Value::Map(_) => Piece::Variable(value),
        };
        self.pieces.push(piece);
    }

    /// Plain text where all is known, otherwise `Fn::Sub`.
    pub(super) fn into_value(self) -> Value {
        if self
            .pieces
            .iter()
            .all(|piece| matches!(piece, Piece::Literal(_)))
        {
            let literals = self.pieces.into_iter().filter_map(|piece| match piece {
                Piece::Literal(text) => Some(text),
                Piece::Notation(_) | Piece::Name(_) | Piece::Variable(_) => None,
            });
            return Value::String(literals.collect());
        }
        let mut text = String::new();
        let mut variables: IndexMap<String, Value> = IndexMap::new();
        for piece in &self.pieces {
            match piece {
                Piece::Literal(literal) => text.push_str(&literal.replace("${", "${!")),
                Piece::Notation(notation) => text.push_str(notation),
                Piece::Name(name) => text.push_str(&format!("${{{name}}}")),
                Piece::Variable(value) => {
                    let known = variables
                        .iter()
                        .find(|(_, there)| *there == value)
                        .map(|(name, _)| name.clone());
                    let name = known.unwrap_or_else(|| {
                        let name = self.free_name(value, &variables);
                        variables.insert(name.clone(), value.clone());
                        name
                    });
                    text.push_str(&format!("${{{name}}}"));
                }
            }
        }
        if variables.is_empty() {
            Value::function(Function::Sub, text)
        } else {
            Value::function(Function::Sub, vec![text.into(), Value::Map(variables)])
        }
    }

    /// A name for a variable: what it is called where it comes from, unless that is taken. A variable hides a
    /// resource of the same name in its text.
    fn free_name(&self, value: &Value, variables: &IndexMap<String, Value>) -> String {
        let base = match value {
            Value::Function(Function::ImportValue, name) => {
                name.as_str().and_then(|name| name.rsplit(':').next())
            }
            Value::Function(Function::GetStackOutput, arguments) => {
                arguments.as_map().and_then(|arguments| {
                    arguments
                        .get("OutputName")?
                        .as_str()?
                        .strip_prefix("Export")
                })
            }
            _ => None,
        };
        let base: String = base
            .unwrap_or("Value")
            .chars()
            .filter(char::is_ascii_alphanumeric)
            .collect();
        let in_use = |name: &str| {
            variables.contains_key(name)
                || self.pieces.iter().any(|piece| match piece {
                    Piece::Name(used) => used.split('.').next() == Some(name),
                    Piece::Notation(text) => text.contains(&format!("${{{name}")),
                    Piece::Literal(_) | Piece::Variable(_) => false,
                })
        };
        let numbered = (2..).map(|number| format!("{base}{number}"));
        let mut names = std::iter::once(base.clone()).chain(numbered);
        names.find(|name| !in_use(name)).unwrap_or(base)
    }
}
