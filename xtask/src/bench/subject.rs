//! What is measured side by side, and what comes out.

use std::path::Path;
use std::time::Duration;

use super::error::BenchError;
use super::process::{Step, Usage};
use super::table;

/// What happens before or after a run, unmeasured. It is given the number of the run, which no two runs share.
type Around<'a> = Box<dyn Fn(u32) -> Result<(), BenchError> + 'a>;

/// Something that is measured: steps that follow each other, each a process.
pub(super) struct Subject<'a> {
    name: String,
    before: Around<'a>,
    after: Around<'a>,
    steps: Vec<Step>,
    /// How often it runs in a round: what is quick needs more runs for the same confidence.
    per_round: u32,
}

/// What a subject took.
pub(super) struct Measured {
    pub name: String,
    runs: Vec<Vec<Usage>>,
}

impl<'a> Subject<'a> {
    pub(super) fn new(name: impl Into<String>, steps: Vec<Step>) -> Self {
        Subject {
            name: name.into(),
            before: Box::new(|_| Ok(())),
            after: Box::new(|_| Ok(())),
            steps,
            per_round: 1,
        }
    }

    pub(super) fn before(mut self, before: impl Fn(u32) -> Result<(), BenchError> + 'a) -> Self {
        self.before = Box::new(before);
        self
    }

    pub(super) fn after(mut self, after: impl Fn(u32) -> Result<(), BenchError> + 'a) -> Self {
        self.after = Box::new(after);
        self
    }

    pub(super) fn per_round(mut self, runs: u32) -> Self {
        self.per_round = runs;
        self
    }

    fn run(&self, number: u32, log: &Path) -> Result<Vec<Usage>, BenchError> {
        (self.before)(number)?;
        let steps: Result<Vec<Usage>, BenchError> =
            self.steps.iter().map(|step| step.measure(log)).collect();
        let steps = steps?;
        (self.after)(number)?;
        Ok(steps)
    }
}

/// Whether a first, unmeasured round fills the caches.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum WarmUp {
    OneRound,
    None,
}

/// Measures subjects in rounds, one after the other in each: what drifts, drifts for all of them.
pub(super) fn side_by_side(
    subjects: &[Subject<'_>],
    rounds: u32,
    warm_up: WarmUp,
    log: &Path,
) -> Result<Vec<Measured>, BenchError> {
    let mut number = 0;
    if warm_up == WarmUp::OneRound {
        for subject in subjects {
            eprintln!("  warming up: {}", subject.name);
            number += 1;
            subject.run(number, log)?;
        }
    }
    let mut measured: Vec<Measured> = subjects
        .iter()
        .map(|subject| Measured {
            name: subject.name.clone(),
            runs: Vec::new(),
        })
        .collect();
    for round in 1..=rounds {
        for (subject, measured) in subjects.iter().zip(&mut measured) {
            for _ in 0..subject.per_round {
                number += 1;
                measured.runs.push(subject.run(number, log)?);
            }
            let last = measured.runs.last().map(|steps| total(steps).wall);
            eprintln!(
                "  round {round} of {rounds}: {}: {}",
                subject.name,
                last.map(table::time).unwrap_or_default()
            );
        }
    }
    Ok(measured)
}

fn total(steps: &[Usage]) -> Usage {
    steps.iter().copied().fold(Usage::default(), Usage::then)
}

impl Measured {
    /// The cells that every table of whole processes starts with: name, runs, time, spread, CPU, memory.
    pub(super) fn cells(&self) -> Vec<String> {
        vec![
            self.name.clone(),
            self.runs().to_string(),
            table::time(self.wall()),
            self.spread(),
            table::time(self.cpu()),
            table::memory(self.peak()),
        ]
    }

    /// The median time of all steps together.
    pub(super) fn wall(&self) -> Duration {
        median(self.totals().map(|usage| usage.wall))
    }

    /// The median time of one step.
    pub(super) fn step(&self, step: usize) -> Duration {
        let steps = self.runs.iter().filter_map(|steps| steps.get(step));
        median(steps.map(|usage| usage.wall))
    }

    /// The median processor time.
    pub(super) fn cpu(&self) -> Duration {
        median(self.totals().map(|usage| usage.cpu))
    }

    /// The median of the largest process's memory, in bytes.
    pub(super) fn peak(&self) -> u64 {
        median(self.totals().map(|usage| usage.peak))
    }

    /// The fastest run and the slowest: `3.31 s – 3.52 s`.
    pub(super) fn spread(&self) -> String {
        let walls = || self.totals().map(|usage| usage.wall);
        let least = walls().min().unwrap_or_default();
        let most = walls().max().unwrap_or_default();
        format!("{} – {}", table::time(least), table::time(most))
    }

    /// How many runs there were.
    pub(super) fn runs(&self) -> usize {
        self.runs.len()
    }

    fn totals(&self) -> impl Iterator<Item = Usage> {
        self.runs.iter().map(|steps| total(steps))
    }
}

/// The value in the middle; of two in the middle, the greater.
pub(super) fn median<T: Ord + Default>(values: impl Iterator<Item = T>) -> T {
    let mut values: Vec<T> = values.collect();
    values.sort();
    let middle = values.len() / 2;
    values.into_iter().nth(middle).unwrap_or_default()
}
