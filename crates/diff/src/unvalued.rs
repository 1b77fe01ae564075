//! Parameters without a value here, of which the answer depends.

use std::collections::BTreeSet;

use stratiform_changes::{ChangedResource, Edit};
use stratiform_resolve::{Resolved, Scope, Use};
use stratiform_template::{Member, Reference};

/// The parameters without a value that what changes is made from, or that decide what exists. What is made from the
/// others is written the same on both sides, and a new one has no value from before that could differ.
pub(crate) fn unvalued<'t>(
    before: &Scope<'t>,
    after: &Scope<'t>,
    changes: &[ChangedResource],
) -> BTreeSet<&'t str> {
    let mut used = BTreeSet::new();
    let mut add = |value: &Resolved<'_>| {
        value.for_each_text(&mut |text| {
            used.extend(text.uses.iter().filter_map(|it| match it {
                Use::Parameter(name) => Some(name.clone()),
                Use::Reference(_) | Use::Attribute(..) => None,
            }));
        });
    };
    for change in changes {
        for detail in change.expected() {
            [&detail.before, &detail.after]
                .into_iter()
                .flatten()
                .for_each(&mut add);
        }
        if change.action == Edit::Add {
            change
                .after
                .iter()
                .for_each(|context| add(&context.properties));
        }
    }
    for (name, condition) in &after.template.conditions {
        if after.condition(name).is_none() {
            let (Member::One(condition) | Member::Unexpanded(condition)) = condition;
            condition.for_each_reference(&mut |reference| {
                if let Reference::Name(name) = reference {
                    used.insert(name.to_owned());
                }
            });
        }
    }
    let missing = after.parameters.iter().filter(|(name, parameter)| {
        parameter.text.is_none() && before.parameters.contains_key(*name) && used.contains(**name)
    });
    missing.map(|(name, _)| *name).collect()
}
