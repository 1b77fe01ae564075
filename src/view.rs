//! What people and programs see.

pub(crate) mod review;
pub(crate) mod reviewed;
mod style;
pub(crate) mod summary;
mod terminal;

pub(crate) use terminal::{Answer, Event, Terminal, View, stderr};
