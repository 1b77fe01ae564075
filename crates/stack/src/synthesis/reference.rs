//! References: local ones, and those that cross stacks.

use std::panic::Location;

use stratiform_finding::{Code, Finding, Place};
use stratiform_template::{Function, Value};

use super::export::{Export, LIST_DELIMITER, export_name, local};
use super::order::Use;
use super::{Lowering, Named, Owner};
use crate::settings::References;
use crate::value::draft::{Exposure, Reference, Shape, Target};

impl Lowering<'_> {
    pub(super) fn reference(&mut self, reference: &Reference, owner: Owner<'_>) -> Value {
        let target = reference.target;
        let Some(named) = self.known.get(target) else {
            let help = "import the value by name, with `import_value`";
            self.foreign(owner.stack, target, (owner.location, "used here"), help);
            return Value::Null;
        };
        if target.stack == owner.id {
            return local(named.logical_id, reference.attribute.as_deref());
        }
        if !self.may_cross(named, owner) {
            return Value::Null;
        }
        let attribute = reference.attribute.as_deref();
        let suffix: String = attribute
            .unwrap_or_default()
            .chars()
            .filter(char::is_ascii_alphanumeric)
            .collect();
        let output = format!("Export{}{suffix}", named.logical_id);
        let producer = self.settings.stack_name(named.stack);
        self.uses.push(Use {
            consumer: owner.stack.clone(),
            producer: named.stack.clone(),
            what: match attribute {
                Some(attribute) => format!("`{}.{attribute}`", named.logical_id),
                None => format!("`{}`", named.logical_id),
            },
            location: owner.location,
        });
        let name = export_name(&producer, named.logical_id, &suffix);
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
            logical_id: named.logical_id.to_owned(),
            attribute: attribute.map(str::to_owned),
            name,
            shape: reference.shape,
            location: owner.location,
        };
        self.export(target.stack, named.stack, output, export);
        match reference.shape {
            Shape::Single => imported,
            Shape::List => Value::function(Function::Split, vec![LIST_DELIMITER.into(), imported]),
        }
    }

    /// Whether a reference may leave its stack; what keeps it there becomes a problem.
    fn may_cross(&mut self, named: Named<'_>, owner: Owner<'_>) -> bool {
        match named.exposure {
            Exposure::Open => true,
            Exposure::Secret => {
                let what = format!(
                    "stack `{}` uses the hidden parameter `{}` of stack `{}`, and an output would show it",
                    owner.stack, named.logical_id, named.stack
                );
                let help = "keep the value in Secrets Manager, and pass its ARN";
                let finding = Finding::new(Code::SecretAcrossStacks, what, help);
                self.problems
                    .push(finding.at(Place::rust(owner.location, "used here")));
                false
            }
        }
    }

    /// Notes that a stack uses something of another app.
    pub(super) fn foreign(
        &mut self,
        stack: &str,
        target: Target,
        used: (&'static Location<'static>, &str),
        help: &str,
    ) {
        let (location, part) = used;
        self.problems.push(
            Finding::new(
                Code::ForeignHandle,
                format!("stack `{stack}` uses what a stack of another app declares"),
                help.to_owned(),
            )
            .at(Place::rust(location, part.to_owned()))
            .at(Place::rust(target.location, "declared here")),
        );
    }
}
