//! `deploy`: an environment's stacks, with change sets.

mod asking;
pub(crate) mod audience;
pub(crate) mod conduct;
mod freshness;
mod images;
mod planning;
mod prediction;
mod preparing;
mod record;
mod sealing;

use std::io::IsTerminal as _;
use std::time::Instant;

use stratiform_assembly::Assembly;
use stratiform_aws::carry_out;
use stratiform_deploy::Outcome;
use stratiform_environment::{Environment, Settings};
use stratiform_finding::Code;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use self::asking::Consent;
use self::audience::{Watching, is_somebody_there};
use self::preparing::Prepared;
use self::sealing::Sealed;
use crate::Define;
use crate::args::{Deploy, DeployFormat, Global};
use crate::assemblies::synthesis::assemble;
use crate::cloud::Cloud;
use crate::exit::Exit;
use crate::report::{Colour, Failure};
use crate::repository::project::Project;
use crate::runtime::{all_of, or_interrupted};
use crate::view::deployment::bars::Bars;
use crate::view::deployment::github::GitHub;
use crate::view::deployment::json::Json;
use crate::view::deployment::lines::Lines;
use crate::view::deployment::{Clock, Follow};
use crate::view::{Answer, Event, View, stderr, stdout_now, summary};

/// Deploys, and shows that while it goes on.
pub(crate) fn run<E: Environment>(
    define: Define<E>,
    global: &Global,
    args: &Deploy,
    view: &mut dyn View,
) -> Result<Answer, Failure> {
    let started = Instant::now();
    let sealed = args.execute.as_deref().map(Sealed::read).transpose()?;
    let project = Project::find(global.environments.as_deref())?;
    let (assembly, settings) = synthesized(define, &project, args, view)?;
    let stale = freshness::stale(&project, &assembly)?;
    if !stale.is_empty() && !args.local {
        return Err(freshness::refusal(&stale));
    }
    let cloud = if args.local {
        Cloud::embedded(&project.root, view)?
    } else {
        Cloud::Configured
    };
    if !stale.is_empty() {
        let text = format!(
            "not reviewed: {} stale; what the working tree gives is deployed",
            freshness::are(&stale)
        );
        view.event(&Event::Notice { text });
    }
    all_of(async {
        let prepared = preparing::prepare(
            &cloud,
            &project,
            assembly,
            &settings,
            args,
            sealed.as_ref(),
            view,
        );
        let prepared = or_interrupted(prepared).await?;
        let Prepared {
            aws,
            plan,
            sources,
            assembly,
        } = prepared;
        let mut watching = Watching {
            view: follower(global, args, &plan, started),
            consent: consent(args),
            environment: args.env.clone(),
            reviewed: false,
            times: Vec::new(),
            unwell: Vec::new(),
        };
        let run = carry_out(&aws, plan, &mut watching, &mut interrupts()).await;
        let outcome = run.outcome().unwrap_or(Outcome::NeedsPerson);
        watching.finish(&run, &sources, outcome, started.elapsed());
        if let (Some(file), Outcome::Done) = (&args.prepare, outcome) {
            Sealed::of(&run, &assembly, &args.env)?.write(file)?;
            watching.view.say(&format!(
                "sealed in `{0}`: once it is approved, `deploy --env {1} --execute {0}`",
                file.display(),
                args.env
            ));
        }
        Ok(Answer {
            exit: exit(outcome),
            ..Answer::of(String::new())
        })
    })
}

/// The environment's stacks, as they are synthesized now.
fn synthesized<E: Environment>(
    define: Define<E>,
    project: &Project,
    args: &Deploy,
    view: &mut dyn View,
) -> Result<(Assembly, Settings), Failure> {
    let checked = project.load::<E>(std::slice::from_ref(&args.env))?;
    let unchecked = summary::unchecked(&checked.unchecked);
    if !unchecked.is_empty() {
        let text = unchecked.trim_end().to_owned();
        view.event(&Event::Notice { text });
    }
    let loaded = checked.environments.first().ok_or_else(|| {
        let what = format!("no environment is called `{}`", args.env);
        Failure::new(Exit::Usage, Code::UnknownEnvironment, what, "")
    })?;
    let assembly =
        assemble(define, loaded).map_err(|found| Failure::below(&project.root, found))?;
    Ok((assembly, loaded.environment.settings().clone()))
}

/// Who is shown what happens.
fn follower(
    global: &Global,
    args: &Deploy,
    plan: &stratiform_deploy::Plan,
    started: Instant,
) -> Box<dyn Follow> {
    let clock: Clock = Box::new(move || started.elapsed());
    let colour = Colour::on(global.color, &std::io::stderr());
    let is_set = |name: &str| std::env::var_os(name).is_some_and(|value| value == "true");
    match args.format {
        DeployFormat::Json => {
            let mut json = Json {
                sink: Box::new(stdout_now),
                clock,
            };
            json.begin(&args.env, plan);
            Box::new(json)
        }
        DeployFormat::Text if is_set("GITHUB_ACTIONS") => Box::new(GitHub {
            sink: Box::new(stderr),
            clock,
            environment: args.env.clone(),
            summary: std::env::var_os("GITHUB_STEP_SUMMARY").map(Into::into),
            waiting: std::collections::BTreeMap::new(),
        }),
        DeployFormat::Text if std::io::stderr().is_terminal() => Box::new(Bars::new(clock, colour)),
        DeployFormat::Text => Box::new(Lines {
            sink: Box::new(stderr),
            clock,
            colour,
        }),
    }
}

fn consent(args: &Deploy) -> Consent {
    match (args.execute.is_some(), is_somebody_there()) {
        (true, true) => Consent::SealedAndAsked,
        (true, false) => Consent::Sealed,
        (false, _) if args.yes => Consent::Given,
        (false, true) => Consent::Asked,
        (false, false) => Consent::Nobody,
    }
}

pub(crate) fn exit(outcome: Outcome) -> Exit {
    match outcome {
        Outcome::Done => Exit::Done,
        Outcome::No => Exit::No,
        Outcome::Failed => Exit::Failed,
        Outcome::RolledBack => Exit::RolledBack,
        Outcome::NeedsPerson => Exit::NeedsPerson,
    }
}

/// Each Ctrl-C, and each time that the process is told to end.
pub(crate) fn interrupts() -> UnboundedReceiver<()> {
    let (interrupt, interrupts) = unbounded_channel();
    let ctrl_c = interrupt.clone();
    tokio::spawn(async move {
        while tokio::signal::ctrl_c().await.is_ok() && ctrl_c.send(()).is_ok() {}
    });
    #[cfg(unix)]
    if let Ok(mut terminate) =
        tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())
    {
        tokio::spawn(async move {
            while terminate.recv().await.is_some() && interrupt.send(()).is_ok() {}
        });
    }
    interrupts
}
