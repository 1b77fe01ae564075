//! What is wrong with a template by the facts about resource types.
//!
//! What lives here: [`literals`], which holds the values that are written out against the limits in the catalog, and
//! [`documents`], which reads rules of security groups and metrics. What does not: what needs nothing but the template (`stratiform_template::check`), and policies (`stratiform-stack`).
//!
//! An error is one whatever AWS makes of the rest: of what CloudFormation evaluates, of what the catalog does not have,
//! and of limits that cannot be read nothing is said.

mod bound;
mod document;
mod kind;
mod literal;
mod pattern;

pub use document::documents;
pub use literal::literals;
