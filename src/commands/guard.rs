//! `guard`: whether it is a good moment to deploy an environment.
//!
//! What lives here: from arguments to an answer, and ([`gathering`]) finding the facts out, which `deploy` does too. What does
//! not: what the facts come to (`stratiform_deploy::guard`).

pub(crate) mod gathering;
pub(crate) mod looking;

use indexmap::IndexMap;
use stratiform_assembly::Assembly;
use stratiform_deploy::Mending;
use stratiform_deploy::guard::{Asked, Report};
use stratiform_environment::{Environment, Settings};
use stratiform_finding::Code;

use self::gathering::{Asking, gather};
use crate::Define;
use crate::args::{Global, Guard, GuardFormat};
use crate::assemblies::synthesis::assemble;
use crate::cloud::Cloud;
use crate::exit::Exit;
use crate::report::{Colour, Failure};
use crate::repository::project::Project;
use crate::repository::standing::unasked;
use crate::runtime::block_on;
use crate::view::guard::{Guarded, json, text};
use crate::view::{Answer, Event, View};

/// Asks, and tells what it comes to.
pub(crate) fn run<E: Environment>(
    define: Define<E>,
    global: &Global,
    args: &Guard,
    view: &mut dyn View,
) -> Result<Answer, Failure> {
    let project = Project::find(global.environments.as_deref())?;
    let (assembly, settings) = synthesized(define, &project, &args.env)?;
    let before = before(define, &project, &settings);
    let cloud = if args.local {
        Cloud::embedded(&project.root, view)?
    } else {
        Cloud::Configured
    };
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
            project: &project,
            assembly: &assembly,
            settings: &settings.deployment,
            before,
            release: args.release.as_deref(),
            images: &IndexMap::new(),
            mending: Mending::Harmless,
            run: None,
        };
        Ok(gather(asking).await)
    })?;
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

/// An environment's stacks, as they are synthesized now.
fn synthesized<E: Environment>(
    define: Define<E>,
    project: &Project,
    environment: &str,
) -> Result<(Assembly, Settings), Failure> {
    let checked = project.load::<E>(&[environment.to_owned()])?;
    let loaded = checked.environments.first().ok_or_else(|| {
        let what = format!("no environment is called `{environment}`");
        Failure::new(Exit::Usage, Code::UnknownEnvironment, what, "")
    })?;
    let assembly =
        assemble(define, loaded).map_err(|found| Failure::below(&project.root, found))?;
    Ok((assembly, loaded.environment.settings().clone()))
}

/// The stacks of the environment before one, as they are synthesized now; none where there is no such environment.
pub(crate) fn before<E: Environment>(
    define: Define<E>,
    project: &Project,
    settings: &Settings,
) -> Option<Asked<Assembly>> {
    let environment = settings.deployment.promotes_from.as_ref()?;
    let before = synthesized(define, project, environment.as_ref());
    Some(
        before
            .map(|(assembly, _)| assembly)
            .map_err(|failure| unasked(&failure)),
    )
}
