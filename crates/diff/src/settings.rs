//! What a change of a stack's own settings does: tags, termination protection and the stack policy.

use stratiform_assembly::{StackAt, StackPolicy};
use stratiform_changes::Sides;

use crate::consequence::{Certainty, Consequence, Kind, Severity};
use crate::note::Note;
use crate::stack_policy::{Decision, Update, decide};

/// The settings of a stack before and after.
#[derive(Clone, Copy)]
pub(crate) struct StackSettings<'s> {
    before: &'s StackAt,
    after: &'s StackAt,
}

impl<'s> StackSettings<'s> {
    pub(crate) fn new(before: &'s StackAt, after: &'s StackAt) -> Self {
        StackSettings { before, after }
    }

    /// Whether they are the same, as far as is known.
    pub(crate) fn are_same(self) -> bool {
        self.before.tags == self.after.tags
            && self.protection().is_none_or(|(old, new)| old == new)
            && self.policies().is_none_or(|(old, new)| old == new)
    }

    fn protection(self) -> Option<(bool, bool)> {
        let (before, after) = (self.before, self.after);
        before
            .termination_protection
            .zip(after.termination_protection)
    }

    fn policies(self) -> Option<(&'s StackPolicy, &'s StackPolicy)> {
        match (&self.before.policy, &self.after.policy) {
            (StackPolicy::NotKnown, _) | (_, StackPolicy::NotKnown) => None,
            known => Some(known),
        }
    }

    /// What goes with the settings that change, and what has to be known of the others.
    pub(crate) fn find(
        self,
        sides: &Sides<'_>,
        found: &mut Vec<Consequence>,
        notes: &mut Vec<Note>,
    ) {
        match self.protection() {
            Some((true, false)) => found.push(lost(
                "takes away the stack's termination protection",
                "with it, CloudFormation refuses to delete the stack",
            )),
            Some((false, true)) => notes.push(note(
                "termination protection is switched on: CloudFormation then refuses to delete the stack",
            )),
            Some(_) | None => {}
        }
        let Some((old, new)) = self.policies().filter(|(old, new)| old != new) else {
            return;
        };
        let (lines, certainty) = no_longer_refused(sides, old, new);
        if lines.is_empty() {
            notes.push(note(match new {
                StackPolicy::Document(_) => {
                    "the stack policy is another, and refuses all that the one before did"
                }
                StackPolicy::Absent | StackPolicy::NotKnown => {
                    "the stack policy goes; it refused no update of what is left"
                }
            }));
            return;
        }
        let what = match new {
            StackPolicy::Document(_) => "weakens the stack policy",
            StackPolicy::Absent | StackPolicy::NotKnown => "takes away the stack policy",
        };
        found.push(Consequence {
            certainty,
            details: lines,
            ..lost(
                what,
                "with it, CloudFormation refuses these updates, whoever deploys them",
            )
        });
    }
}

/// The updates that the policy before refuses and the one after does not, one line for each resource that stays.
fn no_longer_refused(
    sides: &Sides<'_>,
    old: &StackPolicy,
    new: &StackPolicy,
) -> (Vec<String>, Certainty) {
    let mut certainty = Certainty::May;
    let mut lines = Vec::new();
    for (logical_id, resource) in sides.after.scope.resources() {
        if sides.before.scope.resource(logical_id).is_none() {
            continue;
        }
        let decide = |policy: &StackPolicy, update| {
            let document = policy.document();
            document.map_or(Decision::Allowed, |document| {
                decide(document, logical_id, &resource.resource_type, update)
            })
        };
        let mut words = Vec::new();
        for update in Update::ALL {
            match (decide(old, update), decide(new, update)) {
                (Decision::Refused, Decision::Allowed) => {
                    certainty = Certainty::Will;
                    words.push(update.word());
                }
                (Decision::Refused, Decision::NotKnown)
                | (Decision::NotKnown, Decision::Allowed) => words.push(update.word()),
                (Decision::Allowed, _)
                | (Decision::Refused, Decision::Refused)
                | (Decision::NotKnown, Decision::Refused | Decision::NotKnown) => {}
            }
        }
        if !words.is_empty() {
            lines.push(format!("`{logical_id}`: {}", words.join(", ")));
        }
    }
    (lines, certainty)
}

fn lost(what: &str, why: &str) -> Consequence {
    Consequence {
        kind: Kind::ProtectionLost,
        severity: Severity::Warning,
        certainty: Certainty::Will,
        logical_id: None,
        resource_type: None,
        what: what.to_owned(),
        why: why.to_owned(),
        details: Vec::new(),
        help: None,
        withheld: Vec::new(),
    }
}

fn note(what: &str) -> Note {
    Note {
        what: what.to_owned(),
        help: None,
    }
}
