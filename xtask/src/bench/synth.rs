//! `bench synth`: all environments of the reference app, against the same app written for the CDK.

use std::fs;
use std::path::PathBuf;

use super::bytes;
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

/// The line of a file of an environment below which its bootstrap is described.
const BOOTSTRAP: &str = "  bootstrap:";

const WHAT_IS_CHECKED: &str = "`stratiform synth` validates property values against the schemas of resource \
    types, as `cdk synth` does. With bootstraps it makes those of the environments besides, with roles derived from the \
    stacks; the CDK's app has none, and is compared with ours without.";

pub(super) fn run(bench: &Workbench, request: &Request) -> Result<Report, BenchError> {
    let binary = bench.program()?;
    let cdk = Cdk::install(bench)?;
    let out = |name: &str| bench.path("out").join(name);
    let synth = |out| {
        Step::new(&binary, &bench.root)
            .args(["synth", "--out"])
            .arg(out)
    };
    let (cold, warm, plain) = (out("synth"), out("synth-again"), out("synth-plain"));
    let (cdk_out, app_out, bytes_out) = (out("cdk"), out("cdk-app"), out("bytes"));
    synth(&warm).run(&bench.log())?;
    let environments = without_bootstraps(bench)?;
    let of_plain = |out| synth(out).arg("--environments").arg(&environments);
    let read = [bench.root.join("environments"), warm.clone()];

    let subjects = [
        Subject::new(
            "stratiform synth, without bootstraps",
            vec![of_plain(&plain)],
        )
        .before(|_| remove(&plain))
        .per_round(5),
        Subject::new(
            "stratiform synth --no-validate, without bootstraps",
            vec![of_plain(&plain).arg("--no-validate")],
        )
        .before(|_| remove(&plain))
        .per_round(5),
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
        Subject::new("stratiform synth, with bootstraps", vec![synth(&cold)])
            .before(|_| remove(&cold))
            .per_round(5),
        Subject::new(
            "stratiform synth, with bootstraps, nothing changed",
            vec![synth(&warm)],
        )
        .per_round(5),
        bytes::written(bench, &read, &bytes_out)?,
        bytes::read(bench, &read)?,
    ];
    let measured = side_by_side(&subjects, request.rounds, WarmUp::OneRound, &bench.log())?;

    let (differences, summary) =
        resources::compare(&resources::ours(&plain, APP)?, &resources::cdk(&cdk_out)?);
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
    let [ours, ours_unchecked, theirs, theirs_unchecked, ..] = measured.as_slice() else {
        unreachable!("as many are measured as there are subjects");
    };
    table.rows = measured.iter().map(|row| cells(row, ours)).collect();
    for (command, theirs, ours) in [
        ("cdk synth", theirs, ours),
        (
            "cdk synth --no-validation",
            theirs_unchecked,
            ours_unchecked,
        ),
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

/// A copy of the environments that ask for no bootstrap: what the CDK's app has.
fn without_bootstraps(bench: &Workbench) -> Result<PathBuf, BenchError> {
    let from = bench.root.join("environments");
    let to = bench.folder("plain")?.join("environments");
    remove(&to)?;
    fs::create_dir_all(&to).map_err(BenchError::file("make", &to))?;
    for entry in fs::read_dir(&from).map_err(BenchError::file("read", &from))? {
        let path = entry.map_err(BenchError::file("read", &from))?.path();
        let text = fs::read_to_string(&path).map_err(BenchError::file("read", &path))?;
        let copy = to.join(path.file_name().unwrap_or_default());
        fs::write(&copy, without(BOOTSTRAP, &text)).map_err(BenchError::file("write", &copy))?;
    }
    Ok(to)
}

/// YAML without the lines of a key, and those below it.
fn without(key: &str, text: &str) -> String {
    let indent = |line: &str| line.len() - line.trim_start().len();
    let mut is_below = false;
    let kept = text.lines().filter(|line| {
        is_below = *line == key || is_below && (line.is_empty() || indent(line) > indent(key));
        !is_below
    });
    kept.flat_map(|line| [line, "\n"]).collect()
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

#[cfg(test)]
mod tests {
    use super::{BOOTSTRAP, without};

    #[test]
    fn a_key_goes_with_all_that_is_below_it() {
        let text = "settings:\n  app: shop\n  bootstrap:\n    repository: a/b\n\n    refs: [main]\n  tags: {}\nnetwork:\n";
        assert_eq!(
            without(BOOTSTRAP, text),
            "settings:\n  app: shop\n  tags: {}\nnetwork:\n"
        );
    }
}
