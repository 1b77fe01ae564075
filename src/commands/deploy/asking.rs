//! Who has to be asked, and what an answer is.

use std::io::BufRead as _;
use std::sync::mpsc::channel;
use std::thread;

/// Whose word it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Consent {
    /// `--yes`: all that is not held back.
    Given,
    /// What was sealed was approved; that it is worse was not, and somebody is there to say so.
    SealedAndAsked,
    /// The same, and nobody is there.
    Sealed,
    /// Somebody at a terminal.
    Asked,
    /// Nobody.
    Nobody,
}

/// What is to be answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Question {
    /// What is proposed is what was predicted.
    AsPredicted,
    /// It is worse.
    Worse,
}

/// What follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    /// It may be.
    Yes,
    /// It may be if somebody types the environment's name.
    Typed,
    /// It may not, because nobody is there who could say so.
    NobodyThere,
    /// It may not, because it is worse than what was approved.
    Worse,
}

impl Consent {
    /// Who will have approved what whoever deploys is let do; none where it is somebody else, later, or nobody.
    pub(crate) fn approver(self, deploys: &str) -> Option<String> {
        match self {
            Consent::Asked => Some(deploys.to_owned()),
            Consent::Given => Some(format!("{deploys} with --yes")),
            Consent::SealedAndAsked | Consent::Sealed | Consent::Nobody => None,
        }
    }

    /// Whether something may be that is done in one step, and that somebody was told of.
    pub(crate) fn is_yes(self, environment: &str, say: &mut impl FnMut(String)) -> bool {
        let answer = self.answer(Question::AsPredicted);
        if let Some(said) = answer.said(environment) {
            say(said);
        }
        answer.is_yes(|| is_typed(environment))
    }

    pub(crate) fn answer(self, question: Question) -> Answer {
        match (self, question) {
            (Consent::Given, _) => Answer::Yes,
            (Consent::Asked | Consent::SealedAndAsked, _) => Answer::Typed,
            (Consent::Sealed, Question::AsPredicted) => Answer::Yes,
            (Consent::Sealed, Question::Worse) => Answer::Worse,
            (Consent::Nobody, _) => Answer::NobodyThere,
        }
    }
}

impl Answer {
    /// What is said before it is answered.
    pub(crate) fn said(self, environment: &str) -> Option<String> {
        match self {
            Answer::Yes => None,
            Answer::Typed => Some(format!(
                "To do this, type the environment's name ({environment}) and press Enter:"
            )),
            Answer::NobodyThere => Some(
                "nobody is there to approve this: run it in a terminal, add --yes, or let somebody approve a sealed \
                 release (--prepare FILE, then --execute FILE)"
                    .to_owned(),
            ),
            Answer::Worse => Some(
                "this is worse than what was approved: prepare the rest again (--prepare FILE), and have it approved"
                    .to_owned(),
            ),
        }
    }

    /// Whether it may be.
    pub(crate) fn is_yes(self, typed: impl FnOnce() -> bool) -> bool {
        match self {
            Answer::Yes => true,
            Answer::Typed => typed(),
            Answer::NobodyThere | Answer::Worse => false,
        }
    }
}

/// Whether somebody types the environment's name. Ctrl-C is a no: whoever waits for AWS has taken the signal, so that it
/// would not end the process.
pub(crate) fn is_typed(environment: &str) -> bool {
    let (said, says) = channel();
    let typed = said.clone();
    thread::spawn(move || {
        let mut line = String::new();
        let read = std::io::stdin().lock().read_line(&mut line);
        typed.send(read.is_ok().then_some(line))
    });
    thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build();
        // Without the signal the answer is waited for.
        if let Ok(Ok(())) = runtime.map(|runtime| runtime.block_on(tokio::signal::ctrl_c())) {
            let _ = said.send(None);
        }
    });
    matches!(says.recv(), Ok(Some(line)) if line.trim() == environment)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_worse_than_what_was_sealed_needs_a_new_word() {
        use Question::{AsPredicted, Worse};
        assert_eq!(Consent::Given.answer(Worse), Answer::Yes);
        assert_eq!(Consent::Sealed.answer(AsPredicted), Answer::Yes);
        assert_eq!(Consent::Sealed.answer(Worse), Answer::Worse);
        assert_eq!(Consent::SealedAndAsked.answer(Worse), Answer::Typed);
        assert_eq!(Consent::Asked.answer(AsPredicted), Answer::Typed);
        assert_eq!(Consent::Nobody.answer(AsPredicted), Answer::NobodyThere);
    }

    #[test]
    fn only_a_name_that_is_typed_is_a_yes() {
        assert!(Answer::Yes.is_yes(|| false));
        assert!(Answer::Typed.is_yes(|| true));
        assert!(!Answer::Typed.is_yes(|| false));
        assert!(!Answer::NobodyThere.is_yes(|| true));
        assert!(!Answer::Worse.is_yes(|| true));
    }
}
