//! A stack: its line in the environment's table, and its part of the page.

use std::cmp::Reverse;

use serde::Serialize;
use stratiform_diff::{StackChange, StackDiff};

use super::budget::Budget;
use super::drawing::Drawing;
use super::lines::TemplateLines;
use super::mark::{self, Mark};
use super::resource::{Resource, Row};
use crate::view::review::graph::{Graph, Impact};
use crate::view::review::words;
use crate::view::reviewed::ReviewedStack;

/// Characters of values and of templates, and nodes of graphs, that a page has room for.
const VALUES: usize = 1_300_000;
const LINES: usize = 600_000;
const NODES: usize = 900;
/// The nodes of one graph: more cannot be read, and fewer say nothing.
const NODES_OF_GRAPH: (usize, usize) = (8, 60);

/// What happens to a stack.
#[derive(Serialize)]
struct Outcome {
    marks: Vec<Mark>,
    /// What the marks do not say.
    words: Option<String>,
}

impl Outcome {
    fn new(diff: &StackDiff) -> Outcome {
        let marks = mark::stack(diff.change, fates(diff));
        let enough = !marks.is_empty() && diff.change != StackChange::Removed;
        Outcome {
            marks,
            words: (!enough).then(|| words::stack(diff)),
        }
    }
}

/// What is left of a page for the stacks that come; each gets a fair share.
pub(super) struct Room {
    stacks: usize,
    values: usize,
    lines: usize,
    nodes: usize,
}

impl Room {
    /// Room for so many stacks.
    pub(super) fn new(stacks: usize) -> Room {
        Room {
            stacks,
            values: VALUES,
            lines: LINES,
            nodes: NODES,
        }
    }
}

/// A stack's line in the table.
#[derive(Serialize)]
pub(super) struct StackRow<'r> {
    href: Option<String>,
    name: &'r str,
    outcome: Outcome,
    severity: Option<Mark>,
}

impl<'r> StackRow<'r> {
    pub(super) fn new(id: String, diff: &'r StackDiff) -> Self {
        let told = !words::is_quiet(diff);
        StackRow {
            href: told.then_some(id),
            name: &diff.name,
            outcome: Outcome::new(diff),
            severity: told.then(|| diff.severity().into()),
        }
    }
}

/// A stack that changes.
#[derive(Serialize)]
pub(super) struct Stack<'r> {
    #[serde(skip)]
    pub diff: &'r StackDiff,
    pub id: String,
    name: &'r str,
    outcome: Outcome,
    notes: Vec<(&'r str, Option<&'r str>)>,
    graph: Option<Drawing<'r>>,
    resources: Vec<Resource<'r>>,
    resources_left_out: usize,
    outputs: Vec<Row>,
    parameters: Vec<Row>,
    values_left_out: usize,
    template: Option<TemplateLines>,
}

impl<'r> Stack<'r> {
    pub(super) fn new(id: String, reviewed: &'r ReviewedStack, room: &mut Room) -> Self {
        let diff = &reviewed.diff;
        let stacks = room.stacks.max(1);
        let mut values = Budget(room.values / stacks);
        let mut lines = Budget(room.lines / stacks);
        let nodes = (room.nodes / stacks).clamp(NODES_OF_GRAPH.0, NODES_OF_GRAPH.1);
        room.values -= values.0;
        room.lines -= lines.0;
        room.stacks = stacks - 1;
        let outputs = diff.outputs.iter().map(Row::of_output);
        let (outputs, outputs_left_out) = values.take(outputs, Row::size);
        let parameters = diff.parameters.iter().map(Row::of_parameter);
        let (parameters, parameters_left_out) = values.take(parameters, Row::size);
        let mut changes: Vec<_> = diff
            .resources
            .iter()
            .enumerate()
            .map(|(index, change)| (Impact::of(change), index, change))
            .filter(|(fate, ..)| *fate != Impact::Unchanged)
            .collect();
        changes.sort_by_key(|(fate, ..)| Reverse(*fate));
        let few = changes.len() <= 8;
        let resources = changes.into_iter().map(|(fate, index, change)| {
            let open = match fate {
                Impact::MayReplace | Impact::WillReplace => true,
                Impact::Changes => few,
                Impact::Unchanged | Impact::New | Impact::Removed => false,
            };
            Resource::new(format!("{id}r{index}"), (change, &reviewed.origins), open)
        });
        let (resources, resources_left_out) = values.take(resources, Resource::size);
        let graph = Graph::of(diff, nodes);
        let drawn = graph.as_ref().map_or(0, |graph| graph.nodes.len());
        room.nodes = room.nodes.saturating_sub(drawn);
        let template = TemplateLines::new(reviewed, &mut lines);
        room.values += values.0;
        room.lines += lines.0;
        Stack {
            diff,
            name: &diff.name,
            outcome: Outcome::new(diff),
            notes: diff
                .notes
                .iter()
                .map(|note| (note.what.as_str(), note.help.as_deref()))
                .collect(),
            graph: graph.map(|graph| Drawing::new(&id, graph, reviewed)),
            resources,
            resources_left_out,
            outputs,
            parameters,
            values_left_out: outputs_left_out + parameters_left_out,
            template,
            id,
        }
    }

    /// The anchor of a resource that is shown.
    pub(super) fn resource(&self, logical_id: &str) -> Option<&str> {
        let mut resources = self.resources.iter();
        let found = resources.find(|resource| resource.logical_id == logical_id);
        found.map(|resource| resource.id.as_str())
    }
}

/// What happens to the resources of a stack.
pub(super) fn fates(diff: &StackDiff) -> impl Iterator<Item = Impact> {
    diff.resources.iter().map(Impact::of)
}
