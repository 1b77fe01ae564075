//! What a transform makes something of that decides who may do what: events that call a function, authorizers of an
//! API. Only the transform knows what comes of it.

use std::collections::BTreeMap;

use stratiform_catalog::behaviour::{Allows, allows};
use stratiform_changes::{ChangedResource, Edit};
use stratiform_resolve::{Resolved, Style};

use super::property::{at, sides};
use super::{Direction, Line};
use crate::consequence::Certainty;

pub(super) fn lines(change: &ChangedResource) -> Vec<Line> {
    if change.action != Edit::Modify {
        return Vec::new();
    }
    let mut lines = Vec::new();
    for (path, allows) in allows(&change.resource_type) {
        let name = path.as_str().replace('/', ".");
        let [before, after] = sides(change).map(|side| {
            let value = side.and_then(|side| at(side, path.as_str()).into_iter().next());
            parts(value, allows)
        });
        let differs = |one: &BTreeMap<String, String>, two: &BTreeMap<String, String>| {
            let differs = one
                .iter()
                .filter(|(key, value)| two.get(*key) != Some(value));
            differs.map(|(key, _)| key.clone()).collect::<Vec<_>>()
        };
        for key in differs(&after, &before) {
            let why = "who may do what with it, only the transform knows";
            lines.push(line('+', Direction::Wider, &name, &key, why));
        }
        for key in differs(&before, &after) {
            let stays = after.contains_key(&key);
            match allows {
                _ if stays => {}
                Allows::Items => {
                    lines.push(line('-', Direction::Narrower, &name, &key, "it is gone"));
                }
                Allows::Limits => {
                    lines.push(line(
                        '-',
                        Direction::Wider,
                        &name,
                        &key,
                        "what limited it is gone",
                    ));
                }
            }
        }
    }
    lines
}

fn line(sign: char, direction: Direction, name: &str, key: &str, why: &'static str) -> Line {
    let place = match key {
        "" => name.to_owned(),
        key => format!("{name}.{key}"),
    };
    Line {
        text: format!("{sign} `{place}`"),
        direction,
        certainty: Certainty::May,
        alarm: None,
        why,
    }
}

/// What a property says, part by part.
fn parts(value: Option<&Resolved<'static>>, allows: Allows) -> BTreeMap<String, String> {
    let shown = |value: &Resolved<'static>| value.shown(Style::Expression);
    match (value, allows) {
        (None, _) => BTreeMap::new(),
        (Some(value @ Resolved::Map(_)), _) => {
            let entries = value.entries();
            entries
                .map(|(key, value)| (key.to_owned(), shown(value)))
                .collect()
        }
        (Some(value), Allows::Items) => {
            let items = value.items().iter().map(shown);
            items.map(|item| (item.clone(), item)).collect()
        }
        (Some(value), Allows::Limits) => BTreeMap::from([(String::new(), shown(value))]),
    }
}
