//! Grants: who may do what on what, one by one, and which of them another document does not give.

use std::collections::HashSet;

use super::condition::Condition;
use super::pattern::{Cover, Pattern};
use super::statement::{Effect, Statement};
use crate::consequence::Certainty;

/// Beyond this many grants, statements are compared as a whole.
const MAX_GRANTS: usize = 20_000;

/// Beyond this many pairs, grants are covered by their equals only.
const MAX_PAIRS: usize = 500 * 500;

/// One principal, one action, one resource.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Grant<'s> {
    pub effect: Effect,
    pub principal: &'s Pattern,
    pub action: &'s Pattern,
    pub resource: &'s Pattern,
    pub condition: &'s Condition,
}

/// Makes two documents comparable: as single grants, where they are not too many.
pub(super) fn comparable(sides: [Vec<Statement>; 2]) -> [Vec<Statement>; 2] {
    let sizes = sides.iter().flatten().map(Statement::size);
    if sizes.fold(0, usize::saturating_add) <= MAX_GRANTS {
        return sides;
    }
    sides.map(|statements| statements.into_iter().map(Statement::whole).collect())
}

/// The grants of statements, each once.
pub(super) fn grants(statements: &[Statement]) -> Vec<Grant<'_>> {
    let mut seen = HashSet::new();
    let mut grants = Vec::new();
    for statement in statements {
        for principal in &statement.principals {
            for action in &statement.actions {
                for resource in &statement.resources {
                    let grant = Grant {
                        effect: statement.effect,
                        principal,
                        action,
                        resource,
                        condition: &statement.condition,
                    };
                    if seen.insert(grant) {
                        grants.push(grant);
                    }
                }
            }
        }
    }
    grants
}

/// The grants that others do not cover, and whether that is certain.
pub(super) fn missing<'s>(
    grants: &[Grant<'s>],
    others: &[Grant<'s>],
) -> Vec<(Grant<'s>, Certainty)> {
    let equal: HashSet<_> = others.iter().collect();
    let left: Vec<_> = grants
        .iter()
        .filter(|grant| !equal.contains(grant))
        .collect();
    let by_pattern = left.len().saturating_mul(others.len()) <= MAX_PAIRS;
    let missing = left.into_iter().filter_map(|grant| {
        let candidates = if by_pattern { others } else { &[] };
        match candidates.iter().map(|other| other.covers(grant)).max() {
            Some(Cover::Yes) => None,
            Some(Cover::Perhaps) => Some((*grant, Certainty::May)),
            Some(Cover::No) | None => Some((*grant, Certainty::Will)),
        }
    });
    missing.collect()
}

impl Grant<'_> {
    fn covers(&self, other: &Grant<'_>) -> Cover {
        if self.effect != other.effect {
            return Cover::No;
        }
        let parts = [
            (self.principal, other.principal),
            (self.action, other.action),
            (self.resource, other.resource),
        ];
        let mut worst = Cover::Yes;
        for (one, two) in parts {
            worst = worst.min(one.covers(two));
            if worst == Cover::No {
                return worst;
            }
        }
        worst.min(self.condition.covers(other.condition))
    }
}
