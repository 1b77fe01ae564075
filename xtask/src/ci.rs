//! `cargo xtask ci`: everything that must hold before a change lands, in one command.
//!
//! A check that cannot run is not green: it is counted as skipped and named, with the reason.

use std::collections::BTreeSet;
use std::process::{Command, ExitCode};
use std::time::Instant;

use crate::command::{cargo, output, root, run as run_command};
use crate::outcome::Outcome;
use crate::{clients, codegen, conformance, emulators, oracles, packages, screenshot, workflows};

type Step = fn() -> Result<Outcome, String>;

const STEPS: [(&str, Step); 21] = [
    ("format", format),
    ("clippy", clippy),
    ("tests", tests),
    ("doc tests", doc_tests),
    ("second app", other_apps),
    ("snapshots fresh", snapshots),
    ("plain secrets", secrets),
    ("catalog reproducible", catalog),
    ("resource types compile", resource_types),
    ("conformance", conformance::step),
    ("conformance validate", conformance::validate::step),
    ("conformance policies", conformance::policies::step),
    ("oracles", oracles::run),
    ("moto", moto),
    ("ministack", ministack),
    ("clients", clients::run),
    ("clients cdk", clients::cdk),
    ("screenshots", screenshot::run),
    ("workflows", workflows::run),
    ("dependencies", dependencies),
    ("packages", packages::step),
];

/// Runs the steps whose name is or starts with one of `wanted`, or all; the later ones too when one fails.
pub(crate) fn run(wanted: &[String]) -> ExitCode {
    let chosen: Vec<(&str, Step)> = STEPS
        .into_iter()
        .filter(|(name, _)| {
            wanted.is_empty() || wanted.iter().any(|word| name.starts_with(word.as_str()))
        })
        .collect();
    if chosen.is_empty() {
        let names: Vec<&str> = STEPS.iter().map(|(name, _)| *name).collect();
        eprintln!(
            "no step is called `{}`; the steps are: {}",
            wanted.join(" "),
            names.join(", ")
        );
        return ExitCode::from(2);
    }
    let started = Instant::now();
    let mut failed = Vec::new();
    let mut skipped = Vec::new();
    let mut lines = Vec::new();
    for &(name, step) in &chosen {
        eprintln!("── {name}");
        let step_started = Instant::now();
        let outcome = step();
        let seconds = step_started.elapsed().as_secs();
        let line = match outcome {
            Ok(Outcome::Passed(None)) => format!("  ok       {name} ({seconds} s)"),
            Ok(Outcome::Passed(Some(seen))) => format!("  ok       {name} ({seconds} s): {seen}"),
            Ok(Outcome::Skipped(reason)) => {
                skipped.push(name);
                format!("  skipped  {name}: {reason}")
            }
            Err(reason) => {
                failed.push(name);
                format!("  FAILED   {name} ({seconds} s): {reason}")
            }
        };
        eprintln!("{line}");
        lines.push(line);
    }
    eprintln!("\ncargo xtask ci, {} s", started.elapsed().as_secs());
    for line in &lines {
        eprintln!("{line}");
    }
    let passed = chosen.len() - failed.len() - skipped.len();
    // On standard output, and in this form: the line that CI systems look for.
    println!(
        "{passed} passed, {} failed, {} skipped",
        failed.len(),
        skipped.len()
    );
    if failed.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

fn quietly(command: &mut Command) -> Result<Outcome, String> {
    run_command(command).map(|()| Outcome::Passed(None))
}

fn format() -> Result<Outcome, String> {
    quietly(&mut cargo(["fmt", "--all", "--check"]))
        .map_err(|error| format!("{error}: run `cargo fmt --all`"))
}

fn clippy() -> Result<Outcome, String> {
    quietly(&mut cargo([
        "clippy",
        "--workspace",
        "--all-targets",
        "--quiet",
        "--",
        "--deny",
        "warnings",
    ]))
}

fn tests() -> Result<Outcome, String> {
    quietly(nextest()?.arg("--workspace"))
}

/// What reads from CloudFormation and deploys to it, and moto in its place.
fn moto() -> Result<Outcome, String> {
    // The whole workspace, as for the tests: fewer packages would have other features, and be compiled again.
    let mut tests = nextest()?;
    emulators::with_moto(tests.arg("--workspace"))?;
    quietly(&mut tests)
}

/// The same with ministack.
fn ministack() -> Result<Outcome, String> {
    let mut tests = nextest()?;
    emulators::with_ministack(tests.arg("--workspace"))?;
    quietly(&mut tests)
}

/// A run of tests that says which fail.
fn nextest() -> Result<Command, String> {
    install("cargo-nextest", NEXTEST)?;
    let mut command = with_tools(cargo([
        "nextest",
        "run",
        "--no-fail-fast",
        "--status-level",
        "fail",
    ]));
    // A failed assertion says where it stands; the frames below it say nothing more.
    command.env("RUST_BACKTRACE", "0");
    Ok(command)
}

/// The release of cargo-nextest that is installed where there is none.
const NEXTEST: &str = "0.9.143";

/// Installs a cargo tool below `target/` where the machine has none.
fn install(tool: &str, version: &str) -> Result<(), String> {
    let subcommand = tool.trim_start_matches("cargo-");
    if output(&mut with_tools(cargo([subcommand, "--version"])))?
        .status
        .success()
    {
        return Ok(());
    }
    eprintln!("installing {tool} {version} into target/tools");
    let mut install = cargo([
        "install",
        "--quiet",
        "--locked",
        "--version",
        version,
        "--root",
    ]);
    run_command(install.arg(root().join("target/tools")).arg(tool))
}

/// The command with the installed tools on its path, after the machine's own.
fn with_tools(mut command: Command) -> Command {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::env::split_paths(&path).chain([root().join("target/tools/bin")]);
    if let Ok(path) = std::env::join_paths(folders) {
        command.env("PATH", path);
    }
    command
}

fn doc_tests() -> Result<Outcome, String> {
    quietly(&mut cargo(["test", "--workspace", "--doc", "--quiet"]))
}

/// The command line given other apps: `examples/`. What talks to AWS is most of what there is to build, and stays out.
fn other_apps() -> Result<Outcome, String> {
    let mut told = Vec::new();
    for app in ["guestbook", "website"] {
        let crates = without_aws(app)?;
        let check = ["run", "--quiet", "--package", app, "--", "synth", "--check"];
        let environments = root().join("examples").join(app).join("environments");
        run_command(cargo(check).arg("--environments").arg(environments))?;
        told.push(format!("examples/{app}, of {crates} crates"));
    }
    Ok(Outcome::Passed(Some(format!(
        "{}, none of them for AWS",
        told.join("; ")
    ))))
}

/// How many crates an app is built of, none of which talks to AWS.
fn without_aws(app: &str) -> Result<usize, String> {
    let edges = ["--edges", "normal,build", "--prefix", "none"];
    let tree = output(cargo(["tree", "--package", app]).args(edges))?;
    if !tree.status.success() {
        return Err(String::from_utf8_lossy(&tree.stderr).into_owned());
    }
    let tree = String::from_utf8_lossy(&tree.stdout).into_owned();
    let names: BTreeSet<&str> = tree
        .lines()
        .filter_map(|line| line.split(' ').next())
        .collect();
    let is_of_aws = |name: &&&str| {
        name.starts_with("aws-") || ["rustls", "stratiform-aws", "tokio"].contains(*name)
    };
    match names.iter().find(is_of_aws) {
        Some(name) => Err(format!(
            "examples/{app} builds `{name}`: without its feature `aws` it must not"
        )),
        None => Ok(names.len()),
    }
}

fn snapshots() -> Result<Outcome, String> {
    quietly(&mut cargo(["run", "--quiet", "--", "synth", "--check"]))
}

/// What git would commit has no secrets, and nothing that looks like one and is not said to be none.
fn secrets() -> Result<Outcome, String> {
    quietly(&mut cargo([
        "run", "--quiet", "--", "secrets", "--deny", "warning",
    ]))
}

fn catalog() -> Result<Outcome, String> {
    quietly(&mut cargo([
        "run",
        "--quiet",
        "--package",
        "xtask",
        "--",
        "catalog",
        "--check",
    ]))
}

fn resource_types() -> Result<Outcome, String> {
    codegen::compile(codegen::Which::MostUsed).map(|seen| Outcome::Passed(Some(seen)))
}

/// Licences, bans and sources of dependencies; advisories need a database from the network.
fn dependencies() -> Result<Outcome, String> {
    if !output(&mut cargo(["deny", "--version"]))?.status.success() {
        let reason = "cargo-deny is not installed; .github/workflows/ci.yml runs it";
        return Ok(Outcome::Skipped(reason.to_owned()));
    }
    run_command(&mut cargo([
        "deny",
        "--workspace",
        "check",
        "licenses",
        "bans",
        "sources",
    ]))?;
    Ok(Outcome::Passed(Some(
        "licences, bans, sources; advisories in .github/workflows/ci.yml".to_owned(),
    )))
}
