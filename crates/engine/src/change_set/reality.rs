//! Change sets that look at resources as they really are: three sides rather than two.
//!
//! Source: CloudFormation user guide, "Using drift-aware change sets". Of how the service writes their details nothing
//! is recorded.

use serde_json::{Map, Value, json};
use stratiform_catalog::catalog;
use stratiform_changes::Rules;
use stratiform_resolve::{Resolver, Scope};
use stratiform_service::change::{
    Action, Attribute, AttributeChangeType, ChangeSource, Detail, Drift, Evaluation, Replacement,
    RequiresRecreation, ResourceChange, ResourceDriftIgnoredAttribute, ResourceDriftStatus, Target,
    ValueSource,
};
use stratiform_service::change_set::StackDriftStatus;
use stratiform_service::{LogicalId, PhysicalId, Timestamp};

use crate::change_set::making::{Computed, texts};
use crate::drift::{Ignored, is_supported, reality};
use crate::operation::differences;
use crate::properties::Properties;
use crate::stack::{Record, Stack};
use crate::state::{Realm, State};
use crate::world::{resolved, values};

/// A resource that somebody else changed.
struct Drifted<'a> {
    logical_id: &'a str,
    record: &'a Record,
    /// None where it is gone.
    actual: Option<Properties>,
    desired: Properties,
    /// What of it is left alone.
    ignored: Vec<Ignored>,
}

impl State {
    /// Puts what somebody else changed among what a deployment would do.
    pub(super) fn look_at_reality(&self, realm: &Realm, stack: &Stack, computed: &mut Computed) {
        let deployment = computed.deployment.clone();
        let place = realm.place_of(stack);
        let world = self.world(stack, &deployment, &place);
        let given = texts(&deployment.parameters);
        let scope = Scope::new(&deployment.template, &given, &world);
        let resolver = Resolver::new(&scope, &world).revealing();
        let mut status = StackDriftStatus::InSync;
        for (logical_id, resource) in scope.resources() {
            let Some(record) = stack
                .resources
                .get(logical_id)
                .filter(|record| record.exists())
            else {
                continue;
            };
            if !is_supported(&record.resource_type) {
                continue;
            }
            let physical_id = record.physical_id().unwrap_or_default();
            let living = realm.estate.living(&record.resource_type, physical_id);
            let there = living.map(|living| &living.properties);
            if there == Some(&record.properties) {
                continue;
            }
            let desired = values(&resolver, &resource.properties).ok();
            let (kind, before) = (&record.resource_type, &record.properties);
            let looked = there.map(|there| reality(kind, before, desired.as_ref(), there));
            let (actual, ignored) = looked.unzip();
            let actual = actual.map(Properties::from);
            if actual.as_ref() == Some(before) {
                continue;
            }
            status = StackDriftStatus::Drifted;
            let Some(desired) = desired else {
                continue;
            };
            let drifted = Drifted {
                logical_id,
                record,
                actual,
                desired: desired.into(),
                ignored: ignored.unwrap_or_default(),
            };
            let Some(change) = drifted.change(realm.region.as_str(), self.now()) else {
                continue;
            };
            for changes in [&mut computed.plain, &mut computed.values] {
                changes.retain(|known| known.logical_resource_id != change.logical_resource_id);
            }
            computed.plain.push(without_values(change.clone()));
            computed.values.push(change);
            computed.changes = true;
        }
        computed.drift = Some(status);
    }
}

impl Drifted<'_> {
    fn change(&self, region: &str, now: Timestamp) -> Option<ResourceChange> {
        let record = self.record;
        let previous = record.properties.to_value();
        let desired = self.desired.to_value();
        let actual = self.actual.as_ref().map(Properties::to_value);
        let is_as_desired = actual.as_ref() == Some(&desired);
        let before = if is_as_desired {
            Some(&previous)
        } else {
            actual.as_ref()
        };
        let mut paths = Vec::new();
        if let Some(before) = before {
            differences(&mut Vec::new(), before, &desired, &mut paths);
        }
        let rules = Rules::of(catalog(), &record.resource_type, region);
        let details = paths.iter().map(|(path, before, after)| {
            let seen = |value: &Option<Value>| value.as_ref().map(resolved);
            let recreation = rules.at(path, seen(before).as_ref(), seen(after).as_ref());
            let kind = match (is_as_desired, before, after) {
                (true, ..) => AttributeChangeType::SyncWithActual,
                (false, None, _) => AttributeChangeType::Add,
                (false, _, None) => AttributeChangeType::Remove,
                (false, Some(_), Some(_)) => AttributeChangeType::Modify,
            };
            let at = |value: Option<&Value>| {
                let pointer: String = path.iter().map(|step| format!("/{step}")).collect();
                value.and_then(|value| value.pointer(&pointer)).map(text)
            };
            let source = match is_as_desired {
                true => ValueSource::PreviousDeploymentState,
                false => ValueSource::ActualState,
            };
            Detail {
                causing_entity: None,
                change_source: Some(ChangeSource::NoModification.into()),
                evaluation: Some(Evaluation::Static.into()),
                target: Target {
                    after_value: after.as_ref().map(text),
                    after_value_from: Some(ValueSource::Template.into()),
                    attribute: Attribute::Properties.into(),
                    attribute_change_type: Some(kind.into()),
                    before_value: before.as_ref().map(text),
                    before_value_from: Some(source.into()),
                    drift: Some(Drift {
                        actual_value: at(actual.as_ref()),
                        drift_detection_timestamp: Some(now),
                        previous_value: at(Some(&previous)),
                    }),
                    name: path.first().cloned(),
                    path: Some(format!("/Properties/{}", path.join("/"))),
                    requires_recreation: Some(recreation.requires.into()),
                },
            }
        });
        let details: Vec<Detail> = details.collect();
        let replaces = details.iter().any(|detail| {
            detail.target.requires_recreation.as_ref() == Some(&RequiresRecreation::Always.into())
        });
        let context = |properties: &Value| json!({ "Properties": properties }).to_string();
        Some(ResourceChange {
            action: match (&self.actual, is_as_desired) {
                (None, _) => Action::Add,
                (Some(_), true) => Action::SyncWithActual,
                (Some(_), false) => Action::Modify,
            }
            .into(),
            after_context: Some(context(&desired)),
            before_context: actual.as_ref().map(context),
            change_set_id: None,
            logical_resource_id: LogicalId::new(self.logical_id).ok()?,
            module_info: None,
            physical_resource_id: PhysicalId::new(record.physical_id()?).ok(),
            policy_action: None,
            previous_deployment_context: Some(context(&previous)),
            replacement: (self.actual.is_some() && !is_as_desired).then(|| {
                match replaces {
                    true => Replacement::Will,
                    false => Replacement::WillNot,
                }
                .into()
            }),
            resource_drift_ignored_attributes: self
                .ignored
                .iter()
                .map(|(path, reason)| ResourceDriftIgnoredAttribute {
                    path: path.clone(),
                    reason: (*reason).into(),
                })
                .collect(),
            resource_drift_status: Some(
                match &self.actual {
                    None => ResourceDriftStatus::Deleted,
                    Some(_) => ResourceDriftStatus::Modified,
                }
                .into(),
            ),
            resource_type: record.resource_type.clone(),
            scope: match details.is_empty() {
                true => Vec::new(),
                false => vec![Attribute::Properties.into()],
            },
            details,
        })
    }
}

/// A value as text: JSON where it is a list or a map.
fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        value => value.to_string(),
    }
}

/// The view without values.
fn without_values(change: ResourceChange) -> ResourceChange {
    let details = change.details.into_iter().map(|detail| Detail {
        target: Target {
            after_value: None,
            after_value_from: None,
            attribute_change_type: None,
            before_value: None,
            before_value_from: None,
            drift: None,
            path: None,
            ..detail.target
        },
        ..detail
    });
    ResourceChange {
        details: details.collect(),
        after_context: None,
        before_context: None,
        previous_deployment_context: None,
        ..change
    }
}

/// Properties in a context.
pub(super) fn properties_of(context: &str) -> Map<String, Value> {
    let context: Value = serde_json::from_str(context).unwrap_or_default();
    let properties = context.get("Properties").and_then(Value::as_object);
    properties.cloned().unwrap_or_default()
}
