//! `destroy`: an environment's stacks, deleted in order.
//!
//! What lives here: from arguments to a plan, and who says yes. What does not: what is deleted when, and what forbids it
//! (`stratiform_deploy::destruction`).

mod planning;
mod watching;

use std::time::Instant;

use stratiform_assembly::Assembly;
use stratiform_aws::destroy;
use stratiform_deploy::Outcome;
use stratiform_environment::Settings;

use self::planning::{plan, protected};
use self::watching::Watching;
use crate::args::{DeployFormat, Destroy, Global};
use crate::assemblies::environment::{Synthesized, environment};
use crate::cloud::Cloud;
use crate::commands::deploy::asking::Consent;
use crate::commands::deploy::audience::is_somebody_there;
use crate::commands::deploy::preparing::identity;
use crate::commands::deploy::{exit, interrupts};
use crate::definition::Definition;
use crate::report::{Colour, Failure};
use crate::repository::project::Project;
use crate::runtime::{all_of, or_interrupted};
use crate::view::deployment::{Clock, Sources};
use crate::view::destruction::json::Json;
use crate::view::destruction::text::Text;
use crate::view::destruction::{Ended, Show};
use crate::view::objects::Objects;
use crate::view::{Answer, Event, View, stderr, stdout_now};

/// Takes an environment down, and shows that while it goes on.
pub(crate) fn run(
    define: &dyn Definition,
    global: &Global,
    args: &Destroy,
    view: &mut dyn View,
) -> Result<Answer, Failure> {
    let project = Project::find(global.environments.as_deref())?;
    let Synthesized {
        assembly, settings, ..
    } = environment(define, &project, &args.env)?;
    protected(&args.env, &settings)?;
    let cloud = Cloud::chosen(args.local, &project.root, view)?;
    all_of(destroyed(
        global,
        args,
        &cloud,
        &project,
        (&assembly, &settings),
        view,
    ))
}

/// Takes stacks down, and shows that while it goes on.
pub(crate) async fn destroyed(
    global: &Global,
    args: &Destroy,
    cloud: &Cloud,
    project: &Project,
    (assembly, settings): (&Assembly, &Settings),
    view: &mut dyn View,
) -> Result<Answer, Failure> {
    let started = Instant::now();
    let plan = plan(assembly, settings, args)?;
    view.event(&Event::Asking {
        environment: args.env.clone(),
        region: assembly.region.to_string(),
    });
    let account = assembly.account.as_ref();
    let aws = cloud.deploying(&assembly.region, account).await;
    or_interrupted(identity(&aws, assembly)).await?;
    let mut watching = Watching {
        show: show(global, args, &plan, started),
        consent: match (args.yes, is_somebody_there()) {
            (true, _) => Consent::Given,
            (false, true) => Consent::Asked,
            (false, false) => Consent::Nobody,
        },
        environment: args.env.clone(),
        is_reviewed: false,
    };
    let destruction = destroy(&aws, plan, &mut watching, &mut interrupts()).await;
    let outcome = destruction.outcome().unwrap_or(Outcome::NeedsPerson);
    if !watching.is_reviewed && outcome == Outcome::No {
        watching
            .show
            .review(destruction.plan(), &destruction.survey());
    }
    let sources = Sources {
        root: project.root.clone(),
        locations: assembly
            .stacks
            .iter()
            .map(|stack| stack.locations.clone())
            .collect(),
    };
    let ended = Ended {
        outcome,
        endings: destruction.endings(),
        took: started.elapsed(),
    };
    watching.show.finish(destruction.plan(), &sources, &ended);
    Ok(Answer {
        exit: exit(Some(outcome)),
        ..Answer::of(String::new())
    })
}

/// Who is shown what happens.
fn show(
    global: &Global,
    args: &Destroy,
    plan: &stratiform_deploy::destruction::Plan,
    started: Instant,
) -> Box<dyn Show> {
    let clock: Clock = Box::new(move || started.elapsed());
    match args.format {
        DeployFormat::Json => {
            let mut json = Json(Objects {
                sink: Box::new(stdout_now),
                clock,
            });
            json.begin(&args.env, plan);
            Box::new(json)
        }
        DeployFormat::Text => Box::new(Text {
            sink: Box::new(stderr),
            clock,
            colour: Colour::on(global.color, &std::io::stderr()),
        }),
    }
}
