//! Rules that no schema says: one file each.

use indexmap::IndexMap;
use stratiform_template::{Path, Value};

use crate::scene::Subject;
use crate::schema::Look;

/// Asks about the properties of a resource; the path leads to them.
type Rule = for<'t> fn(&mut Look<'_, 't>, &'t IndexMap<String, Value>, &Path<'_>);

/// The rules of each resource type.
const RULES: &[(&str, Rule)] = &[];

/// Asks all rules about a resource.
pub(crate) fn all<'t>(look: &mut Look<'_, 't>, subject: &Subject<'t>, path: &Path<'_>) {
    let name = subject.resource_type.name();
    for (_, rule) in RULES.iter().filter(|(about, _)| *about == name) {
        rule(look, &subject.resource.properties, path);
    }
}
