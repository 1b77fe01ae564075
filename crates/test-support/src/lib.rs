//! What the tests of several crates need.
//!
//! What lives here: [`Entropy`], from whose bytes [`template`] and [`change`] make templates of real resource types and
//! changes of them, the same for a property test and for a fuzzer; [`large`] ones, for what must grow linearly;
//! [`redact`], which makes equal what differs from run to run; [`alone`], for programs that a test starts; and who answers in AWS's place without being our engine:
//! [`Moto`], [`Ministack`], and [`serve`] for what no program says. What does not: anything that a program needs.

mod alone;
mod change;
mod emulator;
mod entropy;
mod large;
mod post;
mod property;
mod redact;
mod server;
mod template;

pub use alone::alone;
pub use change::change;
pub use emulator::{Ministack, Moto};
pub use entropy::Entropy;
pub use large::{large, wide};
pub use post::{Caller, get, post};
pub use redact::redact;
pub use server::{Reply, pass_on, serve};
pub use template::{TYPES, template};
