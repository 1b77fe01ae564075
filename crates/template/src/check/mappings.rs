//! The form of `Mappings`: name → first key → second key → text or list.

use stratiform_finding::Code;
use stratiform_finding::words::shortened;

use super::{Checker, is_scalar};
use crate::read::Step;
use crate::value::Value;

const MAX_MAPPINGS: usize = 200;
const MAX_ATTRIBUTES: usize = 200;

impl<'t> Checker<'t> {
    pub(super) fn mappings(&mut self) {
        let mappings = &self.template.mappings;
        self.below(Step::Key("Mappings"), |checker| {
            if mappings.len() > MAX_MAPPINGS {
                checker.find(
                    Code::QuotaExceeded,
                    format!("there are {} mappings", mappings.len()),
                    None,
                    format!("CloudFormation allows {MAX_MAPPINGS}"),
                );
            }
            for (name, mapping) in mappings {
                if !name.starts_with("Fn::") {
                    checker.below(Step::Key(name), |checker| checker.mapping(name, mapping));
                }
            }
        });
    }

    fn mapping(&mut self, name: &str, mapping: &'t Value) {
        let Some(keys) = self.mapping_map(name, mapping) else {
            return;
        };
        if keys.len() > MAX_ATTRIBUTES {
            self.find(
                Code::QuotaExceeded,
                format!("mapping `{}` has {} keys", shortened(name), keys.len()),
                None,
                format!("CloudFormation allows {MAX_ATTRIBUTES}"),
            );
        }
        for (key, attributes) in keys.iter().filter(|(key, _)| !key.starts_with("Fn::")) {
            self.below(Step::Key(key), |checker| {
                let Some(attributes) = checker.mapping_map(key, attributes) else {
                    return;
                };
                for (attribute, value) in attributes {
                    checker.below(Step::Key(attribute), |checker| checker.mapping_leaf(value));
                }
            });
        }
    }

    fn mapping_map(
        &mut self,
        name: &str,
        value: &'t Value,
    ) -> Option<&'t indexmap::IndexMap<String, Value>> {
        match value {
            Value::Map(map) => Some(map),
            Value::Function(crate::value::Function::Transform, _) => None,
            _ => {
                self.find(
                    Code::InvalidStructure,
                    format!("`{}` of a mapping is no map", shortened(name)),
                    Some(format!(
                        "Template format error: Every Mappings member {name} must be a map"
                    )),
                    "a mapping has two levels of keys and then a text or a list",
                );
                None
            }
        }
    }

    fn mapping_leaf(&mut self, value: &'t Value) {
        let fits = match value {
            Value::List(items) => items.iter().all(is_scalar),
            Value::Function(crate::value::Function::Transform, _) => true,
            other => is_scalar(other),
        };
        if fits {
            return;
        }
        let recorded =
            "Template format error: Every Mappings attribute must be a String or a List.";
        self.find(
            Code::InvalidStructure,
            "a mapping's value is neither text nor a list of texts",
            Some(recorded.to_owned()),
            "write literals; functions are not evaluated here",
        );
    }
}
