//! Changes that CloudFormation refuses as a whole.

use std::collections::HashMap;

use super::nouns::named;
use super::{Certainty, Consequence, Kind, Severity};
use crate::change::{Action, ResourceChange};

/// The service's own words: `Update of resource type is not permitted.`
pub(super) fn find(changes: &[ResourceChange], found: &mut Vec<Consequence>) {
    let removed = changes
        .iter()
        .filter(|change| change.action == Action::Remove);
    let removed: HashMap<&str, &ResourceChange> = removed
        .map(|change| (change.logical_id.as_str(), change))
        .collect();
    for new in changes.iter().filter(|change| change.action == Action::Add) {
        let Some(old) = removed.get(new.logical_id.as_str()) else {
            continue;
        };
        found.push(Consequence {
            help: Some("give the new resource a logical ID of its own".to_owned()),
            ..Consequence::of(
                new,
                Kind::Refused,
                Severity::Danger,
                Certainty::Will,
                format!(
                    "cannot turn {} into {}",
                    named(&old.resource_type, &old.logical_id),
                    with_article(&new.resource_type)
                ),
                "CloudFormation does not permit another type under the same logical ID",
            )
        });
    }
}

fn with_article(resource_type: &str) -> String {
    format!("a resource of type `{resource_type}`")
}
