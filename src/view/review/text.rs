//! What `diff` prints to a terminal: eighty columns wide, and complete without colour.

mod page;
#[cfg(test)]
mod tests;

use stratiform_changes::ChangedResource;
use stratiform_diff::{Consequence, Severity, StackChange, StackDiff, verdict};
use stratiform_finding::words::{counted, few, grouped};

use self::page::{Label, Page};
use super::property::{self, Property};
use super::{words, yaml};
use crate::report::Colour;
use crate::view::reviewed::{Review, ReviewedStack};
use crate::view::style::{CYAN, GREEN, RED, YELLOW};

/// Are the differences between the templates shown as text too?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Full {
    /// At the end of each stack.
    Yes,
    /// Only what they mean.
    No,
}

/// The consequences, resources and outputs of a stack that are listed: nobody reads on after these.
const LISTED: usize = 300;

/// The longest word of [`Severity`].
const SEVERITY: usize = "attention".len();

/// The whole review.
pub(crate) fn text(review: &Review, full: Full, colour: Colour) -> String {
    let mut page = Page {
        text: String::new(),
        colour,
    };
    page.say(0, &verdict(review.stacks()));
    page.gap();
    let method = &review.method;
    for (word, how) in [
        ("before", &method.before),
        ("after", &method.after),
        ("facts", &method.facts),
    ] {
        page.put(2, Label::new(word, 6, None), how);
    }
    for environment in &review.environments {
        let mut stacks = environment
            .stacks
            .iter()
            .filter(|stack| !words::is_quiet(&stack.diff));
        let first = stacks.next();
        if let (Some(name), Some(_)) = (&environment.name, first) {
            page.gap();
            page.say(0, &format!("{} ({})", name, environment.region));
        }
        for stack in first.into_iter().chain(stacks) {
            page.gap();
            page.stack(stack, full);
        }
    }
    page.unchanged(review);
    page.text
}

impl Page {
    fn unchanged(&mut self, review: &Review) {
        let quiet = review.stacks().filter(|stack| words::is_quiet(stack));
        let names: Vec<&str> = quiet.map(|stack| stack.name.as_str()).collect();
        if !names.is_empty() {
            let count = counted(names.len(), "stack");
            self.gap();
            let names: Vec<String> = names.into_iter().map(str::to_owned).collect();
            self.say(0, &format!("{count} unchanged: {}", few(&names)));
        }
    }

    fn stack(&mut self, stack: &ReviewedStack, full: Full) {
        let diff = &stack.diff;
        let word = &diff.name;
        let width = word.chars().count() + 2;
        self.put(0, Label::new(word, width, Some(BOLD)), &words::stack(diff));
        let listed = match full {
            Full::Yes => usize::MAX,
            Full::No => LISTED,
        };
        for consequence in diff.consequences.iter().take(listed) {
            self.consequence(consequence);
        }
        self.more(diff.consequences.len(), listed, "consequence");
        if !diff.consequences.is_empty() {
            self.gap();
        }
        match diff.change {
            StackChange::Created => self.types(diff, "+"),
            StackChange::Removed => self.types(diff, "-"),
            StackChange::Updated | StackChange::Unchanged => self.changes(diff, listed),
        }
        for note in &diff.notes {
            self.put(2, Label::new("caveat:", 0, Some(YELLOW)), &note.what);
            self.help(4, note.help.as_deref());
        }
        let yaml = match full {
            Full::Yes => yaml::of_stack(stack),
            Full::No => String::new(),
        };
        if !yaml.is_empty() {
            self.gap();
            self.text += &yaml::coloured(&yaml, self.colour);
        }
    }

    fn consequence(&mut self, consequence: &Consequence) {
        let code = match consequence.severity {
            Severity::Danger => Some(RED),
            Severity::Warning => Some(YELLOW),
            Severity::Attention => Some(CYAN),
            Severity::Safe | Severity::Note => None,
        };
        let word = consequence.severity.as_str();
        let inside = 2 + SEVERITY + 1;
        self.put(2, Label::new(word, SEVERITY, code), &consequence.what);
        if !consequence.why.is_empty() {
            self.put(inside, Label::new("why:", 0, None), &consequence.why);
        }
        for detail in &consequence.details {
            self.say(inside + 2, detail);
        }
        self.help(inside, consequence.help.as_deref());
    }

    fn help(&mut self, indent: usize, help: Option<&str>) {
        if let Some(help) = help {
            self.put(indent, Label::new("help:", 0, None), help);
        }
    }

    fn types(&mut self, diff: &StackDiff, sign: &str) {
        for (name, count) in words::types(diff) {
            self.put(2, signed(sign), &format!("{count} {}", name));
        }
    }

    fn changes(&mut self, diff: &StackDiff, listed: usize) {
        for change in words::resources(diff).take(listed) {
            self.resource(change);
        }
        self.more(words::resources(diff).count(), listed, "resource");
        let properties = property::of_stack(diff);
        for property in properties.iter().take(listed) {
            self.property(2, 3, property);
        }
        self.more(properties.len(), listed, "output or parameter");
    }

    /// How many are not listed.
    fn more(&mut self, count: usize, listed: usize, noun: &str) {
        let more = count.saturating_sub(listed);
        if more > 0 {
            let nouns = match (more, noun) {
                (1, noun) => noun.to_owned(),
                (_, "output or parameter") => "outputs and parameters".to_owned(),
                (_, noun) => format!("{noun}s"),
            };
            self.say(
                2,
                &format!("and {} more {nouns} (`--full` shows all)", grouped(more)),
            );
        }
    }

    fn resource(&mut self, change: &ChangedResource) {
        let (name, resource_type) = (&change.logical_id, &change.resource_type);
        let outcome = words::outcome(change);
        self.put(
            2,
            signed(words::sign(change)),
            &format!("{name}  {resource_type}  {outcome}"),
        );
        for property in property::of_resource(change) {
            self.property(6, 1, &property);
        }
    }

    /// A property on one line where there is room for it, and otherwise each value on its own.
    fn property(&mut self, indent: usize, width: usize, property: &Property) {
        let label = Label {
            width,
            ..signed(property.sign)
        };
        let inside = indent + width + 1;
        let path = &property.path;
        let values = property.values(str::to_owned);
        let line = format!("{path}  {}", values.join(" → "));
        if Page::fits(inside, &line) {
            self.put(indent, label, line.trim_end());
        } else {
            self.put(indent, label, path);
            for (value, word) in values.iter().zip(["", "→"]) {
                self.put(inside, Label::new(word, 1, None), value);
            }
        }
        for reason in &property.reasons {
            self.say(inside + 2, reason);
        }
    }
}

const BOLD: &str = "1";

fn signed(word: &str) -> Label<'_> {
    let code = match word {
        "+" => GREEN,
        "~" => YELLOW,
        _ => RED,
    };
    Label::new(word, 3, Some(code))
}
