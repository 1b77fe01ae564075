//! What access and network both ask of a resource's change.

use stratiform_catalog::behaviour::belongs_to;
use stratiform_changes::{ChangedResource, Edit};
use stratiform_resolve::{Resolved, Style, Time};

use crate::fate::Fate;

/// Most lines of details; the rest is counted.
const MAX_LINES: usize = 20;

/// Does a change concern what is there already?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::consequence) enum Novelty {
    /// Something is there before the change.
    Existing,
    /// The resource is new, and so is what it refers to.
    New,
}

impl Novelty {
    /// A resource that says something about another one (a bucket's policy, a group's rule) is as new as that one.
    pub(in crate::consequence) fn of(change: &ChangedResource) -> Novelty {
        let after = change.after.as_ref().map(|context| &context.properties);
        let (Edit::Add, Some(after)) = (change.action, after) else {
            return Novelty::Existing;
        };
        let owners = belongs_to(&change.resource_type);
        let named = owners.filter_map(|owner| after.get(owner.path.as_str()));
        let mut named = named.flat_map(Resolved::items);
        let new = named.all(|target| {
            let mut new = false;
            target.for_each_text(&mut |text| new |= text.time() == Time::AfterApply);
            new
        });
        if new { Novelty::New } else { Novelty::Existing }
    }
}

/// Whether the resource leaves the stack and nothing else: it goes on as it was.
pub(in crate::consequence) fn stays(change: &ChangedResource) -> bool {
    change.action == Edit::Remove && Fate::of(change).stays()
}

/// The properties before and after; nothing where the resource is not there.
pub(in crate::consequence) fn sides(change: &ChangedResource) -> [Option<&Resolved<'static>>; 2] {
    [&change.before, &change.after]
        .map(|context| context.as_ref().map(|context| &context.properties))
}

/// The values at a path, as the catalog writes it; `*` stands for every item of a list.
pub(in crate::consequence) fn at<'r>(
    value: &'r Resolved<'static>,
    path: &str,
) -> Vec<&'r Resolved<'static>> {
    path.split('/')
        .fold(vec![value], |values, step| match step {
            "*" => values.into_iter().flat_map(Resolved::items).collect(),
            key => values
                .into_iter()
                .filter_map(|value| value.get(key))
                .collect(),
        })
}

/// The logical ID or the name, in backquotes.
pub(in crate::consequence) fn quoted(name: &Resolved<'_>) -> String {
    let shown = name.shown(Style::Expression);
    let inner = shown
        .strip_prefix("${")
        .and_then(|name| name.strip_suffix('}'));
    format!("`{}`", inner.unwrap_or(&shown))
}

/// The first lines, and how many more there are.
pub(in crate::consequence) fn capped(mut lines: Vec<String>) -> Vec<String> {
    if lines.len() > MAX_LINES {
        let more = lines.len() - MAX_LINES;
        lines.truncate(MAX_LINES);
        lines.push(format!("… and {more} more"));
    }
    lines
}
