//! Changes as `DescribeChangeSet` would answer them.
//!
//! Source: CloudFormation API reference, "ResourceChange"; recorded change sets.

use serde_json::{Map, Value};
use stratiform_resolve::{Resolved, Style};
use stratiform_service::LogicalId;
use stratiform_service::change::{
    Action, Attribute, AttributeChangeType, ChangeSetView, Detail, PolicyAction, Replacement,
    ResourceChange, Target,
};

use crate::change::{ChangedAttribute, ChangedResource, Context, Edit, Policy, predicted};

/// The changes of one stack: the `ResourceChange` of each entry of `Changes`, in either of the two views.
///
/// A resource whose name is no logical ID is not among them: CloudFormation refuses its template.
pub fn describe(changes: &[ChangedResource], view: ChangeSetView) -> Vec<ResourceChange> {
    changes
        .iter()
        .filter_map(|change| resource_change(change, view))
        .collect()
}

fn resource_change(change: &ChangedResource, view: ChangeSetView) -> Option<ResourceChange> {
    let details = match view {
        ChangeSetView::WithValues => &change.values,
        ChangeSetView::WithoutValues => &change.references,
    };
    if change.action == Edit::Modify && details.is_empty() {
        return None;
    }
    let replacement = match change.action {
        Edit::Modify => Some(predicted(details)),
        _ => None,
    };
    let context = |context: &Option<Context>| {
        let style = match change.action {
            Edit::Remove => Style::Removed,
            _ => Style::ChangeSet,
        };
        let context = context
            .as_ref()
            .filter(|_| view == ChangeSetView::WithValues)?;
        Some(context_text(context, style))
    };
    Some(ResourceChange {
        action: Action::from(change.action).into(),
        after_context: context(match &change.described {
            Some(_) => &change.described,
            None => &change.after,
        }),
        before_context: context(&change.before),
        change_set_id: None,
        details: details.iter().map(|detail| told(detail, view)).collect(),
        logical_resource_id: LogicalId::new(&change.logical_id).ok()?,
        module_info: None,
        physical_resource_id: None,
        policy_action: match (change.action, replacement) {
            (Edit::Remove, _) => Some(PolicyAction::from(change.policy).into()),
            (_, Some(Replacement::Will)) => {
                Some(PolicyAction::from(change.policy).of_replacement().into())
            }
            _ => None,
        },
        previous_deployment_context: None,
        replacement: replacement.map(Into::into),
        resource_drift_ignored_attributes: Vec::new(),
        resource_drift_status: None,
        resource_type: change.resource_type.clone(),
        scope: scope(details).into_iter().map(Into::into).collect(),
    })
}

fn scope(details: &[ChangedAttribute]) -> Vec<Attribute> {
    let mut scope: Vec<Attribute> = details.iter().map(|detail| detail.attribute).collect();
    scope.sort();
    scope.dedup();
    scope
}

fn told(detail: &ChangedAttribute, view: ChangeSetView) -> Detail {
    let with_values = view == ChangeSetView::WithValues;
    let shown = |value: &Option<Resolved<'_>>| {
        let value = value.as_ref().filter(|_| with_values)?;
        Some(value.shown(Style::ChangeSet))
    };
    Detail {
        causing_entity: detail.causing_entity.clone(),
        change_source: Some(detail.source.into()),
        evaluation: Some(detail.evaluation.into()),
        target: Target {
            after_value: shown(&detail.after),
            after_value_from: None,
            attribute: detail.attribute.into(),
            attribute_change_type: with_values
                .then(|| AttributeChangeType::from(detail.change_type).into()),
            before_value: shown(&detail.before),
            before_value_from: None,
            drift: None,
            name: detail.name.clone(),
            path: with_values.then(|| detail.pointer()),
            requires_recreation: Some(detail.recreation.requires.into()),
        },
    }
}

/// A resource as JSON text, as CloudFormation gives it.
fn context_text(context: &Context, style: Style) -> String {
    let mut entry = Map::new();
    entry.insert("Properties".to_owned(), context.properties.to_json(style));
    let mut put = |key: &str, policy: &Option<String>| {
        let policy = policy.as_ref();
        let policy = policy.map(|policy| (key.to_owned(), Value::from(policy.as_str())));
        entry.extend(policy);
    };
    put("DeletionPolicy", &context.deletion_policy);
    put("UpdateReplacePolicy", &context.update_replace_policy);
    if let Some(metadata) = &context.metadata {
        entry.insert("Metadata".to_owned(), metadata.to_json(style));
    }
    Value::Object(entry).to_string()
}

impl From<Policy> for PolicyAction {
    fn from(policy: Policy) -> Self {
        match policy {
            Policy::Delete => PolicyAction::Delete,
            Policy::Retain => PolicyAction::Retain,
            Policy::Snapshot => PolicyAction::Snapshot,
        }
    }
}
