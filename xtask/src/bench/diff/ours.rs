//! Our side of `bench diff`: the hidden task that is run built for release, and prints what the peer prints.

use std::fs;
use std::hint::black_box;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use serde_json::{Map, Value, json};
use stratiform_assembly::StackAt;
use stratiform_changes::{ChangedResource, Edit, Replacement};
use stratiform_diff::diff;
use stratiform_finding::one_line;
use stratiform_resolve::Whereabouts;
use stratiform_service::Region;
use stratiform_template::Template;

use crate::bench::error::BenchError;
use crate::bench::process::cpu_time;

/// The hidden task.
pub(in crate::bench) const TASK: &str = "diff-ours";

/// `bench diff-ours <before> <after> <milliseconds>`, as `benches/peers/cloudformation-diff/diff.js`.
pub(in crate::bench) fn run(arguments: &[String]) -> ExitCode {
    match answer(arguments) {
        Ok(answer) => {
            println!("{answer}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn answer(arguments: &[String]) -> Result<Value, String> {
    let [before, after, milliseconds] = arguments else {
        return Err(format!(
            "usage: bench {TASK} <before> <after> <milliseconds>"
        ));
    };
    let read = |file: &String| fs::read_to_string(file).map_err(|error| format!("{file}: {error}"));
    let (before, after) = (read(before)?, read(after)?);
    let milliseconds = milliseconds
        .parse()
        .map_err(|_| "no number of milliseconds".to_owned())?;
    let parse = || -> Result<(StackAt, StackAt), String> {
        let parse = |text| {
            let template = Template::parse(text).map_err(|findings| one_line(&findings))?;
            Ok::<_, String>(StackAt::of("bench", template))
        };
        Ok((parse(&before)?, parse(&after)?))
    };
    let mut answer = json!({ "changes": changes(&compare(&parse()?)) });
    if milliseconds > 0 {
        let long = Duration::from_millis(milliseconds);
        let whole = || {
            repeat(
                long,
                || Ok(()),
                |()| parse().map(|templates| compare(&templates)),
            )
        };
        let alone = || repeat(long, parse, |templates| Ok(compare(templates)));
        whole()?;
        answer["whole"] = whole()?;
        alone()?;
        answer["alone"] = alone()?;
        let copied = || Ok(black_box((before.clone(), after.clone())));
        answer["copied"] = repeat(long, || Ok(()), |()| copied())?;
    }
    Ok(answer)
}

fn compare((before, after): &(StackAt, StackAt)) -> Vec<ChangedResource> {
    let place = Whereabouts {
        stack: "bench".to_owned(),
        region: Region::us_east_1(),
        account: None,
    };
    diff(Some(before), Some(after), &place).resources
}

/// Prepares, unmeasured, and works, again and again.
fn repeat<I, O>(
    long: Duration,
    prepare: impl Fn() -> Result<I, String>,
    work: impl Fn(&I) -> Result<O, String>,
) -> Result<Value, String> {
    let cpu_time = || cpu_time().map_err(|error: BenchError| error.to_string());
    let (mut walls, mut cpu) = (Vec::new(), Duration::ZERO);
    let start = Instant::now();
    while walls.len() < 3 || start.elapsed() < long {
        let input = prepare()?;
        let (used, time) = (cpu_time()?, Instant::now());
        // Dropping what comes out belongs to the work: the peer's garbage is collected while it works.
        drop(work(&input)?);
        walls.push(time.elapsed());
        cpu += cpu_time()?.saturating_sub(used);
    }
    walls.sort();
    let micros = |time: Duration| time.as_secs_f64() * 1e6;
    Ok(json!({
        "runs": walls.len(),
        "wall": micros(walls[walls.len() / 2]),
        "cpu": micros(cpu) / walls.len() as f64,
    }))
}

/// What happens to each resource, and why.
fn changes(resources: &[ChangedResource]) -> Map<String, Value> {
    let listed = resources
        .iter()
        .filter(|change| change.action != Edit::Modify || !change.values.is_empty());
    let entries = listed.map(|change| {
        let action = match (change.action, change.replacement()) {
            (Edit::Add, _) => "add",
            (Edit::Remove, _) => "remove",
            (Edit::Modify, Replacement::WillNot) => "update",
            (Edit::Modify, Replacement::May) => "may replace",
            (Edit::Modify, Replacement::Will) => "replace",
        };
        // Of details that weigh the same, the one that names a cause.
        let decisive = change
            .values
            .iter()
            .max_by_key(|detail| (detail.replacement(), detail.causing_entity.is_some()));
        let fact = decisive.map(|detail| {
            let (kind, path) = (&change.resource_type, detail.pointer());
            format!("{kind} {path}: {}", detail.recreation.fact)
        });
        let source = decisive.map(|detail| detail.source.as_str());
        let entry = json!({ "action": action, "fact": fact, "source": source });
        (change.logical_id.clone(), entry)
    });
    entries.collect()
}
