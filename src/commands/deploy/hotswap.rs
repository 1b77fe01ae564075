//! `deploy --hotswap`: a changed image alone, straight to ECS.

use std::time::{Duration, Instant};

use stratiform_environment::Settings;
use stratiform_finding::{Code, Finding};

use super::conduct::pace;
use super::consent;
use super::preparing::{identity, resolved};
use crate::args::{Deploy, Global};
use crate::assemblies::environment::{Synthesized, environment};
use crate::cloud::Cloud;
use crate::commands::guard::looking::stacks;
use crate::commands::swap::{To, begin, follow, propose, site};
use crate::definition::Definition;
use crate::exit::Exit;
use crate::images::asked;
use crate::report::Failure;
use crate::repository::project::Project;
use crate::runtime::all_of;
use crate::services::service_of;
use crate::view::deployment::words::duration;
use crate::view::{Answer, Event, View};

/// Lets ECS run other images.
pub(super) fn run(
    define: &dyn Definition,
    global: &Global,
    args: &Deploy,
    view: &mut dyn View,
) -> Result<Answer, Failure> {
    let project = Project::find(global.environments.as_deref())?;
    let Synthesized {
        mut assembly,
        settings,
        ..
    } = environment(define, &project, &args.env)?;
    refuse_where_it_matters(&settings, &args.env)?;
    let images = asked(&assembly, &args.image).map_err(Failure::of)?;
    let cloud = Cloud::chosen(args.local, &project.root, view)?;
    let begun = Instant::now();
    let mut say = |text: String| view.event(&Event::Notice { text });
    all_of(async {
        let aws = cloud
            .deploying(&assembly.region, assembly.account.as_ref())
            .await;
        let identity = identity(&aws, &assembly).await?;
        let images = resolved(&aws, &assembly, &identity, images, &cloud).await?;
        assembly.account = Some(identity.account.clone());
        let found = stacks(&aws, &assembly).await;
        let mut proposed = Vec::new();
        for (parameter, image) in images {
            let name = service_of(&parameter).unwrap_or_default();
            let site = site(&assembly, &found, &name)?;
            let proposal = propose(&aws, &site, &To::Image(image)).await?;
            say(proposal.text(&site));
            proposed.push((site, proposal));
        }
        if !consent(args).is_yes(&args.env, &mut say) {
            return Ok(Exit::No);
        }
        let mut swapped = Vec::new();
        for (site, proposal) in &proposed {
            swapped.push((site, begin(&aws, site, proposal).await?));
        }
        let patience = patience(&settings);
        for (site, arn) in swapped {
            follow(&aws, site, &arn, pace(args.local), patience, |text| {
                say(text.to_owned())
            })
            .await?;
        }
        say(format!(
            "runs after {}, past CloudFormation: the next deployment brings the stack in line",
            duration(begun.elapsed())
        ));
        Ok(Exit::Done)
    })
    .map(|exit| Answer {
        exit,
        ..Answer::of(String::new())
    })
}

/// How long a service may take to get well.
pub(crate) fn patience(settings: &Settings) -> Duration {
    Duration::from_secs(u64::from(settings.deployment.verify.within_minutes) * 60)
}

/// What runs and what the stack says differ until the next deployment: nobody wants that where people depend on it.
fn refuse_where_it_matters(settings: &Settings, environment: &str) -> Result<(), Failure> {
    let written = &settings.deployment;
    let why = if written.release_only {
        "it takes only releases (`release_only`)"
    } else if written.promotes_from.is_some() {
        "it takes what another environment has tested (`promotes_from`)"
    } else if settings.termination_protection {
        "its stacks are protected (`termination_protection`)"
    } else {
        return Ok(());
    };
    let what = format!("`{environment}` is no environment to try things out in");
    let finding = Finding::new(Code::NoHotswap, what, "deploy without --hotswap").because(why);
    let mut failure = Failure::of([finding]);
    failure.exit = Exit::No;
    Err(failure)
}
