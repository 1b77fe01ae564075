//! Who can newly do what, and who no longer can.
//!
//! What lives here: policy documents, attachments and boundaries, collected for those that they are about, before and
//! after → consequences, each of the resource that says it. A statement that moves to another resource grants nothing.

mod collected;
mod condition;
mod grant;
#[cfg(test)]
mod laws;
mod line;
mod member;
mod pattern;
mod place;
mod principal;
pub(super) mod property;
mod statement;
#[cfg(test)]
mod tests;
mod transformed;

use stratiform_catalog::behaviour::{
    About, PolicyPlace, allows, attachments, belongs_to, policies,
};
use stratiform_changes::{ChangedResource, Edit};
use stratiform_resolve::Compare;

use super::standing::{Estate, Standing};
use super::{Certainty, Consequence, Kind, Severity};
use collected::{Collected, Own};
use grant::{Grant, comparable, grants, missing};
use place::own_name;
use principal::{EVERYBODY, foreign_account};
use property::{Novelty, capped, stays};
use statement::{Effect, Statement};

/// Is it more or less than before?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Direction {
    Wider,
    Narrower,
}

/// One line of a consequence, and what it means.
struct Line {
    text: String,
    direction: Direction,
    certainty: Certainty,
    /// What makes it worth a second look on a new resource too.
    alarm: Option<String>,
    /// The fact behind it.
    why: &'static str,
}

/// Finds what changes allow and what they no longer allow.
pub(super) fn find(estate: &Estate<'_, '_>, found: &mut Vec<Consequence>) {
    let grants = |change: &&ChangedResource| {
        let name = &change.resource_type;
        let has = [
            policies(name).next().is_some(),
            attachments(name).next().is_some(),
            allows(name).next().is_some(),
        ];
        !stays(change) && has.contains(&true)
    };
    let changes = estate.changes.iter().filter(grants);
    let changes = changes.map(|change| (change, estate.sides_of(change)));
    let changes: Vec<(&ChangedResource, Sides<'_>)> =
        changes.filter(|(_, sides)| differ(sides)).collect();
    if changes.is_empty() {
        return;
    }
    let collected = Collected::of(estate, &changes);
    for (change, sides) in &changes {
        of_resource(change, sides, &collected, found);
    }
}

/// A resource before and after.
type Sides<'e> = [Option<Standing<'e>>; 2];

/// Whether a resource says something else than before. As expressions: who may do what on a resource may do it on the
/// one that takes its place.
fn differ(sides: &Sides<'_>) -> bool {
    match sides {
        [Some(old), Some(new)] => {
            old.condition != new.condition
                || !old
                    .properties
                    .all()
                    .same(new.properties.all(), Compare::Expressions)
        }
        _ => true,
    }
}

fn of_resource(
    change: &ChangedResource,
    sides: &Sides<'_>,
    collected: &[Collected; 2],
    found: &mut Vec<Consequence>,
) {
    let mut lines = Vec::new();
    let mut unknown = Vec::new();
    for place in policies(&change.resource_type) {
        compared(change, &place, sides, collected, &mut lines, &mut unknown);
    }
    lines.extend(member::lines(change, sides, collected));
    lines.extend(transformed::lines(change));
    if lines.is_empty() && unknown.is_empty() {
        return;
    }
    let novelty = novelty(change, sides, collected);
    let name = own_name(&change.resource_type, &change.logical_id);
    for direction in [Direction::Wider, Direction::Narrower] {
        let lines: Vec<&Line> = lines
            .iter()
            .filter(|line| line.direction == direction)
            .collect();
        found.extend(consequence(change, direction, novelty, &name, &lines));
    }
    if !unknown.is_empty() {
        let severity = match novelty {
            Novelty::Existing => Severity::Attention,
            Novelty::New => Severity::Note,
        };
        let mut consequence = Consequence::of(
            change,
            Kind::AccessWidened,
            severity,
            Certainty::Unknown,
            format!("may change what the {name} allows"),
            "a part of the policy is an expression whose value is not known here",
        );
        consequence.details = capped(unknown);
        found.push(consequence);
    }
}

/// A policy that somebody gets who was there before concerns what is there.
fn novelty(change: &ChangedResource, [_, new]: &Sides<'_>, [_, after]: &[Collected; 2]) -> Novelty {
    match new {
        Some(new) if after.has_old_holder(new) => Novelty::Existing,
        _ => Novelty::of(change),
    }
}

fn consequence(
    change: &ChangedResource,
    direction: Direction,
    novelty: Novelty,
    name: &str,
    lines: &[&Line],
) -> Option<Consequence> {
    let certainty = lines.iter().map(|line| line.certainty).max()?;
    let alarm = lines.iter().find_map(|line| line.alarm.as_deref());
    let (kind, severity) = match (direction, novelty) {
        (Direction::Narrower, _) => (Kind::AccessNarrowed, Severity::Note),
        (Direction::Wider, _) if alarm.is_some() => (Kind::AccessWidened, Severity::Danger),
        (Direction::Wider, Novelty::New) => (Kind::AccessWidened, Severity::Note),
        (Direction::Wider, _) => (Kind::AccessWidened, Severity::Warning),
    };
    let may = certainty < Certainty::Will;
    let what = match (direction, change.action, may) {
        (Direction::Wider, Edit::Add, _) => format!("grants access with the new {name}"),
        (Direction::Wider, _, false) => format!("widens access by the {name}"),
        (Direction::Wider, _, true) => format!("may widen access by the {name}"),
        (Direction::Narrower, Edit::Remove, false) => {
            format!("takes away what the {name} granted")
        }
        (Direction::Narrower, _, false) => format!("narrows access by the {name}"),
        (Direction::Narrower, _, true) => format!("may narrow access by the {name}"),
    };
    let what = match alarm.filter(|_| direction == Direction::Wider) {
        Some(alarm) => format!("{what}: {alarm}"),
        None => what,
    };
    let mut why: Vec<&str> = Vec::new();
    for line in lines {
        if !why.contains(&line.why) {
            why.push(line.why);
        }
    }
    if direction == Direction::Narrower && change.action != Edit::Remove {
        why.push("whoever still needs it is refused");
    }
    let mut consequence = Consequence::of(change, kind, severity, certainty, what, why.join("; "));
    consequence.details = capped(lines.iter().map(|line| line.text.clone()).collect());
    Some(consequence)
}

/// The grants at one place that come and go, and what could not be read.
fn compared(
    change: &ChangedResource,
    place: &PolicyPlace,
    sides: &Sides<'_>,
    collected: &[Collected; 2],
    lines: &mut Vec<Line>,
    unknown: &mut Vec<String>,
) {
    // What only limits does nothing without the resource that it limits.
    if place.about == About::Passers && change.action != Edit::Modify {
        return;
    }
    let [before, after] = sides;
    let [all_before, all_after] = collected;
    let read = |one: &Option<Standing<'_>>, own: &Collected, other: &Collected| {
        let other = (change.action == Edit::Modify).then_some(other);
        one.as_ref().map(|one| own.own(one, place, other))
    };
    let old = read(before, all_before, all_after);
    let new = read(after, all_after, all_before);
    let come = Compared::new(new, all_before);
    let gone = Compared::new(old, all_after);
    unknown.extend(come.unknown.iter().map(|part| format!("+ {part}")));
    unknown.extend(gone.unknown.iter().map(|part| format!("- {part}")));
    let (added, removed) = (come.missing(), gone.missing());
    let is_own = belongs_to(&change.resource_type).next().is_none();
    let own = is_own && change.action != Edit::Modify;
    let new = novelty(change, sides, collected) == Novelty::New;
    for (sign, effect, differs) in [
        ('+', Effect::Allow, &added),
        ('-', Effect::Deny, &removed),
        ('-', Effect::Allow, &removed),
        ('+', Effect::Deny, &added),
    ] {
        // A new resource's Deny takes nothing away, and that of one that goes gives nothing back.
        if effect == Effect::Deny && (own || new) {
            continue;
        }
        for certainty in [Certainty::Will, Certainty::May] {
            let differs = differs
                .iter()
                .filter(|(grant, sure)| grant.effect == effect && *sure == certainty);
            let differs: Vec<Grant<'_>> = differs.map(|(grant, _)| *grant).collect();
            lines.extend(worded(change, place.about, sign, certainty, &differs));
        }
    }
}

/// What a resource says on one side, and what all resources say of the same on the other.
struct Compared {
    own: Vec<Statement>,
    /// What is said for certain, and then what may be said.
    others: Vec<Statement>,
    sure: usize,
    /// What it says that cannot be read, and that nobody says on the other side.
    unknown: Vec<String>,
}

impl Compared {
    fn new(own: Option<Own>, others: &Collected) -> Self {
        let others = own.as_ref().map(|own| others.about(own));
        let [sure, perhaps] = others.unwrap_or_default();
        let own = own.map(|own| own.document).unwrap_or_default();
        let mut unknown = own.unknown;
        unknown.retain(|part| !sure.unknown.contains(part));
        let count = sure.statements.len();
        let others = sure.statements.into_iter().chain(perhaps.statements);
        let [own, others] = comparable([own.statements, others.collect()]);
        Compared {
            own,
            others,
            sure: count,
            unknown,
        }
    }

    /// The grants that nobody gives on the other side.
    fn missing(&self) -> Vec<(Grant<'_>, Certainty)> {
        let own = grants(&self.own);
        let all = missing(&own, &grants(&self.others));
        if self.sure == self.others.len() {
            return all;
        }
        let (sure, _) = self.others.split_at(self.sure);
        let mut uncertain = missing(&own, &grants(sure));
        uncertain.retain(|(grant, _)| !all.iter().any(|(other, _)| other == grant));
        let perhaps = uncertain
            .into_iter()
            .map(|(grant, _)| (grant, Certainty::May));
        all.into_iter().chain(perhaps).collect()
    }
}

/// Grants of one sign, effect and certainty as lines.
fn worded(
    change: &ChangedResource,
    about: About,
    sign: char,
    certainty: Certainty,
    grants: &[Grant<'_>],
) -> Vec<Line> {
    let Some(effect) = grants.first().map(|grant| grant.effect) else {
        return Vec::new();
    };
    let (direction, why) = match (effect, sign, certainty) {
        (Effect::Allow, '+', Certainty::Will) => (Direction::Wider, "nothing allowed it before"),
        (Effect::Allow, '+', _) => (
            Direction::Wider,
            "the conditions or exceptions of an Allow are not those of before",
        ),
        (Effect::Allow, ..) => (
            Direction::Narrower,
            "the Allow is gone or has a new condition",
        ),
        (Effect::Deny, '+', _) => (Direction::Narrower, "a Deny newly forbids it"),
        (Effect::Deny, ..) => (Direction::Wider, "the Deny is gone or has a new condition"),
    };
    // Where the policy goes, what it protected may go with it.
    let certainty = match (effect, change.action) {
        (Effect::Deny, Edit::Remove) => Certainty::May,
        _ => certainty,
    };
    let worst = grants.iter().find_map(|grant| alarm(about, grant));
    let mut alarm = worst.filter(|_| direction == Direction::Wider && effect == Effect::Allow);
    line::lines(grants.iter().copied())
        .into_iter()
        .map(|text| Line {
            text: format!("{sign} {text}"),
            direction,
            certainty,
            alarm: alarm.take(),
            why,
        })
        .collect()
}

/// What is alarming about an Allow wherever it stands.
fn alarm(about: About, grant: &Grant<'_>) -> Option<String> {
    let action = grant.action.shown().to_ascii_lowercase();
    let everywhere = grant.resource.is_any();
    if about != About::Passers && grant.principal.is_any() && !grant.condition.limits_who() {
        return Some(format!("{} to {EVERYBODY}", grant.action.shown()));
    }
    if about != About::Passers
        && let Some(account) = foreign_account(grant.principal)
    {
        return Some(format!("{} to account {account}", grant.action.shown()));
    }
    let broad = grant.action.is_except() && everywhere;
    if broad || grant.action.is_any() || action == "iam:*" {
        return Some(format!("{action} on {}", grant.resource.shown()));
    }
    (everywhere && action == "iam:passrole").then(|| "iam:PassRole on every resource".to_owned())
}
