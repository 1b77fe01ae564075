//! `synth`: stacks and environments to templates.

use std::collections::HashSet;
use std::path::Path;
use std::time::Instant;

use indexmap::IndexSet;
use stratiform_bootstrap::report;
use stratiform_environment::Loaded;
use stratiform_finding::words::{joined, meant};
use stratiform_finding::{Code, Finding};

use crate::args::{Global, Synth, TemplateFormat};
use crate::assemblies::synthesis::{Validated, validated};
use crate::assemblies::verdict::Questions;
use crate::cores::on_all_cores;
use crate::definition::Definition;
use crate::exit::Exit;
use crate::report::{Colour, Failure};
use crate::repository::project::{Checked, Project};
use crate::snapshots::{Coverage, Rendered, Snapshots};
use crate::validation::Verdict;
use crate::view::stale::stale;
use crate::view::{Answer, summary};

/// Synthesizes, then writes, checks or prints.
pub(crate) fn run(
    define: &dyn Definition,
    global: &Global,
    args: &Synth,
) -> Result<Answer, Failure> {
    let started = Instant::now();
    let project = Project::find(global.environments.as_deref())?;
    let Checked {
        environments,
        unchecked,
    } = project.load(define, &args.env)?;
    let (mut rendered, verdict) = synthesize(define, &environments, &project.root, args)?;
    select_stacks(&mut rendered, &args.stack)?;
    if args.stdout {
        return Ok(Answer {
            stderr: summary::validated(&verdict) + &summary::unchecked(&unchecked),
            ..Answer::of(printed(&rendered, args))
        });
    }
    let scope = if args.env.is_empty() && args.stack.is_empty() {
        Coverage::Everything
    } else {
        Coverage::Some
    };
    let folder = args.out.clone().unwrap_or_else(|| project.snapshots());
    let snapshots = Snapshots::compare(&folder, rendered, scope)?;
    let mut answer = if args.check {
        let colour = Colour::on(global.color, &std::io::stdout());
        Answer {
            stdout: stale(&snapshots, colour),
            stderr: summary::checked(&snapshots, started.elapsed()),
            exit: match snapshots.stale() {
                0 => Exit::Done,
                _ => Exit::No,
            },
        }
    } else {
        snapshots.write()?;
        let colour = Colour::on(global.color, &std::io::stderr());
        Answer {
            stdout: String::new(),
            stderr: summary::written(&snapshots, started.elapsed(), global.verbose, colour),
            exit: Exit::Done,
        }
    };
    answer.stderr += &summary::validated(&verdict);
    answer.stderr += &summary::unchecked(&unchecked);
    Ok(answer)
}

/// All environments at once: they have nothing in common.
fn synthesize(
    define: &dyn Definition,
    environments: &[Loaded],
    root: &Path,
    args: &Synth,
) -> Result<(Vec<Rendered>, Verdict), Failure> {
    let results = on_all_cores(environments, |loaded| environment(define, loaded, args));
    let (mut rendered, mut verdict) = (Vec::new(), Verdict::default());
    let mut findings: Vec<Finding> = Vec::new();
    for result in results {
        match result {
            Ok((environment, of_it)) => {
                rendered.extend(environment);
                verdict.add(of_it);
            }
            Err(found) => findings.extend(found),
        }
    }
    verdict.sort();
    findings.extend(verdict.errors());
    if findings.is_empty() {
        Ok((rendered, verdict))
    } else {
        Err(Failure::below(root, findings))
    }
}

/// The stacks of one environment and of its bootstrap.
fn environment(
    define: &dyn Definition,
    loaded: &Loaded,
    args: &Synth,
) -> Result<(Vec<Rendered>, Verdict), Vec<Finding>> {
    let asked = match args.no_validate {
        true => Questions::Nothing,
        false => Questions::Errors,
    };
    let Validated {
        assemblies,
        verdict,
        needs,
    } = validated(define, loaded, asked)?;
    let permissions = match (assemblies.as_slice(), &needs) {
        ([own, bootstrap, ..], Some(needs)) => {
            let settings = loaded.environment.settings();
            Some(report(own, settings, bootstrap, needs))
        }
        _ => None,
    };
    let rendered = assemblies.into_iter();
    let rendered = rendered.map(|assembly| Rendered::new(assembly, args.format));
    let mut rendered: Vec<Rendered> = rendered.collect::<Result<_, _>>()?;
    if let Some(bootstrap) = rendered.get_mut(1) {
        bootstrap.permissions = permissions;
    }
    Ok((rendered, verdict))
}

/// Chooses the stacks that were asked for, by short or full name. Environments that have none of them are left
/// out.
fn select_stacks(rendered: &mut Vec<Rendered>, wanted: &[String]) -> Result<(), Failure> {
    if wanted.is_empty() {
        return Ok(());
    }
    let known: IndexSet<&str> = rendered.iter().flat_map(Rendered::stack_names).collect();
    if let Some(name) = wanted.iter().find(|name| !known.contains(name.as_str())) {
        let help = meant(name, known.iter().copied()).unwrap_or_else(|| {
            let keys: IndexSet<&str> = rendered.iter().flat_map(Rendered::stack_keys).collect();
            format!("the stacks are: {}", joined(keys))
        });
        return Err(Failure::new(
            Exit::Usage,
            Code::UnknownStack,
            format!("no stack is called `{name}`"),
            help,
        ));
    }
    let wanted: HashSet<&str> = wanted.iter().map(String::as_str).collect();
    for environment in &mut *rendered {
        environment.choose(&wanted);
    }
    rendered.retain(|environment| environment.chosen().next().is_some());
    Ok(())
}

/// The templates one after the other: YAML as a stream of documents, JSON as an object of environments and
/// stacks. Where one environment and one stack are asked for, the template as it is.
fn printed(rendered: &[Rendered], args: &Synth) -> String {
    let one = args.env.len() == 1 && args.stack.len() == 1;
    let mut text = String::new();
    let mut environments = Vec::new();
    for environment in rendered {
        let name = &environment.environment;
        let mut stacks = Vec::new();
        for template in environment.chosen() {
            let key = &template.key;
            match args.format {
                _ if one => text += &template.text,
                TemplateFormat::Yaml => text += &format!("--- # {name}/{key}\n{}", template.text),
                TemplateFormat::Json => {
                    stacks.push(format!("{key:?}:{}", template.text.trim_end()));
                }
            }
        }
        environments.push(format!("{name:?}:{{{}}}", stacks.join(",")));
    }
    match args.format {
        TemplateFormat::Json if !one => format!("{{{}}}\n", environments.join(",")),
        TemplateFormat::Json | TemplateFormat::Yaml => text,
    }
}
