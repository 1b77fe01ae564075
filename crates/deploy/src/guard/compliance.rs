//! Whether enough of what the environment's policies ask for is so.

use super::tally::{Length, Tally, Wording};
use super::{Check, Facts, Heading, Id};

/// So much of what lowers a score is told in brief.
const COSTS: usize = 3;

/// A score that is too low stops what is new. It stops nobody on the way back to what ran before.
pub(super) fn compliance(facts: &Facts) -> Check {
    let mut tally = Tally::default();
    let compliance = match &facts.compliance {
        Ok(compliance) => compliance,
        Err(unasked) => {
            tally.unasked(unasked);
            return tally.check(Id::Compliance, "");
        }
    };
    let number = &compliance.number;
    let Some(least) = facts.wanted.compliance_at_least else {
        let well = format!("the score is {number}; no `compliance_at_least` is asked for");
        return match compliance.score {
            Some(_) => tally.check(Id::Compliance, well),
            None => tally.check(Id::Compliance, number.as_str()),
        };
    };
    // Nothing to ask about is nothing that is well.
    if compliance.score.is_none_or(|score| score < least) {
        let reason = Wording::of(|length| {
            let most = match length {
                Length::Whole => compliance.costs.len(),
                Length::Brief => COSTS,
            };
            let costs: Vec<&str> = compliance
                .costs
                .iter()
                .take(most)
                .map(String::as_str)
                .collect();
            let costs = match costs.as_slice() {
                [] => String::new(),
                costs => format!("; what costs most: {}", costs.join(", ")),
            };
            format!("the score is {number}, and has to be {least} at least{costs}")
        });
        let environment = &facts.wanted.environment;
        let remedy = format!("mend it, or accept it with a reason: `validate --env {environment}`");
        match facts.wanted.heading {
            Heading::Forward => tally.block(reason, remedy),
            Heading::Back => tally.warn(reason, remedy),
        }
    }
    tally.check(
        Id::Compliance,
        format!("the score is {number}, of {least} at least"),
    )
}

#[cfg(test)]
mod tests {
    use super::super::Verdict::{Block, Pass, Skipped, Warn};
    use super::super::{Compliance, Unasked, fixture};
    use super::*;

    fn scored(score: Option<u32>) -> Facts {
        let mut facts = fixture::facts();
        facts.wanted.compliance_at_least = Some(90);
        facts.compliance = Ok(Compliance {
            score,
            number: score.map_or("no score".to_owned(), |score| score.to_string()),
            costs: ["a (5.0)", "b (3.0)", "c (2.0)", "d (1.0)"]
                .map(str::to_owned)
                .to_vec(),
        });
        facts
    }

    #[test]
    fn a_score_that_is_too_low_blocks_and_says_what_costs_most() {
        assert_eq!(compliance(&scored(Some(90))).verdict, Pass);
        let check = compliance(&scored(Some(89)));
        assert_eq!((check.verdict, check.skippable), (Block, true));
        assert_eq!(
            check.brief.reason,
            "the score is 89, and has to be 90 at least; what costs most: a (5.0), b (3.0), c (2.0)"
        );
        assert!(
            check.reason.ends_with("c (2.0), d (1.0)"),
            "{}",
            check.reason
        );
        let mut back = scored(Some(89));
        back.wanted.heading = Heading::Back;
        assert_eq!(compliance(&back).verdict, Warn);
    }

    #[test]
    fn nothing_to_ask_about_is_not_well_where_a_score_is_asked_for() {
        let mut facts = scored(None);
        assert_eq!(compliance(&facts).verdict, Block);
        facts.wanted.compliance_at_least = None;
        assert_eq!(compliance(&facts).verdict, Pass);
        facts.compliance = Err(Unasked::because("what is deployed stays", ""));
        assert_eq!(compliance(&facts).verdict, Skipped);
    }
}
