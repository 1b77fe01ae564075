//! The words that text and markdown share: what happens to a stack and to a resource. Their layout is their own.

use std::collections::BTreeMap;

use stratiform_changes::{ChangedResource, Edit, PolicyOrigin, Replacement};
use stratiform_diff::{Fate, Severity, StackChange, StackDiff};
use stratiform_finding::words::counted;

/// Whether there is anything to say about a stack. One that stays the same may still hold something unknown.
pub(super) fn is_quiet(stack: &StackDiff) -> bool {
    stack.change == StackChange::Unchanged
        && stack.consequences.is_empty()
        && stack.notes.is_empty()
}

/// What happens to a stack, in a few words: `2 modified, 1 replaced, 1 added`.
pub(super) fn stack(stack: &StackDiff) -> String {
    let (before, after) = stack.totals;
    match stack.change {
        StackChange::Unchanged => return "unchanged".to_owned(),
        StackChange::Created => return format!("new, {}", counted(after, "resource")),
        StackChange::Removed => {
            return format!("no longer part of this, {}", counted(before, "resource"));
        }
        StackChange::Updated => {}
    }
    let counts = stack.counts();
    let replaced = |how| {
        let changes = resources(stack).filter(|change| change.replacement() == how);
        changes.count()
    };
    let mut parts: Vec<String> = [
        (counts.modified, "modified"),
        (replaced(Replacement::Will), "replaced"),
        (replaced(Replacement::May), "may be replaced"),
        (counts.added, "added"),
        (counts.removed, "removed"),
    ]
    .into_iter()
    .filter(|(count, _)| *count > 0)
    .map(|(count, word)| format!("{count} {word}"))
    .collect();
    if parts.is_empty() {
        let others = [
            (stack.outputs.len(), "output"),
            (stack.parameters.len(), "parameter"),
        ];
        let others = others.into_iter().filter(|(count, _)| *count > 0);
        parts.extend(others.map(|(count, noun)| counted(count, noun)));
    }
    if parts.is_empty() {
        let unknown = stack.severity() >= Severity::Attention;
        return match unknown {
            true => "what changes is not known".to_owned(),
            false => "no value changes".to_owned(),
        };
    }
    parts.join(", ")
}

/// The resources whose values change. Those that only refer to what changes are not for people.
pub(super) fn resources(stack: &StackDiff) -> impl Iterator<Item = &ChangedResource> {
    let changes = stack.resources.iter();
    changes.filter(|change| change.is_expected())
}

/// How many resources of each type there are among those that come or go with their stack.
pub(super) fn types(stack: &StackDiff) -> BTreeMap<&str, usize> {
    let mut types = BTreeMap::new();
    for change in &stack.resources {
        *types.entry(change.resource_type.as_str()).or_default() += 1;
    }
    types
}

/// ASCII only, so that every terminal has it.
pub(super) fn sign(change: &ChangedResource) -> &'static str {
    match (change.action, change.replacement()) {
        (Edit::Add, _) => "+",
        (Edit::Remove, _) => "-",
        (Edit::Modify, Replacement::WillNot) => "~",
        (Edit::Modify, Replacement::May | Replacement::Will) => "-/+",
    }
}

/// What happens to a resource that is modified.
pub(super) fn in_words(replacement: Replacement) -> &'static str {
    match replacement {
        Replacement::WillNot => "will not replace",
        Replacement::May => "may replace",
        Replacement::Will => "will replace",
    }
}

/// What happens to a resource, and to the physical one that goes.
pub(super) fn outcome(change: &ChangedResource) -> String {
    let fate = Fate::of(change);
    let policy = match fate {
        Fate::Retained | Fate::Protected => "left behind",
        Fate::Snapshot => "deleted after a snapshot",
        Fate::Deleted | Fate::CopyDeleted => "deleted",
        Fate::DeletedIfEmpty => "deleted if it is empty",
    };
    let origin = match change.policy_origin {
        // Their policies do not decide.
        _ if matches!(fate, Fate::Protected | Fate::CopyDeleted) => "",
        PolicyOrigin::Template => "",
        PolicyOrigin::Default => " (the default)",
        PolicyOrigin::Unknown => " (at worst: its policy is not known)",
    };
    match (change.action, change.replacement()) {
        (Edit::Add, _) if change.refused => "added; refused".to_owned(),
        (Edit::Add, _) => "added".to_owned(),
        (Edit::Modify, replacement) if change.refused => {
            format!("{}; refused: it stays as it is", in_words(replacement))
        }
        (Edit::Remove, _) => format!("removed: {policy}{origin}"),
        (Edit::Modify, Replacement::WillNot) => in_words(Replacement::WillNot).to_owned(),
        (Edit::Modify, replacement @ Replacement::May) => {
            format!(
                "{}; the old one would be {policy}{origin}",
                in_words(replacement)
            )
        }
        (Edit::Modify, replacement @ Replacement::Will) => {
            format!("{}; the old one is {policy}{origin}", in_words(replacement))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixture;
    use super::*;

    #[test]
    fn what_may_happen_is_not_said_to_happen() {
        let template = |value| {
            let properties = format!("{{ServiceToken: arn, Value: {value}}}");
            format!("Resources: {{Thing: {{Type: Custom::Thing, Properties: {properties}}}}}")
        };
        let (before, after) = (template("a"), template("b"));
        let diff = fixture::stack("one", Some((&before, &[])), Some((&after, &[]))).diff;
        assert_eq!(stack(&diff), "1 may be replaced");
        assert_eq!(
            outcome(&diff.resources[0]),
            "may replace; the old one would be deleted (the default)"
        );
    }
}
