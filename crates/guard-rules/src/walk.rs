//! One way through a file of rules.

use cloudformation_guard_lang::exprs::{
    AccessQuery, Block, BlockGuardClause, GuardAccessClause, GuardClause, GuardNamedRuleClause,
    LetExpr, LetValue, ParameterizedNamedRuleClause, ParameterizedRule, QueryPart, Rule,
    RuleClause, RulesFile, TypeBlock, WhenConditions, WhenGuardClause,
};
use cloudformation_guard_lang::path_value::PathAwareValue;

/// What is met on the way; whoever goes it listens to what it is after.
pub(crate) trait Visit<'a> {
    /// A rule begins, and ends.
    fn rule(&mut self, _name: &'a str) {}
    fn end_of_rule(&mut self) {}
    /// The same of one that is called with arguments.
    fn called(&mut self, _rule: &'a ParameterizedRule<'a>) {}
    fn end_of_called(&mut self) {}
    /// Variables that hold in a block, which begins, and ends.
    fn scope(&mut self, _assignments: &'a [LetExpr<'a>]) {}
    fn end_of_scope(&mut self) {}
    /// What a variable is begins, and ends.
    fn variable(&mut self, _name: &'a str) {}
    fn end_of_variable(&mut self) {}
    /// A variable is used, or stands for the keys that a query meets.
    fn uses(&mut self, _name: &'a str) {}
    fn captures(&mut self, _name: &'a str) {}
    /// Another rule is asked for.
    fn asks(&mut self, _clause: &'a GuardNamedRuleClause<'a>) {}
    fn calls(&mut self, _clause: &'a ParameterizedNamedRuleClause<'a>) {}
    /// Something is judged.
    fn clause(&mut self, _clause: &'a GuardAccessClause<'a>) {}
    fn block(&mut self, _clause: &'a BlockGuardClause<'a>) {}
    fn type_block(&mut self, _block: &'a TypeBlock<'a>) {}
    /// A query, and a value that is written out.
    fn query(&mut self, _query: &'a [QueryPart<'a>]) {}
    fn literal(&mut self, _value: &'a PathAwareValue) {}
}

/// Goes through all of a file.
pub(crate) fn walk<'a>(file: &'a RulesFile<'a>, visit: &mut impl Visit<'a>) {
    visit.scope(&file.assignments);
    assignments(&file.assignments, visit);
    for called in &file.parameterized_rules {
        visit.called(called);
        rule(&called.rule, visit);
        visit.end_of_called();
    }
    for named in &file.guard_rules {
        visit.rule(&named.rule_name);
        rule(named, visit);
        visit.end_of_rule();
    }
    visit.end_of_scope();
}

fn rule<'a>(rule: &'a Rule<'a>, visit: &mut impl Visit<'a>) {
    if let Some(conditions) = &rule.conditions {
        when(conditions, visit);
    }
    block(&rule.block, visit, |clause, visit| match clause {
        RuleClause::Clause(clause) => guard_clause(clause, visit),
        RuleClause::WhenBlock(conditions, inner) => {
            when(conditions, visit);
            block(inner, visit, guard_clause);
        }
        RuleClause::TypeBlock(of_type) => {
            visit.type_block(of_type);
            if let Some(conditions) = &of_type.conditions {
                when(conditions, visit);
            }
            query(&of_type.query, visit);
            block(&of_type.block, visit, guard_clause);
        }
    });
}

fn block<'a, T, V: Visit<'a>>(
    block: &'a Block<'a, T>,
    visit: &mut V,
    mut each: impl FnMut(&'a T, &mut V),
) {
    visit.scope(&block.assignments);
    assignments(&block.assignments, visit);
    for clause in block.conjunctions.iter().flatten() {
        each(clause, visit);
    }
    visit.end_of_scope();
}

fn assignments<'a>(assignments: &'a [LetExpr<'a>], visit: &mut impl Visit<'a>) {
    for assignment in assignments {
        visit.variable(&assignment.var);
        value(&assignment.value, visit);
        visit.end_of_variable();
    }
}

fn when<'a>(conditions: &'a WhenConditions<'a>, visit: &mut impl Visit<'a>) {
    for clause in conditions.iter().flatten() {
        match clause {
            WhenGuardClause::Clause(clause) => access(clause, visit),
            WhenGuardClause::NamedRule(clause) => visit.asks(clause),
            WhenGuardClause::ParameterizedNamedRule(clause) => call(clause, visit),
        }
    }
}

fn guard_clause<'a, V: Visit<'a>>(clause: &'a GuardClause<'a>, visit: &mut V) {
    match clause {
        GuardClause::Clause(clause) => access(clause, visit),
        GuardClause::NamedRule(clause) => visit.asks(clause),
        GuardClause::ParameterizedNamedRule(clause) => call(clause, visit),
        GuardClause::BlockClause(clause) => {
            visit.block(clause);
            query(&clause.query.query, visit);
            block(&clause.block, visit, guard_clause);
        }
        GuardClause::WhenBlock(conditions, inner) => {
            when(conditions, visit);
            block(inner, visit, guard_clause);
        }
    }
}

fn access<'a>(clause: &'a GuardAccessClause<'a>, visit: &mut impl Visit<'a>) {
    visit.clause(clause);
    query(&clause.access_clause.query.query, visit);
    if let Some(other) = &clause.access_clause.compare_with {
        value(other, visit);
    }
}

fn call<'a>(clause: &'a ParameterizedNamedRuleClause<'a>, visit: &mut impl Visit<'a>) {
    visit.calls(clause);
    for argument in &clause.parameters {
        value(argument, visit);
    }
}

fn value<'a>(written: &'a LetValue<'a>, visit: &mut impl Visit<'a>) {
    match written {
        LetValue::Value(literal) => visit.literal(literal),
        LetValue::AccessClause(AccessQuery { query: parts, .. }) => query(parts, visit),
        LetValue::FunctionCall(function) => {
            for argument in &function.parameters {
                value(argument, visit);
            }
        }
    }
}

fn query<'a, V: Visit<'a>>(parts: &'a [QueryPart<'a>], visit: &mut V) {
    visit.query(parts);
    for part in parts {
        if let Some(name) = part.variable() {
            visit.uses(name);
        }
        match part {
            QueryPart::AllValues(Some(name)) | QueryPart::AllIndices(Some(name)) => {
                visit.captures(name);
            }
            QueryPart::Filter(name, conjunctions) => {
                name.iter().for_each(|name| visit.captures(name));
                for clause in conjunctions.iter().flatten() {
                    guard_clause(clause, visit);
                }
            }
            QueryPart::MapKeyFilter(name, clause) => {
                name.iter().for_each(|name| visit.captures(name));
                value(&clause.compare_with, visit);
            }
            QueryPart::This
            | QueryPart::Key(_)
            | QueryPart::AllValues(None)
            | QueryPart::AllIndices(None)
            | QueryPart::Index(_) => {}
        }
    }
}
