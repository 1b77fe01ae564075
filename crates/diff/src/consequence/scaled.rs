//! Is a number set back that scaling has set since? CloudFormation sends what is written with every update.

use stratiform_catalog::behaviour::{self, Scaled};
use stratiform_changes::{Attribute, ChangedResource, Edit, Replacement};
use stratiform_resolve::{Resolved, Scope, Style};
use stratiform_template::{Reference, Value};

use super::nouns::named;
use super::property::{at, changes, of, told};
use super::{Certainty, Consequence, Kind, Severity};

pub(super) fn find(all: &[ChangedResource], after: &Scope<'_>, found: &mut Vec<Consequence>) {
    for change in all {
        let mut scaled = behaviour::scaled(&change.resource_type);
        found.extend(scaled.find_map(|scaled| set_back(change, scaled, after)));
    }
}

fn set_back(change: &ChangedResource, scaled: Scaled, after: &Scope<'_>) -> Option<Consequence> {
    let updated = change.action == Edit::Modify
        && change.replacement() != Replacement::Will
        && change
            .expected()
            .any(|detail| matches!(detail.attribute, Attribute::Properties | Attribute::Tags));
    // Who changes the number means it.
    if !updated || changes(change, scaled.path).next().is_some() {
        return None;
    }
    let number = of(&change.after, scaled.path)?;
    let policy = change.after.as_ref()?.update_policy.as_ref();
    let left_alone = policy
        .zip(scaled.unless)
        .and_then(|(policy, path)| at(policy, path));
    if left_alone.and_then(Resolved::known).as_deref() == Some("true") {
        return None;
    }
    let (by, _) = after.resources().find(|(_, resource)| {
        let mut values = resource.properties.values();
        resource.resource_type == scaled.by && values.any(|value| is_about(value, change))
    })?;
    let name = named(&change.resource_type, &change.logical_id);
    let property = told(scaled.path);
    Some(Consequence {
        help: Some(format!(
            "leave `{property}` out: then an update leaves it as it is"
        )),
        ..Consequence::of(
            change,
            Kind::Interruption,
            Severity::Attention,
            Certainty::May,
            format!(
                "may scale {name} down: the update sets `{property}` back to {}",
                number.shown(Style::Expression)
            ),
            format!(
                "`{property}` is written, and `{by}` scales; documented in `{}`",
                scaled.source
            ),
        )
    })
}

/// Whether a value is made from a resource, or ends in its name.
fn is_about(value: &Value, change: &ChangedResource) -> bool {
    let mut found = false;
    value.for_each_reference(&mut |reference| {
        if let Reference::Name(name)
        | Reference::Attribute {
            logical_id: name, ..
        } = reference
        {
            found |= name == change.logical_id;
        }
    });
    let context = change.after.as_ref();
    let own = context.and_then(|context| context.properties.get("ServiceName")?.known());
    if let (Value::String(text), Some(own)) = (value, own) {
        found |= text.rsplit('/').next() == Some(own.as_ref()) && text.contains('/');
    }
    found
}
