//! `rehearse`: a deployment on the embedded engine, once without a failure and once with each.
//!
//! What lives here: what is there before and what is to be, and all cores at work. `stage` is where it is played, `course`
//! a run that can be left and taken up, `failing` what fails and what that comes to. What does not: what an end is worth
//! (`stratiform_rehearsal`), and planning (`commands/deploy`).

mod course;
mod failing;
pub(crate) mod going_back;
mod setting;
pub(crate) mod stage;

use std::io::IsTerminal as _;
use std::num::NonZeroUsize;
use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::atomic::{AtomicUsize, Ordering};

use indicatif::{ProgressBar, ProgressStyle};
use stratiform_deploy::guard::{Comes, Rehearsed};
use stratiform_finding::Code;
use stratiform_rehearsal::{End, Report};
use tokio::runtime::Runtime;

use self::failing::{Play, Played};
use self::setting::{Before, before, set, there};
use crate::args::{Global, Rehearse, RehearseFormat};
use crate::assemblies::environment::{Synthesized, environment};
use crate::commands::guard::rehearsal::Wanted;
use crate::definition::Definition;
use crate::exit::Exit;
use crate::report::{Colour, Failure};
use crate::repository::git::Folder;
use crate::repository::project::Project;
use crate::view::rehearsal::{json, text};
use crate::view::{Answer, Event, View};

/// Rehearses, and tells what it comes to.
pub(crate) fn run(
    define: &dyn Definition,
    global: &Global,
    args: &Rehearse,
    view: &mut dyn View,
) -> Result<Answer, Failure> {
    let project = Project::find(global.environments.as_deref())?;
    let Synthesized {
        assembly, settings, ..
    } = environment(define, &project, &args.env)?;
    let before = before(&project, &assembly, args, view)?;
    view.event(&Event::Notice {
        text: format!(
            "rehearsed on the embedded CloudFormation: {}",
            before.sentence()
        ),
    });
    let intent = setting::Intent {
        project: &project,
        assembly,
        settings: &settings,
        args,
    };
    let report = rehearse(intent, before)?;
    let exit = if report.is_no() { Exit::No } else { Exit::Done };
    let colour = Colour::on(global.color, &std::io::stdout());
    Ok(Answer {
        exit,
        ..Answer::of(match args.format {
            RehearseFormat::Text => text(&report, colour),
            RehearseFormat::Json => json(&report),
        })
    })
}

/// What it comes to for `guard`.
///
/// # Errors
/// As [`rehearse`].
pub(crate) fn guarded(wanted: &Wanted<'_>) -> Result<Rehearsed, Failure> {
    let args = Rehearse::of(wanted.args);
    let folder = Folder::new(&wanted.project.root);
    let before = there(&folder, wanted.assembly, &args.env, wanted.found)?;
    let intent = setting::Intent {
        project: wanted.project,
        assembly: wanted.assembly.clone(),
        settings: wanted.settings,
        args: &args,
    };
    // On a thread of its own: it has time of its own.
    let report = std::thread::scope(|scope| {
        let played = scope.spawn(|| rehearse(intent, before));
        let broken = || Err(broken("the rehearsal could not be ended"));
        played.join().unwrap_or_else(|_| broken())
    })?;
    Ok(Rehearsed {
        comes: match (report.harms_what_was_there(), report.is_no()) {
            (true, _) => Comes::Nowhere,
            (false, true) => Comes::HalfMade,
            (false, false) => Comes::Back,
        },
        sentence: report.sentence(),
    })
}

/// Plays it all.
///
/// # Errors
/// It cannot be planned, or what is there before cannot be made.
pub(crate) fn rehearse(intent: setting::Intent<'_>, before: Before) -> Result<Report, Failure> {
    let environment = intent.args.env.clone();
    let from = before.name();
    let runtime = paused()?;
    let play = runtime.block_on(set(intent, before))?;
    let played = runtime.block_on(play.play());
    let mut report = Report {
        environment,
        from,
        data: played.data(),
        without_failure: played.clean.clone(),
        failures: Vec::new(),
        not_met: 0,
    };
    for end in all(&play, &played)? {
        match end {
            Some(end) => report.failures.push(end),
            None => report.not_met += 1,
        }
    }
    Ok(report.sorted())
}

/// Each failure, on all cores.
fn all(play: &Play, played: &Played) -> Result<Vec<Option<End>>, Failure> {
    let bar = bar(played.cells.len());
    let next = AtomicUsize::new(0);
    let ends = Mutex::new(Vec::new());
    let cores = std::thread::available_parallelism().map_or(1, NonZeroUsize::get);
    let work = || -> Result<(), Failure> {
        let runtime = paused()?;
        while let Some(cell) = played.cells.get(next.fetch_add(1, Ordering::Relaxed)) {
            let end = runtime.block_on(play.fail(played, cell));
            ends.lock()
                .unwrap_or_else(PoisonError::into_inner)
                .push(end);
            bar.inc(1);
        }
        Ok(())
    };
    let done: Result<(), Failure> = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..cores).map(|_| scope.spawn(work)).collect();
        workers.into_iter().try_for_each(|worker| {
            worker
                .join()
                .unwrap_or_else(|_| Err(broken("a failure could not be rehearsed")))
        })
    });
    bar.finish_and_clear();
    done?;
    Ok(ends.into_inner().unwrap_or_else(PoisonError::into_inner))
}

/// A runtime in which time only jumps.
pub(crate) fn paused() -> Result<Runtime, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build();
    runtime.map_err(|error| broken(&format!("cannot start rehearsing: {error}")))
}

fn broken(what: &str) -> Failure {
    Failure::new(
        Exit::Failed,
        Code::Runtime,
        what,
        "check the limits of this process",
    )
}

fn bar(failures: usize) -> ProgressBar {
    if !std::io::stderr().is_terminal() || failures == 0 {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new(u64::try_from(failures).unwrap_or(u64::MAX));
    let style = ProgressStyle::with_template("{bar:30} {pos} of {len} failures, {eta} left");
    bar.with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}
