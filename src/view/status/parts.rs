//! What runs, a line each.

use stratiform_deploy::Health;
use stratiform_deploy::guard::Asked;
use stratiform_deploy::status::{Part, PartKind, RunningImage, Saved, Status};
use stratiform_finding::words::visible;
use stratiform_service::Timestamp;

use super::{coloured, minute};
use crate::report::Colour;
use crate::view::deployment::words::one_line;
use crate::view::style::{CYAN, GREEN, RED};

pub(super) fn kind(kind: PartKind) -> &'static str {
    match kind {
        PartKind::Service => "service",
        PartKind::Database => "database",
        PartKind::Alarms => "alarms",
        PartKind::Alarm => "alarm",
        PartKind::Resources => "resources",
    }
}

/// How something that runs is, in a word, and more where it is not well.
pub(super) fn health(health: &Asked<Health>) -> (&'static str, &'static str, Option<&str>) {
    match health {
        Ok(Health::Healthy) => ("well", GREEN, None),
        Ok(Health::Not(why)) => ("not well", RED, Some(why)),
        Ok(Health::Broken(why)) => ("broken", RED, Some(why)),
        Err(unasked) => ("not asked", CYAN, Some(&unasked.why)),
    }
}

pub(super) fn lines(status: &Status, now: Timestamp, colour: Colour) -> String {
    let name = |part: &Part| {
        let name = part.name.as_deref().unwrap_or_default();
        visible(name).into_owned()
    };
    let widest = |of: fn(&Part) -> usize| status.parts.iter().map(of).max().unwrap_or_default();
    let kinds = widest(|part| kind(part.kind).len());
    let words = widest(|part| health(&part.health).0.len());
    let names = status.parts.iter().map(|part| name(part).chars().count());
    let names = names.max().unwrap_or_default();
    let lines = status.parts.iter().map(|part| {
        let (word, code, why) = health(&part.health);
        let word = coloured(format!("{word:words$}"), code, colour);
        // Why a service is not well says how much of it runs.
        let extent = Some(part.extent.as_str());
        let extent = extent.filter(|extent| why.is_none_or(|why| !why.starts_with(extent)));
        let more = [extent, why];
        let more = more.into_iter().flatten().filter(|more| !more.is_empty());
        let more = more.map(one_line).collect::<Vec<_>>().join(": ");
        let more = [more].into_iter().chain(about(part, now));
        let more: Vec<String> = more.filter(|more| !more.is_empty()).collect();
        let (kind, name) = (kind(part.kind), name(part));
        let line = format!(
            "  {kind:kinds$}  {name:names$}  {word}  {}",
            more.join(", ")
        );
        let indent = " ".repeat(kinds + names + words + 8);
        let images = images(part).into_iter();
        let images: String = images.map(|image| format!("{indent}{image}\n")).collect();
        format!("{}\n{images}", line.trim_end())
    });
    lines.collect()
}

/// What else is known: targets, a deployment that is not complete, the last backup, since when an alarm is on.
fn about(part: &Part, now: Timestamp) -> Vec<String> {
    let mut about = Vec::new();
    if let Some(service) = &part.service {
        match &service.targets {
            Some(Ok(count)) => {
                about.push(format!(
                    "{} of {} targets healthy",
                    count.healthy, count.all
                ));
            }
            Some(Err(unasked)) => {
                about.push(format!("targets not asked: {}", one_line(&unasked.why)))
            }
            None => {}
        }
        let deployment = service.deployment.as_deref();
        about.extend(
            deployment
                .filter(|deployment| *deployment != "COMPLETED")
                .map(|deployment| format!("its deployment is {}", visible(deployment))),
        );
    }
    match &part.backup {
        Some(Ok(Some(backup))) => {
            let saved = match &backup.saved {
                Saved::Continuously => "any moment until then".to_owned(),
                Saved::Snapshot(name) => format!("the snapshot {}", visible(name)),
            };
            let age = age(backup.at, now);
            about.push(format!("last backup {age} ago ({saved})"));
        }
        Some(Ok(None)) => about.push("no backup".to_owned()),
        Some(Err(unasked)) => about.push(format!("backups not asked: {}", one_line(&unasked.why))),
        None => {}
    }
    about.extend(
        part.since
            .map(|since| format!("since {} UTC", minute(since))),
    );
    about
}

/// The images of a service, a line each.
fn images(part: &Part) -> Vec<String> {
    let Some(service) = &part.service else {
        return Vec::new();
    };
    match &service.images {
        Ok(images) => images.iter().map(image).collect(),
        Err(unasked) => vec![format!("images not asked: {}", one_line(&unasked.why))],
    }
}

/// `api: storefront/api v1.5.0 sha256:0123456789ab`.
fn image(image: &RunningImage) -> String {
    let name = image.name.split('@').next().unwrap_or_default();
    let mut words = vec![format!("{}: {}", visible(&image.container), visible(name))];
    match &image.tags {
        Ok(tags) if tags.is_empty() => {}
        Ok(tags) => words.push(visible(&tags.join(", ")).into_owned()),
        Err(unasked) => words.push(format!("(tags not asked: {})", one_line(&unasked.why))),
    }
    // As many digits as nobody mistakes for another image's.
    let digest = image.digest.as_deref();
    let digest = digest.map(|digest| digest.get(..19).unwrap_or(digest));
    words.push(digest.map_or_else(
        || "(digest not known)".to_owned(),
        |it| visible(it).into_owned(),
    ));
    words.join(" ")
}

/// How long ago something was, as people say it.
pub(super) fn age(at: Timestamp, now: Timestamp) -> String {
    let minutes = now.millis().saturating_sub(at.millis()).max(0) / 60_000;
    stratiform_deploy::age(minutes)
}
