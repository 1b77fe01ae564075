//! Text as a tree, every part with its place.
//!
//! A [`Node`] is what was written, before anyone asks what it means: YAML and JSON both arrive here, short
//! tags (`!Ref x`) already in their long form (`{Ref: x}`). Meaning is [`crate::Value`]'s business.

use stratiform_finding::Span;

use crate::value::{Number, Value};

/// One part of a text: what was written, and where.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// What was written.
    pub kind: NodeKind,
    /// Where.
    pub span: Span,
}

/// What a [`Node`] holds.
#[derive(Clone, Debug, PartialEq)]
pub enum NodeKind {
    /// A string, number, boolean or null.
    Scalar(Scalar),
    /// A sequence.
    List(Vec<Node>),
    /// A mapping: keys are unique and in the order written.
    Map(Vec<Entry>),
}

/// A key with its value.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// The key, as text.
    pub key: String,
    /// Where the key stands.
    pub key_span: Span,
    /// What it maps to.
    pub value: Node,
}

/// A leaf.
#[derive(Clone, Debug, PartialEq)]
pub enum Scalar {
    /// `null`, `~` or nothing at all.
    Null,
    /// A boolean.
    Bool(bool),
    /// A number.
    Number(Number),
    /// Text.
    String(String),
}

impl Node {
    /// The entries of a map; nothing for any other kind.
    pub fn entries(&self) -> &[Entry] {
        match &self.kind {
            NodeKind::Map(entries) => entries,
            NodeKind::Scalar(_) | NodeKind::List(_) => &[],
        }
    }

    /// The value under a key of a map.
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.entries()
            .iter()
            .find(|entry| entry.key == key)
            .map(|entry| &entry.value)
    }

    /// The members of a list; nothing for any other kind.
    pub fn items(&self) -> &[Node] {
        match &self.kind {
            NodeKind::List(items) => items,
            NodeKind::Scalar(_) | NodeKind::Map(_) => &[],
        }
    }

    /// The text of a string scalar.
    pub fn as_str(&self) -> Option<&str> {
        match &self.kind {
            NodeKind::Scalar(Scalar::String(text)) => Some(text),
            _ => None,
        }
    }

    /// The part that a path of keys and list positions leads to: `["Resources", "Bucket", "Properties"]`.
    pub fn at<'a>(&self, path: impl IntoIterator<Item = &'a str>) -> Option<&Node> {
        path.into_iter()
            .try_fold(self, |node, step| match &node.kind {
                NodeKind::Map(_) => node.get(step),
                NodeKind::List(items) => items.get(step.parse::<usize>().ok()?),
                NodeKind::Scalar(_) => None,
            })
    }

    /// The place of what a path leads to, or of the nearest part above it that the text has.
    ///
    /// A scalar is its own place; a list or map stands for its key, where it has one. Paths are those of the long
    /// form, so the text may well have less: `Fn::GetAtt: A.B` has no part `1`.
    pub fn span_at<'a>(&self, path: impl IntoIterator<Item = &'a str>) -> Span {
        self.spans_at(path).1
    }

    /// The same for what is wrong with a key, and not with what it stands for: a scalar's key is its place, too.
    pub fn key_span_at<'a>(&self, path: impl IntoIterator<Item = &'a str>) -> Span {
        self.spans_at(path).0
    }

    /// The place of the last key or item on a path, and the place of what it stands for.
    fn spans_at<'a>(&self, path: impl IntoIterator<Item = &'a str>) -> (Span, Span) {
        let mut spans = (self.span, self.span);
        let mut node = self;
        for step in path {
            let next = match &node.kind {
                NodeKind::Map(entries) => entries
                    .iter()
                    .find(|entry| entry.key == step)
                    .map(|entry| (&entry.value, entry.key_span)),
                NodeKind::List(items) => step
                    .parse::<usize>()
                    .ok()
                    .and_then(|index| items.get(index))
                    .map(|item| (item, item.span)),
                NodeKind::Scalar(_) => None,
            };
            let Some((below, key_span)) = next else {
                return spans;
            };
            node = below;
            let value_span = match &node.kind {
                NodeKind::Scalar(Scalar::Null) => key_span,
                NodeKind::Scalar(_) => node.span,
                NodeKind::List(_) | NodeKind::Map(_) => key_span,
            };
            spans = (key_span, value_span);
        }
        spans
    }
}

/// A value as it would be written, standing nowhere.
impl From<&Value> for Node {
    fn from(value: &Value) -> Self {
        let entry = |key: &str, value: &Value| Entry {
            key: key.to_owned(),
            key_span: Span::default(),
            value: Node::from(value),
        };
        let kind = match value {
            Value::Null => NodeKind::Scalar(Scalar::Null),
            Value::Bool(boolean) => NodeKind::Scalar(Scalar::Bool(*boolean)),
            Value::Number(number) => NodeKind::Scalar(Scalar::Number(number.clone())),
            Value::String(text) => NodeKind::Scalar(Scalar::String(text.to_string())),
            Value::List(items) => NodeKind::List(items.iter().map(Node::from).collect()),
            Value::Map(entries) => {
                let entries = entries.iter().map(|(key, value)| entry(key, value));
                NodeKind::Map(entries.collect())
            }
            Value::Function(function, argument) => {
                NodeKind::Map(vec![entry(function.name(), argument)])
            }
        };
        Node {
            kind,
            span: Span::default(),
        }
    }
}
