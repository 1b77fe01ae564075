//! Which combinations of conditions and parameter values there can be.
//!
//! What lives here: [`Cases`], which answers whether what is supposed ([`Case`]) can come true, exactly: conditions are
//! formulas over what parameters, pseudo parameters and unknown expressions come to, and the rules of the template
//! hold. What does not: what is wrong in a case, which is everybody else's question.

mod each;
mod formula;
mod read;
mod scenario;
mod solve;
#[cfg(test)]
mod tests;

use std::cell::{Cell, RefCell};
use std::collections::HashMap;

use indexmap::IndexMap;
use stratiform_template::Template;

pub(crate) use self::each::Open;
use self::formula::{Formula, Variable};
pub use self::scenario::{Scenario, in_each_scenario};
use self::solve::Answer;

/// Something that is supposed.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Decision<'t> {
    /// A condition holds, or does not.
    Condition(&'t str, bool),
    /// A parameter, or pseudo parameter, has this text; none where it has one that the template does not name.
    Parameter(&'t str, Option<&'t str>),
}

/// What is supposed, all at once. The empty one is every case.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Case<'t> {
    /// Sorted; each thing once.
    decisions: Vec<Decision<'t>>,
}

impl<'t> Case<'t> {
    /// What is supposed, sorted.
    pub(crate) fn decisions(&self) -> &[Decision<'t>] {
        &self.decisions
    }

    /// The text that a parameter is supposed to have: some, or one that the template does not name.
    pub(crate) fn parameter(&self, name: &str) -> Option<Option<&'t str>> {
        self.decisions.iter().find_map(|decision| match decision {
            Decision::Parameter(known, text) if *known == name => Some(*text),
            Decision::Parameter(..) | Decision::Condition(..) => None,
        })
    }

    /// The values of parameters that are supposed.
    fn values(&self) -> impl Iterator<Item = (&'t str, Option<&'t str>)> {
        self.decisions.iter().filter_map(|decision| match decision {
            Decision::Parameter(name, text) => Some((*name, *text)),
            Decision::Condition(..) => None,
        })
    }

    fn and(&self, decision: Decision<'t>) -> Case<'t> {
        let mut decisions = self.decisions.clone();
        if let Err(position) = decisions.binary_search(&decision) {
            decisions.insert(position, decision);
        }
        Case { decisions }
    }
}

/// The conditions and rules of a template.
pub(crate) struct Cases<'t> {
    template: &'t Template,
    variables: Vec<Variable<'t>>,
    /// By the name of the condition.
    conditions: IndexMap<&'t str, Formula>,
    /// What always holds.
    rules: Vec<Formula>,
    answers: RefCell<HashMap<Vec<Decision<'t>>, Answer>>,
    /// How many parts of formulas may still be looked at.
    budget: Cell<usize>,
}

/// How many parts of formulas are looked at for a template: a second of work. Real ones need some thousands.
const BUDGET: usize = 20_000_000;

impl<'t> Cases<'t> {
    /// Reads the conditions of a template that is deployed to one of these regions; to any, where there are none.
    pub(crate) fn new(template: &'t Template, regions: &[&'t str]) -> Self {
        let (variables, conditions, rules) = read::read(template, regions);
        Cases {
            template,
            variables,
            conditions,
            rules,
            answers: RefCell::default(),
            budget: Cell::new(BUDGET),
        }
    }

    /// The case with one more thing supposed; none where that cannot be, or cannot be found out.
    pub(crate) fn with(&self, case: &Case<'t>, decision: Decision<'t>) -> Option<Case<'t>> {
        let case = case.and(decision);
        matches!(self.ask(&case), Answer::Possible(_)).then_some(case)
    }

    /// Whether a condition holds in a case, where it does in all that the case is about.
    pub(crate) fn holds(&self, case: &Case<'t>, condition: &'t str) -> Option<bool> {
        let can_be = |holds| {
            let case = case.and(Decision::Condition(condition, holds));
            !matches!(self.ask(&case), Answer::Impossible)
        };
        match (can_be(true), can_be(false)) {
            (true, false) => Some(true),
            (false, true) => Some(false),
            (true, true) | (false, false) => None,
        }
    }

    /// What makes a case come true, in words: `Stage = prod and UseUrl = no`; nothing where it always does.
    pub(crate) fn witness(&self, case: &Case<'t>) -> String {
        match self.ask(case) {
            Answer::Possible(witness) => witness,
            Answer::Impossible | Answer::Unknown => String::new(),
        }
    }

    /// Whether there were more combinations than could be looked at.
    pub(crate) fn gave_up(&self) -> bool {
        self.budget.get() == 0
    }

    fn ask(&self, case: &Case<'t>) -> Answer {
        if case.decisions.is_empty() {
            return Answer::Possible(String::new());
        }
        if let Some(answer) = self.answers.borrow().get(&case.decisions) {
            return answer.clone();
        }
        let answer = self.solve(case);
        let mut answers = self.answers.borrow_mut();
        answers.insert(case.decisions.clone(), answer.clone());
        answer
    }
}
