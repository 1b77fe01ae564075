//! Who imports an export is not known where only some files are compared: other stacks may.

use std::collections::BTreeSet;

use stratiform_changes::Edit;
use stratiform_finding::words::few;

use crate::consequence::{Certainty, Consequence, Kind, Severity, sort};
use crate::exports::{Pair, exported, imports, is_removed};
use crate::stack::{StackChange, StackDiff};

/// Says which exports go or change that none of the stacks which are compared imports: others may.
pub fn importers_unknown(pairs: &[Pair<'_>], diffs: &mut [StackDiff]) {
    let exports_before =
        |diff: &StackDiff| diff.outputs.iter().any(|output| exported(output).is_some());
    if !diffs.iter().any(exports_before) {
        return;
    }
    let before = imports(pairs, |pair| pair.before);
    let after = imports(pairs, |pair| pair.after);
    let used = |name: &str| before.contains_key(name) || after.contains_key(name);
    for diff in diffs {
        let mut removed = BTreeSet::new();
        let mut changed = BTreeSet::new();
        let outputs = diff
            .outputs
            .iter()
            .filter(|output| output.change_type != Edit::Add);
        for output in outputs {
            let Some(name) = exported(output).filter(|name| !used(name)) else {
                continue;
            };
            match is_removed(output, &name) {
                true => removed.insert((name, output.logical_id.as_str())),
                false => changed.insert((name, output.logical_id.as_str())),
            };
        }
        let mut found: Vec<Consequence> = [("removes", removed), ("changes", changed)]
            .into_iter()
            .filter_map(|(verb, exports)| unknown(verb, &exports))
            .collect();
        if diff.change == StackChange::Removed {
            found.iter_mut().for_each(Consequence::of_removed_stack);
        }
        diff.consequences.extend(found);
        sort(&mut diff.consequences);
    }
}

fn unknown(verb: &str, exports: &BTreeSet<(String, &str)>) -> Option<Consequence> {
    let names: Vec<String> = exports
        .iter()
        .map(|(name, _)| format!("`{name}`"))
        .collect();
    let what = match names.as_slice() {
        [] => return None,
        [name] => format!("the export {name}"),
        names => format!("{} exports", names.len()),
    };
    let logical_id = match exports.first() {
        Some((_, output)) if names.len() == 1 => Some((*output).to_owned()),
        _ => None,
    };
    let listed = match names.len() {
        1 => Vec::new(),
        _ => vec![few(&names)],
    };
    Some(Consequence {
        kind: Kind::OtherStacks,
        severity: Severity::Attention,
        certainty: Certainty::May,
        logical_id,
        resource_type: None,
        what: format!("{verb} {what}: who imports that is not among what is compared"),
        why: "CloudFormation refuses to change or remove an export that is imported".to_owned(),
        details: listed,
        help: Some(
            "ask who imports it: `aws cloudformation list-imports --export-name NAME`".to_owned(),
        ),
        withheld: Vec::new(),
    })
}
