//! `status`: how an environment stands.
//!
//! What lives here: from arguments to an answer. What does not: finding out ([`looking`](super::guard::looking)), and what
//! it means (`stratiform_deploy::status`).

use stratiform_assembly::Assembly;
use stratiform_deploy::status::Status;
use stratiform_environment::{Environment, Settings};
use stratiform_finding::Code;

use super::guard::looking::{running, stacks};
use crate::Define;
use crate::args::{Global, Status as Arguments, StatusFormat};
use crate::assemblies::synthesis::assemble;
use crate::cloud::Cloud;
use crate::exit::Exit;
use crate::report::{Colour, Failure};
use crate::repository::project::Project;
use crate::runtime::block_on;
use crate::view::status::{Shown, json, text};
use crate::view::{Answer, Event, View};

/// Asks, and tells.
pub(crate) fn run<E: Environment>(
    define: Define<E>,
    global: &Global,
    args: &Arguments,
    view: &mut dyn View,
) -> Result<Answer, Failure> {
    let project = Project::find(global.environments.as_deref())?;
    let (assembly, settings) = synthesized(define, &project, &args.env)?;
    let cloud = if args.local {
        Cloud::embedded(&project.root, view)?
    } else {
        Cloud::Configured
    };
    view.event(&Event::Asking {
        environment: args.env.clone(),
        region: assembly.region.to_string(),
    });
    let (account, status) = block_on(async {
        let account = assembly.account.as_ref();
        let aws = cloud.deploying(&assembly.region, account).await;
        let identity = aws.identity().await;
        let identity = identity.and_then(|identity| {
            identity.expect_account(account)?;
            Ok(identity)
        });
        let identity = identity.map_err(|error| Failure::of([error.into()]))?;
        let stacks = stacks(&aws, &assembly).await;
        let alarm = settings.deployment.rollback_alarm.as_deref();
        let running = running(&aws, &stacks, alarm).await;
        Ok((identity.account, Status::of(&stacks, &running)))
    })?;
    let shown = Shown {
        environment: &args.env,
        region: assembly.region.as_str(),
        account: account.as_str(),
        status: &status,
    };
    let colour = Colour::on(global.color, &std::io::stdout());
    let exit = if args.exit_code && !status.is_well() {
        Exit::No
    } else {
        Exit::Done
    };
    Ok(Answer {
        exit,
        ..Answer::of(match args.format {
            StatusFormat::Text => text(&shown, colour),
            StatusFormat::Json => json(&shown),
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
