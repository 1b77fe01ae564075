//! Does something stop that was running? What is switched off, scaled to nothing, moved, or taken away.

use stratiform_catalog::PropertyPath;
use stratiform_catalog::behaviour;
use stratiform_changes::{ChangedResource, Edit};
use stratiform_resolve::Resolved;

use super::nouns::named;
use super::{Certainty, Consequence, Kind, Severity};

pub(crate) fn find(change: &ChangedResource, found: &mut Vec<Consequence>) {
    let name = || named(&change.resource_type, &change.logical_id);
    let of = |severity, certainty, what: String, why: String| {
        Consequence::of(change, Kind::Interruption, severity, certainty, what, why)
    };
    match change.action {
        Edit::Add => {}
        Edit::Remove => {
            if let Some(missing) = behaviour::serves(&change.resource_type) {
                let why = "the resource leaves the template".to_owned();
                found.push(of(
                    Severity::Warning,
                    Certainty::Will,
                    format!("removes {}: {missing}", name()),
                    why,
                ));
            }
        }
        Edit::Modify => {
            for stop in behaviour::stops(&change.resource_type) {
                if is_at(change, stop.path, stop.value) {
                    let what = format!("stops {}: {}", name(), stop.what);
                    found.push(of(Severity::Warning, Certainty::Will, what, why(stop.path)));
                }
            }
            for redirect in behaviour::redirects(&change.resource_type) {
                if changes(change, redirect.path) {
                    let what = format!("changes {}: {}", name(), redirect.what);
                    let why = why(redirect.path);
                    found.push(of(Severity::Attention, Certainty::Will, what, why));
                }
            }
        }
    }
}

fn why(path: PropertyPath) -> String {
    format!("`{}` changes", path.as_str().replace('/', "."))
}

/// Whether a property gets a value that it did not have.
fn is_at(change: &ChangedResource, path: PropertyPath, value: &str) -> bool {
    let Some(after) = &change.after else {
        return false;
    };
    let now = path
        .segments()
        .try_fold(&after.properties, |value, key| value.get(key));
    let now = now.and_then(Resolved::known);
    changes(change, path) && now.is_some_and(|now| now == value)
}

/// Whether a property that was there changes.
fn changes(change: &ChangedResource, path: PropertyPath) -> bool {
    change.expected().any(|detail| {
        let known = std::iter::once("Properties").chain(path.segments());
        let steps = detail.path.iter().map(String::as_str);
        steps.zip(known).all(|(step, known)| step == known) && detail.change_type != Edit::Add
    })
}
