//! What the tests of several crates need.
//!
//! What lives here: [`Entropy`], from whose bytes [`template`] and [`change`] make templates of real resource types and
//! changes of them, the same for a property test and for a fuzzer; [`large`] ones, for what must grow linearly; and
//! [`redact`], which makes equal what differs from run to run. What does not: anything that a program needs.

mod change;
mod entropy;
mod large;
mod property;
mod redact;
mod template;

pub use change::change;
pub use entropy::Entropy;
pub use large::large;
pub use redact::redact;
pub use template::{TYPES, template};
