//! `bench operate`: how long it takes to see how the reference app's prod stands, and how many failures of it a second are
//! rehearsed.
//!
//! Whole processes: planning, the run without a failure, and each failure on all cores.

mod standing;

use std::time::Duration;

use serde_json::Value;

use super::bytes;
use super::error::BenchError;
use super::process::Step;
use super::subject::{Measured, Subject, WarmUp, side_by_side};
use super::table::{self, Table};
use super::workbench::Workbench;
use super::{Report, Request, verdict, within};

/// In which prod is to be rehearsed.
const GOAL: Duration = Duration::from_secs(10);
/// On two cores.
const GOAL_FAILURES: f64 = 1_000.0;

pub(super) fn run(bench: &Workbench, request: &Request) -> Result<Report, BenchError> {
    let ours = bench.program()?;
    let out = bench.folder("operate")?.join("rehearsal.json");
    // 3 is an answer, too: docs/exit-codes.md.
    let script = r#""$0" rehearse --env prod --format json > "$1" 2> /dev/null || [ $? = 3 ]"#;
    let rehearse = Step::new("sh", &bench.root)
        .args(["-c", script])
        .arg(&ours)
        .arg(&out);
    // There is a report to read once it was rehearsed.
    rehearse.run(&bench.log())?;
    let read = [bench.root.join("environments"), out.clone()];
    let copies = bench.path("out/operate");
    let subjects = [
        Subject::new("rehearse --env prod", vec![rehearse]),
        bytes::written(bench, &read, &copies)?,
    ];
    let measured = side_by_side(&subjects, request.rounds, WarmUp::OneRound, &bench.log())?;
    let text = std::fs::read_to_string(&out).map_err(BenchError::file("read", &out))?;
    let failures = serde_json::from_str::<Value>(&text).ok();
    let failures = failures.and_then(|json| json["counts"]["failures"].as_f64());
    let failures = failures.unwrap_or_default();
    let mut table = Table::new(
        "A deployment of prod, with everything that can fail in it",
        &[
            "",
            "runs",
            "time",
            "fastest – slowest",
            "CPU",
            "memory",
            "failures",
            "failures a second",
        ],
    );
    for (one, failures) in measured.iter().zip([Some(failures), None]) {
        table.rows.push(row(one, failures));
    }
    if let Some(one) = measured.first() {
        table.notes.push(within("prod", one.wall(), GOAL));
        let goal = format!("{GOAL_FAILURES:.0} failures a second");
        let a_second = failures / one.wall().as_secs_f64();
        table.notes.push(verdict(&goal, a_second, GOAL_FAILURES));
    }
    Ok(Report {
        tools: Vec::new(),
        tables: vec![standing::table(bench, request, &ours)?, table],
    })
}

/// Reading and writing rehearses nothing.
fn row(measured: &Measured, failures: Option<f64>) -> Vec<String> {
    let a_second = failures.map(|failures| failures / measured.wall().as_secs_f64());
    let whole =
        |number: Option<f64>| number.map_or_else(|| "–".to_owned(), |it| format!("{it:.0}"));
    vec![
        measured.name.clone(),
        measured.runs().to_string(),
        table::time(measured.wall()),
        measured.spread(),
        table::time(measured.cpu()),
        table::memory(measured.peak()),
        whole(failures),
        whole(a_second),
    ]
}
