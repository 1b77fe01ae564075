//! Conditions: true, false, or not to be known here.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use stratiform_template::{Function, Member, Reference, Step, Value, order};

use crate::resolver::Resolver;
use crate::resolver::function::digest;
use crate::same::Compare;
use crate::scope::Scope;
use crate::world::World;

impl Scope<'_> {
    /// Evaluates all conditions, each after those that it names, except those that are taken to hold or not.
    pub(crate) fn evaluate_conditions(&mut self, assumed: &[(&str, bool)], world: &dyn World) {
        let template = self.template;
        let conditions = template
            .conditions
            .iter()
            .filter_map(|(name, member)| match member {
                Member::One(value) => Some((name.as_str(), value)),
                Member::Unexpanded(_) => None,
            });
        let conditions: Vec<(&str, &Value)> = conditions.collect();
        let names = conditions
            .iter()
            .enumerate()
            .map(|(index, (name, _))| (*name, index));
        let names: HashMap<&str, usize> = names.collect();
        let mut needs = vec![Vec::new(); conditions.len()];
        for (needs, (_, value)) in needs.iter_mut().zip(&conditions) {
            value.for_each_reference(&mut |reference| {
                if let Reference::Condition(name) = reference {
                    needs.extend(names.get(name));
                }
            });
        }
        self.conditions.clear();
        self.ranks.clear();
        self.bases.clear();
        for index in order(&needs).sequence {
            let (name, value) = conditions[index];
            let taken = assumed.iter().find(|(taken, _)| *taken == name);
            let result = match taken {
                Some((_, holds)) => Some(*holds),
                None => Resolver::new(self, world).holds(value),
            };
            self.conditions.insert(name, result);
            if result.is_none() {
                self.bases.insert(name, self.basis(value));
            }
            self.ranks.insert(name, self.ranks.len());
        }
    }
}

impl Scope<'_> {
    /// What a condition without a value is made from: its words, and what those that it names are made from.
    fn basis(&self, value: &Value) -> u64 {
        let mut hasher = DefaultHasher::new();
        digest(value).hash(&mut hasher);
        value.for_each_reference(&mut |reference| match reference {
            Reference::Condition(name) => {
                self.condition(name).hash(&mut hasher);
                self.bases.get(name).hash(&mut hasher);
            }
            Reference::Mapping(name) => {
                self.template
                    .mappings
                    .get(name)
                    .map(digest)
                    .hash(&mut hasher);
            }
            Reference::Name(name) => {
                let value = self.parameters.get(name);
                value
                    .and_then(|value| value.text.as_deref())
                    .hash(&mut hasher);
            }
            Reference::Attribute { .. }
            | Reference::Export(_)
            | Reference::Output(_)
            | Reference::Anything => {}
        });
        hasher.finish()
    }
}

impl<'t> Resolver<'_, 't> {
    /// Whether a condition's expression holds; `None` where that depends on what is not known. An expression that is
    /// the same in every branch of what is not known holds, or does not, all the same.
    pub fn holds(&self, value: &'t Value) -> Option<bool> {
        self.inside().test(value).or_else(|| {
            let mut branches = self.each_branch(value, |resolver| resolver.test(value));
            let first = branches.next()??;
            branches.all(|other| other == Some(first)).then_some(first)
        })
    }

    fn test(&self, value: &'t Value) -> Option<bool> {
        match value {
            Value::Function(function, argument) => self.test_function(*function, argument),
            _ => match self.resolve(value).part()?.known()?.as_ref() {
                "true" => Some(true),
                "false" => Some(false),
                _ => None,
            },
        }
    }

    pub(crate) fn test_function(&self, function: Function, argument: &'t Value) -> Option<bool> {
        let arguments = argument.as_list().unwrap_or(std::slice::from_ref(argument));
        match function {
            Function::Condition => self.condition(argument.as_str()?),
            Function::Equals => {
                let [one, two] = arguments else { return None };
                let one = self.item(Step::Index(0), one)?;
                let two = self.item(Step::Index(1), two)?;
                match (one.known(), two.known()) {
                    (Some(one), Some(two)) => Some(one == two),
                    _ if one.same(&two, Compare::Expressions) => Some(true),
                    _ => one.equal_secrets(&two),
                }
            }
            Function::Not => self.test(arguments.first()?).map(|result| !result),
            Function::And => self.all(arguments, true),
            Function::Or => self.all(arguments, false),
            Function::If => {
                let [condition, then, otherwise] = arguments else {
                    return None;
                };
                match self.chosen(condition)? {
                    true => self.test(then),
                    false => self.test(otherwise),
                }
            }
            _ => None,
        }
    }

    /// Whether the first argument of `Fn::If` holds: a condition's name, or in rules an expression.
    pub(crate) fn chosen(&self, condition: &'t Value) -> Option<bool> {
        match condition.as_str() {
            Some(name) => self.condition(name),
            None => self.test(condition),
        }
    }

    /// `Fn::And` with `true`, `Fn::Or` with `false`: the other value decides, the neutral one has to be everywhere.
    fn all(&self, arguments: &'t [Value], neutral: bool) -> Option<bool> {
        let results = arguments.iter().map(|argument| self.test(argument));
        let results: Vec<Option<bool>> = results.collect();
        if results.contains(&Some(!neutral)) {
            Some(!neutral)
        } else if results.contains(&None) {
            None
        } else {
            Some(neutral)
        }
    }
}
