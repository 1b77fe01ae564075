//! `cargo xtask bench`: our program and its peers, whole processes, side by side in one run.
//!
//! What lives here: the order of things, and what is printed. The modules below measure one thing each:
//! `synth`, `scale`, `edit`, `build`, `diff`, `validate`, `lsp`, `guard_rules`, `engine`, `deploy` and `operate`. Everything that they need is installed below the target folder.
//! Nothing here is a test: times depend on the machine, and are for people to read.

mod build;
mod bytes;
mod caller;
mod deploy;
mod diff;
mod edit;
mod engine;
mod error;
mod guard_rules;
mod lsp;
mod machine;
mod operate;
mod page;
mod peer;
mod process;
mod resources;
mod scale;
mod server;
mod subject;
mod synth;
mod table;
mod validate;
mod workbench;

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use error::BenchError;
use process::version_of;
use table::Table;
use workbench::Workbench;

use crate::command::root;

pub(crate) const USAGE: &str =
    "usage: cargo xtask bench synth|scale|edit|build|diff|validate|lsp|guard-rules|engine|deploy|operate|all [--rounds N] [--speed N] [--write]

Measures our program and its peers side by side, and prints a table.

  synth       all environments of the reference app, against the CDK
  scale       10 to 10,000 stacks, against the CDK and rusty-cdk
  edit        from an edit to its templates, against the CDK
  build       from a fresh clone to the first templates, against rusty-cdk
  diff        templates of 50 to 2000 resources, against the CDK's diff
  validate    templates validated, against cfn-lint and AWS's validator
  lsp         answers to an editor, about templates of 50 to 5000 resources
  guard-rules templates held against AWS's rules, against Guard's own command line
  engine      deployments to our endpoint, against moto
  deploy      an environment deployed to our endpoint, against the CDK and the AWS CLI; long
  operate     a deployment rehearsed with everything that can fail in it
  all         one after the other, in one run; `build` and `deploy`, which are long, in one round

  --rounds N  measure everything N times, in turn; 5 when left out
  --speed N   for `deploy`: simulated seconds in a second; 10 when left out
  --write     put the tables into docs/benchmarks.md";

/// From this load on, something else runs beside the benchmark.
const BUSY: f64 = 0.5;

/// What `stratiform engine serve --speed` takes at most.
const FASTEST: f64 = 1e6;

/// What is asked for.
#[derive(Clone)]
struct Request {
    tasks: Vec<Task>,
    rounds: u32,
    /// Everything is measured in one run, and what takes long is measured once.
    is_all: bool,
    /// How fast time passes in the engine that is deployed to.
    speed: f64,
    output: Output,
}

#[derive(Clone, Copy)]
enum Output {
    Terminal,
    TerminalAndPage,
}

#[derive(Clone, Copy)]
enum Task {
    Synth,
    Scale,
    Edit,
    Build,
    Diff,
    Validate,
    Lsp,
    GuardRules,
    Engine,
    Deploy,
    Operate,
}

/// What a task found.
struct Report {
    /// The peers and their versions.
    tools: Vec<String>,
    tables: Vec<Table>,
}

/// Runs the task. Exits with 0 done, 1 failed, 2 wrong usage.
pub(crate) fn run(arguments: &[String]) -> ExitCode {
    if let [first, rest @ ..] = arguments {
        match first.as_str() {
            process::PROBE => return process::probe(rest),
            bytes::TASK => return bytes::run(rest),
            bytes::COPIES => return bytes::run_copies(rest),
            diff::TASK => return diff::ours(rest),
            _ => {}
        }
    }
    let Some(request) = Request::parse(arguments) else {
        eprintln!("{USAGE}");
        return ExitCode::from(2);
    };
    match measure(&request) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

/// The folder with the CDK's packages, and their versions, for those who run the CDK without measuring it.
///
/// # Errors
/// They cannot be installed, or a benchmark is running.
pub(crate) fn cdk() -> Result<(PathBuf, String), String> {
    let bench = Workbench::open(root()).map_err(|error| error.to_string())?;
    let cdk = peer::Cdk::install_packages(&bench).map_err(|error| error.to_string())?;
    Ok((cdk.folder().to_owned(), cdk.versions))
}

/// The templates that the CDK makes of the reference app, below the target folder.
///
/// # Errors
/// Its packages cannot be installed, the app does not run, or a benchmark is running.
pub(crate) fn cdk_templates() -> Result<PathBuf, String> {
    let made = || {
        let bench = Workbench::open(root())?;
        let out = bench.path("out").join("cdk-templates");
        workbench::remove(&out)?;
        let cdk = peer::Cdk::install(&bench)?;
        cdk.app("app.js", &out, peer::Validation::Off)
            .run(&bench.log())?;
        Ok(out)
    };
    made().map_err(|error: BenchError| error.to_string())
}

impl Task {
    /// What takes long is last.
    const ALL: [Task; 11] = [
        Task::Synth,
        Task::Scale,
        Task::Edit,
        Task::Diff,
        Task::Validate,
        Task::Lsp,
        Task::GuardRules,
        Task::Engine,
        Task::Operate,
        Task::Deploy,
        Task::Build,
    ];

    fn name(self) -> &'static str {
        match self {
            Task::Synth => "synth",
            Task::Scale => "scale",
            Task::Edit => "edit",
            Task::Build => "build",
            Task::Diff => "diff",
            Task::Validate => "validate",
            Task::Lsp => "lsp",
            Task::GuardRules => "guard-rules",
            Task::Engine => "engine",
            Task::Deploy => "deploy",
            Task::Operate => "operate",
        }
    }
}

impl Request {
    fn parse(arguments: &[String]) -> Option<Request> {
        let mut request = Request {
            tasks: Vec::new(),
            rounds: 5,
            is_all: false,
            speed: 10.0,
            output: Output::Terminal,
        };
        let mut arguments = arguments.iter();
        while let Some(argument) = arguments.next() {
            match argument.as_str() {
                "--rounds" => request.rounds = arguments.next()?.parse().ok().filter(|&n| n > 0)?,
                "--speed" => {
                    let speed = arguments.next()?.parse().ok();
                    request.speed = speed.filter(|&n| n > 0.0 && n <= FASTEST)?;
                }
                "--write" => request.output = Output::TerminalAndPage,
                "all" => {
                    request.is_all = true;
                    request.tasks.extend(Task::ALL);
                }
                name => request
                    .tasks
                    .push(Task::ALL.into_iter().find(|task| task.name() == name)?),
            }
        }
        (!request.tasks.is_empty()).then_some(request)
    }

    /// What is asked for of one task.
    fn of(&self, task: Task) -> Request {
        let rounds = match task {
            Task::Build | Task::Deploy if self.is_all => 1,
            _ => self.rounds,
        };
        Request {
            rounds,
            ..self.clone()
        }
    }
}

fn measure(request: &Request) -> Result<(), BenchError> {
    let bench = Workbench::open(root())?;
    let rust = version_of(
        "rustc",
        "everything of ours is built with it",
        "Rust, with rustup,",
    )?;
    // Of a run: what one benchmark leaves behind is none of somebody else's work.
    let before = machine::load();
    for &task in &request.tasks {
        let request = &request.of(task);
        let report = match task {
            Task::Synth => synth::run(&bench, request)?,
            Task::Scale => scale::run(&bench, request)?,
            Task::Edit => edit::run(&bench, request)?,
            Task::Build => build::run(&bench, request)?,
            Task::Diff => diff::run(&bench, request)?,
            Task::Validate => validate::run(&bench, request)?,
            Task::Lsp => lsp::run(&bench, request)?,
            Task::GuardRules => guard_rules::run(&bench, request)?,
            Task::Engine => engine::run(&bench, request)?,
            Task::Deploy => deploy::run(&bench, request)?,
            Task::Operate => operate::run(&bench, request)?,
        };
        let mut tools = vec![rust.clone()];
        tools.extend(report.tools);
        let mut about = machine::describe(&tools);
        about += "\nTime is the median of the runs. Memory is the largest resident set of one process of those \
                  that a run starts, not their sum: where several run at a time, as with `cdk synth`, they need more.";
        if let Some(load) = before {
            about += &format!("\nLoad before the first run: {load:.1}.");
            if load > BUSY {
                about += " The machine was busy with other things: measure again when it is quiet.";
            }
        }
        println!("{about}\n");
        for table in &report.tables {
            println!("{}", table.to_text());
        }
        if let Output::TerminalAndPage = request.output {
            page::write(root(), task.name(), &about, &report.tables)?;
        }
    }
    Ok(())
}

/// A number to reach, and whether it was.
fn verdict(goal: &str, value: f64, wanted: f64) -> String {
    told(goal, value >= wanted, &table::ratio(value, 1.0))
}

/// A time to reach, and whether it was.
fn within(what: &str, took: Duration, goal: Duration) -> String {
    let goal_text = format!("{what} in less than {}", table::time(goal));
    told(&goal_text, took < goal, &table::time(took))
}

/// Something to reach, and whether it was.
fn told(goal: &str, is_reached: bool, value: &str) -> String {
    let reached = if is_reached { "Reached" } else { "Not reached" };
    format!("To reach: {goal}. {reached}: {value}.")
}
