//! Whatever fails in the deployment comes back: it was played before.

use super::tally::Tally;
use super::{Check, Facts, Heading, Id};

/// What a rehearsal came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rehearsed {
    /// How it ends.
    pub comes: Comes,
    /// All of it in a sentence.
    pub sentence: String,
}

/// How does what fails end?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comes {
    /// All of it comes back, with one command at most.
    Back,
    /// A stack that is made for the first time may be left half made, and nothing gets it out.
    HalfMade,
    /// Data is lost, or a stack that was there is left and nothing gets it out; or it does not even go without a failure.
    Nowhere,
}

pub(super) fn rehearsal(facts: &Facts) -> Check {
    let mut tally = Tally::default();
    let Some(rehearsed) = &facts.rehearsal else {
        return tally.check(
            Id::Rehearsal,
            match facts.wanted.heading {
                Heading::Forward => "the environment asks for none (`rehearsal`)",
                Heading::Back => "a way back is not rehearsed",
            },
        );
    };
    let remedy = || {
        let environment = &facts.wanted.environment;
        format!("see which, and what to do: `rehearse --env {environment}`")
    };
    match rehearsed {
        Err(unasked) => tally.unasked(unasked),
        Ok(rehearsed) => match rehearsed.comes {
            Comes::Back => return tally.check(Id::Rehearsal, rehearsed.sentence.clone()),
            Comes::HalfMade => tally.warn(rehearsed.sentence.clone(), remedy()),
            Comes::Nowhere => tally.block(rehearsed.sentence.clone(), remedy()),
        },
    }
    tally.check(Id::Rehearsal, "")
}

#[cfg(test)]
mod tests {
    use super::super::{Verdict, fixture};
    use super::*;

    #[test]
    fn what_does_not_come_back_blocks() {
        let verdict = |rehearsal| {
            let mut facts = fixture::facts();
            facts.rehearsal = rehearsal;
            self::rehearsal(&facts).verdict
        };
        let came = |comes| {
            Some(Ok(Rehearsed {
                comes,
                sentence: "rehearsed: 3 failures".to_owned(),
            }))
        };
        assert_eq!(verdict(None), Verdict::Pass);
        assert_eq!(verdict(came(Comes::Back)), Verdict::Pass);
        assert_eq!(verdict(came(Comes::HalfMade)), Verdict::Warn);
        assert_eq!(verdict(came(Comes::Nowhere)), Verdict::Block);
        assert_eq!(
            verdict(fixture::nothing_asked().rehearsal),
            Verdict::Skipped
        );
    }
}
