//! `bench deploy`: an environment deployed to our endpoint by us, by the CDK and by the AWS CLI, with the same templates.
//!
//! What lives here: what is measured, and the tables. Each deployer has a server of its own, in which resources take as
//! long as at AWS, but that time passes faster there. What a deployment has to wait for in any case is measured in the
//! same run, from the server's events.

mod deployer;
pub(super) mod observation;
mod version;

use std::collections::BTreeSet;
use std::time::Duration;

use super::error::BenchError;
use super::process::Usage;
use super::server::Server;
use super::table::{self, Table};
use super::workbench::Workbench;
use super::{Report, Request, told, verdict, within};

use deployer::{Deployer, Parameters, Programs};
use observation::{Observation, before, since};
use version::{Version, Versions};

/// What is beyond CloudFormation's own time, as a part of it.
const GOAL_OVERHEAD: f64 = 0.02;
/// What is beyond the endpoint's own time where nothing changes.
const GOAL_NO_CHANGE: Duration = Duration::from_millis(100);

/// Which deployment of the three that follow each other?
#[derive(Clone, Copy, PartialEq, Eq)]
enum Phase {
    First,
    Update,
    NoChange,
}

/// What a deployment took and did.
struct Run {
    usage: Usage,
    /// What the endpoint itself took for all calls: the least that a deployment with these calls takes, were it to do
    /// nothing else.
    endpoint: Option<Duration>,
    observation: Observation,
}

/// A deployer's runs of a phase.
struct Runs {
    deployer: Deployer,
    runs: Vec<Run>,
}

impl Phase {
    const ALL: [Phase; 3] = [Phase::First, Phase::Update, Phase::NoChange];

    fn name(self) -> &'static str {
        match self {
            Phase::First => "first",
            Phase::Update => "update",
            Phase::NoChange => "no change",
        }
    }

    fn heading(self, stacks: usize, speed: f64) -> String {
        match self {
            Phase::First => {
                format!("{stacks} stacks that were not there; time passes {speed} times as fast")
            }
            Phase::Update => {
                format!("Something changes in {stacks} stacks; time passes {speed} times as fast")
            }
            Phase::NoChange => "Nothing changes".to_owned(),
        }
    }

    fn version(self, versions: &Versions) -> &Version {
        match self {
            Phase::First => &versions.first,
            Phase::Update | Phase::NoChange => &versions.edited,
        }
    }

    fn parameters(self) -> Parameters {
        match self {
            Phase::First => Parameters::Given,
            Phase::Update | Phase::NoChange => Parameters::Kept,
        }
    }

    /// How many stacks change.
    fn stacks(self, versions: &Versions) -> Result<usize, BenchError> {
        match self {
            Phase::First => Ok(versions.first.environment.stacks.len()),
            Phase::Update => versions.edited_stacks(),
            Phase::NoChange => Ok(0),
        }
    }
}

pub(super) fn run(bench: &Workbench, request: &Request) -> Result<Report, BenchError> {
    let programs = Programs::install(bench)?;
    let versions = Versions::make(bench, &programs.ours, &programs.cdk)?;
    let mut phases = Phase::ALL.map(|phase| {
        let runs = Deployer::ALL.map(|deployer| Runs {
            deployer,
            runs: Vec::new(),
        });
        (phase, runs)
    });
    for round in 1..=request.rounds {
        for (number, deployer) in Deployer::ALL.into_iter().enumerate() {
            let server = Server::ours(&programs.ours, &request.speed.to_string())?;
            for (phase, runs) in &mut phases {
                let run = deploy(bench, &programs, &versions, deployer, *phase, &server)?;
                eprintln!(
                    "  round {round} of {}: {}, {}: {}, {} calls",
                    request.rounds,
                    deployer.name(),
                    phase.name(),
                    table::time(run.usage.wall),
                    run.calls()
                );
                runs[number].runs.push(run);
            }
        }
    }
    let mut tables = Vec::new();
    for (phase, runs) in &phases {
        let stacks = phase.stacks(&versions)?;
        tables.push(table_of(*phase, runs, stacks, request.speed));
    }
    tables.push(table_of_calls(&phases));
    Ok(Report {
        tools: programs.versions(),
        tables,
    })
}

/// Deploys, and makes sure that what should be there is there.
fn deploy(
    bench: &Workbench,
    programs: &Programs,
    versions: &Versions,
    deployer: Deployer,
    phase: Phase,
    server: &Server,
) -> Result<Run, BenchError> {
    let version = phase.version(versions);
    let before = before(server, &version.environment)?;
    let mut usage = Usage::default();
    let began = server.own_time();
    for step in programs.steps(deployer, version, phase.parameters(), server) {
        usage = usage.then(step.measure(&bench.log())?);
    }
    let endpoint = server.own_time().zip(began);
    let endpoint = endpoint.map(|(now, began)| now.saturating_sub(began));
    let observation = since(&before, server, &version.environment)?;
    let expected = phase.stacks(versions)?;
    if observation.stacks != expected {
        return Err(BenchError::Answer(format!(
            "{}, {}: {} stacks were changed instead of {expected}",
            deployer.name(),
            phase.name(),
            observation.stacks
        )));
    }
    Ok(Run {
        usage,
        endpoint,
        observation,
    })
}

impl Run {
    fn calls(&self) -> u64 {
        self.observation.calls.values().sum()
    }

    /// What CloudFormation itself took, in our time.
    fn own(&self, speed: f64) -> Duration {
        self.observation.own.div_f64(speed)
    }

    fn overhead(&self, speed: f64) -> Duration {
        self.usage.wall.saturating_sub(self.own(speed))
    }
}

impl Runs {
    /// The run that took the least time.
    fn best(&self) -> Option<&Run> {
        self.runs.iter().min_by_key(|run| run.usage.wall)
    }

    fn spread(&self) -> String {
        let walls = || self.runs.iter().map(|run| run.usage.wall);
        format!(
            "{} – {}",
            table::time(walls().min().unwrap_or_default()),
            table::time(walls().max().unwrap_or_default())
        )
    }
}

fn table_of(phase: Phase, runs: &[Runs], stacks: usize, speed: f64) -> Table {
    let mut table = Table::new(
        phase.heading(stacks, speed),
        &[
            "",
            "runs",
            "best",
            "fastest – slowest",
            "CloudFormation's own",
            "beyond",
            "beyond ÷ own",
            "the endpoint's own",
            "calls",
            "CPU",
            "time ÷ ours",
            "calls ÷ ours",
        ],
    );
    let best: Vec<(&Runs, &Run)> = runs
        .iter()
        .filter_map(|runs| Some((runs, runs.best()?)))
        .collect();
    let Some((&(_, ours), peers)) = best.split_first() else {
        return table;
    };
    let longer = |run: &Run| run.usage.wall.as_secs_f64() / ours.usage.wall.as_secs_f64();
    let more = |run: &Run| run.calls() as f64 / ours.calls() as f64;
    for (runs, run) in &best {
        let own = run.own(speed);
        let (own_cell, part) = match own.is_zero() {
            true => ("–".to_owned(), "–".to_owned()),
            false => (table::time(own), percent(run.overhead(speed), own)),
        };
        table.rows.push(vec![
            runs.deployer.name().to_owned(),
            runs.runs.len().to_string(),
            table::time(run.usage.wall),
            runs.spread(),
            own_cell,
            table::time(run.overhead(speed)),
            part,
            run.endpoint.map_or_else(|| "–".to_owned(), table::time),
            run.calls().to_string(),
            table::time(run.usage.cpu),
            table::ratio(longer(run), 1.0),
            table::ratio(more(run), 1.0),
        ]);
    }
    let least = |of: &dyn Fn(&Run) -> f64| {
        let ratios = peers.iter().map(|(_, run)| of(run));
        ratios.fold(f64::INFINITY, f64::min)
    };
    let notes = &mut table.notes;
    notes.push(verdict("both peers take longer", least(&longer), 1.0));
    notes.push(verdict("both peers make more calls", least(&more), 1.0));
    match phase {
        Phase::First | Phase::Update => {
            let (own, overhead) = (ours.own(speed), ours.overhead(speed));
            let goal = format!(
                "ours is under {:.0} % beyond CloudFormation's own time",
                GOAL_OVERHEAD * 100.0
            );
            let is_reached = overhead < own.mul_f64(GOAL_OVERHEAD);
            notes.push(told(&goal, is_reached, &percent(overhead, own)));
        }
        Phase::NoChange => {
            let endpoint = ours.endpoint.unwrap_or_default();
            let beyond = ours.usage.wall.saturating_sub(endpoint);
            let what = "nothing to do, beyond the endpoint's own time,";
            notes.push(within(what, beyond, GOAL_NO_CHANGE));
        }
    }
    table
}

fn percent(part: Duration, whole: Duration) -> String {
    format!("{:.1} %", part.as_secs_f64() / whole.as_secs_f64() * 100.0)
}

/// How often each operation is called, in the run of each deployer and phase that took the least time.
fn table_of_calls(phases: &[(Phase, [Runs; 3]); 3]) -> Table {
    let mut table = Table::new(
        "Calls by operation: stratiform, CDK, AWS CLI",
        &["", "first", "update", "no change"],
    );
    let best = phases.iter().flat_map(|(_, runs)| runs).map(Runs::best);
    let operations: BTreeSet<&String> = best
        .flatten()
        .flat_map(|run| run.observation.calls.keys())
        .collect();
    for operation in operations {
        let cells = phases.iter().map(|(_, runs)| {
            let runs = runs.iter().map(|runs| {
                let calls = runs.best().map(|run| &run.observation.calls);
                match calls.and_then(|calls| calls.get(operation)) {
                    Some(number) => number.to_string(),
                    None => "–".to_owned(),
                }
            });
            runs.collect::<Vec<_>>().join(", ")
        });
        let mut row = vec![operation.clone()];
        row.extend(cells);
        table.rows.push(row);
    }
    table
}
