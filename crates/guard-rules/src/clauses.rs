//! Where the clauses of rules stand: what Guard records of an evaluation says which clause it was, and not where.

use std::collections::HashMap;

use cloudformation_guard_lang::exprs::{
    BlockGuardClause, GuardAccessClause, GuardNamedRuleClause, ParameterizedRule, RulesFile,
};

use crate::walk::{Visit, walk};

/// A line and a column, from 1.
pub(crate) type Position = (u32, u32);

/// The clauses of a file, by their rule and by how Guard names them.
#[derive(Debug, Default)]
pub(crate) struct Clauses {
    places: HashMap<(String, String), Position>,
    rule: String,
}

impl Clauses {
    pub(crate) fn of(file: &RulesFile<'_>) -> Clauses {
        let mut clauses = Clauses::default();
        walk(file, &mut clauses);
        clauses
    }

    /// Where a clause of a rule stands; the first of those that are written alike.
    pub(crate) fn place(&self, rule: &str, clause: &str) -> Option<Position> {
        let key = (rule.to_owned(), clause.to_owned());
        self.places.get(&key).copied()
    }

    fn add(&mut self, clause: String, place: Position) {
        let key = (self.rule.clone(), clause);
        self.places.entry(key).or_insert(place);
    }
}

impl<'a> Visit<'a> for Clauses {
    fn rule(&mut self, name: &'a str) {
        name.clone_into(&mut self.rule);
    }

    fn called(&mut self, rule: &'a ParameterizedRule<'a>) {
        rule.rule.rule_name.clone_into(&mut self.rule);
    }

    fn clause(&mut self, clause: &'a GuardAccessClause<'a>) {
        let location = &clause.access_clause.location;
        self.add(clause.to_string(), (location.line, location.column));
    }

    fn asks(&mut self, clause: &'a GuardNamedRuleClause<'a>) {
        let location = &clause.location;
        self.add(clause.to_string(), (location.line, location.column));
    }

    fn block(&mut self, clause: &'a BlockGuardClause<'a>) {
        let location = &clause.location;
        let name = format!("GuardBlockAccessClause#{location}");
        self.add(name, (location.line, location.column));
    }
}
