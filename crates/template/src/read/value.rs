//! [`Node`] → [`Value`].

use stratiform_finding::words::{nearest, shortened};
use stratiform_finding::{Code, Finding};

use super::{Content, Reader, Step};
use crate::map::Map;
use crate::node::{Entry, Node, NodeKind, Scalar};
use crate::value::{Function, Value};

impl Value {
    /// Reads a value as it may stand in a property or an output.
    ///
    /// A map with exactly one key that names a function is that function. `Condition` is one only directly inside
    /// `Fn::And`, `Fn::Or` and `Fn::Not`, since IAM statements have members of that name.
    ///
    /// # Errors
    /// Every `Fn::…` that CloudFormation does not know, and every function with other keys beside it
    /// (`Fn::Transform` and `Fn::ForEach::…` may have them).
    pub fn from_node(node: &Node) -> Result<Value, Vec<Finding>> {
        let mut reader = Reader::new();
        let value = reader.value(node, Content::Property);
        reader.finish(value)
    }

    /// Reads a value as it may stand in `Conditions` and `Rules`, where `Condition` is a function.
    ///
    /// # Errors
    /// As [`Value::from_node`].
    pub fn condition_from_node(node: &Node) -> Result<Value, Vec<Finding>> {
        let mut reader = Reader::new();
        let value = reader.value(node, Content::Condition);
        reader.finish(value)
    }
}

impl<'node> Reader<'node> {
    pub(super) fn value(&mut self, node: &'node Node, place: Content) -> Value {
        match &node.kind {
            NodeKind::Scalar(scalar) => scalar_value(scalar),
            NodeKind::List(items) => Value::List(self.items(items, place)),
            NodeKind::Map(entries) => match entries.as_slice() {
                [entry] => match function_of(entry, place) {
                    Some(function) => self.function(function, entry, place),
                    None => self.whole(entries, place),
                },
                _ => self.whole(entries, place),
            },
        }
    }

    /// A map; nothing, where there is something in it that cannot be held.
    fn whole(&mut self, entries: &'node [Entry], place: Content) -> Value {
        let before = self.findings.len();
        let map = self.map(entries, place);
        let here = self.path.len() + 1;
        let is_broken = |finding: &Finding| {
            let code = finding.code;
            finding.path.len() == here
                && matches!(code, Code::UnknownFunction | Code::FunctionWithSiblings)
        };
        match self.findings[before..].iter().any(is_broken) {
            true => Value::Null,
            false => Value::Map(map),
        }
    }

    fn items(&mut self, items: &'node [Node], place: Content) -> Vec<Value> {
        items
            .iter()
            .enumerate()
            .map(|(index, item)| self.below(Step::Index(index), |reader| reader.value(item, place)))
            .collect()
    }

    fn function(&mut self, function: Function, entry: &'node Entry, place: Content) -> Value {
        let place = match function {
            Function::And | Function::Or | Function::Not if place == Content::Property => {
                Content::Condition
            }
            // Passed on to the macro as it is.
            Function::Transform => Content::Free,
            _ => place,
        };
        let argument = self.below(Step::Key(&entry.key), |reader| {
            reader.value(&entry.value, place)
        });
        Value::function(function, argument)
    }

    /// The entries of a map that is no function.
    pub(super) fn map(&mut self, entries: &'node [Entry], place: Content) -> Map {
        entries
            .iter()
            .map(|entry| {
                self.below(Step::Key(&entry.key), |reader| {
                    if place != Content::Free && !reader.macros {
                        reader.misplaced_function(entry, entries.len());
                    }
                    (entry.key.clone(), reader.value(&entry.value, place))
                })
            })
            .collect()
    }

    fn misplaced_function(&mut self, entry: &Entry, siblings: usize) {
        let key = entry.key.as_str();
        if !key.starts_with("Fn::") && key != Function::Ref.name() {
            return;
        }
        let named = |function: Function| function.name() == key;
        if Function::ALL.into_iter().any(named) {
            if siblings > 1 && key != Function::Transform.name() {
                self.problem(
                    Code::FunctionWithSiblings,
                    entry.key_span,
                    format!("function `{key}` has other keys beside it"),
                    None,
                    "a function stands alone in its map: move the other keys out",
                );
            }
        } else if !is_loop(key) {
            let help = match near_function(key) {
                Some(name) => format!("did you mean `{name}`?"),
                None if key == "Fn::ForEach" => "a loop has a name: `Fn::ForEach::Name`".to_owned(),
                None => "use one of CloudFormation's functions".to_owned(),
            };
            self.problem(
                Code::UnknownFunction,
                entry.key_span,
                format!("CloudFormation does not know function `{}`", shortened(key)),
                None,
                help,
            );
        }
    }
}

/// The function that was meant. Of two that are as near, it is the one with the same first letter.
fn near_function(key: &str) -> Option<&'static str> {
    let short = |name: &str| name.strip_prefix("Fn::").unwrap_or(name).to_owned();
    let first = |name: &str| short(name).chars().next();
    let names = || Function::ALL.into_iter().map(Function::name);
    let alike = names().filter(|name| first(name) == first(key));
    let ordered: Vec<&'static str> = alike
        .chain(names().filter(|name| first(name) != first(key)))
        .collect();
    let shorts: Vec<String> = ordered.iter().map(|name| short(name)).collect();
    let found = nearest(&short(key), shorts.iter().map(String::as_str));
    let found = found.and_then(|found| shorts.iter().position(|name| name == found));
    match found.and_then(|position| ordered.get(position)) {
        Some(name) => Some(name),
        // Two letters are too few for an edit.
        None if short(key).len() == 2 => nearest(key, ordered),
        None => None,
    }
}

/// Whether a key starts a loop of `AWS::LanguageExtensions`.
pub(crate) fn is_loop(key: &str) -> bool {
    key.strip_prefix("Fn::ForEach::")
        .is_some_and(|name| !name.is_empty())
}

fn scalar_value(scalar: &Scalar) -> Value {
    match scalar {
        Scalar::Null => Value::Null,
        Scalar::Bool(boolean) => Value::Bool(*boolean),
        Scalar::Number(number) => Value::Number(number.clone()),
        Scalar::String(text) => Value::from(text.as_str()),
    }
}

fn function_of(entry: &Entry, place: Content) -> Option<Function> {
    match entry.key.as_str() {
        "Ref" => Some(Function::Ref),
        "Condition" => (place == Content::Condition && entry.value.as_str().is_some())
            .then_some(Function::Condition),
        key if key.starts_with("Fn::") => Function::from_name(key),
        _ => None,
    }
}
