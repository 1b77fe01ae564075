//! Is a number set back that scaling has set since? CloudFormation sends what is written with every update.

use std::collections::HashMap;

use stratiform_catalog::behaviour::{self, Scaled};
use stratiform_changes::{Attribute, ChangedResource, Edit, Replacement};
use stratiform_resolve::{Resolved, Scope, Style};

use super::nouns::named;
use super::property::{at, changes, of, told};
use super::{Certainty, Consequence, Kind, Severity};
use crate::references::{Named, References};

pub(super) fn find(all: &[ChangedResource], after: &Scope<'_>, found: &mut Vec<Consequence>) {
    let mut scaling = None;
    for change in all {
        for scaled in behaviour::scaled(&change.resource_type) {
            let scaling = scaling.get_or_insert_with(|| Scaling::of(after));
            if let Some(consequence) = set_back(change, scaled, scaling) {
                found.push(consequence);
                break;
            }
        }
    }
}

/// Who may scale whom.
struct Scaling<'t> {
    references: References<'t>,
    /// By the end of a path with the name of what is scaled: `service/cluster/NAME`.
    names: HashMap<&'t str, Vec<Named<'t>>>,
}

impl<'t> Scaling<'t> {
    fn of(after: &Scope<'t>) -> Self {
        let mut names: HashMap<&str, Vec<Named<'t>>> = HashMap::new();
        for (id, resource) in after.resources() {
            for value in resource.properties.values() {
                if let Some((_, name)) = value.as_str().and_then(|text| text.rsplit_once('/')) {
                    names.entry(name).or_default().push((id, resource));
                }
            }
        }
        Scaling {
            references: References::of(after),
            names,
        }
    }

    /// Who scales a resource.
    fn by(&self, change: &ChangedResource, scaled: Scaled) -> Option<&'t str> {
        let context = change.after.as_ref();
        let name = context.and_then(|context| context.properties.get("ServiceName")?.known());
        let by_name = name.and_then(|name| self.names.get(name.as_ref()));
        let users = self.references.to(&change.logical_id).iter();
        let mut users = users.chain(by_name.into_iter().flatten());
        let found = users.find(|(_, user)| user.resource_type == scaled.by)?;
        Some(found.0)
    }
}

fn set_back(
    change: &ChangedResource,
    scaled: Scaled,
    scaling: &Scaling<'_>,
) -> Option<Consequence> {
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
    let by = scaling.by(change, scaled)?;
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
