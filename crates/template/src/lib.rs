//! CloudFormation's template model.
//!
//! What lives here: [`Template`] and [`Value`] (what a template *says*), [`Node`] (the same text with a
//! [`Span`] for every part, for pointing at a line), parsing and rendering in YAML and JSON, and the checks
//! that need nothing but the template itself.
//!
//! What does not: facts about resource types (`stratiform-catalog`), typed resources (`stratiform-stack`),
//! and anything that reads files, clocks or the network.

mod node;
mod template;
mod value;

pub use node::{Entry, Node, NodeKind, Scalar, Span};
pub use template::{Member, Output, Parameter, Resource, Section, Template};
pub use value::{Function, Number, Value};
