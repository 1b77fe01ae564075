//! What `rebuild` says before and after.

use stratiform_deploy::rebuild::{Point, Timeline};
use stratiform_service::{AccountId, Region};

use super::guard::line;
use crate::report::Colour;

/// The page before: what is needed, and what of it is there. `origin` says why it is somewhere else.
pub(crate) fn page(
    environment: &str,
    (region, origin, account): (&Region, &str, &AccountId),
    release: Option<&str>,
    points: &[Point],
    colour: Colour,
) -> String {
    let what = release.unwrap_or("what is checked out, of which no commit is a release");
    let mut page =
        format!("{environment} in {region} (account {account}), from {what}; {origin}\n\n");
    let width = points
        .iter()
        .map(|point| point.id.as_str().len())
        .max()
        .unwrap_or_default();
    for point in points {
        page += &line(
            point.verdict,
            (point.id.as_str(), width),
            (&point.reason, &point.remedy),
            colour,
        );
    }
    page + "\n"
}

/// How long it took.
pub(crate) fn told(
    environment: &str,
    (region, from): (&Region, &Region),
    timeline: Option<&Timeline>,
    rto_minutes: Option<u32>,
) -> String {
    let mut told = format!("\n{environment} is in {region}, rebuilt from {from}\n");
    let Some(timeline) = timeline else {
        return told + "how long it took is not known: CloudFormation tells no events of it\n";
    };
    told += "\ntimeline\n";
    let width = timeline
        .phases
        .iter()
        .map(|phase| phase.what.len())
        .max()
        .unwrap_or_default();
    for phase in &timeline.phases {
        let after = (phase.begun.millis() - timeline.begun.millis()) / 60_000;
        told += &format!(
            "  +{after:>3} min  {:width$}  {} min\n",
            phase.what,
            phase.minutes()
        );
    }
    let (_, sentence) = timeline.beside(rto_minutes);
    told + &format!("  RTO: {sentence}\n")
}
