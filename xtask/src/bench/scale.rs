//! `bench scale`: 10 to 10,000 stacks of 20 queues, against the CDK and rusty-cdk.

use std::fs;
use std::path::{Path, PathBuf};

use super::bytes;
use super::error::BenchError;
use super::peer::{self, Cdk, Validation};
use super::process::Step;
use super::subject::{Measured, Subject, WarmUp, side_by_side};
use super::table::{self, Table};
use super::workbench::{Workbench, remove};
use super::{Report, Request, verdict};

const SIZES: [u32; 4] = [10, 100, 1000, 10_000];

/// The most stacks that the CDK is asked for.
const CDK_LIMIT: u32 = 1000;

/// The size for which there are numbers to reach.
const GOAL: u32 = 1000;

/// What is done with the stacks. What is compared does the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Work {
    /// Synthesized, checked, written.
    Checked,
    /// Synthesized and written.
    Written,
    /// Synthesized and rendered in memory.
    Rendered,
}

impl Work {
    const ALL: [Work; 3] = [Work::Checked, Work::Written, Work::Rendered];

    fn validation(self) -> Validation {
        match self {
            Work::Checked => Validation::On,
            Work::Written | Work::Rendered => Validation::Off,
        }
    }

    fn heading(self) -> &'static str {
        match self {
            Work::Checked => {
                "With validation: structure checked and YAML written here, property values checked and JSON written by the CDK"
            }
            Work::Written => "Without validation, compact JSON files",
            Work::Rendered => "Without validation, compact JSON in memory; no files",
        }
    }
}

/// Who does it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Who {
    /// One app with all the stacks.
    Ours,
    /// An app for each stack, as rusty-cdk does it: stacks know nothing of each other.
    OursApart,
    CdkSynth,
    CdkApp,
    RustyCdk,
    /// Nobody: files of the same sizes read and written, or texts of the same size copied.
    Bytes,
}

impl Who {
    fn name(self, work: Work) -> &'static str {
        match self {
            Who::Ours => "stratiform",
            Who::OursApart => "stratiform, an app per stack",
            Who::CdkSynth => "cdk synth",
            Who::CdkApp => "the CDK app alone",
            Who::RustyCdk => "rusty-cdk",
            Who::Bytes => match work {
                Work::Checked | Work::Written => "the bytes alone: read and written",
                Work::Rendered => "the bytes alone: copied in memory",
            },
        }
    }
}

/// What was measured of one size.
struct Row {
    size: u32,
    work: Work,
    who: Who,
    measured: Measured,
}

/// The programs that take part.
struct Programs {
    ours: PathBuf,
    rusty_cdk: PathBuf,
    cdk: Cdk,
    /// Where they write.
    out: PathBuf,
    /// What was written before, until a size is done.
    old: PathBuf,
}

pub(super) fn run(bench: &Workbench, request: &Request) -> Result<Report, BenchError> {
    let programs = Programs {
        ours: bench.build("bench-scale")?,
        rusty_cdk: rusty_cdk(bench)?,
        cdk: Cdk::install(bench)?,
        out: bench.path("out").join("scale"),
        old: bench.path("out").join("scale-old"),
    };
    remove(&programs.out)?;
    let mut rows = Vec::new();
    for size in SIZES {
        eprintln!("{size} stacks");
        rows.extend(programs.measure(bench, request, size)?);
    }
    let tables = Work::ALL.iter().map(|&work| table_of(work, &rows));
    Ok(Report {
        tools: vec![programs.cdk.versions.clone(), peer::RUSTY_CDK.to_owned()],
        tables: tables.collect(),
    })
}

impl Programs {
    fn measure(
        &self,
        bench: &Workbench,
        request: &Request,
        size: u32,
    ) -> Result<Vec<Row>, BenchError> {
        let mut which = vec![(Work::Checked, Who::Ours)];
        which.extend(Work::ALL.map(|work| (work, Who::Bytes)));
        for work in [Work::Written, Work::Rendered] {
            which.extend([Who::Ours, Who::OursApart, Who::RustyCdk].map(|who| (work, who)));
        }
        if size <= CDK_LIMIT {
            for work in [Work::Checked, Work::Written] {
                which.extend([Who::CdkSynth, Who::CdkApp].map(|who| (work, who)));
            }
        }
        remove(&self.old)?;
        fs::create_dir_all(&self.old).map_err(BenchError::file("make", &self.old))?;
        self.write_sources(bench, size)?;
        let subjects: Vec<Subject<'_>> = which
            .iter()
            .map(|&(work, who)| {
                let of_cdk = matches!(who, Who::CdkSynth | Who::CdkApp);
                let quick = !of_cdk && size <= GOAL;
                let steps = vec![self.step(bench, size, work, who)?];
                let subject = Subject::new(format!("{}, {work:?}", who.name(work)), steps);
                Ok(subject
                    .before(|run| self.set_aside(run))
                    .per_round(if quick { 5 } else { 1 }))
            })
            .collect::<Result<_, BenchError>>()?;
        let measured = side_by_side(&subjects, request.rounds, WarmUp::OneRound, &bench.log())?;
        remove(&self.out)?;
        remove(&self.old)?;
        let rows = which.into_iter().zip(measured);
        let rows = rows.map(|((work, who), measured)| Row {
            size,
            work,
            who,
            measured,
        });
        Ok(rows.collect())
    }

    /// The folder of ours that has what some work writes.
    fn source(&self, work: Work) -> PathBuf {
        self.old.join(format!("{work:?}"))
    }

    /// Files of the same sizes as ours, for the row that only copies them.
    fn write_sources(&self, bench: &Workbench, size: u32) -> Result<(), BenchError> {
        for work in [Work::Checked, Work::Written] {
            self.step(bench, size, work, Who::Ours)?.run(&bench.log())?;
            rename(&self.out, &self.source(work))?;
        }
        Ok(())
    }

    /// Every run has a folder that was never there: to make files where others were just removed takes several times as
    /// long, for whoever makes them.
    fn set_aside(&self, run: u32) -> Result<(), BenchError> {
        match self.out.exists() {
            true => rename(&self.out, &self.old.join(run.to_string())),
            false => Ok(()),
        }
    }

    fn step(&self, bench: &Workbench, size: u32, work: Work, who: Who) -> Result<Step, BenchError> {
        let stacks = size;
        let size = stacks.to_string();
        let program = |binary: &Path, apps: &str| {
            let work = match work {
                Work::Checked => "checked",
                Work::Written => "written",
                Work::Rendered => "rendered",
            };
            Step::new(binary, &bench.root)
                .args([size.as_str(), work, apps])
                .arg(&self.out)
        };
        Ok(match who {
            Who::Bytes => match work {
                Work::Checked | Work::Written => {
                    bytes::step(bench, &[self.source(work)], Some(&self.out))?
                }
                Work::Rendered => {
                    let one = self.source(Work::Written).join("s0.json");
                    bytes::copies(bench, &one, stacks)?
                }
            },
            Who::Ours => program(&self.ours, "together"),
            Who::OursApart => program(&self.ours, "apart"),
            Who::RustyCdk => program(&self.rusty_cdk, "apart"),
            Who::CdkSynth => {
                let step = self.cdk.synth("scale.js", &self.out, work.validation());
                step.env("STACKS", size)
            }
            Who::CdkApp => {
                let step = self.cdk.app("scale.js", &self.out, work.validation());
                step.env("STACKS", size)
            }
        })
    }
}

fn table_of(work: Work, rows: &[Row]) -> Table {
    let mut table = Table::new(
        work.heading(),
        &[
            "stacks",
            "",
            "runs",
            "time",
            "fastest – slowest",
            "per stack",
            "memory",
            "time ÷ ours",
        ],
    );
    let rows: Vec<&Row> = rows.iter().filter(|row| row.work == work).collect();
    let seconds = |size: u32, who: Who| {
        let row = rows.iter().find(|row| row.size == size && row.who == who)?;
        Some(row.measured.wall().as_secs_f64())
    };
    for row in &rows {
        let wall = row.measured.wall().as_secs_f64();
        let ours = seconds(row.size, Who::Ours).unwrap_or(f64::NAN);
        table.rows.push(vec![
            row.size.to_string(),
            row.who.name(row.work).to_owned(),
            row.measured.runs().to_string(),
            table::time(row.measured.wall()),
            row.measured.spread(),
            format!("{:.1} µs", wall / f64::from(row.size) * 1e6),
            table::memory(row.measured.peak()),
            table::ratio(wall, ours),
        ]);
    }
    let slower = |who: Who| Some(seconds(GOAL, who)? / seconds(GOAL, Who::Ours)?);
    if let Some(slower) = slower(Who::CdkSynth) {
        if work == Work::Checked {
            let goal = format!("at {GOAL} stacks, `cdk synth` takes 100 times as long");
            table.notes.push(verdict(&goal, slower, 100.0));
        }
        table.notes.push(format!(
            "The CDK was not asked for more than {CDK_LIMIT} stacks: it takes minutes and gigabytes."
        ));
    }
    if let (Work::Written | Work::Rendered, Some(slower)) = (work, slower(Who::RustyCdk)) {
        let goal = format!("at {GOAL} stacks, rusty-cdk takes at least as long");
        table.notes.push(verdict(&goal, slower, 1.0));
    }
    if let (Some(thousand), Some(ten_thousand)) =
        (seconds(1000, Who::Ours), seconds(10_000, Who::Ours))
    {
        table.notes.push(format!(
            "To reach: linear to 10,000. Ten times 1,000 stacks take {} times as long.",
            table::ratio(ten_thousand, thousand)
        ));
    }
    table
}

fn rename(from: &Path, to: &Path) -> Result<(), BenchError> {
    fs::rename(from, to).map_err(BenchError::file("move", from))
}

fn rusty_cdk(bench: &Workbench) -> Result<PathBuf, BenchError> {
    let folder = peer::rusty_cdk(bench)?;
    let target = bench.path("rusty-cdk-target");
    eprintln!(
        "building {}; the first time, this takes minutes",
        peer::RUSTY_CDK
    );
    Workbench::cargo(&folder, &target)
        .args(["build", "--release", "--locked"])
        .run(&bench.log())?;
    let name = format!("rusty-cdk-peer{}", std::env::consts::EXE_SUFFIX);
    Ok(target.join("release").join(name))
}
