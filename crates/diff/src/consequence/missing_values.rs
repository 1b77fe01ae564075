//! Does the next deployment need a value that nobody had to give before?

use stratiform_finding::words::listed;
use stratiform_resolve::Scope;

use super::{Certainty, Consequence, Kind, Severity};

/// So many are named in a sentence.
const NAMED: usize = 3;

/// Names the parameters that are new and have no default, as long as no value is given here.
pub(crate) fn find(before: &Scope<'_>, after: &Scope<'_>, found: &mut Vec<Consequence>) {
    let had_a_value = |name: &str| {
        let old = before.parameters.get(name);
        // The deployment keeps the value that was given.
        old.is_some_and(|old| old.declaration.default.is_none() || old.is_given)
    };
    let names = after.template.parameters.keys().map(String::as_str);
    let has_a_value = |name: &str| {
        after
            .parameters
            .get(name)
            .is_some_and(|new| new.text.is_some() || new.declaration.default.is_some())
    };
    let missing: Vec<&str> = names
        .filter(|name| !has_a_value(name) && !had_a_value(name))
        .collect();
    let (named, details) = match missing.as_slice() {
        [] => return,
        [name] => (format!("a value for the parameter `{name}`"), Vec::new()),
        names if names.len() <= NAMED => (
            format!("values for the parameters {}", listed(names)),
            Vec::new(),
        ),
        names => (
            format!("values for {} parameters", names.len()),
            names.iter().map(|name| format!("`{name}`")).collect(),
        ),
    };
    found.push(Consequence {
        kind: Kind::Refused,
        severity: Severity::Attention,
        certainty: Certainty::May,
        logical_id: match missing.as_slice() {
            [name] => Some((*name).to_owned()),
            _ => None,
        },
        resource_type: None,
        what: format!("needs {named} when it is deployed"),
        why: "there is no default, and no value to keep".to_owned(),
        details,
        help: Some("give it with the deployment, or give the parameter a default".to_owned()),
        withheld: Vec::new(),
    });
}
