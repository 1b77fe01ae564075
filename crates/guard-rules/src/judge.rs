//! What an evaluation comes to, where some values are not known.
//!
//! Guard knows `PASS`, `FAIL` and `SKIP`, and records what led to them. Here that record is read again: a clause that
//! failed on a value that nobody knows is neither, and what hangs on it isn't either.

use std::collections::HashMap;

use cloudformation_guard_lang::eval_context::EventRecord;
use cloudformation_guard_lang::path_value::PathAwareValue;
use cloudformation_guard_lang::values::CmpOperator;
use cloudformation_guard_lang::{
    BlockCheck, ClauseCheck, NamedStatus, QueryResult, RecordType, Status, UnResolved,
};
use stratiform_template::Function;

use crate::clauses::{Clauses, Position};
use crate::document::{Document, Known};

/// What a rule, or a part of one, comes to.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Truth {
    Holds,
    /// It is about nothing that is there.
    Skipped,
    /// It hangs on what stands at these paths, and nobody knows that.
    Unknown(Vec<String>),
    Broken(Vec<Breach>),
}

/// Something that breaks a rule.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Breach {
    /// What is judged; none where there is nothing to be judged.
    pub(crate) path: Option<String>,
    /// What is missing there.
    pub(crate) missing: Option<String>,
    /// What it is, where that may be shown: never a text.
    pub(crate) shown: Option<String>,
    /// The clause.
    pub(crate) clause: Option<Position>,
    /// The rule's own words.
    pub(crate) message: Option<String>,
}

impl Breach {
    /// Whether it is the same clause about the same resource.
    pub(crate) fn is_like(&self, other: &Breach) -> bool {
        let resource = |breach: &Breach| {
            let path = breach.path.as_deref().unwrap_or_default();
            path.split('/')
                .take(3)
                .map(str::to_owned)
                .collect::<Vec<_>>()
        };
        self.clause == other.clause && resource(self) == resource(other)
    }
}

/// Judges the rules of a file, one after the other.
pub(crate) struct Judge<'d> {
    document: &'d Document,
    clauses: &'d Clauses,
    /// What rules came to that another one asked for.
    rules: HashMap<String, Truth>,
    /// The rules that are being judged, the innermost last.
    inside: Vec<String>,
    /// What filters and broken rules hang on besides.
    aside: Vec<String>,
}

impl<'d> Judge<'d> {
    pub(crate) fn new(document: &'d Document, clauses: &'d Clauses) -> Self {
        Judge {
            document,
            clauses,
            rules: HashMap::new(),
            inside: Vec::new(),
            aside: Vec::new(),
        }
    }

    /// What a rule comes to, and what it hangs on that is not known.
    pub(crate) fn rule(&mut self, record: &EventRecord<'_>) -> (Vec<Breach>, Vec<String>) {
        let truth = self.judge(record);
        let mut unknown = std::mem::take(&mut self.aside);
        match truth {
            Truth::Broken(breaches) => (breaches, unknown),
            Truth::Unknown(paths) => {
                unknown.extend(paths);
                (Vec::new(), unknown)
            }
            Truth::Holds | Truth::Skipped => (Vec::new(), unknown),
        }
    }

    fn judge(&mut self, record: &EventRecord<'_>) -> Truth {
        let children = record.children.as_slice();
        match &record.container {
            None => self.all(children),
            Some(RecordType::RuleCheck(of)) => self.named(of, children),
            Some(RecordType::FileCheck(_) | RecordType::TypeBlock(_)) => self.all(children),
            Some(RecordType::TypeCheck(_) | RecordType::WhenCheck(_)) => self.conditional(children),
            Some(
                RecordType::RuleCondition(status)
                | RecordType::TypeCondition(status)
                | RecordType::WhenCondition(status),
            ) => self.condition(*status, children),
            Some(RecordType::Filter(status)) => {
                if let Truth::Unknown(paths) = self.condition(*status, children) {
                    self.aside.extend(paths);
                }
                Truth::Skipped
            }
            Some(RecordType::Disjunction(of)) => self.either(of, children),
            Some(RecordType::BlockGuardCheck(of)) if of.at_least_one_matches => {
                self.some(of, children)
            }
            Some(RecordType::BlockGuardCheck(of)) => {
                let truth = self.all(children);
                match (of.status, truth) {
                    (Status::FAIL, Truth::Holds | Truth::Skipped) => self.bare(),
                    (_, truth) => truth,
                }
            }
            Some(RecordType::GuardClauseBlockCheck(of)) => self.clause(of, children),
            Some(RecordType::ClauseValueCheck(check)) => self.value(check, record),
        }
    }

    /// All of several: what breaks one of them breaks it, whatever becomes of the others.
    fn all(&mut self, children: &[EventRecord<'_>]) -> Truth {
        let truths: Vec<Truth> = children.iter().map(|child| self.judge(child)).collect();
        self.together(truths)
    }

    fn together(&mut self, truths: Vec<Truth>) -> Truth {
        let mut breaches = Vec::new();
        let mut unknown = Vec::new();
        let mut together = Truth::Skipped;
        let mut is_broken = false;
        for truth in truths {
            match truth {
                Truth::Holds => together = Truth::Holds,
                Truth::Skipped => {}
                Truth::Unknown(paths) => unknown.extend(paths),
                Truth::Broken(more) => {
                    is_broken = true;
                    breaches.extend(more);
                }
            }
        }
        if is_broken {
            self.aside.extend(unknown);
            return Truth::Broken(breaches);
        }
        match unknown.is_empty() {
            true => together,
            false => Truth::Unknown(unknown),
        }
    }

    /// What is only asked where a condition holds, which comes first.
    fn conditional(&mut self, children: &[EventRecord<'_>]) -> Truth {
        let is_condition = |child: &EventRecord<'_>| {
            matches!(
                child.container,
                Some(
                    RecordType::RuleCondition(_)
                        | RecordType::TypeCondition(_)
                        | RecordType::WhenCondition(_)
                )
            )
        };
        match children.split_first() {
            Some((first, rest)) if is_condition(first) => match self.judge(first) {
                Truth::Holds => self.all(rest),
                otherwise => otherwise,
            },
            _ => self.all(children),
        }
    }

    /// Whether a condition holds: it breaks nothing where it does not.
    fn condition(&mut self, status: Status, children: &[EventRecord<'_>]) -> Truth {
        match (status, self.all(children)) {
            (Status::PASS, _) => Truth::Holds,
            (Status::FAIL | Status::SKIP, Truth::Unknown(paths)) => Truth::Unknown(paths),
            (Status::FAIL | Status::SKIP, _) => Truth::Skipped,
        }
    }

    fn named(&mut self, of: &NamedStatus<'_>, children: &[EventRecord<'_>]) -> Truth {
        self.inside.push(of.name.to_owned());
        let mut truth = self.conditional(children);
        self.inside.pop();
        if let (Truth::Broken(breaches), Some(message)) = (&mut truth, &of.message) {
            for breach in breaches {
                breach.message.get_or_insert_with(|| message.clone());
            }
        }
        // Of several with one name, the first that is about anything counts.
        let known = self
            .rules
            .entry(of.name.to_owned())
            .or_insert(Truth::Skipped);
        if *known == Truth::Skipped {
            known.clone_from(&truth);
        }
        truth
    }

    /// One of several is enough.
    fn either(&mut self, of: &BlockCheck, children: &[EventRecord<'_>]) -> Truth {
        let truths: Vec<Truth> = children.iter().map(|child| self.judge(child)).collect();
        if of.status == Status::PASS {
            return Truth::Holds;
        }
        let mut unknown = Vec::new();
        let mut broken: Vec<Vec<Breach>> = Vec::new();
        for truth in truths {
            match truth {
                Truth::Unknown(paths) => unknown.extend(paths),
                Truth::Broken(breaches) => broken.push(breaches),
                Truth::Holds | Truth::Skipped => {}
            }
        }
        if !unknown.is_empty() {
            return Truth::Unknown(unknown);
        }
        // One of them is told: the one that says why, if any does.
        let says = |breaches: &Vec<Breach>| breaches.iter().any(|breach| breach.message.is_some());
        let position = broken.iter().position(says).unwrap_or_default();
        match broken.into_iter().nth(position) {
            Some(breaches) => Truth::Broken(breaches),
            None => Truth::Skipped,
        }
    }

    /// The same of values of which one is enough.
    fn some(&mut self, of: &BlockCheck, children: &[EventRecord<'_>]) -> Truth {
        let truths: Vec<Truth> = children.iter().map(|child| self.judge(child)).collect();
        match of.status {
            Status::PASS => Truth::Holds,
            Status::SKIP => self.together(truths),
            Status::FAIL => {
                let unknown = truths.iter().filter_map(|truth| match truth {
                    Truth::Unknown(paths) => Some(paths.clone()),
                    Truth::Holds | Truth::Skipped | Truth::Broken(_) => None,
                });
                let unknown: Vec<String> = unknown.flatten().collect();
                match unknown.is_empty() {
                    true => match self.together(truths) {
                        Truth::Broken(breaches) => Truth::Broken(breaches),
                        Truth::Holds | Truth::Skipped | Truth::Unknown(_) => self.bare(),
                    },
                    false => Truth::Unknown(unknown),
                }
            }
        }
    }

    /// One clause, about each of the values that it asks for.
    fn clause(&mut self, of: &BlockCheck, children: &[EventRecord<'_>]) -> Truth {
        match of.status {
            Status::PASS | Status::SKIP => {
                // What filters hang on is found on the way.
                self.all(children);
                match of.status {
                    Status::PASS => Truth::Holds,
                    Status::FAIL | Status::SKIP => Truth::Skipped,
                }
            }
            Status::FAIL if of.at_least_one_matches => self.some(of, children),
            Status::FAIL => match self.all(children) {
                Truth::Holds | Truth::Skipped => self.bare(),
                truth => truth,
            },
        }
    }

    /// Something is broken, and nothing says where.
    fn bare(&self) -> Truth {
        Truth::Broken(vec![Breach {
            path: None,
            missing: None,
            shown: None,
            clause: None,
            message: None,
        }])
    }

    fn value(&mut self, check: &ClauseCheck<'_>, record: &EventRecord<'_>) -> Truth {
        let asked = self.all(&record.children);
        let clause = self.inside.last();
        let clause = clause.and_then(|rule| self.clauses.place(rule, &record.context));
        let broken = |from: Option<&QueryResult>, message: &Option<String>| {
            Truth::Broken(vec![Breach {
                path: from.map(|from| path(from).to_owned()),
                missing: from.and_then(missing),
                shown: from.and_then(shown),
                clause,
                message: message.clone(),
            }])
        };
        match check {
            ClauseCheck::Success => Truth::Holds,
            ClauseCheck::Comparison(of) => match self.compared(&of.from, of.to.as_slice()) {
                unknown if unknown.is_empty() => broken(Some(&of.from), &of.custom_message),
                unknown => Truth::Unknown(unknown),
            },
            ClauseCheck::InComparison(of) => match self.compared(&of.from, &of.to) {
                unknown if unknown.is_empty() => broken(Some(&of.from), &of.custom_message),
                unknown => Truth::Unknown(unknown),
            },
            ClauseCheck::Unary(of) => match self.asked(&of.value.from, of.comparison) {
                Some(unknown) => Truth::Unknown(vec![unknown]),
                None => broken(Some(&of.value.from), &of.value.custom_message),
            },
            ClauseCheck::MissingBlockValue(of) => match self.unknown(&of.from) {
                Some(unknown) => Truth::Unknown(vec![unknown]),
                None => broken(Some(&of.from), &of.custom_message),
            },
            ClauseCheck::NoValueForEmptyCheck(message) => broken(None, message),
            ClauseCheck::DependentRule(of) => {
                let truth = match asked {
                    Truth::Skipped => self.rules.get(of.rule).cloned().unwrap_or(asked),
                    truth => truth,
                };
                match truth {
                    Truth::Unknown(paths) => Truth::Unknown(paths),
                    Truth::Broken(mut breaches) => {
                        for breach in &mut breaches {
                            breach.clause = clause.or(breach.clause);
                            if let Some(message) = &of.custom_message {
                                breach.message = Some(message.clone());
                            }
                        }
                        Truth::Broken(breaches)
                    }
                    Truth::Holds | Truth::Skipped => broken(None, &of.custom_message),
                }
            }
        }
    }

    /// What nobody knows of the two sides of a comparison.
    fn compared(&self, from: &QueryResult, to: &[QueryResult]) -> Vec<String> {
        // Who compares with the form of a function means it.
        let is_form = |to: &QueryResult| match to {
            QueryResult::Literal(value) | QueryResult::Resolved(value) => is_function(value),
            QueryResult::UnResolved(_) => false,
        };
        if to.iter().any(is_form) {
            return Vec::new();
        }
        let mut unknown: Vec<String> = self.unknown(from).into_iter().collect();
        unknown.extend(to.iter().filter_map(|to| self.unknown(to)));
        let same_kind = |to: &QueryResult| match (from, to) {
            (
                QueryResult::Resolved(one),
                QueryResult::Literal(other) | QueryResult::Resolved(other),
            ) => (one.is_map() && other.is_map()) || (one.is_list() && other.is_list()),
            _ => false,
        };
        let path = path(from);
        if unknown.is_empty() && to.iter().any(same_kind) && self.document.has_unknown_below(path) {
            unknown.push(path.to_owned());
        }
        unknown
    }

    /// What nobody knows where one value is asked for what it is.
    fn asked(&self, from: &QueryResult, (operator, _): (CmpOperator, bool)) -> Option<String> {
        match (from, operator) {
            // What is written is there, unless a condition takes it away.
            (QueryResult::Resolved(value), CmpOperator::Exists) => {
                let unknown = self.unknown(from);
                unknown.filter(|_| is_written_as(value, Function::If))
            }
            _ => self.unknown(from),
        }
    }

    /// The path of what nobody knows, where a query came to it.
    fn unknown(&self, result: &QueryResult) -> Option<String> {
        let path = path(result);
        let is_unknown = match result {
            QueryResult::Literal(_) => false,
            QueryResult::Resolved(_) => self.document.known(path) == Known::Unknown,
            QueryResult::UnResolved(of) => {
                self.document.known(path) == Known::Unknown && !asks_for_form(of)
            }
        };
        if !is_unknown {
            return None;
        }
        self.document.unknown_at(path).map(str::to_owned)
    }
}

/// Whether what is left of a query asks for a function: its author knows that one may stand there.
fn asks_for_form(of: &UnResolved) -> bool {
    let first = of
        .remaining_query
        .split(['.', '['])
        .next()
        .unwrap_or_default();
    Function::from_name(first.trim_matches(['\'', '"'])).is_some()
}

/// Whether a value has the form of a function.
fn is_function(value: &PathAwareValue) -> bool {
    let PathAwareValue::Map((_, map)) = value else {
        return false;
    };
    let mut keys = map.values.keys();
    keys.len() == 1 && keys.all(|key| Function::from_name(key).is_some())
}

fn is_written_as(value: &PathAwareValue, function: Function) -> bool {
    matches!(value, PathAwareValue::Map((_, map)) if map.values.contains_key(function.name()))
}

/// Where a query came to.
fn path(result: &QueryResult) -> &str {
    let value = match result {
        QueryResult::Literal(value) | QueryResult::Resolved(value) => value,
        QueryResult::UnResolved(of) => &of.traversed_to,
    };
    &value.self_path().0
}

fn missing(result: &QueryResult) -> Option<String> {
    match result {
        QueryResult::Literal(_) | QueryResult::Resolved(_) => None,
        QueryResult::UnResolved(of) => Some(of.remaining_query.clone()),
    }
}

fn shown(result: &QueryResult) -> Option<String> {
    let (QueryResult::Literal(value) | QueryResult::Resolved(value)) = result else {
        return None;
    };
    match &**value {
        PathAwareValue::Bool((_, boolean)) => Some(boolean.to_string()),
        PathAwareValue::Int((_, number)) => Some(number.to_string()),
        PathAwareValue::Float((_, number)) => Some(number.to_string()),
        _ => None,
    }
}
