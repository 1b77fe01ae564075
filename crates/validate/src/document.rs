//! What several properties say together and AWS takes in silence, though it cannot be meant: rules of firewalls, metrics.
//!
//! What does not live here: limits of one value (`literal.rs`), and policies (`stratiform-stack`).

mod metric;
mod rule;

use indexmap::IndexMap;
use stratiform_finding::{Code, Finding};
use stratiform_template::{Function, Member, Template, Value};

/// Properties by name.
type Entries = IndexMap<String, Value>;

/// What the documents inside of a template say that cannot be meant: each finding has its path, and no place.
///
/// Only what is written out is looked at: what CloudFormation evaluates may be anything.
pub fn documents(template: &Template) -> Vec<Finding> {
    let mut found = Vec::new();
    for (logical_id, member) in &template.resources {
        let Member::One(resource) = member else {
            continue;
        };
        let mut look = Look {
            template,
            path: ["Resources", logical_id, "Properties"]
                .map(str::to_owned)
                .into(),
            found: Vec::new(),
        };
        rule::look(&mut look, &resource.resource_type, &resource.properties);
        metric::look(&mut look, &resource.properties);
        found.append(&mut look.found);
    }
    found
}

/// One look at the properties of a resource.
struct Look<'t> {
    template: &'t Template,
    path: Vec<String>,
    found: Vec<Finding>,
}

impl Look<'_> {
    /// Looks at what is one step further inside.
    fn inside(&mut self, step: impl ToString, look: impl FnOnce(&mut Self)) {
        self.path.push(step.to_string());
        look(self);
        self.path.pop();
    }

    /// Tells what is wrong with a property.
    fn tell(&mut self, property: &str, finding: Finding) {
        let mut path = self.path.clone();
        path.push(property.to_owned());
        self.found.push(Finding { path, ..finding });
    }
}

/// Whether a property is there; nothing where a condition decides.
fn is_set(entries: &Entries, name: &str) -> Option<bool> {
    match entries.get(name) {
        None | Some(Value::Null) => Some(false),
        Some(Value::Function(Function::If, _)) => None,
        Some(_) => Some(true),
    }
}

/// The number that is written out.
fn number(entries: &Entries, name: &str) -> Option<i64> {
    match entries.get(name)? {
        Value::Number(number) => number.as_i64(),
        Value::String(text) => text.parse().ok(),
        _ => None,
    }
}
