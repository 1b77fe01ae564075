//! The resource graph as the page draws it, and the same in words.

use std::collections::HashMap;

use serde::Serialize;
use stratiform_template::{Member, Template};

use super::mark::Mark;
use crate::view::review::graph::{Graph, Impact, Link, NODE_HEIGHT, NODE_WIDTH};
use crate::view::reviewed::ReviewedStack;

/// How many characters fit in a node.
const ID_LENGTH: usize = 25;
const TYPE_LENGTH: usize = 31;

/// A graph with everything that is written in it.
#[derive(Serialize)]
pub(super) struct Drawing<'r> {
    label: String,
    width: i32,
    height: i32,
    node_size: (i32, i32),
    nodes: Vec<Node<'r>>,
    edges: Vec<Edge<'r>>,
    unconnected: usize,
    left_out: usize,
}

#[derive(Serialize)]
struct Node<'r> {
    href: Option<String>,
    logical_id: &'r str,
    short_id: String,
    resource_type: Option<String>,
    short_type: String,
    fate: Mark,
    left: i32,
    top: i32,
}

#[derive(Serialize)]
struct Edge<'r> {
    class: &'static str,
    path: String,
    from: &'r str,
    to: &'r str,
    words: &'static str,
}

/// A kind of line, for the legend.
#[derive(Serialize)]
pub(super) struct Legend {
    class: &'static str,
    words: &'static str,
}

/// The kinds of lines.
pub(super) fn legend() -> Vec<Legend> {
    let links = [Link::Replaces, Link::Changes, Link::Refers, Link::Dropped];
    links
        .into_iter()
        .map(|link| {
            let (class, words) = drawn(link);
            Legend { class, words }
        })
        .collect()
}

/// The class of a line, and what the resource that is referred to does to the other one.
fn drawn(link: Link) -> (&'static str, &'static str) {
    match link {
        Link::Dropped => ("dropped", "is no longer used by"),
        Link::Refers => ("refers", "is used by"),
        Link::Changes => ("changes", "passes a new value to"),
        Link::Replaces => ("replaces", "causes or may cause a replacement of"),
    }
}

impl<'r> Drawing<'r> {
    pub(super) fn new(stack: &str, graph: Graph<'r>, reviewed: &'r ReviewedStack) -> Self {
        let changes = &reviewed.diff.resources;
        let others = match graph.nodes.iter().any(|node| node.change.is_none()) {
            true => types(reviewed),
            false => HashMap::new(),
        };
        let ids: Vec<&str> = graph.nodes.iter().map(|node| node.logical_id).collect();
        let edges = graph.edges.into_iter().map(|edge| {
            let (class, words) = drawn(edge.link);
            Edge {
                class,
                path: edge.path,
                from: ids[edge.from],
                to: ids[edge.to],
                words,
            }
        });
        let edges: Vec<Edge<'_>> = edges.collect();
        let nodes = graph.nodes.iter().map(|node| {
            let resource_type = match node.change {
                Some(index) => Some(&changes[index].resource_type),
                None => others.get(node.logical_id),
            };
            let short = resource_type.map(String::as_str).unwrap_or_default();
            let change = node.change.filter(|_| node.fate != Impact::Unchanged);
            Node {
                href: change.map(|index| format!("{stack}r{index}")),
                logical_id: node.logical_id,
                short_id: cut(node.logical_id, ID_LENGTH),
                short_type: cut(short.strip_prefix("AWS::").unwrap_or(short), TYPE_LENGTH),
                resource_type: resource_type.cloned(),
                fate: node.fate.into(),
                left: node.left,
                top: node.top,
            }
        });
        Drawing {
            label: format!(
                "Graph of {} resources and {} references; the same in words below",
                ids.len(),
                edges.len()
            ),
            width: graph.width,
            height: graph.height,
            node_size: (NODE_WIDTH, NODE_HEIGHT),
            nodes: nodes.collect(),
            edges,
            unconnected: graph.unconnected,
            left_out: graph.left_out,
        }
    }
}

/// The types of a stack's resources; the diff knows only those of resources that change.
fn types(reviewed: &ReviewedStack) -> HashMap<String, String> {
    let texts = [&reviewed.before, &reviewed.after].into_iter().flatten();
    let templates = texts.filter_map(|text| Template::parse(text).ok());
    let resources = templates.flat_map(|template| template.resources);
    resources
        .filter_map(|(id, resource)| match resource {
            Member::One(resource) => Some((id, resource.resource_type)),
            Member::Unexpanded(_) => None,
        })
        .collect()
}

/// A text without its middle where it is too long: names differ at their ends.
fn cut(text: &str, length: usize) -> String {
    let characters: Vec<char> = text.chars().collect();
    if characters.len() <= length {
        return text.to_owned();
    }
    let end = (length - 1) / 2;
    let start: String = characters[..length - 1 - end].iter().collect();
    let end: String = characters[characters.len() - end..].iter().collect();
    format!("{start}…{end}")
}
