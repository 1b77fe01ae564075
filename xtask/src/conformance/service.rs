//! `cargo xtask conformance service`: every recorded change set, event and refusal, read into `stratiform-service`'s
//! types and rendered again.

use std::fs;
use std::path::Path;

use serde_json::Value;

#[path = "../../../crates/service/tests/support/recording.rs"]
mod recording;

use recording::Count;

/// What came back as it was, and what did not.
#[derive(Default)]
pub(super) struct Report {
    cases: usize,
    count: Count,
    different: Vec<String>,
}

impl Report {
    /// Whether everything came back as it was.
    pub(super) fn conforms(&self) -> bool {
        self.different.is_empty() && self.cases > 0
    }

    pub(super) fn to_text(&self) -> String {
        let Count {
            change_sets,
            events,
            refusals,
        } = &self.count;
        let mut text = format!(
            "{} cases: {change_sets} change sets, {events} events and {refusals} refusals come back as they were; {} cases do not",
            self.cases,
            self.different.len()
        );
        for different in &self.different {
            text += "\n  ";
            text += different;
        }
        text
    }
}

/// Reads all recordings of a folder; `None` where there is no such folder.
pub(super) fn compare_all(folder: &Path) -> Result<Option<Report>, String> {
    if !folder.is_dir() {
        return Ok(None);
    }
    let entries = fs::read_dir(folder).map_err(|error| error.to_string())?;
    let mut files: Vec<_> = entries.flatten().map(|entry| entry.path()).collect();
    files.retain(|file| {
        file.extension()
            .is_some_and(|extension| extension == "json")
    });
    files.sort();
    let mut report = Report::default();
    for file in files {
        let name = file.display();
        let text = fs::read_to_string(&file).map_err(|error| format!("{name}: {error}"))?;
        let case: Value =
            serde_json::from_str(&text).map_err(|error| format!("{name}: {error}"))?;
        report.cases += 1;
        match recording::check(&case["recorded"]) {
            Ok(count) => {
                report.count.change_sets += count.change_sets;
                report.count.events += count.events;
                report.count.refusals += count.refusals;
            }
            Err(error) => {
                let id = case["id"].as_str().unwrap_or_default();
                report.different.push(format!("{id}: {error}"));
            }
        }
    }
    Ok(Some(report))
}
