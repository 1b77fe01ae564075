//! `bench diff`: two templates compared, against the CDK's diff.
//!
//! Comparing takes less time than starting a process, so both programs compare again and again in one process, first
//! to warm up, then measured; whole processes are measured beside that.

mod ours;
mod revision;
mod templates;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use serde_json::Value;
use stratiform_finding::one_line;
use stratiform_template::Template;
use templates::Version;

use super::bytes;
use super::error::BenchError;
use super::peer::CdkDiff;
use super::process::Step;
use super::subject::{Subject, WarmUp, median, side_by_side};
use super::table::{self, Table};
use super::workbench::Workbench;
use super::{Report, Request, told};

pub(super) use ours::{TASK, run as ours};

/// A template with so many resources.
pub(super) fn template(resources: usize) -> Value {
    templates::template(resources, Version::Before)
}

const SIZES: [usize; 6] = [50, 100, 200, 500, 1000, 2000];

/// The size for which there is a number to reach.
const GOAL: usize = 500;

/// The processor time in which templates of that size are to be compared.
const GOAL_TIME: Duration = Duration::from_millis(3);

/// The limit: what is there to be parsed.
const COPIED: &str = "the bytes alone: both texts copied";

/// For how long templates are compared again and again, in milliseconds: once to warm up, once measured.
const LONG: &str = "500";

/// Who compares, and what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Who {
    Ours,
    OursYaml,
    Peer,
}

impl Who {
    const ALL: [Who; 3] = [Who::Ours, Who::OursYaml, Who::Peer];

    fn name(self) -> &'static str {
        match self {
            Who::Ours => "stratiform-diff",
            Who::OursYaml => "stratiform-diff, templates in YAML",
            Who::Peer => "@aws-cdk/cloudformation-diff",
        }
    }
}

/// What is compared, and by whom. The other template is always the one before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Comparison {
    size: usize,
    after: Version,
    who: Who,
}

impl Comparison {
    /// Of templates in JSON, by us.
    fn ours(size: usize, after: Version) -> Comparison {
        let who = Who::Ours;
        Comparison { size, after, who }
    }
}

/// The programs that take part.
struct Programs {
    ours: PathBuf,
    peer: CdkDiff,
    folder: PathBuf,
}

/// What a program took, and said, once in every round.
struct Rows(Vec<(Comparison, Vec<Value>)>);

pub(super) fn run(bench: &Workbench, request: &Request) -> Result<Report, BenchError> {
    let programs = Programs {
        ours: bench.build("xtask")?,
        peer: CdkDiff::install(bench)?,
        folder: bench.folder("diff")?,
    };
    let mut rows = Vec::new();
    for size in SIZES {
        programs.write(size)?;
        let comparison = |after, who| (Comparison { size, after, who }, Vec::new());
        rows.extend([Who::Ours, Who::Peer].map(|who| comparison(Version::Resources, who)));
        if size == GOAL {
            rows.push(comparison(Version::Resources, Who::OursYaml));
            rows.extend([Who::Ours, Who::Peer].map(|who| comparison(Version::Everything, who)));
        }
    }
    for round in 1..=request.rounds {
        for (comparison, runs) in &mut rows {
            eprintln!("  round {round} of {}: {comparison:?}", request.rounds);
            runs.push(programs.repeat(*comparison)?);
        }
    }
    let rows = Rows(rows);
    Ok(Report {
        tables: vec![
            in_process(&rows),
            processes(bench, request, &programs)?,
            revision::measure(bench, request)?,
            growth(&rows),
            answers(&rows),
        ],
        tools: vec![programs.peer.versions],
    })
}

impl Programs {
    fn file(&self, size: usize, version: Version, extension: &str) -> PathBuf {
        self.folder.join(format!("{size}-{version:?}.{extension}"))
    }

    /// Writes the templates of a size, as JSON and as YAML.
    fn write(&self, size: usize) -> Result<(), BenchError> {
        for version in [Version::Before, Version::Resources, Version::Everything] {
            let json = templates::template(size, version).to_string();
            let path = self.file(size, version, "json");
            let template = Template::parse(&json).map_err(|findings| BenchError::Template {
                path: path.clone(),
                why: one_line(&findings),
            })?;
            let yaml = self.file(size, version, "yaml");
            for (path, text) in [(path, json), (yaml, template.to_yaml())] {
                fs::write(&path, text).map_err(BenchError::file("write", &path))?;
            }
        }
        Ok(())
    }

    /// Compares templates for so many milliseconds.
    fn step(&self, comparison: Comparison, milliseconds: &str) -> Step {
        let (step, extension) = match comparison.who {
            Who::Ours => (self.step_of_ours(), "json"),
            Who::OursYaml => (self.step_of_ours(), "yaml"),
            Who::Peer => (self.peer.compare(), "json"),
        };
        step.arg(self.file(comparison.size, Version::Before, extension))
            .arg(self.file(comparison.size, comparison.after, extension))
            .arg(milliseconds)
    }

    fn step_of_ours(&self) -> Step {
        Step::new(&self.ours, &self.folder).args(["bench", TASK])
    }

    fn repeat(&self, comparison: Comparison) -> Result<Value, BenchError> {
        let said = self.step(comparison, LONG).says();
        let answer = said.and_then(|text| serde_json::from_str(&text).ok());
        answer.ok_or_else(|| BenchError::NoAnswer(comparison.who.name()))
    }
}

impl Rows {
    fn runs(&self, wanted: Comparison) -> &[Value] {
        let row = self.0.iter().find(|(comparison, _)| *comparison == wanted);
        row.map(|(_, runs)| runs.as_slice()).unwrap_or_default()
    }

    /// The median of the rounds, of what is measured (`whole`, `alone` or `copied`) by a clock (`cpu` or `wall`).
    fn time(&self, comparison: Comparison, what: &str, clock: &str) -> Duration {
        let runs = self.runs(comparison).iter();
        let micros = runs.filter_map(|run| run[what][clock].as_f64());
        median(micros.map(|micros| Duration::from_secs_f64(micros / 1e6)))
    }

    fn changes(&self, comparison: Comparison) -> BTreeMap<&str, &Value> {
        let changes = self.runs(comparison).first();
        let changes = changes.and_then(|run| run["changes"].as_object());
        let changes = changes.into_iter().flatten();
        changes.map(|(id, change)| (id.as_str(), change)).collect()
    }
}

fn ratio(part: Duration, whole: Duration) -> String {
    table::ratio(part.as_secs_f64(), whole.as_secs_f64())
}

fn in_process(rows: &Rows) -> Table {
    let mut table = Table::new(
        format!("Two templates of {GOAL} resources, again and again in one warm process"),
        &[
            "",
            "differ in",
            "rounds",
            "parse and compare, CPU",
            "compare, CPU",
            "compare, time",
            "parse and compare ÷ ours",
            "compare ÷ ours",
        ],
    );
    for (comparison, runs) in rows
        .0
        .iter()
        .filter(|(comparison, _)| comparison.size == GOAL)
    {
        let ours = Comparison::ours(GOAL, comparison.after);
        table.rows.push(vec![
            comparison.who.name().to_owned(),
            match comparison.after {
                Version::Before => "nothing",
                Version::Resources => "resources",
                Version::Everything => "resources, a parameter, a mapping",
            }
            .to_owned(),
            runs.len().to_string(),
            micros(rows.time(*comparison, "whole", "cpu")),
            micros(rows.time(*comparison, "alone", "cpu")),
            micros(rows.time(*comparison, "alone", "wall")),
            ratio(
                rows.time(*comparison, "whole", "cpu"),
                rows.time(ours, "whole", "cpu"),
            ),
            ratio(
                rows.time(*comparison, "alone", "cpu"),
                rows.time(ours, "alone", "cpu"),
            ),
        ]);
    }
    let ours = Comparison::ours(GOAL, Version::Resources);
    let none = || "–".to_owned();
    table.rows.push(vec![
        COPIED.to_owned(),
        none(),
        rows.runs(ours).len().to_string(),
        micros(rows.time(ours, "copied", "cpu")),
        none(),
        none(),
        ratio(
            rows.time(ours, "copied", "cpu"),
            rows.time(ours, "whole", "cpu"),
        ),
        none(),
    ]);
    let verdict = |after, what: &str| {
        let comparison = Comparison::ours(GOAL, after);
        let time = rows.time(comparison, "alone", "cpu");
        let goal = format!(
            "two templates of {GOAL} resources that differ in {what} compared in less than {} of CPU",
            micros(GOAL_TIME)
        );
        let changes = rows.changes(comparison).len();
        let value = format!("{}; {changes} resources change", micros(time));
        told(&goal, time < GOAL_TIME, &value)
    };
    table.notes.push(verdict(Version::Resources, "resources"));
    table.notes.push(verdict(
        Version::Everything,
        "parameters and mappings as well",
    ));
    table
}

/// Whole processes.
fn processes(
    bench: &Workbench,
    request: &Request,
    programs: &Programs,
) -> Result<Table, BenchError> {
    let subject = |who: Who| {
        let name = format!("{}, {GOAL} resources", who.name());
        let comparison = Comparison {
            size: GOAL,
            after: Version::Resources,
            who,
        };
        Subject::new(name, vec![programs.step(comparison, "0")]).per_round(5)
    };
    let files = [Version::Before, Version::Resources];
    let files = files.map(|version| programs.file(GOAL, version, "json"));
    let mut subjects = Vec::from(Who::ALL.map(subject));
    subjects.push(bytes::read(bench, &files)?);
    let measured = side_by_side(&subjects, request.rounds, WarmUp::OneRound, &bench.log())?;
    let mut table = Table::new(
        "Whole processes: read two templates, compare them, print which resources change",
        &[
            "",
            "runs",
            "time",
            "fastest – slowest",
            "CPU",
            "memory",
            "time ÷ ours",
        ],
    );
    for row in &measured {
        let mut cells = row.cells();
        cells.push(ratio(row.wall(), measured[0].wall()));
        table.rows.push(cells);
    }
    Ok(table)
}

fn growth(rows: &Rows) -> Table {
    let ours = |size| Comparison::ours(size, Version::Resources);
    let mut table = Table::new(
        "From 50 to 2,000 resources, CPU in one warm process",
        &[
            "resources",
            "change",
            COPIED,
            "ours: parse and compare",
            "ours: compare",
            "per resource",
            "CDK: parse and compare",
            "CDK: compare",
            "compare ÷ ours",
        ],
    );
    for size in SIZES {
        let ours = ours(size);
        let peer = Comparison {
            who: Who::Peer,
            ..ours
        };
        let compare = rows.time(ours, "alone", "cpu");
        table.rows.push(vec![
            size.to_string(),
            rows.changes(ours).len().to_string(),
            micros(rows.time(ours, "copied", "cpu")),
            micros(rows.time(ours, "whole", "cpu")),
            micros(compare),
            format!("{:.1} µs", compare.as_secs_f64() * 1e6 / size as f64),
            micros(rows.time(peer, "whole", "cpu")),
            micros(rows.time(peer, "alone", "cpu")),
            ratio(rows.time(peer, "alone", "cpu"), compare),
        ]);
    }
    let [first, .., last] = SIZES;
    let time = |size| rows.time(ours(size), "alone", "cpu");
    table.notes.push(format!(
        "{} times as many resources take ours {} times as long.",
        last / first,
        ratio(time(last), time(first)),
    ));
    table
}

/// Where the two do not say the same of a resource.
fn answers(rows: &Rows) -> Table {
    let comparison = |who| Comparison {
        size: GOAL,
        after: Version::Everything,
        who,
    };
    let (ours, peer) = (
        rows.changes(comparison(Who::Ours)),
        rows.changes(comparison(Who::Peer)),
    );
    let of = |changes: &BTreeMap<&str, &Value>, id: &str, name: &str| {
        let value = changes.get(id).and_then(|change| change[name].as_str());
        value.unwrap_or_default().to_owned()
    };
    let all: BTreeSet<&str> = ours.keys().chain(peer.keys()).copied().collect();
    let (mut same, mut different) = (0, BTreeMap::<Vec<String>, Vec<&str>>::new());
    for id in all {
        let (one, two) = (of(&ours, id, "action"), of(&peer, id, "action"));
        if one == two {
            same += 1;
            continue;
        }
        let (fact, changed) = (of(&ours, id, "fact"), of(&peer, id, "fact"));
        let right = right(&one, &of(&ours, id, "source"), &changed);
        let fact = if fact.is_empty() { changed } else { fact };
        let key = vec![one, two, fact, right.to_owned()];
        different.entry(key).or_default().push(id);
    }
    let mut table = Table::new(
        format!("Where the answers for {GOAL} resources differ; they agree on {same} that change"),
        &["resources", "ours", "CDK", "what changes", "which is right"],
    );
    for (key, ids) in different {
        let mut row = vec![ids.join(", ")];
        row.extend(key.into_iter().map(|cell| {
            if cell.is_empty() {
                "–".to_owned()
            } else {
                cell
            }
        }));
        table.rows.push(row);
    }
    table
}

/// Which answer is right, and which recorded rule of the service says so: `cargo xtask conformance diff` checks them.
fn right(ours: &str, source: &str, changed: &str) -> &'static str {
    match (ours, source, changed) {
        (_, "ParameterReference", _) => {
            "ours: a parameter's new default reaches what is made of it (recorded)"
        }
        (_, "ResourceReference" | "ResourceAttribute", _) => {
            "ours: it refers to what is replaced (recorded)"
        }
        ("update", "DirectModification", "") => "ours: the value in the mapping changes (recorded)",
        ("add" | "remove", "", "") => "ours: its condition becomes another (recorded)",
        ("", _, "DependsOn") => "ours: another order of deployment changes no resource (recorded)",
        ("", _, "Tags") => "ours, by the schema: tags have no order (not recorded)",
        _ => "to be looked at",
    }
}

/// `812 µs`, `3.21 ms`.
fn micros(time: Duration) -> String {
    let micros = time.as_secs_f64() * 1e6;
    if micros < 1000.0 {
        format!("{micros:.0} µs")
    } else {
        format!("{:.2} ms", micros / 1e3)
    }
}
