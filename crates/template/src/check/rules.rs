//! The form of `Rules` and of `Transform`.
//!
//! Source: CloudFormation user guide, "Rules section syntax" and "Transform section".

use stratiform_finding::Code;
use stratiform_finding::words::shortened;

use super::functions::allowed;
use super::walk::Block;
use super::{Checker, is_scalar};
use crate::map::Map;
use crate::read::Step;
use crate::value::{Function, Text, Value};

impl<'t> Checker<'t> {
    pub(super) fn rules(&mut self) {
        let template = self.template;
        self.below(Step::Key("Rules"), |checker| {
            for (name, rule) in &template.rules {
                if name.starts_with("Fn::") {
                    continue;
                }
                checker.below(Step::Key(name), |checker| checker.rule(name, rule));
            }
        });
    }

    fn rule(&mut self, name: &str, rule: &'t Value) {
        self.value(rule, Block::Rule);
        if self.transformed {
            return;
        }
        let Some(rule) = rule.as_map() else {
            return self.find(
                Code::InvalidStructure,
                format!("rule `{}` is no map", shortened(name)),
                None,
                "write a map with `Assertions` and, where it does not always hold, `RuleCondition`",
            );
        };
        if let Some(condition) = rule.get("RuleCondition") {
            self.below(Step::Key("RuleCondition"), |checker| {
                checker.truth(condition, "a rule's condition", Block::Rule);
            });
        }
        match rule.get("Assertions") {
            Some(Value::List(assertions)) => self.below(Step::Key("Assertions"), |checker| {
                for (position, assertion) in assertions.iter().enumerate() {
                    checker.below(Step::Index(position), |checker| {
                        checker.assertion(assertion);
                    });
                }
            }),
            Some(_) => self.below(Step::Key("Assertions"), |checker| {
                checker.find(
                    Code::InvalidStructure,
                    "`Assertions` is no list",
                    None,
                    "write a list, also where it has one assertion",
                );
            }),
            None => self.find(
                Code::MissingMember,
                format!("rule `{}` has no `Assertions`", shortened(name)),
                None,
                "add what has to hold",
            ),
        }
    }

    fn assertion(&mut self, assertion: &'t Value) {
        let described = assertion
            .as_map()
            .and_then(|assertion| assertion.get("AssertDescription"));
        if described.is_some_and(|text| !is_scalar(text)) && !self.transformed {
            self.below(Step::Key("AssertDescription"), |checker| {
                let help = "write a literal text; functions are not evaluated here";
                let what = "the description of an assertion is no text";
                checker.find(Code::InvalidStructure, what, None, help);
            });
        }
        let asserted = assertion.as_map().map(|assertion| assertion.get("Assert"));
        match asserted {
            Some(Some(asserted)) => self.below(Step::Key("Assert"), |checker| {
                checker.truth(asserted, "an assertion", Block::Rule);
            }),
            Some(None) => self.find(
                Code::MissingMember,
                "an assertion has no `Assert`",
                None,
                "add the condition that has to hold",
            ),
            None => self.find(
                Code::InvalidStructure,
                "an assertion is no map",
                None,
                "write a map with `Assert`",
            ),
        }
    }

    /// What has to hold or not: a function that says so.
    pub(super) fn truth(&mut self, value: &Value, what: &str, block: Block) {
        // What is not evaluated there at all is told already.
        let is_told = matches!(value, Value::Function(function, _) if !allowed(*function, block));
        if is_truth(value) || is_told || self.transformed {
            return;
        }
        self.find(
            Code::InvalidStructure,
            format!("{what} is neither true nor false"),
            None,
            "write a condition function: `!Equals [!Ref Stage, prod]`",
        );
    }

    pub(super) fn transforms(&mut self) {
        let template = self.template;
        self.below(Step::Key("Transform"), |checker| {
            for (position, transform) in template.transform.iter().enumerate() {
                checker.below(Step::Index(position), |checker| {
                    checker.transform(transform);
                });
            }
        });
    }

    fn transform(&mut self, transform: &Value) {
        let fits = match transform {
            Value::String(name) => !name.trim().is_empty(),
            Value::Null => true,
            Value::Map(entries) => is_named(entries),
            Value::Function(Function::Transform, argument) => {
                argument.as_map().is_none_or(is_named)
            }
            _ => false,
        };
        if !fits {
            self.find(
                Code::InvalidStructure,
                "a transform is neither the name of a macro nor a map with `Name`",
                None,
                "write the macro's name, or a map of `Name` and `Parameters`",
            );
        }
    }
}

fn is_named(entries: &Map) -> bool {
    let known = |name: &Text| name == "Name" || name == "Parameters";
    entries
        .get("Name")
        .is_some_and(|name| name.as_str().is_some())
        && entries.keys().all(known)
}

/// Whether a value holds or does not.
pub(super) fn is_truth(value: &Value) -> bool {
    match value {
        Value::Bool(_) => true,
        Value::String(text) => text == "true" || text == "false",
        Value::Function(function, _) => matches!(
            function,
            Function::Condition
                | Function::Equals
                | Function::And
                | Function::Or
                | Function::Not
                | Function::Contains
                | Function::EachMemberEquals
                | Function::EachMemberIn
                | Function::Transform
        ),
        _ => false,
    }
}
