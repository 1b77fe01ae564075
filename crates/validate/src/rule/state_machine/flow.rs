//! Where states lead.

use std::collections::HashSet;

use stratiform_finding::words::{meant, shortened};
use stratiform_template::{Path, Text, Value};

use super::{tell, text};
use crate::schema::{Entries, Look, Looked};

/// What leads to another state, besides `StartAt`.
const WAYS: [&[&str]; 4] = [
    &["Next"],
    &["Default"],
    &["Choices", "*", "Next"],
    &["Catch", "*", "Next"],
];

/// Looks whether a machine starts at a state that is there.
pub(super) fn start<'t>(
    look: &mut Look<'_, 't>,
    machine: &Entries,
    states: &Entries,
    path: &Path<'_>,
) -> Looked<'t> {
    look.along(machine, &["StartAt"], path, &mut |look, value, path| {
        target(look, states, value, path)
    })
}

/// Looks whether the states that are named are there, and whether something leads to each. The path leads to `States`.
pub(super) fn check<'t>(
    look: &mut Look<'_, 't>,
    machine: &Entries,
    states: &Entries,
    path: &Path<'_>,
) -> Looked<'t> {
    for (name, value) in states {
        let path = path.key(name);
        look.inside(value, &path, &mut |look, value, path| {
            let Some(state) = value.as_map() else {
                return Ok(());
            };
            for way in WAYS {
                look.along(state, way, path, &mut |look, value, path| {
                    target(look, states, value, path)
                })?;
            }
            Ok(())
        })?;
    }
    look.at_each(path, |look| reached(look, machine, states, path))
}

/// A state that is led to.
fn target<'t>(
    look: &mut Look<'_, 't>,
    states: &Entries,
    value: &Value,
    path: &Path<'_>,
) -> Looked<'t> {
    look.at_each(path, |look| {
        let Some(name) = look.word(value)?.filter(|name| !name.contains("${")) else {
            return Ok(());
        };
        if !states.contains_key(name.as_ref()) {
            let what = format!("there is no state `{}`", shortened(&name));
            let why = "it is not among the `States` beside it";
            let names = states.keys().map(Text::as_str);
            let help =
                meant(&name, names).unwrap_or_else(|| "name one of them, or add it".to_owned());
            tell(look, path, what, why, help);
        }
        Ok(())
    })
}

/// Whether something leads to each state. Step Functions looks no further: what only leads to each other may stay.
fn reached<'t>(
    look: &mut Look<'_, 't>,
    machine: &Entries,
    states: &Entries,
    path: &Path<'_>,
) -> Looked<'t> {
    let mut led_to = HashSet::new();
    let Some(start) = text(look, machine, "StartAt")? else {
        return Ok(());
    };
    led_to.insert(start);
    let mut there = Vec::new();
    for (name, value) in states {
        let Some(state) = look.settled(value)? else {
            continue;
        };
        let Some(state) = state.as_map().filter(|state| !look.may_grow(state)) else {
            return Ok(());
        };
        there.push(name);
        for way in WAYS {
            if !follow(look, state, way, &mut led_to)? {
                return Ok(());
            }
        }
    }
    for name in there {
        if !led_to.contains(name.as_str()) {
            let what = format!("nothing leads to the state `{}`", shortened(name));
            let why = "Step Functions refuses what is not reachable";
            let help = "name it as `Next` of another state, or take it away";
            tell(look, &path.key(name), what, why, help);
        }
    }
    Ok(())
}

/// Adds where a state leads; whether all of it is known.
fn follow<'t>(
    look: &mut Look<'_, 't>,
    entries: &Entries,
    way: &[&str],
    led_to: &mut HashSet<String>,
) -> Looked<'t, bool> {
    let [list, _, rest @ ..] = way else {
        let Some(name) = way.first() else {
            return Ok(true);
        };
        if look.given(entries, name)?.is_none() {
            return Ok(true);
        }
        let target = text(look, entries, name)?;
        let is_known = target.is_some();
        led_to.extend(target);
        return Ok(is_known);
    };
    let Some(value) = look.given(entries, list)? else {
        return Ok(true);
    };
    let Some(items) = look.items(value)? else {
        return Ok(false);
    };
    for (_, item) in items {
        let Some(item) = item.as_map() else {
            return Ok(false);
        };
        if !follow(look, item, rest, led_to)? {
            return Ok(false);
        }
    }
    Ok(true)
}
