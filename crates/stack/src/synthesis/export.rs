//! Outputs that other stacks turned out to need, and the names of exports.

use std::collections::{BTreeMap, HashMap};
use std::panic::Location;
use std::rc::Rc;

use stratiform_finding::{Code, Finding, Place};
use stratiform_template::{Function, Member, Output, Resource, Template, Text, Value};

use super::Lowering;
use crate::settings::References;
use crate::stack::StackDraft;
use crate::value::draft::{Shape, StackId};

/// The text between the members of a list that crosses stacks.
pub(super) const LIST_DELIMITER: &str = "||";

/// What a stack exports because others need it, by its output's logical ID.
pub(super) type Exports = BTreeMap<String, Export>;

/// An attribute that some stack imports.
pub(super) struct Export {
    pub(super) logical_id: String,
    pub(super) attribute: Option<String>,
    /// The export's name.
    pub(super) name: String,
    pub(super) shape: Shape,
    pub(super) location: &'static Location<'static>,
}

impl Lowering<'_> {
    /// Notes that a stack has to export something.
    pub(super) fn export(&mut self, id: StackId, producer: &str, output: String, export: Export) {
        let exports = self.exports.entry(id).or_default();
        match exports.get(&output) {
            Some(there)
                if there.logical_id != export.logical_id || there.attribute != export.attribute =>
            {
                let places = vec![
                    Place::rust(export.location, "used here"),
                    Place::rust(there.location, "and here"),
                ];
                self.problems.push(collision(producer, &output, places));
            }
            Some(_) => {}
            None => {
                exports.insert(output, export);
            }
        }
    }

    /// Adds the outputs that other stacks turned out to need. Gives what is wrong with them.
    pub(super) fn add_exports(
        &self,
        draft: &StackDraft,
        exports: Exports,
        template: &mut Template,
    ) -> Vec<Finding> {
        let mut problems = Vec::new();
        for (output, export) in exports {
            if template.outputs.contains_key(&output) {
                let places = vec![Place::rust(export.location, "used here")];
                problems.push(collision(&draft.key, &output, places));
                continue;
            }
            if let Some(Member::One(Resource {
                condition: Some(condition),
                ..
            })) = template.resources.get(&export.logical_id)
            {
                let what = format!(
                    "`{}` of stack `{}` is used by another stack, and exists only where `{condition}` holds",
                    export.logical_id, draft.key
                );
                let help = "decide with a value of the environment instead, in both stacks";
                let finding = Finding::new(Code::ConditionalExport, what, help);
                problems.push(finding.at(Place::rust(export.location, "used here")));
            }
            let value = local(&export.logical_id, export.attribute.as_deref());
            let value = match export.shape {
                Shape::Single => value,
                Shape::List => Value::function(Function::Join, vec![LIST_DELIMITER.into(), value]),
            };
            let export = match self.settings.references {
                References::Strong => Some(export.name.into()),
                References::Weak => None,
            };
            let output_value = Output {
                value,
                description: None,
                export,
                condition: None,
            };
            template.outputs.insert(output, Member::One(output_value));
        }
        problems
    }
}

/// The names of exports, each with the stack that was the first to have it: the place of its declaration, and its key.
#[derive(Default)]
pub(super) struct ExportNames(HashMap<Text, (&'static Location<'static>, Rc<str>)>);

impl ExportNames {
    /// Adds those of a stack. Gives what is wrong where others have them.
    pub(super) fn add(&mut self, draft: &StackDraft, template: &Template) -> Vec<Finding> {
        let mut problems = Vec::new();
        for output in template.outputs.values() {
            let Member::One(Output {
                export: Some(Value::String(name)),
                ..
            }) = output
            else {
                continue;
            };
            let declared = (draft.location, draft.key.clone());
            let Some(first) = self.0.insert(name.clone(), declared.clone()) else {
                continue;
            };
            let place =
                |(location, key): (_, Rc<str>)| Place::rust(location, format!("stack `{key}`"));
            let finding = Finding::new(
                Code::ExportCollision,
                format!("two outputs are exported as `{name}`"),
                "export names are unique in an account and region: give one another name",
            );
            problems.push(finding.at(place(declared)).at(place(first)));
        }
        problems
    }
}

/// The name of an export: `storefront-prod-network:Vpc-CidrBlock`.
pub(super) fn export_name(stack_name: &str, logical_id: &str, suffix: &str) -> String {
    if suffix.is_empty() {
        format!("{stack_name}:{logical_id}")
    } else {
        format!("{stack_name}:{logical_id}-{suffix}")
    }
}

fn collision(stack: &str, output: &str, places: Vec<Place>) -> Finding {
    Finding {
        places,
        ..Finding::new(
            Code::ExportCollision,
            format!("stack `{stack}` would need two outputs called `{output}`"),
            "give the resource or the output another name",
        )
    }
}

/// `Ref` or `Fn::GetAtt` of a resource of the same stack.
pub(super) fn local(logical_id: &str, attribute: Option<&str>) -> Value {
    match attribute {
        None => Value::function(Function::Ref, logical_id),
        Some(attribute) => {
            Value::function(Function::GetAtt, vec![logical_id.into(), attribute.into()])
        }
    }
}
