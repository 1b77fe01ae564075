//! CloudFormation's template model.
//!
//! What lives here: [`Template`] and [`Value`] (what a template *says*), [`Node`] (the same text with a
//! [`Span`] for every part, for pointing at a line), parsing and rendering in YAML and JSON, and the checks
//! that need nothing but the template itself.
//!
//! What does not: facts about resource types (`stratiform-catalog`), typed resources (`stratiform-stack`),
//! and anything that reads files, clocks or the network.

mod check;
mod code;
mod near;
mod node;
mod parse;
mod problem;
mod read;
mod render;
mod template;
mod value;

pub use check::{Finding, check, sub_variables};
pub use code::Code;
pub use near::nearest;
pub use node::{Entry, Node, NodeKind, Scalar, Span};
pub use parse::{
    Document, Format, MAX_BYTES, MAX_DEPTH, MAX_NODES, ParseError, RepeatedKey, parse, parse_bytes,
    parse_json, parse_with_repeats, parse_yaml,
};
pub use problem::{Problem, TemplateError};
pub use template::{Member, Output, Parameter, Resource, Section, Template};
pub use value::{Function, Number, Value};
