//! Values as an app writes them: drafts, and the typed properties, functions and documents that make them.

pub(crate) mod draft;
pub(crate) mod function;
pub(crate) mod json;
pub(crate) mod property;
