//! `bench guard-rules`: templates held against AWS's rules for Control Tower, by us and by Guard's own command line; whole
//! processes.

use std::fs;
use std::path::PathBuf;

use super::bytes;
use super::error::BenchError;
use super::process::Step;
use super::subject::{Measured, Subject, WarmUp, side_by_side};
use super::table::{self, Table};
use super::workbench::Workbench;
use super::{Report, Request, verdict};
use crate::guard;

/// The environments of the reference app.
const ENVIRONMENTS: [&str; 3] = ["dev", "staging", "prod"];

const COLUMNS: [&str; 8] = [
    "",
    "runs",
    "time",
    "fastest – slowest",
    "CPU",
    "memory",
    "time ÷ ours",
    "memory ÷ ours",
];

/// Two lines, as a team's own begin.
const OWN: &str = "AWS::RDS::DBInstance {\n  Properties.StorageEncrypted != false <<Data has to be encrypted>>\n}\n";

pub(super) fn run(bench: &Workbench, request: &Request) -> Result<Report, BenchError> {
    let had = |result: Result<PathBuf, String>| result.map_err(BenchError::Answer);
    let (ours, theirs, rules) = (
        had(guard::ours())?,
        had(guard::program())?,
        had(guard::rules())?,
    );
    let templates = bench.folder("guard-rules")?;
    for environment in ENVIRONMENTS {
        let folder = bench.root.join("snapshots").join(environment);
        let entries = fs::read_dir(&folder).map_err(BenchError::file("read", &folder))?;
        for path in entries.filter_map(|entry| Some(entry.ok()?.path())) {
            if path.extension().is_some_and(|ending| ending == "yaml") {
                let name = path.file_name().unwrap_or_default().to_string_lossy();
                let copy = templates.join(format!("{environment}-{name}"));
                fs::copy(&path, &copy).map_err(BenchError::file("write", &copy))?;
            }
        }
    }
    let own = bench.path("own.guard");
    fs::write(&own, OWN).map_err(BenchError::file("write", &own))?;
    let subjects = |rules: &PathBuf| {
        let root = &bench.root;
        let files = [templates.clone(), rules.clone()];
        Ok::<_, BenchError>([
            Subject::new(
                "stratiform validate --rules",
                vec![
                    Step::new(&ours, root)
                        .arg("validate")
                        .arg(&templates)
                        .args(["--allow", "guard-rule", "--rules"])
                        .arg(rules),
                ],
            ),
            Subject::new(
                guard::PROGRAM,
                vec![
                    // It ends with a number of its own where a rule is broken.
                    Step::new("sh", root)
                        .args(["-c", "\"$0\" \"$@\" || true"])
                        .arg(&theirs)
                        .args(["validate", "--structured", "--output-format", "json"])
                        .args(["--show-summary", "none", "--rules"])
                        .arg(rules)
                        .arg("--data")
                        .arg(&templates),
                ],
            ),
            Subject::new(
                "stratiform validate, without rules",
                vec![Step::new(&ours, root).arg("validate").arg(&templates)],
            ),
            bytes::read(bench, &files)?,
        ])
    };
    let mut tables = Vec::new();
    for (heading, rules) in [
        (
            "AWS's rules for Control Tower, 237 files, on the templates of the reference app",
            &rules,
        ),
        ("One rule of two lines, on the same", &own),
    ] {
        let measured = side_by_side(
            &subjects(rules)?,
            request.rounds,
            WarmUp::OneRound,
            &bench.log(),
        )?;
        let mut table = Table::new(heading, &COLUMNS);
        table.rows = measured.iter().map(|one| cells(one, &measured)).collect();
        if let [ours, theirs, ..] = measured.as_slice() {
            let slower = theirs.wall().as_secs_f64() / ours.wall().as_secs_f64();
            table.notes = vec![
                verdict(
                    "Guard takes longer than validation and rules together",
                    slower,
                    1.0,
                ),
                "Ours validates besides, looks at every scenario, and resolves.".to_owned(),
            ];
        }
        tables.push(table);
    }
    Ok(Report {
        tools: vec![format!("{} {}", guard::PROGRAM, guard::PROGRAM_VERSION)],
        tables,
    })
}

fn cells(one: &Measured, all: &[Measured]) -> Vec<String> {
    let mut cells = one.cells();
    let ours = all.first().unwrap_or(one);
    cells.extend([
        table::ratio(one.wall().as_secs_f64(), ours.wall().as_secs_f64()),
        table::ratio(one.peak() as f64, ours.peak() as f64),
    ]);
    cells
}
