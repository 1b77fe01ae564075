//! Something that somebody relies on, and whether it is so.
//!
//! What lives here: the shape that `backup check` and `checklist` have in common. What does not: what is relied on.

use serde::Serialize;

use crate::guard::Unasked;

/// Something that somebody relies on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Assurance {
    /// What it is about: `database/Instance`.
    pub subject: String,
    /// What is relied on: `restorable`.
    pub name: &'static str,
    /// Whether it is so.
    pub state: State,
    /// What was found: a sentence without its end.
    pub what: String,
    /// What to do; empty where nothing is to be done.
    pub help: String,
}

/// Is something as it is relied on?
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// Yes.
    Yes,
    /// Nobody promised anything: what there is, is said.
    NotPromised,
    /// It could not be asked, or nobody can say. That is never a yes.
    NotKnown,
    /// No.
    No,
}

impl Assurance {
    /// It is so.
    pub fn yes(subject: &str, name: &'static str, what: impl Into<String>) -> Assurance {
        Assurance::new(subject, name, State::Yes, what.into(), String::new())
    }

    /// It is not, and what to do.
    pub fn no(
        subject: &str,
        name: &'static str,
        what: impl Into<String>,
        help: impl Into<String>,
    ) -> Assurance {
        Assurance::new(subject, name, State::No, what.into(), help.into())
    }

    /// Nobody promised it.
    pub fn not_promised(
        subject: &str,
        name: &'static str,
        what: impl Into<String>,
        help: impl Into<String>,
    ) -> Assurance {
        Assurance::new(subject, name, State::NotPromised, what.into(), help.into())
    }

    /// It could not be asked.
    pub fn not_known(subject: &str, name: &'static str, unasked: &Unasked) -> Assurance {
        let (why, help) = (unasked.why.clone(), unasked.help.clone());
        Assurance::new(subject, name, State::NotKnown, why, help)
    }

    fn new(
        subject: &str,
        name: &'static str,
        state: State,
        what: String,
        help: String,
    ) -> Assurance {
        Assurance {
            subject: subject.to_owned(),
            name,
            state,
            what,
            help,
        }
    }
}

impl State {
    /// Whether nothing is open about it.
    pub fn is_settled(self) -> bool {
        match self {
            State::Yes | State::NotPromised => true,
            State::NotKnown | State::No => false,
        }
    }
}

/// Whether nothing is open.
pub fn all_hold(assurances: &[Assurance]) -> bool {
    assurances.iter().all(|one| one.state.is_settled())
}
