//! Changes that AWS refuses.

use std::collections::{BTreeMap, HashMap};

use stratiform_catalog::behaviour::{self, Indexes};
use stratiform_changes::{ChangedResource, Context, Edit, Replacement};
use stratiform_finding::words::counted;
use stratiform_resolve::{Resolved, Style};

use super::nouns::named;
use super::versions::is_older;
use super::{Certainty, Consequence, Kind, Severity};

/// The service's own words: `Update of resource type is not permitted.`
pub(super) fn find(changes: &[ChangedResource], found: &mut Vec<Consequence>) {
    for change in changes {
        smaller(change, found);
        major_version(change, found);
        indexes(change, found);
    }
    let removed = changes
        .iter()
        .filter(|change| change.action == Edit::Remove);
    let removed: HashMap<&str, &ChangedResource> = removed
        .map(|change| (change.logical_id.as_str(), change))
        .collect();
    for new in changes.iter().filter(|change| change.action == Edit::Add) {
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

/// Storage that can grow and not shrink.
fn smaller(change: &ChangedResource, found: &mut Vec<Consequence>) {
    let number = |context: &Option<Context>, property: &str| {
        context
            .as_ref()?
            .properties
            .get(property)?
            .known()?
            .parse::<f64>()
            .ok()
    };
    for path in behaviour::only_grows(&change.resource_type) {
        if change.replacement() == Replacement::Will {
            continue;
        }
        let property = path.as_str();
        let sizes = number(&change.before, property).zip(number(&change.after, property));
        if let Some((old, new)) = sizes.filter(|(old, new)| new < old) {
            found.push(Consequence {
                help: Some("make a smaller one beside it, and move the data".to_owned()),
                ..refused(
                    change,
                    format!(
                        "cannot shrink {}",
                        named(&change.resource_type, &change.logical_id)
                    ),
                    format!("`{property}` was {old} and becomes {new}; AWS lets it grow only"),
                )
            });
        }
    }
}

/// Another major version, where it is not allowed in so many words.
fn major_version(change: &ChangedResource, found: &mut Vec<Consequence>) {
    let Some(upgrade) = behaviour::major_upgrade(&change.resource_type) else {
        return;
    };
    if change.replacement() == Replacement::Will {
        return;
    }
    let (version, allowed_by) = (upgrade.version, upgrade.allowed_by.as_str());
    let (Some(before), Some(after)) = (&change.before, &change.after) else {
        return;
    };
    let text = |context: &Context, property: &str| {
        context
            .properties
            .get(property)?
            .known()
            .map(|text| text.into_owned())
    };
    let Some(engine) = text(after, "Engine") else {
        return;
    };
    // PostgreSQL counts in one number since 10; the others in two.
    let parts = if engine.contains("postgres") { 1 } else { 2 };
    let major = |context| {
        let version = text(context, version)?;
        Some(version.split('.').take(parts).collect::<Vec<_>>().join("."))
    };
    // What belongs to a cluster has the cluster's version, and is not asked.
    let cluster = behaviour::data_elsewhere(&change.resource_type)
        .and_then(|path| Some((path, after.properties.get(path.as_str())?)));
    let allowed = cluster.is_none() && text(after, allowed_by).as_deref() == Some("true");
    let Some((old, new)) = major(before).zip(major(after)) else {
        return;
    };
    if old == new || allowed || is_older(&new, &old) {
        return;
    }
    let (why, help) = match cluster {
        Some((path, cluster)) => (
            format!(
                "its version is that of the cluster `{}` (`{path}`)",
                cluster.shown(Style::Expression)
            ),
            format!("take `{version}` off the instance, and set it on the cluster only"),
        ),
        None => (
            format!("`{allowed_by}` is not `true`"),
            format!("set `{allowed_by}: true`, and try the upgrade on a copy first"),
        ),
    };
    found.push(Consequence {
        help: Some(help),
        ..refused(
            change,
            format!(
                "cannot upgrade {} to another major version",
                named(&change.resource_type, &change.logical_id)
            ),
            format!("`{version}` goes from {old} to {new}, and {why}"),
        )
    });
}

/// Global secondary indexes, and what is like them: one can be made or deleted per update, and of an index nothing can be
/// changed but its capacity.
fn indexes(change: &ChangedResource, found: &mut Vec<Consequence>) {
    let (Some(before), Some(after)) = (&change.before, &change.after) else {
        return;
    };
    if change.replacement() == Replacement::Will {
        return;
    }
    let name = named(&change.resource_type, &change.logical_id);
    for known in behaviour::indexes(&change.resource_type) {
        let (old, new) = (named_items(before, known), named_items(after, known));
        let changed = new
            .iter()
            .filter(|(index, fixed)| old.get(*index).is_some_and(|old| old != *fixed));
        for (index, _) in changed {
            found.push(Consequence {
                help: Some(
                    "add an index with another name, and delete this one in the next deployment"
                        .to_owned(),
                ),
                ..refused(
                    change,
                    format!("cannot change the index `{index}` of {name}"),
                    format!("keys and projection of a {} cannot be changed", known.noun),
                )
            });
        }
        let come = new.keys().filter(|index| !old.contains_key(*index)).count();
        let go = old.keys().filter(|index| !new.contains_key(*index)).count();
        let limited = known
            .unless
            .is_none_or(|path| after.properties.get(path.as_str()).is_none());
        let some = |count| counted(count, known.noun);
        if come + go > 1 && limited {
            found.push(Consequence {
                help: Some("make one of these changes per deployment".to_owned()),
                ..refused(
                    change,
                    match (come, go) {
                        (come, 0) => format!("cannot make {} of {name} at once", some(come)),
                        (0, go) => format!("cannot delete {} of {name} at once", some(go)),
                        (come, go) => format!(
                            "cannot make {come} and delete {} of {name} at once",
                            some(go)
                        ),
                    },
                    format!("one {} can be made or deleted per update", known.noun),
                )
            });
        }
    }
}

/// Indexes by name, each with what of it cannot be changed.
fn named_items(context: &Context, known: Indexes) -> BTreeMap<String, Vec<Option<String>>> {
    let all = context.properties.get(known.list);
    let all = all.map(Resolved::items).unwrap_or_default().iter();
    let fixed = |index: &Resolved<'_>| {
        let shown = |key| index.get(key).map(|value| value.shown(Style::Expression));
        known.fixed().map(shown).collect()
    };
    all.filter_map(|index| Some((index.get(known.name)?.known()?.into_owned(), fixed(index))))
        .collect()
}

/// What AWS refuses for certain.
pub(super) fn refused(change: &ChangedResource, what: String, why: String) -> Consequence {
    Consequence::of(
        change,
        Kind::Refused,
        Severity::Danger,
        Certainty::Will,
        what,
        why,
    )
}

fn with_article(resource_type: &str) -> String {
    format!("a resource of type `{resource_type}`")
}
