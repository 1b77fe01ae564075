//! `status`: how environments stand.
//!
//! What lives here: from arguments to an answer. What does not: finding out ([`finding`]), and what it means
//! (`stratiform_deploy::status`).

pub(crate) mod finding;

use std::io::IsTerminal;

use futures_util::future::join_all;
use stratiform_deploy::status::Verdict;

use self::finding::{Place, Standing};
use crate::args::{Global, Status as Arguments, StatusFormat};
use crate::cloud::Cloud;
use crate::definition::Definition;
use crate::exit::Exit;
use crate::report::{Colour, Failure};
use crate::repository::project::Project;
use crate::runtime::{all_of, block_on};
use crate::validation::Compliance;
use crate::view::status::{Shown, json, line, text};
use crate::view::{Answer, View, stderr, stdout_now};

/// What makes a terminal empty, and goes to its beginning.
const CLEAR: &str = "\u{1b}[2J\u{1b}[H";

/// Asks, and tells.
pub(crate) fn run(
    define: &dyn Definition,
    global: &Global,
    args: &Arguments,
    view: &mut dyn View,
) -> Result<Answer, Failure> {
    let project = Project::find(global.environments.as_deref())?;
    let names = match args.env.is_empty() {
        true => project.names()?,
        false => args.env.clone(),
    };
    let places = names.iter().map(|name| Place::of(define, &project, name));
    let places: Vec<Place> = places.collect::<Result<_, _>>()?;
    let cloud = Cloud::chosen(args.local, &project.root, view)?;
    for place in &places {
        view.event(&place.asking());
    }
    let look = async || join_all(places.iter().map(|place| place.look(&cloud))).await;
    if args.watch {
        return all_of(watch(args, global, look, &places));
    }
    let found = block_on(async { Ok(look().await) })?;
    Ok(answer(args, global, &places, found))
}

/// What is told about all of them.
fn answer(
    args: &Arguments,
    global: &Global,
    places: &[Place],
    found: Vec<Result<Standing, Failure>>,
) -> Answer {
    let colour = Colour::on(global.color, &std::io::stdout());
    let failed = Colour::on(global.color, &std::io::stderr());
    let compliance: Vec<Compliance> = places.iter().map(Place::compliance).collect();
    let shown: Vec<Shown<'_>> = places
        .iter()
        .zip(&compliance)
        .zip(&found)
        .map(|((place, compliance), found)| Shown {
            environment: &place.name,
            region: place.assembly.region.as_str(),
            compliance,
            minimum: place.settings.deployment.compliance_at_least,
            found: found.as_ref(),
        })
        .collect();
    let failures = found.iter().filter_map(|found| found.as_ref().err());
    Answer {
        stderr: failures.map(|failure| failure.draw(failed)).collect(),
        exit: exit(&found),
        ..Answer::of(match args.format {
            StatusFormat::Text => text(&shown, colour),
            StatusFormat::Json if args.watch => line(&shown),
            StatusFormat::Json => json(&shown),
        })
    }
}

/// The worst of all: that a stack needs a person, then what could not be asked, then what is not well.
fn exit(found: &[Result<Standing, Failure>]) -> Exit {
    let verdicts = found.iter().flatten();
    let worst = verdicts.map(|found| found.status.verdict()).max();
    match worst {
        Some(Verdict::NeedsPerson) => Exit::NeedsPerson,
        _ if found.iter().any(Result::is_err) => Exit::Failed,
        Some(Verdict::NotWell) => Exit::No,
        Some(Verdict::Well) | None => Exit::Done,
    }
}

/// Asks again and again, until Ctrl-C: the end is that of what was told last.
async fn watch(
    args: &Arguments,
    global: &Global,
    look: impl AsyncFn() -> Vec<Result<Standing, Failure>>,
    places: &[Place],
) -> Result<Answer, Failure> {
    let mut told = Exit::Done;
    let clear = match std::io::stdout().is_terminal() && args.format == StatusFormat::Text {
        true => CLEAR,
        false => "",
    };
    let mut interrupted = std::pin::pin!(tokio::signal::ctrl_c());
    loop {
        let round = async {
            let answer = answer(args, global, places, look().await);
            stdout_now(&format!("{clear}{}", answer.stdout));
            stderr(&answer.stderr);
            told = answer.exit;
            tokio::time::sleep(args.every.duration()).await;
        };
        tokio::select! {
            biased;
            _ = &mut interrupted => break,
            () = round => {}
        }
    }
    Ok(Answer {
        exit: told,
        ..Answer::of(String::new())
    })
}
