//! The HTML view of a review: one file without a script and without a request, to attach to a pull request.
//!
//! What lives here: what the page says, as data for `templates/review.html.hbs`, which escapes all of it. What does
//! not live here: decisions, which are in the review already.

mod budget;
mod consequence;
mod drawing;
mod lines;
mod mark;
mod resource;
mod stack;
#[cfg(test)]
mod tests;

use consequence::Consequences;
use handlebars::{Context, Handlebars, Helper, HelperResult, Output, RenderContext, html_escape};
use mark::Mark;
use serde::Serialize;
use stack::{Room, Stack, StackRow};
use stratiform_diff::verdict;
use stratiform_finding::words::visible;

use super::not_rendered;
use super::words::is_quiet;
use crate::report::Failure;
use crate::view::reviewed::{Review, ReviewedEnvironment};

const PAGE: &str = include_str!("../../../templates/review.html.hbs");
const GRAPH: &str = include_str!("../../../templates/review.graph.hbs");
const STYLE: &str = include_str!("../../../templates/review.css");

/// All that the page says.
#[derive(Serialize)]
struct Page<'r> {
    style: &'static str,
    title: String,
    verdict: String,
    severity: Mark,
    counts: Vec<Mark>,
    method: Vec<(&'static str, &'r str)>,
    environments: Vec<Environment<'r>>,
    legend: Vec<Mark>,
    links: Vec<drawing::Legend>,
    value_limit: usize,
    line_limit: usize,
}

#[derive(Serialize)]
struct Environment<'r> {
    id: String,
    name: &'r str,
    region: &'r str,
    severity: Mark,
    rows: Vec<StackRow<'r>>,
    consequences: Consequences<'r>,
    stacks: Vec<Stack<'r>>,
}

/// The page of a review.
pub(crate) fn html(review: &Review) -> Result<String, Failure> {
    let verdict = verdict(review.stacks());
    let mut room = Room::new(review.stacks().filter(|stack| !is_quiet(stack)).count());
    let environments = review.by_weight().into_iter().enumerate();
    let cause = review.cause();
    let method = [
        ("Before", review.method.before.as_str()),
        ("After", &review.method.after),
        ("Facts", &review.method.facts),
    ];
    let page = Page {
        style: STYLE,
        title: verdict.replace('`', ""),
        verdict,
        severity: review.severity().into(),
        counts: mark::counts(review.changed().flat_map(stack::fates)),
        method: method
            .into_iter()
            .chain(cause.as_deref().map(|cause| ("Cause", cause)))
            .collect(),
        environments: environments
            .map(|(index, environment)| Environment::new(index, environment, &mut room))
            .collect(),
        legend: mark::fates(),
        links: drawing::legend(),
        value_limit: resource::VALUE_LIMIT,
        line_limit: lines::LENGTH,
    };
    render(&page).map_err(|error| not_rendered(&error.to_string()))
}

impl<'r> Environment<'r> {
    fn new(index: usize, environment: &'r ReviewedEnvironment, room: &mut Room) -> Self {
        let id = format!("e{index}");
        let reviewed = || environment.stacks.iter().enumerate();
        let stacks: Vec<Stack<'_>> = reviewed()
            .filter(|(_, stack)| !is_quiet(&stack.diff))
            .map(|(index, stack)| Stack::new(format!("{id}s{index}"), stack, room))
            .collect();
        let severities = environment.stacks.iter().map(|stack| stack.diff.severity());
        Environment {
            name: environment.name.as_deref().unwrap_or("Templates"),
            region: &environment.region,
            severity: severities.max().unwrap_or_default().into(),
            rows: reviewed()
                .map(|(index, stack)| StackRow::new(format!("{id}s{index}"), &stack.diff))
                .collect(),
            consequences: Consequences::new(&stacks),
            stacks,
            id,
        }
    }
}

fn render(page: &Page<'_>) -> Result<String, Box<dyn std::error::Error>> {
    let mut handlebars = Handlebars::new();
    handlebars.set_strict_mode(true);
    handlebars.register_escape_fn(escape);
    handlebars.register_helper("prose", Box::new(prose));
    handlebars.register_template_string("page", PAGE)?;
    handlebars.register_template_string("graph", GRAPH)?;
    Ok(handlebars.render("page", page)?)
}

/// Text that is no markup, with everything visible.
fn escape(text: &str) -> String {
    let lines: Vec<_> = text.split('\n').map(visible).collect();
    html_escape(&lines.join("\n"))
}

/// A sentence in which `` ` `` marks code.
fn prose(
    helper: &Helper<'_>,
    _: &Handlebars<'_>,
    _: &Context,
    _: &mut RenderContext<'_, '_>,
    out: &mut dyn Output,
) -> HelperResult {
    let text = helper.param(0).and_then(|text| text.value().as_str());
    out.write(&marked_up(text.unwrap_or_default()))?;
    Ok(())
}

fn marked_up(text: &str) -> String {
    let parts: Vec<&str> = text.split('`').collect();
    let mut html = String::new();
    for (index, part) in parts.iter().enumerate() {
        let part = escape(part);
        match index % 2 {
            0 => html += &part,
            // One without its pair is nothing but itself.
            _ if index + 1 == parts.len() => html += &format!("&#x60;{part}"),
            _ => html += &format!("<code>{part}</code>"),
        }
    }
    html
}
