//! What `explain` found, and its views.

pub(in crate::view) mod json;
mod text;
mod value;

use std::panic::Location;

use serde_json::Value as Json;
use stratiform_changes::Replacement;
use stratiform_diff::Consequence;
use stratiform_environment::{Origin, Variable};
use stratiform_template::Value;

use crate::secrets::shown_at;

pub(crate) use json::json;
pub(crate) use text::text;

/// Something in one environment.
#[derive(Debug)]
pub(crate) struct Explained {
    /// The environment.
    pub environment: String,
    /// The stack, by its short name.
    pub stack: String,
    /// The stack, by its full name.
    pub name: String,
    /// What is explained.
    pub subject: Subject,
    /// The environment's values of which it is not known what they make.
    pub not_known: Vec<Source>,
}

/// What is explained?
#[derive(Debug)]
pub(crate) enum Subject {
    /// A stack: its resources.
    Stack(Vec<Listed>),
    /// A resource.
    Resource(OfResource),
    /// A property, an attribute, or something in one.
    Value(OfValue),
}

/// A resource, and why it is there.
#[derive(Debug)]
pub(crate) struct Listed {
    pub logical_id: String,
    pub resource_type: String,
    /// Where it is added, in Rust.
    pub declared: Option<&'static Location<'static>>,
    /// The environment's values that decide whether it is there; none where it always is.
    pub there: Vec<Source>,
}

/// A resource, with all that is written of it.
#[derive(Debug)]
pub(crate) struct OfResource {
    pub of: Listed,
    /// `DeletionPolicy`, `Condition` and their like.
    pub settings: Vec<Attribute>,
    pub properties: Vec<Attribute>,
    /// Properties that are not written, and would make a new resource.
    pub also_replaced_by: Vec<String>,
    pub imported: Vec<Imported>,
    pub referring: Vec<Referring>,
}

/// A property or another attribute of a resource.
#[derive(Debug)]
pub(crate) struct Attribute {
    pub name: String,
    pub value: Value,
    pub from: Vec<Source>,
    /// What changing it does; none where that touches no resource.
    pub effect: Option<Effect>,
}

/// A value in a resource.
#[derive(Debug)]
pub(crate) struct OfValue {
    pub of: Listed,
    /// `MultiAZ`, `Tags.0.Value`.
    pub path: String,
    /// None where it is not written.
    pub value: Option<Value>,
    pub from: Vec<Source>,
    /// What changing it does; none where that touches no resource.
    pub change: Option<Change>,
    pub imported: Vec<Imported>,
    pub referring: Vec<Referring>,
}

/// A value of an environment's files.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Source {
    /// Where it is in the environment: `database.multi_az`.
    pub path: String,
    /// The value; none of a map.
    pub value: Option<Json>,
    /// File and line; none where it is built in.
    pub at: Option<(String, usize)>,
}

/// What changing a value does to its resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Effect {
    Replaces,
    MayReplace,
    /// It would replace it, and AWS refuses that.
    Refused,
    Revision,
    Interrupts,
    MayInterrupt,
    Deploys,
    InPlace,
    /// In place, and nobody says whether that interrupts.
    Unknown,
}

/// What changing a value does.
#[derive(Debug)]
pub(crate) struct Change {
    pub effect: Effect,
    pub consequences: Vec<Consequence>,
    /// The other resources that change through it.
    pub touched: Vec<Touched>,
}

/// A resource that changes through another one.
#[derive(Debug)]
pub(crate) struct Touched {
    pub stack: String,
    pub logical_id: String,
    pub replacement: Replacement,
}

/// What is taken from another stack.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Imported {
    /// The stack, by its short name.
    pub stack: String,
    pub output: String,
    /// The resource that the output is of, where it is of one.
    pub logical_id: Option<String>,
    /// The attribute; none of what `Ref` gives.
    pub attribute: Option<String>,
}

/// Who refers to a resource.
#[derive(Debug)]
pub(crate) struct Referring {
    /// The stack, by its short name.
    pub stack: String,
    /// A resource, or `output Name`.
    pub name: String,
    pub ways: Vec<How>,
}

/// How does something refer to a resource?
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum How {
    Ref,
    /// `Fn::GetAtt` of this attribute.
    Attribute(String),
    DependsOn,
    /// An output of its stack; the export's name, where it has one.
    Output(Option<String>),
    /// Another stack takes this output.
    Import(String),
}

impl Source {
    pub(crate) fn of(variable: &Variable) -> Source {
        Source {
            path: variable.path.to_string(),
            value: variable
                .value
                .as_ref()
                .map(|value| shown_at(&variable.path, value)),
            at: match &variable.origin {
                Origin::File { name, line } => Some((name.clone(), *line)),
                Origin::BuiltIn => None,
            },
        }
    }

    /// `environments/prod.yaml:27`, or that it is built in.
    pub(crate) fn place(&self) -> String {
        match &self.at {
            Some((file, line)) => format!("{file}:{line}"),
            None => "built in".to_owned(),
        }
    }
}

/// A value of an environment's files as text, where it is no list.
pub(crate) fn as_text(value: &Json) -> Option<String> {
    match value {
        Json::String(text) => Some(text.clone()),
        Json::Bool(value) => Some(value.to_string()),
        Json::Number(number) => Some(number.to_string()),
        Json::Null | Json::Array(_) | Json::Object(_) => None,
    }
}

impl Effect {
    /// For people, after `changing it`.
    fn words(self) -> &'static str {
        match self {
            Effect::Replaces => "replaces it",
            Effect::MayReplace => "may replace it",
            Effect::Refused => "would replace it",
            Effect::Revision => "makes a new revision",
            Effect::Interrupts => "interrupts it",
            Effect::MayInterrupt => "may interrupt it",
            Effect::Deploys => "starts a deployment",
            Effect::InPlace => "no interruption",
            Effect::Unknown => "in place",
        }
    }

    /// For programs.
    fn word(self) -> &'static str {
        match self {
            Effect::Replaces => "replacement",
            Effect::MayReplace => "possible-replacement",
            Effect::Refused => "refused-replacement",
            Effect::Revision => "new-revision",
            Effect::Interrupts => "interruption",
            Effect::MayInterrupt => "possible-interruption",
            Effect::Deploys => "deployment",
            Effect::InPlace => "no-interruption",
            Effect::Unknown => "unknown",
        }
    }
}

/// `stacks/database.rs:64`.
pub(crate) fn rust(location: &Location<'_>) -> String {
    format!("{}:{}", location.file().replace('\\', "/"), location.line())
}
