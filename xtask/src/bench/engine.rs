//! `bench engine`: our endpoint over HTTP, beside moto, and the state machine in it alone.
//!
//! What lives here: what is measured, and the tables. The servers are called by [`Caller`], with requests of its
//! own: an SDK would take longer than the engine does, and moto and we are called by the same.

mod programs;

use std::time::{Duration, Instant};

use serde_json::Value;

use super::caller::Caller;
use super::error::BenchError;
use super::process::Step;
use super::server::Server;
use super::subject::median;
use super::table::{self, Table};
use super::workbench::Workbench;
use super::{Report, Request, verdict, within};
use crate::deployment::Environment;

use programs::Programs;

const ENVIRONMENTS: [&str; 3] = ["dev", "staging", "prod"];

/// How many stacks both can deploy, and how many resources each of them has.
const STACKS: usize = 100;
const RESOURCES_EACH: usize = 3;

/// How many stacks follow each other in one engine, and how many of them are the first or the last.
const MANY: usize = 1000;
const SOME: usize = 100;

const GOAL_DEPLOYED: Duration = Duration::from_secs(1);
const GOAL_ANSWER: Duration = Duration::from_millis(50);
const GOAL_OPERATIONS: f64 = 50_000.0;

/// What a run of something took, and what the server had in the end.
struct Taken {
    started: Duration,
    wall: Duration,
    /// What as many calls take that ask for nothing: HTTP alone.
    calls: Duration,
    memory: u64,
}

/// Stacks that stay, one after the other.
struct Many {
    times: Vec<Duration>,
    /// What as many calls take that ask for nothing.
    calls: Duration,
    memory: u64,
}

pub(super) fn run(bench: &Workbench, request: &Request) -> Result<Report, BenchError> {
    let programs = Programs::install(bench)?;
    let environments = ENVIRONMENTS.map(Environment::read);
    let environments = environments.into_iter().collect::<Result<Vec<_>, _>>();
    let environments = environments.map_err(BenchError::Answer)?;
    let (mut ours, mut moto, mut whole, mut many, mut machine) =
        (Vec::new(), Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for round in 1..=request.rounds {
        eprintln!("  round {round} of {}", request.rounds);
        whole.push(environments_deployed(&programs, &environments)?);
        ours.push(stacks(&programs.ours()?, &programs.ours()?)?);
        moto.push(stacks(&programs.moto()?, &programs.moto()?)?);
        many.push(one_after_the_other(&programs.ours()?, &programs.ours()?)?);
        machine.push(programs.operations()?);
    }
    Ok(Report {
        tools: vec![programs.versions()?],
        tables: vec![
            table_of_environments(&environments, &whole),
            table_beside_moto(&ours, &moto),
            table_of_many(&many),
            table_of_machine(&machine),
        ],
    })
}

/// All environments, with change sets, as one deploys.
fn environments_deployed(
    programs: &Programs,
    environments: &[Environment],
) -> Result<Taken, BenchError> {
    let server = programs.ours()?;
    let mut calls = 0;
    let start = Instant::now();
    for environment in environments {
        let caller = Caller::new(&server.address, &environment.region);
        for stack in &environment.stacks {
            caller.deploy(stack)?;
        }
        calls += caller.made();
    }
    Ok(Taken {
        started: server.started,
        wall: start.elapsed(),
        calls: asking_for_nothing(&programs.ours()?, calls)?,
        memory: server.memory(),
    })
}

/// How long so many calls to an empty server take, each for a list that has nothing in it.
fn asking_for_nothing(server: &Server, calls: u32) -> Result<Duration, BenchError> {
    let caller = Caller::new(&server.address, "us-east-1");
    let start = Instant::now();
    for _ in 0..calls {
        caller.call("ListStacks", &[])?;
    }
    Ok(start.elapsed())
}

/// A template that both understand.
fn small_template() -> String {
    serde_json::json!({"Resources": {
        "Topic": {"Type": "AWS::SNS::Topic", "Properties": {"DisplayName": "topic"}},
        "Queue": {"Type": "AWS::SQS::Queue", "Properties": {"VisibilityTimeout": 30}},
        "Parameter": {
            "Type": "AWS::SSM::Parameter",
            // moto makes up no name.
            "Properties": {"Name": {"Ref": "AWS::StackName"}, "Type": "String", "Value": {"Ref": "Topic"}},
        },
    }})
    .to_string()
}

/// Stacks created, looked at and deleted; the other server is asked for nothing.
fn stacks(server: &Server, empty: &Server) -> Result<Taken, BenchError> {
    let caller = Caller::new(&server.address, "us-east-1");
    let template = small_template();
    let start = Instant::now();
    for number in 0..STACKS {
        caller.create(&format!("stack-{number}"), &template)?;
    }
    for number in 0..STACKS {
        caller.delete(&format!("stack-{number}"))?;
    }
    Ok(Taken {
        started: server.started,
        wall: start.elapsed(),
        calls: asking_for_nothing(empty, caller.made())?,
        memory: server.memory(),
    })
}

/// Many stacks that stay: the time of each; the other server is asked for nothing.
fn one_after_the_other(server: &Server, empty: &Server) -> Result<Many, BenchError> {
    let caller = Caller::new(&server.address, "us-east-1");
    let template = small_template();
    let mut times = Vec::new();
    for number in 0..MANY {
        let start = Instant::now();
        caller.create(&format!("stack-{number}"), &template)?;
        times.push(start.elapsed());
    }
    Ok(Many {
        times,
        calls: asking_for_nothing(empty, caller.made())?,
        memory: server.memory(),
    })
}

fn table_of_environments(environments: &[Environment], runs: &[Taken]) -> Table {
    let stacks: usize = environments
        .iter()
        .map(|environment| environment.stacks.len())
        .sum();
    let mut table = Table::new(
        format!(
            "Three environments, {stacks} stacks, deployed over HTTP with change sets, at full speed"
        ),
        &["", "runs", "best", "median", "memory after"],
    );
    let calls = || runs.iter().map(|run| run.calls);
    let best = runs.iter().map(|run| run.wall).min().unwrap_or_default();
    let started = median(runs.iter().map(|run| run.started));
    let memory = table::memory(median(runs.iter().map(|run| run.memory)));
    table.rows.push(vec![
        "stratiform engine".to_owned(),
        runs.len().to_string(),
        table::time(best),
        table::time(median(runs.iter().map(|run| run.wall))),
        memory,
    ]);
    table.rows.push(vec![
        "from start to first answer".to_owned(),
        runs.len().to_string(),
        table::time(runs.iter().map(|run| run.started).min().unwrap_or_default()),
        table::time(started),
        String::new(),
    ]);
    table.rows.push(vec![
        "as many calls that ask for nothing".to_owned(),
        runs.len().to_string(),
        table::time(calls().min().unwrap_or_default()),
        table::time(median(calls())),
        String::new(),
    ]);
    table
        .notes
        .push(within("the three environments", best, GOAL_DEPLOYED));
    table
        .notes
        .push(within("from start to first answer", started, GOAL_ANSWER));
    table
}

fn table_beside_moto(ours: &[Taken], moto: &[Taken]) -> Table {
    let mut table = Table::new(
        format!(
            "{STACKS} stacks of a topic, a queue and a parameter, created, described and deleted over HTTP"
        ),
        &[
            "",
            "runs",
            "time",
            "per stack",
            "as many calls that ask for nothing",
            "start to first answer",
            "memory after",
            "time ÷ ours",
        ],
    );
    let wall = |runs: &[Taken]| median(runs.iter().map(|run| run.wall));
    for (name, runs) in [("stratiform engine", ours), ("moto", moto)] {
        table.rows.push(vec![
            name.to_owned(),
            runs.len().to_string(),
            table::time(wall(runs)),
            table::time(wall(runs).div_f64(STACKS as f64)),
            table::time(median(runs.iter().map(|run| run.calls))),
            table::time(median(runs.iter().map(|run| run.started))),
            table::memory(median(runs.iter().map(|run| run.memory))),
            table::ratio(wall(runs).as_secs_f64(), wall(ours).as_secs_f64()),
        ]);
    }
    table.notes.push(format!(
        "{RESOURCES_EACH} resources each. moto creates them within the call; the engine goes through every status and event."
    ));
    table
}

fn table_of_many(runs: &[Many]) -> Table {
    let mut table = Table::new(
        format!("{MANY} stacks one after the other in one engine: time per stack"),
        &["", "median of a stack"],
    );
    let times = |part: &dyn Fn(&[Duration]) -> Vec<Duration>| {
        median(runs.iter().flat_map(|run| part(&run.times)))
    };
    let first = times(&|times| times[..SOME].to_vec());
    let last = times(&|times| times[MANY - SOME..].to_vec());
    let calls = median(runs.iter().map(|run| run.calls)).div_f64(MANY as f64);
    for (name, time) in [
        (format!("the first {SOME}"), first),
        (format!("the last {SOME}"), last),
        ("as many calls that ask for nothing".to_owned(), calls),
    ] {
        table.rows.push(vec![name, table::time(time)]);
    }
    let memory = table::memory(median(runs.iter().map(|run| run.memory)));
    table.notes.push(format!(
        "To reach: no slowing down. The last {SOME} take {} times as long as the first. Memory after: {memory}.",
        table::ratio(last.as_secs_f64(), first.as_secs_f64())
    ));
    table
}

fn table_of_machine(runs: &[Value]) -> Table {
    let mut table = Table::new(
        "A stack of 500 resources created, updated and deleted again and again, inside the state machine",
        &[
            "",
            "operations",
            "operations a second",
            "first round",
            "last round",
        ],
    );
    let number = |key: &str| {
        let values = runs.iter().filter_map(|run| run[key].as_f64());
        let whole = median(values.map(|value| Duration::from_secs_f64(value.max(0.0))));
        whole.as_secs_f64()
    };
    let rate = number("operations") / number("seconds");
    table.rows.push(vec![
        "stratiform-engine".to_owned(),
        format!("{:.0}", number("operations")),
        format!("{rate:.0}"),
        table::time(Duration::from_secs_f64(number("first"))),
        table::time(Duration::from_secs_f64(number("last"))),
    ]);
    let none = String::new;
    table.rows.push(vec![
        "the bytes alone: what its events say, copied in memory".to_owned(),
        none(),
        format!("{:.0}", number("bytes")),
        none(),
        none(),
    ]);
    let goal = format!("{GOAL_OPERATIONS:.0} resource operations a second");
    table.notes.push(verdict(&goal, rate, GOAL_OPERATIONS));
    table
}

impl Programs {
    /// What the state machine does alone.
    fn operations(&self) -> Result<Value, BenchError> {
        let said = Step::new(&self.operations, ".").says();
        let seen = said.and_then(|text| serde_json::from_str(&text).ok());
        seen.ok_or_else(|| {
            BenchError::Answer("the state machine did not end as it should".to_owned())
        })
    }
}
