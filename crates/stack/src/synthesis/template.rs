//! The template of one stack, without the outputs that other stacks need.

use std::mem::take;
use std::rc::Rc;

use indexmap::IndexMap;
use stratiform_finding::{Code, Finding, Place};
use stratiform_template::{Member, Output, Resource, Template, Value};

use super::order::Use;
use super::{Lowering, Owner};
use crate::resource::{Dependency, ResourceDraft};
use crate::stack::parameter::Parameter;
use crate::stack::{StackDependency, StackDraft};
use crate::value::draft::Identity;

impl Lowering<'_> {
    /// Takes out of the draft what becomes part of the template: moved, not copied, and freed on the way.
    pub(super) fn template(&mut self, draft: &mut StackDraft) -> Template {
        let key = draft.key.clone();
        let owner = Owner {
            stack: &key,
            location: draft.location,
        };
        self.dependencies(draft);
        let resources = draft.resources.iter().map(|resource| {
            let logical_id = resource.identity.logical_id.clone();
            (logical_id, Member::One(self.resource(&key, resource)))
        });
        let resources: IndexMap<_, _> = resources.collect();
        let outputs = take(&mut draft.outputs);
        let outputs = outputs.into_iter().map(|(name, output)| {
            let value = self.value(
                output.value,
                Owner {
                    stack: &key,
                    location: output.location,
                },
            );
            let output = Output {
                value,
                description: (!output.description.is_empty()).then_some(output.description),
                export: output.export.map(Value::from),
                condition: None,
            };
            (name, Member::One(output))
        });
        let outputs: IndexMap<_, _> = outputs.collect();
        let conditions = take(&mut draft.conditions)
            .into_iter()
            .map(|(name, condition)| (name, Member::One(self.value(condition, owner))))
            .collect();
        let metadata = take(&mut draft.metadata)
            .into_iter()
            .map(|(key, value)| (key, self.value(value.0, owner)))
            .collect();
        Template {
            format_version: Some("2010-09-09".to_owned()),
            description: Some(take(&mut draft.description)),
            metadata,
            parameters: draft
                .parameters
                .iter()
                .map(|(name, given)| (name.clone(), parameter(given)))
                .collect(),
            mappings: take(&mut draft.mappings),
            conditions,
            resources,
            outputs,
            ..Template::default()
        }
    }

    /// Notes which stacks a stack waits for without referring to them.
    fn dependencies(&mut self, draft: &StackDraft) {
        for dependency in &draft.depends_on {
            let StackDependency {
                on,
                declared,
                location,
            } = dependency;
            if self.is_ours(on) {
                self.uses.push(Use {
                    consumer: draft.key.clone(),
                    producer: on.clone(),
                    what: "the deployment".to_owned(),
                    location,
                });
            } else {
                self.problems.push(
                    Finding::new(
                        Code::ForeignHandle,
                        format!(
                            "stack `{}` waits for stack `{on}` of another app",
                            draft.key
                        ),
                        "deploy the other app first; only stacks of one app are put in order",
                    )
                    .at(Place::rust(location, "depends on it here"))
                    .at(Place::rust(declared, "declared here")),
                );
            }
        }
    }

    fn resource(&mut self, stack: &Rc<str>, draft: &ResourceDraft) -> Resource {
        // Nobody else's code runs here: the drafts are data.
        let mut content = draft.content.borrow_mut();
        let owner = Owner {
            stack,
            location: draft.identity.location,
        };
        let depends_on = take(&mut content.depends_on)
            .into_iter()
            .filter_map(|dependency| self.depends_on(&draft.identity, dependency))
            .collect();
        let properties = take(&mut content.properties)
            .into_iter()
            .map(|(key, value)| (key.into_owned(), self.value(value, owner)))
            .collect();
        let condition = content.condition.take();
        let condition = condition.map(|condition| self.condition(&condition, owner));
        let mut attribute = |draft: Option<_>| draft.map(|draft| self.value(draft, owner));
        Resource {
            resource_type: draft.resource_type.clone(),
            condition,
            depends_on,
            deletion_policy: content.deletion_policy.map(|policy| policy.as_str().into()),
            update_replace_policy: content
                .update_replace_policy
                .map(|policy| policy.as_str().into()),
            creation_policy: attribute(content.creation_policy.take()),
            update_policy: attribute(content.update_policy.take()),
            metadata: attribute(content.metadata.take()),
            properties,
            ..Resource::default()
        }
    }

    /// An entry of `DependsOn`, which reaches no further than its stack.
    fn depends_on(&mut self, resource: &Identity, dependency: Dependency) -> Option<String> {
        let Dependency {
            on: target,
            location,
        } = dependency;
        if !self.is_ours(&target.stack) {
            self.foreign(
                &target,
                (location, "depended on here"),
                "only resources of one stack wait for each other: deploy the other app first",
            );
            return None;
        }
        if !Rc::ptr_eq(&target.stack, &resource.stack) {
            self.problems.push(
                Finding::new(
                    Code::DependsOnAcrossStacks,
                    format!(
                        "`{}` in stack `{}` depends on `{}`, which is in stack `{}`",
                        resource.logical_id, resource.stack, target.logical_id, target.stack
                    ),
                    "use `stack.depends_on(&other_stack)` between stacks",
                )
                .at(Place::rust(location, "depended on here"))
                .at(Place::rust(target.location, "declared here")),
            );
            return None;
        }
        Some(target.logical_id.clone())
    }
}

fn parameter(given: &Parameter) -> stratiform_template::Parameter {
    stratiform_template::Parameter {
        parameter_type: given.parameter_type.clone(),
        default: given.default.as_deref().map(Value::from),
        description: (!given.description.is_empty()).then(|| given.description.clone()),
        no_echo: given.no_echo.then_some(true),
        constraints: given.constraints.clone(),
    }
}
