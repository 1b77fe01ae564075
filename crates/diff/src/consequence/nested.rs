//! Does another stack change that is a resource of this one? Its template is not at hand here.

use stratiform_catalog::behaviour::{Nested, nests};
use stratiform_changes::{ChangedResource, Edit};

use super::nouns::named;
use super::{Certainty, Consequence, Kind, Severity};

pub(super) fn find(change: &ChangedResource, found: &mut Vec<Consequence>) {
    if change.action != Edit::Modify {
        return;
    }
    let changes = |name: &str| {
        let mut paths = change.expected().filter_map(|detail| detail.path.get(1));
        paths.any(|path| path == name)
    };
    let changed = nests(&change.resource_type).filter(|(path, _)| changes(path.as_str()));
    let changed: Vec<String> = changed
        .map(|(path, nested)| match nested {
            Nested::Template => format!(
                "`{}` is another template, which is not at hand",
                path.as_str()
            ),
            Nested::Parameters => format!(
                "what other values of `{}` do in it is not known here",
                path.as_str()
            ),
        })
        .collect();
    if changed.is_empty() {
        return;
    }
    found.push(Consequence {
        help: Some(
            "compare the templates too: folders with both of them, or `diff OLD NEW`".to_owned(),
        ),
        ..Consequence::of(
            change,
            Kind::Unknown,
            Severity::Attention,
            Certainty::May,
            format!(
                "may change, replace or delete anything in {}",
                named(&change.resource_type, &change.logical_id)
            ),
            changed.join("; "),
        )
    });
}
