//! What is known of what the cursor is on: Markdown.

use std::ops::Range;

use stratiform_catalog::{ResourceType, catalog};
use stratiform_finding::words::listed;
use stratiform_template::Function;

use crate::completion::about;
use crate::facts::{Facts, shape};
use crate::names::{Names, PSEUDO, SECTIONS, may_be_template};
use crate::sketch::{Role, Sketch, Spot, read, unquoted};
use crate::target::{Named, Section, defined, named};

/// What is known of a part of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hover {
    /// Markdown.
    pub markdown: String,
    /// The part.
    pub range: Range<usize>,
}

/// What is known of what the cursor is on.
pub fn hover(text: &str, cursor: usize) -> Option<Hover> {
    let (sketch, spot) = read(text, Some(cursor));
    let spot = spot.filter(|spot| may_be_template(&sketch, &spot.token))?;
    let about = About {
        text,
        cursor,
        names: Names::new(&sketch, None),
        sketch: &sketch,
        spot: &spot,
    };
    about.said()
}

struct About<'a> {
    text: &'a str,
    cursor: usize,
    names: Names<'a>,
    sketch: &'a Sketch,
    spot: &'a Spot,
}

impl About<'_> {
    fn said(&self) -> Option<Hover> {
        let token = self.text.get(self.spot.token.clone())?;
        let inner = unquoted(token);
        if inner.is_empty() {
            return None;
        }
        let here = |markdown: String| {
            Some(Hover {
                markdown,
                range: self.spot.token.clone(),
            })
        };
        if let Some(named) = named(self.text, self.spot, self.cursor) {
            let markdown = self.named(&named)?;
            return Some(Hover {
                markdown,
                range: named.range,
            });
        }
        let tag = token.strip_prefix('!').and_then(Function::from_tag);
        let is_key = self.spot.role == Role::Key;
        let long = Function::from_name(inner).filter(|_| is_key);
        let long = long.filter(|function| *function != Function::Condition);
        if let Some(function) = tag.or(long) {
            return here(format!(
                "**{}**\n\n{}",
                function.name(),
                sentence(about(function))
            ));
        }
        let mut path = self.spot.steps();
        if is_key {
            path.push(inner);
        }
        match path.as_slice() {
            [section] if is_key => {
                let known = SECTIONS.iter().find(|(name, _)| name == section)?;
                here(format!("**{section}**\n\n{}", sentence(known.1)))
            }
            ["Resources", _, "Type"] if !is_key => here(resource_type(inner)?),
            ["Resources", _, "Properties", _, ..] => {
                let facts = Facts::at(self.names, &path)?;
                here(property(&facts))
            }
            _ => None,
        }
    }

    /// What a name stands for.
    fn named(&self, named: &Named) -> Option<String> {
        let name = &named.name;
        if let Some((pseudo, about)) = PSEUDO.iter().find(|(pseudo, _)| pseudo == name) {
            return Some(format!(
                "**{pseudo}** · pseudo parameter\n\n{}",
                sentence(about)
            ));
        }
        let (section, key) = defined(self.sketch, named)?;
        let before = self.text.get(..key.start).unwrap_or_default();
        let line = before.matches('\n').count() + 1;
        Some(match section {
            Section::Resources => self.resource(name, named.attribute.as_deref(), line),
            Section::Parameters => self.parameter(name, line),
            Section::Conditions => {
                let written = self.written(&key);
                format!("**{name}** · condition, line {line}\n\n```\n{written}\n```")
            }
            Section::Mappings => {
                let keys = self.names.below(&["Mappings", name]).into_iter();
                let keys = listed(keys.map(|sign| &sign.key));
                format!("**{name}** · mapping, line {line}\n\nIts keys are {keys}.")
            }
        })
    }

    /// What stands at a key, as far as it is worth showing.
    fn written(&self, key: &Range<usize>) -> String {
        const LINES: usize = 8;
        let signs = self.sketch.signs().iter();
        let mut next = signs.filter(|sign| sign.depth <= 2 && sign.span.start > key.start);
        let end = next.next().map_or(self.text.len(), |sign| sign.span.start);
        let written = self.text.get(key.start..end).unwrap_or_default().trim_end();
        let lines: Vec<&str> = written.lines().collect();
        match lines.get(..LINES) {
            Some(first) => first.join("\n") + "\n…",
            None => written.to_owned(),
        }
    }

    fn resource(&self, name: &str, attribute: Option<&str>, line: usize) -> String {
        let Some(kind) = self.names.type_name(name) else {
            return format!("**{name}** · resource, line {line}");
        };
        let Some(known) = catalog().resource_type(kind) else {
            return format!(
                "**{name}** · {kind}, line {line}\n\nThe catalog does not have its type."
            );
        };
        let Some(attribute) = attribute else {
            let of_type = returned(known);
            return format!("**{name}** · {kind}, line {line}\n\n{of_type}");
        };
        let head = format!("**{name}.{attribute}** · {kind}, line {line}");
        match known.attribute(attribute) {
            None => format!("{head}\n\nThe type has no such attribute."),
            Some(found) => {
                let given = self.names.given(name, Some(attribute));
                let words = found.schema.map(|schema| shape(schema.resolve()));
                let words = words.filter(|words| !words.is_empty());
                let words =
                    words.map_or_else(String::new, |words| format!("\n\n{}.", capital(&words)));
                let given = match given.as_slice() {
                    [] => String::new(),
                    kinds => format!("\n\nIt gives {}.", listed(kinds)),
                };
                format!("{head}{words}{given}")
            }
        }
    }

    fn parameter(&self, name: &str, line: usize) -> String {
        let attribute = |attribute| self.names.value(&["Parameters", name, attribute]);
        let kind = attribute("Type").unwrap_or("without a type");
        let mut said = format!("**{name}** · parameter, line {line}\n\n`{kind}`");
        // What nobody is shown is not shown here, either.
        let is_hidden = attribute("NoEcho").is_some_and(|it| it.eq_ignore_ascii_case("true"));
        match attribute("Default").filter(|_| !is_hidden) {
            Some(default) => said += &format!(", `{default}` where none is given"),
            None if is_hidden => said += ", shown to nobody",
            None => {}
        }
        if let Some(description) = attribute("Description") {
            said += &format!("\n\n{description}");
        }
        said
    }
}

/// A property, and what a change of it does.
fn property(facts: &Facts) -> String {
    let kind = facts.resource_type.name();
    let path = facts.path.join("/");
    let mut said = format!("**{path}** · {kind}\n\n");
    let needed = if facts.is_required {
        "required"
    } else {
        "optional"
    };
    let shape = facts.shape();
    said += &match shape.as_str() {
        "" => capital(needed),
        shape => format!("{}, {needed}", capital(shape)),
    };
    if let Some(range) = facts.range() {
        said += &format!(", {} to {}", range.start(), range.end());
    }
    if let Some(default) = facts.default() {
        said += &format!("; `{default}` where it is not written");
    }
    said += ".";
    let values = facts.values();
    let is_boolean = values == ["true", "false"];
    if !values.is_empty() && !is_boolean {
        said += &format!("\n\nOne of {}.", listed(&values));
    }
    let kinds = facts.kinds();
    if !kinds.is_empty() {
        said += &format!("\n\nIt takes {}.", listed(kinds));
    }
    said += &format!("\n\n{}", facts.change());
    for remark in facts.remarks() {
        said += &format!("\n\n{remark}");
    }
    said
}

/// A resource type: what it needs and what it gives.
fn resource_type(name: &str) -> Option<String> {
    let known = catalog().resource_type(name)?;
    let mut said = format!("**{name}**\n\n");
    let required: Vec<&str> = known.schema().required().collect();
    if !required.is_empty() {
        said += &format!("It needs {}.\n\n", listed(required));
    }
    said += &returned(known);
    let fixed = known.create_only().filter(|path| path.is_top_level());
    let fixed: Vec<&str> = fixed.map(|path| path.as_str()).collect();
    if !fixed.is_empty() {
        said += &format!("\n\nA change of {} replaces it.", listed(fixed));
    }
    if known.is_stateful() {
        said += "\n\nIt holds data: deleting it loses that.";
    }
    if let Some(transform) = known.transform() {
        said += &format!("\n\nThe template needs the transform `{transform}`.");
    }
    if let Some(lifecycle) = known.lifecycle() {
        let date = lifecycle
            .date
            .map_or_else(String::new, |date| format!(" ({date})"));
        said += &format!("\n\nThe service is in {}{date}.", lifecycle.status);
    }
    Some(said)
}

/// What `Ref` and the attributes of a type give.
fn returned(known: ResourceType) -> String {
    let identifier: Vec<&str> = known
        .primary_identifier()
        .map(|path| path.as_str())
        .collect();
    // Of some older types `Ref` gives something else, and nothing says of which.
    let mut said = match identifier.as_slice() {
        [] => "`Ref` gives what identifies it.".to_owned(),
        parts => format!(
            "`Ref` gives what identifies it, as a rule {}.",
            listed(parts)
        ),
    };
    let attributes: Vec<&str> = known.attributes().map(|attribute| attribute.name).collect();
    if !attributes.is_empty() {
        said += &format!("\n\nAttributes: {}.", listed(attributes));
    }
    said
}

fn capital(text: &str) -> String {
    let mut characters = text.chars();
    let first = characters
        .next()
        .map(|first| first.to_uppercase().to_string());
    first.unwrap_or_default() + characters.as_str()
}

fn sentence(text: &str) -> String {
    match text.starts_with('`') {
        true => format!("{text}."),
        false => format!("{}.", capital(text)),
    }
}

#[cfg(test)]
mod tests;
