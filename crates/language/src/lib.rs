//! What an editor asks.
pub mod sketch;
pub mod text;
