//! Whether formulas can hold together: a search over the texts of the variables that decide, one after the other.

use super::formula::{Chosen, Formula, Name, Place};
use super::{Case, Cases, Decision};

/// What can be said of a case.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Answer {
    /// It can be; what makes it so, in words.
    Possible(String),
    Impossible,
    /// There were more combinations than could be looked at.
    Unknown,
}

/// The texts that variables are supposed to have, and what that makes of conditions.
struct Attempt {
    chosen: Vec<Option<Chosen>>,
    /// For each condition what it comes to, where that was looked at.
    conditions: Vec<Option<Option<bool>>>,
}

/// The search had to stop.
struct Exhausted;

impl<'t> Cases<'t> {
    pub(super) fn solve(&self, case: &Case<'t>) -> Answer {
        match self.attempt(case) {
            Ok(Some(attempt)) => Answer::Possible(self.told(case, &attempt)),
            Ok(None) => Answer::Impossible,
            Err(Exhausted) => Answer::Unknown,
        }
    }

    /// The values of parameters with which a case comes true, as far as it hangs on them; none for a text that the
    /// template does not name.
    pub(super) fn values_in(&self, case: &Case<'t>) -> Vec<(&'t str, Option<String>)> {
        let Ok(Some(attempt)) = self.attempt(case) else {
            return Vec::new();
        };
        let chosen = self.variables.iter().zip(&attempt.chosen);
        let values = chosen.filter_map(|(variable, chosen)| match (&variable.name, chosen) {
            (Name::Parameter(name), Some(Chosen::Text(position))) => {
                let text = variable.texts.get(*position)?;
                Some((*name, Some(text.to_string())))
            }
            (Name::Parameter(name), Some(Chosen::Another)) => Some((*name, None)),
            (Name::Expression(_) | Name::Truth(_), _) | (_, None) => None,
        });
        values.collect()
    }

    /// Texts with which a case comes true, without those that do not matter for it; none where it cannot.
    fn attempt(&self, case: &Case<'t>) -> Result<Option<Attempt>, Exhausted> {
        let mut attempt = Attempt {
            chosen: vec![None; self.variables.len()],
            conditions: vec![None; self.conditions.len()],
        };
        let mut wanted = Vec::new();
        for decision in case.decisions() {
            match decision {
                // What nothing says anything about is free.
                Decision::Condition(name, holds) => {
                    let position = self.conditions.get_index_of(name);
                    wanted.extend(position.map(|position| (Formula::Condition(position), *holds)));
                }
                Decision::Parameter(name, text) => {
                    let place = self.place(name);
                    let Some((place, chosen)) = place.zip(self.chosen(name, *text)) else {
                        continue;
                    };
                    match attempt.chosen[place] {
                        Some(other) if other != chosen => return Ok(None),
                        _ => attempt.chosen[place] = Some(chosen),
                    }
                }
            }
        }
        let given = attempt.chosen.clone();
        let rules = self.rules.iter().map(|rule| (rule.clone(), true));
        wanted.extend(rules);
        let is_found = self.search(&mut attempt, &wanted)?;
        if is_found {
            self.narrow(&mut attempt, &given, &wanted);
        }
        Ok(is_found.then_some(attempt))
    }

    fn place(&self, name: &str) -> Option<Place> {
        let is_it = |known: &Name<'_>| matches!(known, Name::Parameter(known) if *known == name);
        self.variables
            .iter()
            .position(|variable| is_it(&variable.name))
    }

    /// What a variable is supposed to be; nothing where it has another text than those that it can have, which says only
    /// that nobody looks at it.
    fn chosen(&self, name: &str, text: Option<&str>) -> Option<Chosen> {
        let variable = self.variables.get(self.place(name)?)?;
        let position = text.and_then(|text| variable.texts.iter().position(|known| known == text));
        match position {
            Some(position) => Some(Chosen::Text(position)),
            None => variable.is_open.then_some(Chosen::Another),
        }
    }

    /// Finds texts with which all that is wanted holds, or does not where it should not.
    fn search(&self, attempt: &mut Attempt, wanted: &[(Formula, bool)]) -> Result<bool, Exhausted> {
        attempt.conditions.fill(None);
        let mut open = None;
        for (formula, holds) in wanted {
            match self.test(formula, attempt)? {
                Some(found) if found == *holds => {}
                Some(_) => return Ok(false),
                None if open.is_none() => {
                    let mut seen = vec![false; self.conditions.len()];
                    open = self.undecided(formula, attempt, &mut seen);
                }
                None => {}
            }
        }
        // A formula in circles has nothing to decide.
        let Some(place) = open else { return Ok(true) };
        let variable = &self.variables[place];
        let texts = (0..variable.texts.len()).map(Chosen::Text);
        for chosen in texts.chain(variable.is_open.then_some(Chosen::Another)) {
            attempt.chosen[place] = Some(chosen);
            if self.search(attempt, wanted)? {
                return Ok(true);
            }
        }
        attempt.chosen[place] = None;
        Ok(false)
    }

    /// What a formula comes to, as far as the texts that are chosen say.
    fn test(&self, formula: &Formula, attempt: &mut Attempt) -> Result<Option<bool>, Exhausted> {
        let left = self.budget.get();
        self.budget.set(left.checked_sub(1).ok_or(Exhausted)?);
        Ok(match formula {
            Formula::Constant(holds) => Some(*holds),
            Formula::Is(place, text) => {
                attempt.chosen[*place].map(|chosen| chosen == Chosen::Text(*text))
            }
            Formula::Same(one, two, otherwise) => {
                let text = |place: Place| Some((attempt.chosen[place]?, place));
                match (text(*one), text(*two)) {
                    (Some((Chosen::Text(first), one)), Some((Chosen::Text(second), two))) => {
                        let text = |place: Place, at| self.variables[place].texts.get(at);
                        Some(text(one, first) == text(two, second))
                    }
                    (Some((Chosen::Another, _)), Some((Chosen::Another, _))) => {
                        attempt.chosen[*otherwise].map(|chosen| chosen == Chosen::Text(0))
                    }
                    (Some(_), Some(_)) => Some(false),
                    (None, _) | (_, None) => None,
                }
            }
            Formula::Condition(position) => {
                if let Some(known) = attempt.conditions[*position] {
                    return Ok(known);
                }
                // Whoever asks for it again while it is looked at is in a circle.
                attempt.conditions[*position] = Some(None);
                let found = self.test(&self.conditions[*position], attempt)?;
                attempt.conditions[*position] = Some(found);
                found
            }
            Formula::Not(inner) => self.test(inner, attempt)?.map(|holds| !holds),
            Formula::All(parts) => self.all(parts, true, attempt)?,
            Formula::Any(parts) => self.all(parts, false, attempt)?,
        })
    }

    /// The neutral one has to be everywhere; the other decides.
    fn all(
        &self,
        parts: &[Formula],
        neutral: bool,
        attempt: &mut Attempt,
    ) -> Result<Option<bool>, Exhausted> {
        let mut found = Some(neutral);
        for part in parts {
            match self.test(part, attempt)? {
                Some(holds) if holds == neutral => {}
                Some(decided) => return Ok(Some(decided)),
                None => found = None,
            }
        }
        Ok(found)
    }

    /// A variable without a text that a formula hangs on; conditions that were seen have none.
    fn undecided(
        &self,
        formula: &Formula,
        attempt: &Attempt,
        seen: &mut Vec<bool>,
    ) -> Option<Place> {
        let free = |place: &Place| attempt.chosen[*place].is_none().then_some(*place);
        match formula {
            Formula::Constant(_) => None,
            Formula::Is(place, _) => free(place),
            Formula::Same(one, two, otherwise) => [one, two, otherwise].into_iter().find_map(free),
            Formula::Condition(position) => {
                let is_decided = matches!(attempt.conditions[*position], Some(Some(_)));
                if is_decided || std::mem::replace(&mut seen[*position], true) {
                    return None;
                }
                self.undecided(&self.conditions[*position], attempt, seen)
            }
            Formula::Not(inner) => self.undecided(inner, attempt, seen),
            Formula::All(parts) | Formula::Any(parts) => parts
                .iter()
                .find_map(|part| self.undecided(part, attempt, seen)),
        }
    }

    /// Takes back what does not matter.
    fn narrow(&self, attempt: &mut Attempt, given: &[Option<Chosen>], wanted: &[(Formula, bool)]) {
        for (place, given) in given.iter().enumerate() {
            let Some(chosen) = attempt.chosen[place].filter(|_| given.is_none()) else {
                continue;
            };
            attempt.chosen[place] = None;
            attempt.conditions.fill(None);
            let still = wanted
                .iter()
                .all(|(formula, holds)| matches!(self.test(formula, attempt), Ok(Some(found)) if found == *holds));
            if !still {
                attempt.chosen[place] = Some(chosen);
            }
        }
    }

    /// What makes a case come true, in words.
    fn told(&self, case: &Case<'t>, attempt: &Attempt) -> String {
        let mut told: Vec<String> = Vec::new();
        for (variable, chosen) in self.variables.iter().zip(&attempt.chosen) {
            let Some(chosen) = chosen else { continue };
            let text = match chosen {
                Chosen::Text(position) => variable.texts.get(*position),
                Chosen::Another => None,
            };
            told.push(variable.told(text.map(AsRef::as_ref)));
        }
        for decision in case.decisions() {
            match decision {
                Decision::Condition(name, holds) if !self.conditions.contains_key(name) => {
                    let not = if *holds { "holds" } else { "does not hold" };
                    told.push(format!("condition `{name}` {not}"));
                }
                Decision::Parameter(name, Some(text)) if self.place(name).is_none() => {
                    told.push(format!("`{name}` is `{text}`"));
                }
                Decision::Condition(..) | Decision::Parameter(..) => {}
            }
        }
        told.join(" and ")
    }
}
