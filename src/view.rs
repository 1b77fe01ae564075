//! What people and programs see.

#[cfg(feature = "aws")]
pub(crate) mod deployment;
#[cfg(feature = "aws")]
pub(crate) mod destruction;
#[cfg(feature = "aws")]
pub(crate) mod guard;
pub(crate) mod review;
pub(crate) mod reviewed;
#[cfg(feature = "aws")]
pub(crate) mod status;
mod style;
pub(crate) mod summary;
mod terminal;

#[cfg(feature = "aws")]
pub(crate) use terminal::stdout_now;
pub(crate) use terminal::{Answer, Event, Terminal, View, stderr};
