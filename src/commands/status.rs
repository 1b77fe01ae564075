//! `status`: how an environment stands.
//!
//! What lives here: from arguments to an answer. What does not: finding out ([`looking`](super::guard::looking)), and what
//! it means (`stratiform_deploy::status`).

use stratiform_deploy::status::Status;
use stratiform_environment::Environment;

use super::guard::looking::{running, stacks};
use crate::Define;
use crate::args::{Global, Status as Arguments, StatusFormat};
use crate::assemblies::environment::{Synthesized, environment};
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
    let Synthesized {
        assembly, settings, ..
    } = environment(define, &project, &args.env)?;
    let cloud = Cloud::chosen(args.local, &project.root, view)?;
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
