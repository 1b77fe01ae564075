//! What somebody relies on, as lines: whether it is so, about what, and what to do.

use stratiform_deploy::assurance::{Assurance, State};

use super::deployment::words::one_line;
use super::style::{CYAN, GREEN, RED, YELLOW, paint};
use crate::report::Colour;

/// What the states are called.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Words {
    /// It is so.
    pub yes: &'static str,
    /// It is not.
    pub no: &'static str,
    /// It could not be asked.
    pub not_known: &'static str,
    /// Nobody promised it.
    pub not_promised: &'static str,
}

impl Words {
    fn of(&self, state: State) -> (&'static str, &'static str) {
        match state {
            State::Yes => (self.yes, GREEN),
            State::NotPromised => (self.not_promised, CYAN),
            State::NotKnown => (self.not_known, YELLOW),
            State::No => (self.no, RED),
        }
    }
}

/// A line for each, with what to do below it.
pub(crate) fn rows(assurances: &[Assurance], words: &Words, colour: Colour) -> String {
    let widest = |of: fn(&Assurance) -> usize| assurances.iter().map(of).max().unwrap_or_default();
    let states = assurances.iter().map(|one| words.of(one.state).0.len());
    let states = states.max().unwrap_or_default();
    let subjects = widest(|one| one.subject.chars().count());
    let names = widest(|one| one.name.len());
    let indent = " ".repeat(states + 2 + subjects + 2 + names + 2);
    let rows = assurances.iter().map(|one| {
        let (word, code) = words.of(one.state);
        let word = format!("{word:states$}");
        let word = match colour {
            Colour::Always => paint(&word, code),
            Colour::Never => word,
        };
        let Assurance { subject, name, .. } = one;
        let what = one_line(&one.what);
        let mut row = format!("{word}  {subject:subjects$}  {name:names$}  {what}\n");
        if !one.help.is_empty() {
            row += &format!("{indent}→ {}\n", one_line(&one.help));
        }
        row
    });
    rows.collect()
}

/// How many are what: `3 kept, 1 not kept (copy), 1 not known (copy-jobs)`.
pub(crate) fn counts(assurances: &[Assurance], words: &Words) -> String {
    let all = [State::Yes, State::NotPromised, State::No, State::NotKnown];
    let counts = all.into_iter().filter_map(|state| {
        let found = assurances.iter().filter(|one| one.state == state);
        let names: Vec<&str> = found.map(|one| one.name).collect();
        let word = words.of(state).0;
        let count = names.len();
        match (count, state.is_settled()) {
            (0, _) => None,
            (count, true) => Some(format!("{count} {word}")),
            (count, false) => Some(format!("{count} {word} ({})", names.join(", "))),
        }
    });
    let counts: Vec<String> = counts.collect();
    counts.join(", ")
}
