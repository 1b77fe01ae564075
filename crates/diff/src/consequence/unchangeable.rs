//! Updates that AWS documents to refuse: what cannot be changed, or cannot change together.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use indexmap::IndexMap;
use stratiform_catalog::PropertyPath;
use stratiform_catalog::behaviour::{
    Refusal, StayingItems, When, holds_data, refused_updates, staying_items,
};
use stratiform_changes::{
    Attribute, ChangeSource, ChangedAttribute, ChangedResource, Context, Edit, Evaluation,
    Replacement,
};
use stratiform_resolve::{Compare, Resolved, Style};

use super::nouns::named;
use super::property::{changes, of, told};
use super::refused::refused;
use super::{Certainty, Consequence, Kind, Severity};

pub(super) fn find(change: &ChangedResource, found: &mut Vec<Consequence>) {
    if change.action != Edit::Modify {
        return;
    }
    if change.replacement() == Replacement::Will {
        replaced(change, found);
        return;
    }
    let mut refused: Vec<Refused> = refused_updates(&change.resource_type)
        .filter_map(|refusal| updated(change, refusal))
        .collect();
    refused.extend(staying_items(&change.resource_type).flat_map(|items| item(change, items)));
    found.extend(together(change, &refused));
}

/// One thing that AWS refuses.
struct Refused {
    certainty: Certainty,
    /// What cannot be done: `change`.
    verb: &'static str,
    /// To what: `` `Encrypted` ``.
    what: String,
    why: String,
    instead: Option<&'static str>,
}

/// What AWS refuses of one resource is one thing.
fn together(change: &ChangedResource, refused: &[Refused]) -> Option<Consequence> {
    let first = refused.first()?;
    let certainty = refused.iter().map(|refused| refused.certainty).max()?;
    let mut actions: IndexMap<&str, Vec<&str>> = IndexMap::new();
    for refused in refused {
        actions.entry(refused.verb).or_default().push(&refused.what);
    }
    let actions = actions
        .iter()
        .map(|(verb, what)| format!("{verb} {}", what.join(" and ")));
    let actions: Vec<String> = actions.collect();
    let why: BTreeSet<&str> = refused.iter().map(|refused| refused.why.as_str()).collect();
    let why: Vec<&str> = why.into_iter().collect();
    let (severity, verb) = match certainty {
        Certainty::Will => (Severity::Danger, "cannot"),
        Certainty::May | Certainty::Unknown => (Severity::Warning, "perhaps cannot"),
    };
    Some(Consequence {
        help: Some(match first.instead {
            Some(instead) => instead.to_owned(),
            None => instead(&change.resource_type),
        }),
        ..Consequence::of(
            change,
            Kind::Refused,
            severity,
            certainty,
            format!(
                "{verb} {} of {}",
                actions.join(" and "),
                named(&change.resource_type, &change.logical_id)
            ),
            why.join("; "),
        )
    })
}

fn instead(resource_type: &str) -> String {
    let data = match holds_data(resource_type) {
        true => ", and move the data",
        false => "",
    };
    format!("leave it as it is, or make a new one beside it under another logical ID{data}")
}

/// Whether AWS refuses an update.
fn updated(change: &ChangedResource, refusal: Refusal) -> Option<Refused> {
    let Some(path) = refusal.path else {
        return whole(change, refusal);
    };
    let (old, new) = (of(&change.before, path), of(&change.after, path));
    let (condition, why) = match refusal.when {
        When::Changed(_) => (Certainty::Will, "AWS refuses this update".to_owned()),
        When::From(from, to) => {
            let certainty = is(old?, from)?.min(match to {
                Some(_) => is(new?, to)?,
                None => Certainty::Will,
            });
            let from = old?.shown(Style::Expression);
            (certainty, format!("AWS does not let it go from `{from}`"))
        }
        When::ComesOrGoes => {
            (old.is_none() != new.is_none()).then_some(())?;
            (
                Certainty::Will,
                "it can neither be added nor removed".to_owned(),
            )
        }
        When::Renamed => {
            old.and(new)?;
            (Certainty::Will, "AWS refuses this update".to_owned())
        }
        When::With(others) => {
            let other = others
                .paths()
                .find(|other| changes(change, *other).next().is_some())?;
            (
                Certainty::Will,
                format!("it cannot change together with `{}`", told(other)),
            )
        }
        When::NotAlone(others) => {
            let with = |name: &str| {
                others
                    .paths()
                    .chain([path])
                    .any(|other| other.first() == name)
            };
            let mut names = change
                .expected()
                .filter_map(|detail| detail.name.as_deref());
            let other = names.find(|name| !with(name))?;
            (
                Certainty::Will,
                format!("it cannot change together with `{other}`"),
            )
        }
        When::Replaced => return None,
    };
    let (condition, why) = match refusal.only_while {
        None => (condition, why),
        Some((switch, value)) => (
            condition.min(is(of(&change.before, switch)?, Some(value))?),
            format!("{why} while `{}` is `{value}`", told(switch)),
        ),
    };
    let default = match refusal.when {
        When::Changed(default) => default,
        _ => None,
    };
    Some(Refused {
        certainty: differs(change, path, default)?.min(condition),
        verb: "change",
        what: format!("`{}`", told(path)),
        why: format!("{why}; documented in `{}`", refusal.source),
        instead: refusal.instead,
    })
}

/// Whether a resource changes of which nothing can.
fn whole(change: &ChangedResource, refusal: Refusal) -> Option<Refused> {
    let counts = |attribute| matches!(attribute, Attribute::Properties | Attribute::Metadata);
    change.expected().find(|detail| counts(detail.attribute))?;
    Some(Refused {
        certainty: Certainty::Will,
        verb: "change",
        what: "anything".to_owned(),
        why: format!("AWS refuses any update; documented in `{}`", refusal.source),
        instead: refusal.instead,
    })
}

/// Whether what is said at a path changes, where what is not written counts as a value.
fn differs(
    change: &ChangedResource,
    path: PropertyPath,
    default: Option<&str>,
) -> Option<Certainty> {
    changes(change, path).next()?;
    let written = |context| of(context, path).filter(|value| !is_empty(value));
    let (old, new) = (written(&change.before), written(&change.after));
    let text = |value: Option<&Resolved<'_>>| match value {
        Some(value) => value.known().map(Cow::into_owned),
        None => default.map(str::to_owned),
    };
    let same = match (old, new) {
        (None, None) => return None,
        (Some(old), Some(new)) => old.same(new, Compare::Values),
        _ => text(old)
            .zip(text(new))
            .is_some_and(|(old, new)| old.eq_ignore_ascii_case(&new)),
    };
    let unknown = || {
        [old, new]
            .into_iter()
            .flatten()
            .any(Resolved::is_unknown_now)
    };
    let depth = 1 + path.segments().count();
    let below = || changes(change, path).filter(|detail| detail.path.len() >= depth);
    // What is made from a new resource, or from one that is replaced, is another value.
    let is_new = |detail: &ChangedAttribute| {
        let of_resource = matches!(
            detail.source,
            ChangeSource::ResourceReference | ChangeSource::ResourceAttribute
        );
        of_resource && detail.evaluation == Evaluation::Static
    };
    match same {
        _ if below().any(is_new) => Some(Certainty::Will),
        // What is the same now becomes another through what it is made from.
        true if old.is_some() && new.is_some() && below().next().is_some() => Some(Certainty::May),
        true => None,
        false if unknown() => Some(Certainty::May),
        false => Some(Certainty::Will),
    }
}

fn is_empty(value: &Resolved<'_>) -> bool {
    match value {
        Resolved::Null => true,
        Resolved::List(items) => items.is_empty(),
        Resolved::Map(entries) => entries.is_empty(),
        Resolved::Literal(_) | Resolved::Text(_) => false,
    }
}

/// Whether a value is the one that is meant; nothing stands for any.
fn is(value: &Resolved<'_>, meant: Option<&str>) -> Option<Certainty> {
    match (value.known(), meant) {
        (_, None) => Some(Certainty::Will),
        (None, Some(_)) => Some(Certainty::May),
        (Some(value), Some(meant)) => value.eq_ignore_ascii_case(meant).then_some(Certainty::Will),
    }
}

/// Items of a list that go or become others, where they have to stay.
fn item(change: &ChangedResource, list: StayingItems) -> Vec<Refused> {
    let items = |context: &Option<Context>| {
        let all = context
            .as_ref()
            .and_then(|context| context.properties.get(list.list));
        let all = all.map(Resolved::items).unwrap_or_default().iter();
        let named =
            all.map(|item| Some((item.get(list.name)?.known()?.into_owned(), item.clone())));
        named.collect::<Option<BTreeMap<String, Resolved<'static>>>>()
    };
    let (Some(old), Some(new)) = (items(&change.before), items(&change.after)) else {
        return Vec::new();
    };
    let refused = |certainty, verb, name: &str| Refused {
        certainty,
        verb,
        what: format!("`{name}` in `{}`", list.list),
        why: format!(
            "{} can be added, and not {}; documented in `{}`",
            list.list,
            if list.can_change {
                "removed"
            } else {
                "changed or removed"
            },
            list.source
        ),
        instead: None,
    };
    let each = old.iter().filter_map(|(name, old)| match new.get(name) {
        None => Some(refused(Certainty::Will, "remove", name)),
        Some(_) if list.can_change => None,
        Some(new) => Some(refused(item_differs(old, new)?, "change", name)),
    });
    each.collect()
}

/// What is written on one side only may be what AWS takes for it on the other.
fn item_differs(old: &Resolved<'_>, new: &Resolved<'_>) -> Option<Certainty> {
    if old.same(new, Compare::Values) {
        return None;
    }
    let mut entries = old.entries();
    let differs = entries.any(|(key, old)| {
        let new = new.get(key);
        new.is_some_and(|new| !old.same(new, Compare::Values) && !old.is_unknown_now())
    });
    Some(if differs {
        Certainty::Will
    } else {
        Certainty::May
    })
}

/// A replacement that AWS refuses.
fn replaced(change: &ChangedResource, found: &mut Vec<Consequence>) {
    for refusal in refused_updates(&change.resource_type) {
        let Some(path) = refusal.path.filter(|_| refusal.when == When::Replaced) else {
            continue;
        };
        let (old, new) = (of(&change.before, path), of(&change.after, path));
        if old.is_none() || new.is_none() {
            continue;
        }
        found.push(Consequence {
            help: refusal.instead.map(str::to_owned),
            ..refused(
                change,
                format!(
                    "cannot replace {}",
                    named(&change.resource_type, &change.logical_id)
                ),
                format!(
                    "it has `{}`, with which AWS refuses that; documented in `{}`",
                    told(path),
                    refusal.source
                ),
            )
        });
    }
}
