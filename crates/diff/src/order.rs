//! In which order stacks have to be deployed one by one, and where there is none.

use std::collections::{BTreeMap, BTreeSet};

use crate::exports::{Imports, Pair, Strength, exported, is_removed};
use crate::passes::{ExportInUse, Fate, Pass, PassKind, Station, passes, touched};
use crate::stack::StackDiff;

/// Which stacks must be deployed before a stack, because it takes from them what they do not have yet, or because they
/// take from it what it will not have any more.
pub(crate) struct Order<'d> {
    before: BTreeMap<&'d str, BTreeSet<&'d str>>,
}

impl<'d> Order<'d> {
    pub(crate) fn of(diffs: &'d [StackDiff], now: &'d Imports, then: &'d Imports) -> Order<'d> {
        let mut order = Order {
            before: BTreeMap::new(),
        };
        for diff in diffs {
            for output in &diff.outputs {
                let own = format!("{}.{}", diff.name, output.logical_id);
                let after = output.after.as_ref();
                let new = after.and_then(|after| after.export.as_ref()?.known());
                let old = exported(output);
                let new = new.filter(|new| old.as_deref() != Some(new));
                let weak = output.before.is_none().then_some(own.as_str());
                for name in new.as_deref().into_iter().chain(weak) {
                    for import in then.get(name).into_iter().flatten() {
                        order.add(&diff.name, &import.stack);
                    }
                }
                let Some(old) = old.filter(|old| is_removed(output, old)) else {
                    continue;
                };
                for import in now.get(&old).into_iter().flatten() {
                    order.add(&import.stack, &diff.name);
                }
            }
        }
        order
    }

    fn add(&mut self, first: &'d str, then: &'d str) {
        if first != then {
            self.before.entry(then).or_default().insert(first);
        }
    }

    /// Whether a stack can be deployed only after another one.
    pub(crate) fn needs(&self, stack: &str, other: &str) -> bool {
        let mut seen = BTreeSet::new();
        let mut open = vec![stack];
        while let Some(stack) = open.pop() {
            for before in self.before.get(stack).into_iter().flatten() {
                if *before == other {
                    return true;
                }
                if seen.insert(*before) {
                    open.push(before);
                }
            }
        }
        false
    }
}

/// For each stack that no order of single deployments lets get rid of its exports: the deployments that do, in order, as
/// a deployment carries them out. None where there is an order.
pub(crate) fn steps(
    pairs: &[Pair<'_>],
    diffs: &[StackDiff],
    now: &Imports,
    then: &Imports,
) -> Vec<Vec<String>> {
    let order = Order::of(diffs, now, then);
    let is_stuck = |diff: &StackDiff| {
        let gone = touched(diff)
            .into_iter()
            .filter(|export| export.fate == Fate::Goes);
        let mut users = gone.flat_map(|export| now.get(&export.name).into_iter().flatten());
        users.any(|user| order.needs(&user.stack, &diff.name))
    };
    let stuck: Vec<&str> = diffs
        .iter()
        .filter(|diff| is_stuck(diff))
        .map(|diff| diff.name.as_str())
        .collect();
    if stuck.is_empty() {
        return vec![Vec::new(); diffs.len()];
    }
    let stations = stations(pairs, diffs, now, then);
    let passes = passes(&stations).all;
    let steps = diffs
        .iter()
        .map(|diff| match stuck.contains(&diff.name.as_str()) {
            true => steps_of(&stations, &passes, &diff.name),
            false => Vec::new(),
        });
    steps.collect()
}

fn stations<'s>(
    pairs: &'s [Pair<'s>],
    diffs: &[StackDiff],
    now: &Imports,
    then: &Imports,
) -> Vec<Station<'s>> {
    let there = pairs.iter().zip(diffs);
    let there = there.filter_map(|(pair, diff)| Some((pair, pair.after?, diff)));
    let there: Vec<_> = there.collect();
    let nobody = Imports::new();
    let order = Order::of(diffs, &nobody, then);
    let stations = there
        .iter()
        .enumerate()
        .map(|(index, (pair, after, diff))| {
            let before = there[..index].iter().enumerate();
            let needed = before.filter(|(_, (_, _, other))| order.needs(&diff.name, &other.name));
            let exports = touched(diff)
                .into_iter()
                .filter(|export| export.fate == Fate::Goes);
            let exports = exports.filter_map(|export| {
                let importers = now.get(&export.name)?.iter();
                let importers = importers.filter(|import| import.strength == Strength::Strong);
                let importers: BTreeSet<String> =
                    importers.map(|import| import.stack.clone()).collect();
                Some(ExportInUse {
                    export,
                    value: None,
                    importers: importers.into_iter().collect(),
                })
            });
            Station {
                place: &pair.place,
                before: pair.before,
                after,
                needs: needed.map(|(index, _)| index).collect(),
                exports: exports.collect(),
            }
        });
    stations.collect()
}

/// The passes of a stack, and of those that import from it.
fn steps_of(stations: &[Station<'_>], all: &[Pass], exporter: &str) -> Vec<String> {
    let own = |place: usize| stations[place].place.stack == exporter;
    let importers = all.iter().find_map(|pass| match &pass.kind {
        PassKind::Keeps(_, importers) if own(pass.station) => Some(importers),
        _ => None,
    });
    let Some(importers) = importers else {
        return Vec::new();
    };
    let steps = all
        .iter()
        .filter(|pass| own(pass.station) || importers.contains(&pass.station));
    let steps = steps.map(|pass| {
        let name = &stations[pass.station].place.stack;
        match &pass.kind {
            PassKind::Keeps(..) => format!("`{name}` with its exports of before and the new ones"),
            PassKind::Whole | PassKind::Holds(..) => format!("`{name}`"),
        }
    });
    steps.collect()
}
