//! References: local ones, and those that cross stacks.

use std::panic::Location;
use std::rc::Rc;

use stratiform_finding::{Code, Finding, Place};
use stratiform_template::{Function, Value};

use super::export::{Export, LIST_DELIMITER, export_name, local};
use super::order::Use;
use super::{Lowering, Owner};
use crate::settings::References;
use crate::value::draft::{Exposure, Identity, Reference, Shape};

impl Lowering<'_> {
    pub(super) fn reference(&mut self, reference: &Reference, owner: Owner<'_>) -> Value {
        let target = &reference.target;
        if Rc::ptr_eq(&target.stack, owner.stack) {
            return local(&target.logical_id, reference.attribute.as_deref());
        }
        if !self.may_cross(target, owner) {
            return Value::Null;
        }
        let attribute = reference.attribute.as_deref();
        let suffix: String = attribute
            .unwrap_or_default()
            .chars()
            .filter(char::is_ascii_alphanumeric)
            .collect();
        let output = format!("Export{}{suffix}", target.logical_id);
        let producer = self.settings.stack_name(&target.stack);
        self.uses.push(Use {
            consumer: owner.stack.clone(),
            producer: target.stack.clone(),
            what: match attribute {
                Some(attribute) => format!("`{}.{attribute}`", target.logical_id),
                None => format!("`{}`", target.logical_id),
            },
            location: owner.location,
        });
        let name = export_name(&producer, &target.logical_id, &suffix);
        let imported = match self.settings.references {
            References::Strong => Value::function(Function::ImportValue, name.as_str()),
            References::Weak => {
                let arguments = [
                    ("StackName", producer.into()),
                    ("OutputName", output.as_str().into()),
                ];
                Value::function(Function::GetStackOutput, Value::from(arguments))
            }
        };
        let export = Export {
            logical_id: target.logical_id.clone(),
            attribute: attribute.map(str::to_owned),
            name,
            shape: reference.shape,
            location: owner.location,
        };
        self.export(&target.stack, output, export);
        match reference.shape {
            Shape::Single => imported,
            Shape::List => Value::function(Function::Split, vec![LIST_DELIMITER.into(), imported]),
        }
    }

    /// Whether a reference may leave its stack; what keeps it there becomes a problem.
    fn may_cross(&mut self, target: &Identity, owner: Owner<'_>) -> bool {
        if !self.is_ours(&target.stack) {
            self.foreign(
                target,
                (owner.location, "used here"),
                "import the value by name, with `import_value`",
            );
            return false;
        }
        match target.exposure {
            Exposure::Open => true,
            Exposure::Secret => {
                let what = format!(
                    "stack `{}` uses the hidden parameter `{}` of stack `{}`, and an output would show it",
                    owner.stack, target.logical_id, target.stack
                );
                let help = "keep the value in Secrets Manager, and pass its ARN";
                let finding = Finding::new(Code::SecretAcrossStacks, what, help);
                self.problems
                    .push(finding.at(Place::rust(owner.location, "used here")));
                false
            }
        }
    }

    /// Whether a stack is one of this app's: another app may have one of the same name.
    pub(super) fn is_ours(&self, stack: &Rc<str>) -> bool {
        self.stacks
            .get(stack)
            .is_some_and(|ours| Rc::ptr_eq(ours, stack))
    }

    /// Notes that something of another app is used.
    pub(super) fn foreign(
        &mut self,
        target: &Identity,
        used: (&'static Location<'static>, &str),
        help: &str,
    ) {
        let (location, part) = used;
        self.problems.push(
            Finding::new(
                Code::ForeignHandle,
                format!(
                    "`{}` belongs to stack `{}` of another app",
                    target.logical_id, target.stack
                ),
                help.to_owned(),
            )
            .at(Place::rust(location, part.to_owned()))
            .at(Place::rust(target.location, "declared here")),
        );
    }
}
