//! The views of a review: what `diff` shows.

mod changed;
mod digest;
pub(crate) mod html;
pub(crate) mod json;
pub(crate) mod markdown;
pub(crate) mod text;

mod alike;
#[cfg(test)]
pub(super) mod fixture;
mod graph;
mod property;
mod value;
mod words;
pub(crate) mod yaml;

use stratiform_finding::Code;

use crate::exit::Exit;
use crate::report::Failure;

/// A page that could not be made: a mistake of ours in a handlebars template.
pub(crate) fn not_rendered(why: &str) -> Failure {
    Failure::new(
        Exit::Failed,
        Code::Page,
        format!("the page could not be made: {why}"),
        "this is a mistake in stratiform: report it with the command, and use --format json meanwhile",
    )
}
