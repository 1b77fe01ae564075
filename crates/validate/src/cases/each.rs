//! A question that is asked of each case that makes a difference to it, and of no others.

use std::borrow::Cow;
use std::collections::HashSet;

use stratiform_finding::words::counted;
use stratiform_finding::{Finding, Level};

use super::{Case, Cases, Decision};
use crate::parameter;

/// What a question hangs on that a case does not say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Open<'t> {
    /// Whether a condition holds.
    Condition(&'t str),
    /// What a parameter is.
    Parameter(&'t str),
}

/// Are the values of parameters tried? Where that are too many, nothing is said of any.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Parameters {
    Tried,
    Unknown,
}

/// How many cases a question is asked of.
const MOST: usize = 256;

impl<'t> Cases<'t> {
    /// Asks a question of each case in which its answer could be another, and gives what is wrong: once, and with what
    /// makes it so where it is not so always. A question says what it hangs on by an error.
    ///
    /// Nothing where there are too many cases.
    pub(crate) fn each(
        &self,
        start: &Case<'t>,
        mut ask: impl FnMut(&Case<'t>) -> Result<Vec<Finding>, Open<'t>>,
    ) -> Option<Vec<(Case<'t>, Finding)>> {
        let answered = self
            .answered(start, &mut ask, Parameters::Tried)
            .or_else(|| self.answered(start, &mut ask, Parameters::Unknown))?;
        Some(self.merged(start, &answered))
    }

    /// What is wrong in each case; nothing where there are too many.
    fn answered(
        &self,
        start: &Case<'t>,
        ask: &mut impl FnMut(&Case<'t>) -> Result<Vec<Finding>, Open<'t>>,
        parameters: Parameters,
    ) -> Option<Vec<(Case<'t>, Vec<Finding>)>> {
        let mut open = vec![start.clone()];
        let mut answered: Vec<(Case<'t>, Vec<Finding>)> = Vec::new();
        while let Some(case) = open.pop() {
            match ask(&case) {
                Ok(found) => answered.push((case, found)),
                Err(hangs_on) => {
                    let mut decided = self.decide(&case, hangs_on, parameters);
                    decided.reverse();
                    open.append(&mut decided);
                }
            }
            if answered.len() + open.len() > MOST {
                return None;
            }
        }
        Some(answered)
    }

    /// The cases that something leaves, the likeliest first.
    fn decide(&self, case: &Case<'t>, open: Open<'t>, parameters: Parameters) -> Vec<Case<'t>> {
        let decisions: Vec<Decision<'t>> = match open {
            Open::Condition(name) => [true, false]
                .map(|holds| Decision::Condition(name, holds))
                .to_vec(),
            Open::Parameter(name) if parameters == Parameters::Unknown => {
                vec![Decision::Parameter(name, None)]
            }
            Open::Parameter(name) => self
                .values(name)
                .into_iter()
                .map(|text| Decision::Parameter(name, text))
                .collect(),
        };
        let cases = decisions
            .into_iter()
            .filter_map(|decision| self.with(case, decision));
        cases.collect()
    }

    /// What a parameter can be: its choices; or its default, and anything else.
    fn values(&self, name: &str) -> Vec<Option<&'t str>> {
        let Some(declared) = self.template.parameters.get(name) else {
            return vec![None];
        };
        let borrowed = |texts: Vec<Cow<'t, str>>| {
            texts.into_iter().filter_map(|text| match text {
                Cow::Borrowed(text) => Some(Some(text)),
                Cow::Owned(_) => None,
            })
        };
        match parameter::choices(declared) {
            Some(choices) => borrowed(choices).collect(),
            None => {
                let list = || parameter::list_default(declared);
                let default = parameter::default(declared).or_else(list);
                let default = default.into_iter().collect();
                borrowed(default).chain([None]).collect()
            }
        }
    }

    /// Each thing that is wrong once, with the least that makes it so.
    fn merged(
        &self,
        start: &Case<'t>,
        answered: &[(Case<'t>, Vec<Finding>)],
    ) -> Vec<(Case<'t>, Finding)> {
        let always = answered.iter().all(|(_, found)| !found.is_empty());
        let mut seen: HashSet<&Finding> = HashSet::new();
        let mut merged = Vec::new();
        let mut chosen: Vec<(Case<'t>, Finding)> = Vec::new();
        for finding in answered.iter().flat_map(|(_, found)| found) {
            if !seen.insert(finding) {
                continue;
            }
            let cases = answered.iter().filter(|(_, found)| found.contains(finding));
            let cases: Vec<&Case<'t>> = cases.map(|(case, _)| case).collect();
            let shared = shared(start, &cases, answered);
            let values = shared.values().count() - start.values().count();
            match always || values == 0 {
                true => merged.push((shared, finding.clone())),
                false => chosen.push((shared, finding.clone())),
            }
        }
        merged.extend(self.folded(start, chosen));
        merged
    }

    /// What only some values of parameters do: whoever chooses them can choose others. That is a warning where one value
    /// does it, or all defaults together do, and otherwise good to know; told once.
    fn folded(
        &self,
        start: &Case<'t>,
        mut chosen: Vec<(Case<'t>, Finding)>,
    ) -> Option<(Case<'t>, Finding)> {
        let matters = |case: &Case<'t>| {
            let own = case
                .values()
                .filter(|value| !start.values().any(|known| known == *value));
            let own: Vec<(&str, Option<&str>)> = own.collect();
            own.len() == 1 || own.iter().all(|(name, text)| self.is_default(name, *text))
        };
        chosen.sort_by_key(|(case, _)| !matters(case));
        let others = chosen.len().checked_sub(1)?;
        let (case, mut finding) = chosen.into_iter().next()?;
        let most = if matters(&case) {
            Level::Warning
        } else {
            Level::Note
        };
        finding.level = finding.level.min(most);
        if others > 0 {
            finding.when = format!(", and in {}", counted(others, "other case"));
        }
        Some((case, finding))
    }

    fn is_default(&self, name: &str, text: Option<&str>) -> bool {
        let declared = self.template.parameters.get(name);
        let default = declared.and_then(|declared| {
            parameter::default(declared).or_else(|| parameter::list_default(declared))
        });
        default.is_some() && default.as_deref() == text
    }
}

/// What cases share, where that is all that it takes; or else the first of them.
fn shared<'t>(
    start: &Case<'t>,
    cases: &[&Case<'t>],
    answered: &[(Case<'t>, Vec<Finding>)],
) -> Case<'t> {
    let Some((first, others)) = cases.split_first() else {
        return start.clone();
    };
    let everywhere =
        |decision: &&Decision<'t>| others.iter().all(|case| case.decisions.contains(*decision));
    let decisions = first.decisions.iter().filter(everywhere).cloned();
    let shared = Case {
        decisions: decisions.collect(),
    };
    let has_it = |(case, _): &&(Case<'t>, Vec<Finding>)| {
        let mut decisions = shared.decisions.iter();
        decisions.all(|decision| case.decisions.contains(decision))
    };
    match answered.iter().filter(has_it).count() == cases.len() {
        true => shared,
        false => (*first).clone(),
    }
}
