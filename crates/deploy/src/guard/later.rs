//! What nobody asks yet: named, so that nobody takes it for asked.

use super::tally::Tally;
use super::{Check, Facts, Id, Unasked};

pub(super) fn compliance(facts: &Facts) -> Check {
    let wanted = match facts.wanted.compliance_at_least {
        Some(score) => format!(" (the environment asks for {score} at least)"),
        None => String::new(),
    };
    let mut tally = Tally::default();
    let why = format!("not asked: nothing gives a score yet{wanted}");
    tally.unasked(&Unasked::because(why, ""));
    tally.check(Id::Compliance, "")
}

#[cfg(test)]
mod tests {
    use super::super::{Verdict, fixture};
    use super::*;

    #[test]
    fn it_is_skipped_and_says_so() {
        let mut facts = fixture::facts();
        facts.wanted.compliance_at_least = Some(90);
        let check = compliance(&facts);
        assert_eq!(check.verdict, Verdict::Skipped);
        assert!(check.reason.starts_with("not asked: "), "{}", check.reason);
        assert!(check.reason.contains("90 at least"));
    }
}
