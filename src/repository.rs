//! The repository that a command works in: its folders and settings, its revisions, and the files that are given.

pub(crate) mod changes;
#[cfg(feature = "aws")]
mod checks;
pub(crate) mod git;
#[cfg(feature = "aws")]
pub(crate) mod head;
pub(crate) mod input;
pub(crate) mod project;
mod promotion;
#[cfg(feature = "aws")]
pub(crate) mod standing;
pub(crate) mod tool;
#[cfg(feature = "aws")]
pub(crate) mod upstream;
pub(crate) mod working_tree;
