//! CloudFormation's template model.
//!
//! What lives here: [`Template`] and [`Value`] (what a template *says*), [`Node`] (the same text with a
//! [`Span`] for every part, for pointing at a line), parsing and rendering in YAML and JSON, and the checks
//! that need nothing but the template itself.
//!
//! What does not: facts about resource types (`stratiform-catalog`), typed resources (`stratiform-stack`),
//! and anything that reads files, clocks or the network.

mod check;
mod edit;
mod inspect;
mod map;
mod node;
mod order;
mod parse;
mod path;
mod plain;
mod read;
mod render;
mod template;
mod value;
mod walk;

pub use check::{check, sub_variables};
pub use edit::{Fixed, fixed};
pub use inspect::{Inspected, inspect};
pub use map::Map;
pub use node::{Entry, Node, NodeKind, Scalar};
pub use order::{Circle, Order, order};
pub use parse::{
    Document, Format, MAX_BYTES, MAX_DEPTH, MAX_NODES, RepeatedKey, parse, parse_bytes, parse_json,
    parse_with_repeats, parse_yaml,
};
pub use path::Path;
pub use read::Step;
pub use stratiform_finding::Span;
pub use template::{Member, Output, Parameter, Resource, Section, Template};
pub use value::{Function, Number, Text, Value};
pub use walk::Reference;
