//! What `diff` says on a pull request, as GitHub reads it.
//!
//! What lives here: what is said, as data (`content`), how much of it there is room for (`room`), and what keeps
//! users' text in its place (`escape`). What does not live here: the layout, which is
//! `templates/pull-request.md.hbs`.

mod change;
mod content;
mod escape;
mod meaning;
mod room;
#[cfg(test)]
mod tests;

use handlebars::{Handlebars, no_escape};
use serde::Serialize;

use self::content::Content;
use super::not_rendered;
use crate::report::Failure;
use crate::view::reviewed::Review;

/// The most that a comment has. GitHub's limit is 65,536.
const LIMIT: usize = 65_000;

/// What people read. What it means is said beyond that too, what changes in detail is not.
const READ: usize = 19_000;

const TEMPLATE: &str = include_str!("../../../templates/pull-request.md.hbs");

/// The whole review, or as much of it as a comment takes.
pub(crate) fn markdown(review: &Review) -> Result<String, Failure> {
    let content = Content::of(review);
    let mut room = (LIMIT, READ);
    loop {
        let page = render(&content.within(room.0, room.1))?;
        // UTF-16, where nothing is shorter than for whoever counts characters.
        let size = page.encode_utf16().count();
        let excess = (size.saturating_sub(LIMIT), size.saturating_sub(READ));
        match (excess, room) {
            ((_, more), (_, details)) if more > 0 && details > 0 => {
                room.1 = details.saturating_sub(more);
            }
            ((more, _), (all, _)) if more > 0 && all > 0 => room.0 = all.saturating_sub(more),
            _ => return Ok(page),
        }
    }
}

fn render(page: &impl Serialize) -> Result<String, Failure> {
    let mut handlebars = Handlebars::new();
    handlebars.register_escape_fn(no_escape);
    handlebars.set_strict_mode(true);
    let rendered = handlebars.render_template(TEMPLATE, page);
    rendered.map_err(|error| not_rendered(&error.to_string()))
}
