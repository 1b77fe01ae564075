//! `rollback`: an environment comes back, out of stacks that are stuck or to an earlier release.
//!
//! What lives here: which of the two it is, and from a release to what is deployed. What does not: deploying it
//! (`commands/deploy`), and what a status means (`stratiform_deploy::Standing`).

pub(crate) mod crossing;
mod lever;
pub(crate) mod one_way;
mod stuck;
pub(crate) mod target;

use std::collections::BTreeMap;
use std::time::Instant;

use stratiform_assembly::Assembly;
use stratiform_aws::{Aws, Identity};
use stratiform_deploy::guard::StackFound;
use stratiform_deploy::{Call, Reply, never_was_complete};
use stratiform_environment::Settings;
use stratiform_service::{StackEvent, StackStatus};

use self::stuck::{keep_data, mending, stuck};
use self::target::{Target, target};
use crate::args::{Deploy, Global, Rollback};
use crate::assemblies::environment::{Synthesized, environment};
use crate::cloud::Cloud;
use crate::commands::deploy::besides::{asked, there};
use crate::commands::deploy::preparing::identity;
use crate::commands::deploy::{Intent, carried_out, consent, exit, watched};
use crate::commands::guard::gathering::Source;
use crate::commands::guard::looking::stacks;
use crate::definition::Definition;
use crate::exit::Exit;
use crate::programs::Absent;
use crate::report::Failure;
use crate::repository::git::Folder;
use crate::repository::project::Project;
use crate::runtime::{all_of, or_interrupted};
use crate::view::deployment::Sources;
use crate::view::{Answer, Event, View, stderr};

/// Brings an environment back, and shows that while it goes on.
pub(crate) fn run(
    define: &dyn Definition,
    global: &Global,
    args: &Rollback,
    view: &mut dyn View,
) -> Result<Answer, Failure> {
    let project = Project::find(global.environments.as_deref())?;
    let Synthesized {
        assembly,
        settings,
        absent,
        ..
    } = environment(define, &project, &args.env)?;
    let cloud = Cloud::chosen(args.local, &project.root, view)?;
    let today = Today {
        project: &project,
        assembly,
        settings: &settings,
        absent: &absent,
    };
    all_of(back(global, args, &cloud, today, view))
}

/// The environment as it is described now.
struct Today<'a> {
    project: &'a Project,
    assembly: Assembly,
    settings: &'a Settings,
    /// Commands that cannot run here.
    absent: &'a [Absent],
}

/// The same as AWS has it.
struct There<'a> {
    cloud: &'a Cloud,
    aws: &'a Aws,
    identity: &'a Identity,
    found: &'a [StackFound],
}

async fn back(
    global: &Global,
    args: &Rollback,
    cloud: &Cloud,
    today: Today<'_>,
    view: &mut dyn View,
) -> Result<Answer, Failure> {
    let started = Instant::now();
    let Today {
        project,
        assembly,
        settings,
        absent,
    } = today;
    view.event(&Event::Asking {
        environment: args.env.clone(),
        region: assembly.region.to_string(),
    });
    let aws = cloud
        .deploying(&assembly.region, assembly.account.as_ref())
        .await;
    let (identity, found) = or_interrupted(async {
        let identity = identity(&aws, &assembly).await?;
        Ok((identity, stacks(&aws, &assembly).await))
    })
    .await?;
    if let Some(service) = &args.service {
        let today = Today {
            project,
            assembly,
            settings,
            absent,
        };
        let there = There {
            cloud,
            aws: &aws,
            identity: &identity,
            found: &found,
        };
        let pulled = lever::pull(global, args, service, &there, &today, view);
        return pulled.await.map(answer);
    }
    let unmade = or_interrupted(async { Ok(unmade(&aws, &found).await) }).await?;
    let stuck = stuck(&found, &unmade, args)?;
    let deploy = args.deployment(None);
    if !stuck.is_empty() {
        stderr(&stuck::text(&stuck));
        let is_possible = stuck.iter().any(|stuck| stuck.is_mended_here());
        if !is_possible {
            let is_over = stuck.iter().any(|stuck| !stuck.is_moving());
            return Ok(answer(if is_over { Exit::NeedsPerson } else { Exit::No }));
        }
        keep_data(&stuck)?;
        let mut say = |text: String| stderr(&format!("{text}\n"));
        if !consent(&deploy).is_yes(&args.env, &mut say) {
            return Ok(answer(Exit::No));
        }
        let plan = mending(args, settings, &stuck)?;
        let run = watched(global, &deploy, &aws, plan, &Sources::default(), started).await;
        let mut left = stuck.iter().filter(|stuck| !stuck.is_mended_here());
        let outcome = match exit(run.outcome()) {
            Exit::Done if left.clone().any(|stuck| !stuck.is_moving()) => Exit::NeedsPerson,
            Exit::Done if left.next().is_some() => Exit::No,
            outcome => outcome,
        };
        if args.to.is_none() || outcome != Exit::Done {
            return Ok(answer(outcome));
        }
    } else if !args.skip.is_empty() {
        return Err(stuck::nothing_to_skip());
    }

    let commands = asked(&settings.deployment, &assembly, &deploy.stack, args.local)?;
    there(absent, &commands, false)?;
    let Target {
        release,
        head,
        assembly: target,
    } = target(project, &assembly, &found, args)?;
    view.event(&Event::Notice {
        text: format!("back to the release {release}"),
    });
    let folder = Folder::new(&project.root);
    let crossed = crossing::look(&folder, (&release, &head, &target), &found, args)?;
    for text in crossed
        .into_iter()
        .chain(one_way::look(&target, &found, args)?)
    {
        view.event(&Event::Notice { text });
    }
    let deploy = Deploy {
        release: Some(release),
        ..deploy
    };
    let intent = Intent {
        project,
        assembly: target,
        settings,
        source: Source::Release(head),
    };
    carried_out(global, &deploy, cloud, intent, None, view).await
}

/// All events of the stacks that never were complete and could not be deleted, by key. One whose deletion failed and whose
/// events could not be read may have been.
async fn unmade<'a>(aws: &Aws, found: &'a [StackFound]) -> BTreeMap<&'a str, Vec<StackEvent>> {
    let mut unmade = BTreeMap::new();
    for found in found {
        let Some(stack) = found.there() else { continue };
        let is_known = stack.status == StackStatus::RollbackFailed;
        if !is_known && stack.status != StackStatus::DeleteFailed {
            continue;
        }
        let call = Call::StackEvents {
            stack: stack.id.clone(),
            after: Some(String::new()),
        };
        let events = match aws.call(&call).await {
            Ok(Reply::Events(events)) => events,
            _ => Vec::new(),
        };
        if is_known || never_was_complete(&events) {
            unmade.insert(found.key.as_str(), events);
        }
    }
    unmade
}

fn answer(exit: Exit) -> Answer {
    Answer {
        exit,
        ..Answer::of(String::new())
    }
}
