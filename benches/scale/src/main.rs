//! Many stacks of 20 queues each, as a user of the crates would write them: `cargo xtask bench scale`.
//!
//! `bench-scale <stacks> checked|written|rendered together|apart <folder>`. The peers in `benches/peers`
//! define the very same queues.

mod resources;

use std::fs;
use std::io;
use std::path::Path;
use std::process::ExitCode;

use indexmap::IndexMap;
use stratiform_stack::{App, Assembly, References, Region, Settings, props};
use stratiform_template::check;

use crate::resources::sqs;

const QUEUES: usize = 20;

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
            write(&synthesize(app)?, work, folder)
        }
        Apps::Apart => (0..stacks)
            .map(|number| {
                let app = app();
                add_stack(&app, number);
                write(&synthesize(app)?, work, folder)
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

fn synthesize(app: App) -> Result<Assembly, String> {
    app.synthesize().map_err(|problems| {
        let problems: Vec<String> = problems.iter().map(ToString::to_string).collect();
        problems.join("\n")
    })
}

fn write(assembly: &Assembly, work: Work, folder: &Path) -> Result<usize, String> {
    let failed = |error: io::Error| format!("cannot write to `{}`: {error}", folder.display());
    let mut bytes = 0;
    for stack in &assembly.stacks {
        let (text, extension) = match work {
            Work::Checked => {
                if let Some(finding) = check(&stack.template).first() {
                    return Err(format!("{}: {finding}", stack.name));
                }
                (stack.template.to_yaml(), "yaml")
            }
            Work::Written | Work::Rendered => (stack.template.to_json(), "json"),
        };
        bytes += text.len();
        if !matches!(work, Work::Rendered) {
            let file = format!("{}.{extension}", assembly.key(&stack.name));
            fs::write(folder.join(file), text).map_err(failed)?;
        }
    }
    Ok(bytes)
}
