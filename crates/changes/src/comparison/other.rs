//! What changes besides properties: metadata, policies, the stack's tags, nested stacks.

use std::collections::HashSet;

use indexmap::IndexMap;
use stratiform_resolve::{Entries, Resolved};
use stratiform_template::Resource;

use super::{Comparison, Details, context};
use crate::change::{ChangedAttribute, ChangedResource, Edit, Policy, PolicyOrigin};
use crate::compare::{Shape, differences};
use crate::recreation::{Recreation, RecreationFact, Rules};
use stratiform_service::change::{Attribute, ChangeSource, Evaluation, RequiresRecreation};

/// The type of a nested stack.
const NESTED_STACK: &str = "AWS::CloudFormation::Stack";

impl<'t> Comparison<'_, 't> {
    /// `Metadata` and the policies.
    pub(super) fn other_attributes(
        &self,
        before: &'t Resource,
        after: &'t Resource,
        details: &mut Details,
    ) {
        let values = |resource: &'t Resource| {
            [
                (Attribute::Metadata, resource.metadata.as_ref()),
                (Attribute::CreationPolicy, resource.creation_policy.as_ref()),
                (Attribute::UpdatePolicy, resource.update_policy.as_ref()),
                (Attribute::DeletionPolicy, resource.deletion_policy.as_ref()),
                (
                    Attribute::UpdateReplacePolicy,
                    resource.update_replace_policy.as_ref(),
                ),
            ]
        };
        for ((attribute, old), (_, new)) in values(before).into_iter().zip(values(after)) {
            let old = old.and_then(|value| self.now(|resolver| resolver.resolve(value).part()));
            let new = new.and_then(|value| self.then(|resolver| resolver.resolve(value).part()));
            let found = differences(None, old.as_ref(), new.as_ref(), || Shape::UNKNOWN);
            let found: Vec<_> = found.iter().filter(|found| found.expressions).collect();
            if found.is_empty() {
                continue;
            }
            details.references.push(of_attribute(attribute, &[]));
            for difference in found {
                details.values.push(ChangedAttribute {
                    change_type: difference.change_type(),
                    before: difference.before.cloned().map(Resolved::into_owned),
                    after: difference.after.cloned().map(Resolved::into_owned),
                    ..of_attribute(attribute, &difference.path)
                });
            }
        }
    }

    /// Tags of the stack, which CloudFormation passes on to every resource that takes tags.
    pub(super) fn stack_tags(
        &self,
        rules: &Rules,
        properties: &Entries<'t>,
        details: &mut Details,
    ) {
        let (before, after) = (self.before().tags, self.after().tags);
        if before == after {
            return;
        }
        let tagging = rules.resource_type.map(|known| known.tagging());
        let Some(property) = tagging.and_then(|tagging| tagging.property) else {
            return;
        };
        let own = properties.get(property.first());
        let has = |key: &str| {
            own.is_some_and(|own| match own {
                Resolved::Map(entries) => entries.contains_key(key),
                own => own
                    .items()
                    .iter()
                    .any(|tag| tag.get("Key").and_then(Resolved::known).as_deref() == Some(key)),
            })
        };
        let keys = before
            .keys()
            .chain(after.keys().filter(|key| !before.contains_key(*key)));
        let changed: Vec<_> = keys
            .filter(|key| before.get(*key) != after.get(*key) && !has(key))
            .collect();
        if changed.is_empty() {
            return;
        }
        details.references.push(of_attribute(Attribute::Tags, &[]));
        for key in changed {
            let value = |tags: &IndexMap<String, String>| {
                tags.get(key).map(|value| Resolved::literal(value.clone()))
            };
            let (old, new) = (value(before), value(after));
            details.values.push(ChangedAttribute {
                change_type: match (&old, &new) {
                    (None, _) => Edit::Add,
                    (_, None) => Edit::Remove,
                    _ => Edit::Modify,
                },
                before: old,
                after: new,
                ..of_attribute(Attribute::Tags, std::slice::from_ref(key))
            });
        }
    }

    /// CloudFormation updates nested stacks with their parent, whether or not they change.
    ///
    /// Source: CloudFormation user guide, "Change sets for nested stacks".
    pub(super) fn nested_stacks(
        &self,
        existing: &[(&'t str, &'t Resource)],
        changes: &mut Vec<ChangedResource>,
    ) {
        let told: HashSet<String> = changes
            .iter()
            .filter(|change| change.resource_type == NESTED_STACK)
            .map(|change| change.logical_id.clone())
            .collect();
        for (logical_id, after) in existing {
            if !is_nested(after) || told.contains(*logical_id) {
                continue;
            }
            let before = self.before().scope.resource(logical_id);
            let Some(before) = before.filter(|before| is_nested(before)) else {
                continue;
            };
            let detail = ChangedAttribute {
                attribute: Attribute::Properties,
                evaluation: Evaluation::Dynamic,
                source: ChangeSource::Automatic,
                ..of_attribute(Attribute::Properties, &[])
            };
            changes.push(ChangedResource {
                action: Edit::Modify,
                logical_id: (*logical_id).to_owned(),
                resource_type: NESTED_STACK.to_owned(),
                policy: Policy::Delete,
                policy_origin: PolicyOrigin::Default,
                references: vec![detail.clone()],
                values: vec![detail],
                propagated: Vec::new(),
                before: Some(self.now(|resolver| context(resolver, before))),
                after: Some(self.then(|resolver| context(resolver, after))),
                described: None,
                refused: false,
            });
        }
    }
}

impl Details {
    /// That a resource is written as another type, which a transform knows how to read.
    pub(super) fn another_type(&mut self, before: &Resource, after: &Resource, rules: &Rules) {
        let written = |resource: &Resource| Some(Resolved::literal(resource.resource_type.clone()));
        let detail = ChangedAttribute {
            path: vec!["Type".to_owned()],
            recreation: rules.otherwise(),
            before: written(before),
            after: written(after),
            ..of_attribute(Attribute::Properties, &[])
        };
        self.references.push(detail.clone());
        self.values.push(detail);
    }
}

/// A detail of an attribute that is no property.
fn of_attribute(attribute: Attribute, below: &[String]) -> ChangedAttribute {
    let path = std::iter::once(attribute.as_str().to_owned());
    ChangedAttribute {
        attribute,
        name: None,
        path: path.chain(below.iter().cloned()).collect(),
        recreation: Recreation {
            requires: RequiresRecreation::Never,
            fact: RecreationFact::NotAProperty,
        },
        evaluation: Evaluation::Static,
        source: ChangeSource::DirectModification,
        causing_entity: None,
        change_type: Edit::Modify,
        before: None,
        after: None,
        decided: None,
    }
}

fn is_nested(resource: &Resource) -> bool {
    resource.resource_type == NESTED_STACK
}
