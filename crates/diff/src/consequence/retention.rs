//! Is data kept for a shorter time than before? What is older is deleted, and no policy of a resource keeps it.

use std::collections::BTreeMap;

use stratiform_catalog::PropertyPath;
use stratiform_catalog::behaviour::{
    self, Deletion, Expiration, Retention, Unwritten, deletions, expirations, retentions,
};
use stratiform_changes::{ChangedResource, Context, Edit, Replacement};
use stratiform_resolve::{Resolved, Style};

use super::nouns::named;
use super::property::{at, changes, of, told};
use super::{Certainty, Consequence, Kind, Severity};

pub(super) fn find(change: &ChangedResource, found: &mut Vec<Consequence>) {
    // A new resource has no data that could go.
    if change.action != Edit::Modify || change.replacement() == Replacement::Will {
        return;
    }
    let mut seen = Vec::new();
    for retention in retentions(&change.resource_type) {
        if !seen.contains(&retention.path) {
            seen.push(retention.path);
            found.extend(shorter(change, retention));
        }
    }
    let rules = expirations(&change.resource_type);
    found.extend(rules.filter_map(|rule| expires(change, rule)));
    let switches = deletions(&change.resource_type);
    found.extend(switches.filter_map(|deletion| deletes(change, deletion)));
}

fn lost(
    change: &ChangedResource,
    certainty: Certainty,
    what: impl Into<String>,
    why: impl Into<String>,
) -> Consequence {
    let severity = match certainty {
        Certainty::Will => Severity::Warning,
        Certainty::May | Certainty::Unknown => Severity::Attention,
    };
    Consequence::of(change, Kind::DataLoss, severity, certainty, what, why)
}

/// What a retention is on one side.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Kept {
    Forever,
    Number(f64),
    NotKnown,
}

/// A number that gets smaller.
fn shorter(change: &ChangedResource, retention: Retention) -> Option<Consequence> {
    let path = retention.path;
    changes(change, path).next()?;
    let unwritten = unwritten(change, retention)?;
    let kept = |value: Option<&Resolved<'_>>| {
        let number = |value: &Resolved<'_>| value.known()?.parse::<f64>().ok();
        match value {
            None => unwritten,
            // Where nothing written means for ever, so does zero.
            Some(value) => match number(value) {
                Some(0.0) if unwritten == Kept::Forever => Kept::Forever,
                Some(number) => Kept::Number(number),
                None => Kept::NotKnown,
            },
        }
    };
    let (old, new) = (of(&change.before, path), of(&change.after, path));
    let certainty = match (kept(old), kept(new)) {
        (_, Kept::Forever) => return None,
        (Kept::Number(old), Kept::Number(new)) if new >= old => return None,
        // Whether what is no longer written goes back to what counted before it was, nobody documents.
        (Kept::Number(_) | Kept::Forever, Kept::Number(_)) if new.is_some() => Certainty::Will,
        // Nothing can be less than nothing.
        (Kept::Number(0.0), Kept::NotKnown) => return None,
        _ => Certainty::May,
    };
    let name = named(&change.resource_type, &change.logical_id);
    let none = kept(new) == Kept::Number(0.0);
    let what = match (none, certainty) {
        (true, Certainty::Will) => {
            format!("switches the automatic backups of {name} off, and deletes those there are")
        }
        (_, Certainty::Will) => format!("deletes of {name} {}", retention.what),
        (_, Certainty::May | Certainty::Unknown) => {
            format!("may delete of {name} {}", retention.what)
        }
    };
    let shown = |value: Option<&Resolved<'_>>| match (value, retention.unwritten) {
        (Some(value), _) => format!("`{}`", value.shown(Style::Expression)),
        (None, Unwritten::Forever) => "not set (kept for ever)".to_owned(),
        (None, Unwritten::Number(number)) => format!("not set (the default is {number})"),
        (None, Unwritten::NotKnown) => "not set".to_owned(),
    };
    let verb = if new.is_some() { "becomes" } else { "is" };
    let why = format!(
        "`{}` was {} and {verb} {}",
        told(path),
        shown(old),
        shown(new)
    );
    Some(lost(change, certainty, what, why))
}

/// What counts where nothing is written; `None` where the number does not count at all.
fn unwritten(change: &ChangedResource, retention: Retention) -> Option<Kept> {
    let has = |path: PropertyPath| of(&change.after, path).is_some();
    if behaviour::data_elsewhere(&change.resource_type).is_some_and(has) {
        return None;
    }
    Some(match retention.unwritten {
        // Copies are not backed up.
        Unwritten::Number(_) if behaviour::copies(&change.resource_type).any(has) => {
            Kept::Number(0.0)
        }
        Unwritten::Number(number) => Kept::Number(number),
        Unwritten::Forever => Kept::Forever,
        Unwritten::NotKnown => Kept::NotKnown,
    })
}

/// A rule that deletes what is older than a time.
#[derive(Clone, Debug)]
struct Rule {
    /// Days, or a date; `None` where that is not known here.
    when: Option<String>,
    /// For what it counts, by property. Nothing stands for all.
    within: BTreeMap<&'static str, String>,
    certainty: Certainty,
}

/// Rules that come, that become earlier, or that count for more.
fn expires(change: &ChangedResource, expiration: Expiration) -> Option<Consequence> {
    changes(change, expiration.list).next()?;
    let old = rules(&change.before, expiration);
    let new = rules(&change.after, expiration);
    let news: Vec<&Rule> = new.iter().filter(|rule| !is_covered(rule, &old)).collect();
    let certainty = news.iter().map(|rule| rule.certainty).max()?;
    let name = named(&change.resource_type, &change.logical_id);
    let verb = match certainty {
        Certainty::Will => "deletes",
        Certainty::May | Certainty::Unknown => "may delete",
    };
    let property = told(expiration.when);
    let details = news.iter().map(|rule| {
        let when = rule.when.as_deref().unwrap_or("not known here");
        let within: Vec<String> = rule
            .within
            .iter()
            .map(|(key, value)| format!("`{key}` is `{value}`"))
            .collect();
        match within.is_empty() {
            true => format!("`{property}`: {when}"),
            false => format!("`{property}`: {when}, where {}", within.join(" and ")),
        }
    });
    Some(Consequence {
        details: details.collect(),
        ..lost(
            change,
            certainty,
            format!("{verb} of {name} {}", expiration.what),
            format!(
                "a rule of `{}` says so that did not before",
                told(expiration.list)
            ),
        )
    })
}

/// The rules of one side that count, or may.
fn rules(context: &Option<Context>, expiration: Expiration) -> Vec<Rule> {
    let all = of(context, expiration.list).map(Resolved::items);
    let (switch, on) = expiration.counts;
    let rule = |rule: &Resolved<'_>| {
        let when = at(rule, expiration.when)?;
        let status = rule
            .get(switch)
            .map(|status| (status.known(), status.is_opaque()));
        let certainty = match status {
            Some((Some(status), _)) if status == on => Certainty::Will,
            Some((None, _)) => Certainty::May,
            Some(_) | None => return None,
        };
        let within = expiration.within().filter_map(|key| {
            let value = rule.get(key)?.shown(Style::Expression);
            (!value.is_empty()).then_some((key, value))
        });
        let known = when.known().map(|when| when.into_owned());
        Some(Rule {
            within: within.collect(),
            certainty: match known {
                Some(_) => certainty,
                None => Certainty::May,
            },
            when: known,
        })
    };
    let all = all.unwrap_or_default().iter();
    all.filter_map(rule).collect()
}

/// Whether a rule of before deletes all that one does, and as early.
fn is_covered(rule: &Rule, before: &[Rule]) -> bool {
    before.iter().any(|old| {
        let wider = old
            .within
            .iter()
            .all(|(key, value)| rule.within.get(key) == Some(value));
        let earlier = match (&old.when, &rule.when) {
            (Some(old), Some(new)) => is_as_early(old, new),
            (old, new) => old == new,
        };
        wider && earlier && old.certainty >= rule.certainty
    })
}

/// Whether days are as few, or a date is as early.
fn is_as_early(old: &str, new: &str) -> bool {
    let days = old.parse::<f64>().ok().zip(new.parse::<f64>().ok());
    days.map_or(old <= new, |(old, new)| old <= new)
}

/// A switch that deletes by and by.
fn deletes(change: &ChangedResource, deletion: Deletion) -> Option<Consequence> {
    changes(change, deletion.path).next()?;
    let (old, new) = (
        of(&change.before, deletion.path),
        of(&change.after, deletion.path)?,
    );
    if let Some(on) = deletion.at {
        let is_on = |value: &Resolved<'_>| match value.known() {
            Some(value) => value.eq_ignore_ascii_case(on),
            None => true,
        };
        let was = old.and_then(Resolved::known);
        if !is_on(new) || was.is_some_and(|was| was.eq_ignore_ascii_case(on)) {
            return None;
        }
    }
    Some(lost(
        change,
        Certainty::May,
        format!(
            "may delete of {} {}",
            named(&change.resource_type, &change.logical_id),
            deletion.what
        ),
        format!(
            "`{}` changes; documented in `{}`",
            told(deletion.path),
            deletion.source
        ),
    ))
}
