//! Why a stack is touched, from what `diff` found.

use stratiform_assembly::{StackAt, StackPolicy};
use stratiform_changes::ChangedResource;
use stratiform_diff::{Pair, StackChange, StackDiff};
use stratiform_finding::words::counted;

/// Why something happens to a stack; nothing where nothing does.
pub(super) fn of(pair: &Pair<'_>, diff: &StackDiff) -> Vec<String> {
    match diff.change {
        StackChange::Unchanged => Vec::new(),
        StackChange::Created => vec!["the stack is new".to_owned()],
        StackChange::Removed => vec!["the stack is no longer part of this".to_owned()],
        StackChange::Updated => updated(pair, diff),
    }
}

fn updated(pair: &Pair<'_>, diff: &StackDiff) -> Vec<String> {
    let resources = diff.resources.iter();
    let resources = resources.filter(|change| ChangedResource::is_expected(change));
    let counts = [
        (resources.count(), "resource"),
        (diff.outputs.len(), "output"),
        (diff.parameters.len(), "parameter"),
    ];
    let counts = counts.into_iter().filter(|(count, _)| *count > 0);
    let mut why: Vec<String> = counts
        .map(|(count, noun)| {
            let verb = if count == 1 { "changes" } else { "change" };
            format!("template: {} {verb}", counted(count, noun))
        })
        .collect();
    if let (Some(before), Some(after)) = (pair.before, pair.after) {
        why.extend(settings(before, after).into_iter().map(str::to_owned));
    }
    if why.is_empty() {
        why.push("template: what changes is not known".to_owned());
    }
    why
}

fn settings(before: &StackAt, after: &StackAt) -> Vec<&'static str> {
    let is_policy_known = [before, after].map(|stack| stack.policy != StackPolicy::NotKnown);
    let settings = [
        (before.tags != after.tags, "the stack's tags differ"),
        (
            before.termination_protection != after.termination_protection,
            "termination protection differs",
        ),
        (
            is_policy_known == [true, true] && before.policy != after.policy,
            "the stack policy differs",
        ),
    ];
    let differing = settings.into_iter().filter(|(differs, _)| *differs);
    differing.map(|(_, what)| what).collect()
}
