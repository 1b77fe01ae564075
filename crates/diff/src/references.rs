//! Who refers to whom in a template, found once.

use std::collections::HashMap;

use stratiform_resolve::Scope;
use stratiform_template::{Reference, Resource, Value};

/// A resource with its logical ID.
pub(crate) type Named<'t> = (&'t str, &'t Resource);

/// The resources of a stack by what they refer to.
pub(crate) struct References<'t>(HashMap<&'t str, Vec<Named<'t>>>);

impl<'t> References<'t> {
    pub(crate) fn of(scope: &Scope<'t>) -> Self {
        let mut all: HashMap<&'t str, Vec<Named<'t>>> = HashMap::new();
        for (id, resource) in scope.resources() {
            resource.for_each_reference(&mut |reference| {
                if let Some(name) = named(&reference) {
                    let users = all.entry(name).or_default();
                    // Those of one resource come one after the other.
                    if users.last().is_none_or(|(last, _)| *last != id) {
                        users.push((id, resource));
                    }
                }
            });
        }
        References(all)
    }

    /// The resources that refer to one.
    pub(crate) fn to(&self, id: &str) -> &[Named<'t>] {
        self.0.get(id).map(Vec::as_slice).unwrap_or_default()
    }
}

/// The resource or parameter that a reference names.
pub(crate) fn named<'r>(reference: &Reference<'r>) -> Option<&'r str> {
    match reference {
        Reference::Name(name)
        | Reference::Attribute {
            logical_id: name, ..
        } => Some(name),
        Reference::Mapping(_)
        | Reference::Condition(_)
        | Reference::Export(_)
        | Reference::Output(_)
        | Reference::Anything => None,
    }
}

/// Calls a function with the name in every dynamic reference of a text that begins so: `{{resolve:ssm:NAME:1}}`.
pub(crate) fn for_each_dynamic<'t>(text: &'t str, start: &str, visit: &mut impl FnMut(&'t str)) {
    // Most texts have none, which a search for one character finds out sooner.
    if !text.contains('{') {
        return;
    }
    for end in text.split(start).skip(1) {
        if let Some(end_of_name) = end.find([':', '}']) {
            visit(&end[..end_of_name]);
        }
    }
}

/// Calls a function with every text of a value.
pub(crate) fn for_each_text<'t>(value: &'t Value, visit: &mut impl FnMut(&'t str)) {
    value.walk(&mut |value| {
        if let Value::String(text) = value {
            visit(text);
        }
    });
}
