//! What comes in with a call: templates, parameters and the other forms of a request.
//!
//! What lives here: everything that the service refuses at once, in its own words, and what it makes of a template and
//! of parameters before anything is done with them: values, the processed template, capabilities, summaries. Pure
//! functions. What does not: whether a stack's status allows a call, what changes, and what resource types refuse when
//! they are made.
//!
//! Texts are those that were recorded from the service. Where none was, they are what several clients quote, and where
//! nobody quotes any they have the form of the others; `docs/engine.md` says which is which. Of several things that are
//! wrong one is refused, in the order in which the functions are to be called: [`read`], [`validate`], [`parameters`],
//! [`process`], [`check`].

mod capability;
mod check;
mod declaration;
pub(crate) mod form;
mod function;
mod language;
mod live;
mod parameter;
mod read;
mod reference;
mod refused;
mod resource;
mod rule;
mod sections;
mod summary;
mod surroundings;
mod transform;

pub(crate) use capability::{Call, acknowledged, capabilities};
pub(crate) use check::{check, validate};
pub(crate) use parameter::{GivenParameter, ParameterValue, parameters};
pub(crate) use read::{Intake, read};
pub(crate) use summary::{summary, validation};
pub(crate) use transform::{process, template_json};

#[cfg(test)]
mod tests;
