//! What is said on a pull request, in the order of the page; text of users is escaped here.

use indexmap::IndexMap;
use serde::Serialize;
use stratiform_changes::Replacement;
use stratiform_diff::{Severity, StackChange, StackDiff, verdict};
use stratiform_finding::words::{counted, few};

use super::change::Change;
use super::escape::{MARKER, fence, fenced, html, sentence};
use super::meaning::{Meaning, meanings, warning};
use super::room::{Part, Room};
use crate::view::review::alike::without_environment;
use crate::view::review::changed::{self, Changed};
use crate::view::review::digest::{self, Detail};
use crate::view::review::{words, yaml};
use crate::view::reviewed::{Origins, Review, ReviewedStack};

/// What shows all of it.
const COMMAND: &str = "cargo run -- diff --full";

/// Everything that there is to say.
#[derive(Debug)]
pub(super) struct Content {
    detail: Detail,
    frame: Frame,
    environments: Vec<Option<String>>,
    rows: Vec<Part<Row>>,
    meanings: Vec<Part<Meaning>>,
    stacks: Vec<Listed>,
    changes: Vec<Part<Change>>,
    diffs: Vec<Part<Diff>>,
}

/// What is always said; all of it is short.
#[derive(Clone, Debug, Serialize)]
struct Frame {
    marker: &'static str,
    sign: &'static str,
    verdict: String,
    unchanged: String,
    compliance: Vec<String>,
    cause: Option<String>,
    before: String,
    after: String,
    facts: String,
    command: &'static str,
}

/// A stack in a few words.
#[derive(Clone, Debug, Serialize)]
struct Row {
    stack: String,
    happens: String,
    replaced: String,
    consequences: String,
}

/// A stack of which the changes are listed, and others in which they are the same.
#[derive(Debug)]
struct Listed {
    row: Row,
    alike: Vec<String>,
    /// What changes, without the environment's name.
    key: String,
}

/// The difference between a stack's templates.
#[derive(Debug, Serialize)]
struct Diff {
    fence: String,
    text: String,
}

/// What is said in the end.
#[derive(Debug, Serialize)]
pub(super) struct Page<'c> {
    #[serde(flatten)]
    frame: &'c Frame,
    environments: Vec<Environment<'c>>,
    meanings: Vec<&'c Meaning>,
    stacks: Vec<Stack<'c>>,
    left_out: String,
}

#[derive(Debug, Serialize)]
struct Environment<'c> {
    name: Option<&'c str>,
    rows: Vec<&'c Row>,
}

#[derive(Debug, Serialize)]
struct Stack<'c> {
    #[serde(flatten)]
    row: &'c Row,
    alike: String,
    changes: Vec<&'c Change>,
    diff: Option<&'c Diff>,
}

impl Content {
    /// Everything that a review says.
    pub(super) fn of(review: &Review) -> Self {
        let mut content = Content {
            detail: Detail::of(review.stacks()),
            frame: Frame::of(review),
            environments: Vec::new(),
            rows: Vec::new(),
            meanings: meanings(review),
            stacks: Vec::new(),
            changes: Vec::new(),
            diffs: Vec::new(),
        };
        for (index, environment) in review.by_weight().into_iter().enumerate() {
            let name = environment.name.as_ref();
            content
                .environments
                .push(name.map(|name| sentence(&format!("{name} ({})", environment.region))));
            let stacks = environment.stacks.iter();
            for stack in stacks.filter(|stack| !words::is_quiet(&stack.diff)) {
                content.add(index, stack, name.map(String::as_str));
            }
        }
        content
    }

    fn add(&mut self, environment: usize, stack: &ReviewedStack, name: Option<&str>) {
        let diff = &stack.diff;
        let rank = (diff.severity(), diff.replacement());
        let row = Row::of(diff);
        self.rows.push(Part::new(environment, rank, row.clone()));
        let of = self.stacks.len();
        // Where something is written differs between environments, and says nothing of what happens.
        let alike = self.changes(of, (diff, &Origins::default()));
        let shown = alike.iter().map(|part| part.data.shown());
        let key = [diff.name.clone()].into_iter().chain(shown);
        let key: Vec<String> = key.map(|text| without_environment(&text, name)).collect();
        let key = key.join("\n");
        // What changes alike in another environment is listed there.
        if let Some(other) = self
            .stacks
            .iter_mut()
            .find(|it| name.is_some() && it.key == key)
        {
            other.alike.push(row.stack);
            return;
        }
        let alike = Vec::new();
        self.stacks.push(Listed { row, alike, key });
        let changes = self.changes(of, (diff, &stack.origins));
        self.changes.extend(changes);
        let text = fenced(&yaml::of_stack(stack));
        if !text.is_empty() {
            let diff = Diff {
                fence: fence(&text, 3),
                text,
            };
            self.diffs.push(Part::new(of, rank, diff));
        }
    }

    /// What changes in a stack.
    fn changes(&self, of: usize, (diff, origins): (&StackDiff, &Origins)) -> Vec<Part<Change>> {
        let rank = (diff.severity(), diff.replacement());
        let types = |sign: &str| {
            let types = words::types(diff).into_iter();
            let changes = types.map(|(name, count)| Change::of_type(sign, name, count));
            let rank = (diff.severity(), Replacement::WillNot);
            changes.map(|change| Part::new(of, rank, change)).collect()
        };
        match diff.change {
            StackChange::Created => types("+"),
            StackChange::Removed => types("-"),
            StackChange::Updated | StackChange::Unchanged => {
                let mut changes = Vec::new();
                let entries = digest::brief(diff, self.detail);
                for change in changed::brief((diff, origins), &entries, self.detail) {
                    let rank = match change {
                        Changed::Resource(change, _) | Changed::Named(change) => {
                            (diff.severity(), change.replacement())
                        }
                        Changed::Several { .. } | Changed::Property(_) => rank,
                    };
                    changes.push(Part::new(of, rank, Change::of(&change)));
                }
                changes
            }
        }
    }

    /// What there is room for, in all and in detail. What comes first here is cut last.
    pub(super) fn within(&self, room: usize, details: usize) -> Page<'_> {
        let mut room = Room {
            left: room,
            left_out: Vec::new(),
        };
        let rows = room.take(&self.rows, "stack");
        let meanings = room.take(&self.meanings, "consequence");
        room.left = room.left.min(details);
        let changes = room.take(&self.changes, "changed resource");
        let diffs = room.take(&self.diffs, "diff");
        let environments = self
            .environments
            .iter()
            .enumerate()
            .map(|(index, name)| Environment {
                name: name.as_deref(),
                rows: of(&rows, index).collect(),
            });
        let stacks = self.stacks.iter().enumerate().map(|(index, listed)| Stack {
            row: &listed.row,
            alike: few(&listed.alike),
            changes: of(&changes, index).collect(),
            diff: of(&diffs, index).next(),
        });
        room.left_out.reverse();
        Page {
            frame: &self.frame,
            environments: environments.filter(|it| !it.rows.is_empty()).collect(),
            meanings: meanings.into_iter().map(|part| &part.data).collect(),
            stacks: stacks
                .filter(|it| !it.changes.is_empty() || it.diff.is_some())
                .collect(),
            left_out: room.left_out.join(", "),
        }
    }
}

fn of<'c, T>(parts: &[&'c Part<T>], owner: usize) -> impl Iterator<Item = &'c T> {
    parts
        .iter()
        .filter(move |part| part.of == owner)
        .map(|part| &part.data)
}

impl Frame {
    fn of(review: &Review) -> Self {
        let quiet = review.stacks().filter(|stack| words::is_quiet(stack));
        let quiet: Vec<String> = quiet.map(|stack| html(&stack.name)).collect();
        let unchanged = match quiet.len() {
            0 => String::new(),
            count => format!("{} unchanged: {}", counted(count, "stack"), few(&quiet)),
        };
        let calm = review.severity() < Severity::Attention
            && review
                .stacks()
                .all(|stack| stack.notes.is_empty() && stack.replacement() == Replacement::WillNot);
        let compliance = review.by_weight().into_iter().filter_map(|environment| {
            let change = environment.compliance.as_ref()?.change()?;
            let name = environment.name.as_deref()?;
            Some(sentence(&format!("compliance of {name}: {change}")))
        });
        Frame {
            compliance: compliance.collect(),
            marker: MARKER,
            sign: if calm {
                "✅ "
            } else {
                warning(review.severity())
            },
            verdict: sentence(&verdict(review.stacks())),
            unchanged,
            cause: review.cause().map(|cause| sentence(&cause)),
            before: sentence(&review.method.before),
            after: sentence(&review.method.after),
            facts: sentence(&review.method.facts),
            command: COMMAND,
        }
    }
}

impl Row {
    fn of(diff: &StackDiff) -> Self {
        let replaced = words::resources(diff)
            .filter(|change| change.replacement() != Replacement::WillNot)
            .map(|change| {
                format!(
                    "{} {}",
                    html(&change.logical_id),
                    words::in_words(change.replacement())
                )
            });
        let mut severities = IndexMap::new();
        for consequence in &diff.consequences {
            *severities
                .entry(consequence.severity.as_str())
                .or_insert(0_usize) += 1;
        }
        let consequences = severities
            .iter()
            .map(|(word, count)| format!("{count} × {word}"));
        let consequences: Vec<String> = consequences.collect();
        Row {
            stack: html(&diff.name),
            happens: words::stack(diff),
            replaced: few(&replaced.collect::<Vec<_>>()),
            consequences: consequences.join(", "),
        }
    }
}
