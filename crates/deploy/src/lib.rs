//! How an environment is deployed and how it comes back: decisions, and nothing else.
//!
//! What lives here: state, what AWS answered and the moment → the next state and what to do. What does not: making
//! calls (`aws`), files and git (`src/`), showing anything. There is no clock, network, file or randomness here.

pub mod call;

pub use call::{Call, Failure, FailureKind, Reply};
