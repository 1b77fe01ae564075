//! Things that wait for each other.

use stratiform_finding::Code;

use super::Checker;
use crate::order::{Circle, order};
use crate::template::Member;

impl Checker<'_> {
    pub(super) fn cycles(&mut self) {
        let template = self.template;
        let resources: Vec<&str> = ones(&template.resources);
        for circle in circles(&mut self.edges) {
            let named: Vec<&str> = circle
                .members
                .iter()
                .map(|&position| resources[position])
                .collect();
            let recorded = format!(
                "Circular dependency between resources: [{}]",
                named.join(", ")
            );
            self.cycle("Resources", &resources, &circle.path, Some(recorded));
        }
        let conditions: Vec<&str> = ones(&template.conditions);
        for circle in circles(&mut self.condition_edges) {
            self.cycle("Conditions", &conditions, &circle.path, None);
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

/// The circles of a graph, in which each way is known once.
fn circles(edges: &mut [Vec<usize>]) -> Vec<Circle> {
    for targets in edges.iter_mut() {
        targets.sort_unstable();
        targets.dedup();
    }
    order(edges).circles
}
