//! What changes only with other values of parameters than their defaults. What a stack that exists was given is not known
//! where files are compared: a deployment keeps it.

use std::collections::HashSet;
use std::sync::Arc;

use stratiform_assembly::StackAt;
use stratiform_changes::{ChangedResource, Edit};
use stratiform_finding::words::few_ids;
use stratiform_resolve::Whereabouts;

use crate::consequence::{Certainty, Consequence, Kind, Severity};
use crate::not_known::VALUES;
use crate::stack::compared;

/// Names the resources that change with other values, besides those that change with the defaults.
pub(crate) fn find(
    stacks: [&StackAt; 2],
    resources: &[ChangedResource],
    place: &Whereabouts,
    found: &mut Vec<Consequence>,
) {
    let [before, after] = stacks.map(|stack| &stack.template);
    let is_same = before.resources == after.resources
        && before.conditions == after.conditions
        && before.mappings == after.mappings;
    let Some([before, after]) = without_defaults(stacks).filter(|_| !is_same) else {
        return;
    };
    let seen: HashSet<&str> = resources
        .iter()
        .map(|change| change.logical_id.as_str())
        .collect();
    let with_others = compared([&before, &after], place);
    let more = |logical_id: &str| !seen.contains(logical_id);
    let changes = with_others.resources.iter();
    let changes: Vec<&ChangedResource> = changes
        .filter(|change| change.is_expected() && more(&change.logical_id))
        .collect();
    if changes.is_empty() {
        return;
    }
    let consequences = with_others.consequences.iter();
    let worst = consequences
        .filter(|found| found.logical_id.as_deref().is_some_and(more))
        .map(|found| found.severity)
        .max()
        .unwrap_or_default();
    found.push(Consequence {
        kind: Kind::Unknown,
        severity: worst.clamp(Severity::Attention, Severity::Warning),
        certainty: Certainty::May,
        logical_id: None,
        resource_type: None,
        what: format!(
            "may change {} where parameters have other values than their defaults",
            few_ids(changes.iter().map(|change| change.logical_id.as_str()))
        ),
        why: "a deployment keeps the values that the stack has, and these are not known here"
            .to_owned(),
        details: changes.into_iter().map(detail).collect(),
        help: Some(VALUES.to_owned()),
    });
}

fn detail(change: &ChangedResource) -> String {
    let what = match change.action {
        Edit::Add => "is new",
        Edit::Remove => "goes",
        Edit::Modify => "changes",
    };
    format!("`{}` ({}) {what}", change.logical_id, change.resource_type)
}

/// Both sides without the defaults of parameters that they both have and nobody gave a value; `None` where there are none.
fn without_defaults(stacks: [&StackAt; 2]) -> Option<[StackAt; 2]> {
    let has_default = |stack: &StackAt, name: &str| {
        let declared = stack.template.parameters.get(name);
        declared.is_some_and(|declared| declared.default.is_some())
            && !stack.parameters.contains_key(name)
    };
    let names = stacks[0].template.parameters.keys();
    let names: Vec<&String> = names
        .filter(|name| stacks.iter().all(|stack| has_default(stack, name)))
        .collect();
    (!names.is_empty()).then(|| {
        stacks.map(|stack| {
            let mut stack = stack.clone();
            for name in &names {
                let template = Arc::make_mut(&mut stack.template);
                if let Some(parameter) = template.parameters.get_mut(*name) {
                    parameter.default = None;
                }
            }
            stack
        })
    })
}
