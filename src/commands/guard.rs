//! `guard`: whether it is a good moment to deploy an environment.
//!
//! What lives here: from arguments to an answer, and ([`gathering`]) finding the facts out, which `deploy` does too. What does
//! not: what the facts come to (`stratiform_deploy::guard`).

pub(crate) mod gathering;
pub(crate) mod looking;
pub(crate) mod rehearsal;
pub(crate) mod risks;

use futures_util::future::join;
use indexmap::IndexMap;
use stratiform_assembly::Assembly;
use stratiform_deploy::call::ParameterValue;
use stratiform_deploy::guard::{Asked, Heading, Report, StackFound, TaskFound};
use stratiform_deploy::{Mending, PlannedStack};
use stratiform_environment::{Settings, Text as _};

use self::gathering::{Asking, Gathered, Source, gather};
use crate::args::{Global, Guard, GuardFormat, TemplateFormat};
use crate::assemblies::environment::{Synthesized, environment};
use crate::cloud::Cloud;
use crate::commands::bootstrap::standing::bootstrapped;
use crate::commands::deploy::besides;
use crate::commands::deploy::planning::{parameters, planned};
use crate::commands::deploy::preparing::seen;
use crate::definition::Definition;
use crate::exit::Exit;
use crate::report::{Colour, Failure};
use crate::repository::project::Project;
use crate::repository::standing::unasked;
use crate::runtime::block_on;
use crate::snapshots::{Coverage, Rendered, Snapshots};
use crate::view::guard::{Guarded, json, text};
use crate::view::{Answer, Event, View};

/// Asks, and tells what it comes to.
pub(crate) fn run(
    define: &dyn Definition,
    global: &Global,
    args: &Guard,
    view: &mut dyn View,
) -> Result<Answer, Failure> {
    let project = Project::find(global.environments.as_deref())?;
    let Synthesized {
        assembly,
        settings,
        absent,
        ..
    } = environment(define, &project, &args.env)?;
    let commands = besides::asked(&settings.deployment, &assembly, &[], args.local)?;
    besides::there(&absent, &commands, false)?;
    let source = Source::Here {
        before: before(define, &project, &settings),
        stale: stale(&project, &assembly).map_err(|failure| unasked(&failure)),
    };
    let cloud = Cloud::chosen(args.local, &project.root, view)?;
    view.event(&Event::Asking {
        environment: args.env.clone(),
        region: assembly.region.to_string(),
    });
    let facts = block_on(async {
        let account = assembly.account.as_ref();
        let aws = cloud.deploying(&assembly.region, account).await;
        let asking = Asking {
            cloud: &cloud,
            aws: &aws,
            caller: None,
            project: &project,
            assembly: &assembly,
            whole: &assembly,
            settings: &settings.deployment,
            written: &settings,
            source: &source,
            release: args.release.as_deref(),
            images: &IndexMap::new(),
            mending: Mending::Harmless,
        };
        let (gathered, bootstrapped) = join(gather(asking), bootstrapped(&aws, &settings)).await;
        let Gathered {
            mut facts, images, ..
        } = gathered;
        facts.permissions = bootstrapped.lacking(&assembly, &settings, &facts);
        facts.risks = risks::risks(&assembly, &facts.stacks);
        facts.tasks = tasks(&assembly, &settings, &facts.stacks, &images);
        Ok(facts)
    })?;
    let mut facts = facts;
    let deploy = args.deployment();
    let wanted = rehearsal::Wanted {
        cloud: &cloud,
        project: &project,
        assembly: &assembly,
        settings: &settings,
        heading: Heading::Forward,
        found: &facts.stacks,
        args: &deploy,
        is_sealed: false,
    };
    facts.rehearsal = rehearsal::rehearsed(&wanted, view);
    let mut report = Report::of(&facts);
    if let Some(reason) = &args.emergency {
        report = report.in_emergency(reason);
    }
    let exit = if report.is_blocked() {
        Exit::No
    } else {
        Exit::Done
    };
    let guarded = Guarded {
        environment: &args.env,
        emergency: args.emergency.as_deref(),
        verbose: global.verbose,
        report: &report,
    };
    let colour = Colour::on(global.color, &std::io::stdout());
    Ok(Answer {
        exit,
        ..Answer::of(match args.format {
            GuardFormat::Text => text(&guarded, colour),
            GuardFormat::Json => json(&guarded),
        })
    })
}

/// The tasks that would run: with the images that the release pins, as far as it does.
fn tasks(
    assembly: &Assembly,
    settings: &Settings,
    found: &[StackFound],
    images: &IndexMap<String, String>,
) -> Asked<Vec<TaskFound>> {
    let written = &settings.deployment;
    let declared = besides::declarations(assembly, written);
    let declared = declared.map_err(|failure| unasked(&failure))?;
    let stacks = assembly.stacks.iter().zip(found);
    let stacks = stacks.map(|(stack, found)| {
        let (key, there) = (assembly.key(&stack.name), found.there());
        // What nobody has given a value yet is given one with the deployment: then the stack changes.
        let values = parameters(stack, key, images, there, false).unwrap_or_else(|_| {
            let pinned = images.iter();
            let pinned =
                pinned.map(|(name, image)| (name.clone(), ParameterValue::Value(image.clone())));
            pinned.collect()
        });
        Ok(PlannedStack {
            seen: seen(found),
            ..planned(stack, key, Vec::new(), values).map_err(|finding| Failure::of([*finding]))?
        })
    });
    let stacks: Result<Vec<PlannedStack>, Failure> = stacks.collect();
    let stacks = stacks.map_err(|failure| unasked(&failure))?;
    let tasks = declared.iter().map(|declared| {
        let turn = besides::turn(
            declared,
            &stacks,
            &written.notification_arns,
            Heading::Forward,
        );
        besides::found(declared, turn.is_ok())
    });
    Ok(tasks.collect())
}

/// The stacks of the environment before one, as they are synthesized now; none where there is no such environment.
pub(crate) fn before(
    define: &dyn Definition,
    project: &Project,
    settings: &Settings,
) -> Option<Asked<Assembly>> {
    let name = settings.deployment.promotes_from.as_ref()?;
    let before = environment(define, project, name.as_str());
    Some(
        before
            .map(|before| before.assembly)
            .map_err(|failure| unasked(&failure)),
    )
}

/// The snapshots of an environment that are not what is synthesized, or are not listed.
///
/// # Errors
/// A snapshot that cannot be read.
pub(crate) fn stale(project: &Project, assembly: &Assembly) -> Result<Vec<String>, Failure> {
    let rendered = Rendered::new(assembly.clone(), TemplateFormat::Yaml).map_err(Failure::of)?;
    let snapshots = Snapshots::compare(&project.snapshots(), vec![rendered], Coverage::Some)?;
    let changed = snapshots.files.into_iter();
    let changed = changed.filter(|file| file.change.is_stale());
    let changed = changed.map(|file| file.name);
    Ok(changed.chain(snapshots.unlisted).collect())
}
