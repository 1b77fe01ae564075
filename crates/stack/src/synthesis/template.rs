//! The template of one stack, without the outputs that other stacks need.

use std::mem::take;

use indexmap::IndexMap;
use stratiform_finding::{Code, Finding, Place};
use stratiform_template::{Member, Output, Resource, Template, Value};

use super::order::Use;
use super::{Lowering, Owner};
use crate::resource::ResourceDraft;
use crate::resource::definition::{Dependency, ResourceSettings};
use crate::stack::parameter::Parameter;
use crate::stack::{StackDependency, StackDraft};

impl Lowering<'_> {
    /// Takes out of the draft what becomes part of the template: moved, not copied, and freed on the way.
    pub(super) fn template(&mut self, draft: &mut StackDraft) -> Template {
        let key = draft.key.clone();
        let owner = Owner {
            id: draft.id,
            stack: &key,
            location: draft.location,
        };
        self.dependencies(draft);
        let known = self.known;
        let resources = draft.resources.iter_mut().filter_map(|resource| {
            let logical_id = known.get(resource.target)?.logical_id;
            let owner = Owner {
                location: resource.target.location,
                ..owner
            };
            let resource = self.resource(logical_id, resource, owner);
            Some((logical_id.to_owned(), Member::One(resource)))
        });
        let resources: IndexMap<_, _> = resources.collect();
        let outputs = take(&mut draft.outputs);
        let outputs = outputs.into_iter().map(|(name, output)| {
            let value = self.value(
                output.value,
                Owner {
                    location: output.location,
                    ..owner
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
    pub(super) fn dependencies(&mut self, draft: &StackDraft) {
        for dependency in &draft.depends_on {
            let StackDependency {
                on,
                key,
                declared,
                location,
            } = dependency;
            if self.known.has(*on) {
                self.uses.push(Use {
                    consumer: draft.key.clone(),
                    producer: key.clone(),
                    what: "the deployment".to_owned(),
                    location,
                });
            } else {
                self.problems.push(
                    Finding::new(
                        Code::ForeignHandle,
                        format!(
                            "stack `{}` waits for stack `{key}` of another app",
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

    fn resource(
        &mut self,
        logical_id: &str,
        draft: &mut ResourceDraft,
        owner: Owner<'_>,
    ) -> Resource {
        let ResourceSettings {
            condition,
            depends_on,
            deletion_policy,
            update_replace_policy,
            creation_policy,
            update_policy,
            metadata,
        } = draft
            .settings
            .take()
            .map(|settings| *settings)
            .unwrap_or_default();
        let depends_on = depends_on
            .into_iter()
            .filter_map(|dependency| self.depends_on(logical_id, dependency, owner))
            .collect();
        let mut properties = take(&mut draft.properties);
        self.defaults
            .complete(&draft.resource_type, &mut properties);
        let properties = properties
            .into_iter()
            .map(|(key, value)| (key, self.value(value, owner)))
            .collect();
        let condition = condition.map(|condition| self.condition(condition, owner));
        let mut attribute = |draft: Option<_>| draft.map(|draft| self.value(draft, owner));
        Resource {
            resource_type: draft.resource_type.as_str().to_owned(),
            condition,
            depends_on,
            deletion_policy: deletion_policy.map(|policy| policy.as_str().into()),
            update_replace_policy: update_replace_policy.map(|policy| policy.as_str().into()),
            creation_policy: attribute(creation_policy),
            update_policy: attribute(update_policy),
            metadata: attribute(metadata),
            properties,
            ..Resource::default()
        }
    }

    /// An entry of `DependsOn`, which reaches no further than its stack.
    fn depends_on(
        &mut self,
        resource: &str,
        dependency: Dependency,
        owner: Owner<'_>,
    ) -> Option<String> {
        let Dependency {
            on: target,
            location,
        } = dependency;
        let Some(named) = self.known.get(target) else {
            let help =
                "only resources of one stack wait for each other: deploy the other app first";
            self.foreign(owner.stack, target, (location, "depended on here"), help);
            return None;
        };
        if target.stack != owner.id {
            self.problems.push(
                Finding::new(
                    Code::DependsOnAcrossStacks,
                    format!(
                        "`{resource}` in stack `{}` depends on `{}`, which is in stack `{}`",
                        owner.stack, named.logical_id, named.stack
                    ),
                    "use `stack.depends_on(&other_stack)` between stacks",
                )
                .at(Place::rust(location, "depended on here"))
                .at(Place::rust(target.location, "declared here")),
            );
            return None;
        }
        Some(named.logical_id.to_owned())
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
