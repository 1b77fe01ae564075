//! What change sets would do, for whoever has to say yes: worst first.

use std::cmp::Reverse;

use indexmap::IndexSet;
use stratiform_deploy::{Blocked, Impact, Plan, PlannedStack, Proposal, Worse, impact};
use stratiform_finding::words::counted;
use stratiform_service::ResourceChange;
use stratiform_service::change::{
    Attribute, ResourceDriftIgnoredAttribute, ResourceDriftIgnoredReason,
};

use super::Proposals;
use super::besides;
use super::words::{counts, named};
use crate::report::Colour;
use crate::view::style::{CYAN, GREEN, RED, YELLOW, paint};

/// New resources that are listed one by one; of more, how many there are says as much.
const LISTED: usize = 12;

/// Everything that would be done, as text.
pub(super) fn text(plan: &Plan, proposals: &Proposals<'_>, colour: Colour) -> String {
    let mut text = String::new();
    for worse in all_worse(plan, proposals) {
        text += &painted(
            &format!("worse than predicted: {worse}\n"),
            Some(RED),
            colour,
        );
    }
    if !text.is_empty() {
        text += "\n";
    }
    let shown = proposals.iter().filter_map(|(stack, proposal)| {
        let stack = plan.stacks.get(*stack)?;
        Some((stack, *proposal))
    });
    let (now, later): (Vec<_>, Vec<_>) = shown.partition(|(_, proposal)| proposal.is_some());
    let mut now: Vec<(&PlannedStack, &Proposal)> = now
        .into_iter()
        .filter_map(|(stack, proposal)| Some((stack, proposal?)))
        .collect();
    // Of stacks that are as bad, the first to be deployed first.
    now.sort_by_key(|(_, proposal)| Reverse(worst(proposal)));
    for (stack, proposal) in now {
        text += &of_stack(stack, proposal, colour);
    }
    for (stack, _) in later {
        text += &format!("{}  {}\n", stack.key, predicted(stack));
    }
    let besides = besides::text(&plan.conduct.besides);
    if !besides.is_empty() {
        text += &format!("\n{besides}");
    }
    text
}

/// The allowances that would let through what is held back.
pub(super) fn missing(plan: &Plan, proposals: &Proposals<'_>) -> Vec<String> {
    let all = proposals.iter().filter_map(|(stack, proposal)| {
        let stack = plan.stacks.get(*stack)?;
        let blocked = proposal.as_ref()?.blocked.iter();
        Some(blocked.map(|blocked| format!("--allow {}", blocked.allowance(&stack.key))))
    });
    all.flatten().collect()
}

fn worst(proposal: &Proposal) -> Option<Impact> {
    let changes = proposal.change_set.changes.iter();
    changes.map(|change| impact(&change.resource_change)).max()
}

/// Where change sets are worse than predicted, in sentences.
pub(super) fn all_worse(plan: &Plan, proposals: &Proposals<'_>) -> Vec<String> {
    let all = proposals.iter().filter_map(|(stack, proposal)| {
        let stack = plan.stacks.get(*stack)?;
        let worse = proposal.as_ref()?.worse.iter();
        Some(worse.map(|worse| sentence(&stack.key, worse)))
    });
    all.flatten().collect()
}

fn sentence(stack: &str, worse: &Worse) -> String {
    let found = will(worse.found);
    let predicted = match worse.predicted {
        None => "was not to change".to_owned(),
        Some(predicted) => format!("was to be {}", word(predicted)),
    };
    format!("{stack}/{} {found}, and {predicted}", worse.logical_id)
}

/// What happens to a resource, in a word.
pub(crate) fn word(impact: Impact) -> &'static str {
    match impact {
        Impact::Tagged => "tagged",
        Impact::Made => "new",
        Impact::Updated => "updated",
        Impact::MayBeReplaced => "perhaps replaced",
        Impact::Replaced => "replaced",
        Impact::Removed => "removed",
    }
}

fn will(impact: Impact) -> String {
    match impact {
        Impact::Made => "is made".to_owned(),
        Impact::MayBeReplaced => "may be replaced".to_owned(),
        Impact::Tagged | Impact::Updated | Impact::Replaced | Impact::Removed => {
            format!("is {}", word(impact))
        }
    }
}

fn of_stack(stack: &PlannedStack, proposal: &Proposal, colour: Colour) -> String {
    let mut text = format!("{}  {}\n", stack.key, counts(proposal));
    let mut changes: Vec<(Impact, &ResourceChange)> = proposal
        .change_set
        .changes
        .iter()
        .map(|change| (impact(&change.resource_change), &change.resource_change))
        .collect();
    changes.sort_by_key(|(impact, _)| Reverse(*impact));
    let made = changes.iter().filter(|(impact, _)| *impact == Impact::Made);
    let are_made_listed = made.count() <= LISTED;
    for (impact, change) in changes {
        let is_listed = match impact {
            Impact::Tagged => false,
            Impact::Made => are_made_listed,
            _ => true,
        };
        if is_listed {
            text += &of_resource(stack, proposal, impact, change, colour);
        }
    }
    text
}

fn of_resource(
    stack: &PlannedStack,
    proposal: &Proposal,
    impact: Impact,
    change: &ResourceChange,
    colour: Colour,
) -> String {
    let code = match impact {
        Impact::Removed | Impact::Replaced => Some(RED),
        Impact::MayBeReplaced => Some(YELLOW),
        Impact::Updated => Some(CYAN),
        Impact::Made => Some(GREEN),
        Impact::Tagged => None,
    };
    let word = painted(&format!("{:16}", word(impact)), code, colour);
    let id = &change.logical_resource_id;
    let properties = properties(change);
    let properties = if properties.is_empty() {
        String::new()
    } else {
        format!(": {properties}")
    };
    let mut text = format!("    {word}  {id}  {}{properties}\n", change.resource_type);
    for left in &change.resource_drift_ignored_attributes {
        text += &format!("      {}\n", left_alone(left));
    }
    let mut blocked = proposal.blocked.iter();
    if let Some(blocked) = blocked.find(|blocked| blocked.logical_id == *id) {
        text += &painted(
            &format!("      {}\n", held_back(&stack.key, blocked)),
            Some(RED),
            colour,
        );
    }
    text
}

/// What a drift-aware change set does not set back.
fn left_alone(left: &ResourceDriftIgnoredAttribute) -> String {
    let why = match left.reason.known() {
        Some(ResourceDriftIgnoredReason::WriteOnlyProperty) => "nobody can read it",
        Some(ResourceDriftIgnoredReason::ManagedByAws) => "AWS changes it by itself",
        Some(ResourceDriftIgnoredReason::SensitiveProperty) => "it is a secret",
        None => left.reason.as_str(),
    };
    let path = left
        .path
        .trim_start_matches("/Properties/")
        .replace('/', ".");
    format!("not compared with what is there: {path} ({why})")
}

fn held_back(stack: &str, blocked: &Blocked) -> String {
    let how = if blocked.is_certain {
        ""
    } else {
        "if it is replaced: "
    };
    format!(
        "{how}it holds data, and nobody named it: to let it go, add --allow {}",
        blocked.allowance(stack)
    )
}

/// Which properties change, by name only: values may be nobody's business.
fn properties(change: &ResourceChange) -> String {
    let details = change.details.iter();
    let names: IndexSet<&str> = details
        .filter_map(|detail| {
            let target = &detail.target;
            match target.attribute.known() {
                Some(Attribute::Properties) => target.name.as_deref(),
                // Those of the stack, which every deployment writes anew.
                Some(Attribute::Tags) => None,
                _ => Some(target.attribute.as_str()),
            }
        })
        .collect();
    let names: Vec<&str> = names.into_iter().collect();
    names.join(", ")
}

/// What a stack will do whose change set can only be made later.
fn predicted(stack: &PlannedStack) -> String {
    let when = "its change set can only be made after others";
    let Some(predicted) = &stack.predicted else {
        return format!("{when}, and nothing was predicted");
    };
    let mut changes: Vec<_> = predicted.changes.iter().collect();
    changes.sort_by_key(|change| Reverse(change.impact));
    let bad = changes
        .iter()
        .filter(|change| change.impact > Impact::Updated)
        .map(|change| {
            format!(
                "{} {}",
                named(change.logical_id.as_str()),
                word(change.impact)
            )
        });
    let bad: Vec<String> = bad.collect();
    let count = counted(changes.len(), "resource");
    if bad.is_empty() {
        format!("{when}; predicted: {count}, nothing is replaced or removed")
    } else {
        format!("{when}; predicted: {count}, of them {}", bad.join(", "))
    }
}

fn painted(text: &str, code: Option<&str>, colour: Colour) -> String {
    match (colour, code) {
        (Colour::Always, Some(code)) => paint(text, code),
        _ => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixture;
    use super::*;

    #[test]
    fn worst_first() {
        let plan = fixture::plan();
        let proposals = fixture::proposals();
        let proposals: Vec<_> = proposals
            .iter()
            .map(|(stack, proposal)| (*stack, proposal.as_ref()))
            .collect();
        insta::assert_snapshot!(text(&plan, &proposals, Colour::Never));
        assert_eq!(
            missing(&plan, &proposals),
            ["--allow replace:database/Instance"]
        );
    }
}
