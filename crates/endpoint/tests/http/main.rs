//! The endpoint over HTTP on loopback, with bytes as clients send them.

#![expect(clippy::unwrap_used, reason = "a test")]

mod bad_input;
mod delivery;
mod protocols;
mod state_file;
mod support;
