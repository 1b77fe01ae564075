//! Conditions: true, false, or not to be known here.

use std::collections::HashMap;

use stratiform_template::{Function, Member, Value};

use super::{Resolver, Scope};
use crate::order::order;
use crate::resolved::Compare;

impl<'t> Scope<'t> {
    /// Evaluates all conditions, each after those that it names.
    pub(super) fn evaluate_conditions(&mut self) {
        let template = self.template;
        let conditions = template
            .conditions
            .iter()
            .filter_map(|(name, member)| match member {
                Member::One(value) => Some((name.as_str(), value)),
                Member::ForEach(_) => None,
            });
        let conditions: Vec<(&'t str, &'t Value)> = conditions.collect();
        let names = conditions
            .iter()
            .enumerate()
            .map(|(index, (name, _))| (*name, index));
        let names: HashMap<&str, usize> = names.collect();
        let mut needs = vec![Vec::new(); conditions.len()];
        for (needs, (_, value)) in needs.iter_mut().zip(&conditions) {
            for_each_condition(value, &mut |name| needs.extend(names.get(name)));
        }
        for index in order(&needs) {
            let (name, value) = conditions[index];
            let result = Resolver::before(self).test(value);
            self.conditions.insert(name, result);
        }
    }
}

/// Calls a function with the name of every condition that a condition names.
fn for_each_condition<'t>(value: &'t Value, visit: &mut impl FnMut(&'t str)) {
    match value {
        Value::Function(Function::Condition, name) => {
            if let Some(name) = name.as_str() {
                visit(name);
            }
        }
        Value::Function(Function::If, argument) => {
            if let Some(name) = argument.as_list().and_then(|items| items.first()?.as_str()) {
                visit(name);
            }
            for_each_condition(argument, visit);
        }
        Value::Function(_, argument) => for_each_condition(argument, visit),
        Value::List(items) => items
            .iter()
            .for_each(|item| for_each_condition(item, visit)),
        Value::Map(entries) => entries
            .values()
            .for_each(|value| for_each_condition(value, visit)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

impl<'t> Resolver<'_, 't> {
    /// Whether a condition's expression holds; `None` where that depends on what is not known.
    pub(super) fn test(&self, value: &'t Value) -> Option<bool> {
        match value {
            Value::Function(function, argument) => self.holds(*function, argument),
            _ => match self.resolve(value)?.known()?.as_ref() {
                "true" => Some(true),
                "false" => Some(false),
                _ => None,
            },
        }
    }

    pub(super) fn holds(&self, function: Function, argument: &'t Value) -> Option<bool> {
        let arguments = argument.as_list().unwrap_or(std::slice::from_ref(argument));
        match function {
            Function::Condition => self.scope.condition(argument.as_str()?),
            Function::Equals => {
                let [one, two] = arguments else { return None };
                let (one, two) = (self.resolve(one)?, self.resolve(two)?);
                match (one.known(), two.known()) {
                    (Some(one), Some(two)) => Some(one == two),
                    _ if one.same(&two, Compare::Expressions) => Some(true),
                    _ => one.equal_secrets(&two),
                }
            }
            Function::Not => self.test(arguments.first()?).map(|result| !result),
            Function::And => self.all(arguments, true),
            Function::Or => self.all(arguments, false),
            _ => None,
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
