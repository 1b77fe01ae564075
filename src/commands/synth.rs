//! `synth`: stacks and environments to templates.

use std::panic::resume_unwind;
use std::path::Path;
use std::thread;
use std::time::Instant;

use indexmap::IndexMap;
use stratiform_environment::{
    Environment, Loaded, References as WrittenReferences, Settings as WrittenSettings, nearest,
};
use stratiform_stack::{App, Assembly, References, Settings};
use stratiform_template::check;

use crate::Define;
use crate::args::{Global, Synth, TemplateFormat};
use crate::exit::Exit;
use crate::project::Project;
use crate::report::{Colour, Failure, Report, of_finding, of_stack};
use crate::snapshots::{Rendered, Scope, Snapshots};
use crate::view::{self, summary};

/// Synthesizes, then writes, checks or prints.
pub(crate) fn run<E: Environment>(
    define: Define<E>,
    global: &Global,
    args: &Synth,
    colour: Colour,
) -> Result<Exit, Failure> {
    let started = Instant::now();
    let project = Project::find(global.environments.as_deref())?;
    let environments = project.load::<E>(&args.env)?;
    let mut rendered = synthesize(define, &environments, &project.root, args.format)?;
    select_stacks(&mut rendered, &args.stack)?;
    if args.stdout {
        view::stdout(&printed(&rendered, args.format));
        return Ok(Exit::Done);
    }
    let scope = match (args.env.is_empty(), args.stack.is_empty()) {
        (true, true) => Scope::Everything,
        (false, true) => Scope::Environments,
        (_, false) => Scope::Stacks,
    };
    let folder = args.out.clone().unwrap_or_else(|| project.snapshots());
    let snapshots = Snapshots::compare(&folder, rendered, scope)?;
    if args.check {
        let stale = snapshots.is_stale();
        view::stdout(&summary::stale(&snapshots, colour));
        view::stderr(&summary::checked(&snapshots, started.elapsed()));
        return Ok(if stale { Exit::No } else { Exit::Done });
    }
    snapshots.write()?;
    view::stderr(&summary::written(
        &snapshots,
        started.elapsed(),
        global.verbose,
        colour,
    ));
    Ok(Exit::Done)
}

/// All environments, each on a thread of its own: they have nothing in common.
fn synthesize<E: Environment>(
    define: Define<E>,
    environments: &[Loaded<E>],
    root: &Path,
    format: TemplateFormat,
) -> Result<Vec<Rendered>, Failure> {
    let results: Vec<Result<Rendered, Vec<Report>>> = thread::scope(|scope| {
        let threads: Vec<_> = environments
            .iter()
            .map(|loaded| {
                scope.spawn(|| {
                    assemble(define, loaded, root).map(|assembly| Rendered::new(assembly, format))
                })
            })
            .collect();
        let results = threads
            .into_iter()
            .map(|thread| thread.join().unwrap_or_else(|panic| resume_unwind(panic)));
        results.collect()
    });
    let mut rendered = Vec::new();
    let mut reports = Vec::new();
    for result in results {
        match result {
            Ok(environment) => rendered.push(environment),
            Err(found) => reports.extend(found),
        }
    }
    if reports.is_empty() {
        Ok(rendered)
    } else {
        Err(Failure {
            exit: Exit::Failed,
            reports,
        })
    }
}

/// One environment's stacks, synthesized and checked.
fn assemble<E: Environment>(
    define: Define<E>,
    loaded: &Loaded<E>,
    root: &Path,
) -> Result<Assembly, Vec<Report>> {
    let app = App::new(settings(&loaded.environment));
    define(&loaded.environment, &app);
    let assembly = app.synthesize().map_err(|problems| {
        problems
            .into_iter()
            .map(|problem| of_stack(problem, root))
            .collect::<Vec<_>>()
    })?;
    let mut reports = Vec::new();
    for stack in &assembly.stacks {
        reports.extend(
            check(&stack.template)
                .into_iter()
                .map(|finding| of_finding(finding, stack, root)),
        );
    }
    if reports.is_empty() {
        Ok(assembly)
    } else {
        Err(reports)
    }
}

fn settings<E: Environment>(environment: &E) -> Settings {
    let written = environment.settings();
    Settings {
        app: written.app.to_string(),
        environment: written.name.to_string(),
        region: written.region.to_string(),
        references: match written.references {
            WrittenReferences::Strong => References::Strong,
            WrittenReferences::Weak => References::Weak,
        },
        termination_protection: written.termination_protection,
        tags: tags(written),
    }
}

/// The tags of every stack: those of the environment, and what tells it from others in its account.
fn tags(written: &WrittenSettings) -> IndexMap<String, String> {
    let given = written
        .tags
        .iter()
        .map(|(key, value)| (key.to_string(), value.to_string()));
    let given: IndexMap<String, String> = given.collect();
    let own = [
        ("app", written.app.to_string()),
        ("environment", written.name.to_string()),
    ];
    // The team's own win. IAM refuses keys that differ in case only.
    let own = own.into_iter().filter(|(key, _)| {
        let mut keys = given.keys();
        !keys.any(|given| given.eq_ignore_ascii_case(key))
    });
    let own: Vec<_> = own.map(|(key, value)| (key.to_owned(), value)).collect();
    own.into_iter().chain(given).collect()
}

/// Leaves only the stacks that were asked for, by short or full name.
fn select_stacks(rendered: &mut [Rendered], wanted: &[String]) -> Result<(), Failure> {
    let known: Vec<String> = rendered.iter().flat_map(Rendered::stack_names).collect();
    for name in wanted {
        if !known.contains(name) {
            let help = match nearest(name, known.iter().map(String::as_str)) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("the stacks are: {}", known.join(", ")),
            };
            return Err(Failure::new(
                Exit::Usage,
                "unknown-stack",
                format!("no stack is called `{name}`"),
                help,
            ));
        }
    }
    if !wanted.is_empty() {
        for environment in rendered {
            environment.keep(wanted);
        }
    }
    Ok(())
}

/// The templates one after the other: YAML as a stream of documents; JSON as it is where there is one, and as
/// an object of environments and stacks where there are more.
fn printed(rendered: &[Rendered], format: TemplateFormat) -> String {
    let templates: Vec<(&str, &str, &str)> = rendered
        .iter()
        .flat_map(|environment| {
            environment.templates.iter().map(|file| {
                (
                    environment.environment.as_str(),
                    file.stack.key.as_str(),
                    file.text.as_str(),
                )
            })
        })
        .collect();
    match (format, templates.as_slice()) {
        (_, [(_, _, text)]) => (*text).to_owned(),
        (TemplateFormat::Yaml, _) => {
            let documents = templates
                .iter()
                .map(|(environment, stack, text)| format!("--- # {environment}/{stack}\n{text}"));
            documents.collect()
        }
        (TemplateFormat::Json, _) => {
            let environments = rendered.iter().map(|environment| {
                let stacks = environment
                    .templates
                    .iter()
                    .map(|file| format!("{:?}:{}", file.stack.key, file.text.trim_end()));
                format!(
                    "{:?}:{{{}}}",
                    environment.environment,
                    stacks.collect::<Vec<_>>().join(",")
                )
            });
            format!("{{{}}}\n", environments.collect::<Vec<_>>().join(","))
        }
    }
}
