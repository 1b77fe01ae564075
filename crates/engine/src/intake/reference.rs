//! Names that lead nowhere, whatever the values of parameters are.
//!
//! What lives here: the form of all functions, and the names in them. What does not: resources that exist only under a
//! condition (`live`).

use indexmap::IndexSet;
use stratiform_service::Refusal;
use stratiform_template::{Function, Member, Output, Resource, Template, Value, sub_variables};

use super::function::{self, Language};
use super::refused::{format_error, template_error};
use super::transform;
use crate::input::Refused;

/// The pseudo parameters.
const PSEUDO_PARAMETERS: [&str; 8] = [
    "AWS::AccountId",
    "AWS::NotificationARNs",
    "AWS::NoValue",
    "AWS::Partition",
    "AWS::Region",
    "AWS::StackId",
    "AWS::StackName",
    "AWS::URLSuffix",
];

/// A part of the template, as the service calls it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Block {
    Conditions,
    Resources,
    Outputs,
}

impl Block {
    fn name(self) -> &'static str {
        match self {
            Block::Conditions => "Conditions",
            Block::Resources => "Resources",
            Block::Outputs => "Outputs",
        }
    }
}

/// Checks all functions and names of a template.
pub(super) fn check(template: &Template) -> Result<(), Refused> {
    let language = match transform::is_extended(template) {
        true => Language::Extended,
        false => Language::Plain,
    };
    let mut names = Names {
        template,
        language,
        unresolved: IndexSet::new(),
        open: transform::has_macros(template) || transform::has_loops(template),
    };
    names.conditions()?;
    names.resources()?;
    names.outputs()
}

/// Is a name a resource or a parameter, as `Ref` gives it?
fn is_pseudo(name: &str) -> bool {
    PSEUDO_PARAMETERS.contains(&name)
}

struct Names<'t> {
    template: &'t Template,
    language: Language,
    /// Resources that are named and are not there.
    unresolved: IndexSet<String>,
    /// Loops and macros may add names.
    open: bool,
}

impl<'t> Names<'t> {
    fn conditions(&mut self) -> Result<(), Refused> {
        for member in self.template.conditions.values() {
            if let Member::One(value) = member {
                self.value(value, Block::Conditions)?;
            }
        }
        let names = self.taken();
        match names.is_empty() {
            true => Ok(()),
            false => Err(format_error(&format!(
                "Unresolved dependencies [{}]. Cannot reference resources in the Conditions block of the template",
                names.join(", ")
            ))),
        }
    }

    fn resources(&mut self) -> Result<(), Refused> {
        for (_, resource) in self.template.each_resource() {
            self.resource(resource)?;
        }
        let names = self.taken();
        match names.is_empty() {
            true => Ok(()),
            false => Err(Refusal::UnresolvedReferences { names }.into()),
        }
    }

    fn resource(&mut self, resource: &'t Resource) -> Result<(), Refused> {
        if let Some(condition) = &resource.condition {
            self.condition_of_member(condition, Block::Resources)?;
        }
        for target in &resource.depends_on {
            self.resource_name(target);
        }
        for value in resource.values() {
            self.value(value, Block::Resources)?;
        }
        Ok(())
    }

    fn outputs(&mut self) -> Result<(), Refused> {
        for (name, member) in &self.template.outputs {
            if let Member::One(output) = member {
                self.output(name, output)?;
            }
        }
        let names = self.taken();
        match names.is_empty() {
            true => Ok(()),
            false => Err(Refusal::UnresolvedOutputs { names }.into()),
        }
    }

    fn output(&mut self, name: &str, output: &'t Output) -> Result<(), Refused> {
        if let Some(condition) = &output.condition {
            self.condition_of_member(condition, Block::Outputs)?;
        }
        match &output.value {
            Value::List(_) => {
                return Err(format_error(
                    "The Value field of every Outputs member must evaluate to a String and not a List.",
                ));
            }
            Value::Map(_) => {
                return Err(format_error(
                    "The Value field of every Outputs member must evaluate to a String and not a Map.",
                ));
            }
            value => self.value(value, Block::Outputs)?,
        }
        match &output.export {
            Some(export) if self.depends(export) => Err(format_error(&format!(
                "Output {name} is malformed. The Name field of Export must not depend on any resources, imported values, or Fn::GetAZs."
            ))),
            Some(export) => self.value(export, Block::Outputs),
            None => Ok(()),
        }
    }

    /// A value and everything in it, each before what is in it.
    fn value(&mut self, value: &'t Value, block: Block) -> Result<(), Refused> {
        match value {
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Ok(()),
            Value::List(items) => items.iter().try_for_each(|item| self.value(item, block)),
            Value::Map(entries) => entries
                .iter()
                // What a macro gets is its own business, and a loop is written out first.
                .filter(|(key, _)| !key.starts_with("Fn::Transform") && !transform::is_loop(key))
                .try_for_each(|(_, value)| self.value(value, block)),
            Value::Function(function, argument) => {
                function::check(*function, argument, self.language)?;
                if *function == Function::Transform {
                    return Ok(());
                }
                self.names_of(*function, argument, block)?;
                self.value(argument, block)
            }
        }
    }

    /// The names that a function has as its own arguments.
    fn names_of(
        &mut self,
        function: Function,
        argument: &'t Value,
        block: Block,
    ) -> Result<(), Refused> {
        let items = argument.as_list().unwrap_or_default();
        let first = items.first().and_then(Value::as_str);
        match (function, argument.as_str(), first) {
            (Function::Ref, Some(name), _) => self.name(name, block),
            (Function::Condition, Some(name), _) => self.condition(name, "Condition"),
            (Function::If, _, Some(name)) => self.condition(name, "Fn::If"),
            (Function::GetAtt, _, Some(name)) => self.attribute(name, block),
            (Function::FindInMap, _, Some(name)) => self.mapping(name),
            (Function::Sub, _, _) => self.variables(argument, block),
            (Function::ImportValue, _, _) if block == Block::Conditions => {
                Err(template_error("Cannot use Fn::ImportValue in Conditions"))
            }
            (Function::ImportValue, _, _) if self.depends(argument) => Err(template_error(
                "the attribute in Fn::ImportValue must not depend on any resources, imported values, or Fn::GetAZs",
            )),
            _ => Ok(()),
        }
    }

    /// The variables of `Fn::Sub`, but for its own.
    fn variables(&mut self, argument: &'t Value, block: Block) -> Result<(), Refused> {
        let items = argument.as_list().unwrap_or_default();
        let text = items.first().unwrap_or(argument).as_str();
        let own = items.get(1).and_then(Value::as_map);
        for variable in text.into_iter().flat_map(sub_variables) {
            let name = variable.trim();
            if own.is_some_and(|own| own.contains_key(name)) {
                continue;
            }
            match name.split_once('.') {
                None => self.name(name, block)?,
                Some((resource, _)) if self.is_resource(resource) || self.open => {}
                Some(_) if block == Block::Conditions => self.resource_name(name),
                Some(_) => {
                    return Err(template_error(&format!(
                        "instance of Fn::Sub references invalid resource attribute {name}"
                    )));
                }
            }
        }
        Ok(())
    }

    /// A name where a parameter may stand, and outside of conditions a resource.
    fn name(&mut self, name: &str, block: Block) -> Result<(), Refused> {
        if self.template.parameters.contains_key(name) || is_pseudo(name) {
            return Ok(());
        }
        match block {
            Block::Conditions if !self.open => {
                self.unresolved.insert(name.to_owned());
            }
            Block::Conditions => {}
            Block::Resources | Block::Outputs => self.resource_name(name),
        }
        Ok(())
    }

    fn attribute(&mut self, name: &str, block: Block) -> Result<(), Refused> {
        match block {
            Block::Conditions => {
                self.unresolved.insert(name.to_owned());
                Ok(())
            }
            Block::Resources | Block::Outputs if self.is_resource(name) || self.open => Ok(()),
            Block::Resources | Block::Outputs => Err(template_error(&format!(
                "instance of Fn::GetAtt references undefined resource {name}"
            ))),
        }
    }

    fn resource_name(&mut self, name: &str) {
        if !self.open && !self.is_resource(name) {
            self.unresolved.insert(name.to_owned());
        }
    }

    fn condition(&self, name: &str, function: &str) -> Result<(), Refused> {
        if self.open || self.template.conditions.contains_key(name) {
            return Ok(());
        }
        Err(template_error(&format!(
            "unresolved condition dependency {name} in {function}"
        )))
    }

    /// The condition of a resource or an output.
    fn condition_of_member(&self, name: &str, block: Block) -> Result<(), Refused> {
        if self.open || self.template.conditions.contains_key(name) {
            return Ok(());
        }
        Err(format_error(&format!(
            "Unresolved condition dependency {name} in the {} block of the template",
            block.name()
        )))
    }

    fn mapping(&self, name: &str) -> Result<(), Refused> {
        if self.open || self.template.mappings.contains_key(name) {
            return Ok(());
        }
        Err(template_error(&format!(
            "Mapping named '{name}' is not present in the 'Mappings' section of template."
        )))
    }

    fn is_resource(&self, name: &str) -> bool {
        self.template.resources.contains_key(name)
    }

    /// Whether a value is made from what is not there before resources are, or from other stacks.
    fn depends(&self, value: &Value) -> bool {
        let mut depends = false;
        value.walk(&mut |value| {
            let Value::Function(function, argument) = value else {
                return;
            };
            let named = match (function, argument.as_str()) {
                (Function::Ref, Some(name)) => !self.is_text(name),
                (Function::Sub, _) => self.has_resource(argument),
                _ => false,
            };
            let is_outside = matches!(
                function,
                Function::GetAtt | Function::ImportValue | Function::GetAZs
            );
            depends |= named || is_outside;
        });
        depends
    }

    /// Whether a name stands for a text that is known: a parameter.
    fn is_text(&self, name: &str) -> bool {
        self.template.parameters.contains_key(name) || is_pseudo(name)
    }

    /// Whether an `Fn::Sub` names something other than parameters and its own variables.
    fn has_resource(&self, argument: &Value) -> bool {
        let items = argument.as_list().unwrap_or_default();
        let text = items.first().unwrap_or(argument).as_str();
        let own = items.get(1).and_then(Value::as_map);
        let mut variables = text.into_iter().flat_map(sub_variables).map(str::trim);
        variables.any(|name| !self.is_text(name) && own.is_none_or(|own| !own.contains_key(name)))
    }

    /// The names that are not there, so far.
    fn taken(&mut self) -> Vec<String> {
        std::mem::take(&mut self.unresolved).into_iter().collect()
    }
}
