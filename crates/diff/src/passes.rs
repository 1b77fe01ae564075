//! In which passes stacks are deployed that import from each other.
//!
//! CloudFormation goes through stacks one by one, and neither takes away nor changes what another stack imports. So a stack
//! may be deployed twice: an exporter keeps what it takes away until nobody imports it; an importer holds a value as text
//! until the exporter has another one.

mod template;

use std::collections::BTreeSet;

use indexmap::IndexMap;
use stratiform_assembly::StackAt;
use stratiform_resolve::{Compare, Whereabouts};
use stratiform_template::Value;

use crate::consequence::Certainty;
use crate::exports::{certainty, exported};
use crate::stack::{OutputChange, StackDiff};

/// A stack that is to be deployed, before and after.
#[derive(Clone, Debug)]
pub struct Station<'s> {
    /// Where it is.
    pub place: &'s Whereabouts,
    /// The stack before; none where it is new.
    pub before: Option<&'s StackAt>,
    /// The stack after.
    pub after: &'s StackAt,
    /// The stations that must be deployed before it.
    pub needs: Vec<usize>,
    /// What it exports, goes or changes, and is in use.
    pub exports: Vec<ExportInUse>,
}

/// An export that goes or changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Touched {
    /// The output.
    pub output: String,
    /// The name under which others import it.
    pub name: String,
    /// What becomes of it.
    pub fate: Fate,
}

/// What becomes of an export?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It goes.
    Goes,
    /// It has another value.
    Changes(Certainty),
}

/// An export that goes or changes, and who imports it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExportInUse {
    /// The export.
    pub export: Touched,
    /// Its value; none where only AWS knows it.
    pub value: Option<String>,
    /// The stacks that import it.
    pub importers: Vec<String>,
}

/// The passes, and what forbids them.
#[derive(Clone, Debug, Default)]
pub struct Passes {
    /// The passes. What one needs stands before it, but where an exporter waits for the end of an importer.
    pub all: Vec<Pass>,
    /// Imports that no pass gets rid of.
    pub refused: Vec<InTheWay>,
}

/// One deployment of a stack.
#[derive(Clone, Debug)]
pub struct Pass {
    /// Which station it is of.
    pub station: usize,
    /// What for.
    pub kind: PassKind,
    /// The stack as it is deployed.
    pub stack: StackAt,
    /// The passes that must come before.
    pub needs: Vec<usize>,
    /// What it imports again that the stack held as text.
    pub imports: Vec<ImportedAgain>,
}

/// An import in place of a text.
#[derive(Clone, Debug, PartialEq)]
pub struct ImportedAgain {
    /// What `Fn::ImportValue` has in the template.
    pub name: Value,
    /// The pass that gives the export its value.
    pub exporter: usize,
    /// The output there.
    pub output: String,
}

/// What is a pass for?
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PassKind {
    /// The whole change; behind other passes of the stack, the rest of it.
    Whole,
    /// What is imported becomes text, and nothing else changes. The exports, and the stations that have other values for
    /// them.
    Holds(Vec<String>, BTreeSet<usize>),
    /// All but the exports that are in use. They, and the stations that import them.
    Keeps(Vec<String>, BTreeSet<usize>),
}

/// An import that no pass gets rid of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InTheWay {
    /// The station that exports.
    pub station: usize,
    /// The export.
    pub export: Touched,
    /// The stack that imports it.
    pub importer: String,
    /// Whether that is one of the stations.
    pub is_here: bool,
}

/// The exports of a stack that go or change. One whose name is not known may be the same.
pub fn touched(diff: &StackDiff) -> Vec<Touched> {
    let outputs = diff.outputs.iter();
    let found = outputs.filter_map(|output| {
        Some(Touched {
            output: output.logical_id.clone(),
            name: exported(output)?,
            fate: fate(diff, output)?,
        })
    });
    found.collect()
}

fn fate(diff: &StackDiff, output: &OutputChange) -> Option<Fate> {
    let before = output.before.as_ref()?;
    let Some(after) = &output.after else {
        return Some(Fate::Goes);
    };
    let Some(name) = &after.export else {
        return Some(Fate::Goes);
    };
    if *name.known()? != exported(output)? {
        return Some(Fate::Goes);
    }
    let same = before.value.same(&after.value, Compare::Values);
    (!same).then(|| Fate::Changes(certainty(diff, output)))
}

/// The passes of stacks, each station's in order.
pub fn passes(stations: &[Station<'_>]) -> Passes {
    let needed = Needed::of(stations);
    let mut all = Vec::new();
    let mut held: Vec<Option<usize>> = vec![None; stations.len()];
    for (station, exports) in needed.held.iter().enumerate() {
        let Some(before) = stations[station].before.filter(|_| !exports.is_empty()) else {
            continue;
        };
        held[station] = Some(all.len());
        let others = exports.values().map(|held| held.station);
        all.push(Pass {
            station,
            stack: template::holding(before, exports, stations[station].place),
            kind: PassKind::Holds(exports.keys().cloned().collect(), others.collect()),
            needs: Vec::new(),
            imports: Vec::new(),
        });
    }
    let first = all.len();
    for (station, from) in stations.iter().enumerate() {
        let mut needs: Vec<usize> = from.needs.iter().map(|needed| first + needed).collect();
        let holders = needed.holders[station].iter().chain([&station]);
        needs.extend(holders.filter_map(|holder| held[*holder]));
        let kept = &needed.kept[station];
        let (kind, stack) = match from.before.filter(|_| !kept.is_empty()) {
            Some(before) => (
                PassKind::Keeps(
                    kept.values().cloned().collect(),
                    needed.importers[station].clone(),
                ),
                template::keeping(from.after, before, kept.keys()),
            ),
            None => (PassKind::Whole, from.after.clone()),
        };
        all.push(Pass {
            imports: template::imported_again(&stack, &needed.held[station], from.place, first),
            station,
            kind,
            stack,
            needs,
        });
    }
    // The last pass of a station. An importer that takes exports away itself imports until its own.
    let mut last: Vec<usize> = (first..all.len()).collect();
    let twice: Vec<usize> = (0..stations.len())
        .filter(|station| matches!(all[first + station].kind, PassKind::Keeps(..)))
        .collect();
    for (place, station) in twice.iter().rev().enumerate() {
        last[*station] = all.len() + place;
    }
    for station in twice.into_iter().rev() {
        let importers = needed.importers[station]
            .iter()
            .map(|importer| last[*importer]);
        all.push(Pass {
            station,
            kind: PassKind::Whole,
            stack: stations[station].after.clone(),
            needs: [first + station].into_iter().chain(importers).collect(),
            imports: Vec::new(),
        });
    }
    Passes {
        all,
        refused: needed.refused,
    }
}

/// A value that is held as text.
#[derive(Clone)]
struct Held {
    value: String,
    /// The station that exports it.
    station: usize,
    /// The output there.
    output: String,
}

/// What the exports in use ask for, by station.
struct Needed {
    /// What an importer holds as text, by export.
    held: Vec<IndexMap<String, Held>>,
    /// The importers that hold something for an exporter.
    holders: Vec<BTreeSet<usize>>,
    /// Exports that an exporter keeps, by output.
    kept: Vec<IndexMap<String, String>>,
    /// The importers that an exporter keeps something for.
    importers: Vec<BTreeSet<usize>>,
    refused: Vec<InTheWay>,
}

impl Needed {
    fn of(stations: &[Station<'_>]) -> Needed {
        let count = stations.len();
        let mut needed = Needed {
            held: vec![IndexMap::new(); count],
            holders: vec![BTreeSet::new(); count],
            kept: vec![IndexMap::new(); count],
            importers: vec![BTreeSet::new(); count],
            refused: Vec::new(),
        };
        for (station, from) in stations.iter().enumerate() {
            for export in &from.exports {
                for importer in &export.importers {
                    needed.add(stations, station, export, importer);
                }
            }
        }
        needed
    }

    fn add(
        &mut self,
        stations: &[Station<'_>],
        station: usize,
        used: &ExportInUse,
        importer: &str,
    ) {
        let ExportInUse { export, value, .. } = used;
        let here = stations
            .iter()
            .position(|other| other.place.stack == *importer);
        match (export.fate, here, value) {
            (Fate::Goes, Some(place), _)
                if !template::imports(
                    stations[place].after,
                    &export.name,
                    stations[place].place,
                ) =>
            {
                self.kept[station].insert(export.output.clone(), export.name.clone());
                self.importers[station].insert(place);
            }
            (Fate::Changes(_), Some(place), Some(value)) if stations[place].before.is_some() => {
                let held = Held {
                    value: value.clone(),
                    station,
                    output: export.output.clone(),
                };
                self.held[place].insert(export.name.clone(), held);
                self.holders[station].insert(place);
            }
            // It may stay as it is; where it does not, CloudFormation says so and goes back.
            (Fate::Changes(Certainty::May | Certainty::Unknown), ..) => {}
            (Fate::Goes | Fate::Changes(Certainty::Will), here, _) => self.refused.push(InTheWay {
                station,
                export: export.clone(),
                importer: importer.to_owned(),
                is_here: here.is_some(),
            }),
        }
    }
}

#[cfg(test)]
mod tests;
