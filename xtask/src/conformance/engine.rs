//! `cargo xtask conformance engine`: every recorded case, carried out by the real AWS SDK against our endpoint.
//!
//! What lives here: the order of things. A recording becomes a plan ([`planning`]); the [`player`], a program of its
//! own, carries it out over HTTP and says what was answered; that is held against the recording ([`judge`]), by the
//! rules that all comparisons here share (`pattern`, `value`). What does not: the SDK, the endpoint and the engine.

mod column;
mod comparable;
mod expected;
mod explanation;
mod judge;
mod order;
mod plan;
mod planning;
mod player;
mod question;
mod recording;
mod report;
mod sent;
mod transcript;

use std::fs;
use std::path::{Path, PathBuf};

use recording::Recording;
use report::{NotComparable, Report};

use super::page;
use super::report::Detail;

/// Compares the recordings of a folder whose file or ID has a text; `None` where there is no such folder.
///
/// # Errors
/// A recording cannot be read, or the player cannot be run.
pub(super) fn compare_all(folder: &Path, only: &str) -> Result<Option<Compared>, String> {
    if !folder.is_dir() {
        return Ok(None);
    }
    let cases = read_all(folder, only)?;
    let comparable = |case: &&Recording| comparable::not_comparable(case).is_none();
    let plans = cases.iter().filter(comparable).enumerate();
    let plans = plans.map(|(number, case)| {
        planning::plan(case, number + 1).map_err(|error| format!("{}: {error}", case.id()))
    });
    let plans: Vec<plan::Plan> = plans.collect::<Result<_, _>>()?;
    let mut transcripts = player::play(&plans)?.into_iter();
    let mut report = Report::default();
    for case in &cases {
        let result = match comparable::not_comparable(case) {
            Some(reason) => Err(NotComparable(reason)),
            None => match transcripts.next() {
                Some(transcript) => Ok(judge::judge(case, &transcript)),
                None => return Err("the player left cases out".to_owned()),
            },
        };
        report.add(case.id(), case.kind(), result);
    }
    Ok(Some(Compared(report)))
}

/// All recordings, compared.
pub(super) struct Compared(Report);

impl Compared {
    pub(super) fn conforms(&self) -> bool {
        self.0.conforms()
    }

    pub(super) fn headline(&self) -> String {
        self.0.headline()
    }

    pub(super) fn to_text(&self, detail: Detail) -> String {
        self.0.to_text(detail)
    }

    /// Puts the table into `docs/conformance.md`.
    pub(super) fn write(&self) -> Result<(), String> {
        page::write("engine", &self.0.to_markdown())
    }
}

fn read_all(folder: &Path, only: &str) -> Result<Vec<Recording>, String> {
    let failed = |path: &Path, error: String| format!("cannot read `{}`: {error}", path.display());
    let entries = fs::read_dir(folder).map_err(|error| failed(folder, error.to_string()))?;
    let paths = entries.filter_map(|entry| Some(entry.ok()?.path()));
    let mut paths: Vec<PathBuf> = paths
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "json")
        })
        .collect();
    paths.sort();
    let mut cases = Vec::new();
    for path in paths {
        let text = fs::read_to_string(&path).map_err(|error| failed(&path, error.to_string()))?;
        let case = Recording::read(&text).map_err(|error| failed(&path, error.to_string()))?;
        if case.id().contains(only) || path.to_string_lossy().contains(only) {
            cases.push(case);
        }
    }
    Ok(cases)
}
