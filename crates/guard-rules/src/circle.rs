//! Rules and variables that lead to themselves, and those that are not there.
//!
//! Guard evaluates a rule when another asks for it, and a variable when it is used: a circle never ends, and takes the
//! process with it. So no file is evaluated that has one.

use std::collections::{BTreeMap, BTreeSet};

use cloudformation_guard_lang::exprs::{
    GuardNamedRuleClause, LetExpr, ParameterizedNamedRuleClause, ParameterizedRule, RulesFile,
};

use crate::walk::{Visit, walk};

/// How many rules and variables may lead to each other one after the other. Each takes some kilobytes of stack.
const LONGEST: usize = 200;

/// Something that is evaluated when it is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Thing<'a> {
    Rule(&'a str),
    /// A rule with parameters.
    Called(&'a str),
    /// A variable of a scope.
    Variable(usize, &'a str),
}

impl Thing<'_> {
    fn told(self) -> String {
        match self {
            Thing::Rule(name) | Thing::Called(name) => format!("rule `{name}`"),
            Thing::Variable(_, name) => format!("variable `{name}`"),
        }
    }

    /// How it begins where it is written.
    fn written(self) -> [String; 2] {
        match self {
            Thing::Rule(name) | Thing::Called(name) => ["rule".to_owned(), name.to_owned()],
            Thing::Variable(_, name) => ["let".to_owned(), name.to_owned()],
        }
    }
}

/// Why a file cannot be evaluated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Flaw {
    /// What is wrong.
    pub(crate) what: String,
    /// More about it.
    pub(crate) why: String,
    /// What to do.
    pub(crate) help: &'static str,
    /// Where.
    pub(crate) place: Spot,
}

/// Where something stands in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Spot {
    /// A line and a column.
    At(u32, u32),
    /// A keyword and the name after it.
    Declared([String; 2]),
    /// A variable that is used.
    Used(String),
}

/// What is wrong with how rules and variables of a file lead to each other.
pub(crate) fn flaws<'a>(file: &'a RulesFile<'a>) -> Vec<Flaw> {
    let mut graph = Graph::default();
    for rule in &file.guard_rules {
        graph.rules.insert(&rule.rule_name);
    }
    for called in &file.parameterized_rules {
        graph.called.insert(&called.rule.rule_name);
    }
    walk(file, &mut graph);
    let missing = graph.missing();
    if !missing.is_empty() {
        return missing;
    }
    graph.dynamic();
    graph.circle().into_iter().collect()
}

#[derive(Default)]
struct Graph<'a> {
    rules: BTreeSet<&'a str>,
    called: BTreeSet<&'a str>,
    /// The variables of each scope.
    scopes: Vec<BTreeSet<&'a str>>,
    /// The scopes that what is looked at is in, the innermost last.
    chain: Vec<usize>,
    /// What is looked at, the innermost last.
    of: Vec<Thing<'a>>,
    leads: BTreeMap<Thing<'a>, BTreeSet<Thing<'a>>>,
    /// Names that have a value by a call, or by the keys that a query meets.
    given: BTreeSet<&'a str>,
    /// Variables that no scope around has: whoever calls may have them.
    open: Vec<(Option<Thing<'a>>, &'a str)>,
    absent: Vec<(String, Spot)>,
}

impl<'a> Graph<'a> {
    fn lead(&mut self, to: Thing<'a>) {
        if let Some(from) = self.of.last() {
            self.leads.entry(*from).or_default().insert(to);
        }
    }

    /// What is asked for and not there.
    fn missing(&self) -> Vec<Flaw> {
        let known = |name: &str| {
            self.given.contains(name) || self.scopes.iter().any(|scope| scope.contains(name))
        };
        let variables = self.open.iter().filter(|(_, name)| !known(name));
        let variables = variables.map(|(_, name)| {
            (
                format!("there is no variable `{name}`"),
                Spot::Used((*name).to_owned()),
            )
        });
        let mut flaws: Vec<Flaw> = Vec::new();
        for (what, place) in self.absent.iter().cloned().chain(variables) {
            let flaw = Flaw {
                what,
                why: "nothing in the file is called so".to_owned(),
                help: "correct the name, or write what it stands for",
                place,
            };
            if !flaws.contains(&flaw) {
                flaws.push(flaw);
            }
        }
        flaws
    }

    /// A rule that is called sees the variables of whoever calls it: it may be any of that name.
    fn dynamic(&mut self) {
        for (from, name) in std::mem::take(&mut self.open) {
            let Some(from) = from else { continue };
            for (scope, names) in self.scopes.iter().enumerate() {
                if names.contains(name) {
                    let to = Thing::Variable(scope, name);
                    self.leads.entry(from).or_default().insert(to);
                }
            }
        }
    }

    /// The first thing that leads to itself, or through too many others.
    fn circle(&self) -> Option<Flaw> {
        /// How many things come one after the other from here on; nothing while they are counted.
        type Lengths<'a> = BTreeMap<Thing<'a>, Option<usize>>;
        let mut lengths: Lengths<'a> = BTreeMap::new();
        for start in self.leads.keys() {
            if lengths.contains_key(start) {
                continue;
            }
            lengths.insert(*start, None);
            let mut way: Vec<(Thing<'a>, Vec<Thing<'a>>)> = vec![(*start, self.next(*start))];
            while let Some((thing, rest)) = way.last_mut() {
                let thing = *thing;
                let Some(next) = rest.pop() else {
                    let below = self.next(thing).into_iter();
                    let below = below.filter_map(|next| lengths.get(&next).copied().flatten());
                    let length = below.max().map_or(0, |longest| longest + 1);
                    if length > LONGEST {
                        return Some(too_long(thing));
                    }
                    lengths.insert(thing, Some(length));
                    way.pop();
                    continue;
                };
                match lengths.get(&next) {
                    Some(Some(_)) => {}
                    Some(None) => {
                        let circle = way.iter().map(|(thing, _)| *thing);
                        let circle = circle.skip_while(|thing| *thing != next);
                        return Some(circular(&circle.collect::<Vec<_>>()));
                    }
                    None => {
                        lengths.insert(next, None);
                        let below = self.next(next);
                        way.push((next, below));
                    }
                }
            }
        }
        None
    }

    fn next(&self, thing: Thing<'a>) -> Vec<Thing<'a>> {
        let next = self.leads.get(&thing).into_iter().flatten();
        next.copied().collect()
    }
}

fn circular(circle: &[Thing<'_>]) -> Flaw {
    let first = circle.first().copied().unwrap_or(Thing::Rule(""));
    let names = circle.iter().chain([&first]);
    let names: Vec<String> = names.map(|thing| thing.told()).collect();
    Flaw {
        what: format!("{} leads to itself", first.told()),
        why: names.join(" → "),
        help: "break the circle: Guard would never come to an end",
        place: Spot::Declared(first.written()),
    }
}

fn too_long(thing: Thing<'_>) -> Flaw {
    Flaw {
        what: format!("{} leads through too many others", thing.told()),
        why: format!("at most {LONGEST} rules and variables one after the other"),
        help: "ask for the last of them directly",
        place: Spot::Declared(thing.written()),
    }
}

impl<'a> Visit<'a> for Graph<'a> {
    fn rule(&mut self, name: &'a str) {
        self.of.push(Thing::Rule(name));
    }

    fn end_of_rule(&mut self) {
        self.of.pop();
    }

    fn called(&mut self, rule: &'a ParameterizedRule<'a>) {
        self.of.push(Thing::Called(&rule.rule.rule_name));
        let names = rule.parameter_names.iter().map(String::as_str);
        self.given.extend(names);
    }

    fn end_of_called(&mut self) {
        self.of.pop();
    }

    fn scope(&mut self, assignments: &'a [LetExpr<'a>]) {
        let names = assignments.iter().map(|one| one.var.as_str());
        self.chain.push(self.scopes.len());
        self.scopes.push(names.collect());
    }

    fn end_of_scope(&mut self) {
        self.chain.pop();
    }

    fn variable(&mut self, name: &'a str) {
        let scope = self.chain.last().copied().unwrap_or_default();
        self.of.push(Thing::Variable(scope, name));
    }

    fn end_of_variable(&mut self) {
        self.of.pop();
    }

    fn uses(&mut self, name: &'a str) {
        let scopes = self.chain.iter().rev();
        let mut scopes = scopes.filter(|scope| {
            let names = self.scopes.get(**scope);
            names.is_some_and(|names| names.contains(name))
        });
        match scopes.next().copied() {
            Some(scope) => self.lead(Thing::Variable(scope, name)),
            None => self.open.push((self.of.last().copied(), name)),
        }
    }

    fn captures(&mut self, name: &'a str) {
        self.given.insert(name);
    }

    fn asks(&mut self, clause: &'a GuardNamedRuleClause<'a>) {
        let name = clause.dependent_rule.as_str();
        if !self.rules.contains(name) {
            let place = Spot::At(clause.location.line, clause.location.column);
            self.absent
                .push((format!("there is no rule `{name}`"), place));
        }
        self.lead(Thing::Rule(name));
    }

    fn calls(&mut self, clause: &'a ParameterizedNamedRuleClause<'a>) {
        let named = &clause.named_rule;
        let name = named.dependent_rule.as_str();
        if !self.called.contains(name) {
            let place = Spot::At(named.location.line, named.location.column);
            self.absent
                .push((format!("there is no rule `{name}` with parameters"), place));
        }
        self.lead(Thing::Called(name));
    }
}
