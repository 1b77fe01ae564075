//! What `diff` prints to a terminal: as wide as that is, complete without colour, and on one screen where that can be.

mod page;
#[cfg(test)]
mod tests;

use std::collections::HashSet;

use stratiform_changes::{ChangedResource, Edit};
use stratiform_diff::{Severity, StackChange, StackDiff, verdict};
use stratiform_finding::words::{beginning, counted, few, grouped};

use self::page::{Label, Page};
use super::alike::without_environment;
use super::changed::{self, Changed};
use super::digest::{self, Detail, Entry, Told};
use super::property::{self, Beside, Property};
use super::value::shortened;
use super::{words, yaml};
use crate::report::Colour;
use crate::view::reviewed::{Origins, Review, ReviewedEnvironment, ReviewedStack};
use crate::view::style::{CYAN, GREEN, RED, YELLOW};

/// Is everything shown, one by one, and the differences between the templates as text too?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Full {
    /// With the differences at the end of each stack.
    Yes,
    /// What a reviewer needs: what is alike is folded.
    No,
}

/// How a review is laid out.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Layout {
    pub full: Full,
    pub colour: Colour,
    /// Columns of the terminal.
    pub width: usize,
}

/// The consequences, resources and outputs of a stack that are listed: nobody reads on after these.
const LISTED: usize = 300;

/// The lines below a consequence, and the properties of a resource, unless all of it is wanted.
const LINES: usize = 3;
const PROPERTIES: usize = 12;

/// What advice loses of two lines: its label twice, and words that do not fit.
const ADVICE: usize = 20;

/// The longest word of [`Severity`].
const SEVERITY: usize = "attention".len();

/// The whole review.
pub(crate) fn text(review: &Review, layout: Layout) -> String {
    let mut page = Page::new(layout, Detail::of(review.stacks()));
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
    if let Some(cause) = review.cause() {
        page.put(2, Label::new("cause", 6, None), &cause);
    }
    let mut said = Said {
        blocks: HashSet::new(),
        environments: Vec::new(),
        told: Told::default(),
    };
    for environment in review.by_weight() {
        page.environment(environment, &mut said);
    }
    page.unchanged(review);
    page.text
}

/// What was said of the environments before, without their names.
struct Said<'r> {
    blocks: HashSet<String>,
    environments: Vec<&'r str>,
    /// Reasons and advice.
    told: Told,
}

impl Said<'_> {
    fn environments(&self) -> String {
        let names = self.environments.iter().map(|name| (*name).to_owned());
        few(&names.collect::<Vec<_>>())
    }
}

/// A width at which every text is one line.
const WIDEST: usize = 1_000_000;

/// What is said of a stack: its name and what happens to it, what that means, and what changes.
struct Blocks {
    title: String,
    meaning: Vec<String>,
    changes: Vec<String>,
    end: String,
}

impl Page {
    fn environment<'r>(&mut self, environment: &'r ReviewedEnvironment, said: &mut Said<'r>) {
        let stacks = environment.stacks.iter();
        let stacks: Vec<&ReviewedStack> = stacks
            .filter(|stack| !words::is_quiet(&stack.diff))
            .collect();
        if stacks.is_empty() {
            return;
        }
        let name = environment.name.as_deref();
        let mut heading = name.map(|name| format!("{name} ({})", environment.region));
        let mut alike = Vec::new();
        let mut new = HashSet::new();
        for stack in stacks {
            let (entries, shown) = match self.layout.full {
                Full::Yes => (digest::each(&stack.diff), digest::each(&stack.diff)),
                Full::No => {
                    let entries = digest::brief(&stack.diff, self.detail);
                    (entries.clone(), said.told.without(entries))
                }
            };
            let keys = self.keys(stack, &entries, name);
            let is_new = |key: &String| self.layout.full == Full::Yes || !said.blocks.contains(key);
            if !keys.iter().any(is_new) {
                alike.push(format!("`{}`", stack.diff.name));
                continue;
            }
            let are_new: Vec<bool> = keys.iter().map(is_new).collect();
            new.extend(keys);
            if let Some(heading) = heading.take() {
                self.gap();
                self.say(0, &heading);
            }
            self.gap();
            self.blocks(stack, &shown, &are_new, said);
        }
        said.blocks.extend(new);
        if !alike.is_empty() {
            let verb = if alike.len() == 1 {
                "changes"
            } else {
                "change"
            };
            let count = counted(alike.len(), "stack");
            let as_in = format!("{count} {verb} as in {}", said.environments());
            self.gap();
            // Of an environment in which nothing else changes, that is all there is to say.
            match heading {
                Some(heading) => self.say(0, &format!("{heading}: {as_in}")),
                None if self.is_short() => self.say(0, &as_in),
                None => self.say(0, &format!("{as_in}: {}", few(&alike))),
            }
        }
        said.environments.extend(name);
    }

    /// What is said of a stack, for comparing: the title first.
    fn keys(
        &self,
        stack: &ReviewedStack,
        entries: &[Entry],
        environment: Option<&str>,
    ) -> Vec<String> {
        // As wide as can be: nothing is cut because a name is longer.
        let layout = Layout {
            colour: Colour::Never,
            width: WIDEST,
            ..self.layout
        };
        // Where something is written differs between environments, and says nothing of what happens.
        let blocks = self.blocks_of((stack, &Origins::default()), entries, layout);
        let stack = without_environment(&stack.diff.name, environment);
        let parts = [vec![blocks.title], blocks.meaning, blocks.changes].concat();
        let key = |part: &String| format!("{stack} {}", without_environment(part, environment));
        parts.iter().map(key).collect()
    }

    /// A stack, without what was said before.
    fn blocks(
        &mut self,
        stack: &ReviewedStack,
        entries: &[Entry],
        are_new: &[bool],
        said: &Said<'_>,
    ) {
        let blocks = self.blocks_of((stack, &stack.origins), entries, self.layout);
        let mut are_new = are_new.iter().skip(1);
        let mut left_out = 0;
        let mut unsaid = |blocks: Vec<String>| {
            let all = blocks.len();
            let new = blocks.into_iter().zip(are_new.by_ref());
            let new: Vec<String> = new.filter(|(_, new)| **new).map(|(it, _)| it).collect();
            left_out += all - new.len();
            new.concat()
        };
        let (meaning, changes) = (unsaid(blocks.meaning), unsaid(blocks.changes));
        self.text += &blocks.title;
        self.text += &meaning;
        // Where there is much, every line counts.
        if !meaning.is_empty() && !changes.is_empty() && !self.is_short() {
            self.gap();
        }
        self.text += &changes;
        if left_out > 0 {
            self.say(2, &format!("all else as in {}", said.environments()));
        }
        self.text += &blocks.end;
    }

    fn blocks_of(
        &self,
        (stack, origins): (&ReviewedStack, &Origins),
        entries: &[Entry],
        layout: Layout,
    ) -> Blocks {
        let diff = &stack.diff;
        let made = |make: &dyn Fn(&mut Page)| {
            let mut page = Page::new(layout, self.detail);
            make(&mut page);
            page.text
        };
        let listed = match self.layout.full {
            Full::Yes => usize::MAX,
            Full::No => LISTED,
        };
        let mut meaning: Vec<String> = entries
            .iter()
            .take(listed)
            .map(|entry| made(&|page| page.entry(entry)))
            .collect();
        meaning.push(made(&|page| {
            page.more(entries.len(), listed, "consequence")
        }));
        let changes = self.changed((diff, origins), entries);
        let mut shown: Vec<String> = changes
            .iter()
            .take(listed)
            .map(|change| made(&|page| page.change(change)))
            .collect();
        shown.push(made(&|page| page.more(changes.len(), listed, "change")));
        shown.extend(match diff.change {
            StackChange::Created => Some(made(&|page| page.types(diff, "+"))),
            StackChange::Removed if self.is_short() => None,
            StackChange::Removed => Some(made(&|page| page.types(diff, "-"))),
            StackChange::Updated | StackChange::Unchanged => None,
        });
        shown.extend(diff.notes.iter().map(|note| {
            made(&|page| {
                page.put(2, Label::new("caveat:", 0, Some(YELLOW)), &note.what);
                page.help(4, note.help.as_deref());
            })
        }));
        shown.retain(|block| !block.is_empty());
        meaning.retain(|block| !block.is_empty());
        Blocks {
            title: made(&|page| {
                let word = &diff.name;
                let width = word.chars().count() + 2;
                page.put(0, Label::new(word, width, Some(BOLD)), &words::stack(diff));
            }),
            meaning,
            changes: shown,
            end: match self.layout.full {
                Full::Yes => made(&|page| page.templates(stack)),
                Full::No => String::new(),
            },
        }
    }

    fn changed<'r>(
        &self,
        (diff, origins): (&'r StackDiff, &'r Origins),
        entries: &[Entry],
    ) -> Vec<Changed<'r>> {
        match (diff.change, self.layout.full) {
            (StackChange::Created | StackChange::Removed, _) => Vec::new(),
            (StackChange::Updated | StackChange::Unchanged, Full::Yes) => {
                changed::all(diff, origins)
            }
            (StackChange::Updated | StackChange::Unchanged, Full::No) => {
                changed::brief((diff, origins), entries, self.detail)
            }
        }
    }

    fn templates(&mut self, stack: &ReviewedStack) {
        let yaml = yaml::of_stack(stack);
        if !yaml.is_empty() {
            self.gap();
            self.text += &yaml::coloured(&yaml, self.layout.colour);
        }
    }

    fn unchanged(&mut self, review: &Review) {
        let quiet = review.stacks().filter(|stack| words::is_quiet(stack));
        let names: Vec<String> = quiet.map(|stack| stack.name.clone()).collect();
        if !names.is_empty() {
            let count = counted(names.len(), "stack");
            self.gap();
            let names = if self.is_short() {
                String::new()
            } else {
                format!(": {}", few(&names))
            };
            self.say(0, &format!("{count} unchanged{names}"));
        }
    }

    fn entry(&mut self, entry: &Entry) {
        let code = match entry.severity {
            Severity::Danger => Some(RED),
            Severity::Warning => Some(YELLOW),
            Severity::Attention => Some(CYAN),
            Severity::Safe | Severity::Note => None,
        };
        let word = entry.severity.as_str();
        let inside = 2 + SEVERITY + 1;
        self.put(2, Label::new(word, SEVERITY, code), &entry.what);
        if !entry.why.is_empty() {
            self.put(inside, Label::new("why:", 0, None), &entry.why);
        }
        let shown = match self.layout.full {
            Full::Yes => usize::MAX,
            Full::No => LINES,
        };
        for line in entry.lines.iter().take(shown) {
            self.say(inside + 2, line);
        }
        if let Some(rest) = entry.rest(shown) {
            self.say(inside + 2, &rest);
        }
        let help = entry.help.as_deref().map(|help| match self.is_short() {
            // Advice of more than two lines is for those who look for it.
            true => beginning(
                help,
                (2 * self.layout.width).saturating_sub(2 * inside + ADVICE),
            ),
            false => help.to_owned(),
        });
        self.help(inside, help.as_deref());
    }

    /// Cuts values so that they stay on one line behind so many columns, where that leaves enough of them.
    fn cut(&self, taken: usize, values: &mut [String]) {
        const ENOUGH: usize = 16;
        let arrows = 3 * values.len().saturating_sub(1);
        let room = self.layout.width.saturating_sub(taken + arrows);
        let each = room / values.len().max(1);
        if each >= ENOUGH {
            for value in values {
                *value = shortened(value, each, 0);
            }
        }
    }

    fn is_short(&self) -> bool {
        (self.layout.full, self.detail) == (Full::No, Detail::Short)
    }

    fn help(&mut self, indent: usize, help: Option<&str>) {
        if let Some(help) = help {
            self.put(indent, Label::new("help:", 0, None), help);
        }
    }

    fn types(&mut self, diff: &StackDiff, sign: &str) {
        let types = words::types(diff).into_iter();
        let types: Vec<String> = types
            .map(|(name, count)| format!("{count} {name}"))
            .collect();
        if !types.is_empty() {
            self.put(2, signed(sign), &types.join(", "));
        }
    }

    fn change(&mut self, change: &Changed<'_>) {
        match change {
            Changed::Resource(change, beside) => self.resource(change, *beside),
            Changed::Named(change) => self.named(change),
            Changed::Several { sign, what } => self.put(2, signed(sign), what),
            Changed::Property(property) => self.property(2, 3, property),
        }
    }

    /// How many are not listed.
    fn more(&mut self, count: usize, listed: usize, noun: &str) {
        let more = count.saturating_sub(listed);
        if more > 0 {
            self.say(
                2,
                &format!("and {} more {noun}s (`--full` shows all)", grouped(more)),
            );
        }
    }

    fn named(&mut self, change: &ChangedResource) {
        let (name, resource_type) = (&change.logical_id, &change.resource_type);
        let outcome = words::outcome(change);
        self.put(
            2,
            signed(words::sign(change)),
            &format!("{name}  {resource_type}  {outcome}"),
        );
    }

    fn resource(&mut self, change: &ChangedResource, beside: Beside<'_>) {
        self.named(change);
        let properties = property::of_resource(change, beside);
        if (change.action, self.layout.full) == (Edit::Add, Full::No) {
            let all = properties.iter().map(|property| {
                let values = property.values(str::to_owned);
                format!("{} {}", property.path, values.join(" "))
            });
            let all: Vec<String> = all.collect();
            if !all.is_empty() {
                self.say(6, &all.join(", "));
            }
            if let Some(place) = beside.origins.of(&change.logical_id, &[]) {
                self.say(6, &place);
            }
            return;
        }
        let shown = match self.layout.full {
            Full::Yes => usize::MAX,
            Full::No => PROPERTIES,
        };
        for property in properties.iter().take(shown) {
            self.property(6, 1, property);
        }
        let more = properties.len().saturating_sub(shown);
        if more > 0 {
            self.say(6, &format!("and {more} more of its properties (`--full`)"));
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
        let mut values = property.values(str::to_owned);
        if self.is_short() {
            self.cut(inside + path.chars().count() + 2, &mut values);
        }
        let line = format!("{path}  {}", values.join(" → "));
        if self.fits(inside, &line) {
            self.put(indent, label, line.trim_end());
        } else {
            self.put(indent, label, path);
            for (value, word) in values.iter().zip(["", "→"]) {
                self.put(inside, Label::new(word, 1, None), value);
            }
        }
        // Where there is much and nothing is replaced, what it comes from is worth nobody's time.
        let is_told = self.is_short() && !property.replaces;
        for reason in property.reasons.iter().filter(|_| !is_told) {
            self.say(inside + 2, reason);
        }
        if let Some(place) = property.place.as_ref().filter(|_| !is_told) {
            self.say(inside + 2, place);
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
