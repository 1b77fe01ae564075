//! From conditions and rules to formulas.

use std::borrow::Cow;

use indexmap::IndexMap;
use stratiform_catalog::catalog;
use stratiform_template::{Function, Member, Parameter, Template, Value};

use super::formula::{Formula, Name, Place, Variable};
use crate::parameter;

/// Mappings that are written out at most: keys that could be asked for.
const MAX_LOOKUPS: usize = 1000;

/// The variables, conditions and rules of a template.
pub(super) type Read<'t> = (Vec<Variable<'t>>, IndexMap<&'t str, Formula>, Vec<Formula>);

pub(super) fn read<'t>(template: &'t Template, regions: &[&'t str]) -> Read<'t> {
    let conditions = template
        .conditions
        .iter()
        .filter_map(|(name, member)| match member {
            Member::One(value) => Some((name.as_str(), value)),
            Member::Unexpanded(_) => None,
        });
    let conditions: IndexMap<&str, &Value> = conditions.collect();
    let mut reader = Reader {
        template,
        regions,
        conditions: &conditions,
        variables: IndexMap::new(),
    };
    let formulas = conditions
        .iter()
        .map(|(name, value)| (*name, reader.truth(value)));
    let formulas: IndexMap<&str, Formula> = formulas.collect();
    let rules: Vec<Formula> = template
        .rules
        .values()
        .filter_map(|rule| reader.rule(rule))
        .collect();
    (reader.variables.into_values().collect(), formulas, rules)
}

struct Reader<'a, 't> {
    template: &'t Template,
    regions: &'a [&'t str],
    conditions: &'a IndexMap<&'t str, &'t Value>,
    variables: IndexMap<Name<'t>, Variable<'t>>,
}

/// One side of `Fn::Equals`.
enum Term<'t> {
    Text(Cow<'t, str>),
    Variable(Place),
    /// What `Fn::FindInMap` gives for each text that a variable can have.
    Lookup(Place, Vec<(usize, Cow<'t, str>)>),
}

impl<'t> Reader<'_, 't> {
    /// A rule: its assertions hold wherever its condition does.
    fn rule(&mut self, rule: &'t Value) -> Option<Formula> {
        let rule = rule.as_map()?;
        let applies = rule
            .get("RuleCondition")
            .map(|condition| self.truth(condition));
        let assertions = rule.get("Assertions")?.as_list()?;
        let assertions = assertions.iter().filter_map(|assertion| {
            let asserted = assertion.as_map()?.get("Assert")?;
            Some(self.truth(asserted))
        });
        let asserted = Formula::All(assertions.collect());
        Some(match applies {
            None => asserted,
            Some(applies) => Formula::Any(vec![applies.not(), asserted]),
        })
    }

    /// What holds or does not.
    fn truth(&mut self, value: &'t Value) -> Formula {
        let Value::Function(function, argument) = value else {
            return match value.scalar().as_deref() {
                Some("true") => Formula::Constant(true),
                Some("false") => Formula::Constant(false),
                _ => self.unknown(value),
            };
        };
        let arguments = argument.as_list().unwrap_or(std::slice::from_ref(argument));
        match (function, arguments) {
            (Function::Condition, [Value::String(name)]) => {
                match self.conditions.get_index_of(name.as_str()) {
                    Some(position) => Formula::Condition(position),
                    None => self.unknown(value),
                }
            }
            (Function::Not, [inner]) => self.truth(inner).not(),
            (Function::And, parts) => {
                Formula::All(parts.iter().map(|part| self.truth(part)).collect())
            }
            (Function::Or, parts) => {
                Formula::Any(parts.iter().map(|part| self.truth(part)).collect())
            }
            (Function::Equals, [one, two]) => self.equals(one, two),
            (Function::Contains, [list, wanted]) => match list.as_list() {
                Some(items) => {
                    Formula::Any(items.iter().map(|item| self.equals(item, wanted)).collect())
                }
                None => self.unknown(value),
            },
            _ => self.unknown(value),
        }
    }

    fn equals(&mut self, one: &'t Value, two: &'t Value) -> Formula {
        let (Some(one), Some(two)) = (self.term(one), self.term(two)) else {
            let both = Value::List(vec![one.clone(), two.clone()]);
            return self.free(Name::Truth(shown(&both)));
        };
        match (one, two) {
            (Term::Text(one), Term::Text(two)) => Formula::Constant(one == two),
            (Term::Text(text), Term::Variable(place))
            | (Term::Variable(place), Term::Text(text)) => self.is(place, text),
            (Term::Text(text), Term::Lookup(place, found))
            | (Term::Lookup(place, found), Term::Text(text)) => {
                let same = found.into_iter().filter(|(_, given)| *given == text);
                Formula::Any(
                    same.map(|(position, _)| Formula::Is(place, position))
                        .collect(),
                )
            }
            (Term::Variable(one), Term::Variable(two)) if one == two => Formula::Constant(true),
            (Term::Variable(one), Term::Variable(two)) => {
                for (place, other) in [(one, two), (two, one)] {
                    for text in self.variables[other].texts.clone() {
                        self.is(place, text);
                    }
                }
                let name = Name::Truth(format!(
                    "{} = {}",
                    self.variables[one].name.said(),
                    self.variables[two].name.said()
                ));
                match self.free(name) {
                    Formula::Is(otherwise, _) => Formula::Same(one, two, otherwise),
                    other => other,
                }
            }
            (Term::Lookup(place, found), other) | (other, Term::Lookup(place, found)) => {
                let parts = found.into_iter().map(|(position, text)| {
                    let same = match &other {
                        Term::Variable(other) => self.is(*other, text),
                        Term::Lookup(other, given) => {
                            let same = given.iter().filter(|(_, given)| *given == text);
                            let same = same.map(|(position, _)| Formula::Is(*other, *position));
                            Formula::Any(same.collect())
                        }
                        Term::Text(_) => Formula::Constant(false),
                    };
                    Formula::All(vec![Formula::Is(place, position), same])
                });
                Formula::Any(parts.collect())
            }
        }
    }

    /// A variable has a text, which it may not have had before.
    fn is(&mut self, place: Place, text: Cow<'t, str>) -> Formula {
        let variable = &self.variables[place];
        if let Some(position) = variable.texts.iter().position(|known| *known == text) {
            return Formula::Is(place, position);
        }
        let declared = self.declared(&variable.name);
        let can_be =
            declared.is_none_or(|declared| parameter::allows(declared, &text) != Some(false));
        if !variable.is_open || !can_be {
            return Formula::Constant(false);
        }
        let texts = &mut self.variables[place].texts;
        texts.push(text);
        Formula::Is(place, texts.len() - 1)
    }

    /// One side of a comparison; none where it is nothing that could be compared.
    fn term(&mut self, value: &'t Value) -> Option<Term<'t>> {
        if let Some(text) = value.scalar() {
            return Some(Term::Text(text));
        }
        let Value::Function(function, argument) = value else {
            return None;
        };
        let arguments = argument.as_list().unwrap_or(std::slice::from_ref(argument));
        let found = match (function, arguments) {
            (Function::Ref, [Value::String(name)]) => self.parameter(name),
            (Function::FindInMap, [Value::String(mapping), first, second]) => {
                self.lookup(mapping, first, second)
            }
            (Function::Join, [Value::String(_), Value::List(items)]) if items.len() == 1 => {
                self.term(items.first()?)
            }
            (Function::Sub, [Value::String(text)]) => {
                let name = text
                    .strip_prefix("${")
                    .and_then(|rest| rest.strip_suffix('}'));
                match name {
                    Some(name) if !name.contains(['$', '!', '.']) => self.parameter(name.trim()),
                    None if !text.contains("${") => Some(Term::Text(text.as_str().into())),
                    _ => None,
                }
            }
            _ => None,
        };
        Some(found.unwrap_or_else(|| Term::Variable(self.variable(Name::Expression(shown(value))))))
    }

    fn parameter(&mut self, name: &'t str) -> Option<Term<'t>> {
        if name == "AWS::Partition" || name == "AWS::URLSuffix" {
            return self.by_region(name);
        }
        let declared = self.template.parameters.get(name);
        if declared.is_none() && !name.starts_with("AWS::") {
            return None;
        }
        if declared.is_some_and(Parameter::is_list) {
            return None;
        }
        Some(Term::Variable(self.variable(Name::Parameter(name))))
    }

    /// A pseudo parameter that follows from the region.
    fn by_region(&mut self, name: &str) -> Option<Term<'t>> {
        let place = self.variable(Name::Parameter("AWS::Region"));
        let partition = |region: &str| match region {
            region if region.starts_with("cn-") => ("aws-cn", "amazonaws.com.cn"),
            region if region.starts_with("us-gov-") => ("aws-us-gov", "amazonaws.com"),
            region if region.starts_with("us-iso-") => ("aws-iso", "c2s.ic.gov"),
            region if region.starts_with("us-isob-") => ("aws-iso-b", "sc2s.sgov.gov"),
            _ => ("aws", "amazonaws.com"),
        };
        let regions = self.variables[place].texts.iter().enumerate();
        let found = regions.map(|(position, region)| {
            let (partition, suffix) = partition(region);
            let text = if name == "AWS::Partition" {
                partition
            } else {
                suffix
            };
            (position, Cow::Borrowed(text))
        });
        Some(Term::Lookup(place, found.collect()))
    }

    /// `Fn::FindInMap` with a literal and something that varies, or two literals.
    fn lookup(&mut self, mapping: &str, first: &'t Value, second: &'t Value) -> Option<Term<'t>> {
        let mapping = self.template.mappings.get(mapping)?.as_map()?;
        match (self.term(first)?, self.term(second)?) {
            (Term::Text(first), Term::Text(second)) => {
                let found = mapping
                    .get(first.as_ref())?
                    .as_map()?
                    .get(second.as_ref())?;
                found.scalar().map(Term::Text)
            }
            (Term::Variable(place), Term::Text(second)) => {
                let rows = mapping.iter().take(MAX_LOOKUPS);
                let rows = rows.filter_map(|(key, row)| {
                    Some((key.as_str(), row.as_map()?.get(second.as_ref())?.scalar()?))
                });
                Some(self.table(place, rows))
            }
            (Term::Text(first), Term::Variable(place)) => {
                let row = mapping
                    .get(first.as_ref())?
                    .as_map()?
                    .iter()
                    .take(MAX_LOOKUPS);
                let row = row.filter_map(|(key, value)| Some((key.as_str(), value.scalar()?)));
                Some(self.table(place, row))
            }
            _ => None,
        }
    }

    fn table(
        &mut self,
        place: Place,
        rows: impl Iterator<Item = (&'t str, Cow<'t, str>)>,
    ) -> Term<'t> {
        let mut found = Vec::new();
        for (key, text) in rows {
            if let Formula::Is(_, position) = self.is(place, Cow::Borrowed(key)) {
                found.push((position, text));
            }
        }
        Term::Lookup(place, found)
    }

    fn unknown(&mut self, value: &Value) -> Formula {
        self.free(Name::Truth(shown(value)))
    }

    /// Something that holds or does not, and nobody knows.
    fn free(&mut self, name: Name<'t>) -> Formula {
        Formula::Is(self.variable(name), 0)
    }

    /// What the template says of a parameter.
    fn declared(&self, name: &Name<'t>) -> Option<&'t Parameter> {
        match *name {
            Name::Parameter(name) => self.template.parameters.get(name),
            Name::Expression(_) | Name::Truth(_) => None,
        }
    }

    fn variable(&mut self, name: Name<'t>) -> Place {
        if let Some(place) = self.variables.get_index_of(&name) {
            return place;
        }
        let declared = self.declared(&name);
        let (texts, is_open) = match (&name, declared) {
            (Name::Truth(_), _) => (vec![Cow::Borrowed("true")], true),
            (Name::Parameter("AWS::Region"), _) if self.regions.is_empty() => {
                (catalog().regions().map(Cow::Borrowed).collect(), true)
            }
            (Name::Parameter("AWS::Region"), _) => (
                self.regions.iter().copied().map(Cow::Borrowed).collect(),
                false,
            ),
            (_, Some(declared)) => match parameter::choices(declared) {
                Some(choices) => (choices, false),
                None => (parameter::default(declared).into_iter().collect(), true),
            },
            (_, None) => (Vec::new(), true),
        };
        let variable = Variable {
            name: name.clone(),
            texts,
            is_open,
        };
        self.variables.insert_full(name, variable).0
    }
}

/// An expression on one line.
fn shown(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Bool(boolean) => boolean.to_string(),
        Value::Number(number) => number.to_string(),
        Value::String(text) => text.to_string(),
        Value::List(items) => {
            let items: Vec<String> = items.iter().map(shown).collect();
            format!("[{}]", items.join(", "))
        }
        Value::Map(entries) => {
            let entries = entries
                .iter()
                .map(|(key, value)| format!("{key}: {}", shown(value)));
            format!("{{{}}}", entries.collect::<Vec<_>>().join(", "))
        }
        Value::Function(function, argument) => {
            let name = function.tag().unwrap_or_else(|| function.name());
            format!("!{name} {}", shown(argument))
        }
    }
}
