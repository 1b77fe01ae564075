//! `stratiform diff` of the reference app against a git revision: the whole process, environments and git included.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::bench::bytes;
use crate::bench::error::BenchError;
use crate::bench::process::Step;
use crate::bench::subject::{Measured, Subject, WarmUp, side_by_side};
use crate::bench::table::Table;
use crate::bench::workbench::{Workbench, remove};
use crate::bench::{Request, within};

/// The time in which 15 stacks are to be compared with a revision.
const GOAL: Duration = Duration::from_millis(50);

/// A tag of every stack, and another one: with it, every stack changes.
const TAG: [&str; 2] = ["team: storefront", "team: somebody"];

pub(super) fn measure(bench: &Workbench, request: &Request) -> Result<Table, BenchError> {
    let program = bench.program()?;
    let [same, changed] = ["revision-same", "revision-changed"];
    let (same, changed) = (repository(bench, same)?, repository(bench, changed)?);
    let defaults = changed.join("environments").join("defaults.yaml");
    let text = fs::read_to_string(&defaults).map_err(BenchError::file("read", &defaults))?;
    let text = text.replace(TAG[0], TAG[1]);
    fs::write(&defaults, text).map_err(BenchError::file("write", &defaults))?;
    let stacks = templates(&same)?;
    let subject = |name: &str, folder: &Path| {
        let step = Step::new(&program, folder).args(["diff", "--base", "HEAD"]);
        Subject::new(name, vec![step]).per_round(10)
    };
    let subjects = [
        subject("nothing changes", &same),
        subject("every stack changes", &changed),
        // What both read: the files, and what git has of them.
        Subject::new(
            "the bytes alone: read, and given by git",
            vec![
                bytes::step(
                    bench,
                    &[same.join("environments"), same.join("snapshots")],
                    None,
                )?,
                Step::new("git", &same).args(["archive", "HEAD"]),
            ],
        )
        .per_round(10),
    ];
    let measured = side_by_side(&subjects, request.rounds, WarmUp::OneRound, &bench.log())?;
    let mut table = Table::new(
        format!(
            "`stratiform diff --base HEAD`: {stacks} stacks against a git revision, the whole process"
        ),
        &["", "runs", "time", "fastest – slowest", "CPU", "memory"],
    );
    table.rows = measured.iter().map(Measured::cells).collect();
    for row in &measured[..2] {
        let what = format!("15 stacks (here {stacks}) where {}", row.name);
        table.notes.push(within(&what, row.wall(), GOAL));
    }
    Ok(table)
}

/// A repository with the reference app's environments and snapshots, committed.
fn repository(bench: &Workbench, name: &str) -> Result<PathBuf, BenchError> {
    let folder = bench.folder("diff")?.join(name);
    remove(&folder)?;
    for part in ["environments", "snapshots"] {
        bytes::copied(&bench.root.join(part), Some(&folder))?;
    }
    let identity = ["-c", "user.name=bench", "-c", "user.email=bench@localhost"];
    for command in [
        vec!["init", "--quiet"],
        vec!["add", "--all"],
        [&identity[..], &["commit", "--quiet", "--message", "all"]].concat(),
    ] {
        Step::new("git", &folder).args(command).run(&bench.log())?;
    }
    Ok(folder)
}

/// How many templates there are in the snapshots of a repository.
fn templates(folder: &Path) -> Result<usize, BenchError> {
    let snapshots = folder.join("snapshots");
    let mut count = 0;
    for entry in fs::read_dir(&snapshots).map_err(BenchError::file("read", &snapshots))? {
        let environment = entry.map_err(BenchError::file("read", &snapshots))?.path();
        let files = fs::read_dir(&environment).map_err(BenchError::file("read", &environment))?;
        let yaml = |path: &Path| {
            path.extension()
                .is_some_and(|extension| extension == "yaml")
        };
        count += files.flatten().filter(|file| yaml(&file.path())).count();
    }
    Ok(count)
}
