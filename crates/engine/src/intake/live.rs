//! What a template comes to with its values: only the branches that are taken count.
//!
//! What lives here: references to what does not exist, circles, and functions whose arguments have no result. What does
//! not: what is wrong whatever the values are (`reference`).

use std::collections::HashMap;

use indexmap::IndexSet;
use stratiform_resolve::{Outcome, Resolved, Resolver};
use stratiform_service::Refusal;
use stratiform_template::{Function, Member, Output, Reference, Resource, Value, order};

use super::refused::{format_error, template_error};
use crate::input::Refused;

/// A template with its values.
pub(super) struct Live<'r, 's, 't> {
    resolver: &'r Resolver<'s, 't>,
}

impl<'r, 's, 't> Live<'r, 's, 't> {
    pub(super) fn new(resolver: &'r Resolver<'s, 't>) -> Self {
        Live { resolver }
    }

    pub(super) fn check(&self) -> Result<(), Refused> {
        self.conditions()?;
        self.resources()?;
        self.circles()?;
        self.outputs()
    }

    fn conditions(&self) -> Result<(), Refused> {
        let conditions = &self.resolver.scope.template.conditions;
        let values: Vec<(&'t str, &'t Value)> = conditions
            .iter()
            .filter_map(|(name, member)| match member {
                Member::One(value) => Some((name.as_str(), value)),
                Member::Unexpanded(_) => None,
            })
            .collect();
        let needs = values.iter().map(|(_, value)| {
            let mut names = Vec::new();
            value.for_each_reference(&mut |reference| {
                if let Reference::Condition(name) = reference {
                    names.push(name);
                }
            });
            names
        });
        let names: Vec<&str> = values.iter().map(|(name, _)| *name).collect();
        if let Some(circle) = circle(&names, needs) {
            let from = circle.first().copied().unwrap_or_default();
            let to = circle.get(1).copied().unwrap_or(from);
            return Err(template_error(&format!(
                "Found circular condition dependency between {from} and {to}"
            )));
        }
        values
            .iter()
            .try_for_each(|(_, value)| self.evaluated(value))
    }

    fn resources(&self) -> Result<(), Refused> {
        let mut names = IndexSet::new();
        for (_, resource) in self.resolver.scope.resources() {
            for value in resource.values() {
                self.missing(value, &mut names);
            }
        }
        if !names.is_empty() {
            let names = names.into_iter().map(str::to_owned).collect();
            return Err(Refusal::UnresolvedReferences { names }.into());
        }
        for (_, resource) in self.resolver.scope.resources() {
            resource
                .values()
                .try_for_each(|value| self.evaluated(value))?;
        }
        Ok(())
    }

    fn circles(&self) -> Result<(), Refused> {
        let resources: Vec<(&'t str, &'t Resource)> = self.resolver.scope.resources().collect();
        let names: Vec<&str> = resources.iter().map(|(name, _)| *name).collect();
        let needs = resources.iter().map(|(_, resource)| {
            let mut needs: Vec<&str> = resource.depends_on.iter().map(String::as_str).collect();
            for value in resource.values() {
                self.references(value, &mut |name| needs.push(name));
            }
            needs
        });
        match circle(&names, needs) {
            Some(circle) => Err(Refusal::Circle {
                logical_ids: circle.into_iter().map(str::to_owned).collect(),
            }
            .into()),
            None => Ok(()),
        }
    }

    fn outputs(&self) -> Result<(), Refused> {
        let scope = self.resolver.scope;
        let outputs: Vec<&'t Output> = scope
            .template
            .outputs
            .values()
            .filter_map(|member| match member {
                Member::One(output) if scope.exists(output.condition.as_deref()) => Some(output),
                Member::One(_) | Member::Unexpanded(_) => None,
            })
            .collect();
        let mut names = IndexSet::new();
        for output in &outputs {
            self.missing(&output.value, &mut names);
        }
        if !names.is_empty() {
            let names = names.into_iter().map(str::to_owned).collect();
            return Err(Refusal::UnresolvedOutputs { names }.into());
        }
        for output in outputs {
            self.evaluated(&output.value)?;
            if !self.is_text(&output.value) {
                return Err(format_error(
                    "The Value field of every Outputs member must evaluate to a String.",
                ));
            }
        }
        Ok(())
    }

    /// Whether a value comes to a text, as far as is known.
    fn is_text(&self, value: &'t Value) -> bool {
        match self.resolver.resolve(value) {
            Outcome::Value(Resolved::List(_) | Resolved::Map(_) | Resolved::Null)
            | Outcome::Absent => false,
            Outcome::Value(Resolved::Literal(_) | Resolved::Text(_))
            | Outcome::Unknown(_)
            | Outcome::Malformed { .. } => true,
        }
    }

    /// Collects the resources that are named and do not exist under their conditions.
    fn missing(&self, value: &'t Value, names: &mut IndexSet<&'t str>) {
        let scope = self.resolver.scope;
        self.references(value, &mut |name| {
            let is_resource = scope.template.resources.contains_key(name);
            if is_resource && scope.resource(name).is_none() {
                names.insert(name);
            }
        });
    }

    /// Calls a function with every name in the branches that are taken.
    fn references(&self, value: &'t Value, visit: &mut impl FnMut(&'t str)) {
        self.taken(value, &mut |function, argument| {
            // Itself alone: what is in it comes when it is visited.
            let items = argument.as_list().unwrap_or_default();
            match function {
                Function::Ref => argument.as_str().into_iter().for_each(&mut *visit),
                Function::GetAtt => {
                    let name = items.first().and_then(Value::as_str);
                    name.into_iter().for_each(&mut *visit);
                }
                Function::Sub => sub_names(argument).for_each(&mut *visit),
                _ => {}
            }
            Ok(())
        })
        .unwrap_or_default();
    }

    /// Checks that the functions in the branches that are taken have results.
    fn evaluated(&self, value: &'t Value) -> Result<(), Refused> {
        self.taken(value, &mut |function, argument| {
            let items = argument.as_list().unwrap_or_default();
            match function {
                Function::FindInMap => self.found_in_map(items),
                Function::Select => self.selected(items),
                _ => Ok(()),
            }
        })
    }

    /// Calls a function with every function in the branches that are taken, each before what is in it.
    fn taken(
        &self,
        value: &'t Value,
        visit: &mut impl FnMut(Function, &'t Value) -> Result<(), Refused>,
    ) -> Result<(), Refused> {
        match value {
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Ok(()),
            Value::List(items) => items.iter().try_for_each(|item| self.taken(item, visit)),
            Value::Map(entries) => entries
                .values()
                .try_for_each(|item| self.taken(item, visit)),
            Value::Function(Function::If, argument) => match argument.as_list() {
                Some([Value::String(name), then, otherwise]) => {
                    match self.resolver.scope.condition(name) {
                        Some(true) => self.taken(then, visit),
                        Some(false) => self.taken(otherwise, visit),
                        // Nobody can say which one is.
                        None => Ok(()),
                    }
                }
                _ => self.taken(argument, visit),
            },
            Value::Function(Function::Transform, _) => Ok(()),
            Value::Function(function, argument) => {
                visit(*function, argument)?;
                self.taken(argument, visit)
            }
        }
    }

    fn found_in_map(&self, items: &'t [Value]) -> Result<(), Refused> {
        let [map, first, second] = items else {
            // With a default value there is always a result.
            return Ok(());
        };
        let known =
            |value: &'t Value| Some(self.resolver.resolve(value).part()?.known()?.into_owned());
        let (Some(map), Some(first), Some(second)) = (known(map), known(first), known(second))
        else {
            return Ok(());
        };
        let Some(mapping) = self.resolver.scope.template.mappings.get(&map) else {
            return Err(template_error(&format!(
                "Mapping named '{map}' is not present in the 'Mappings' section of template."
            )));
        };
        let attributes = mapping.as_map().and_then(|mapping| mapping.get(&first));
        let value = attributes
            .and_then(Value::as_map)
            .and_then(|attributes| attributes.get(&second));
        match value {
            Some(_) => Ok(()),
            None => Err(template_error(&format!(
                "Unable to get mapping for {map}::{first}::{second}"
            ))),
        }
    }

    fn selected(&self, items: &'t [Value]) -> Result<(), Refused> {
        let [index, list] = items else {
            return Ok(());
        };
        if is_of_run_time(list) {
            return Ok(());
        }
        let index = self.resolver.resolve(index).part();
        let index = index.as_ref().and_then(Resolved::known);
        let Some(index) = index.and_then(|text| text.trim().parse::<i64>().ok()) else {
            return Ok(());
        };
        let count = match self.resolver.resolve(list).part() {
            Some(Resolved::List(items)) => items.len(),
            _ => return Ok(()),
        };
        match usize::try_from(index) {
            Ok(position) if position < count => Ok(()),
            _ => Err(template_error(&format!(
                "Fn::Select cannot select nonexistent value at index {index}"
            ))),
        }
    }
}

/// Whether a list is known only when the resource that has it is made.
fn is_of_run_time(list: &Value) -> bool {
    let mut found = false;
    list.walk(&mut |value| {
        found |= matches!(
            value,
            Value::Function(
                Function::GetAZs
                    | Function::GetAtt
                    | Function::ImportValue
                    | Function::GetStackOutput,
                _
            )
        );
    });
    found
}

/// The resources that an `Fn::Sub` names.
fn sub_names(argument: &Value) -> impl Iterator<Item = &str> {
    let items = argument.as_list().unwrap_or_default();
    let text = items.first().unwrap_or(argument).as_str();
    let own = items.get(1).and_then(Value::as_map);
    let variables = text
        .into_iter()
        .flat_map(stratiform_template::sub_variables);
    variables
        .map(str::trim)
        .filter(move |name| own.is_none_or(|own| !own.contains_key(name)))
        .map(|name| name.split_once('.').map_or(name, |(resource, _)| resource))
}

/// The first circle of names, where each has the names that it needs.
fn circle<'t>(
    names: &[&'t str],
    needs: impl Iterator<Item = Vec<&'t str>>,
) -> Option<Vec<&'t str>> {
    let positions: HashMap<&str, usize> = names
        .iter()
        .enumerate()
        .map(|(position, name)| (*name, position))
        .collect();
    let edges: Vec<Vec<usize>> = needs
        .map(|needs| {
            needs
                .iter()
                .filter_map(|name| positions.get(name).copied())
                .collect()
        })
        .collect();
    let circle = order(&edges).circles.into_iter().next()?;
    let members = circle.members.iter();
    Some(
        members
            .filter_map(|member| names.get(*member).copied())
            .collect(),
    )
}
