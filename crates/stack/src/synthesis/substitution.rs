//! Text with values in it, as `Fn::Sub` says it.

use stratiform_template::{Function, Map, Text, Value};

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
    Notation(Text),
    /// What stands in `${…}`.
    Name(Text),
    /// What `${…}` cannot say, and so needs a variable.
    Variable(Value),
}

impl Substitution {
    /// Adds text that stands for itself.
    pub(super) fn literal(&mut self, text: String) {
        match self.pieces.last_mut() {
            // Two texts may make a `${` together.
            Some(Piece::Literal(before)) => before.push_str(&text),
            _ => self.pieces.push(Piece::Literal(text)),
        }
    }

    /// Adds a value, in the shortest notation there is for it.
    pub(super) fn value(&mut self, value: Value) {
        let piece = match value {
            Value::String(text) => return self.literal(text.into()),
            Value::Bool(boolean) => return self.literal(boolean.to_string()),
            Value::Number(number) => return self.literal(number.to_string()),
            Value::Function(function, argument) => match (function, *argument) {
                (Function::Ref, Value::String(name)) => Piece::Name(name),
                (Function::GetAtt, Value::List(path))
                    if path.iter().all(|step| step.as_str().is_some()) =>
                {
                    let path: Vec<&str> = path.iter().filter_map(Value::as_str).collect();
                    Piece::Name(path.join(".").into())
                }
                (Function::Sub, Value::String(text)) => Piece::Notation(text),
                (function, argument) => {
                    Piece::Variable(Value::Function(function, Box::new(argument)))
                }
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
            return Value::from(literals.collect::<String>());
        }
        let mut text = String::new();
        let mut variables = Map::new();
        for piece in &self.pieces {
            match piece {
                Piece::Literal(literal) => self.escape(literal, &mut text, &mut variables),
                Piece::Notation(notation) => text.push_str(notation),
                Piece::Name(name) => text.push_str(&format!("${{{name}}}")),
                Piece::Variable(value) => {
                    let name = self.variable(value, &mut variables);
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

    /// Adds text in which `${` stands for itself: `${!NAME}` where it is closed at once, and a variable for the
    /// dollar where that would take in what follows.
    fn escape(&self, literal: &str, text: &mut String, variables: &mut Map) {
        let mut rest = literal;
        while let Some((before, after)) = rest.split_once("${") {
            text.push_str(before);
            let closed = after
                .split_once('}')
                .is_some_and(|(name, _)| !name.contains(['$', '{']));
            if closed {
                text.push_str("${!");
            } else {
                let dollar = self.variable(&Value::from("$"), variables);
                text.push_str(&format!("${{{dollar}}}{{"));
            }
            rest = after;
        }
        text.push_str(rest);
    }

    /// The name of the variable that holds a value.
    fn variable(&self, value: &Value, variables: &mut Map) -> Text {
        let known = variables
            .iter()
            .find(|(_, there)| *there == value)
            .map(|(name, _)| name.clone());
        known.unwrap_or_else(|| {
            let name = Text::from(self.free_name(value, variables));
            variables.insert(name.clone(), value.clone());
            name
        })
    }

    /// A name for a variable: what it is called where it comes from, unless that is taken. A variable hides a
    /// resource of the same name in its text.
    fn free_name(&self, value: &Value, variables: &Map) -> String {
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
            Value::String(_) => Some("Dollar"),
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
