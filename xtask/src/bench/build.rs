//! `bench build`: from a fresh clone to the first templates, against a program that uses rusty-cdk.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::error::BenchError;
use super::peer;
use super::process::Step;
use super::subject::{Measured, Subject, WarmUp, side_by_side};
use super::table::Table;
use super::workbench::{Workbench, remove};
use super::{Report, Request, within};
use crate::packages::{Metadata, Target};

const GOAL: Duration = Duration::from_secs(150);

/// The rows with a number to reach in seconds of CPU: the whole program, and a repository of one's own.
const CPU_GOALS: [(usize, Duration); 2] =
    [(0, Duration::from_secs(240)), (2, Duration::from_secs(120))];

pub(super) fn run(bench: &Workbench, request: &Request) -> Result<Report, BenchError> {
    let clone = bench.path("build/clone");
    let emptied = bench.path("build/emptied");
    for clone in [&clone, &emptied] {
        remove(clone)?;
        Step::new("git", &bench.root)
            .args(["clone", "--quiet", "--no-hardlinks", "."])
            .arg(clone)
            .run(&bench.log())?;
    }
    empty_own_crates(&emptied)?;
    let commit = Step::new("git", &clone)
        .args(["rev-parse", "--short", "HEAD"])
        .says()
        .ok_or(BenchError::NotInGit)?;
    let rusty = peer::rusty_cdk(bench)?;
    let (target, home) = (bench.path("build/target"), bench.path("build/cargo-home"));
    let out = bench.path("out/build");

    // An empty home has no configuration; the one of whoever measures may say where crates are fetched from.
    let configuration = cargo_home().map(|home| home.join("config.toml"));
    let configuration = configuration.filter(|file| file.is_file());
    let fetching = |step: Step| {
        let step = step.env("CARGO_HOME", &home);
        match &configuration {
            Some(file) => step.arg("--config").arg(file),
            None => step,
        }
    };
    let ours = |step: Step| {
        step.args(["run", "--locked", "--", "synth", "--out"])
            .arg(&out)
    };
    // The second app stands for a repository of one's own: its programs have no stacks of ours, and ask no AWS.
    let guestbook = |step: Step| {
        step.args(["run", "--locked", "--package", "guestbook", "--", "synth"])
            .args(["--environments", "examples/guestbook/environments", "--out"])
            .arg(&out)
    };
    let theirs = |step: Step| {
        step.args(["run", "--locked", "--", "10", "written", "apart"])
            .arg(&out)
    };
    let cargo = |folder: &PathBuf| Workbench::cargo(folder, &target);
    let fetch = |folder: &PathBuf| fetching(cargo(folder)).args(["fetch", "--locked"]);
    let empty = |_| {
        remove(&target)
            .and_then(|()| remove(&home))
            .and_then(|()| remove(&out))
    };
    let subjects = [
        Subject::new("stratiform, crates in the cache", vec![ours(cargo(&clone))]).before(empty),
        // What is built with them is the same.
        Subject::new("stratiform: its crates fetched", vec![fetch(&clone)]).before(empty),
        Subject::new(
            "a repository of one's own, crates in the cache",
            vec![guestbook(cargo(&clone))],
        )
        .before(empty),
        Subject::new(
            "rusty-cdk, crates in the cache",
            vec![theirs(cargo(&rusty))],
        )
        .before(empty),
        Subject::new("rusty-cdk: its crates fetched", vec![fetch(&rusty)]).before(empty),
        Subject::new(
            "the limit: stratiform with nothing in its own crates",
            vec![cargo(&emptied).args(["build", "--locked"])],
        )
        .before(empty),
    ];
    // Crates that no run has needed before are fetched now, not in the first measured run.
    for folder in [&clone, &rusty] {
        cargo(folder)
            .args(["fetch", "--locked"])
            .run(&bench.log())?;
    }
    let measured = side_by_side(&subjects, request.rounds, WarmUp::None, &bench.log())?;
    empty(0)?;

    let mut table = Table::new(
        format!("A fresh clone (of {commit}) to the first `cargo run -- synth`; dev profile"),
        &["", "runs", "time", "fastest – slowest", "CPU", "memory"],
    );
    table.rows = measured.iter().map(Measured::cells).collect();
    if let [cached, fetched, ..] = measured.as_slice() {
        for (what, took) in [
            ("crates in the cache", cached.wall()),
            ("crates fetched", fetched.wall() + cached.wall()),
        ] {
            let what = format!("stratiform, {what}, on two cores,");
            table.notes.push(within(&what, took, GOAL));
        }
    }
    for (row, goal) in CPU_GOALS {
        let what = format!("CPU of {},", measured[row].name);
        table.notes.push(within(&what, measured[row].cpu(), goal));
    }
    Ok(Report {
        tools: vec![peer::RUSTY_CDK.to_owned()],
        tables: vec![table],
    })
}

/// Takes all code out of the crates of a clone: what is left to build are those of others.
fn empty_own_crates(clone: &Path) -> Result<(), BenchError> {
    let known = Metadata::of(clone).map_err(BenchError::Answer)?;
    let targets = known.packages.iter().flat_map(|package| &package.targets);
    for Target { kind, src_path } in targets {
        let text = match kind.first().map(String::as_str) {
            Some("bin" | "custom-build") => "fn main() {}\n",
            Some("lib" | "proc-macro") => "",
            _ => continue,
        };
        fs::write(src_path, text).map_err(BenchError::file("write", src_path))?;
    }
    Ok(())
}

/// Where cargo keeps what it fetched, and its configuration.
fn cargo_home() -> Option<PathBuf> {
    let set = std::env::var_os("CARGO_HOME").map(PathBuf::from);
    set.or_else(|| Some(std::env::home_dir()?.join(".cargo")))
}
