//! The views of a review: what `diff` shows.

pub(crate) mod html;
pub(crate) mod json;
pub(crate) mod markdown;
pub(crate) mod text;

#[cfg(test)]
mod fixture;
mod graph;
mod property;
mod value;
mod words;
pub(super) mod yaml;
