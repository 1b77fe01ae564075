//! S3's block of public access: four protections of a bucket that go together.

use stratiform_catalog::PropertyPath;
use stratiform_catalog::behaviour::public_access_blocks;
use stratiform_changes::{ChangedResource, Edit};
use stratiform_resolve::Resolved;

use super::opening::{State, worst};
use crate::consequence::iam::property::{at, sides};
use crate::consequence::nouns::named;
use crate::consequence::{Certainty, Consequence, Kind, Severity};

/// Finds which of the protections go, or come.
pub(super) fn find(change: &ChangedResource, found: &mut Vec<Consequence>) {
    if change.action == Edit::Remove {
        return;
    }
    let mut opened = Vec::new();
    let mut closed = Vec::new();
    let mut certainty = Certainty::May;
    for path in public_access_blocks(&change.resource_type) {
        let part = path.segments().last().unwrap_or_default();
        match sides(change).map(|properties| state(properties, path)) {
            [State::Closed | State::Unknown, State::Open] => {
                certainty = Certainty::Will;
                opened.push(format!("- {part}"));
            }
            [State::Closed, State::Unknown] => opened.push(format!("- {part}")),
            [State::Open, State::Closed] => closed.push(format!("+ {part}")),
            _ => {}
        }
    }
    if opened.is_empty() && closed.is_empty() {
        return;
    }
    let name = named(&change.resource_type, &change.logical_id);
    let severity = match change.action {
        Edit::Add => Severity::Attention,
        Edit::Modify | Edit::Remove => Severity::Warning,
    };
    let word = match certainty {
        Certainty::Will => "loosens",
        Certainty::May | Certainty::Unknown => "may loosen",
    };
    for (details, kind, severity, certainty, word) in [
        (opened, Kind::NetworkWidened, severity, certainty, word),
        (
            closed,
            Kind::NetworkNarrowed,
            Severity::Note,
            Certainty::Will,
            "tightens",
        ),
    ] {
        if !details.is_empty() {
            let what = format!("{word} the block of public access of {name}");
            let why = "the property `PublicAccessBlockConfiguration` says so; without it, S3's default counts";
            let mut consequence = Consequence::of(change, kind, severity, certainty, what, why);
            consequence.details = details;
            found.push(consequence);
        }
    }
}

/// Without any configuration, it depends on the bucket's age.
///
/// Source: S3 user guide, "Blocking public access to your Amazon S3 storage".
fn state(properties: Option<&Resolved<'static>>, path: PropertyPath) -> State {
    match properties {
        Some(bucket) if matches!(bucket.get(path.first()), Some(Resolved::Map(_))) => {
            let is_off = |value: &str| value.eq_ignore_ascii_case("false");
            worst(&at(bucket, path.as_str()), is_off, State::Open)
        }
        _ => State::Unknown,
    }
}
