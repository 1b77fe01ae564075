//! `bench synth`: all environments of the reference app, against the same app written for the CDK.

use super::error::BenchError;
use super::peer::{Cdk, Validation};
use super::process::Step;
use super::resources;
use super::subject::{Measured, Subject, WarmUp, side_by_side};
use super::table::{self, Table};
use super::workbench::{Workbench, remove};
use super::{Report, Request, verdict};

/// The name of the reference app, with which its stacks' names start.
const APP: &str = "storefront";

const WHAT_IS_CHECKED: &str = "`stratiform synth` validates property values against the schemas of resource \
    types, as the CDK does. It makes the bootstraps of the environments besides, with roles derived from the stacks; the CDK's app has none.";

pub(super) fn run(bench: &Workbench, request: &Request) -> Result<Report, BenchError> {
    let binary = bench.program()?;
    let cdk = Cdk::install(bench)?;
    let out = |name: &str| bench.path("out").join(name);
    let synth = |out| {
        Step::new(&binary, &bench.root)
            .args(["synth", "--out"])
            .arg(out)
    };
    let (cold, warm) = (out("synth"), out("synth-again"));
    let (cdk_out, app_out) = (out("cdk"), out("cdk-app"));
    synth(&warm).run(&bench.log())?;

    let subjects = [
        Subject::new("stratiform synth", vec![synth(&cold)])
            .before(|_| remove(&cold))
            .per_round(5),
        Subject::new("stratiform synth, nothing changed", vec![synth(&warm)]).per_round(5),
        Subject::new(
            "cdk synth",
            vec![cdk.synth("app.js", &cdk_out, Validation::On)],
        )
        .before(|_| remove(&cdk_out)),
        Subject::new(
            "cdk synth --no-validation",
            vec![cdk.synth("app.js", &cdk_out, Validation::Off)],
        )
        .before(|_| remove(&cdk_out)),
        Subject::new(
            "the CDK app alone",
            vec![cdk.app("app.js", &app_out, Validation::On)],
        )
        .before(|_| remove(&app_out)),
        Subject::new(
            "the CDK app alone, without validation",
            vec![cdk.app("app.js", &app_out, Validation::Off)],
        )
        .before(|_| remove(&app_out)),
    ];
    let measured = side_by_side(&subjects, request.rounds, WarmUp::OneRound, &bench.log())?;

    let (differences, summary) =
        resources::compare(&resources::ours(&cold, APP)?, &resources::cdk(&cdk_out)?);
    let mut table = Table::new(
        format!("Three environments: {summary}"),
        &[
            "",
            "runs",
            "time",
            "fastest – slowest",
            "CPU",
            "memory",
            "time ÷ ours",
            "memory ÷ ours",
        ],
    );
    let [ours, _, theirs, unchecked, ..] = measured.as_slice() else {
        unreachable!("as many are measured as there are subjects");
    };
    table.rows = measured.iter().map(|row| cells(row, ours)).collect();
    for (command, theirs) in [
        ("cdk synth", theirs),
        ("cdk synth --no-validation", unchecked),
    ] {
        let slower = theirs.wall().as_secs_f64() / ours.wall().as_secs_f64();
        let larger = theirs.peak() as f64 / ours.peak() as f64;
        let text = format!("`{command}` takes 200 times as long");
        table.notes.push(verdict(&text, slower, 200.0));
        let text = format!("`{command}` needs 20 times the memory");
        table.notes.push(verdict(&text, larger, 20.0));
    }
    table.notes.push(WHAT_IS_CHECKED.to_owned());
    table.notes.push(same(&differences));
    Ok(Report {
        tools: vec![cdk.versions],
        tables: vec![table],
    })
}

fn cells(row: &Measured, ours: &Measured) -> Vec<String> {
    let mut cells = row.cells();
    cells.extend([
        table::ratio(row.wall().as_secs_f64(), ours.wall().as_secs_f64()),
        table::ratio(row.peak() as f64, ours.peak() as f64),
    ]);
    cells
}

fn same(differences: &[String]) -> String {
    if differences.is_empty() {
        return "Both have the same resources with the same properties: types by count in every stack, and \
                property names by logical ID."
            .to_owned();
    }
    format!(
        "Not a fair comparison: the two apps differ in {} places (here ours, there the CDK's).\n{}",
        differences.len(),
        differences.join("\n")
    )
}
