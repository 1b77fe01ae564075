//! The way through all values, with what each place allows.

use stratiform_finding::Code;

use super::Checker;
use crate::read::Step;
use crate::read::value::is_loop;
use crate::template::{Member, Output, Resource};
use crate::value::{Function, Value};

/// The part of the template a value stands in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Block {
    /// A resource; its position, for dependencies. `None` inside a loop.
    Resource(Option<usize>),
    /// A resource's metadata: as a resource, but `null` is allowed.
    Metadata(Option<usize>),
    Output,
    /// A condition; its position. `None` inside a loop.
    Condition(Option<usize>),
    Rule,
}

impl<'t> Checker<'t> {
    pub(super) fn walk(&mut self) {
        let template = self.template;
        self.below(Step::Key("Conditions"), |checker| {
            let mut position = 0..;
            for (name, member) in &template.conditions {
                checker.below(Step::Key(name), |checker| match member {
                    Member::One(value) => {
                        checker.condition(value, Block::Condition(position.next()))
                    }
                    Member::Unexpanded(value) => {
                        checker.repeated(name, value, Block::Condition(None))
                    }
                });
            }
        });
        self.below(Step::Key("Resources"), |checker| {
            let mut position = 0..;
            for (name, member) in &template.resources {
                checker.below(Step::Key(name), |checker| match member {
                    Member::One(resource) => checker.resource(name, resource, position.next()),
                    Member::Unexpanded(value) => {
                        checker.repeated(name, value, Block::Resource(None))
                    }
                });
            }
        });
        self.below(Step::Key("Outputs"), |checker| {
            for (name, member) in &template.outputs {
                checker.below(Step::Key(name), |checker| match member {
                    Member::One(output) => checker.output(name, output),
                    Member::Unexpanded(value) => checker.repeated(name, value, Block::Output),
                });
            }
        });
    }

    fn resource(&mut self, name: &str, resource: &'t Resource, position: Option<usize>) {
        // What a macro makes of it may be several resources, and only one of them refers to what is named.
        let is_made = self.transformed || resource.resource_type.starts_with("AWS::Serverless::");
        let block = Block::Resource(position.filter(|_| !is_made));
        if let Some(condition) = &resource.condition {
            self.below(Step::Key("Condition"), |checker| {
                checker.condition_name(condition, None)
            });
        }
        for (index, target) in resource.depends_on.iter().enumerate() {
            self.below(Step::Key("DependsOn"), |checker| {
                checker.below(Step::Index(index), |checker| {
                    checker.depends_on(name, target, position)
                });
            });
        }
        // The first two may hold functions without any transform: recorded 2026-01-23, though no page says so.
        for (attribute, policy) in [
            ("DeletionPolicy", &resource.deletion_policy),
            ("UpdateReplacePolicy", &resource.update_replace_policy),
            ("CreationPolicy", &resource.creation_policy),
            ("UpdatePolicy", &resource.update_policy),
        ] {
            if let Some(policy) = policy {
                self.below(Step::Key(attribute), |checker| checker.value(policy, block));
            }
        }
        if let Some(metadata) = &resource.metadata {
            self.below(Step::Key("Metadata"), |checker| {
                // Text as it is recorded, and any other kind of value, since the words are of all that is no map. What other
                // functions give may be one; nobody knows what becomes of `null`.
                let is_no_map = match metadata {
                    Value::Map(_) | Value::Null => false,
                    Value::Function(function, _) => {
                        matches!(function, Function::Ref | Function::Sub | Function::Join)
                    }
                    Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::List(_) => true,
                };
                if is_no_map {
                    checker.find(
                        Code::InvalidStructure,
                        "`Metadata` is no map",
                        // cfn-lint#2758.
                        Some(
                            "Template format error: Any Metadata member must be an object."
                                .to_owned(),
                        ),
                        "give it names with values, or remove it",
                    );
                }
                checker.value(metadata, Block::Metadata(position));
            });
        }
        self.below(Step::Key("Properties"), |checker| {
            for (name, value) in &resource.properties {
                checker.entry(name, value, block);
            }
        });
    }

    fn output(&mut self, name: &str, output: &'t Output) {
        if let Some(condition) = &output.condition {
            self.below(Step::Key("Condition"), |checker| {
                checker.condition_name(condition, None)
            });
        }
        self.below(Step::Key("Value"), |checker| {
            checker.value(&output.value, Block::Output)
        });
        if let Some(export) = &output.export {
            self.below(Step::Key("Export"), |checker| {
                checker.below(Step::Key("Name"), |checker| {
                    checker.export(name, export);
                    checker.value(export, Block::Output)
                });
            });
        }
    }

    fn condition(&mut self, value: &'t Value, block: Block) {
        self.truth(value, "a condition", block);
        self.value(value, block);
    }

    pub(super) fn value(&mut self, value: &'t Value, block: Block) {
        match value {
            Value::Null if matches!(block, Block::Metadata(_)) => {}
            Value::Null => self.null_here(),
            Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
            Value::List(items) => {
                for (index, item) in items.iter().enumerate() {
                    self.below(Step::Index(index), |checker| checker.value(item, block));
                }
            }
            Value::Map(map) => {
                for (name, value) in map {
                    self.entry(name, value, block);
                }
            }
            Value::Function(function, argument) => {
                self.below(Step::Key(function.name()), |checker| {
                    checker.function(*function, argument, block);
                    // Parameters of a macro are the macro's business.
                    match (function, argument.as_list()) {
                        (Function::Transform, _) => {}
                        // What stands for the condition is looked at by whoever looks at the function.
                        (Function::If, Some([_, branches @ ..]))
                            if matches!(
                                block,
                                Block::Resource(_) | Block::Metadata(_) | Block::Output
                            ) =>
                        {
                            for (position, branch) in (1..).zip(branches) {
                                checker.below(Step::Index(position), |checker| {
                                    checker.value(branch, block);
                                });
                            }
                        }
                        _ => checker.value(argument, block),
                    }
                });
            }
        }
    }

    fn entry(&mut self, name: &'t str, value: &'t Value, block: Block) {
        self.below(Step::Key(name), |checker| {
            if is_loop(name) {
                checker.repeated(name, value, block);
            } else if name != Function::Transform.name() {
                checker.value(value, block);
            }
        });
    }

    /// A loop, or a macro in the place of members.
    fn repeated(&mut self, name: &str, value: &'t Value, block: Block) {
        if !is_loop(name) {
            return;
        }
        self.needs_extensions("a loop");
        let wrong = match value.as_list() {
            Some([Value::Map(_) | Value::List(_) | Value::Function(..), _, _]) => {
                Some("the identifier of a loop is no text")
            }
            Some([_, _, body]) if body.scalar().is_some() || body.as_list().is_some() => {
                Some("the body of a loop is no map")
            }
            Some([_, _, _]) => None,
            _ => Some("a loop is no list of three"),
        };
        if let Some(what) = wrong {
            self.find(
                Code::InvalidFunctionArgument,
                what,
                None,
                "write `[identifier, collection, body]`",
            );
        }
        self.loops += 1;
        self.value(value, block);
        self.loops -= 1;
    }

    pub(super) fn needs_extensions(&mut self, what: &str) {
        if !self.extended && !self.transformed {
            self.find(
                Code::MissingTransform,
                format!("{what} needs a transform"),
                None,
                "add `Transform: AWS::LanguageExtensions` to the template",
            );
        }
    }

    pub(super) fn null(&mut self, name: &'static str) {
        self.below(Step::Key(name), Self::null_here);
    }

    fn null_here(&mut self) {
        let path: String = self.path.iter().map(|step| format!("/{step}")).collect();
        self.find(
            Code::NullValue,
            "a value is null",
            Some(format!(
                "[{path}] 'null' values are not allowed in templates"
            )),
            "give it a value, or remove its key; `!Ref AWS::NoValue` removes a property",
        );
    }
}
