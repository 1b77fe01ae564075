//! Names that must lead somewhere.

use stratiform_finding::Code;
use stratiform_finding::words::shortened;

use super::walk::Block;
use super::{Checker, PSEUDO_PARAMETERS};
use crate::value::{Function, Text, Value};

impl<'t> Checker<'t> {
    /// `Ref` of a name, or `${Name}`.
    pub(super) fn reference(&mut self, name: &str, block: Block) {
        if self.template.parameters.contains_key(name) || PSEUDO_PARAMETERS.contains(&name) {
            return;
        }
        match block {
            Block::Condition(_) | Block::Rule => {
                if self.loops == 0 && !self.transformed {
                    self.not_a_parameter(name);
                }
            }
            Block::Resource(_) | Block::Metadata(_) | Block::Output => {
                self.resource_reference(name, block)
            }
        }
    }

    fn not_a_parameter(&mut self, name: &str) {
        let names = self.template.parameters.keys().map(String::as_str);
        let help = self.suggest(
            name,
            names.chain(PSEUDO_PARAMETERS),
            "conditions and rules know parameters only",
        );
        self.find(
            Code::UnresolvedReference,
            format!("parameter `{}` does not exist", shortened(name)),
            None,
            help,
        );
    }

    /// `Fn::GetAtt` of a resource, or `${Name.Attribute}`.
    pub(super) fn resource_reference(&mut self, name: &str, block: Block) {
        if let Some(&target) = self.resources.get(name) {
            if let Block::Resource(Some(position)) | Block::Metadata(Some(position)) = block {
                self.edges[position].push(target);
            }
            return;
        }
        if self.hidden_resources || self.loops > 0 || self.is_generated(name) {
            return;
        }
        let template = self.template;
        let names = self.names();
        let help = self.suggest(name, names, "add it, or correct the name");
        let recorded = match block {
            Block::Output => format!(
                "Unresolved resource dependencies [{name}] in the Outputs block of the template"
            ),
            _ => unresolved_in_resources(name),
        };
        let what = if template.parameters.contains_key(name) {
            format!("parameter `{}` has no attributes", shortened(name))
        } else {
            format!("`{}` does not exist in the template", shortened(name))
        };
        self.find(Code::UnresolvedReference, what, Some(recorded), help);
    }

    /// An attribute by a parameter: those that AWS gives say where the stack is, and nothing is called like that.
    pub(super) fn named_attribute(&mut self, attribute: &Value) {
        let Value::Function(Function::Ref, name) = attribute else {
            return;
        };
        let Some(name) = name
            .as_str()
            .filter(|name| PSEUDO_PARAMETERS.contains(name))
        else {
            return;
        };
        if name != "AWS::StackName" {
            self.find(
                Code::UnknownAttribute,
                format!("no attribute is called like `{name}`"),
                None,
                "write the attribute's name, or refer to a parameter that has it",
            );
        }
    }

    /// Whether AWS SAM, or a module, may make a resource of this name.
    ///
    /// Source: AWS SAM developer guide, "Generated CloudFormation resources"; CloudFormation user guide, "Reference
    /// module resources in CloudFormation templates".
    fn is_generated(&self, name: &str) -> bool {
        let is_of_sam =
            self.serverless && (name.starts_with("Serverless") || name == "CodeDeployServiceRole");
        let mut resources = self.template.each_resource();
        is_of_sam
            || resources.any(|(id, resource)| {
                let makes = self.serverless || resource.resource_type.ends_with("::MODULE");
                makes && name.starts_with(id)
            })
    }

    fn names(&self) -> impl Iterator<Item = &'t str> + use<'t> {
        let template = self.template;
        let resources = template.resources.keys().map(String::as_str);
        let parameters = template.parameters.keys().map(String::as_str);
        resources.chain(parameters).chain(PSEUDO_PARAMETERS)
    }

    pub(super) fn depends_on(&mut self, name: &str, target: &str, position: Option<usize>) {
        match (self.resources.get(target), position) {
            (Some(&target), Some(position)) => self.edges[position].push(target),
            (Some(_), None) => {}
            (None, _) if self.hidden_resources || self.is_generated(target) => {}
            (None, _) => {
                let names = self.template.resources.keys().map(String::as_str);
                let help = self.suggest(
                    target,
                    names.filter(|other| *other != name),
                    "`DependsOn` names resources",
                );
                self.find(
                    Code::UnresolvedDependsOn,
                    format!(
                        "resource `{}` does not exist in the template",
                        shortened(target)
                    ),
                    Some(unresolved_in_resources(target)),
                    help,
                );
            }
        }
    }

    /// A condition's name; in which function and, where it is one, in which condition.
    pub(super) fn condition_name(&mut self, name: &str, place: Option<(Function, Block)>) {
        if let Some(&target) = self.conditions.get(name) {
            if let Some((_, Block::Condition(Some(position)))) = place {
                self.condition_edges[position].push(target);
            }
            return;
        }
        if self.hidden_conditions || self.loops > 0 {
            return;
        }
        let names = self.template.conditions.keys().map(String::as_str);
        let help = self.suggest(name, names, "add it to `Conditions`");
        let recorded = match place {
            Some((Function::If, _)) => Some(format!(
                "Template error: unresolved condition dependency {name} in Fn::If"
            )),
            _ => None,
        };
        self.find(
            Code::UnresolvedCondition,
            format!(
                "condition `{}` does not exist in the template",
                shortened(name)
            ),
            recorded,
            help,
        );
    }

    /// `Fn::FindInMap`, as far as its arguments are literals.
    pub(super) fn mapping_reference(&mut self, arguments: &'t [Value]) {
        let literal = |index: usize| arguments.get(index).and_then(Value::as_str);
        let Some(name) = literal(0) else { return };
        let mappings = &self.template.mappings;
        let hidden = mappings.keys().any(|name| name.starts_with("Fn::"));
        if self.transformed || hidden || self.loops > 0 || arguments.len() > 3 {
            return;
        }
        let missing = match (mappings.get(name), literal(1), literal(2)) {
            (None, _, _) => Some(name),
            (Some(Value::Map(keys)), Some(first), second) => match keys.get(first) {
                None if keys.contains_key("Fn::Transform") => None,
                None => Some(first),
                Some(Value::Map(attributes)) => second.filter(|second| {
                    !attributes.contains_key(second) && !attributes.contains_key("Fn::Transform")
                }),
                Some(_) => None,
            },
            (Some(_), _, _) => None,
        };
        let Some(missing) = missing else { return };
        let parts = [Some(name), literal(1), literal(2)].map(|part| part.unwrap_or("?"));
        let help = if missing == name {
            let names = mappings.keys().map(Text::as_str);
            self.suggest(name, names, "add it to `Mappings`")
        } else {
            "add the key to the mapping".to_owned()
        };
        let all_literal = literal(1).is_some() && literal(2).is_some();
        self.find(
            Code::UnresolvedMapping,
            format!("`{}` does not exist in the mappings", shortened(missing)),
            all_literal.then(|| {
                format!(
                    "Template error: Unable to get mapping for {}",
                    parts.join("::")
                )
            }),
            help,
        );
    }
}

fn unresolved_in_resources(name: &str) -> String {
    format!(
        "Template format error: Unresolved resource dependencies [{name}] in the Resources block of the template"
    )
}
