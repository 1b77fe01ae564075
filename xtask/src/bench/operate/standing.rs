//! How prod stands: `status` and `drift` against the engine, with all of it deployed.

use std::cell::{Cell, RefCell};
use std::time::Duration;

use super::super::Request;
use super::super::caller::Caller;
use super::super::deploy::observation::calls;
use super::super::error::BenchError;
use super::super::process::Step;
use super::super::server::Server;
use super::super::subject::{Measured, Subject, WarmUp, median, side_by_side};
use super::super::table::{self, Table};
use super::super::workbench::Workbench;
use crate::deployment::{ACCOUNT, Environment};

const ENVIRONMENT: &str = "prod";

pub(super) fn table(
    bench: &Workbench,
    request: &Request,
    ours: &std::path::Path,
) -> Result<Table, BenchError> {
    let environment = Environment::read(ENVIRONMENT).map_err(BenchError::Answer)?;
    // At full speed time passes with each call: nobody waits for CloudFormation.
    let server = Server::ours(ours, "max")?;
    let caller = Caller::new(&server.address, &environment.region);
    for stack in &environment.stacks {
        caller.deploy(stack)?;
    }
    let commands = ["status", "drift"];
    let counts = commands.map(|_| Cell::new(0));
    // Of each run, the one that warms up included: what the server had worked before it, and then what it worked in it.
    let own = commands.map(|_| RefCell::new(Vec::<Option<Duration>>::new()));
    let server = &server;
    let subjects = commands
        .iter()
        .zip(counts.iter().zip(&own))
        .map(|(command, (count, own))| {
            // 3 is an answer, too: docs/exit-codes.md.
            let script = format!(r#""$0" {command} --env {ENVIRONMENT} > /dev/null || [ $? = 3 ]"#);
            let step = Step::new("sh", &bench.root)
                .args(["-c", &script])
                .arg(ours)
                .env("AWS_ENDPOINT_URL", server.url())
                .env("AWS_ACCESS_KEY_ID", ACCOUNT)
                .env("AWS_SECRET_ACCESS_KEY", "bench")
                .env("AWS_EC2_METADATA_DISABLED", "true");
            let all = || Ok::<u64, BenchError>(calls(server)?.values().sum());
            Subject::new(format!("{command} --env {ENVIRONMENT}"), vec![step])
                .before(move |_| {
                    count.set(all()?);
                    own.borrow_mut().push(server.own_time());
                    Ok(())
                })
                .after(move |_| {
                    if let Some(last) = own.borrow_mut().last_mut() {
                        let took = last.zip(server.own_time());
                        *last = took.map(|(began, now)| now.saturating_sub(began));
                    }
                    all().map(|now| count.set(now - count.get()))
                })
        });
    let subjects: Vec<Subject<'_>> = subjects.collect();
    let measured = side_by_side(&subjects, request.rounds, WarmUp::OneRound, &bench.log())?;
    drop(subjects);
    let resources: u64 = environment.stacks.iter().map(|stack| stack.resources).sum();
    let heading = format!(
        "How prod stands: {} stacks, {resources} resources",
        environment.stacks.len()
    );
    let columns = [
        "",
        "runs",
        "time",
        "fastest – slowest",
        "CPU",
        "memory",
        "calls",
        "the endpoint's own",
    ];
    let mut table = Table::new(heading, &columns);
    let rows = measured.iter().zip(counts.iter().zip(&own));
    table.rows = rows
        .map(|(measured, (count, own))| {
            let took: Option<Vec<Duration>> = own.take().into_iter().skip(1).collect();
            let took = took.map(|took| median(took.into_iter()));
            row(measured, count.get(), took)
        })
        .collect();
    Ok(table)
}

fn row(measured: &Measured, calls: u64, own: Option<Duration>) -> Vec<String> {
    let mut cells = measured.cells();
    let own = own.map_or_else(|| "–".to_owned(), table::time);
    cells.extend([calls.to_string(), own]);
    cells
}
