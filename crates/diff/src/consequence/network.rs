//! What can newly be reached from where, and what no longer can.
//!
//! What lives here: rules of firewalls, collected per group, and switches of reachability of one resource, before and
//! after → consequences. What does not: whether a way leads there, which several resources decide together.

pub(super) mod block;
mod firewall;
mod group;
mod opening;
mod public_access;
mod rule;
#[cfg(test)]
mod tests;

use stratiform_catalog::behaviour::{self, Firewall, Opening};
use stratiform_changes::{ChangedResource, Edit};

use super::iam::property::{Novelty, capped, quoted, sides, stays};
use super::nouns::named;
use super::standing::Estate;
use super::{Certainty, Consequence, Kind, Severity};
use block::Reach;
use group::{Difference, Groups};
use opening::State;
use rule::{Rule, Way};

/// A rule that comes or goes, with its sign.
type Line<'r> = (char, &'r Rule, Certainty);

/// Finds what changes open and close.
pub(super) fn find(estate: &Estate<'_, '_>, found: &mut Vec<Consequence>) {
    let is_firewall =
        |change: &ChangedResource| behaviour::firewall(&change.resource_type).is_some();
    let groups = estate
        .changes
        .iter()
        .any(is_firewall)
        .then(|| Groups::of(estate));
    for change in estate.changes.iter().filter(|change| !stays(change)) {
        let firewall = behaviour::firewall(&change.resource_type);
        if let Some((firewall, groups)) = firewall.zip(groups.as_ref()) {
            let differences = groups.differences(change, estate.sides_of(change));
            rules(change, firewall, &differences, found);
        }
        for opening in behaviour::openings(&change.resource_type) {
            found.extend(opened(change, &opening));
        }
        public_access::find(change, found);
        found.extend(connection(change));
    }
}

fn rules(
    change: &ChangedResource,
    firewall: Firewall,
    [come, gone]: &[Difference; 2],
    found: &mut Vec<Consequence>,
) {
    let novelty = Novelty::of(change);
    // Deny rules open when they go, and close when they come.
    let mut opened = signed('+', &come.open);
    let mut closed = signed('-', &gone.open);
    if novelty == Novelty::Existing {
        opened.extend(signed('-', &gone.closed));
        closed.extend(signed('+', &come.closed));
    }
    // A group that comes or goes has nothing that anybody could have relied on.
    let is_own = firewall == Firewall::SecurityGroup || novelty == Novelty::New;
    if is_own && change.action != Edit::Modify {
        opened.retain(|(_, rule, _)| !is_default(rule));
        closed.retain(|(_, rule, _)| !is_default(rule));
    }
    // What comes in is another matter than what goes out.
    for way in [Way::In, Way::Out] {
        let of = [&opened, &closed].map(|rules| {
            let rules = rules.iter().copied();
            rules.filter(|(_, rule, _)| rule.way == way).collect()
        });
        told(change, firewall, novelty, of, found);
    }
}

/// Whether a rule is the one that a group has without being told: everything out.
fn is_default(rule: &Rule) -> bool {
    rule.way == Way::Out && rule.protocol.is_none() && rule.reach() == Reach::World
}

/// What opens and closes one way.
fn told(
    change: &ChangedResource,
    firewall: Firewall,
    novelty: Novelty,
    [opened, closed]: [Vec<Line<'_>>; 2],
    found: &mut Vec<Consequence>,
) {
    let severity_of = |rule: &Rule| severity(firewall, rule, novelty);
    if let Some((certainty, lines)) = surest(&opened)
        && let Some((_, rule, _)) = lines
            .iter()
            .rev()
            .max_by_key(|(_, rule, _)| severity_of(rule))
    {
        let verb = match certainty {
            Certainty::Will => "opens",
            Certainty::May | Certainty::Unknown => "may open",
        };
        let what = format!(
            "{verb} {}",
            summary(firewall, &name(change), rule, opened.len())
        );
        let (kind, severity) = (Kind::NetworkWidened, severity_of(rule));
        let why = match certainty {
            Certainty::Will => "no rule before covers it",
            Certainty::May | Certainty::Unknown if is_default(rule) => {
                "a group without outbound rules allows everything; nobody says that this rule comes back"
            }
            Certainty::May | Certainty::Unknown => "what covers it before may not be there",
        };
        found.push(Consequence {
            details: self::lines(firewall, &opened),
            ..Consequence::of(change, kind, severity, certainty, what, why)
        });
    }
    if let Some((certainty, lines)) = surest(&closed)
        && let Some((_, rule, _)) = lines.first()
    {
        let verb = match certainty {
            Certainty::Will => "closes",
            Certainty::May | Certainty::Unknown => "may close",
        };
        let what = format!(
            "{verb} {}",
            summary(firewall, &name(change), rule, closed.len())
        );
        let why = match is_default(rule) && change.action == Edit::Add {
            true => {
                "the first outbound rule of a group takes the default rule away, which allows everything; whoever still needs it is cut off"
            }
            false => "no rule afterwards covers it; whoever still needs it is cut off",
        };
        found.push(Consequence {
            details: self::lines(firewall, &closed),
            ..Consequence::of(
                change,
                Kind::NetworkNarrowed,
                Severity::Note,
                certainty,
                what,
                why,
            )
        });
    }
}

fn signed(sign: char, rules: &[(Rule, Certainty)]) -> Vec<Line<'_>> {
    let lines = rules.iter();
    lines
        .map(|(rule, certainty)| (sign, rule, *certainty))
        .collect()
}

/// The lines of which most is known, and how much that is.
fn surest<'l, 'r>(lines: &'l [Line<'r>]) -> Option<(Certainty, Vec<&'l Line<'r>>)> {
    let certainty = lines.iter().map(|(.., certainty)| *certainty).max()?;
    let surest = lines.iter().filter(|(.., one)| *one == certainty);
    Some((certainty, surest.collect()))
}

fn severity(firewall: Firewall, rule: &Rule, novelty: Novelty) -> Severity {
    let limited = firewall == Firewall::AclEntry || rule.way == Way::Out;
    let existing = match (rule.reach(), limited) {
        (Reach::World, false) if rule.is_sensitive() => Severity::Danger,
        (Reach::World, false) => Severity::Warning,
        (Reach::World, true) | (Reach::Some, false) => Severity::Attention,
        (Reach::Some, true) | (Reach::Nobody, _) => Severity::Note,
    };
    match novelty {
        Novelty::Existing => existing,
        // Open to everybody is open to everybody. Who else uses a new resource is what it is made for.
        Novelty::New if existing >= Severity::Warning => existing,
        Novelty::New => Severity::Note,
    }
}

/// ``security group `Database` ``, or what the rule belongs to.
fn name(change: &ChangedResource) -> String {
    let properties = change.after.as_ref().or(change.before.as_ref());
    let owner = properties.and_then(|context| {
        let mut owners = behaviour::belongs_to(&change.resource_type);
        owners.find_map(|owner| Some((owner.noun?, context.properties.get(owner.path.as_str())?)))
    });
    let Some((noun, target)) = owner else {
        return named(&change.resource_type, &change.logical_id);
    };
    let target = quoted(target).replace(".GroupId`", "`");
    format!("the {noun} {target} by `{}`", change.logical_id)
}

/// ``tcp 5432 of security group `Database` to the whole internet``.
fn summary(firewall: Firewall, name: &str, rule: &Rule, count: usize) -> String {
    let more = match count {
        1 => String::new(),
        2 => ", and 1 more".to_owned(),
        count => format!(", and {} more", count - 1),
    };
    let peer = match rule.reach() {
        Reach::World => "the whole internet".to_owned(),
        Reach::Some | Reach::Nobody => rule.peer.to_string(),
    };
    if firewall == Firewall::PrefixList {
        return format!("whatever allows {name} to {peer}{more}");
    }
    match rule.way {
        Way::In => format!("{} of {name} to {peer}{more}", rule.traffic()),
        Way::Out => format!("{} out of {name} to {peer}{more}", rule.traffic()),
    }
}

fn lines(firewall: Firewall, rules: &[Line<'_>]) -> Vec<String> {
    let line = |(sign, rule, _): &Line<'_>| match firewall {
        Firewall::PrefixList => format!("{sign} {}", rule.peer),
        _ => format!("{sign} {rule}"),
    };
    capped(rules.iter().map(line).collect())
}

fn opened(change: &ChangedResource, opening: &Opening) -> Option<Consequence> {
    let [before, after] = sides(change).map(|properties| opening::state(opening, properties));
    let (kind, certainty) = match (before, after) {
        (State::Closed | State::Unknown, State::Open) => (Kind::NetworkWidened, Certainty::Will),
        (State::Closed, State::Unknown) if change.action == Edit::Modify => {
            (Kind::NetworkWidened, Certainty::May)
        }
        (State::Open, State::Closed) => (Kind::NetworkNarrowed, Certainty::Will),
        (State::Open, State::Unknown) => (Kind::NetworkNarrowed, Certainty::May),
        (State::Closed | State::Unknown, _) | (State::Open, State::Open) => return None,
    };
    let name = named(&change.resource_type, &change.logical_id);
    let word = if certainty == Certainty::Will {
        "makes"
    } else {
        "may make"
    };
    let (severity, what) = match (kind, change.action) {
        (Kind::NetworkWidened, action) => (
            opening::severity(opening.behind, action),
            format!("{word} {name} {}", opening.what),
        ),
        (_, Edit::Remove) => (
            Severity::Note,
            format!("removes {name}, which was {}", opening.what),
        ),
        _ => (
            Severity::Note,
            format!("{word} {name} no longer {}", opening.what),
        ),
    };
    let why = format!(
        "{}, or the service's default where it says nothing",
        opening::decider(opening)
    );
    Some(Consequence::of(
        change, kind, severity, certainty, what, why,
    ))
}

/// Connections of whole networks.
fn connection(change: &ChangedResource) -> Option<Consequence> {
    if !behaviour::connects_networks(&change.resource_type) {
        return None;
    }
    let (kind, word) = match change.action {
        Edit::Add => (Kind::NetworkWidened, "connects"),
        Edit::Remove => (Kind::NetworkNarrowed, "no longer connects"),
        Edit::Modify => return None,
    };
    Some(Consequence::of(
        change,
        kind,
        Severity::Note,
        Certainty::Will,
        format!(
            "{word} two networks by {}",
            named(&change.resource_type, &change.logical_id)
        ),
        "traffic needs routes and rules on both sides besides",
    ))
}
