//! The resource graph of a stack: what changes, what that refers to, and where each is drawn.
//!
//! What lives here: which resources and references belong to it ([`Graph::of`]) and their places (`layout`). What
//! does not live here: how they are drawn, which each view decides.

mod layout;

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};

use stratiform_changes::{ChangeSource, ChangedResource, Context, Edit, Replacement};
use stratiform_diff::{Severity, StackDiff};
use stratiform_resolve::Use;

pub(crate) use layout::{NODE_HEIGHT, NODE_WIDTH};

/// Resources that refer to each other, with places in pixels.
#[derive(Debug)]
pub(crate) struct Graph<'r> {
    pub nodes: Vec<Node<'r>>,
    pub edges: Vec<Edge>,
    pub width: i32,
    pub height: i32,
    /// Changed resources that no reference connects with anything.
    pub unconnected: usize,
    /// Connected resources for which there is no room.
    pub left_out: usize,
}

/// A resource.
#[derive(Debug)]
pub(crate) struct Node<'r> {
    pub logical_id: &'r str,
    /// The position in [`StackDiff::resources`]; `None` for a resource that does not change.
    pub change: Option<usize>,
    pub fate: Impact,
    pub left: i32,
    pub top: i32,
}

/// A reference, from the resource that is referred to to the one that refers.
#[derive(Debug)]
pub(crate) struct Edge {
    /// The position of the resource that is referred to, in [`Graph::nodes`].
    pub from: usize,
    /// The position of the resource that refers to it.
    pub to: usize,
    pub link: Link,
    /// The line, as the `d` of an SVG path; it ends in an arrow.
    pub path: String,
}

/// What happens to a resource? Worst last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Impact {
    /// Nothing.
    Unchanged,
    /// It is updated in place.
    Changes,
    /// It is made.
    New,
    /// It may be replaced.
    MayReplace,
    /// It is replaced.
    WillReplace,
    /// It leaves the stack.
    Removed,
}

impl Impact {
    pub(crate) fn of(change: &ChangedResource) -> Impact {
        match (change.action, change.replacement()) {
            (Edit::Add, _) => Impact::New,
            (Edit::Remove, _) => Impact::Removed,
            // Listed because it refers to something that changes; its values stay the same.
            (Edit::Modify, _) if !change.is_expected() => Impact::Unchanged,
            (Edit::Modify, Replacement::WillNot) => Impact::Changes,
            (Edit::Modify, Replacement::May) => Impact::MayReplace,
            (Edit::Modify, Replacement::Will) => Impact::WillReplace,
        }
    }
}

/// What does a reference do to the resource that refers? Worst last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Link {
    /// It goes.
    Dropped,
    /// Nothing.
    Refers,
    /// It passes on a new value.
    Changes,
    /// It passes on a new value, which makes or may make a replacement.
    Replaces,
}

impl<'r> Graph<'r> {
    /// The graph of a stack's changes with at most so many nodes, those with the largest impact first; `None` where
    /// nothing refers to anything.
    pub(crate) fn of(stack: &'r StackDiff, limit: usize) -> Option<Graph<'r>> {
        let mut links = links(stack);
        let changes: HashMap<&str, usize> = stack
            .resources
            .iter()
            .enumerate()
            .map(|(index, change)| (change.logical_id.as_str(), index))
            .collect();
        let ids = ranked(stack, &links);
        let changed = changes
            .values()
            .filter(|index| Impact::of(&stack.resources[**index]) > Impact::Unchanged);
        let unconnected = changed
            .filter(|index| !ids.contains(&stack.resources[**index].logical_id.as_str()))
            .count();
        let mut nodes: Vec<Node<'_>> = chosen(&ids, &links, limit)
            .into_iter()
            .map(|logical_id| {
                let change = changes.get(logical_id).copied();
                let fate = change.map(|index| Impact::of(&stack.resources[index]));
                Node {
                    logical_id,
                    change,
                    fate: fate.unwrap_or(Impact::Unchanged),
                    left: 0,
                    top: 0,
                }
            })
            .collect();
        let places: HashMap<&str, usize> = nodes
            .iter()
            .enumerate()
            .map(|(index, node)| (node.logical_id, index))
            .collect();
        links.retain(|(from, to), _| places.contains_key(from) && places.contains_key(to));
        let pairs: Vec<(usize, usize)> = links
            .keys()
            .map(|(from, to)| (places[from], places[to]))
            .collect();
        let layout = layout::layout(nodes.len(), &pairs);
        for (node, (left, top)) in nodes.iter_mut().zip(layout.places) {
            (node.left, node.top) = (left, top);
        }
        let edges = links.values().zip(pairs).zip(layout.paths);
        let edges: Vec<Edge> = edges
            .map(|((link, (from, to)), path)| Edge {
                from,
                to,
                link: *link,
                path,
            })
            .collect();
        (!edges.is_empty()).then(|| Graph {
            left_out: ids.len() - nodes.len(),
            nodes,
            edges,
            width: layout.width,
            height: layout.height,
            unconnected,
        })
    }
}

/// From the resource that is referred to and the one that refers to what that does.
type Links<'r> = BTreeMap<(&'r str, &'r str), Link>;

fn links(stack: &StackDiff) -> Links<'_> {
    let mut links = Links::new();
    for change in &stack.resources {
        let user = change.logical_id.as_str();
        let mut link = |used, link| {
            if used != user {
                let known = links.entry((used, user)).or_insert(link);
                *known = link.max(*known);
            }
        };
        let before = match change.action {
            Edit::Remove => Link::Refers,
            Edit::Add | Edit::Modify => Link::Dropped,
        };
        for (context, kind) in [(&change.before, before), (&change.after, Link::Refers)] {
            for_each_resource(context.as_ref(), &mut |used| link(used, kind));
        }
        for detail in change.expected() {
            let (ChangeSource::ResourceReference | ChangeSource::ResourceAttribute, Some(entity)) =
                (detail.source, &detail.causing_entity)
            else {
                continue;
            };
            let used = entity.split_once('.').map_or(entity.as_str(), |(id, _)| id);
            link(
                used,
                match detail.replacement() {
                    Replacement::WillNot => Link::Changes,
                    Replacement::May | Replacement::Will => Link::Replaces,
                },
            );
        }
    }
    links
}

/// Calls a function with every resource that another one's properties refer to.
fn for_each_resource<'r>(context: Option<&'r Context>, visit: &mut impl FnMut(&'r str)) {
    let Some(context) = context else { return };
    context.properties.for_each_text(&mut |text| {
        for used in &text.uses {
            match used {
                Use::Parameter(_) => {}
                Use::Reference(id) | Use::Attribute(id, _) => visit(id),
            }
        }
    });
}

/// All resources that are connected, those with the largest impact first: by their worst consequence, by what
/// happens to them, by how many are connected with them, by name.
fn ranked<'r>(stack: &'r StackDiff, links: &Links<'r>) -> Vec<&'r str> {
    let mut connections: BTreeMap<&str, usize> = BTreeMap::new();
    for (from, to) in links.keys() {
        *connections.entry(from).or_default() += 1;
        *connections.entry(to).or_default() += 1;
    }
    let mut severities: HashMap<&str, Severity> = HashMap::new();
    for consequence in &stack.consequences {
        if let Some(id) = &consequence.logical_id {
            let worst = severities.entry(id).or_default();
            *worst = consequence.severity.max(*worst);
        }
    }
    let fates: HashMap<&str, Impact> = stack
        .resources
        .iter()
        .map(|change| (change.logical_id.as_str(), Impact::of(change)))
        .collect();
    let mut ids: Vec<&str> = connections.keys().copied().collect();
    ids.sort_by_key(|id| Reverse((severities.get(id), fates.get(id), connections[id])));
    ids
}

/// So many of the ranked resources; each brings those that it is connected with, so that lines are left to draw.
fn chosen<'r>(ranked: &[&'r str], links: &Links<'r>, limit: usize) -> Vec<&'r str> {
    let ranks: HashMap<&str, usize> = ranked
        .iter()
        .enumerate()
        .map(|(rank, id)| (*id, rank))
        .collect();
    let mut neighbours = vec![Vec::new(); ranked.len()];
    for (from, to) in links.keys() {
        neighbours[ranks[from]].push(ranks[to]);
        neighbours[ranks[to]].push(ranks[from]);
    }
    let mut taken = vec![false; ranked.len()];
    let mut chosen = Vec::new();
    for (rank, neighbours) in neighbours.iter_mut().enumerate() {
        neighbours.sort_unstable();
        for next in std::iter::once(rank).chain(neighbours.iter().copied()) {
            if chosen.len() < limit && !taken[next] {
                taken[next] = true;
                chosen.push(ranked[next]);
            }
        }
    }
    chosen
}

#[cfg(test)]
mod tests;
