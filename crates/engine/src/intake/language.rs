//! `AWS::LanguageExtensions`: loops written out, and every function whose value is known by then as that value.
//!
//! What lives here: the processed template, as `GetTemplate` has it. Recorded: `Fn::Length` becomes a number,
//! `Fn::ToJsonString`, `Fn::Join` and `Fn::Sub` texts; a `Ref` of a resource stays, and so do `Parameters`, and
//! `Transform` goes. What has no value yet (attributes, imports, zones), what nobody may see, and what chooses
//! (`Fn::If`) stays for the engine.
//!
//! Source: CloudFormation user guide, "AWS::LanguageExtensions transform"; recorded processed templates.

use stratiform_resolve::{Resolved, Resolver, Scope, expand};
use stratiform_service::Refusal;
use stratiform_template::{Function, Member, Number, Output, Resource, Template, Value};

use super::surroundings::Surroundings;
use super::transform::{self, LANGUAGE_EXTENSIONS};
use crate::input::Refused;

/// Processes a template that has the transform.
pub(super) fn process(
    template: &Template,
    surroundings: &Surroundings<'_>,
) -> Result<Template, Refused> {
    let given = surroundings.given();
    let scope = Scope::new(template, &given, surroundings);
    let expanded = expand(&Resolver::new(&scope, surroundings));
    let written_out = expanded.as_ref().unwrap_or(template);
    if transform::has_loops(written_out) {
        return Err(failed(
            "Could not find a collection or could not be resolved for Fn::ForEach",
        ));
    }
    let scope = Scope::new(written_out, &given, surroundings);
    let literals = Literals {
        resolver: Resolver::new(&scope, surroundings),
    };
    let processed = literals.template(written_out);
    match has_length(&processed) {
        true => Err(failed(
            "The Fn::Length value could not be resolved for properties",
        )),
        false => Ok(processed),
    }
}

/// The transform fails.
fn failed(why: &str) -> Refused {
    Refusal::TransformFailed {
        transform: LANGUAGE_EXTENSIONS.to_owned(),
        why: why.to_owned(),
    }
    .into()
}

struct Literals<'s, 't> {
    resolver: Resolver<'s, 't>,
}

impl<'t> Literals<'_, 't> {
    fn template(&self, template: &'t Template) -> Template {
        let mut processed = template.clone();
        processed.transform.clear();
        for (name, member) in &template.conditions {
            if let Member::One(value) = member {
                processed
                    .conditions
                    .insert(name.clone(), Member::One(self.literal(value)));
            }
        }
        for (name, resource) in template.each_resource() {
            let resource = Member::One(self.resource(resource));
            processed.resources.insert(name.to_owned(), resource);
        }
        for (name, member) in &template.outputs {
            if let Member::One(output) = member {
                processed
                    .outputs
                    .insert(name.clone(), Member::One(self.output(output)));
            }
        }
        processed
    }

    fn resource(&self, resource: &'t Resource) -> Resource {
        let literal = |value: &'t Option<Value>| value.as_ref().map(|value| self.literal(value));
        // Here nothing stays that chooses: the service wants a text.
        let text = |value: &'t Option<Value>| {
            let value = value.as_ref()?;
            Some(self.known(value).unwrap_or_else(|| value.clone()))
        };
        let properties = resource.properties.iter();
        Resource {
            properties: properties
                .map(|(key, value)| (key.clone(), self.literal(value)))
                .collect(),
            metadata: literal(&resource.metadata),
            creation_policy: literal(&resource.creation_policy),
            update_policy: literal(&resource.update_policy),
            deletion_policy: text(&resource.deletion_policy),
            update_replace_policy: text(&resource.update_replace_policy),
            ..resource.clone()
        }
    }

    fn output(&self, output: &'t Output) -> Output {
        Output {
            value: self.literal(&output.value),
            export: output.export.as_ref().map(|export| self.literal(export)),
            ..output.clone()
        }
    }

    /// A value in which every function that has a known value is that value.
    fn literal(&self, value: &'t Value) -> Value {
        match value {
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => value.clone(),
            Value::List(items) => items
                .iter()
                .map(|item| self.literal(item))
                .collect::<Vec<_>>()
                .into(),
            Value::Map(entries) => Value::Map(
                entries
                    .iter()
                    .map(|(key, value)| (key.clone(), self.literal(value)))
                    .collect(),
            ),
            // A condition is named; loops do not change the name, nor do functions.
            Value::Function(Function::If, argument) => match argument.as_list() {
                Some([condition, branches @ ..]) => {
                    let branches = branches.iter().map(|branch| self.literal(branch));
                    let items: Vec<Value> =
                        std::iter::once(condition.clone()).chain(branches).collect();
                    Value::function(Function::If, items)
                }
                Some([]) | None => value.clone(),
            },
            Value::Function(function, argument) => self
                .evaluated(value, *function, argument)
                .unwrap_or_else(|| Value::function(*function, self.literal(argument))),
        }
    }

    /// The value of a function, where it is known and is put in its place.
    fn evaluated(
        &self,
        value: &'t Value,
        function: Function,
        argument: &'t Value,
    ) -> Option<Value> {
        match function {
            Function::Length => {
                let length = self.known(value)?;
                Number::parse(length.as_str()?).map(Value::from)
            }
            Function::ToJsonString => {
                let argument = self.literal(argument);
                (!has_function(&argument)).then(|| argument.to_json().into())
            }
            Function::Ref
            | Function::FindInMap
            | Function::Join
            | Function::Split
            | Function::Select
            | Function::Sub => self.known(value),
            Function::Condition
            | Function::GetAtt
            | Function::If
            | Function::Equals
            | Function::And
            | Function::Or
            | Function::Not
            | Function::Base64
            | Function::Cidr
            | Function::GetAZs
            | Function::ImportValue
            | Function::GetStackOutput
            | Function::Transform
            | Function::Contains
            | Function::EachMemberEquals
            | Function::EachMemberIn
            | Function::RefAll
            | Function::ValueOf
            | Function::ValueOfAll => None,
        }
    }

    /// What a value comes to, where all of it is known and may be seen.
    fn known(&self, value: &'t Value) -> Option<Value> {
        literal(&self.resolver.resolve(value).part()?)
    }
}

fn literal(resolved: &Resolved<'_>) -> Option<Value> {
    match resolved {
        Resolved::Null => Some(Value::Null),
        Resolved::Literal(_) | Resolved::Text(_) => Some(resolved.known()?.into_owned().into()),
        Resolved::List(items) => {
            let items: Option<Vec<Value>> = items.iter().map(literal).collect();
            Some(items?.into())
        }
        Resolved::Map(entries) => {
            let entries = entries.iter();
            let entries: Option<_> = entries
                .map(|(key, value)| Some((key.to_string(), literal(value)?)))
                .collect();
            Some(Value::Map(entries?))
        }
    }
}

fn has_function(value: &Value) -> bool {
    let mut found = false;
    value.walk(&mut |value| found |= matches!(value, Value::Function(..)));
    found
}

/// Whether the length of something is still not known.
fn has_length(template: &Template) -> bool {
    let mut found = false;
    let mut look = |value: &Value| {
        value.walk(&mut |value| found |= matches!(value, Value::Function(Function::Length, _)));
    };
    for (_, resource) in template.each_resource() {
        resource.values().for_each(&mut look);
    }
    for member in template.outputs.values() {
        if let Member::One(output) = member {
            look(&output.value);
        }
    }
    found
}
