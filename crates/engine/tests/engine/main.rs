//! The state machine from outside: calls in, answers and events out.
#![expect(clippy::unwrap_used, reason = "a test")]

mod calls;
mod cloud;
mod copies;
mod laws;
mod lifecycle;
mod services;
