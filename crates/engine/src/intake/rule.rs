//! `Rules`: what a template asserts of its parameters.
//!
//! Source: CloudFormation user guide, "Rules". What the service says is not recorded.

use stratiform_resolve::{Resolved, Resolver};
use stratiform_template::{Function, Value};

use super::refused::template_error;
use crate::input::Refused;

/// Checks that every assertion holds. What cannot be known here (`Fn::ValueOf`, which asks other services) holds.
pub(super) fn check(resolver: &Resolver<'_, '_>) -> Result<(), Refused> {
    let rules = Rules { resolver };
    for (name, rule) in &resolver.scope.template.rules {
        let Some(rule) = rule.as_map() else { continue };
        let applies = rule
            .get("RuleCondition")
            .is_none_or(|value| rules.holds(value) != Some(false));
        if !applies {
            continue;
        }
        let assertions = rule
            .get("Assertions")
            .and_then(Value::as_list)
            .unwrap_or_default();
        for assertion in assertions.iter().filter_map(Value::as_map) {
            let holds = assertion.get("Assert").and_then(|value| rules.holds(value));
            if holds == Some(false) {
                let description = assertion.get("AssertDescription").and_then(Value::as_str);
                let description = description.unwrap_or("an assertion does not hold");
                return Err(template_error(&format!(
                    "Rule {name} failed: {description}"
                )));
            }
        }
    }
    Ok(())
}

struct Rules<'r, 's, 't> {
    resolver: &'r Resolver<'s, 't>,
}

impl<'t> Rules<'_, '_, 't> {
    /// Whether an expression holds; none where that cannot be known.
    fn holds(&self, value: &'t Value) -> Option<bool> {
        let Value::Function(function, argument) = value else {
            return self.resolver.holds(value);
        };
        let items = argument.as_list().unwrap_or_default();
        match (function, items) {
            (Function::Not, [one]) => self.holds(one).map(|holds| !holds),
            (Function::And, items) => self.all(items, true),
            (Function::Or, items) => self.all(items, false),
            (Function::Contains, [list, value]) => {
                let (list, value) = (self.texts(list)?, self.texts(value)?);
                Some(value.iter().all(|value| list.contains(value)))
            }
            (Function::EachMemberIn, [some, list]) => {
                let (some, list) = (self.texts(some)?, self.texts(list)?);
                Some(some.iter().all(|value| list.contains(value)))
            }
            (Function::EachMemberEquals, [list, value]) => {
                let (list, value) = (self.texts(list)?, self.texts(value)?);
                Some(list.iter().all(|item| value.first() == Some(item)))
            }
            _ => self.resolver.holds(value),
        }
    }

    /// `Fn::And` with `true`, `Fn::Or` with `false`: the other value decides.
    fn all(&self, items: &'t [Value], neutral: bool) -> Option<bool> {
        let results: Vec<Option<bool>> = items.iter().map(|item| self.holds(item)).collect();
        if results.contains(&Some(!neutral)) {
            Some(!neutral)
        } else if results.contains(&None) {
            None
        } else {
            Some(neutral)
        }
    }

    /// The texts of a list, or of a single value; none where one is not known.
    fn texts(&self, value: &'t Value) -> Option<Vec<String>> {
        if let Value::Function(Function::RefAll, parameter_type) = value {
            return self.all_of_type(parameter_type.as_str()?);
        }
        known(&self.resolver.resolve(value).part()?)
    }

    /// `Fn::RefAll`: the values of all parameters of a type.
    fn all_of_type(&self, parameter_type: &str) -> Option<Vec<String>> {
        let scope = self.resolver.scope;
        let names = scope.template.parameters.iter();
        let names = names.filter(|(_, parameter)| parameter.parameter_type == parameter_type);
        let mut texts = Vec::new();
        for (name, _) in names {
            let value = scope.parameters.get(name.as_str())?;
            texts.extend(known(&value.resolved(name, self.resolver.world))?);
        }
        Some(texts)
    }
}

/// The texts of a value, where all are known.
fn known(value: &Resolved<'_>) -> Option<Vec<String>> {
    let items = value.items().iter();
    items.map(|item| Some(item.known()?.into_owned())).collect()
}
