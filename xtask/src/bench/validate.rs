//! `bench validate`: templates validated, against cfn-lint and AWS's own validator; whole processes.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::bytes;
use super::diff::template;
use super::error::BenchError;
use super::process::Step;
use super::subject::{Measured, Subject, WarmUp, side_by_side};
use super::table::{self, Table};
use super::workbench::{Workbench, remove};
use super::{Report, Request, verdict};
use crate::oracles;

/// The environments of the reference app.
const ENVIRONMENTS: [&str; 3] = ["dev", "staging", "prod"];

/// How many resources there are in templates that grow.
const SIZES: [usize; 4] = [50, 100, 200, 500];

/// As many bytes as CloudFormation takes in a template.
pub(super) const LARGEST: usize = 1_000_000;

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

/// Loads AWS's validator, and has it look at every file that is named.
const AWS: &str = "import sys
from cloudformation_validate import CompositeEngine
engine = CompositeEngine()
for file in sys.argv[1:]:
    engine.validate_template(file)";

/// The programs that take part.
struct Programs<'b> {
    bench: &'b Workbench,
    ours: PathBuf,
    cfn_lint: PathBuf,
    aws: PathBuf,
}

pub(super) fn run(bench: &Workbench, request: &Request) -> Result<Report, BenchError> {
    let installed = |result: Result<PathBuf, String>| result.map_err(BenchError::Answer);
    let programs = Programs {
        bench,
        ours: bench.program()?,
        cfn_lint: installed(oracles::program("cfn-lint"))?,
        aws: installed(oracles::validators())?,
    };
    Ok(Report {
        tools: vec![
            programs.version(&programs.cfn_lint.with_file_name("python"), "cfn-lint"),
            programs.version(&programs.aws, "cloudformation-validate"),
        ],
        tables: vec![
            programs.snapshots(request)?,
            programs.policies(request)?,
            programs.growth(request)?,
            programs.synthesis(request)?,
        ],
    })
}

impl Programs<'_> {
    fn version(&self, python: &Path, package: &str) -> String {
        let script =
            format!("import importlib.metadata; print(importlib.metadata.version('{package}'))");
        let version = Step::new(python, &self.bench.root)
            .args(["-c", &script])
            .says();
        format!("{package} {}", version.unwrap_or_default())
    }

    /// The three of them on the same files, ours first, and the files alone; what is quick runs more often.
    fn subjects(&self, files: &[PathBuf]) -> Result<[Subject<'_>; 4], BenchError> {
        let root = &self.bench.root;
        Ok([
            Subject::new(
                "stratiform validate",
                vec![Step::new(&self.ours, root).arg("validate").args(files)],
            )
            .per_round(5),
            Subject::new(
                "cfn-lint",
                vec![
                    Step::new(&self.cfn_lint, root)
                        .args(["--non-zero-exit-code", "none", "--"])
                        .args(files)
                        .env("PYTHONHASHSEED", "0"),
                ],
            ),
            Subject::new(
                "cloudformation-validate, Python wheel",
                vec![Step::new(&self.aws, root).args(["-c", AWS]).args(files)],
            ),
            bytes::read(self.bench, files)?,
        ])
    }

    fn measure(&self, files: &[PathBuf], rounds: u32) -> Result<Vec<Measured>, BenchError> {
        let log = self.bench.log();
        side_by_side(&self.subjects(files)?, rounds, WarmUp::OneRound, &log)
    }

    /// The templates of the reference app, by name.
    fn templates(&self) -> Result<Vec<PathBuf>, BenchError> {
        let mut files = Vec::new();
        for environment in ENVIRONMENTS {
            let folder = self.bench.root.join("snapshots").join(environment);
            let entries = fs::read_dir(&folder).map_err(BenchError::file("read", &folder))?;
            let paths = entries.filter_map(|entry| Some(entry.ok()?.path()));
            files.extend(paths.filter(|path| {
                path.extension()
                    .is_some_and(|extension| extension == "yaml")
            }));
        }
        files.sort();
        Ok(files)
    }

    /// The same templates, and a large one, with their policies and without.
    fn policies(&self, request: &Request) -> Result<Table, BenchError> {
        let large = self.bench.folder("validate")?.join("policies.json");
        let text = format!("{:#}", template(500));
        fs::write(&large, text).map_err(BenchError::file("write", &large))?;
        let mut columns = COLUMNS.to_vec();
        columns[0] = "what";
        let mut table = Table::new("With policies", &columns);
        for (name, files) in [
            ("the reference app", self.templates()?),
            ("500 resources", vec![large]),
        ] {
            let subject = |words: &str, arguments: &[&str]| {
                let step = Step::new(&self.ours, &self.bench.root).arg("validate");
                let step = step.args(arguments).args(&files);
                Subject::new(format!("{name}{words}"), vec![step]).per_round(5)
            };
            let subjects = [
                subject("", &[]),
                subject(", --policies", &["--policies"]),
                bytes::read(self.bench, &files)?,
            ];
            let log = self.bench.log();
            let measured = side_by_side(&subjects, request.rounds, WarmUp::OneRound, &log)?;
            table
                .rows
                .extend(measured.iter().map(|one| cells(one, &measured)));
            if let [without, with, _] = measured.as_slice() {
                let times = without.wall().as_secs_f64() * 2.0 / with.wall().as_secs_f64();
                let goal = format!("{name}: with policies in less than twice the time");
                table.notes.push(verdict(&goal, times, 1.0));
            }
        }
        Ok(table)
    }

    /// All templates of the reference app.
    fn snapshots(&self, request: &Request) -> Result<Table, BenchError> {
        let files = self.templates()?;
        let bytes: u64 = files
            .iter()
            .filter_map(|file| Some(file.metadata().ok()?.len()))
            .sum();
        let measured = self.measure(&files, request.rounds)?;
        let heading = format!(
            "{} templates of the reference app, {} KB",
            files.len(),
            bytes / 1000
        );
        let mut table = Table::new(heading, &COLUMNS);
        table.rows = measured.iter().map(|one| cells(one, &measured)).collect();
        let [ours, cfn_lint, aws, _] = measured.as_slice() else {
            return Ok(table);
        };
        let slower = |one: &Measured| one.wall().as_secs_f64() / ours.wall().as_secs_f64();
        let larger = aws.peak() as f64 / ours.peak() as f64;
        table.notes = vec![
            verdict("cfn-lint takes 200 times as long", slower(cfn_lint), 200.0),
            verdict("AWS's validator takes 20 times as long", slower(aws), 20.0),
            verdict("AWS's validator needs 8 times the memory", larger, 8.0),
            "AWS's validator is measured as its users of Python install it; most of its time is loading its schemas. Built as a \
             program of its own it took 1.30 s where the wheel took 1.5 s, on another machine."
                .to_owned(),
        ];
        Ok(table)
    }

    /// One template, as it grows.
    fn growth(&self, request: &Request) -> Result<Table, BenchError> {
        let mut table = Table::new(
            "One template, as it grows",
            &[
                "resources",
                "size",
                "who",
                "runs",
                "time",
                "CPU",
                "memory",
                "time ÷ ours",
            ],
        );
        let folder = self.bench.folder("validate")?;
        let sizes = SIZES
            .into_iter()
            .map(|size| (size, 0))
            .chain([(500, LARGEST)]);
        for (resources, bytes) in sizes {
            let text = padded(template(resources), bytes);
            let path = folder.join(format!("{resources}-{}.json", text.len()));
            fs::write(&path, &text).map_err(BenchError::file("write", &path))?;
            let measured = self.measure(&[path], request.rounds)?;
            let ours = measured.first().map(|one| one.wall().as_secs_f64());
            for one in &measured {
                table.rows.push(vec![
                    resources.to_string(),
                    format!("{} KB", text.len() / 1000),
                    one.name.clone(),
                    one.runs().to_string(),
                    table::time(one.wall()),
                    table::time(one.cpu()),
                    table::memory(one.peak()),
                    table::ratio(one.wall().as_secs_f64(), ours.unwrap_or(f64::NAN)),
                ]);
            }
            if let (LARGEST, Some(ours)) = (bytes, ours) {
                let goal = "500 resources in a template of 1 MB in less than 20 ms";
                table.notes.push(verdict(goal, 0.020 / ours, 1.0));
            }
        }
        Ok(table)
    }

    /// Synthesis of all environments, with validation and without.
    fn synthesis(&self, request: &Request) -> Result<Table, BenchError> {
        let out = self.bench.path("out").join("validate");
        let synth = |arguments: &[&str]| {
            Step::new(&self.ours, &self.bench.root)
                .arg("synth")
                .args(arguments)
                .arg("--out")
                .arg(&out)
        };
        let subject = |name: &str, arguments: &[&str]| {
            Subject::new(name, vec![synth(arguments)])
                .before(|_| remove(&out))
                .per_round(5)
        };
        let copies = self.bench.path("out").join("validate-bytes");
        let files = ["environments", "snapshots"].map(|folder| self.bench.root.join(folder));
        let subjects = [
            subject("synth", &[]),
            subject("synth --no-validate", &["--no-validate"]),
            bytes::written(self.bench, &files, &copies)?,
        ];
        let log = self.bench.log();
        let measured = side_by_side(&subjects, request.rounds, WarmUp::OneRound, &log)?;
        let mut table = Table::new("Synthesis of all environments", &COLUMNS);
        table.rows = measured.iter().map(|one| cells(one, &measured)).collect();
        if let [with, without, _] = measured.as_slice() {
            let times = without.wall().as_secs_f64() * 2.0 / with.wall().as_secs_f64();
            let goal = "with validation in less than twice the time";
            table.notes.push(verdict(goal, times, 1.0));
        }
        Ok(table)
    }
}

/// A template as JSON with a description of each resource that makes it as large as is wanted.
pub(super) fn padded(mut template: Value, bytes: usize) -> String {
    let length = format!("{template:#}").len();
    if let Some(resources) = template["Resources"].as_object_mut()
        && let Some(missing) = bytes.checked_sub(length)
    {
        // What the metadata is written in takes the place of two of these sentences.
        let sentence = "what it is for, and who asked for it; ";
        let times = missing / resources.len().max(1) / sentence.len();
        let words = sentence.repeat(times.saturating_sub(2));
        for resource in resources.values_mut() {
            resource["Metadata"] = json!({"About": words});
        }
    }
    format!("{template:#}")
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

#[cfg(test)]
mod tests {
    use super::{LARGEST, padded, template};

    #[test]
    fn the_largest_template_is_one_that_cloudformation_takes() {
        let length = padded(template(500), LARGEST).len();
        assert!((LARGEST * 9 / 10..=LARGEST).contains(&length), "{length}");
    }
}
