//! The form of `Mappings`: name → first key → second key → text or list.

use stratiform_finding::Code;
use stratiform_finding::words::shortened;

use super::{Checker, is_scalar};
use crate::map::Map;
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
                    checker.below(Step::Key(name), |checker| {
                        checker.key(name, &[]);
                        checker.mapping(name, mapping);
                    });
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
                checker.key(key, b"-.");
                let Some(attributes) = checker.mapping_map(key, attributes) else {
                    return;
                };
                for (attribute, value) in attributes {
                    checker.below(Step::Key(attribute), |checker| {
                        if !attribute.starts_with("Fn::") {
                            checker.key(attribute, &[]);
                            checker.mapping_leaf(value);
                        }
                    });
                }
            });
        }
    }

    fn mapping_map(&mut self, name: &str, value: &'t Value) -> Option<&'t Map> {
        match value {
            Value::Map(map) => {
                if map.is_empty() {
                    self.find(
                        Code::MissingMember,
                        format!("`{}` of a mapping has nothing in it", shortened(name)),
                        None,
                        "add a key, or remove it",
                    );
                }
                Some(map)
            }
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

    /// The name of a mapping, or a key in it: letters and digits, and what else may stand there.
    fn key(&mut self, name: &str, others: &[u8]) {
        let fits = |byte: u8| byte.is_ascii_alphanumeric() || others.contains(&byte);
        if !name.is_empty() && name.bytes().all(fits) {
            return;
        }
        self.find(
            Code::InvalidName,
            format!("`{}` cannot be a name in a mapping", shortened(name)),
            None,
            match others {
                [] => "use letters and digits only",
                _ => "use letters, digits, `-` and `.` only",
            },
        );
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
