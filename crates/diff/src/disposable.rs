//! What weighs less in a stack that anybody may delete: one whose termination protection is known to be off.

use std::collections::BTreeSet;

use stratiform_catalog::behaviour::{dead_letters, holds_history};
use stratiform_resolve::Scope;
use stratiform_template::Reference;

use crate::consequence::{Consequence, Kind, Severity};

/// Losing a log, or what a queue put aside, is no danger there; losing anything else still is.
pub(crate) fn weigh(consequences: &mut [Consequence], before: &Scope<'_>) {
    let put_aside = put_aside(before);
    for found in consequences {
        let is_history = found.resource_type.as_deref().is_some_and(holds_history);
        let is_put_aside = found
            .logical_id
            .as_deref()
            .is_some_and(|id| put_aside.contains(id));
        if found.kind == Kind::DataLoss && (is_history || is_put_aside) {
            found.severity = found.severity.min(Severity::Warning);
        }
    }
}

/// The resources that take what others could not work off: dead-letter queues.
fn put_aside<'t>(scope: &Scope<'t>) -> BTreeSet<&'t str> {
    let mut found = BTreeSet::new();
    for (_, resource) in scope.resources() {
        let paths = dead_letters(&resource.resource_type);
        let values = paths.filter_map(|path| resource.properties.get(path.as_str()));
        for value in values {
            value.for_each_reference(&mut |reference| match reference {
                Reference::Name(logical_id) | Reference::Attribute { logical_id, .. } => {
                    found.insert(logical_id);
                }
                Reference::Mapping(_)
                | Reference::Condition(_)
                | Reference::Export(_)
                | Reference::Output(_)
                | Reference::Anything => {}
            });
        }
    }
    found
}
