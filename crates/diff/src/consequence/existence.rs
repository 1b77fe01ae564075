//! Does a resource, or an output, still exist? That can depend on a condition whose value is not known here.

use std::collections::BTreeSet;

use stratiform_catalog::behaviour::holds_data;
use stratiform_resolve::Scope;
use stratiform_template::Member;

use super::nouns::named;
use super::{Certainty, Consequence, Kind, Severity};

pub(super) fn find(before: &Scope<'_>, after: &Scope<'_>, found: &mut Vec<Consequence>) {
    let changed: BTreeSet<&str> = after.changed_conditions(before).collect();
    for (logical_id, resource) in after.resources() {
        let Some(old) = before.resource(logical_id) else {
            continue;
        };
        let (was, is) = (old.condition.as_deref(), resource.condition.as_deref());
        let Some(condition) = unknown(after, &changed, was, is) else {
            continue;
        };
        let (kind, severity) = match holds_data(&resource.resource_type) {
            true => (Kind::DataLoss, Severity::Warning),
            false => (Kind::Interruption, Severity::Attention),
        };
        let name = named(&resource.resource_type, logical_id);
        found.push(Consequence {
            resource_type: Some(resource.resource_type.clone()),
            ..may_remove(kind, severity, logical_id, &name, condition)
        });
    }
    for (logical_id, member) in &after.template.outputs {
        let old = before.template.outputs.get(logical_id);
        let (Member::One(output), Some(Member::One(old))) = (member, old) else {
            continue;
        };
        if !before.exists(old.condition.as_deref()) {
            continue;
        }
        let (was, is) = (old.condition.as_deref(), output.condition.as_deref());
        if let Some(condition) = unknown(after, &changed, was, is) {
            let name = format!("the output `{logical_id}`");
            let (kind, severity) = (Kind::OtherStacks, Severity::Attention);
            found.push(may_remove(kind, severity, logical_id, &name, condition));
        }
    }
}

/// The condition after the change, where nobody knows whether it holds, and it is not the one from before.
fn unknown<'c>(
    after: &Scope<'_>,
    changed: &BTreeSet<&str>,
    old: Option<&str>,
    new: Option<&'c str>,
) -> Option<&'c str> {
    let condition = new?;
    // The same unknown condition on both sides gives the same answer.
    let is_same = old == Some(condition) && !changed.contains(condition);
    (after.condition(condition).is_none() && !is_same).then_some(condition)
}

fn may_remove(
    kind: Kind,
    severity: Severity,
    logical_id: &str,
    name: &str,
    condition: &str,
) -> Consequence {
    Consequence {
        kind,
        severity,
        certainty: Certainty::May,
        logical_id: Some(logical_id.to_owned()),
        resource_type: None,
        what: format!("may remove {name}"),
        why: format!(
            "it exists where the condition `{condition}` holds, and that is not known here"
        ),
        details: Vec::new(),
        help: Some(
            "compare with the values of the parameters, or with what is deployed".to_owned(),
        ),
        withheld: Vec::new(),
    }
}
