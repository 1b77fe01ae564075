//! What can newly be reached from where, and what no longer can.
//!
//! What lives here: rules of firewalls and switches of reachability of one resource, before and after →
//! consequences. What does not: whether a way leads there, which several resources decide together.

mod block;
mod firewall;
mod opening;
mod public_access;
mod rule;
#[cfg(test)]
mod tests;

use stratiform_catalog::behaviour::{self, Firewall, Opening};
use stratiform_changes::{ChangedResource, Edit};

use super::iam::property::{Novelty, capped, quoted, sides, stays};
use super::nouns::named;
use super::{Certainty, Consequence, Kind, Severity};
use block::Reach;
use opening::State;
use rule::{Rule, Way};

/// Beyond this many rules, each is covered by its equal only.
const MAX_RULES: usize = 500;

/// Finds what a change of a resource opens and closes.
pub(super) fn find(change: &ChangedResource, found: &mut Vec<Consequence>) {
    if stays(change) {
        return;
    }
    if let Some(firewall) = behaviour::firewall(&change.resource_type) {
        rules(change, firewall, found);
    }
    for opening in behaviour::openings(&change.resource_type) {
        found.extend(opened(change, &opening));
    }
    public_access::find(change, found);
    found.extend(connection(change));
}

fn rules(change: &ChangedResource, firewall: Firewall, found: &mut Vec<Consequence>) {
    let read = |properties| firewall::read(firewall, properties);
    let [before, after] = sides(change).map(|properties| properties.map(read).unwrap_or_default());
    let novelty = Novelty::of(change);
    // Deny rules open when they go, and close when they come.
    let mut opened = signed('+', &after.open, &before.open);
    let mut closed = signed('-', &before.open, &after.open);
    if novelty == Novelty::Existing {
        opened.extend(signed('-', &before.closed, &after.closed));
        closed.extend(signed('+', &after.closed, &before.closed));
    }
    // A group that comes or goes has nothing that anybody could have relied on.
    let is_default = |rule: &Rule| {
        rule.way == Way::Out && rule.protocol.is_none() && rule.reach() == Reach::World
    };
    if change.action != Edit::Modify {
        opened.retain(|(_, rule)| !is_default(rule));
        closed.retain(|(_, rule)| !is_default(rule));
    }
    // What comes in is another matter than what goes out.
    for way in [Way::In, Way::Out] {
        let of = [&opened, &closed].map(|rules| {
            let rules = rules.iter().copied();
            rules.filter(|(_, rule)| rule.way == way).collect()
        });
        told(change, firewall, novelty, of, found);
    }
}

/// What opens and closes one way.
fn told(
    change: &ChangedResource,
    firewall: Firewall,
    novelty: Novelty,
    [opened, closed]: [Vec<(char, &Rule)>; 2],
    found: &mut Vec<Consequence>,
) {
    let name = name(change);
    let severity_of = |rule: &Rule| severity(firewall, rule, novelty);
    if let Some((_, rule)) = opened
        .iter()
        .rev()
        .max_by_key(|(_, rule)| severity_of(rule))
    {
        let what = format!("opens {}", summary(firewall, &name, rule, opened.len()));
        let why = "no rule before covers it";
        let (kind, severity) = (Kind::NetworkWidened, severity_of(rule));
        found.push(consequence(
            change,
            kind,
            severity,
            what,
            why,
            lines(firewall, &opened),
        ));
    }
    if let Some((_, rule)) = closed.first() {
        let what = format!("closes {}", summary(firewall, &name, rule, closed.len()));
        let why = "no rule afterwards covers it; whoever still needs it is cut off";
        found.push(consequence(
            change,
            Kind::NetworkNarrowed,
            Severity::Note,
            what,
            why,
            lines(firewall, &closed),
        ));
    }
}

/// The rules that others do not cover, with a sign.
fn signed<'r>(sign: char, rules: &'r [Rule], others: &[Rule]) -> Vec<(char, &'r Rule)> {
    let many = rules.len().max(others.len()) > MAX_RULES;
    let mut seen = std::collections::HashSet::new();
    let equal: std::collections::HashSet<&Rule> = others.iter().collect();
    let covered = |rule: &Rule| equal.contains(rule) || !many && rule.is_covered(others);
    let differ = rules
        .iter()
        .filter(|rule| seen.insert(*rule) && !covered(rule));
    differ.map(|rule| (sign, rule)).collect()
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

fn consequence(
    change: &ChangedResource,
    kind: Kind,
    severity: Severity,
    what: String,
    why: &str,
    details: Vec<String>,
) -> Consequence {
    let mut consequence = Consequence::of(change, kind, severity, Certainty::Will, what, why);
    consequence.details = details;
    consequence
}

fn lines(firewall: Firewall, rules: &[(char, &Rule)]) -> Vec<String> {
    let line = |(sign, rule): &(char, &Rule)| match firewall {
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
