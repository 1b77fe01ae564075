//! `watch`: whether an environment gets worse.
//!
//! What lives here: looking again and again, and going back. What does not: what is worse (`stratiform_deploy::watch`).

mod drifts;
mod errors;

use std::time::Duration;

use stratiform_aws::{Aws, Identity, now};
use stratiform_deploy::watch::{Drifts, Watch, Worse, last_deployed};
use stratiform_finding::words::visible;
use stratiform_service::Timestamp;

use self::errors::Errors;
use crate::args::{DeployFormat, Global, Rollback, Watch as Arguments, WatchFormat};
use crate::cloud::Cloud;
use crate::commands::deploy::conduct::pace;
use crate::commands::drift::looking::{Wait, look_again};
use crate::commands::rollback;
use crate::commands::status::finding::Place;
use crate::definition::Definition;
use crate::exit::Exit;
use crate::report::Failure;
use crate::repository::project::Project;
use crate::runtime::block_on;
use crate::view::watch::{End, Shown, beginning, json, text};
use crate::view::{Answer, Event, View, stdout_now};

/// How often CloudFormation is asked to look for drift: it looks up every resource of every stack, at rates that it shares
/// with all else in the account, and who changes something by hand is no matter of a minute.
const DRIFT_EVERY: Duration = Duration::from_secs(60 * 60);

/// Looks until something is worse, or the time is over.
pub(crate) fn run(
    define: &dyn Definition,
    global: &Global,
    args: &Arguments,
    view: &mut dyn View,
) -> Result<Answer, Failure> {
    let project = Project::find(global.environments.as_deref())?;
    let place = Place::of(define, &project, &args.env)?;
    let cloud = Cloud::chosen(args.local, &project.root, view)?;
    view.event(&place.asking());
    let (identity, end) = block_on(async {
        let (aws, identity) = place.reach(&cloud).await?;
        let end = watch(args, &place, &aws, &identity, view).await;
        Ok((identity, end))
    })?;
    // The way back needs the embedded engine for itself.
    drop(cloud);
    let shown = Shown {
        environment: &args.env,
        region: place.assembly.region.as_str(),
        account: identity.account.as_str(),
        end: &end,
    };
    let told = match args.format {
        WatchFormat::Text => text(&shown),
        WatchFormat::Json => json(&shown),
    };
    match end.worse() {
        Some(worse) if args.rollback_on_alarm && worse.is_alarm() => {
            stdout_now(&told);
            back(define, global, args, worse, view)
        }
        worse => Ok(Answer {
            exit: match worse {
                Some(_) => Exit::No,
                None if end.unseen().is_empty() => Exit::Done,
                None => Exit::Failed,
            },
            ..Answer::of(told)
        }),
    }
}

/// The watch's own time: behind the engine nobody waits, and it passes all the same.
struct Clock {
    now: Timestamp,
    is_simulated: bool,
}

impl Clock {
    /// Waits.
    async fn pause(&mut self, pause: Duration) {
        if self.is_simulated {
            self.now = later(self.now, pause);
        } else {
            tokio::time::sleep(pause).await;
            self.now = now();
        }
    }
}

fn later(moment: Timestamp, by: Duration) -> Timestamp {
    let by = i64::try_from(by.as_millis()).unwrap_or(i64::MAX);
    Timestamp::from_millis(moment.millis().saturating_add(by)).unwrap_or(moment)
}

async fn watch(
    args: &Arguments,
    place: &Place,
    aws: &Aws,
    identity: &Identity,
    view: &mut dyn View,
) -> End {
    if args.after_deployment.is_none() {
        // What had drifted before does not count, and nobody may have looked yet.
        let wait = Wait::ForTheEnd(pace(args.local));
        drift(place, aws, wait, view).await;
    }
    let first = place.status(aws, identity).await;
    let began = now();
    let mut clock = Clock {
        now: began,
        is_simulated: args.local,
    };
    let mut start = began;
    let mut until = later(began, args.duration.duration());
    let mut watch = Watch::begin(&first);
    if let Some(span) = args.after_deployment {
        let Some(deployed) = last_deployed(&first.stacks) else {
            return match watch.unseen().next() {
                None => End::NotDeployed,
                Some(_) => well(&watch, (began, began), 1),
            };
        };
        let over = later(deployed, span.duration());
        if over < began {
            return End::TooLate { deployed };
        }
        until = until.min(over);
        start = deployed;
        watch = Watch::after(&first, deployed);
        drift(place, aws, Wait::No, view).await;
    }
    let mut drift_due = later(began, DRIFT_EVERY);
    let mut errors = Errors::begin(aws, place, start, view).await;
    let mut drifts = Drifts::default();
    let mut further = drifts::look(&mut drifts, (aws, place), &first, view).await;
    let text = beginning(&place.name, &first, until, args.every.duration());
    view.event(&Event::Notice { text });
    let mut looks = 1;
    let mut status = first;
    loop {
        let mut worse = watch.look(&status, clock.now).or(further);
        if let (None, Some(errors)) = (&worse, &mut errors) {
            worse = errors.look(clock.now).await;
        }
        if let Some(worse) = worse {
            return End::Worse {
                worse,
                began,
                ended: clock.now,
                looks,
            };
        }
        if later(clock.now, args.every.duration()) > until {
            return well(&watch, (began, clock.now), looks);
        }
        clock.pause(args.every.duration()).await;
        if clock.now >= drift_due {
            drift(place, aws, Wait::No, view).await;
            drift_due = later(clock.now, DRIFT_EVERY);
        }
        status = place.status(aws, identity).await;
        further = drifts::look(&mut drifts, (aws, place), &status, view).await;
        looks += 1;
    }
}

/// Has CloudFormation look for drift; where it cannot be asked to, that is said, once for all stacks.
async fn drift(place: &Place, aws: &Aws, wait: Wait, view: &mut dyn View) {
    let unasked = look_again(aws, &place.assembly, wait).await;
    if let Some(first) = unasked.first() {
        let text = format!(
            "drift is not known of {} of {} stacks: {}",
            unasked.len(),
            place.assembly.stacks.len(),
            visible(&first.why)
        );
        view.event(&Event::Notice { text });
    }
}

/// Nothing got worse, as far as anybody could see.
fn well(watch: &Watch, (began, ended): (Timestamp, Timestamp), looks: usize) -> End {
    let unseen = watch.unseen();
    End::Well {
        began,
        ended,
        looks,
        in_doubt: watch.doubts().cloned().collect(),
        unseen: unseen
            .map(|(subject, why)| (subject.clone(), why.to_owned()))
            .collect(),
    }
}

/// Goes back, once. Where that went well something had got worse all the same.
fn back(
    define: &dyn Definition,
    global: &Global,
    args: &Arguments,
    worse: &Worse,
    view: &mut dyn View,
) -> Result<Answer, Failure> {
    let rollback = Rollback {
        env: args.env.clone(),
        to: None,
        service: None,
        stack: Vec::new(),
        skip: Vec::new(),
        image: Vec::new(),
        parameter: Vec::new(),
        allow: Vec::new(),
        yes: true,
        concurrency: None,
        emergency: Some(crate::view::watch::reason(worse)),
        format: DeployFormat::Text,
        local: args.local,
    };
    let answer = rollback::run(define, global, &rollback, view)?;
    Ok(Answer {
        exit: match answer.exit {
            Exit::Done => Exit::No,
            other => other,
        },
        ..answer
    })
}
