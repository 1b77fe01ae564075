//! What nobody asks yet: named, so that nobody takes it for asked.

use super::tally::Tally;
use super::{Check, Facts, Id, Unasked};

fn later(id: Id, why: String) -> Check {
    let mut tally = Tally::default();
    tally.unasked(&Unasked::because(why, ""));
    tally.check(id, "")
}

pub(super) fn findings() -> Check {
    later(
        Id::Findings,
        "not asked: `validate` is not there yet".to_owned(),
    )
}

pub(super) fn compliance(facts: &Facts) -> Check {
    let wanted = match facts.wanted.compliance_at_least {
        Some(score) => format!(" (the environment asks for {score} at least)"),
        None => String::new(),
    };
    later(
        Id::Compliance,
        format!("not asked: `validate` is not there yet{wanted}"),
    )
}

#[cfg(test)]
mod tests {
    use super::super::{Verdict, fixture};
    use super::*;

    #[test]
    fn they_are_skipped_and_say_so() {
        let mut facts = fixture::facts();
        facts.wanted.compliance_at_least = Some(90);
        for check in [findings(), compliance(&facts)] {
            assert_eq!(check.verdict, Verdict::Skipped);
            assert!(check.reason.starts_with("not asked: "), "{}", check.reason);
        }
        assert!(compliance(&facts).reason.contains("90 at least"));
    }
}
