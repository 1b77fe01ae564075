//! Names of exports: known before there is anything of the stack.
//!
//! Source: CloudFormation template reference, "Fn::ImportValue" and "Outputs section syntax"; the texts are recorded.

use stratiform_finding::Code;
use stratiform_finding::words::shortened;

use super::Checker;
use crate::value::{Function, Value};
use crate::walk::Reference;

impl<'t> Checker<'t> {
    /// The name of an export that is imported.
    pub(super) fn import(&mut self, name: &Value) {
        if let Some(needed) = self.needed(name) {
            let recorded = "Template error: the attribute in Fn::ImportValue must not depend on any resources, \
                            imported values, or Fn::GetAZs";
            self.find(
                Code::InvalidFunctionArgument,
                format!("the name that is imported depends on {needed}"),
                Some(recorded.to_owned()),
                "make it of literals, parameters and pseudo parameters",
            );
        }
    }

    /// The name of an output's export.
    pub(super) fn export(&mut self, output: &str, name: &Value) {
        if let Some(needed) = self.needed(name) {
            let recorded = format!(
                "Template format error: Output {output} is malformed. The Name field of Export must not depend on any \
                 resources, imported values, or Fn::GetAZs."
            );
            self.find(
                Code::FunctionNotAllowed,
                format!("the name of an export depends on {needed}"),
                Some(recorded),
                "make it of literals, parameters and pseudo parameters",
            );
        } else if matches!(name, Value::List(_) | Value::Map(_)) {
            self.find(
                Code::InvalidStructure,
                "the name of an export is no text",
                None,
                "write a text, or a function that gives one",
            );
        }
    }

    /// What has to be there first, if there is such a thing.
    fn needed(&self, name: &Value) -> Option<String> {
        if self.transformed {
            return None;
        }
        let mut found = None;
        name.for_each_reference(&mut |reference| {
            let needed = match reference {
                Reference::Name(name)
                | Reference::Attribute {
                    logical_id: name, ..
                } if self.resources.contains_key(name) => {
                    Some(format!("resource `{}`", shortened(name)))
                }
                Reference::Export(_) => Some("an imported value".to_owned()),
                _ => None,
            };
            found = found.take().or(needed);
        });
        name.walk(&mut |value| {
            if matches!(value, Value::Function(Function::GetAZs, _)) {
                found.get_or_insert_with(|| "`Fn::GetAZs`".to_owned());
            }
        });
        found
    }
}
