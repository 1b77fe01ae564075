//! The types of values that any environment is made of.

pub(crate) mod cidr;
pub(crate) mod names;
pub(crate) mod region;
pub mod text;
