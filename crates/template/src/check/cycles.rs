//! Things that wait for each other.
use stratiform_finding::Code;

use super::Checker;
use crate::template::Member;

impl Checker<'_> {
    pub(super) fn cycles(&mut self) {
        let template = self.template;
        let resources: Vec<&str> = ones(&template.resources);
        for cycle in cycles(&mut self.edges) {
            let mut members: Vec<usize> = cycle.members;
            members.sort_unstable();
            let named: Vec<&str> = members
                .iter()
                .map(|&position| resources[position])
                .collect();
            let recorded = format!(
                "Circular dependency between resources: [{}]",
                named.join(", ")
            );
            self.cycle("Resources", &resources, &cycle.path, Some(recorded));
        }
        let conditions: Vec<&str> = ones(&template.conditions);
        for cycle in cycles(&mut self.condition_edges) {
            self.cycle("Conditions", &conditions, &cycle.path, None);
        }
    }

    fn cycle(
        &mut self,
        section: &'static str,
        names: &[&str],
        path: &[usize],
        recorded: Option<String>,
    ) {
        let mut steps: Vec<&str> = path.iter().map(|&position| names[position]).collect();
        let first = steps.first().copied().unwrap_or_default();
        steps.push(first);
        let message = match path {
            [_] => format!("`{first}` depends on itself"),
            _ => format!("a circle of dependencies: {}", steps.join(" → ")),
        };
        self.find(
            Code::CircularDependency,
            message,
            recorded,
            "break the circle: move one side of a reference into a resource of its own, or drop a `DependsOn`",
        );
        if let Some(finding) = self.findings.last_mut() {
            finding.path = vec![section.to_owned(), first.to_owned()];
        }
    }
}

fn ones<T>(section: &crate::template::Section<T>) -> Vec<&str> {
    section
        .iter()
        .filter(|(_, member)| matches!(member, Member::One(_)))
        .map(|(name, _)| name.as_str())
        .collect()
}

struct Cycle {
    /// Everything that waits for everything else in here.
    members: Vec<usize>,
    /// One shortest way round, from the first member.
    path: Vec<usize>,
}

/// The strongly connected parts of a graph that have a circle, in the order of their first member.
///
/// Tarjan's algorithm with a stack of its own: a chain of any length is fine.
fn cycles(edges: &mut [Vec<usize>]) -> Vec<Cycle> {
    const NEW: usize = usize::MAX;
    for targets in edges.iter_mut() {
        targets.sort_unstable();
        targets.dedup();
    }
    let edges: &[Vec<usize>] = edges;
    let count = edges.len();
    let (mut order, mut low) = (vec![NEW; count], vec![0; count]);
    let mut stacked = vec![false; count];
    let mut stack = Vec::new();
    let mut found = Vec::new();
    let mut next = 0;
    for root in 0..count {
        if order[root] != NEW {
            continue;
        }
        let mut calls = vec![(root, 0)];
        while let Some((node, edge)) = calls.pop() {
            if edge == 0 {
                order[node] = next;
                low[node] = next;
                next += 1;
                stack.push(node);
                stacked[node] = true;
            }
            if let Some(&target) = edges[node].get(edge) {
                calls.push((node, edge + 1));
                if order[target] == NEW {
                    calls.push((target, 0));
                } else if stacked[target] {
                    low[node] = low[node].min(order[target]);
                }
                continue;
            }
            if let Some(&(parent, _)) = calls.last() {
                low[parent] = low[parent].min(low[node]);
            }
            if low[node] != order[node] {
                continue;
            }
            let mut members = Vec::new();
            while let Some(member) = stack.pop() {
                stacked[member] = false;
                members.push(member);
                if member == node {
                    break;
                }
            }
            members.sort_unstable();
            let circle = members.len() > 1 || edges[node].contains(&node);
            if circle {
                let path = way_round(edges, &members);
                found.push(Cycle { members, path });
            }
        }
    }
    found.sort_by_key(|cycle| cycle.members.first().copied());
    found
}

/// A shortest way from the first member back to itself, breadth first inside the members.
fn way_round(edges: &[Vec<usize>], members: &[usize]) -> Vec<usize> {
    let Some(&first) = members.first() else {
        return Vec::new();
    };
    let position = |node: usize| members.binary_search(&node).ok();
    let mut before: Vec<Option<usize>> = vec![None; members.len()];
    let mut queue = std::collections::VecDeque::from([first]);
    while let Some(node) = queue.pop_front() {
        for &target in &edges[node] {
            if target == first {
                let mut path = vec![node];
                let mut at = node;
                while let Some(previous) = position(at).and_then(|index| before[index]) {
                    path.push(previous);
                    at = previous;
                }
                path.reverse();
                return path;
            }
            if let Some(index) = position(target).filter(|&index| before[index].is_none()) {
                before[index] = Some(node);
                queue.push_back(target);
            }
        }
    }
    members.to_vec()
}

#[cfg(test)]
mod tests {
    use super::cycles;

    fn check(edges: &[&[usize]], expected: &[&[usize]]) {
        let mut edges: Vec<Vec<usize>> = edges.iter().map(|targets| targets.to_vec()).collect();
        let paths: Vec<Vec<usize>> = cycles(&mut edges)
            .into_iter()
            .map(|cycle| cycle.path)
            .collect();
        assert_eq!(paths, expected);
    }

    #[test]
    fn finds_circles() {
        check(&[], &[]);
        check(&[&[]], &[]);
        check(&[&[0]], &[&[0]]);
        check(&[&[1], &[0]], &[&[0, 1]]);
        check(&[&[1], &[2], &[]], &[]);
        check(&[&[1], &[2], &[0], &[0]], &[&[0, 1, 2]]);
        check(&[&[1, 2], &[2], &[0]], &[&[0, 2]]);
        check(&[&[1], &[0], &[3], &[2, 0]], &[&[0, 1], &[2, 3]]);
    }

    #[test]
    fn a_long_chain_is_no_trouble() {
        let mut edges: Vec<Vec<usize>> = (0..200_000).map(|position| vec![position + 1]).collect();
        edges.push(Vec::new());
        assert!(cycles(&mut edges).is_empty());
        edges[200_000].push(0);
        assert_eq!(cycles(&mut edges)[0].path.len(), 200_001);
    }
}
