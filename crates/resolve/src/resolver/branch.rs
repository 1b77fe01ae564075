//! Branches: values that depend on a condition or a parameter that is not known, one possibility after the other.
//!
//! What varies are conditions without a value, and parameters without a value whose `AllowedValues` are listed.
//! Conditions that follow from those are evaluated in each branch; a branch that contradicts itself is none.

use std::borrow::Cow;
use std::collections::HashMap;

use stratiform_template::{Member, Reference, Value};

use crate::outcome::Outcome;
use crate::resolved::Resolved;
use crate::resolver::Resolver;
use crate::resolver::assumed::Assumed;
use crate::same::Compare;

/// How many branches are looked at: where there are more, the value stays unknown.
pub const MAX_BRANCHES: usize = 64;

/// How many conditions without a value a branch may follow: behind a longer chain the value stays unknown.
const MAX_CONDITIONS: usize = 64;

/// One possibility for a value.
#[derive(Clone, Debug)]
pub struct Branch<'t> {
    /// What is taken for granted in it.
    pub choices: Vec<Choice<'t>>,
    /// What the value comes to then.
    pub outcome: Outcome<'t>,
}

/// Something that is taken for granted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Choice<'t> {
    /// A condition holds, or does not.
    Condition(&'t str, bool),
    /// A parameter has one of its allowed values.
    Parameter(&'t str, Cow<'t, str>),
}

/// What a value depends on that is not known.
#[derive(Default)]
struct Unknowns<'t> {
    /// Each parameter with a list of allowed values, and each condition that hangs on what nothing bounds.
    variables: Vec<Vec<Choice<'t>>>,
    /// All conditions without a value, each after those that it names.
    conditions: Vec<(&'t str, &'t Value)>,
}

impl<'t> Resolver<'_, 't> {
    /// What a value comes to in each branch of what is not known: one branch where all is known, or where there are
    /// more than [`MAX_BRANCHES`].
    pub fn branches(&self, value: &'t Value) -> Vec<Branch<'t>> {
        let found: Vec<Branch<'t>> = self
            .each_branch(value, |resolver| Branch {
                choices: resolver.choices(),
                outcome: resolver.resolve(value),
            })
            .collect();
        match found.is_empty() {
            false => found,
            true => vec![Branch {
                choices: Vec::new(),
                outcome: self.resolve(value),
            }],
        }
    }

    /// What a function that is not known comes to in every branch alike.
    pub(crate) fn agreed(&self, value: &'t Value) -> Option<Outcome<'t>> {
        let Value::Function(function, argument) = value else {
            return None;
        };
        let mut agreed: Option<Resolved<'t>> = None;
        for outcome in self.each_branch(value, |branch| branch.evaluate(*function, argument)) {
            let part = outcome.and_then(Outcome::part)?;
            match &agreed {
                None if part.is_opaque() => return None,
                None => agreed = Some(part),
                Some(first) if first.same(&part, Compare::Expressions) => {}
                Some(_) => return None,
            }
        }
        agreed.map(Outcome::Value)
    }

    /// Calls a function with a resolver for each branch; nothing where there is no branch to choose.
    pub(crate) fn each_branch<'r, T: 'r>(
        &'r self,
        value: &'t Value,
        ask: impl Fn(&Resolver<'_, 't>) -> T + 'r,
    ) -> impl Iterator<Item = T> + 'r {
        let unknowns = match self.may_branch() {
            true => self.unknowns(value),
            false => Unknowns::default(),
        };
        let sizes = unknowns.variables.iter().map(Vec::len);
        let count = sizes.fold(1_usize, usize::saturating_mul);
        let branches = match unknowns.variables.is_empty() || count > MAX_BRANCHES {
            true => 0..0,
            false => 0..count,
        };
        branches.filter_map(move |number| {
            let assumed = self.assume(&unknowns, number)?;
            Some(ask(&self.in_branch(&assumed)))
        })
    }

    /// The branch of a number; `None` where it contradicts itself.
    fn assume(&self, unknowns: &Unknowns<'t>, mut number: usize) -> Option<Assumed<'t>> {
        let mut assumed = Assumed::default();
        let mut wanted = HashMap::new();
        for choices in &unknowns.variables {
            match &choices[number % choices.len()] {
                Choice::Condition(name, holds) => {
                    wanted.insert(*name, *holds);
                }
                Choice::Parameter(name, text) => {
                    assumed.parameters.insert(name, text.clone());
                }
            }
            number /= choices.len();
        }
        for (name, value) in &unknowns.conditions {
            let holds = self.in_branch(&assumed).holds(value);
            let holds = match (holds, wanted.get(name)) {
                (Some(holds), Some(wanted)) if holds != *wanted => return None,
                (Some(holds), _) => Some(holds),
                (None, wanted) => wanted.copied(),
            };
            assumed.conditions.extend(holds.map(|holds| (*name, holds)));
        }
        Some(assumed)
    }

    /// What the branch that is being looked at takes for granted, by name.
    fn choices(&self) -> Vec<Choice<'t>> {
        let Some(assumed) = self.branch() else {
            return Vec::new();
        };
        let conditions = assumed.conditions.iter();
        let conditions = conditions.map(|(name, holds)| Choice::Condition(name, *holds));
        let parameters = assumed.parameters.iter();
        let parameters = parameters.map(|(name, text)| Choice::Parameter(name, text.clone()));
        let mut choices: Vec<Choice<'t>> = parameters.chain(conditions).collect();
        choices.sort_by(|one, two| one.name().cmp(two.name()));
        choices
    }

    /// What a value depends on that is not known, through conditions too.
    fn unknowns(&self, value: &'t Value) -> Unknowns<'t> {
        let mut conditions: HashMap<&'t str, &'t Value> = HashMap::new();
        let mut parameters: Vec<&'t str> = Vec::new();
        let mut free: Vec<&'t str> = Vec::new();
        let mut waiting: Vec<(Option<&'t str>, &'t Value)> = vec![(None, value)];
        while let Some((of, value)) = waiting.pop() {
            if conditions.len() > MAX_CONDITIONS {
                return Unknowns::default();
            }
            value.for_each_reference(&mut |reference| match reference {
                Reference::Condition(name) if self.scope.condition(name).is_none() => {
                    if let Some(Member::One(value)) = self.scope.template.conditions.get(name)
                        && conditions.insert(name, value).is_none()
                    {
                        waiting.push((Some(name), value));
                    }
                }
                Reference::Name(name) => {
                    let parameter = self.scope.parameters.get(name);
                    let bounded = parameter
                        .filter(|parameter| parameter.text.is_none())
                        .and_then(|parameter| parameter.allowed());
                    match (bounded, of) {
                        (Some(_), _) if !parameters.contains(&name) => parameters.push(name),
                        (Some(_), _) => {}
                        (None, Some(condition)) => {
                            let known = parameter.is_some_and(|parameter| {
                                parameter.text.is_some() && !parameter.is_looked_up()
                            });
                            if !known && !free.contains(&condition) {
                                free.push(condition);
                            }
                        }
                        (None, None) => {}
                    }
                }
                _ => {}
            });
        }
        let chosen = parameters.into_iter().filter_map(|name| {
            let texts = self.scope.parameters.get(name)?.allowed()?.into_iter();
            Some(texts.map(|text| Choice::Parameter(name, text)).collect())
        });
        let free = free.into_iter().map(|name| {
            [true, false]
                .map(|holds| Choice::Condition(name, holds))
                .to_vec()
        });
        let rank = |name: &str| self.scope.ranks.get(name).copied();
        let mut ordered: Vec<(&'t str, &'t Value)> = conditions.into_iter().collect();
        ordered.sort_by_key(|(name, _)| rank(name));
        Unknowns {
            variables: chosen
                .chain(free)
                .filter(|choices: &Vec<Choice<'t>>| !choices.is_empty())
                .collect(),
            conditions: ordered,
        }
    }
}

impl Choice<'_> {
    fn name(&self) -> &str {
        match self {
            Choice::Condition(name, _) | Choice::Parameter(name, _) => name,
        }
    }
}
