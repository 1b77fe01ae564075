//! `deploy`: an environment's stacks, with change sets.

pub(crate) mod asking;
pub(crate) mod audience;
pub(crate) mod besides;
pub(crate) mod conduct;
pub(crate) mod hotswap;
pub(crate) mod in_line;
mod passes;
pub(crate) mod planning;
mod prediction;
pub(crate) mod preparing;
pub(crate) mod record;
pub(crate) mod sealing;

use std::io::IsTerminal as _;
use std::time::Instant;

use stratiform_assembly::Assembly;
use stratiform_aws::{Aws, carry_out};
use stratiform_deploy::guard::Id;
use stratiform_deploy::{Outcome, Plan, Run};
use stratiform_environment::Settings;
use stratiform_finding::Code;
use stratiform_finding::words::few;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use self::asking::Consent;
use self::audience::{Watching, is_somebody_there};
use self::preparing::Prepared;
use self::sealing::Sealed;
use crate::args::{Deploy, DeployFormat, Global};
use crate::assemblies::environment::{Synthesized, environment};
use crate::cloud::Cloud;
use crate::commands::guard::gathering::Source;
use crate::commands::guard::{before, stale};
use crate::definition::Definition;
use crate::exit::Exit;
use crate::report::{Colour, Failure};
use crate::repository::project::Project;
use crate::runtime::{all_of, or_interrupted};
use crate::view::deployment::bars::Bars;
use crate::view::deployment::github::GitHub;
use crate::view::deployment::json::Json;
use crate::view::deployment::lines::Lines;
use crate::view::deployment::{Clock, Follow, Sources};
use crate::view::guard::Guarded;
use crate::view::objects::Objects;
use crate::view::{Answer, Event, View, stderr, stdout_now};

/// Deploys what is checked out, and shows that while it goes on.
pub(crate) fn run(
    define: &dyn Definition,
    global: &Global,
    args: &Deploy,
    view: &mut dyn View,
) -> Result<Answer, Failure> {
    if args.hotswap {
        return hotswap::run(define, global, args, view);
    }
    let sealed = args.execute.as_deref().map(Sealed::read).transpose()?;
    let project = Project::find(global.environments.as_deref())?;
    let Synthesized {
        assembly,
        settings,
        unchecked,
        absent,
    } = environment(define, &project, &args.env)?;
    let wanted = sealed.as_ref().map(Sealed::stacks);
    let wanted = wanted.as_deref().unwrap_or(&args.stack);
    let commands = besides::asked(&settings.deployment, &assembly, wanted, args.local)?;
    for text in besides::there(&absent, &commands, args.prepare.is_some())? {
        view.event(&Event::Notice { text });
    }
    if !unchecked.is_empty() {
        view.event(&Event::Notice { text: unchecked });
    }
    let stale = stale(&project, &assembly)?;
    if !stale.is_empty() && !args.local {
        return Err(not_reviewed(&stale));
    }
    let source = Source::Here {
        before: before(define, &project, &settings),
        stale: Ok(stale),
    };
    let intent = Intent {
        project: &project,
        assembly,
        settings: &settings,
        source,
    };
    let cloud = Cloud::chosen(args.local, &project.root, view)?;
    all_of(carried_out(global, args, &cloud, intent, sealed, view))
}

/// Refuses what was not reviewed, before anybody is asked.
pub(crate) fn not_reviewed(stale: &[String]) -> Failure {
    let verb = if stale.len() == 1 { "is" } else { "are" };
    Failure::new(
        Exit::No,
        Code::StaleSnapshots,
        format!(
            "what would be deployed was not reviewed: {} {verb} stale in `snapshots`",
            few(stale)
        ),
        "run `synth`, read `git diff snapshots`, and commit it",
    )
}

/// What is to be deployed.
pub(crate) struct Intent<'a> {
    /// The project.
    pub project: &'a Project,
    /// The environment's stacks.
    pub assembly: Assembly,
    /// How it is deployed.
    pub settings: &'a Settings,
    /// Where it comes from.
    pub source: Source,
}

/// Guards, plans and deploys, and shows that while it goes on.
pub(crate) async fn carried_out(
    global: &Global,
    args: &Deploy,
    cloud: &Cloud,
    intent: Intent<'_>,
    sealed: Option<Sealed>,
    view: &mut dyn View,
) -> Result<Answer, Failure> {
    let started = Instant::now();
    let prepared = preparing::prepare(cloud, intent, args, sealed.as_ref(), view);
    let Prepared {
        aws,
        plan,
        report,
        sources,
        assembly,
    } = or_interrupted(prepared).await?;
    let mut follower = follower(global, args, &plan, started);
    follower.guarded(&Guarded {
        environment: &args.env,
        emergency: args.emergency.as_deref(),
        verbose: global.verbose,
        report: &report,
    });
    if report.is_blocked() {
        return Ok(Answer {
            exit: if report.blocks(Id::StackState) {
                Exit::NeedsPerson
            } else {
                Exit::No
            },
            ..Answer::of(String::new())
        });
    }
    if args.elsewhere.only_look {
        return Ok(Answer::of(String::new()));
    }
    let (run, mut follower) = followed(global, args, &aws, plan, &sources, follower, started).await;
    if let (Some(file), Some(Outcome::Done)) = (&args.prepare, run.outcome()) {
        Sealed::of(&run, &assembly, &args.env)?.write(file)?;
        follower.say(&format!(
            "sealed in `{0}`: once it is approved, `deploy --env {1} --execute {0}`",
            file.display(),
            args.env
        ));
    }
    Ok(Answer {
        exit: exit(run.outcome()),
        ..Answer::of(String::new())
    })
}

/// Carries a plan out, and shows that while it goes on.
pub(crate) async fn watched(
    global: &Global,
    args: &Deploy,
    aws: &Aws,
    plan: Plan,
    sources: &Sources,
    started: Instant,
) -> Run {
    let follower = follower(global, args, &plan, started);
    followed(global, args, aws, plan, sources, follower, started)
        .await
        .0
}

pub(crate) async fn followed(
    global: &Global,
    args: &Deploy,
    aws: &Aws,
    plan: Plan,
    sources: &Sources,
    view: Box<dyn Follow>,
    started: Instant,
) -> (Run, Box<dyn Follow>) {
    let mut watching = Watching {
        view,
        consent: consent(args),
        environment: args.env.clone(),
        reviewed: false,
        times: Vec::new(),
        unwell: Vec::new(),
        failed: Vec::new(),
        in_the_way: Vec::new(),
        verbose: global.verbose && args.format == DeployFormat::Text,
    };
    let run = carry_out(aws, plan, &mut watching, &mut interrupts()).await;
    let outcome = run.outcome().unwrap_or(Outcome::NeedsPerson);
    watching.finish(&run, sources, outcome, started.elapsed());
    (run, watching.view)
}

/// Who is shown what happens.
pub(crate) fn follower(
    global: &Global,
    args: &Deploy,
    plan: &Plan,
    started: Instant,
) -> Box<dyn Follow> {
    let clock: Clock = Box::new(move || started.elapsed());
    let colour = Colour::on(global.color, &std::io::stderr());
    let is_set = |name: &str| std::env::var_os(name).is_some_and(|value| value == "true");
    match args.format {
        _ if args.elsewhere.quiet => Box::new(Lines {
            sink: Box::new(|_: &str| {}),
            clock,
            colour,
        }),
        DeployFormat::Json => {
            let mut json = Json(Objects {
                sink: Box::new(stdout_now),
                clock,
            });
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

pub(crate) fn consent(args: &Deploy) -> Consent {
    match (args.execute.is_some(), is_somebody_there()) {
        (true, true) => Consent::SealedAndAsked,
        (true, false) => Consent::Sealed,
        (false, _) if args.yes => Consent::Given,
        (false, true) => Consent::Asked,
        (false, false) => Consent::Nobody,
    }
}

/// What a run ends with; where it is not known how it ended, somebody has to look.
pub(crate) fn exit(outcome: Option<Outcome>) -> Exit {
    match outcome {
        Some(Outcome::Done) => Exit::Done,
        Some(Outcome::No) => Exit::No,
        Some(Outcome::Failed) => Exit::Failed,
        Some(Outcome::RolledBack) => Exit::RolledBack,
        Some(Outcome::NeedsPerson) | None => Exit::NeedsPerson,
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
