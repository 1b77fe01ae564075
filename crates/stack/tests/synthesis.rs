//! From stacks to templates: references, order, exports, policies, defaults, and every mistake that is found.
//!
//! Resources are untyped here, since generated types live in the crates that use this one; what their types
//! promise is in `tests/typed`.

#![expect(clippy::unwrap_used, reason = "a test")]

#[path = "synthesis/conversions.rs"]
mod conversions;
#[path = "synthesis/defaults.rs"]
mod defaults;
#[path = "synthesis/documents.rs"]
mod documents;
#[path = "synthesis/each.rs"]
mod each;
#[path = "synthesis/foreign.rs"]
mod foreign;
#[path = "synthesis/functions.rs"]
mod functions;
#[path = "synthesis/names.rs"]
mod names;
#[path = "synthesis/order.rs"]
mod order;
#[path = "synthesis/problems.rs"]
mod problems;
#[path = "synthesis/references.rs"]
mod references;
#[path = "synthesis/resources.rs"]
mod resources;
#[path = "synthesis/stack_policies.rs"]
mod stack_policies;
#[path = "synthesis/support.rs"]
mod support;
