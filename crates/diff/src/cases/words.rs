//! Which cases are meant, in words.

use std::collections::BTreeSet;

use stratiform_finding::words::shortened;

use super::{Case, Cases, Unknown};

/// How many values of a parameter are named.
const NAMED: usize = 3;

impl Cases {
    /// When something happens that happens in some of the cases: ``where `Stage` is `prod` ``.
    pub(super) fn only_in(&self, all: &[Case], some: &[&Case]) -> String {
        let parts = self
            .unknowns
            .iter()
            .enumerate()
            .filter_map(|(index, unknown)| {
                let positions = |cases: &mut dyn Iterator<Item = &Case>| -> BTreeSet<usize> {
                    cases.filter_map(|case| case.get(index).copied()).collect()
                };
                let wanted = positions(&mut some.iter().copied());
                let every = positions(&mut all.iter());
                (wanted != every).then(|| unknown.is(&wanted))
            });
        let parts: Vec<String> = parts.collect();
        match (parts.is_empty(), some.first()) {
            (false, _) | (true, None) => format!("where {}", parts.join(" and ")),
            // No single one of them decides.
            (true, Some(first)) => {
                let choices = self.unknowns.iter().zip(first.iter());
                let choices =
                    choices.map(|(unknown, position)| unknown.is(&BTreeSet::from([*position])));
                let choices: Vec<String> = choices.collect();
                format!("in some cases, as where {}", choices.join(" and "))
            }
        }
    }
}

impl Unknown {
    /// That it is one of some values.
    fn is(&self, positions: &BTreeSet<usize>) -> String {
        let (name, texts) = match self {
            Unknown::Condition(name) => {
                let verb = match positions.contains(&0) {
                    true => "holds",
                    false => "does not hold",
                };
                return format!("the condition `{name}` {verb}");
            }
            Unknown::Parameter(name, texts) => (name, texts),
        };
        let another = texts.iter().position(Option::is_none);
        let (verb, meant): (&str, Vec<usize>) =
            match another.filter(|another| positions.contains(another)) {
                Some(_) => (
                    "is not",
                    (0..texts.len())
                        .filter(|at| !positions.contains(at))
                        .collect(),
                ),
                None => ("is", positions.iter().copied().collect()),
            };
        let texts = meant.iter().filter_map(|at| texts.get(*at)?.as_deref());
        let mut texts: Vec<String> = texts.map(|text| format!("`{}`", shortened(text))).collect();
        if texts.len() > NAMED {
            let more = texts.len() - NAMED;
            texts.truncate(NAMED);
            texts.push(format!("one of {more} others"));
        }
        format!("`{name}` {verb} {}", texts.join(" or "))
    }
}
