//! Why findings differ where nobody is to mend anything: each a rule about the finding and its template.

use super::compare::{Disagreement, Side};

/// A reason, and the differences that have it.
pub(super) struct Explanation {
    /// A number of cfn-lint's, or a code of ours.
    rule: &'static str,
    side: Side,
    is_one: fn(&Disagreement<'_>) -> bool,
    /// A sentence for `docs/conformance.md`.
    pub(super) text: &'static str,
}

/// The reason for a difference, where one of the rules gives it.
pub(super) fn explain(disagreement: &Disagreement<'_>) -> Option<&'static Explanation> {
    ALL.iter().find(|explanation| {
        explanation.rule == disagreement.seen.rule
            && explanation.side == disagreement.side
            && (explanation.is_one)(disagreement)
    })
}

const ALL: &[Explanation] = &[];
