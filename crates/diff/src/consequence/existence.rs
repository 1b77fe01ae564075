//! Does a resource still exist? That can depend on a condition whose value is not known here.

use stratiform_catalog::behaviour::holds_data;
use stratiform_resolve::Scope;

use super::nouns::named;
use super::{Certainty, Consequence, Kind, Severity};

pub(super) fn find(before: &Scope<'_>, after: &Scope<'_>, found: &mut Vec<Consequence>) {
    for (logical_id, resource) in after.resources() {
        let Some(condition) = &resource.condition else {
            continue;
        };
        if after.condition(condition).is_some() {
            continue;
        }
        let Some(old) = before.resource(logical_id) else {
            continue;
        };
        // The same unknown condition on both sides gives the same answer.
        let same = old.condition.as_ref() == Some(condition)
            && before.template.conditions.get(condition)
                == after.template.conditions.get(condition);
        if same {
            continue;
        }
        let (kind, severity) = match holds_data(&resource.resource_type) {
            true => (Kind::DataLoss, Severity::Warning),
            false => (Kind::Interruption, Severity::Attention),
        };
        found.push(Consequence {
            kind,
            severity,
            certainty: Certainty::May,
            logical_id: Some(logical_id.to_owned()),
            resource_type: Some(resource.resource_type.clone()),
            what: format!("may remove {}", named(&resource.resource_type, logical_id)),
            why: format!(
                "it exists where the condition `{condition}` holds, and that is not known here"
            ),
            details: Vec::new(),
            help: Some(
                "compare with the values of the parameters, or with what is deployed".to_owned(),
            ),
        });
    }
}
