//! Many stacks of 20 queues each, as a user of the crates would write them: `cargo xtask bench scale`.
//!
//! `bench-scale <stacks> checked|written|rendered together|apart <folder>`. The peers in `benches/peers`
//! define the very same queues.

mod resources;

use std::fs;
use std::num::NonZeroUsize;
use std::panic::resume_unwind;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Mutex;
use std::sync::mpsc::sync_channel;
use std::thread;

use indexmap::IndexMap;
use stratiform_finding::Finding;
use stratiform_stack::{App, References, Region, Settings, StackAt, props};
use stratiform_template::check;

use crate::resources::sqs;

const QUEUES: usize = 20;

/// What stands before the short name of a stack.
const PREFIX: &str = "scale-bench-";

/// What is done with the stacks.
#[derive(Clone, Copy)]
enum Work {
    /// Synthesized, checked, rendered as YAML, written: what `stratiform synth` does.
    Checked,
    /// Synthesized, rendered as JSON, written.
    Written,
    /// Synthesized and rendered as JSON; no files.
    Rendered,
}

/// Which stacks know of each other.
#[derive(Clone, Copy)]
enum Apps {
    /// All: one app has them, and each may refer to the others.
    Together,
    /// None: each is an app of its own.
    Apart,
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let Some((stacks, work, apps, folder)) = parse(&arguments) else {
        eprintln!("usage: bench-scale <stacks> checked|written|rendered together|apart <folder>");
        return ExitCode::from(2);
    };
    match run(stacks, work, apps, Path::new(folder)) {
        Ok(bytes) => {
            println!("{stacks} stacks, {bytes} bytes");
            ExitCode::SUCCESS
        }
        Err(message) => {
            eprintln!("error: {message}");
            ExitCode::FAILURE
        }
    }
}

fn parse(arguments: &[String]) -> Option<(usize, Work, Apps, &str)> {
    let [stacks, work, apps, folder] = arguments else {
        return None;
    };
    let work = match work.as_str() {
        "checked" => Work::Checked,
        "written" => Work::Written,
        "rendered" => Work::Rendered,
        _ => return None,
    };
    let apps = match apps.as_str() {
        "together" => Apps::Together,
        "apart" => Apps::Apart,
        _ => return None,
    };
    Some((stacks.parse().ok()?, work, apps, folder))
}

/// Gives the bytes of all templates.
fn run(stacks: usize, work: Work, apps: Apps, folder: &Path) -> Result<usize, String> {
    fs::create_dir_all(folder)
        .map_err(|error| format!("cannot make `{}`: {error}", folder.display()))?;
    match apps {
        Apps::Together => {
            let app = app();
            (0..stacks).for_each(|number| add_stack(&app, number));
            match work {
                Work::Rendered => one_after_the_other(app, work, folder),
                Work::Checked | Work::Written => side_by_side(app, work, folder),
            }
        }
        Apps::Apart => (0..stacks)
            .map(|number| {
                let app = app();
                add_stack(&app, number);
                one_after_the_other(app, work, folder)
            })
            .sum(),
    }
}

fn app() -> App {
    App::new(Settings {
        app: "scale".to_owned(),
        environment: "bench".to_owned(),
        region: Region::us_east_1(),
        references: References::Strong,
        termination_protection: false,
        tags: IndexMap::new(),
    })
}

fn add_stack(app: &App, number: usize) {
    let stack = app.stack(&format!("s{number}"), "Queues");
    for queue in 0..QUEUES {
        stack.add(
            format!("Queue{queue}"),
            props!(sqs::Queue {
                queue_name: format!("bench_{number}_{queue}"),
                visibility_timeout: 60,
                message_retention_period: 345_600,
                receive_message_wait_time_seconds: 20,
                delay_seconds: 5,
                sqs_managed_sse_enabled: true,
            }),
        );
    }
}

fn one_after_the_other(app: App, work: Work, folder: &Path) -> Result<usize, String> {
    let mut bytes = Ok(0);
    let each = |stack: StackAt| {
        if let Ok(before) = bytes {
            bytes = write(&stack, work, folder).map(|more| before + more);
        }
    };
    app.synthesize_each(each).map_err(|found| joined(&found))?;
    bytes
}

/// Templates are checked, rendered and written on all cores while others are made. What waits is bounded, and so is memory.
fn side_by_side(app: App, work: Work, folder: &Path) -> Result<usize, String> {
    const WAITING: usize = 64;
    let cores = thread::available_parallelism().map_or(1, NonZeroUsize::get);
    let (hand_on, next) = sync_channel::<StackAt>(WAITING);
    let next = Mutex::new(next);
    let take = || next.lock().ok()?.recv().ok();
    let worker = || -> Result<usize, String> {
        let stacks = std::iter::from_fn(take);
        // What comes after a mistake is taken all the same: nobody waits for room.
        let written: Vec<_> = stacks.map(|stack| write(&stack, work, folder)).collect();
        written.into_iter().sum()
    };
    thread::scope(|scope| {
        let workers: Vec<_> = (0..cores).map(|_| scope.spawn(worker)).collect();
        // Nobody takes any more only where a worker has panicked, which is told below.
        let done = app.synthesize_each(|stack| drop(hand_on.send(stack)));
        drop(hand_on);
        let workers = workers.into_iter().map(|worker| worker.join());
        let written = workers.map(|written| written.unwrap_or_else(|panic| resume_unwind(panic)));
        let written: Result<usize, String> = written.sum();
        done.map_err(|found| joined(&found))?;
        written
    })
}

fn joined(found: &[Finding]) -> String {
    let found: Vec<String> = found.iter().map(ToString::to_string).collect();
    found.join("\n")
}

fn write(stack: &StackAt, work: Work, folder: &Path) -> Result<usize, String> {
    let (text, extension) = match work {
        Work::Checked => {
            if let Some(finding) = check(&stack.template).first() {
                return Err(format!("{}: {finding}", stack.name));
            }
            (stack.template.to_yaml(), "yaml")
        }
        Work::Written | Work::Rendered => (stack.template.to_json(), "json"),
    };
    if !matches!(work, Work::Rendered) {
        let key = stack.name.strip_prefix(PREFIX).unwrap_or(&stack.name);
        fs::write(folder.join(format!("{key}.{extension}")), &text)
            .map_err(|error| format!("cannot write to `{}`: {error}", folder.display()))?;
    }
    Ok(text.len())
}
